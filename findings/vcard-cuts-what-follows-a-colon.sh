#!/bin/sh
# vcard 0.1.0 (npm) parses cards of contacts into JSON. It splits each line at its colons and keeps what is between the first two, without an error:
#   NOTE:Call after 5:30 pm             Call after 5
#   NOTE:Do not call: is on the list    Do not call
#   NOTE:Wife: 301-555-0123             Wife
#   TZ:-03:30                           -03
#   X-CALLBACK:2026-11-30T17:30         2026-11-30T17
#   URL:https://example.com/ada         https
# An agent reads half of a note, and calls half an hour early. The README says that of several phones only the first one is kept, and that lines
# which go on in the next one are not supported; it has nothing about colons.
# vcard-parser 1.0.0 (npm) keeps the whole values.
#
# What to do: use another one.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund vcard@0.1.0 vcard-parser@1.0.0 >/dev/null
cat >read.js <<'JS'
const assert = require("assert");
const VCard = require("vcard");
const { parse } = require("vcard-parser");

const LINES = {
  "NOTE:Call after 5 pm": "Call after 5 pm",
  "NOTE:Call after 5:30 pm": "Call after 5",
  "NOTE:Do not call: is on the list": "Do not call",
  "NOTE:Wife: 301-555-0123": "Wife",
  "TZ:-03:30": "-03",
  "X-CALLBACK:2026-11-30T17:30": "2026-11-30T17",
  "URL:https://example.com/ada": "https",
};
console.info = () => {}; // It prints all cards there.
for (const [line, expected] of Object.entries(LINES)) {
  const name = line.split(":")[0];
  const whole = line.slice(line.indexOf(":") + 1);
  const card = ["BEGIN:VCARD", "VERSION:4.0", "N:Lovelace;Ada;;;", "FN:Ada Lovelace", line, "END:VCARD", ""].join("\r\n");
  const [, [other]] = Object.entries(parse(card)).find(([key]) => key.toLowerCase() === name.toLowerCase());
  assert.strictEqual(other.value, whole);
  new VCard().readData(card, (error, json) => {
    assert.ifError(error);
    const observed = json[name];
    console.log(`${line} becomes ${observed}`);
    assert.strictEqual(observed, expected);
  });
}
JS
node read.js
