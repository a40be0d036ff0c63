#!/bin/sh
# pspg 5.7.2 shows CSV as a table, with the number of rows below it. It counts lines: a lead whose notes have a line break, which CSV quotes
# (RFC 4180, section 2.6), counts as two, or as one more for each line; and a column is as wide as the first lines of its values, so that a longer second line
# covers the border and the next column. A supervisor who opens a list of three leads reads "(4 rows)", and takes the export for wrong, or
# the list for longer than it is.
#
# What to do: count by a program that parses CSV, such as miller (mlr --icsv --ojson count).
#
# Needs pspg 5.7.2, and tmux, which is the terminal here (Debian 12: apt-get install pspg tmux).
set -eu
pspg --version | head -n 1 | grep -q "5\.7\.2" || { echo "this is about pspg 5.7.2, here is: $(pspg --version | head -n 1)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work" HOME="$work" LANG=C.UTF-8
terminal="tmux -u -L terminal$$"
trap '$terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
printf 'lead_id,name,notes\n1,Jane,call\n2,Ola,mail\n3,Sam,later\n' >plain.csv
printf 'lead_id,name,notes\n1,Jane,call\n2,Ola,"mail\nnot before noon"\n3,Sam,later\n' >lines.csv

# shown FILE: what pspg shows of FILE.
shown() {
    $terminal -f /dev/null new-session -d -x 80 -y 16 "pspg --csv --csv-header on -f $1"
    for _ in $(seq 100); do
        ! $terminal capture-pane -p 2>/dev/null | tee "$1.txt" | grep -q " rows)" || break
        sleep 0.1
    done
    $terminal kill-server
    cat "$1.txt"
}
shown plain.csv
shown lines.csv
grep -q "(3 rows)" plain.csv.txt
grep -q "(4 rows)" lines.csv.txt
grep -q "not before noon │$" lines.csv.txt
[ "$(grep -cE '│ +[123] │' lines.csv.txt)" = 3 ]
