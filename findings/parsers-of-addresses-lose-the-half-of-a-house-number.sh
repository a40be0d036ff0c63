#!/bin/sh
# House numbers with a half are common in older parts of American cities: 123 and 123 1/2 are two households. Four parsers of addresses make
# three things of "123 1/2 Main St, Reno, NV 89501"; two of them merge the leads of both households, and none reports a doubt:
#   parse-address 1.1.2 (npm)             number 123, street Main: the half is gone, as is a "½"
#   @sroussey/parse-address 2.4.2 (npm)   the same
#   pyap 0.3.1 (PyPI)                     2 Main St: 123 and 1 are gone
#   addresser 1.1.22 (npm)                number 123, street "1/2 Main"
# Of "123A Main St" the first two make number 123 of a street "A Main". usaddress-scourgify 0.7.1 (PyPI) keeps "123 1/2 MAIN ST", but writes
# "123½" as "1231/2".
#
# What to do: do not use the parsed parts alone as the key of a household; compare with the text as it was typed.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund parse-address@1.1.2 @sroussey/parse-address@2.4.2 addresser@1.1.22 >/dev/null
python3 -m venv venv
venv/bin/pip install -q pyap==0.3.1 usaddress-scourgify==0.7.1 usaddress==0.5.16
cat >addresses.txt <<'ADDRESSES'
123 Main St, Reno, NV 89501
123 1/2 Main St, Reno, NV 89501
123½ Main St, Reno, NV 89501
123A Main St, Reno, NV 89501
ADDRESSES
cat >parse.js <<'JS'
const { parseLocation } = require("parse-address");
const { AddressParser } = require("@sroussey/parse-address");
const { parseAddress } = require("addresser");
for (const text of require("fs").readFileSync("addresses.txt", "utf8").trim().split("\n")) {
  const parts = [parseLocation(text), new AddressParser().parseLocation(text)].map(({ number, street }) => `${number}|${street}`);
  const { streetNumber, streetName } = parseAddress(text);
  console.log([...parts, `${streetNumber}|${streetName}`].join("\t"));
}
JS
cat >parse.py <<'PYTHON'
import pyap
from scourgify import normalize_address_record

for text in open("addresses.txt").read().splitlines():
    found = ", ".join(f"{address.street_number}|{address.street_name}" for address in pyap.parse(text, country="US")) or "-"
    print(found, normalize_address_record(text)["address_line_1"], sep="\t")
PYTHON
node parse.js >js.txt
venv/bin/python parse.py >python.txt
paste addresses.txt js.txt python.txt >observed.txt
cat >expected.txt <<'ADDRESSES'
123 Main St, Reno, NV 89501	123|Main	123|Main	123|Main	123|Main	123 MAIN ST
123 1/2 Main St, Reno, NV 89501	123|Main	123|Main	123|1/2 Main	2|Main	123 1/2 MAIN ST
123½ Main St, Reno, NV 89501	123|Main	123|Main	123½|Main	-	1231/2 MAIN ST
123A Main St, Reno, NV 89501	123|A Main	123|A Main	123A|Main	-	123A MAIN ST
ADDRESSES
echo "address, and number|street of parse-address, @sroussey/parse-address, addresser, pyap; usaddress-scourgify's line:"
cat observed.txt
cmp observed.txt expected.txt
