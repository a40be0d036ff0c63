#!/bin/sh
# businesstimedelta 1.0.1 (PyPI) counts working hours between two times, as for "call back after four hours of the shift". Its documentation has a
# night shift: "Overnight shifts can be represented by setting end time less than start time". With a rule that is only a night shift, a period
# that begins within the shift gets no hour before midnight, and none after it, so that a call center's callbacks come due a day late:
#   shift 20:00 to 4:00, from 20:00 to 4:00   0 hours, not 8
#   from 22:00 to 2:00                        0 hours, not 4
#   from 0:00 to 24:00                        4 hours, not 8
#   22:00 and one hour of the shift           21:00 of the next day, 23 hours later, not 23:00
# The example of its documentation, with a day shift beside the night shift, gives 72 hours, where the documentation has 80.
#
# What to do: write the night shift as two rules, 20:00 to 23:59:59.999999 and 0:00 to 4:00.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q businesstimedelta==1.0.1 pytz==2026.6 holidays==0.109
"$work/venv/bin/python" - <<'PYTHON'
from datetime import datetime, time

import pytz
from businesstimedelta import BusinessTimeDelta, Rules, WorkDayRule


def rule(start: time, end: time) -> WorkDayRule:
    return WorkDayRule(start_time=start, end_time=end, working_days=range(7), tz=pytz.utc)


def at(day: int, hour: int) -> datetime:
    return pytz.utc.localize(datetime(2026, 7, day, hour))


NIGHT = Rules([rule(time(20), time(4))])
TWO_RULES = Rules([rule(time(20), time(23, 59, 59, 999999)), rule(time(0), time(4))])
for begin, end, expected, real in (
    (at(8, 20), at(9, 4), 0, 8),
    (at(8, 22), at(9, 2), 0, 4),
    (at(8, 0), at(9, 0), 4, 8),
):
    observed = [round(rules.difference(begin, end).timedelta.total_seconds() / 3600, 3) for rules in (NIGHT, TWO_RULES)]
    print(f"{begin:%d %H:%M} to {end:%d %H:%M}: {observed[0]} hours by one rule, {observed[1]} by two")
    assert observed == [expected, real], observed
after = at(8, 22) + BusinessTimeDelta(NIGHT, hours=1)
print(f"22:00 and one hour of the shift: {after:%d %H:%M}; by two rules {at(8, 22) + BusinessTimeDelta(TWO_RULES, hours=1):%d %H:%M}")
assert after == at(9, 21), after
assert at(8, 22) + BusinessTimeDelta(TWO_RULES, hours=1) == at(8, 23)

day = WorkDayRule(start_time=time(9), end_time=time(17), working_days=range(5), tz=pytz.utc)
night = WorkDayRule(start_time=time(23), end_time=time(7), working_days=range(5), tz=pytz.utc)
documented = Rules([day, night]).difference(datetime(2016, 1, 18, 9), datetime(2016, 1, 22, 18))
print("the example of the documentation:", documented)
assert documented.hours == 72, documented
PYTHON
