#!/bin/sh
# Two npm packages tell whether a day is a holiday in the United States, on some of which several states forbid sales calls. Each lacks one of the
# eleven federal holidays (5 U.S.C. 6103), and days off that a weekend moves:
#   date-fns-holiday-us 1.1.0   isFederalHoliday is false on Presidents' Day, each year, and getFederalHolidays lists ten; isBankHoliday is true.
#                               Of a holiday on a weekend it is true for that day alone, and false for the Friday or Monday
#   @date/holidays-us 0.4.0     false on Juneteenth, as isHoliday and as bank().isHoliday; it knows Friday and Monday, but not December 31,
#                               2027, on which New Year's Day of 2028, a Saturday, is observed
# @18f/us-federal-holidays 4.0.0 (npm) is right about all of these.
#
# What to do: use that one, and print next year's list once to compare it with that of the Office of Personnel Management.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund date-fns-holiday-us@1.1.0 date-fns@2.30.0 @date/holidays-us@0.4.0 @18f/us-federal-holidays@4.0.0 \
    >/dev/null
cat >holidays.js <<'JS'
const assert = require("assert");
const federal = require("@18f/us-federal-holidays");
const dateFns = require("date-fns-holiday-us");
const date = require("@date/holidays-us");

const check = (day) => [
  federal.isAHoliday(day),
  dateFns.isFederalHoliday(day),
  dateFns.isBankHoliday(day),
  date.isHoliday(day),
  date.bank().isHoliday(day),
];
const DAYS = {
  "2026-01-19": ["Martin Luther King Day", true, true, true, true, true],
  "2026-02-16": ["Presidents' Day", true, false, true, true, true],
  "2027-02-15": ["Presidents' Day", true, false, true, true, true],
  "2026-06-19": ["Juneteenth", true, true, true, false, false],
  "2026-07-03": ["Independence Day, observed", true, false, false, true, true],
  "2027-07-05": ["Independence Day, observed", true, false, false, true, true],
  "2027-12-24": ["Christmas, observed", true, false, false, true, true],
  "2027-12-31": ["New Year's Day, observed", true, false, false, false, false],
  "2026-11-26": ["Thanksgiving", true, true, true, true, true],
  "2026-11-24": ["no holiday", false, false, false, false, false],
};
for (const [text, [name, ...expected]] of Object.entries(DAYS)) {
  const [year, month, day] = text.split("-").map(Number);
  const observed = check(new Date(year, month - 1, day));
  console.log(text, name, ...observed);
  assert.deepStrictEqual(observed, expected, text);
}
for (const year of [2025, 2026, 2027]) {
  assert.strictEqual(federal.allForYear(year).length, 11);
  const listed = Object.keys(dateFns.getFederalHolidays(year));
  assert.strictEqual(listed.length, 10);
  assert.ok(!listed.includes("presidentsDay"));
}
JS
node holidays.js
