#!/bin/sh
# csvjson 5.1.0 (npm) turns CSV into objects and back. With `quote`, the option for fields in quotes, two things that RFC 4180 allows in such a field,
# and that every export of notes contains, are lost without an error:
#   a quote, which is written twice: only the text after the last one is kept: "Ada ""Ace"" Love" is Love, and a note that ends
#   in a quotation is empty
#   a line break: the second line is lost, and an empty lead follows, so that there are more leads than before
# Its own toCSV writes a quote once and a line break as a tab, with `wrap`; without it, a comma becomes a tab too. papaparse 5.7.1 reads all of these.
#
# What to do: use another library; count the leads, and look for empty ones, where that is not possible.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund csvjson@5.1.0 papaparse@5.7.1 >/dev/null
cat >read.js <<'JS'
const assert = require("assert");
const csvjson = require("csvjson");
const { parse, unparse } = require("papaparse");
const LEADS = [
  { id: "1", name: 'Ada "Ace" Love', notes: "call later" },
  { id: "2", name: "Carter, Ben", notes: 'said "not today"' },
  { id: "3", name: "Cy", notes: "no answer\ntry at noon" },
];
const text = unparse(LEADS);
const observed = csvjson.toObject(text, { delimiter: ",", quote: '"' });
console.log(text);
for (const lead of observed) console.log(lead);
assert.deepStrictEqual(observed, [
  { id: "1", name: "Love", notes: "call later" },
  { id: "2", name: "Carter, Ben", notes: "" },
  { id: "3", name: "Cy", notes: "no answer" },
  { id: "", name: "", notes: "" },
]);
assert.deepStrictEqual(parse(text, { header: true }).data.map((lead) => ({ ...lead })), LEADS);
const [plain, wrapped] = [{ headers: "key" }, { headers: "key", wrap: true }].map((options) => csvjson.toCSV(LEADS.slice(1), options));
console.log(JSON.stringify(plain));
console.log(JSON.stringify(wrapped));
assert.strictEqual(plain, 'id,name,notes\n2,Carter\t Ben,said "not today"\n3,Cy,no answer\ttry at noon');
assert.strictEqual(wrapped, '"id","name","notes"\n"2","Carter, Ben","said "not today""\n"3","Cy","no answer\ttry at noon"');
JS
node read.js
