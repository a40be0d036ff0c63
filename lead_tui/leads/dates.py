"""Dates as text: in filters calendar days, relative days and spans of days, and in values of leads moments in any usual form."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from lead_tui.leads.fields import ZERO_DATE

GRAMMAR = "YYYY-MM-DD, M/D/YYYY, today, yesterday, -7d, -2w, -3m or -1y"

SUGGESTED_DAYS = ("today", "yesterday", "-7d", "-2w", "-3m", "-1y")
SUGGESTED_SPANS = ("this week", "last week", "last 7 days", "last 30 days", "this month", "last month", "this year")

MONDAY, SUNDAY = 0, 6

_RELATIVE = r"(?a)-(\d{1,4})([dwmy])"
_LAST_DAYS = r"(?a)last (\d{1,4}) days?"
_ISO_DAY = r"(?a)\d{4}-\d\d-\d\d"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−﹣－"), "-")

_ANY_DAY = date(2000, 2, 29)

_week_start = MONDAY


def use_week_start(weekday: int) -> None:
    """Let weeks start on *weekday*, ``MONDAY`` or ``SUNDAY``, in the whole process (the setting ``[dates] week_start``)."""
    global _week_start
    _week_start = weekday


def months_before(day: date, months: int) -> date:
    """Return the same day *months* earlier, or the last one of a shorter month. Raises ``ValueError`` before the year 1."""
    months = day.year * 12 + day.month - 1 - months
    first, following = (date(each // 12, each % 12 + 1, 1) for each in (months, months + 1))
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


_SPANS = frozenset(f"{which} {unit}" for which in ("this", "last") for unit in ("week", "month", "year"))


def _span(word: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of *word*, one of ``_SPANS``."""
    which, unit = word.split()
    is_last = which == "last"
    if unit == "week":
        first = today - timedelta(days=(today.weekday() - _week_start) % 7 + 7 * is_last)
        return first, first + timedelta(days=6)
    if unit == "year":
        return date(today.year - is_last, 1, 1), date(today.year - is_last, 12, 31)
    first = months_before(today.replace(day=1), int(is_last))
    return first, months_before(first, -1) - timedelta(days=1)


def checked(text: str, *, takes_spans: bool = True) -> str:
    """Return the canonical form of the date *text*, ``2025-06-02`` for ``6/2/2025``. Raises ``ValueError`` for the user."""
    word = written(text)
    if is_span(word) and not takes_spans:
        raise ValueError(f"A date is {GRAMMAR}")
    resolve(word, _ANY_DAY)
    return word


def written(text: str) -> str:
    """Return *text* as dates are compared: lower case, single spaces, ASCII, days as ``YYYY-MM-DD``."""
    word = " ".join(text.translate(_DASHES).lower().split())
    if match := re.fullmatch(_RELATIVE, word):
        return f"-{int(match[1])}{match[2]}"
    if match := re.fullmatch(_LAST_DAYS, word):
        return f"last {int(match[1])} days"
    return _with_iso_day(word)


def is_span(text: str) -> bool:
    """Return whether *text* names a span, which fills both ends of a range."""
    word = written(text)
    return word in _SPANS or re.fullmatch(_LAST_DAYS, word) is not None


def resolve(text: str, today: date, *, end: bool = False) -> date:
    """Return the day that *text* means on *today*; of a span its first day, or its last with *end*. Raises ``ValueError``."""
    word = written(text)
    try:
        if word in ("today", "yesterday"):
            return today - timedelta(days=word == "yesterday")
        if word in _SPANS:
            return _span(word, today)[end]
        if (last := re.fullmatch(_LAST_DAYS, word)) and int(last[1]):
            return today if end else today - timedelta(days=int(last[1]) - 1)
        if relative := re.fullmatch(_RELATIVE, word):
            count, unit = int(relative[1]), relative[2]
            if unit in "dw":
                return today - timedelta(days=count if unit == "d" else 7 * count)
            return months_before(today, count if unit == "m" else 12 * count)
        if re.fullmatch(_ISO_DAY, word):
            return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise ValueError("There is no such day: write month/day/year or YYYY-MM-DD") from None
    raise ValueError(f"A date is {GRAMMAR}")


def _with_iso_day(text: str) -> str:
    """Return *text* with a day at its start as ``YYYY-MM-DD``: ``2026-03-02 9:14`` for ``3/2/2026 9:14``."""
    text = re.sub(r"(?a)^(\d{1,2})/(\d{1,2})/(\d{4})(?!\S)", r"\3-\1-\2", text)
    return re.sub(r"(?a)^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", lambda day: f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}", text)


_MAX_MOMENT = 32  # characters
_CLOCK = r"(?ai)(?<= )(\d{1,2}):(\d\d)(:\d\d)? ?([ap]m)?$"


def _clock(match: re.Match[str]) -> str:
    """Return the time of day *match*, perhaps with AM or PM, by the 24-hour clock: ``21:14`` for ``9:14 PM``."""
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + 12 * (match[4].lower() == "pm") if 1 <= hour <= 12 else 99
    return f"{hour:02}:{match[2]}{match[3] or ''}"


def moment_in(value: object, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment that *value* states, without a zone: one with an offset is converted to *zone*, None for the host's.

    Reads the API's forms, ``2026-03-02 09:14:05``, ``2026-01-29T14:09:57-0800`` and ``2026-03-05 02:30 PM``, a bare day, and
    ``3/2/2026`` (month first) with or without a time. None for anything else, zero dates and ``13/2/2026`` included.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not 8 <= len(text) <= _MAX_MOMENT or not text[0].isdigit() or text.startswith(ZERO_DATE):
        return None
    text = re.sub(_CLOCK, _clock, _with_iso_day(text))
    if not re.match(_ISO_DAY, text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
