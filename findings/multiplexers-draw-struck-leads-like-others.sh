#!/bin/sh
# Terminals draw text dim (SGR 2), in italics (3) and struck (9), and programs use these to mark, such as a lead that must not be called. What is
# between the program and the terminal removes or changes some of them, each other ones, and the program cannot know:
#                          dim      italics       struck
#   mosh 1.4.0             removed  italics       removed
#   screen 4.9.0           dim      reversed      removed
#   dvtm 0.15              dim      italics       removed
#   tmux 3.3a              dim      italics       struck
# In mosh, which documents none of this, and whose TERM is that of the terminal, with all three, a dim and struck lead looks like any other. In screen
# (screen(1) lists what it knows: no 9, and 3 as "Standout") italic text, as of a hint in an empty field, looks like the row that is selected. The
# first three do not skip the color of an underline, as editors send it to mark errors (SGR 58;5;N), but read 58;5;1 as 5, blinking, and 1, bold.
#
# What to do: mark by a word or a sign too, and never by such an attribute alone.
#
# Needs mosh 1.4.0, screen 4.9.0, dvtm 0.15 and tmux 3.3a, which is also the terminal here (Debian 12: apt-get install mosh screen dvtm tmux). mosh's
# server and client are on this host, without SSH.
set -eu
mosh-server --version | grep -q "mosh 1.4.0" || { echo "this is about mosh 1.4.0"; exit 1; }
screen --version | grep -q "4.09.00" || { echo "this is about screen 4.9.0, here is: $(screen --version)"; exit 1; }
dvtm -v 2>&1 | grep -q "dvtm-0.15" || { echo "this is about dvtm 0.15, here is: $(dvtm -v 2>&1)"; exit 1; }
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work" SCREENDIR="$work/sockets" LC_ALL=C.UTF-8
unset TMUX STY COLORTERM
terminal="tmux -L terminal$$" inner="tmux -L inner$$" server=
trap '$terminal kill-server 2>/dev/null || true; $inner kill-server 2>/dev/null || true
[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -m 700 "$SCREENDIR"
cat >"$work/draw" <<'DRAW'
for attribute in 2 3 9 '2;9' '58;5;1'; do
    printf '\033[%smlead\033[0m.\r\n' "$attribute"
done
sleep 60
DRAW
cat >"$work/tmux.conf" <<'TMUX'
set -g default-terminal tmux-256color
set -g status off
set -as terminal-features ',*:usstyle:strikethrough'
TMUX
# What the terminal shows of the five lines through the command $2.
drawn() {
    $terminal -f "$work/tmux.conf" new-session -d -x 80 -y 24 "$2"
    for _ in $(seq 20); do
        sleep 1
        [ "$($terminal capture-pane -p | grep -c lead)" != 5 ] || break
    done
    sleep 1
    echo "$1: $($terminal capture-pane -p -e | sed -n -e 's/\x1b\[\(0\|39\|49\)m//g' -e 's/\x1b\[0;/\x1b[/' -e 's/lead.*//p' |
        sed -e 's/^$/plain/' -e 's/\x1b\[\(.*\)m/\1/' | tr '\n' ' ')"
    $terminal kill-server
    sleep 1
}
{
    drawn "no multiplexer" "sh $work/draw"
    drawn tmux "$inner -f $work/tmux.conf new-session 'sh $work/draw'"
    drawn screen "screen -c /dev/null sh $work/draw"
    drawn dvtm "dvtm 'sh $work/draw'"
    started=$(mosh-server new -i 127.0.0.1 -- sh "$work/draw" 2>"$work/server")
    server=$(sed -n 's/.*detached, pid = \([0-9]*\).*/\1/p' "$work/server")
    set -- $(echo "$started" | grep "MOSH CONNECT")
    drawn mosh "MOSH_KEY=$4 mosh-client 127.0.0.1 $3"
} >"$work/observed"
cat >"$work/expected" <<'LINES'
no multiplexer: 2 3 9 2;9 58;5;1 
tmux: 2 3 9 2;9 58;2;128;0;0 
screen: 2 7 plain 2 1;5 
dvtm: 2 3 plain 2 1;5 
mosh: plain 3 plain plain 1;5 
LINES
cat "$work/observed"
cmp "$work/observed" "$work/expected"
