"""The grammar of dates in filters: calendar days, days relative to today, and spans that fill both ends of a range."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

GRAMMAR = "YYYY-MM-DD, today, yesterday, -7d, -2w, -3m or -1y"
SPANS = "this week, last week, this month or last month"

_RELATIVE = re.compile(r"-(\d{1,4})([dwmy])")


def months_before(day: date, months: int) -> date:
    """The same day of the month *months* earlier, or that month's last day where it is shorter.

    Raises ``ValueError`` when that lies before the year 1.
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _last_of_month(year, month + 1)))


def _last_of_month(year: int, month: int) -> int:
    # Imported here: it brings the locale's names along, which the start need not wait for.
    import calendar

    return calendar.monthrange(year, month)[1]


def _this_week(today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=6)


def _last_week(today: date) -> tuple[date, date]:
    monday, sunday = _this_week(today)
    return monday - timedelta(days=7), sunday - timedelta(days=7)


def _this_month(today: date) -> tuple[date, date]:
    return today.replace(day=1), today.replace(day=_last_of_month(today.year, today.month))


def _last_month(today: date) -> tuple[date, date]:
    return _this_month(today.replace(day=1) - timedelta(days=1))


_SPANS: dict[str, Callable[[date], tuple[date, date]]] = {
    "this week": _this_week,
    "last week": _last_week,
    "this month": _this_month,
    "last month": _last_month,
}


def written(text: str) -> str:
    """*text* in the form it is kept and compared in: lower case, single spaces."""
    return " ".join(text.lower().split())


def is_span(text: str) -> bool:
    """Whether *text* names a span, which fills both ends of a range row."""
    return written(text) in _SPANS


def resolve(text: str, today: date, *, end: bool = False) -> date:
    """The day *text* stands for on *today*; of a span the first day, or the last one where *end* is true.

    Raises ``ValueError``, with a sentence for the person, when *text* is not in the grammar.
    """
    word = written(text)
    try:
        if word == "today":
            return today
        if word == "yesterday":
            return today - timedelta(days=1)
        if span := _SPANS.get(word):
            return span(today)[1 if end else 0]
        if relative := _RELATIVE.fullmatch(word):
            count, unit = int(relative[1]), relative[2]
            if unit == "d":
                return today - timedelta(days=count)
            if unit == "w":
                return today - timedelta(weeks=count)
            return months_before(today, count if unit == "m" else 12 * count)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise ValueError("There is no such day") from None
    raise ValueError(f"A date is {GRAMMAR}")
