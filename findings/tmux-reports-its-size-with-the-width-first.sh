#!/bin/sh
# A program can ask the terminal for the size of its text (CSI 18 t), as over a serial line or a relay of SSH that does not pass the size on. The
# answer is CSI 8 ; height ; width t in xterm and terminals that follow it. tmux 3.3a answers CSI 8 ; width ; height t: a
# program in a terminal of 80 columns and 24 lines assumes 24 columns and 80 lines, draws a column of a few characters, and writes most
# lines below the end of the screen. If it sets the kernel's size (TIOCSWINSZ), every program after it has the wrong size too. Both numbers
# are plausible, so that no check of the answer finds it.
#
# What to do: move the cursor far to the right and down and ask for its position (CSI 999 ; 999 H, CSI 6 n), as resize(1) does.
#
# Needs tmux 3.3a, xterm 379 and Xvfb (Debian 12: apt-get install tmux xterm xvfb); xterm, with allowWindowOps, is for comparison.
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
terminal="tmux -L terminal$$" display=
trap '$terminal kill-server 2>/dev/null || true; [ -z "$display" ] || kill "$display" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$work/ask.py" <<'PYTHON'
import os, sys, tty

tty.setraw(0)


def answer(question, end):
    os.write(1, question)
    text = b""
    while not text.endswith(end):
        text += os.read(0, 1)
    return text[2:-1].decode()


size = os.get_terminal_size()
answered = answer(b"\x1b[18t", b"t")
position = answer(b"\x1b[999;999H\x1b[6n", b"R")
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"kernel {size.lines};{size.columns}, CSI 18 t {answered}, last position {position}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
PYTHON
wait_for() {
    for _ in $(seq 100); do
        [ ! -e "$1" ] || return 0
        sleep 0.1
    done
}
$terminal -f /dev/null new-session -d -x 80 -y 24 "python3 $work/ask.py $work/tmux; sleep 5"
wait_for "$work/tmux"
Xvfb -displayfd 3 -nolisten tcp 3>"$work/display" 2>/dev/null &
display=$!
wait_for "$work/display"
sleep 2
DISPLAY=":$(cat "$work/display")" xterm -xrm 'XTerm*allowWindowOps: true' -geometry 80x24 -e python3 "$work/ask.py" "$work/xterm" || true
wait_for "$work/xterm"
echo "tmux: $(cat "$work/tmux")"
echo "xterm: $(cat "$work/xterm")"
[ "$(cat "$work/tmux")" = "kernel 24;80, CSI 18 t 8;80;24, last position 24;80" ]
[ "$(cat "$work/xterm")" = "kernel 24;80, CSI 18 t 8;24;80, last position 24;80" ]
