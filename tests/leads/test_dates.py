"""The grammar of dates in filters."""

from __future__ import annotations

from datetime import date

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
    ],
)
def test_a_date_stands_for_a_day(text: str, day: date) -> None:
    assert dates.resolve(text, _TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("this week", date(2026, 4, 5)),
        ("last week", date(2026, 3, 29)),
        ("this month", date(2026, 3, 31)),
        ("last month", date(2026, 2, 28)),
        ("-7d", date(2026, 3, 24)),
    ],
)
def test_the_end_of_a_span_is_its_last_day(text: str, day: date) -> None:
    assert dates.resolve(text, _TODAY, end=True) == day


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "7d", "-7", "-7 d", "2026-2-3", "03/09/2026", "2026-02-30", "-9999y", "٢٠٢٦-٠٣-٠٩"]
)
def test_what_is_no_date_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"A date is YYYY-MM-DD|There is no such day"):
        dates.resolve(text, _TODAY)


@given(st.dates(min_value=date(1001, 1, 1)), st.integers(0, 999), st.sampled_from("dwmy"))
def test_a_relative_date_is_never_after_today(today: date, count: int, unit: str) -> None:
    assert dates.resolve(f"-{count}{unit}", today) <= today
