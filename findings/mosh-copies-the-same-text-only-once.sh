#!/bin/sh
# mosh 1.4.0 passes a copy (OSC 52) on as a part of the screen's state, and sends only what differs from the last one. Two things follow that
# a program cannot see:
#   * The same text is copied once. An agent who copies a phone number, then something else on their own computer, and then the number again
#     in mosh, pastes the something else.
#   * A copy of more than 12,282 bytes is cut to 16,379 characters of base64, which is no whole number of groups, and closed as if it were
#     whole. A terminal that checks it, such as tmux, keeps what it had before: the last copy, not this one, is pasted.
#
# What to do: copy another text, such as a space, before the same one again, and reject a copy of more than 12,282 bytes.
#
# Needs mosh 1.4.0 and tmux (Debian 12: apt-get install mosh tmux). The terminal is tmux, which takes each copy into a buffer; server and
# client are on this host, without SSH.
set -eu
mosh-server --version | grep -q "mosh 1.4.0" || { echo "this is about mosh 1.4.0"; exit 1; }
export LC_ALL=C.UTF-8
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
terminal="tmux -L terminal$$" server=
trap '$terminal kill-server 2>/dev/null || true; [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
printf 'set -s set-clipboard on\nset -g default-terminal xterm-256color\n' >"$work/tmux.conf"
cat >"$work/program" <<'PROGRAM'
copy() {
    printf '\033]52;c;%s\a' "$(printf %s "$1" | base64 -w0)"
    sleep 1
}
sleep 1
copy 3015550123
copy 3015550123
copy " "
copy 3015550123
copy "$(head -c 12282 /dev/zero | tr '\0' x)"
copy "$(head -c 12283 /dev/zero | tr '\0' y)"
sleep 10
PROGRAM
started=$(mosh-server new -i 127.0.0.1 -- sh "$work/program" 2>"$work/server")
server=$(sed -n 's/.*detached, pid = \([0-9]*\).*/\1/p' "$work/server")
set -- $(echo "$started" | grep "MOSH CONNECT")
$terminal -f "$work/tmux.conf" new-session -d -x 80 -y 24 "MOSH_KEY=$4 mosh-client 127.0.0.1 $3"
sleep 9
observed=$($terminal list-buffers -F '#{buffer_size}' | tac | tr '\n' ' ')
echo "sizes of the copies 10, 10, 1, 10, 12282 and 12283 as they arrived: $observed"
[ "$observed" = "10 1 10 12282 " ]
