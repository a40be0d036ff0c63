#!/bin/sh
# csvtojson 2.0.14 (npm) makes nested objects of columns with a dot in their name, as documented. If another column is named like the part before
# the dot, one of the two is lost without an error. Exports of leads have such pairs where a custom field's name has a dot: of the columns "plan"
# and "plan.sold" an import keeps only "plan.sold" if "plan" comes first, and only "plan" otherwise. The number of leads is right, and every lead
# still has something under "plan". papaparse 5.7.1 keeps both columns.
#
# What to do: csvtojson({ flatKeys: true }).
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund csvtojson@2.0.14 papaparse@5.7.1 >/dev/null
cat >read.js <<'JS'
const assert = require("assert");
const csvtojson = require("csvtojson");
const { parse } = require("papaparse");
const EXPECTED = {
  "plan,plan.sold\nbasic,gold": { plan: { sold: "gold" } },
  "plan.sold,plan\ngold,basic": { plan: "basic" },
};
(async () => {
  for (const [text, expected] of Object.entries(EXPECTED)) {
    const [[observed], [flat]] = [await csvtojson().fromString(text), await csvtojson({ flatKeys: true }).fromString(text)];
    console.log(`${JSON.stringify(text)}: ${JSON.stringify(observed)}; with flatKeys ${JSON.stringify(flat)}`);
    assert.deepStrictEqual(observed, expected);
    assert.deepStrictEqual(flat, { plan: "basic", "plan.sold": "gold" });
    assert.deepStrictEqual({ ...parse(text, { header: true }).data[0] }, flat);
  }
})();
JS
node read.js
