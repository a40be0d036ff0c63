"""The grammar of dates in filters: calendar days, days relative to today, and spans that fill both ends of a range."""

from __future__ import annotations

import re
from datetime import date, timedelta

GRAMMAR = "YYYY-MM-DD, M/D/YYYY, today, yesterday, -7d, -2w, -3m or -1y"

SUGGESTED_DAYS = ("today", "yesterday", "-7d", "-2w", "-3m", "-1y")
SUGGESTED_SPANS = ("this week", "last week", "last 7 days", "last 30 days", "this month", "last month", "this year")

MONDAY, SUNDAY = 0, 6

_RELATIVE = r"(?a)-(\d{1,4})([dwmy])"
_LAST_DAYS = r"(?a)last (\d{1,4}) days?"
_YEAR_FIRST = r"(?a)(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
_MONTH_FIRST = r"(?a)(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"
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


def checked(text: str, *, spans: bool = True) -> str:
    """Return the canonical form of the date *text*: ``2025-06-02`` for ``6/2/2025``, ``-7d`` for ``−7D``; *spans* allows them.

    Raises ``ValueError``, with a sentence for the user, for a text that is not in the grammar.
    """
    word = written(text)
    if is_span(word) and not spans:
        raise ValueError(f"A date is {GRAMMAR}")
    resolve(word, _ANY_DAY)
    return word


def written(text: str) -> str:
    """Return *text* as dates are compared: lower case, single spaces, ASCII, days as ``YYYY-MM-DD``."""
    word = " ".join(text.translate(_DASHES).lower().split())
    if match := re.fullmatch(_YEAR_FIRST, word) or re.fullmatch(_MONTH_FIRST, word):
        return f"{match['year']}-{match['month']:0>2}-{match['day']:0>2}"
    if match := re.fullmatch(_RELATIVE, word):
        return f"-{int(match[1])}{match[2]}"
    if match := re.fullmatch(_LAST_DAYS, word):
        return f"last {int(match[1])} days"
    return word


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
        if re.fullmatch(_YEAR_FIRST, word):
            return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise ValueError("There is no such day") from None
    raise ValueError(f"A date is {GRAMMAR}")
