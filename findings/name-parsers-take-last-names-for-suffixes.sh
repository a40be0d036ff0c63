#!/bin/sh
# Four parsers of full names, as form handlers and list imports use them, lose the last names of people, each of different ones, because a
# short last name is also a degree, a Roman numeral or a title:
#   nameparser 2.6.0 (PyPI)      Ben Vi: suffix Vi, no last name; Prince Harris: title Prince, first name Harris, no last name
#   probablepeople 0.5.6 (PyPI)  "Kim, Do": suffix Do, no first name; Prince Harris and Page Smith are companies
#   parse-full-name 1.2.7 (npm)  Van Nguyen: last name "Van Nguyen", no first name
#   humanparser 2.7.0 (npm)      Anh Ma: suffix Ma, no last name; Ada Kim (wife): last name "(wife)"
# All four read Md as a suffix. No search for their last name finds such leads, and no two parsers agree on all of these names.
#
# What to do: keep the text that was typed; where a parser returns no first or no last name, split at the last space instead.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q nameparser==2.6.0 probablepeople==0.5.6
npm install --silent --no-audit --no-fund parse-full-name@1.2.7 humanparser@2.7.0 >/dev/null
cat >names.txt <<'NAMES'
Ben Vi
Anh Ma
Prince Harris
Page Smith
Kim, Do
Van Nguyen
Ali Md
Ada Kim (wife)
NAMES
cat >parse.py <<'PYTHON'
import probablepeople
from nameparser import HumanName

for text in open("names.txt").read().splitlines():
    name = HumanName(text)
    tags, kind = probablepeople.tag(text)
    other = f"{tags.get('GivenName', '')}|{tags.get('Surname', '')}" if kind == "Person" else kind
    print(f"{name.first}|{name.last}\t{other}")
PYTHON
cat >parse.js <<'JS'
const { parseFullName } = require("parse-full-name");
const { parseName } = require("humanparser");
for (const text of require("fs").readFileSync("names.txt", "utf8").trim().split("\n")) {
  const [first, second] = [parseFullName(text), parseName(text)];
  console.log(`${first.first}|${first.last}\t${second.firstName ?? ""}|${second.lastName ?? ""}`);
}
JS
venv/bin/python parse.py >python.txt
node parse.js >js.txt
paste names.txt python.txt js.txt >observed.txt
cat >expected.txt <<'NAMES'
Ben Vi	Ben|	Ben|Vi	Ben|Vi	Ben|Vi
Anh Ma	Anh|Ma	Anh|Ma	Anh|Ma	Anh|
Prince Harris	Harris|	Corporation	Prince|Harris	Prince|Harris
Page Smith	Page|Smith	Corporation	Page|Smith	Page|Smith
Kim, Do	Do|Kim	|Kim	Do|Kim	Do|Kim
Van Nguyen	Van|Nguyen	Van|Nguyen	|Van Nguyen	Van|Nguyen
Ali Md	Ali|	Ali|	|Ali	Ali|
Ada Kim (wife)	Ada|Kim	Ada|(wife)	Ada|Kim	Ada|(wife)
NAMES
echo "name, and first|last name of nameparser, probablepeople, parse-full-name, humanparser:"
cat observed.txt
cmp observed.txt expected.txt
