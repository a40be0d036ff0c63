#!/bin/sh
# leadconduit-types 4.23.2 (npm) has the field types of LeadConduit, a platform through which call centers buy leads from web forms: it normalizes what
# people type and says whether it is valid. Three types call a value valid that is another one than was typed:
#   dob     11/29/61            November 29, 2061, aged minus 34, valid; years from 00 to 68 are of this century, as in the type `date`
#   number  $85k                85; $1.2M is 1.2, (1,200) is 1200
#   range   $80k-$90k           80 to 90
# A rule such as "65 or older" or "income of at least 50,000" rejects these leads, and no rule for invalid values finds them. Dates of birth with four
# digits, and amounts written in full, are read correctly; "Nov 61" is invalid, as it should be.
#
# What to do: take a year in the future for one of the last century, and ask for amounts in a field without letters.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm" TZ=UTC
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund leadconduit-types@4.23.2 >/dev/null
cat >read.js <<'JS'
const types = require("leadconduit-types");

for (const text of ["11/29/1961", "11/29/61", "11/29/68", "11/29/69", "Nov 61"]) {
  const date = types.dob.parse(text);
  const age = date.age < 0 ? "negative" : "positive";
  console.log(`dob ${text}: ${date.valid ? `${date.year}, age ${age}` : "invalid"}`);
}
for (const text of ["$85,000", "$85k", "$1.2M", "(1,200)"]) {
  const number = types.number.parse(text);
  console.log(`number ${text}: ${number.valid ? number.valueOf() : "invalid"}`);
}
for (const text of ["$80,000 - $90,000", "$80k-$90k", "$80k+"]) {
  const range = types.range.parse(text);
  console.log(`range ${text}: ${range.valid ? `${range.min} to ${range.max ?? "any"}` : "invalid"}`);
}
JS
cat >expected.txt <<'LINES'
dob 11/29/1961: 1961, age positive
dob 11/29/61: 2061, age negative
dob 11/29/68: 2068, age negative
dob 11/29/69: 1969, age positive
dob Nov 61: invalid
number $85,000: 85000
number $85k: 85
number $1.2M: 1.2
number (1,200): 1200
range $80,000 - $90,000: 80000 to 90000
range $80k-$90k: 80 to 90
range $80k+: 80 to any
LINES
node read.js | tee observed.txt
cmp observed.txt expected.txt
