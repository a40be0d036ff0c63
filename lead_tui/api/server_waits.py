"""The wait that a server specifies before the next request: ``Retry-After``, or else the rate limit's reset."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

_RESET: Final = re.compile(r"(?:\breset=|;\s*t=)(\d+)")
"""In ``RateLimit``: ``limit=100, remaining=0, reset=30`` (drafts 3 to 7) or ``"default";r=0;t=30`` (from draft 8 on)."""
_EPOCH_FROM: Final = 1_000_000_000
"""A reset of so many seconds is a moment, counted from 1970: no server asks for 30 years."""

_YEAR: Final = timedelta(days=365)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait: a number, or a date by the server's own clock where it sends one. Not capped.

    None where nothing that can be understood was sent.
    """
    asked = headers.get("retry-after", "").strip()
    if not asked:
        return _until_reset(headers)
    seconds = _number(asked)
    return seconds if seconds is not None else _seconds_until(moment(asked), headers)


def clock_time(seconds: float, now: datetime) -> str:
    """Return when *seconds* after *now* is, as ``14:30``, with the date if that is another day; "" from a year on."""
    if seconds > _YEAR.total_seconds():
        return ""
    then = now + timedelta(seconds=seconds)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"


def moment(text: str) -> datetime | None:
    """Return *text*, a date as HTTP writes it, as an aware datetime; None if it is not a valid one."""
    # Imported here: few servers ever ask to wait.
    from email.utils import parsedate_to_datetime

    try:
        told = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _until_reset(headers: Mapping[str, str]) -> float | None:
    for name in ("ratelimit-reset", "x-ratelimit-reset"):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return seconds if seconds < _EPOCH_FROM else _seconds_until(_epoch(seconds), headers)
    found = _RESET.search(headers.get("ratelimit", ""))
    return float(found[1]) if found else None


def _number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if seconds >= 0 and not math.isnan(seconds) else None


def _epoch(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _seconds_until(then: datetime | None, headers: Mapping[str, str]) -> float | None:
    if then is None:
        return None
    now = moment(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds())
