#!/bin/sh
# Web forms send incomes as bands or with a k: "$40,000-$50,000", "$45K". parse-money 1.0.12, parse-price 1.1.8 and numeral 2.0.6 (npm) drop what
# is not a digit and join both ends of a band into one number (numeral makes it negative); these and price-parser 0.5.1 (PyPI) read $45K as 45,
# without an error. Leads sorted or filtered by such an income move to the very top or bottom:
#                         $45,000   $40,000-$50,000   $45K   $1.2M
#   parse-money (npm)     45000     4000050000        45     1.2
#   parse-price (npm)     45000     4000050000        45     1.2
#   numeral (npm)         45000     -4000050000       45     1.2
#   price-parser (PyPI)   45000     40000             45     1.2
#
# What to do: accept only a number with thousands separators, split bands before reading them, and multiply by the letter at the end yourself.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund parse-money@1.0.12 parse-price@1.1.8 numeral@2.0.6 >/dev/null
python3 -m venv venv
venv/bin/pip install -q price-parser==0.5.1
cat >read.js <<'JS'
const parseMoney = require("parse-money").default;
const parsePrice = require("parse-price");
const numeral = require("numeral");

const readers = { "parse-money": (text) => parseMoney(text).amount, "parse-price": parsePrice, numeral: (text) => numeral(text).value() };
for (const [name, read] of Object.entries(readers)) {
    console.log(`${name}:`, ["$45,000", "$40,000-$50,000", "$45K", "$1.2M"].map((text) => `${text} = ${read(text)}`).join(" | "));
}
JS
cat >read.py <<'PYTHON'
from price_parser import Price

texts = "$45,000", "$40,000-$50,000", "$45K", "$1.2M"
print("price-parser:", " | ".join(f"{text} = {Price.fromstring(text).amount}" for text in texts))
PYTHON
cat >expected.txt <<'LINES'
parse-money: $45,000 = 45000 | $40,000-$50,000 = 4000050000 | $45K = 45 | $1.2M = 1.2
parse-price: $45,000 = 45000 | $40,000-$50,000 = 4000050000 | $45K = 45 | $1.2M = 1.2
numeral: $45,000 = 45000 | $40,000-$50,000 = -4000050000 | $45K = 45 | $1.2M = 1.2
price-parser: $45,000 = 45000 | $40,000-$50,000 = 40000 | $45K = 45 | $1.2M = 1.2
LINES
{
    node read.js
    venv/bin/python read.py
} | tee observed.txt
cmp observed.txt expected.txt
