#!/bin/sh
# phonenumbers 9.0.43 (libphonenumber's Python port): three or more letters anywhere in the text turn all letters of it into the digits
# of a keypad, also those of a word typed beside the number. "(301) 555-0123 Mobile" becomes +1 30155501 23662453 without an
# error. Letters before the first digit are left out; those between and after digits are dialed.
# libphonenumber-js 1.13.16, which many web forms use, gives +13015550123 for the same text, so that the form and the server of one account store
# two numbers for a lead. It in turn ends a vanity number at its first letter: 1-800-555-LEAD becomes +11800555, where phonenumbers has +18005555323.
#
# What to do: cut the text at the first letter that does not belong to an extension, unless it has the length of a vanity number.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q phonenumbers==9.0.43
npm install --silent --no-audit --no-fund libphonenumber-js@1.13.16 >/dev/null
cat >typed.txt <<'TYPED'
(301) 555-0123 Mobile
301 555 0123 (home)
call 301 555 0123 after 5
(301) 555-0123 x12
1-800-555-LEAD
TYPED
cat >parse.py <<'PYTHON'
import phonenumbers

for typed in open("typed.txt").read().splitlines():
    number = phonenumbers.parse(typed, "US")
    print(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
PYTHON
cat >parse.js <<'JS'
const { parsePhoneNumberFromString } = require("libphonenumber-js/max");
for (const typed of require("fs").readFileSync("typed.txt", "utf8").trim().split("\n"))
  console.log(parsePhoneNumberFromString(typed, "US")?.number ?? "none");
JS
cat >expected.txt <<'TYPED'
(301) 555-0123 Mobile	+13015550123662453	+13015550123
301 555 0123 (home)	+130155501234663	+13015550123
call 301 555 0123 after 5	+13015550123238375	none
(301) 555-0123 x12	+13015550123	+13015550123
1-800-555-LEAD	+18005555323	+11800555
TYPED
venv/bin/python parse.py >python.txt
node parse.js >js.txt
paste typed.txt python.txt js.txt >observed.txt
echo "typed, as phonenumbers reads it, as libphonenumber-js reads it:"
cat observed.txt
cmp observed.txt expected.txt
