"""What time it is where a lead lives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import CallingWindow, LocalTime, clock, local_time, offset_minutes, offset_words

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("-7.00", -420), ("-3.50", -210), ("5.50", 330), ("-5", -300), ("+5.75", 345), (" 0.00 ", 0), ("14", 840), ("-12.00", -720)],
)
def test_decimal_hours_are_minutes_from_utc(text: str, minutes: int) -> None:
    assert offset_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "EST", "-7:00", "99.00", "-12.25", "14.5", "1e1", "nan", "1_0", "٣", "--5", "5.50.1"])
def test_what_is_no_offset_of_this_world_is_none(text: str) -> None:
    assert offset_minutes(text) is None


@pytest.mark.parametrize(
    ("minutes", "words"), [(-420, "UTC−7"), (330, "UTC+5:30"), (0, "UTC"), (-210, "UTC−3:30"), (345, "UTC+5:45"), (-30, "UTC−0:30")]
)
def test_an_offset_is_written_as_hours(minutes: int, words: str) -> None:
    assert offset_words(minutes) == words


def test_the_time_there_is_now_plus_the_offset() -> None:
    time = local_time(Lead({"gmt_offset_now": "-7.00"}), NOON)
    assert (time.is_known, time.clock(), time.offset) == (True, "5:00", -420)


def test_the_day_may_turn_on_the_way() -> None:
    late = datetime(2026, 3, 9, 2, 15, tzinfo=UTC)
    assert local_time(Lead({"gmt_offset_now": "-3.50"}), late).clock() == "22:45"
    assert (
        local_time(Lead({"gmt_offset_now": "5.50", "phone_code": "91"}), datetime(2026, 3, 9, 20, 0, tzinfo=UTC)).clock() == "1:30"
    )


def test_without_an_offset_now_the_locale_s_stands_in() -> None:
    assert local_time(Lead({"locale_gmt": "-5.00"}), NOON).clock() == "7:00"
    assert local_time(Lead({"gmt_offset_now": None, "locale_gmt": "-5.00"}), NOON).clock() == "7:00"


def test_a_number_does_for_an_offset() -> None:
    assert local_time(Lead({"gmt_offset_now": -7}), NOON).clock() == "5:00"


@pytest.mark.parametrize(
    ("sent", "doubt"),
    [
        ({}, "no offset"),
        ({"gmt_offset_now": ""}, "no offset"),
        ({"gmt_offset_now": "null", "locale_gmt": "-5.00"}, "no offset"),
        ({"gmt_offset_now": "", "locale_gmt": "-5.00"}, "no offset"),
        ({"gmt_offset_now": "0.00", "phone_code": "1"}, "offset 0"),
        ({"gmt_offset_now": "0.00"}, "offset 0"),
        ({"gmt_offset_now": "0.00", "phone_code": "0"}, "offset 0"),
        ({"gmt_offset_now": "soon"}, "unreadable offset"),
        ({"gmt_offset_now": "77.00"}, "unreadable offset"),
    ],
)
def test_a_doubtful_offset_leaves_the_time_unknown_and_says_why(sent: dict[str, object], doubt: str) -> None:
    time = local_time(Lead(sent), NOON)
    assert (time.is_known, time.clock(), time.doubt) == (False, "unknown", doubt)
    assert time.words() == f"Local time unknown: {doubt}"


def test_greenwich_time_is_no_doubt_on_a_british_number() -> None:
    assert local_time(Lead({"gmt_offset_now": "0.00", "phone_code": "44"}), NOON).words() == "12:00 there (UTC) · in hours"


def test_the_calling_window_ends_just_before_its_end() -> None:
    window = CallingWindow()
    assert str(window) == "8:00–21:00"
    assert [window.holds(minutes) for minutes in (7 * 60 + 59, 8 * 60, 20 * 60 + 59, 21 * 60)] == [False, True, True, False]


def test_a_window_may_run_over_midnight_or_all_day() -> None:
    night = CallingWindow(22 * 60, 2 * 60)
    assert [night.holds(minutes) for minutes in (21 * 60, 23 * 60, 60, 2 * 60)] == [False, True, True, False]
    assert all(CallingWindow(480, 480).holds(minutes) for minutes in (0, 479, 480, 1439))


def test_the_words_tell_whether_one_may_call() -> None:
    assert LocalTime(11 * 60 + 2, -420).words() == "11:02 there (UTC−7) · in hours"
    assert LocalTime(22 * 60 + 40, 330).words() == "22:40 there (UTC+5:30) · out of hours"
    assert LocalTime(11 * 60).words(CallingWindow(12 * 60, 13 * 60)).endswith("out of hours")


def test_a_clock_has_no_zero_before_the_hour() -> None:
    assert [clock(0), clock(485), clock(1439)] == ["0:00", "8:05", "23:59"]
