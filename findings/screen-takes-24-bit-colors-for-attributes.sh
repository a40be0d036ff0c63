#!/bin/sh
# screen 4.9.0 has no colors of 24 bits (`truecolor` comes with version 5). It does not skip CSI 48;2;R;G;B m, but reads the numbers behind
# 48 as attributes of their own: 1 is bold, 2 dim, 4 underlined, 5 blinks, 7 reversed, 30 to 37 and 40 to 47 one of the old colors, and 0
# resets all. dvtm 0.15 does the same. A program cannot know, since COLORTERM=truecolor of the terminal outside is still in the
# environment:
#   48;2;30;30;30, Textual's #1e1e1e as background    black text, dim, and no background: a lead's row cannot be read on a dark terminal
#   38;2;1;120;212, Textual's #0178d4                 bold, dim
#   48;2;5;46;22, a dark green                        blinking, on cyan
#
# What to do: unset COLORTERM in screen (or `unsetenv COLORTERM` in .screenrc), or use tmux, which rounds to what its terminal has.
#
# Needs screen 4.9.0, dvtm 0.15 and tmux 3.3a, which is the terminal here (Debian 12: apt-get install screen dvtm tmux).
set -eu
screen --version | grep -q "4.09.00" || { echo "this is about screen 4.9.0, here is: $(screen --version)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
terminal="tmux -L terminal$$"
trap '$terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C.UTF-8 COLORTERM=truecolor SCREENDIR="$work/sockets"
unset TMUX NO_COLOR STY
mkdir -m 700 "$SCREENDIR"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q rich==15.0.0
cat >"$work/draw.py" <<'PYTHON'
import time

from rich.console import Console

console = Console(force_terminal=True)
for style in "on #1e1e1e", "#0178d4", "on #052e16":
    console.print("lead", style=style)
time.sleep(20)
PYTHON
cat >"$work/tmux.conf" <<'TMUX'
set -g default-terminal tmux-256color
set -as terminal-overrides ',*:RGB'
TMUX
# What the terminal shows of the three lines, with the attributes.
drawn() {
    $terminal -f "$work/tmux.conf" new-session -d -x 60 -y 10 "$1"
    sleep 4
    $terminal capture-pane -ep | tr -d '\033' | sed -n 's/\(lead\).*/\1/p' | tr '\n' ' '
    $terminal kill-server
    sleep 1
}
draw="$work/venv/bin/python $work/draw.py"
alone=$(drawn "$draw") in_screen=$(drawn "screen -c /dev/null $draw") in_dvtm=$(drawn "dvtm -M '$draw'")
without=$(drawn "screen -c /dev/null env -u COLORTERM $draw")
echo "alone: $alone"
echo "in screen: $in_screen"
echo "in dvtm: $in_dvtm"
echo "in screen without COLORTERM: $without"
[ "$alone" = "[48;2;30;30;30mlead [38;2;1;120;212m[49mlead [39m[48;2;5;46;22mlead " ]
# Each line states what differs from the one before: dim and black; bold too, and no longer black; blinking on cyan.
[ "$in_screen" = "[2m[30mlead [1m[39mlead [0;5m[39m[46mlead " ]
[ "$in_dvtm" = "$in_screen" ]
case "$without" in *"[2m"* | *"[5m"* | *"[0;5m"*) exit 1 ;; esac
