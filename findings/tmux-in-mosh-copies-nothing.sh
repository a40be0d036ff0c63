#!/bin/sh
# tmux 3.3a with `set-clipboard on` and mosh 1.4.0 both pass copies (OSC 52) on, but not one through the other: tmux writes ESC ] 52 ; ; TEXT, by
# the terminal's description, mosh takes nothing but ESC ] 52 ; c ; TEXT. What programs in tmux copy never reaches the user's clipboard, nor
# what tmux itself copies in its copy mode: an agent pastes an older number. No error is reported. Without mosh, the same tmux in the same
# terminal copies.
#
# What to do, in ~/.tmux.conf on the host: set -as terminal-overrides ',*:Ms=\E]52;c;%p2%s\007'
#
# Needs mosh 1.4.0 and tmux 3.3a (Debian 12: apt-get install mosh tmux). The terminal is another tmux, which takes each copy into a buffer;
# server and client are on this host, without SSH.
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
mosh-server --version | grep -q "mosh 1.4.0" || { echo "this is about mosh 1.4.0"; exit 1; }
export LC_ALL=C.UTF-8
unset TMUX
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
terminal="tmux -L terminal$$" inner="tmux -L inner$$"
trap '$terminal kill-server 2>/dev/null || true; $inner kill-server 2>/dev/null || true;
rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
printf 'set -s set-clipboard on\nset -g default-terminal xterm-256color\n' >"$work/terminal"
printf 'set -s set-clipboard on\n' >"$work/plain"
printf '%s\n' 'set -s set-clipboard on' "set -as terminal-overrides ',*:Ms=\\E]52;c;%p2%s\\007'" >"$work/override"
printf 'sleep 1; printf "\\033]52;c;MzAxNTU1MDEyMw==\\a"; sleep 10\n' >"$work/program"

# The text that arrives from a program in a tmux with the configuration $1, over mosh or not ($2).
copied() {
    run="$inner -f $work/$1 new-session 'sh $work/program'"
    if [ "$2" = mosh ]; then
        started=$(mosh-server new -i 127.0.0.1 -- sh -c "$run" 2>/dev/null)
        set -- $(echo "$started" | grep "MOSH CONNECT")
        run="MOSH_KEY=$4 mosh-client 127.0.0.1 $3"
    fi
    $terminal -f "$work/terminal" new-session -d -x 80 -y 24 "$run"
    sleep 5
    $terminal show-buffer 2>/dev/null || true
    $terminal kill-server
    $inner kill-server 2>/dev/null || true
    sleep 1
}

direct=$(copied plain direct) over_mosh=$(copied plain mosh) remedied=$(copied override mosh)
echo "copied directly: '$direct'; over mosh: '$over_mosh'; over mosh with the override: '$remedied'"
[ "$direct" = 3015550123 ]
[ -z "$over_mosh" ]
[ "$remedied" = 3015550123 ]
