#!/bin/sh
# A terminal answers CSI 6 n with the position of the cursor, counted from 1;1 at the top left (ECMA-48, CPR), as it is set with CSI 1;1 H.
# dvtm 0.15 answers with one less than that in both numbers: 0;0 at the top left. A program that an agent runs
# in dvtm on a host over SSH is wrong by a line and a column:
#   * A program that saves the position and goes back to it is one line up and one column to the left each time, and overwrites what was there.
#   * A program that moves the cursor to 999;999 and asks, as resize(1) does, believes that the terminal is a line and a column smaller
#     than it is.
#   * One that measures the width of a character by writing it gets 0 cells for most, as for combining marks.
# tmux 3.3a counts from one.
#
# What to do: ask once at a known position, and subtract the difference.
#
# Needs dvtm 0.15 and tmux 3.3a, which is the terminal here (Debian 12: apt-get install dvtm tmux).
set -eu
dvtm -v 2>&1 | grep -q "dvtm-0.15" || { echo "this is about dvtm 0.15, here is: $(dvtm -v 2>&1)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
terminal="tmux -L terminal$$"
trap '$terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$work/ask.py" <<'PYTHON'
import os, sys, tty

tty.setraw(0)
answers = []
for text in b"\x1b[1;1H", b"\x1b[5;10H", b"\x1b[999;999H", b"\x1b[1;1Hx":
    os.write(1, text + b"\x1b[6n")
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 1)
    answers.append(answer[2:-1].decode())
size = os.get_terminal_size()
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"of {size.lines} by {size.columns}: {' '.join(answers)}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
PYTHON
ask() {
    $terminal -f /dev/null new-session -d -x 80 -y 24 "$2; sleep 20"
    for _ in $(seq 100); do
        [ ! -e "$work/$1" ] || break
        sleep 0.1
    done
    $terminal kill-server
    sleep 1
}
ask tmux "python3 $work/ask.py $work/tmux"
ask dvtm "dvtm -M 'python3 $work/ask.py $work/dvtm'"
echo "positions 1;1, 5;10, the last one, and behind an x at 1;1"
echo "tmux, $(cat "$work/tmux")"
echo "dvtm, $(cat "$work/dvtm")"
[ "$(cat "$work/tmux")" = "of 24 by 80: 1;1 5;10 24;80 1;2" ]
[ "$(cat "$work/dvtm")" = "of 24 by 80: 0;0 4;9 23;79 0;1" ]
