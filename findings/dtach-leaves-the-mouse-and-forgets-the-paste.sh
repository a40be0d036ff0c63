#!/bin/sh
# dtach 0.9 keeps a program alive like tmux and screen, but not the modes that the program has set in its terminal: dtach only passes bytes on.
# An agent who detaches from a program that fills the screen, or comes back to it after a lost SSH connection, finds two things:
#   * After detaching (ctrl+\) the shell's terminal still reports the mouse, brackets pastes and shows the alternate screen: each movement of
#     the wheel types characters into the shell, and what was on the screen before is gone until `reset`.
#   * If the program is attached from another terminal, neither is set there: the mouse does nothing, and a paste comes without brackets, so
#     that an Enter within it acts as a key, and the rest of the text as commands.
# The second one is worse since nothing looks wrong.
#
# What to do: use tmux or screen for programs that fill the screen; after dtach, `reset`. A program may set its modes again on ctrl+l, which
# dtach types on attaching.
#
# Needs dtach 0.9 and tmux, which is the terminal here (Debian 12: apt-get install dtach tmux).
set -eu
dtach --help 2>&1 | grep -q "dtach - version 0.9" || { echo "this is about dtach 0.9"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
first="tmux -L first$$" second="tmux -L second$$"
trap '$first kill-server 2>/dev/null || true; $second kill-server 2>/dev/null || true; kill "$(cat "$work/pid")" 2>/dev/null || true
rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$work/program" <<'PROGRAM'
echo $$ >"$1/pid"
stty raw -echo
printf '\033[?1049h\033[?1000h\033[?1006h\033[?2004h\033[H\033[2Jthe program'
# ctrl+l from dtach, and the end of what is pasted below.
dd bs=1 count="$2" 2>/dev/null >"$1/got"
printf '\033[2;1Hgot it'
sleep 20
PROGRAM
modes='alternate screen #{alternate_on}, mouse #{mouse_any_flag}'
pasted='301 555
'
$first -f /dev/null new-session -d -x 60 -y 10 "dtach -c $work/socket sh $work/program $work 9; sleep 20"
sleep 2
running=$($first display-message -p "$modes")
$first send-keys C-\\
sleep 1
detached=$($first display-message -p "$modes")
$second -f /dev/null new-session -d -x 60 -y 10 "dtach -a $work/socket"
sleep 2
attached=$($second display-message -p "$modes")
printf %s "$pasted" | $second load-buffer -
$second paste-buffer -p
sleep 2
echo "while it runs: $running"
echo "after detaching: $detached"
echo "attached from another terminal: $attached; it gets ctrl+l, and a paste of 8 characters as:"
od -An -c "$work/got"
[ "$running" = "alternate screen 1, mouse 1" ]
[ "$detached" = "alternate screen 1, mouse 1" ]
[ "$attached" = "alternate screen 0, mouse 0" ]
# ctrl+l is what dtach types to have the screen drawn again.
[ "$(tr '\r\f' 'EL' <"$work/got")" = "L301 555E" ]
