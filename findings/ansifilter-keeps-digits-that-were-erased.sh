#!/bin/sh
# ansifilter 2.18 (Debian 12) turns recordings of terminals, as script(1) makes them, into text. It removes escape sequences, and carries out carriage
# returns and Backspaces, but of Backspaces in a row, or with spaces between them, only one. A shell, and every program that reads lines from
# a terminal, erases a character by Backspace, space, Backspace:
#   3015550132, the last two erased, 23 typed   on the screen 3015550123, in the text 30155501323
# A phone that was mistyped and corrected becomes another one with a digit too many, and the Backspaces that would show it are gone. One erased
# character is right, so that a short test does not find it. tmux 3.3a, as any terminal, and `col -b` of util-linux 2.38.1 show 3015550123.
#
# What to do: read the recording in a terminal, as here, or run col -b first where there are no escape sequences.
#
# Needs ansifilter 2.18 and tmux 3.3a (Debian 12: apt-get install ansifilter tmux bsdextrautils).
set -eu
work=$(mktemp -d)
export TMPDIR="$work" LC_ALL=C.UTF-8 TMUX=
tmux() { command tmux -f /dev/null -S "$work/socket" "$@"; }
trap 'tmux kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for package in ansifilter=2.18+dfsg1 tmux=3.3a bsdextrautils=2.38.1; do
    version=$(dpkg-query -W -f '${Version}' "${package%=*}")
    case "$version" in "${package#*=}"-*) ;; *) echo "this is about $package, here is: $version"; exit 1 ;; esac
done
# Record what a terminal shows while a line is typed and corrected: 177 is Backspace, as terminals send it.
cat >"$work/type.py" <<'PYTHON'
import os, pty, sys, time

pid, terminal = pty.fork()
if pid == 0:
    os.execvp("cat", ["cat"])
time.sleep(0.5)
recording = b""
for part in (b"3015550132", b"\177" * int(sys.argv[1]), sys.argv[2].encode()):
    os.write(terminal, part)
    time.sleep(0.3)
    recording += os.read(terminal, 4096)
os.close(terminal)
sys.stdout.buffer.write(recording + b"\r\n")
PYTHON
try() {
    python3 "$work/type.py" "$1" "$2" >"$work/recording"
    filtered=$(ansifilter -T "$work/recording")
    column=$(col -b <"$work/recording")
    tmux new-session -d -s "erased$1" -x 80 -y 24 "cat '$work/recording'; sleep 30"
    tries=0
    until screen=$(tmux capture-pane -p -t "=erased$1:" | sed -n 1p) && [ -n "$screen" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ]
        sleep 0.1
    done
    printf '%s erased:%s\nscreen %s, col -b %s, ansifilter %s\n' "$1" "$(od -An -c "$work/recording")" "$screen" "$column" "$filtered"
    [ "$screen $column $filtered" = "$3 $3 $4" ]
}
try 1 3 3015550133 3015550133
try 2 23 3015550123 30155501323
try 3 123 3015550123 301555013123
