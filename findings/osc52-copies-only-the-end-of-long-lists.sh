#!/bin/sh
# osc52 0.1.0 (PyPI) copies over SSH with OSC 52. A text of more than 24,576 bytes it sends as several sequences, one after another, since
# "terminals accumulate same-selection sequences". tmux and xterm do not: each sequence replaces what was copied before (xterm's ctlseqs,
# "Operating System Commands", 52), so that of 2,500 phone numbers the last 265 remain, and the end of one before. The command reports "sent
# 2 chunks" and success, and what is pasted looks like a list. Up to 24,576 bytes, as in a first try, all of it is copied.
#
# What to do: copy in one sequence, which tmux 3.3a takes whole, or reject what is too long for the terminal.
#
# Needs tmux 3.3a, which is the terminal here and takes each copy into a buffer (Debian 12: apt-get install tmux).
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
terminal="tmux -L terminal$$"
trap '$terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q osc52==0.1.0
for number in $(seq 2000 4999); do
    echo "301001$number"
done >"$work/numbers"
printf 'set -s set-clipboard on\n' >"$work/tmux.conf"
# The number of lines of what a paste would be, the first and the last one, after a copy of $1 numbers by the command $2.
copied() {
    head -n "$1" "$work/numbers" >"$work/list"
    $terminal -f "$work/tmux.conf" new-session -d "$2 <$work/list; $terminal wait-for -S done; sleep 20"
    $terminal wait-for done
    sleep 1
    $terminal save-buffer "$work/paste"
    $terminal kill-server
    sleep 1
    echo "$(wc -l <"$work/paste") lines, $(head -n 1 "$work/paste") to $(tail -n 1 "$work/paste")"
}
cat >"$work/one" <<'ONE'
printf '\033]52;c;%s\a' "$(base64 -w0)"
ONE
short=$(copied 2000 "$work/venv/bin/osc52 -q") long=$(copied 2500 "$work/venv/bin/osc52 -q") one=$(copied 2500 "sh $work/one")
echo "2,000 numbers: $short"
echo "2,500 numbers: $long"
echo "2,500 numbers in one sequence: $one"
[ "$short" = "2000 lines, 3010012000 to 3010013999" ]
[ "$one" = "2500 lines, 3010012000 to 3010014499" ]
[ "$long" = "266 lines, 10014234 to 3010014499" ]
