#!/bin/sh
# Textual 8.2.8 reads three keys of rxvt-unicode as others: ctrl+Home (ESC [ 7 ^) as ctrl+End, ctrl+End (ESC [ 8 ^) as ctrl+Home, and
# ctrl+Down (ESC O b) as ctrl+Up. Home (ESC [ 7 ~), End (ESC [ 8 ~) and ctrl+Up (ESC O a) of the same terminal are right. In a table of 100,000
# leads the key for the first row goes to the last one, which a program that loads pages on demand then requests.
#
# What to do: map the three sequences before Textual's parser looks them up.
#
# Needs infocmp with the description of rxvt-unicode-256color (Debian 12: apt-get install ncurses-bin ncurses-term), which says what the
# terminal sends: kHOM5, kEND5 and kDN5 are Home, End and Down with ctrl.
set -eu
sent=$(infocmp -x -1 rxvt-unicode-256color | tr -d '\t,')
for key in 'kHOM5=\E[7\^' 'kEND5=\E[8\^' 'kDN5=\EOb'; do
    echo "$sent" | grep -qxF "$key" || { echo "terminfo says otherwise: no $key"; exit 1; }
done
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q textual==8.2.8
"$work/venv/bin/python" - <<'PYTHON'
from textual._xterm_parser import XTermParser

EXPECTED = {
    "\x1b[7~": "home", "\x1b[8~": "end", "\x1bOa": "ctrl+up",
    "\x1b[7^": "ctrl+end", "\x1b[8^": "ctrl+home", "\x1bOb": "ctrl+up",
}
observed = {sequence: [event.key for event in XTermParser().feed(sequence)] for sequence in EXPECTED}
for sequence, keys in observed.items():
    print(repr(sequence), "->", *keys)
assert observed == {sequence: [key] for sequence, key in EXPECTED.items()}, observed
PYTHON
