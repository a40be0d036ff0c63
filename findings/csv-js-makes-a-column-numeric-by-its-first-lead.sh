#!/bin/sh
# comma-separated-values 3.6.4 (npm, also called CSV.js) reads CSV with `cast`, true by default: "automatically cast numbers and booleans to their
# JavaScript equivalents". Whether a column is one of numbers it decides by the first lead alone, and then casts every other value of the column,
# whatever it is, without an error. If the first lead has its phone as ten digits,
#   (301) 555-0124, 301-555-0124, 3015550124 x5   become NaN, which JSON writes as null: the number is gone
#   an empty phone                                becomes 0
# and of ZIPs behind a first 90210, 02134 becomes 2134 and 90210-1234 NaN. An empty phone in the first lead has the same effect. With (301) 555-0124
# first, every phone is read as it was written: it depends on the order of the leads whether they can be called. papaparse 5.7.1 (npm) with
# dynamicTyping decides for each value.
#
# What to do: cast: false.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund comma-separated-values@3.6.4 papaparse@5.7.1 >/dev/null
cat >read.js <<'JS'
const assert = require("assert");
const CSV = require("comma-separated-values");
const { parse } = require("papaparse");
const LEADS = ["3015550123,90210", "(301) 555-0124,02134", "301-555-0125,90210-1234", "3015550126 x5,", ",73301"];
const read = (leads, options) => new CSV(["phone,zip", ...leads].join("\n"), { header: true, ...options }).parse();
const column = (leads, name, options) => read(leads, options).map((lead) => lead[name]);
const REST = ["(301) 555-0124", "301-555-0125", "3015550126 x5", ""];
for (const [title, observed, expected] of [
  ["phones", column(LEADS, "phone"), [3015550123, NaN, NaN, NaN, 0]],
  ["ZIPs", column(LEADS, "zip"), [90210, 2134, NaN, 0, 73301]],
  ["phones, the second lead first", column([LEADS[1], LEADS[0], ...LEADS.slice(2)], "phone"), [REST[0], "3015550123", ...REST.slice(1)]],
  ["phones, the last lead first", column([LEADS[4], ...LEADS.slice(0, 4)], "phone"), [0, 3015550123, NaN, NaN, NaN]],
  ["phones, cast: false", column(LEADS, "phone", { cast: false }), ["3015550123", ...REST]],
  ["ZIPs, cast: false", column(LEADS, "zip", { cast: false }), ["90210", "02134", "90210-1234", "", "73301"]],
  [
    "phones in papaparse",
    parse(["phone,zip", ...LEADS].join("\n"), { header: true, dynamicTyping: true }).data.map(({ phone }) => phone),
    [3015550123, ...REST.slice(0, 3), null],
  ],
]) {
  console.log(`${title}:`, observed);
  assert.deepStrictEqual(observed, expected);
}
JS
node read.js
