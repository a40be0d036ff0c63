#!/bin/sh
# leadmatch 0.1.0 (PyPI) removes duplicates from a list of leads: "one canonical record per cluster", with "the most complete value per field". Where
# the leads of a cluster differ, it takes in each column by itself the value that more of them have, then the longest, then the first by the alphabet.
# Neither the date of a lead counts nor what belongs together, and the result looks like any lead:
#   Ann Kim in Reno and Bob Lee in Dallas, of one office: info@example.org   Ann Kim with the phone, city and ZIP of Bob Lee
#   Ben Carter, who moved from Boston to Austin                              his new phone and city with the ZIP of Boston, which is an hour ahead
#   Maria and Mario Garcia, one phone                                        Maria
# An agent asks Bob for Ann, Ann's own number is gone, and Ben's phone rings at 7:00. The README says that the same email matches, or the same
# phone with a strong name, but not what happens to the values that are not taken; only the ids are kept (member_record_ids).
# Two leads with the same phone, one with an extension ("555-0127 x4"), stay two: the digits of the extension count as the end of the number.
#
# What to do: use only the clusters (--clusters-out), and take all of one lead of each, such as the latest.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q leadmatch==0.1.0 rapidfuzz==3.14.6 datasketch==2.0.0 pandas==3.1.1
cat >leads.csv <<'CSV'
record_id,first_name,last_name,email,phone,company,city,zip,source,created_at
1,Ann,Kim,info@example.org,7755550123,,Reno,89501,web,2026-10-01
2,Bob,Lee,info@example.org,2145550124,,Dallas,75201,web,2026-10-02
3,Ben,Carter,ben@example.com,6175550125,,Boston,02108,web,2021-03-01
4,Ben,Carter,ben@example.com,5125550125,,Austin,78701,web,2026-11-01
5,Maria,Garcia,,3015550126,,Reno,89501,web,2026-10-01
6,Mario,Garcia,,3015550126,,Reno,89501,web,2026-10-01
7,Eve,Orr,,(301) 555-0127,,Reno,89501,web,2026-10-01
8,Eve,Orr,,(301) 555-0127 x4,,Reno,89501,web,2026-10-02
CSV
venv/bin/leadmatch run --input leads.csv --out merged.csv --clusters-out clusters.csv
cut -d , -f 3-6,8-9,12 merged.csv | tr -d '\r' >observed.txt
cat >expected.txt <<'CSV'
first_name,last_name,email,phone,city,zip,member_record_ids
Ann,Kim,info@example.org,2145550124,Dallas,75201,1;2
Ben,Carter,ben@example.com,5125550125,Austin,02108,3;4
Maria,Garcia,,3015550126,Reno,89501,5;6
Eve,Orr,,(301) 555-0127,Reno,89501,7
Eve,Orr,,(301) 555-0127 x4,Reno,89501,8
CSV
cat observed.txt
cmp observed.txt expected.txt
