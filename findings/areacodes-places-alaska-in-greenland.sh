#!/bin/sh
# areacodes 0.2.1 (npm) gives the state and the position of an area code, "good to within +/- 200 miles". The position of 907, all of Alaska, is
# 58.1 N 48.2 W, in the south of Greenland and 3,200 miles from Anchorage: the middle between the Aleutians, some of which lie beyond longitude
# 180, and the rest. tz-lookup 6.1.25 (npm), which makes time zones of positions, then has America/Godthab for each number in Alaska, where
# it is seven hours earlier: a calling window that opens at 8:00 opens at 1:00 in Anchorage. The state is right, "AK", so that a
# list looks as it should. The position of 219, Gary and the northwest of Indiana, nearly all of it on Central time, is 70 miles to
# the east of Gary, within the promised 200, but on Eastern time: there the window opens at 7:00.
#
# What to do: take the time zone from the state, and in a state with two from the ZIP or the exchange.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund areacodes@0.2.1 tz-lookup@6.1.25 >/dev/null
cat >zones.js <<'JS'
const assert = require("assert");
const AreaCodes = require("areacodes");
const zoneAt = require("tz-lookup");

const zones = {
  "+1 301 555 0123": ["MD", "America/New_York"],
  "+1 602 555 0123": ["AZ", "America/Phoenix"],
  "+1 808 555 0123": ["HI", "Pacific/Honolulu"],
  "+1 907 555 0123": ["AK", "America/Godthab"],
  "+1 219 555 0123": ["IN", "America/Indiana/Indianapolis"],
};
const hour = (timeZone, date) => Number(new Intl.DateTimeFormat("en-US", { timeZone, hour: "numeric", hourCycle: "h23" }).format(date));
const codes = new AreaCodes();
for (const [phone, expected] of Object.entries(zones))
  codes.get(phone, (error, found) => {
    assert.ifError(error);
    const { latitude, longitude } = found.location;
    const observed = [found.stateCode, zoneAt(latitude, longitude)];
    console.log(phone, found.city, latitude, longitude, ...observed);
    assert.deepStrictEqual(observed, expected);
    if (found.stateCode === "AK") assert.ok(longitude > -50 && longitude < -45);
  });
assert.strictEqual(zoneAt(61.2, -149.9), "America/Anchorage");
assert.strictEqual(zoneAt(41.6, -87.35), "America/Chicago"); // Gary
for (const noon of ["2026-07-15T12:00Z", "2026-12-15T12:00Z"]) {
  const [assumed, real] = ["America/Godthab", "America/Anchorage"].map((zone) => hour(zone, new Date(noon)));
  console.log(`${noon}: assumed ${assumed}:00, in Anchorage ${real}:00`);
  assert.strictEqual(assumed - real, 7);
}
JS
node zones.js
