#!/bin/sh
# tmux 3.3a and screen 4.9.0 find a session by the beginning of its name. With a session desk10 and none named desk1:
#   tmux has-session -t desk1         succeeds, so that `tmux has-session -t desk1 || tmux new-session -d -s desk1` never starts desk1
#   tmux attach-session -t desk1      shows desk10, where another agent may be typing a lead's data
#   tmux kill-session -t desk1        ends desk10
#   screen -S desk1 -X quit           ends desk10, with status 0
# As soon as desk1 exists too, the same commands mean that one, so that a test with both does not find it. In tmux a session "desk.1" is
# created as "desk_1" without an error, and then not found as desk.1, which means pane 1 of desk.
# tmux(1) documents both under COMMANDS; screen(1) documents the beginning of a name for -r only.
#
# What to do: in tmux -t "=desk1", an exact name; for screen, or for both, names of equal length: desk01.
#
# Needs tmux 3.3a and screen 4.9.0 (Debian 12: apt-get install tmux screen).
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
screen --version | grep -q "4.09.00" || { echo "this is about screen 4.9.0, here is: $(screen --version)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
server="tmux -L server$$"
export SCREENDIR="$work/sockets"
unset TMUX STY
trap '$server kill-server 2>/dev/null || true; screen -S desk10 -X quit >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -m 700 "$SCREENDIR"
status() {
    "$@" >/dev/null 2>&1 && echo 0 || echo "$?"
}
names() {
    $server list-sessions -F '#{session_name}' | tr '\n' ' '
}

# A session that stays, since a server without any ends.
$server -f /dev/null new-session -d -s other "sleep 60"
$server new-session -d -s desk10 "sleep 60"
has=$(status $server has-session -t desk1) exact=$(status $server has-session -t =desk1)
echo "tmux has $(names): has-session -t desk1: $has; -t =desk1: $exact"
killed=$(status $server kill-session -t desk1) left=$(names)
echo "kill-session -t desk1: $killed; left: $left"
$server new-session -d -s desk.1 "sleep 60"
dotted=$(names) found=$(status $server has-session -t desk.1)
echo "after new-session -s desk.1: $dotted; has-session -t desk.1: $found"
[ "$has $exact $killed $left" = "0 1 0 other " ]
[ "$dotted $found" = "desk_1 other  1" ]

screen -dmS desk10 sleep 60
sleep 1
before=$(screen -ls | grep -c desk10 || true)
quit=$(status screen -S desk1 -X quit)
sleep 1
after=$(screen -ls | grep -c desk10 || true)
echo "screen: sessions desk10: $before; -S desk1 -X quit: $quit; then: $after"
[ "$before $quit $after" = "1 0 0" ]
