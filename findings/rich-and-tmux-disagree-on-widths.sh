#!/bin/sh
# rich 15.0.0 (which Textual 8.2 lays its lines out with) and tmux 3.3a count different numbers of cells for characters that names and notes
# contain: circled numbers on black squares (U+3248 ... U+324F) 1 and 2, trigrams (U+2630 ... U+2637) 2 and 1, Indian vowel signs such as
# U+0940 0 and 1. A row of leads that rich draws is shifted to the right of each of them: the phone that an agent reads is not below the
# title of its column, or is cut at the end of the line.
#
# What to do: ask the terminal once for the width of such characters, as is done here, and replace those that differ.
#
# Needs tmux 3.3a (Debian 12: apt-get install tmux). The terminal's own answer is read: the character is written in the first column, and
# the position of the cursor behind it is asked for (CSI 6 n).
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
trap 'tmux -L "widths$$" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q rich==15.0.0
cat >"$work/measure.py" <<'PYTHON'
import json, os, sys, termios, tty

def cells(character):
    os.write(1, b"\r" + character.encode() + b"\x1b[6n")
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 1)
    return int(answer.split(b";")[1][:-1]) - 1

before = termios.tcgetattr(0)
tty.setraw(0)
try:
    measured = {character: cells(character) for character in sys.argv[2].split()}
finally:
    termios.tcsetattr(0, termios.TCSANOW, before)
with open(sys.argv[1], "w") as file:
    json.dump(measured, file)
PYTHON
# The vowel sign behind its consonant, since a terminal gives one that stands alone to the cell before.
characters="㉈ ㉏ ☰ ☷ नी"
tmux -L "widths$$" -f /dev/null new-session -d -x 80 -y 24 \
    "LC_ALL=C.UTF-8 '$work/venv/bin/python' '$work/measure.py' '$work/measured' '$characters'; tmux -L widths$$ wait-for -S done"
tmux -L "widths$$" wait-for done
"$work/venv/bin/python" - "$work/measured" <<'PYTHON'
import json, sys
from rich.cells import cell_len

EXPECTED = {"㉈": (1, 2), "㉏": (1, 2), "☰": (2, 1), "☷": (2, 1), "नी": (1, 2)}
with open(sys.argv[1]) as file:
    by_tmux = json.load(file)
observed = {text: (cell_len(text), by_tmux[text]) for text in EXPECTED}
for text, (by_rich, terminal) in observed.items():
    print(" ".join(f"U+{ord(each):04X}" for each in text), "rich", by_rich, "tmux", terminal)
assert observed == EXPECTED, observed
PYTHON
