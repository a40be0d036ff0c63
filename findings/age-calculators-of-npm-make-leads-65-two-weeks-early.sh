#!/bin/sh
# Agents offer Medicare plans from the 65th birthday on, and may not call anyone under 18. calculate-age 0.1.0 and date-age 1.0.2 (npm) divide the
# days since birth by 365: each leap year makes a lead a day older. dob-to-age 4.0.0 (npm) compares months and days. A lead is 18 or 65:
#   born                            calculate-age   date-age     dob-to-age
#   2008-11-30, 18 on 2026-11-30    2026-11-26      2026-11-26   2026-11-30
#   1961-11-30, 65 on 2026-11-30    2026-11-14      2026-11-14   2026-11-30
#
# What to do: compare the month and day of birth with today's, or use dob-to-age; test a calculator with the day before a birthday.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm" TZ=UTC
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund calculate-age@0.1.0 date-age@1.0.2 dob-to-age@4.0.0 >/dev/null
cat >ages.js <<'JS'
const CalculateAge = require("calculate-age").default;
const { Age } = require("date-age");
const dobToAge = require("dob-to-age");

const day = (date) => date.toISOString().slice(0, 10);
const calculators = {
    "calculate-age": (birth, date) => new CalculateAge(birth, day(date)).getObject().years,
    "date-age": (birth, date) => parseInt(new Age().dobToAge(new Date(birth), date)),
    "dob-to-age": (birth, date) => (dobToAge.default || dobToAge)(birth, { referenceDate: date, forcedCalendarUnit: "years" }).count,
};
for (const [birth, age] of [["2008-11-30", 18], ["1961-11-30", 65]]) {
    for (const [name, years] of Object.entries(calculators)) {
        const date = new Date("2026-11-01");
        while (years(birth, date) < age) date.setUTCDate(date.getUTCDate() + 1);
        console.log(`${name}: born ${birth}, ${age} on ${day(date)}`);
    }
}
JS
cat >expected.txt <<'LINES'
calculate-age: born 2008-11-30, 18 on 2026-11-26
date-age: born 2008-11-30, 18 on 2026-11-26
dob-to-age: born 2008-11-30, 18 on 2026-11-30
calculate-age: born 1961-11-30, 65 on 2026-11-14
date-age: born 1961-11-30, 65 on 2026-11-14
dob-to-age: born 1961-11-30, 65 on 2026-11-30
LINES
node ages.js | tee observed.txt
cmp observed.txt expected.txt
