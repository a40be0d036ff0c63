#!/bin/sh
# pyte 0.8.2 (PyPI), which tests and recorders of terminal programs use as a screen, draws what it does not know of a sequence as text:
#   ESC [ 4 : 3 m          curly underline, as editors mark errors      draws 3m
#   ESC [ 38:2::255:0:0 m  a color in the form of ITU-T T.416           draws 2::255:0:0m
#   ESC [ < u              leaves the keyboard protocol of kitty        draws u
#   ESC P + q 544e ESC \   asks for a terminal's capability             draws +q544e
#   ESC _ G … ESC \        an image for kitty                           draws all of it
#   ESC [ ! p              soft reset                                   draws p
# It reads ESC [ > 4 ; 1 m (xterm's modifyOtherKeys, which editors send at their start) as ESC [ 4 ; 1 m, so that all text behind it is bold and
# underlined. A test of a correct program then fails, or a recording of a session shows digits in a lead's row that no agent saw. tmux 3.3a draws
# none of this.
#
# What to do: remove such sequences before they are fed, by ECMA-48: parameters are 0x30 to 0x3F, intermediates 0x20 to 0x2F.
#
# Needs tmux (Debian 12: apt-get install tmux) for the comparison.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
screen="tmux -L screen$$"
trap '$screen kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pyte==0.8.2
cat >"$work/draw.py" <<'PYTHON'
import sys

import pyte

EXPECTED = {
    r"\033[4:3m": "3m",
    r"\033[38:2::255:0:0m": "2::255:0:0m",
    r"\033[<u": "u",
    r"\033P+q544e\033\\": "+q544e",
    r"\033_Gi=31;AAAA\033\\": "Gi=31;AAAA",
    r"\033[!p": "p",
    r"\033[>4;1m": "",
}
if sys.argv[1:]:
    for sequence in EXPECTED:
        print(sequence.encode().decode("unicode_escape") + "x\x1b[m")
else:
    for sequence, expected in EXPECTED.items():
        screen = pyte.Screen(40, 2)
        pyte.Stream(screen).feed(sequence.encode().decode("unicode_escape") + "x")
        observed = screen.display[0].rstrip()
        print(f"{sequence} draws {observed.removesuffix('x')}")
        assert observed == f"{expected}x", observed
        attributes = screen.buffer[0][0].bold, screen.buffer[0][0].underscore
        assert attributes == ((True, True) if ">4" in sequence else (False, False)), (sequence, attributes)
PYTHON
"$work/venv/bin/python" "$work/draw.py"
"$work/venv/bin/python" "$work/draw.py" sequences >"$work/sequences"
$screen -f /dev/null new-session -d -x 40 -y 10 "cat $work/sequences; sleep 10"
sleep 1
drawn=$($screen capture-pane -p | tr -d '\n') last=$($screen capture-pane -ep | sed -n 7p)
echo "tmux draws of all of them, each with an x: $drawn"
[ "$drawn" = xxxxxxx ]
# The last one without attributes.
[ "$last" = x ]
