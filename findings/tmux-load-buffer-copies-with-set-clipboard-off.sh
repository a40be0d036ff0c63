#!/bin/sh
# tmux 3.3a sends text to the clipboard of its terminal by `tmux load-buffer -w -` even where `set-clipboard` is off, which drops OSC 52 from
# programs in it; a `delete-buffer` in the same command leaves no buffer behind. (-w came with 3.2.)
#
# Needs tmux 3.3a (Debian 12: apt-get install tmux). The terminal is another tmux, which takes the copy into a buffer of its own.
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMUX_TMPDIR="$work"
outer="tmux -L outer$$" inner="tmux -L inner$$"
trap '$inner kill-server 2>/dev/null || true; $outer kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
printf 'set -s set-clipboard on\nset -g default-terminal xterm-256color\n' >"$work/outer"
printf 'set -s set-clipboard off\n' >"$work/inner"
cat >"$work/copy" <<COPY
printf '\033]52;c;%s\a' "\$(printf 'by OSC 52' | base64)"
printf 'by a command' | tmux load-buffer -b own -w - ';' delete-buffer -b own
tmux list-buffers >"$work/left"
sleep 1
$outer wait-for -S done
sleep 5
COPY
$outer -f "$work/outer" new-session -d "unset TMUX; $inner -f $work/inner new-session 'sh $work/copy'"
$outer wait-for done
copied=$($outer show-buffer)
echo "the terminal got: $copied; buffers left: $(wc -l <"$work/left")"
[ "$copied" = "by a command" ]
[ "$($outer list-buffers | wc -l)" = 1 ]
[ ! -s "$work/left" ]
