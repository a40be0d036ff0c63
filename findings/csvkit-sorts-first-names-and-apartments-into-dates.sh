#!/bin/sh
# csvkit 2.2.0 (with agate 1.14.2) guesses the type of each column before it sorts, joins or converts CSV, and writes the values as that type. It
# takes words for dates and durations, so that csvsort, csvjoin, in2csv and csvjson change columns of leads if all their values look like it,
# as in the short list of one city or one call:
#   first_name    May, April        0001-05-01, 0001-04-01
#   address2      4H, 2D            4:00:00, "2 days, 0:00:00": an apartment becomes a time
#   called at     9:15, 12:30       0:09:15, 0:12:30: minutes and seconds, not hours and minutes
#   do not call   0, 1              False, True
#   ZIP code      02134, 00501      2134, 501
# One other value in a column, such as the name Jane, leaves it as it was, so that the same command is right for one list and wrong for the
# next. csvcut, csvgrep and csvstack do not guess.
#
# What to do: -I (--no-inference) for every command that has it.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q csvkit==2.2.0 agate==1.14.2 parsedatetime==2.6 pytimeparse==1.1.10
cat >leads.csv <<'CSV'
lead_id,first_name,address2,called_at,do_not_call,postal_code
1,May,4H,9:15,0,02134
2,April,2D,12:30,1,00501
CSV
{ cat leads.csv && echo '3,Jane,Rear,noon,,N/A'; } >more.csv
cat >expected.csv <<'CSV'
lead_id,first_name,address2,called_at,do_not_call,postal_code
1,0001-05-01,4:00:00,0:09:15,False,2134
2,0001-04-01,"2 days, 0:00:00",0:12:30,True,501
CSV
venv/bin/csvsort -c lead_id leads.csv | tee sorted.csv
cmp sorted.csv expected.csv
venv/bin/csvjson leads.csv | grep -o '"first_name": "0001-05-01", "address2": "4:00:00"'
venv/bin/csvsort -c lead_id more.csv | tee more-sorted.csv
grep -q '^1,May,4H,9:15,' more-sorted.csv
for command in "csvsort -I -c lead_id" "csvcut -c 1-6"; do
    venv/bin/$command leads.csv >same.csv
    cmp same.csv leads.csv
done
echo "as observed with csvkit 2.2.0"
