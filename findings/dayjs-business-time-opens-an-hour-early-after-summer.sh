#!/bin/sh
# dayjs-business-time 1.0.4 (npm) finds the next time within working hours, as for a lead that was reached too late in the evening. On a host whose
# clock is UTC, as most servers', it keeps the UTC offset of the evening that dayjs 1.11.23 has for the lead's zone: on the night in which daylight
# saving time ends, a calling window from 8:00 to 21:00 opens at 7:00 where the lead lives, and one working hour later is 8:00. The result calls
# itself 8:00 and within the window; the same instant, put into the zone again, is not. On every other night, in Arizona, and on a host whose own
# zone has daylight saving time, it is right, so that a developer's test does not find it. moment-business-time 2.0.0 (npm) with moment-timezone
# 0.6.6 returns 8:00.
#
# What to do: convert the result once more, dayjs(result.toDate()).tz(zone), and search again if it is not within the window.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund dayjs@1.11.23 dayjs-business-time@1.0.4 \
    moment@2.31.0 moment-timezone@0.6.6 moment-business-time@2.0.0 >/dev/null
cat >next.js <<'JS'
const assert = require("assert");
const dayjs = require("dayjs");
for (const plugin of ["dayjs/plugin/utc", "dayjs/plugin/timezone", "dayjs-business-time"]) dayjs.extend(require(plugin));
const moment = require("moment-timezone");
require("moment-business-time");

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
dayjs.setBusinessTime(Object.fromEntries(DAYS.map((day) => [day, [{ start: "08:00:00", end: "21:00:00" }]])));
moment.updateLocale("en", { workinghours: Object.fromEntries(DAYS.map((_, number) => [number, ["08:00:00", "21:00:00"]])) });
const clock = (time, zone) => new Intl.DateTimeFormat("en-US", { timeZone: zone, timeStyle: "short" }).format(time.toDate());
for (const [evening, zone, expected, oneHourLater, isInWindow] of [
  ["2025-10-31 22:00", "America/New_York", "8:00 AM", "9:00 AM", true],
  ["2025-11-01 22:00", "America/New_York", "7:00 AM", "8:00 AM", false],
  ["2025-11-01 22:00", "America/Los_Angeles", "7:00 AM", "8:00 AM", false],
  ["2025-11-01 22:00", "America/Phoenix", "8:00 AM", "9:00 AM", true],
]) {
  const time = dayjs.tz(evening, zone);
  const next = time.nextBusinessTime();
  const again = dayjs(next.toDate()).tz(zone);
  const other = clock(moment.tz(evening, zone).nextWorkingTime(), zone);
  console.log(`${evening} ${zone}: ${next.format()}, which is ${clock(next, zone)}; moment-business-time: ${other}`);
  assert.deepStrictEqual([clock(next, zone), clock(time.addBusinessHours(1), zone), other].map((text) => text.replace("\u202f", " ")), [
    expected,
    oneHourLater,
    "8:00 AM",
  ]);
  assert.deepStrictEqual([next.format("HH:mm"), next.isBusinessTime(), again.isBusinessTime()], ["08:00", true, isInWindow]);
}
JS
TZ=UTC node next.js
