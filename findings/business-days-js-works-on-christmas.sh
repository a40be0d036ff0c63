#!/bin/sh
# business-days-js 2.3.0 (npm) says whether a day is a business day in the U.S., and adds business days, as for a callback. When December 25
# is a Saturday, the holiday is observed on Friday, December 24: in 2027 and 2032. Its own list of public holidays, getHolidays, has those two days,
# and yet check calls them business days, addDays lands on them, and countDays counts them: the first entry of the day is Christmas Eve, which is
# no public holiday. Leads are called on the holiday, and a callback is due when the agent is off. The other listed holidays are right.
# date-holidays 3.37.0 (npm), from which it has the holidays, lists both entries of the day.
#
# What to do: look the day up in getHolidays, instead of check.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund business-days-js@2.3.0 date-holidays@3.37.0 dayjs@1.11.13 >/dev/null
cat >days.js <<'JS'
const assert = require("assert");
const Holidays = require("date-holidays");
const businessDays = require("business-days-js")();

for (const year of ["2027", "2032"]) {
  const listed = businessDays.getHolidays(year).map(({ date }) => date.slice(0, 10));
  const worked = listed.filter((day) => businessDays.check(day));
  console.log(`${year}: ${listed.length} public holidays listed; business days among them: ${worked.join(" ")}`);
  assert.deepStrictEqual(worked, [`${year}-12-24`]);
  const entries = new Holidays("US").isHoliday(new Date(`${year}-12-24T12:00:00-05:00`)).map(({ name, type }) => `${name} (${type})`);
  console.log(`${year}-12-24: ${entries.join(", ")}`);
  assert.deepStrictEqual(entries, ["Christmas Eve (optional)", "Christmas Day (substitute day) (public)"]);
  const next = businessDays.addDays(`${year}-12-23`, 1).format("YYYY-MM-DD");
  const { businessDays: count } = businessDays.countDays(`${year}-12-23`, `${year}-12-26`);
  console.log(`${year}-12-23 and one business day: ${next}; business days until the 26th: ${count}`);
  assert.deepStrictEqual([next, count], [`${year}-12-24`, 1]);
}
JS
node days.js
