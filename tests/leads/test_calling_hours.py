"""The hours in which a lead may be called."""

from __future__ import annotations

from datetime import date

from lead_tui.leads.local_time import CallingHours, CallingWindow, LocalTime, clock

SUNDAY, MONDAY, CHRISTMAS = date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 25)


def test_a_window_ends_just_before_its_end() -> None:
    assert str(CallingWindow()) == "8:00–21:00"
    answers = [LocalTime(minutes).may_call() for minutes in (7 * 60 + 59, 8 * 60, 20 * 60 + 59, 21 * 60)]
    assert answers == [False, True, True, False]


def test_a_date_comes_before_a_weekday_and_a_state_before_all() -> None:
    noon, evening = CallingWindow(720, 780), CallingWindow(1080, 1200)
    florida = CallingHours(evening, {SUNDAY: noon, 6: None})
    hours = CallingHours(days={6: noon, CHRISTMAS: None}, states={"FL": florida})
    assert [hours.window("", day) for day in (SUNDAY, MONDAY, CHRISTMAS)] == [noon, CallingWindow(), None]
    assert [hours.window("FL", day) for day in (SUNDAY, date(2026, 12, 6), CHRISTMAS)] == [noon, None, evening]
    assert hours.window("GA", CHRISTMAS) is None


def test_a_clock_has_no_zero_before_the_hour() -> None:
    assert [clock(0), clock(485), clock(1439)] == ["0:00", "8:05", "23:59"]
