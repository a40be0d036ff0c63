"""The wait that a server specifies, in every header and format."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.api.parsing import clock_time, retry_after

NOW = "Fri, 06 Mar 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("1.5", None),
        ("99999999", 99_999_999),
        ("9" * 400, float("inf")),
        ("Fri, 06 Mar 2026 10:00:30 GMT", 30),
        ("Fri, 06 Mar 2026 12:00:30 +0200", 30),
        ("Fri, 06 Mar 2026 10:00:30 -0000", 30),
        ("Fri, 06 Mar 2026 09:00:00 GMT", 0),
        ("Sat, 07 Mar 2026 10:00:00 GMT", 86_400),
        ("-5", None),
        ("nan", None),
        ("", None),
        ("soon", None),
        ("Fri, 99 Mar 2026 10:00:30 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date_by_the_servers_clock(asked: str, seconds: float | None) -> None:
    assert retry_after(429, {"retry-after": asked, "date": NOW}) == seconds


def test_retry_after_as_a_date_is_taken_by_this_clock_where_the_server_tells_no_time() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    seconds = retry_after(429, {"retry-after": soon})
    assert seconds is not None
    assert 0 < seconds <= 50
    assert retry_after(429, {}) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-reset": "30"}, 30),
        ({"ratelimit-reset": "1772791230"}, None),
        ({"ratelimit": "limit=100, remaining=0, reset=30"}, 30),
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": '"default"; r=0; t=30'}, 30),
        ({"retry-after": "7", "ratelimit-reset": "30"}, 7),
        ({"ratelimit": "limit=100"}, None),
        ({"ratelimit-reset": "-3"}, None),
        ({"ratelimit-reset": "1e300"}, None),
    ],
)
def test_the_reset_of_a_rate_limit_counts_where_no_retry_after_came(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(429, {"date": NOW, **headers}) == seconds


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(61, "14:30"), (86_400, "2026-03-07 14:28"), (float("inf"), "2027-03-06 14:28"), (0, "14:28")],
)
def test_a_later_moment_is_shown_as_a_clock_time(seconds: float, shown: str) -> None:
    assert clock_time(seconds, datetime(2026, 3, 6, 14, 28, 59)) == shown


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit-reset", "x-ratelimit-reset", "ratelimit", "date"]), st.text()))
def test_whatever_the_headers_hold_is_a_wait_or_nothing(headers: dict[str, str]) -> None:
    seconds = retry_after(429, headers)
    assert seconds is None or seconds >= 0
