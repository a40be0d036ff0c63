#!/bin/sh
# csv-diff 1.2 (PyPI) compares two exports by the column that is given as --key, "the unique key". Leads are often compared by phone, and two people
# of a household share one: of the leads with the same key only the last is compared, with no word about the others. A changed status, a
# lead that is gone and a lead that is new are not reported if another one with the same phone follows; the command prints nothing.
# daff 1.4.2 (PyPI) reports all of these.
#
# What to do: compare by lead_id, or check that the values of the key are as many as the leads.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q csv-diff==1.2 daff==1.4.2
cat >before.csv <<'CSV'
phone,name,status
3015550123,Ada,NEW
3015550123,Ben,NEW
3015550124,Cy,NEW
3015550125,Dora,NEW
3015550125,Eve,NEW
CSV
cat >after.csv <<'CSV'
phone,name,status
3015550123,Ada,DNC
3015550123,Ben,NEW
3015550124,Fay,NEW
3015550124,Cy,NEW
3015550125,Eve,NEW
CSV
venv/bin/csv-diff before.csv after.csv --key=phone >csv-diff.txt
venv/bin/daff diff before.csv after.csv >daff.csv || true
echo "csv-diff prints: '$(tr -d '\n' <csv-diff.txt)'; daff:"
cat daff.csv
[ -z "$(cat csv-diff.txt)" ]
grep -qxF -e '->,3015550123,Ada,NEW->DNC' daff.csv
grep -qxF -e '+++,3015550124,Fay,NEW' daff.csv
grep -qxF -e '---,3015550125,Dora,NEW' daff.csv
# The last lead of a phone is compared.
sed 's/Ben,NEW/Ben,DNC/' before.csv >changed.csv
venv/bin/csv-diff before.csv changed.csv --key=phone | grep -q "1 row changed"
