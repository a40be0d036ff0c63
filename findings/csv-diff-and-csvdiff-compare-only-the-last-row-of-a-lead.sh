#!/bin/sh
# csv-diff 1.2 and csvdiff 0.3.3 (both PyPI) compare two lists by a key column, as yesterday's leads with today's by lead_id. If a list has a
# lead twice, as one that was joined from two campaigns, both compare its last row only and say nothing of the others:
#   * a row that is the same in both lists counts as changed into the values of the repeated row;
#   * a list with every lead twice compares as equal to the list with each of them once;
#   * csvdiff's csvpatch, given the first list and the difference, writes a list that lacks the row.
# daff 1.4.2 reports the repeated row as added.
#
# What to do: compare the number of rows with the number of different keys first, or compare with daff.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q csv-diff==1.2 csvdiff==0.3.3 daff==1.4.2
cat >before.csv <<'CSV'
lead_id,first_name,phone_number
1,Jane,3015550100
2,Ola,3015550101
CSV
cat >after.csv <<'CSV'
lead_id,first_name,phone_number
1,Jane,3015550100
2,Ola,3015550101
2,Olga,3015550109
CSV
{ cat before.csv && tail -n +2 before.csv; } >twice.csv

# expect TEXT COMMAND …: print what COMMAND prints, which must contain TEXT.
expect() {
    text=$1 && shift
    "$@" >printed || true
    echo "== $*" && cat printed && echo
    grep -qF -- "$text" printed
}
expect '1 row changed' venv/bin/csv-diff before.csv after.csv --key lead_id
grep -qF '"Ola" => "Olga"' printed
expect '"first_name": {"from": "Ola", "to": "Olga"}' venv/bin/csvdiff lead_id before.csv after.csv
cp printed difference.json
venv/bin/csv-diff before.csv twice.csv --key lead_id >printed
grep -q '[a-z]' printed && exit 1
expect '"added": [], "changed": [], "removed": []' venv/bin/csvdiff lead_id before.csv twice.csv
venv/bin/csvpatch -i difference.json before.csv >patched.csv
echo "== csvpatch" && cat patched.csv
grep -q Olga patched.csv && ! grep -q 'Ola,' patched.csv
expect "+++,2,Olga,3015550109" venv/bin/daff before.csv after.csv
echo "as observed with csv-diff 1.2, csvdiff 0.3.3 and daff 1.4.2"
