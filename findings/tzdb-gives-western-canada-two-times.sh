#!/bin/sh
# @vvo/tzdb 6.202.0 (npm), from which lists of time zones for forms are made, ships the raw offsets of tzdata 2026f, by which British Columbia
# and Alberta no longer change their clocks; it takes the current ones from Node, whose rules may be older: Node 20.20.2 has 2025c. On
# December 15, 2026 one entry has rawOffsetInMinutes -420 and currentTimeOffsetInMinutes -480 for America/Vancouver, as if winter time were an
# hour behind standard time; both are called "Pacific Time", its abbreviation is "MST".
# Likewise two libraries in one process: it is 13:00 in Vancouver by moment-timezone 0.6.6, which ships 2026f, and 12:00 by luxon 3.7.2, which
# asks Node. A calling window that is checked by one and shown by the other is an hour off for each lead in western Canada.
#
# What to do: take all times from one source, and compare process.versions.tz with moment.tz.dataVersion at the start.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund node@20.20.2 @vvo/tzdb@6.202.0 moment-timezone@0.6.6 luxon@3.7.2 >/dev/null
cat >zones.js <<'JS'
const noon = Date.UTC(2026, 11, 15, 20);
const RealDate = Date;
// tzdb reads the clock; here it is December 15.
global.Date = class extends RealDate {
  constructor(...given) {
    given.length ? super(...given) : super(noon);
  }
  static now() {
    return noon;
  }
};
const assert = require("assert");
const { getTimeZones } = require("@vvo/tzdb");
const moment = require("moment-timezone");
const { DateTime } = require("luxon");
console.log(`Node's rules: ${process.versions.tz}, moment-timezone's: ${moment.tz.dataVersion}`);
const EXPECTED = {
  "America/Vancouver": [-420, -480, "MST", "13:00", "12:00"],
  "America/Edmonton": [-360, -420, "CST", "14:00", "13:00"],
  "America/Los_Angeles": [-480, -480, "PST", "12:00", "12:00"],
};
const zones = getTimeZones();
for (const [name, expected] of Object.entries(EXPECTED)) {
  const zone = zones.find((each) => each.name === name);
  const times = [moment.tz(noon, name).format("HH:mm"), DateTime.fromMillis(noon, { zone: name }).toFormat("HH:mm")];
  const observed = [zone.rawOffsetInMinutes, zone.currentTimeOffsetInMinutes, zone.abbreviation, ...times];
  console.log(`${name}: raw ${observed[0]}, current ${observed[1]}, ${observed[2]}; moment ${observed[3]}, luxon ${observed[4]}`);
  assert.deepStrictEqual(observed, expected);
}
JS
node_modules/.bin/node zones.js
