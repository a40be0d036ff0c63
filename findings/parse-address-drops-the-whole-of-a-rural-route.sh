#!/bin/sh
# parse-address 1.1.2 (npm), and @sroussey/parse-address 2.4.2, which is made of it, return what they recognize of an address, and drop all
# of the rest with it: of a rural route, a highway contract route or a military box only the first word remains, under "street"; city, state and ZIP
# are gone as well. The same happens behind "Washington, D.C." with its periods, and with APO, whose states AA, AE and AP are unknown:
#   RR 2 Box 152, Reno, NV 89501           { street: "RR" }
#   PSC 3 Box 1234, APO, AE 09021          { street: "PSC" }
#   12 Main St, Washington, D.C. 20001     { number: "12", street: "Main", type: "St" }
# A lead without a ZIP then has no time zone, and every lead on a rural route has the same address. Text that is not an address
# gets the same kind of result ("call after five": { street: "call" }), so that a program cannot tell them apart. addresser 1.1.22 (npm) makes
# "2 Box 152" of the first one, and rejects the other two.
#
# What to do: check that the ZIP of the text is in the result, and keep the text that was typed.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund parse-address@1.1.2 @sroussey/parse-address@2.4.2 addresser@1.1.22 >/dev/null
cat >parse.js <<'JS'
const assert = require("assert");
const { parseLocation } = require("parse-address");
const { AddressParser } = require("@sroussey/parse-address");
const { parseAddress } = require("addresser");
const EXPECTED = {
  "12 Main St, Reno, NV 89501": [{ number: "12", street: "Main", type: "St", city: "Reno", state: "NV", zip: "89501" }, "12 Main St"],
  "RR 2 Box 152, Reno, NV 89501": [{ street: "RR" }, "2 Box 152"],
  "HC 68 Box 23A, Reno, NV 89501": [{ street: "HC" }, "68 Box 23A"],
  "PSC 3 Box 1234, APO, AE 09021": [{ street: "PSC" }, "refused"],
  "12 Main St, APO, AP 96201": [{ number: "12", street: "Main", type: "St" }, "refused"],
  "12 Main St, Washington, D.C. 20001": [{ number: "12", street: "Main", type: "St" }, "refused"],
  "12 Main St, Washington, DC 20001": [
    { number: "12", street: "Main", type: "St", city: "Washington", state: "DC", zip: "20001" },
    "12 Main St",
  ],
};
const line = (text) => {
  try {
    return parseAddress(text).addressLine1;
  } catch {
    return "refused";
  }
};
for (const [text, [expected, other]] of Object.entries(EXPECTED)) {
  const observed = { ...parseLocation(text) };
  console.log(`${text}: ${JSON.stringify(observed)}; addresser: ${line(text)}`);
  assert.deepStrictEqual(observed, expected);
  const { country, short_street_type, ...parts } = new AddressParser().parseLocation(text);
  assert.deepStrictEqual(parts, expected);
  assert.strictEqual(line(text), other);
}
assert.deepStrictEqual({ ...parseLocation("call after five") }, { street: "call" });
JS
node parse.js
