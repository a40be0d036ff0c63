#!/bin/sh
# pyte 0.8.2 (PyPI), with which tests of terminal programs read the screen, takes CSI > 4 ; 1 m (xterm's modifyOtherKeys, which vim and
# prompt toolkits send at their start) for CSI 4 ; 1 m: all that follows is bold and underlined. Of other private sequences it prints the
# part that it does not know: "u" for CSI < u (the end of the kitty keyboard protocol, which Textual sends when it leaves), "p" for CSI ! p
# (a soft reset), "2::255:0:0m" for a color with colons, and the body of DCS, APC and SOS strings. tmux 3.3a shows none of these.
#
# Workaround: take such sequences out of the program's output before pyte gets it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pyte==0.8.2
"$work/venv/bin/python" - <<'PYTHON'
import pyte

EXPECTED = {  # what is on the screen after the sequence and "lead", and whether that is bold and underlined
    "\x1b[<u": ("ulead", False),
    "\x1b[!p": ("plead", False),
    "\x1b[38:2::255:0:0m": ("2::255:0:0mlead", False),
    "\x1bP+q544e\x1b\\": ("+q544elead", False),
    "\x1b_note\x1b\\": ("notelead", False),
    "\x1b[>4;1m": ("lead", True),
    "\x1b[>1u": ("lead", False),
    "\x1b[?2026$p": ("lead", False),
}
for sequence, expected in EXPECTED.items():
    screen = pyte.Screen(20, 1)
    pyte.Stream(screen).feed(sequence + "lead")
    first = screen.buffer[0][0]
    observed = screen.display[0].rstrip(), first.bold and first.underscore
    print(f"{sequence!r:24} shows {observed[0]!r}, bold and underlined: {observed[1]}")
    assert observed == expected, (sequence, observed)
PYTHON
