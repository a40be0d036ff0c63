#!/bin/sh
# phone-number-timezone 1.0.0 (npm) turns an abbreviation (MST, CST, AST) into one zone of the United States, so that places without
# daylight saving time get it: Phoenix and Tucson, Arizona, become America/Denver, Saskatchewan America/Chicago. From March to November a
# calling window is an hour off there. El Paso, on Mountain time, becomes America/Chicago, Newfoundland America/Puerto_Rico, and a
# toll-free number America/Adak, the zone farthest west.
#
# What to do: choose the zone by the lead's state.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund phone-number-timezone@1.0.0 phone-number-to-timezone@1.0.8 >/dev/null
cat >zones.js <<'JS'
const assert = require("assert");
const { phoneNumberTimezone } = require("phone-number-timezone");
const OBSERVED = {
  "+16025550123": ["Phoenix, Arizona", "America/Denver", "America/Phoenix"],
  "+15205550123": ["Tucson, Arizona", "America/Denver", "America/Phoenix"],
  "+13065550123": ["Saskatchewan", "America/Chicago", "America/Regina"],
  "+19155550123": ["El Paso, Texas", "America/Chicago", "America/Denver"],
  "+17095550123": ["Newfoundland", "America/Puerto_Rico", "America/St_Johns"],
  "+18005550123": ["toll-free", "America/Adak", "none"],
  "+13015550123": ["Maryland", "America/New_York", "America/New_York"],
};
const offset = (zone, month) =>
  new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(new Date(Date.UTC(2026, month, 15)))
    .find((part) => part.type === "timeZoneName").value;
(async () => {
  for (const [number, [place, expected, real]] of Object.entries(OBSERVED)) {
    const zone = await phoneNumberTimezone(number);
    const july = real === "none" ? "" : `in July ${offset(zone, 6)} for ${offset(real, 6)}`;
    console.log(`${number} ${place}: ${zone} ${july}`);
    assert.strictEqual(zone, expected);
  }
  assert.notStrictEqual(offset("America/Denver", 6), offset("America/Phoenix", 6));
})();
JS
node zones.js
