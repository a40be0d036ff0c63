"""The local time where a lead lives, and when a call is OK."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.fields import STATE_NAMES, known_state
from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import (
    HOST,
    NORTH_AMERICA,
    STATES,
    CallingHours,
    CallingWindow,
    LocalTime,
    Zones,
    areas_of,
    local_time,
    offset_minutes,
    offset_words,
)
from tests.zones import NewZones, NoZones, OldZones

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
WINTER = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 20, 0, tzinfo=UTC)

OK, OUTSIDE, DOUBTFUL, UNKNOWN = "OK", "outside", "doubtful", "unknown"


def verdict(time: LocalTime, hours: CallingHours | None = None) -> str:
    words = time.words(hours or CallingHours())
    found = [
        name
        for name, part in ((OK, "OK to call"), (OUTSIDE, "outside calling hours"), (DOUBTFUL, "doubtful"), (UNKNOWN, "unknown"))
        if part in words
    ]
    return found[0] if found else DOUBTFUL


# Reading an offset


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("-7.00", -420), ("-3.50", -210), ("5.50", 330), ("-5", -300), ("+5.75", 345), (" 0.00 ", 0), ("14", 840), ("-12.00", -720),
     ("-7:00", -420), ("-0700", -420), ("+05:30", 330), ("+0545", 345), ("-03:30", -210), ("5.5", 330), ("-3.30", -210),
     ("-3.3", -210), ("5.45", 345), ("-2.30", -150), ("9:30", 570), ("-00:00", 0)],
)  # fmt: skip
def test_an_offset_is_decimal_hours_or_those_of_a_clock(text: str, minutes: int) -> None:
    assert offset_minutes(text) == minutes


@pytest.mark.parametrize(
    "text",
    ["", "EST", "99.00", "-99.00", "-12.25", "14.5", "1e1", "nan", "1_0", "٣", "--5", "5.50.1", "GMT-7", "America/Denver", "-420",
     "0700", "-7.20", "-7:20", "-7:99", "-0", "-3.300", "-9999", "0.1"],
)  # fmt: skip
def test_an_invalid_zone_offset_is_none(text: str) -> None:
    assert offset_minutes(text) is None or text == "-0"


@given(st.integers(-12, 14), st.sampled_from(("{:+d}.00", "{:+d}", "{:+d}:00", "{:+03d}00", "{:+03d}:00")))
def test_every_way_to_write_whole_hours_is_read(hours: int, way: str) -> None:
    assert offset_minutes(way.format(hours)) == hours * 60


@given(st.text("+-0123456789.: ", max_size=8))
def test_what_is_read_is_an_offset_of_the_world(text: str) -> None:
    minutes = offset_minutes(text)
    assert minutes is None or (-720 <= minutes <= 840 and minutes % 15 == 0)


@pytest.mark.parametrize(
    ("minutes", "words"), [(-420, "UTC−7"), (330, "UTC+5:30"), (0, "UTC"), (-210, "UTC−3:30"), (345, "UTC+5:45"), (-30, "UTC−0:30")]
)
def test_an_offset_is_written_as_hours(minutes: int, words: str) -> None:
    assert offset_words(minutes) == words


# Which offset is believed

CASES: list[tuple[dict[str, object], str]] = [
    ({"state": "AZ", "city": "Phoenix", "gmt_offset_now": "-6.00", "locale_gmt": "-7.00"}, "Arizona is not at UTC−6"),
    ({"gmt_offset_now": "-7:00", "locale_gmt": "-7:00"}, "13:00 local (UTC−7)"),
    ({"gmt_offset_now": "-0700", "locale_gmt": ""}, "13:00 local (UTC−7)"),
    ({"gmt_offset_now": "GMT-7", "locale_gmt": ""}, "unknown: unreadable offset"),
    ({"gmt_offset_now": "America/Denver", "locale_gmt": "America/Denver"}, "unknown: unreadable offset"),
    ({"gmt_offset_now": "0.00", "locale_gmt": "0.00", "state": "CA"}, "California is not at UTC"),
    ({"gmt_offset_now": "0.00", "phone_code": "44", "country": "GB", "phone_number": "2079460018"}, "20:00 local (UTC)"),
    ({"gmt_offset_now": "-3.30", "locale_gmt": "-3.30", "state": "NL"}, "16:30 local (UTC−3:30)"),
    ({"gmt_offset_now": "5.5", "locale_gmt": "5.5", "phone_code": "91"}, "1:30 local (UTC+5:30)"),
    ({"gmt_offset_now": "-99.00", "locale_gmt": "-5.00"}, "15:00 local (UTC−5)"),
    ({"gmt_offset_now": "-99.00", "locale_gmt": "-98.00"}, "unknown: unreadable offset"),
    ({"gmt_offset_now": "-420", "locale_gmt": "-420"}, "unknown: unreadable offset"),
    ({"gmt_offset_now": "-8.00", "state": "NY", "city": "New York", "postal_code": "10001"}, "New York is not at UTC−8"),
    ({"gmt_offset_now": "", "locale_gmt": "-8.00", "state": "NY"}, "New York is not at UTC−8"),
    ({"gmt_offset_now": "", "locale_gmt": "-5.00", "state": "NY"}, "15:00 local (UTC−5)"),
    ({"gmt_offset_now": "", "locale_gmt": "-5.00"}, "doubtful: no offset for today"),
    ({"gmt_offset_now": "null", "locale_gmt": "-5.00"}, "doubtful: no offset for today"),
    ({"locale_gmt": "-5.00"}, "15:00 local (UTC−5)"),
    ({"gmt_offset_now": None, "locale_gmt": "-5.00"}, "15:00 local (UTC−5)"),
    ({"gmt_offset_now": -7}, "13:00 local (UTC−7)"),
    ({"gmt_offset_now": ["-7"]}, "unknown: unreadable offset"),
    ({}, "unknown: no offset"),
    ({"gmt_offset_now": "", "locale_gmt": None}, "unknown: no offset"),
    ({"gmt_offset_now": "5.50", "state": "TX"}, "Texas is not at UTC+5:30"),
    ({"gmt_offset_now": "5.50"}, "North America is not at UTC+5:30"),
    ({"gmt_offset_now": "0.00", "phone_code": "0"}, "North America is not at UTC"),
    ({"gmt_offset_now": "0.00", "phone_code": "+1"}, "North America is not at UTC"),
    ({"gmt_offset_now": "10.00", "phone_code": "1"}, "6:00 local (UTC+10)"),
    ({"gmt_offset_now": "-8.00", "country": "US"}, "12:00 local (UTC−8)"),
    ({"gmt_offset_now": "-8.00", "phone_code": "44"}, "Great Britain is not at UTC−8"),
    ({"gmt_offset_now": "0.00", "phone_code": "49"}, "offset 0, in a country that is not known to be on UTC"),
    ({"gmt_offset_now": "0.00", "phone_code": "7"}, "offset 0, in a country that is not known to be on UTC"),
    ({"gmt_offset_now": "3.00", "phone_code": "7", "state": "NY"}, "23:00 local (UTC+3)"),
    ({"gmt_offset_now": "0.00", "phone_code": "351"}, "20:00 local (UTC)"),
    ({"gmt_offset_now": "-8.00", "state": "new york"}, "New York is not at UTC−8"),
    ({"gmt_offset_now": "-8.00", "state": "NY", "phone_code": "1-212"}, "New York is not at UTC−8"),
    ({"gmt_offset_now": "-8.00", "state": "NY", "phone_code": "US"}, "New York is not at UTC−8"),
    ({"gmt_offset_now": "-8.00", "phone_code": "+ 44"}, "Great Britain is not at UTC−8"),
    ({"gmt_offset_now": "-8.00", "province": "Ontario"}, "Ontario is not at UTC−8"),
    ({"gmt_offset_now": "-8.00", "state": "CA", "province": "ON"}, "Ontario is not at UTC−8"),
    ({"gmt_offset_now": "-8.00", "state": "nowhere"}, "12:00 local (UTC−8)"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "words"), CASES)
def test_an_offset_is_believed_where_the_lead_can_be_on_it(sent: dict[str, object], words: str) -> None:
    time = local_time(Lead(sent), WINTER)
    assert words in time.words()
    if "doubtful" in time.words():
        assert verdict(time) != OK
        assert time.clock().endswith("?")


HAWAII_MORNING = datetime(2026, 11, 28, 19, 0, tzinfo=UTC)
AFTER_FALL = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
"""Half an hour after clocks went back in the east, and half an hour before they do in the Central zone."""
FALL_DAWN = datetime(2026, 11, 1, 13, 30, tzinfo=UTC)
FALL_EVENING = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
"""The evening of that day: 20:30 in the east, 19:30 in the Central zone."""
BEFORE_CANADA = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
SPRING = datetime(2027, 3, 15, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "offset", "now", "expected"),
    [
        ("NY", "-5", WINTER, OK), ("NY", "-4", WINTER, DOUBTFUL), ("NY", "-4", SUMMER, OK), ("NY", "-5", SUMMER, DOUBTFUL),
        ("NY", "-8", datetime(2026, 11, 29, 4, 30, tzinfo=UTC), DOUBTFUL),
        # Arizona is at −7 all year, and its neighbors are not.
        ("AZ", "-7", WINTER, OK), ("AZ", "-7", SUMMER, OK), ("AZ", "-6", WINTER, DOUBTFUL), ("AZ", "-6", SUMMER, DOUBTFUL),
        ("AZ", "-8", WINTER, DOUBTFUL),
        ("NL", "-3.50", WINTER, OK), ("NL", "-3.30", WINTER, OK), ("NL", "-2.5", SUMMER, OK), ("NL", "-2.5", WINTER, DOUBTFUL),
        # Labrador.
        ("NL", "-4", WINTER, OK), ("NL", "-3", SUMMER, OK), ("NL", "-5", WINTER, DOUBTFUL),
        ("SK", "-6", WINTER, OK), ("SK", "-6", SUMMER, OK), ("SK", "-7", WINTER, DOUBTFUL), ("SK", "-5", SUMMER, DOUBTFUL),
        ("PR", "-4", WINTER, OK), ("PR", "-4", SUMMER, OK), ("PR", "-3", SUMMER, DOUBTFUL), ("PR", "-5", WINTER, DOUBTFUL),
        ("HI", "-10", WINTER, OK), ("HI", "-10", SUMMER, OK), ("HI", "-9", SUMMER, DOUBTFUL), ("HI", "-10", NOON, OUTSIDE),
        ("HI", "-10", HAWAII_MORNING, OK),
        ("GU", "10", WINTER, OUTSIDE), ("AS", "-11", WINTER, OK), ("YT", "-7", WINTER, OK), ("YT", "-8", WINTER, DOUBTFUL),
        # States with two zones.
        ("FL", "-5", WINTER, OK), ("FL", "-6", WINTER, OK), ("FL", "-7", WINTER, DOUBTFUL), ("FL", "-4", WINTER, DOUBTFUL),
        ("FL", "-4", SUMMER, OK), ("FL", "-5", SUMMER, OK), ("FL", "-6", SUMMER, DOUBTFUL),
        ("TX", "-6", WINTER, OK), ("TX", "-7", WINTER, OK), ("ID", "-7", WINTER, OK), ("ID", "-8", WINTER, OK),
        ("OR", "-7", WINTER, OK), ("IN", "-5", WINTER, OK), ("IN", "-6", WINTER, OK), ("KY", "-6", WINTER, OK),
        ("TN", "-5", WINTER, OK), ("MI", "-6", WINTER, OK), ("ND", "-7", WINTER, OK), ("AK", "-9", WINTER, OK),
        ("AK", "-10", WINTER, OK),
        # Around a clock change. The offset from before it is no longer one that a state with one zone can have …
        ("NY", "-4", AFTER_FALL, DOUBTFUL), ("NY", "-5", AFTER_FALL, OUTSIDE), ("NY", "-4", FALL_EVENING, DOUBTFUL),
        ("NY", "-5", FALL_EVENING, OK),
        # … but it may be that of another zone: −5 is the east's new offset and the Central zone's old one.
        ("FL", "-5", AFTER_FALL, OUTSIDE), ("FL", "-5", FALL_EVENING, DOUBTFUL), ("FL", "-6", FALL_EVENING, OK),
        ("", "-5", FALL_EVENING.replace(hour=2), DOUBTFUL), ("", "-5", FALL_DAWN, DOUBTFUL), ("FL", "-5", FALL_DAWN, DOUBTFUL),
        ("NY", "-5", FALL_DAWN, OK), ("", "-5", FALL_DAWN.replace(day=2), OK),
        # Western Canada no longer falls back.
        ("BC", "-7", BEFORE_CANADA, OK), ("BC", "-7", WINTER, OK), ("BC", "-8", WINTER, DOUBTFUL), ("BC", "-7", SPRING, OK),
        ("AB", "-6", BEFORE_CANADA, OK), ("AB", "-6", WINTER, OK), ("AB", "-7", WINTER, DOUBTFUL), ("AB", "-6", SPRING, OK),
        ("NT", "-6", WINTER, OK), ("NT", "-7", WINTER, DOUBTFUL),
        ("MB", "-5", BEFORE_CANADA, OK), ("MB", "-5", WINTER, OK), ("MB", "-6", WINTER, DOUBTFUL), ("MB", "-5", SPRING, OK),
        ("ON", "-5", WINTER, OK),
    ],
)  # fmt: skip
def test_a_state_has_the_offsets_of_its_zones_now(state: str, offset: str, now: datetime, expected: str) -> None:
    assert verdict(local_time(Lead({"state": state, "gmt_offset_now": offset}), now, NewZones())) == expected


@pytest.mark.parametrize(
    ("province", "offset", "now", "expected"),
    [
        ("BC", "-8", WINTER, DOUBTFUL), ("AB", "-6", WINTER, DOUBTFUL), ("AB", "-7", WINTER, DOUBTFUL),
        ("NT", "-6", WINTER, DOUBTFUL), ("NT", "-7", WINTER, DOUBTFUL), ("MB", "-5", WINTER, DOUBTFUL),
        ("MB", "-6", WINTER, DOUBTFUL),
        # Dawson Creek has always been at −7 and northwestern Ontario has joined the rest: old and new rules agree.
        ("BC", "-7", WINTER, OK), ("ON", "-5", WINTER, OK), ("ON", "-6", WINTER, DOUBTFUL),
        ("BC", "-7", BEFORE_CANADA, OK), ("AB", "-6", BEFORE_CANADA, OK), ("MB", "-5", BEFORE_CANADA, OK),
        ("BC", "-7", SPRING, OK), ("AB", "-6", SPRING, OK), ("SK", "-6", WINTER, OK), ("YT", "-7", WINTER, OK),
    ],
)  # fmt: skip
def test_zone_data_from_before_a_rule_change_leaves_a_doubt(province: str, offset: str, now: datetime, expected: str) -> None:
    time = local_time(Lead({"province": province, "gmt_offset_now": offset}), now, OldZones())
    assert verdict(time) == expected
    night = now.replace(hour=9)
    if expected == DOUBTFUL:
        assert verdict(local_time(Lead({"province": province, "gmt_offset_now": offset}), night, OldZones())) == DOUBTFUL


def test_a_conflict_is_a_doubt_whatever_the_hour() -> None:
    lead, night = Lead({"state": "NY", "gmt_offset_now": "-8"}), datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    assert local_time(lead, night, NewZones()).words() == "Local time doubtful: New York is not at UTC−8"


def test_great_britain_is_on_utc_in_winter_alone() -> None:
    lead = Lead({"gmt_offset_now": "0.00", "phone_code": "44"})
    assert verdict(local_time(lead, WINTER.replace(hour=12))) == OK
    assert local_time(lead, SUMMER).words() == "Local time doubtful: Great Britain is not at UTC"


@pytest.mark.parametrize("sent", [{"state": "NY"}, {}, {"phone_code": "44"}])
def test_without_zone_data_no_call_is_ok(sent: dict[str, object]) -> None:
    time = local_time(Lead({**sent, "gmt_offset_now": "-5.00"}), WINTER, NoZones())
    assert verdict(time) == DOUBTFUL
    assert "no time zone data" in time.words()


@given(
    st.sampled_from([*STATES, ""]),
    st.integers(-12, 14),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
    st.sampled_from([NewZones(), OldZones()]),
)
def test_a_call_is_never_ok_at_an_hour_that_no_zone_of_the_state_has(state: str, hours: int, naive: datetime, zones: Zones) -> None:
    now = naive.replace(tzinfo=UTC)
    time = local_time(Lead({"state": state, "gmt_offset_now": str(hours)}), now, zones)
    if time.may_call():
        area = STATES.get(state, NORTH_AMERICA)
        assert hours * 60 in {zones.offset(zone, now) for zone in area.zones}


def test_every_state_has_zones_that_the_host_knows() -> None:
    assert set(STATES) == set(STATE_NAMES)
    for area in (*STATES.values(), NORTH_AMERICA, *areas_of("44")):
        assert all(HOST.offset(zone, WINTER) is not None for zone in area.zones), area


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AZ", "AZ"),
        ("az", "AZ"),
        (" Arizona ", "AZ"),
        ("D.C.", "DC"),
        ("newfoundland", "NL"),
        ("Québec", "QC"),
        ("XX", ""),
        ("", ""),
    ],
)
def test_a_state_is_known_by_its_code_or_its_name(text: str, code: str) -> None:
    assert known_state(text) == code


# Masks


def test_a_mask_resolves_no_doubt_and_reveals_nothing() -> None:
    wrong = Lead({"state": "NY", "gmt_offset_now": "-8"}).with_masked(frozenset({"state"}))
    assert local_time(wrong, WINTER).words() == "Local time doubtful: it does not fit the lead's place"
    right = Lead({"state": "NY", "gmt_offset_now": "-5"}).with_masked(frozenset({"state"}))
    assert verdict(local_time(right, WINTER)) == OK


# Words


def test_the_day_may_turn_on_the_way() -> None:
    late = datetime(2026, 3, 9, 2, 15, tzinfo=UTC)
    time = local_time(Lead({"gmt_offset_now": "-3.50", "phone_code": "7"}), late)
    assert (time.clock(), time.day) == ("22:45", date(2026, 3, 8))
    time = local_time(Lead({"gmt_offset_now": "5.50", "phone_code": "91"}), datetime(2026, 3, 9, 20, 0, tzinfo=UTC))
    assert (time.clock(), time.day) == ("1:30", date(2026, 3, 10))


def test_the_words_tell_whether_a_call_is_ok() -> None:
    assert LocalTime(11 * 60 + 2, -420).words() == "11:02 local (UTC−7) · OK to call (8:00–21:00)"
    assert LocalTime(22 * 60 + 40, 330).words() == "22:40 local (UTC+5:30) · outside calling hours (8:00–21:00)"
    hours = CallingHours(CallingWindow(12 * 60, 13 * 60))
    assert LocalTime(11 * 60).words(hours) == "11:00 local (UTC) · outside calling hours (12:00–13:00)"
    assert LocalTime(11 * 60, -420).words(None) == "11:00 local (UTC−7)"


def test_after_a_clock_change_an_offset_that_a_zone_left_is_doubtful() -> None:
    time = local_time(Lead({"gmt_offset_now": "-5", "state": "FL"}), datetime(2026, 11, 1, 13, 30, tzinfo=UTC))
    assert time.words() == "Local time doubtful: clocks have just changed"
    assert time.clock() == "8:30?"


def test_the_hours_are_those_of_the_leads_own_day_and_state() -> None:
    sunday = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)  # Saturday evening in the USA
    hours = CallingHours(
        CallingWindow(), {6: None}, {"FL": CallingHours(CallingWindow(8 * 60, 20 * 60)), "HI": CallingHours(days={5: None})}
    )
    words = {
        state: local_time(Lead({"state": state, "gmt_offset_now": offset}), sunday).words(hours)
        for state, offset in (("CA", "-8"), ("FL", "-6"), ("HI", "-10"), ("GU", "10"))
    }
    assert words == {
        "CA": "20:00 local (UTC−8) · OK to call (8:00–21:00)",
        "FL": "22:00 local (UTC−6) · outside calling hours (8:00–20:00)",
        "HI": "18:00 local (UTC−10) · outside calling hours (no calls today)",
        "GU": "14:00 local (UTC+10) · outside calling hours (no calls today)",
    }
