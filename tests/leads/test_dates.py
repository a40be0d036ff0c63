"""The grammar of dates in filters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads import dates

_TODAY = date(2026, 3, 31)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("today", _TODAY),
        ("Yesterday", date(2026, 3, 30)),
        ("-7d", date(2026, 3, 24)),
        ("-2w", date(2026, 3, 17)),
        ("-1m", date(2026, 2, 28)),
        ("-3m", date(2025, 12, 31)),
        ("-1y", date(2025, 3, 31)),
        (" this   WEEK ", date(2026, 3, 30)),
        ("last week", date(2026, 3, 23)),
        ("this month", date(2026, 3, 1)),
        ("last month", date(2026, 2, 1)),
        ("this year", date(2026, 1, 1)),
        ("last year", date(2025, 1, 1)),
        ("last 7 days", date(2026, 3, 25)),
        ("LAST 1 day", _TODAY),
        ("\N{MINUS SIGN}7d", date(2026, 3, 24)),
        ("\N{EN DASH}2W", date(2026, 3, 17)),
        ("6/2/2025", date(2025, 6, 2)),
        ("06/02/2025", date(2025, 6, 2)),
        ("2025-6-2", date(2025, 6, 2)),
        ("2026-2-3", date(2026, 2, 3)),
        ("03/09/2026", date(2026, 3, 9)),
    ],
)
def test_a_date_means_a_day(text: str, day: date) -> None:
    assert dates.resolve(text, _TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("this week", date(2026, 4, 5)),
        ("last week", date(2026, 3, 29)),
        ("this month", date(2026, 3, 31)),
        ("last month", date(2026, 2, 28)),
        ("this year", date(2026, 12, 31)),
        ("last year", date(2025, 12, 31)),
        ("last 30 days", _TODAY),
        ("-7d", date(2026, 3, 24)),
    ],
)
def test_the_end_of_a_span_is_its_last_day(text: str, day: date) -> None:
    assert dates.resolve(text, _TODAY, end=True) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "7d",
        "-7",
        "-7 d",
        "2026-02-30",
        "13/1/2026",
        "6-2-25",
        "2.6.2025",
        "Feb 30, 2026",
        "2026-1",
        "-9999y",
        "last 0 days",
        "last days",
        "last ٧ days",
        "-٧d",
        "٢٠٢٦-٠٣-٠٩",
    ],
)
def test_an_invalid_date_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"A date is YYYY-MM-DD|There is no such day: write month/day/year or YYYY-MM-DD"):
        dates.resolve(text, _TODAY)


@given(st.dates(min_value=date(1001, 1, 1)), st.integers(0, 999), st.sampled_from("dwmy"))
def test_a_relative_date_is_never_after_today(today: date, count: int, unit: str) -> None:
    assert dates.resolve(f"-{count}{unit}", today) <= today


@pytest.fixture
def sundays_first() -> Iterator[None]:
    dates.use_week_start(dates.SUNDAY)
    yield
    dates.use_week_start(dates.MONDAY)


@pytest.mark.usefixtures("sundays_first")
@pytest.mark.parametrize(
    ("today", "this", "last"),
    [(_TODAY, date(2026, 3, 29), date(2026, 3, 22)), (date(2026, 3, 29), date(2026, 3, 29), date(2026, 3, 22)),
     (date(2026, 3, 28), date(2026, 3, 22), date(2026, 3, 15))],
)  # fmt: skip
def test_a_week_may_start_on_sunday(today: date, this: date, last: date) -> None:
    assert (dates.resolve("this week", today), dates.resolve("this week", today, end=True)) == (this, this + timedelta(days=6))
    assert (dates.resolve("last week", today), dates.resolve("last week", today, end=True)) == (last, last + timedelta(days=6))


@pytest.mark.parametrize(
    ("text", "kept"),
    [("6/2/2025", "2025-06-02"), ("2025-6-2", "2025-06-02"), ("\N{MINUS SIGN}07D", "-7d"), ("Last  07 Day", "last 7 days"),
     (" This   WEEK ", "this week"), ("Today", "today")],
)  # fmt: skip
def test_a_date_is_kept_in_one_form(text: str, kept: str) -> None:
    assert dates.checked(text) == kept


def test_a_single_day_is_not_a_span() -> None:
    with pytest.raises(ValueError, match="A date is YYYY-MM-DD"):
        dates.checked("last 7 days", takes_spans=False)


_WORDS = st.one_of(
    st.text(max_size=14),
    st.from_regex(r"[ \u2212\u2010-]?[0-9]{1,4} ?[dwmyDW]", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{1,4}", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}[/-][0-9]{1,2}[/-]([0-9]{2}){1,2} [0-9]{1,2}:[0-9]{2} ?([AaPp]m|Z|[+-][0-9]{4})?", fullmatch=True),
    st.from_regex(r"(this|LAST) {1,2}(week|Month|year|[0-9]{1,4} days?)", fullmatch=True),
)


@given(_WORDS)
def test_the_kept_form_stays_and_means_the_same(text: str) -> None:
    assert dates.written(dates.written(text)) == dates.written(text)
    try:
        kept = dates.checked(text)
    except ValueError:
        return
    assert dates.checked(kept) == kept
    assert kept.isascii()
    for end in (False, True):
        assert dates.resolve(kept, _TODAY, end=end) == dates.resolve(text, _TODAY, end=end)
    assert dates.resolve(kept, _TODAY) <= dates.resolve(kept, _TODAY, end=True)
