#!/bin/sh
# csv-merger-cleaner 1.0.0 (PyPI) merges CSV files, such as exports of leads of several lists, and removes duplicates by columns; its example is
# `--dedup email`. An empty cell counts as a value: of all leads without an email only the first is kept, and the others are reported as "Removed
# duplicates". Few leads of a dialer have an email, so that most of a list is lost. By two columns, as in its second example (`--dedup
# name,phone`), two people with the same name and no phone are one lead.
#
# What to do: remove duplicates by a column that no lead lacks, such as the lead's id, and check that the number removed is plausible.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q csv-merger-cleaner==1.0.0
cat >first.csv <<'CSV'
id,name,phone,email
1,Ada Love,3015550123,ada@example.com
2,Ben Carter,3015550124,
3,Cy Dean,3015550125,
CSV
cat >second.csv <<'CSV'
id,name,phone,email
4,Ada Love,3015550123,ADA@example.com
5,Dora Ely,3015550126,
6,Ann Kim,,ann@example.com
7,Ann Kim,,kim@example.com
CSV
for column in email name,phone id; do
    venv/bin/csv-merge -i first.csv second.csv --dedup "$column" -o merged.csv >report
    echo "$column: ids $(tail -n +2 merged.csv | cut -d , -f 1 | tr '\n' ' ')- $(sed -n 's/^ *\(Removed .*\)/\1/p' report)"
done >observed.txt
cat >expected.txt <<'LINES'
email: ids 1 2 6 7 - Removed 3 duplicates
name,phone: ids 1 2 3 5 6 - Removed 2 duplicates
id: ids 1 2 3 4 5 6 7 - Removed 0 duplicates
LINES
cat observed.txt
cmp observed.txt expected.txt
