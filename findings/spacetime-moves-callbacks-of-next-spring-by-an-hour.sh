#!/bin/sh
# spacetime 7.15.0 (npm) knows one date on which summer time begins in a zone, and one on which it ends, those of 2026, and uses them for every
# year. Its documentation says so of the past; it holds for the future, too. The rule is a Sunday, so its date moves by up to six days: from
# March 8 to 13, 2027, and on November 1 to 6, local times in the United States and Canada are an hour off. A callback that is promised
# today for 9:00 on March 10, 2027, in New York comes due at 8:00 there; one for 20:30 in Los Angeles on November 3 at 21:30, half an hour
# after the end of the hours in which people may be called.
#
# What to do: use Intl.DateTimeFormat, or a library over it, for any time outside of the current year.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund spacetime@7.15.0 >/dev/null
cat >callbacks.js <<'JS'
const assert = require("assert");
const spacetime = require("spacetime");

const locally = (moment, zone) =>
  new Intl.DateTimeFormat("en-US", { timeZone: zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" }).format(moment).replace(", ", " ");
const callbacks = [
  ["2026-03-10 09:00:00", "America/New_York", "3/10/26 09:00"],
  ["2026-11-03 20:30:00", "America/Los_Angeles", "11/3/26 20:30"],
  ["2027-03-10 09:00:00", "America/New_York", "3/10/27 08:00"],
  ["2027-03-14 09:00:00", "America/New_York", "3/14/27 09:00"],
  ["2027-11-03 20:30:00", "America/Los_Angeles", "11/3/27 21:30"],
  ["2025-03-08 09:00:00", "America/Chicago", "3/8/25 08:00"],
];
for (const [promised, zone, due] of callbacks) {
  const observed = locally(spacetime(promised, zone).epoch, zone);
  console.log(`${promised} in ${zone}: due at ${observed} there`);
  assert.strictEqual(observed, due);
}
console.log("as observed with spacetime 7.15.0, node", process.versions.node, "and its zone data of", process.versions.tz);
JS
node callbacks.js
