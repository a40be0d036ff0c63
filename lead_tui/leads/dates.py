"""Dates as text: in filters calendar days, relative days and spans of days, and in values of leads moments in any usual form."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo
from functools import cache

from lead_tui.leads.fields import ZERO_DATE

GRAMMAR = "YYYY-MM-DD, M/D/YYYY, today, yesterday, -7d, -2w, -3m or -1y"

SUGGESTED_DAYS = ("today", "yesterday", "-7d", "-2w", "-3m", "-1y")
SUGGESTED_SPANS = ("this week", "last week", "last 7 days", "last 30 days", "this month", "last month", "this year")

MONDAY, SUNDAY = 0, 6

_RELATIVE = r"(?a)-(\d{1,4})([dwmy])"
_LAST_DAYS = r"(?a)last (\d{1,4}) days?"
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


def checked(text: str, *, is_birth: bool = False) -> str:
    """Return the canonical form of the date *text*: ``2025-06-02`` for ``6/2/2025``, ``-7d`` for ``−7D``.

    A day of birth is not a span. Raises ``ValueError``, with a sentence for the user, for a text that is not in the grammar.
    """
    word = written(text, is_birth=is_birth)
    if is_birth and is_span(word):
        raise ValueError(f"A date is {GRAMMAR}")
    resolve(word, _ANY_DAY)
    return word


def written(text: str, *, is_birth: bool = False) -> str:
    """Return *text* as dates are compared: lower case, single spaces, ASCII, days as ``YYYY-MM-DD``, without a time of day.

    A year of two digits of a day of birth is never in the future: ``1/2/29`` is of the last century.
    """
    word = " ".join(text.translate(_DASHES).lower().split())
    if match := re.fullmatch(_RELATIVE, word):
        return f"-{int(match[1])}{match[2]}"
    if match := re.fullmatch(_LAST_DAYS, word):
        return f"last {int(match[1])} days"
    return _iso_form(word, 0 if is_birth else _MAX_YEARS_AHEAD)[:10] or word


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
        if _iso_form(word):
            return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise ValueError("There is no such day: write month/day/year or YYYY-MM-DD") from None
    raise ValueError(f"A date is {GRAMMAR}")


# Moments in values

_MAX_MOMENT = 32  # characters
_MAX_YEARS_AHEAD = 10  # of a year written with two digits: a later one is of the last century
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>\d{1,2})"
_NAME = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_DAY, _YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4})"
_CLOCK = (
    r"(?:,?[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d{1,6})?))?(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?P<zone> ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?"
)


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """The forms of a day, each perhaps with a time."""
    days = (
        rf"{_MONTH}[/-]{_DAY}[/-](?P<year>\d{{4}}|(?<=/)\d\d)",
        f"{_YEAR}[-/]{_MONTH}[-/]{_DAY}",
        rf"{_NAME}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
        rf"{_DAY}(?:st|nd|rd|th)?[ -]{_NAME}\.?,?[ -](?P<year>\d{{4}}|\d\d)",
    )
    return tuple(re.compile(day + _CLOCK, re.ASCII | re.IGNORECASE) for day in days)


def _iso_form(text: str, years_ahead: int = _MAX_YEARS_AHEAD) -> str:
    """Return the day that *text* is, and its time, as ``2026-03-02T09:14:05+00:00``, even if no such day exists; else "".

    A year of two digits is at most *years_ahead*.
    """
    match = next(filter(None, (form.fullmatch(text) for form in _forms())), None)
    if match is None:
        return ""
    year, month, hour = int(match["year"]), match["month"], int(match["hour"] or 0)
    if len(match["year"]) == 2:
        latest = date.today().year + years_ahead
        year = latest - (latest - year) % 100
    if not month.isdigit():
        month = str(_MONTHS.index(month[:3].lower()) + 1)
    if half := match["half"]:
        hour = hour % 12 + (12 if half in "pP" else 0) if 1 <= hour <= 12 else 99
    zone = (match["zone"] or "").strip()
    clock = f"{hour:02}:{match['minute'] or '00'}:{match['second'] or '00'}"
    return f"{year:04}-{month:0>2}-{match['day']:0>2}T{clock}{'Z' if zone[:1].isalpha() else zone}"


def moment_in(value: object, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment that *value* states, without a zone: one with an offset is converted to *zone*, None for the host's.

    Reads the API's forms, ``2026-03-02 09:14:05``, ``2026-01-29T14:09:57-0800`` and ``2026-03-05 02:30 PM``, a bare day, and forms
    common in custom attributes: ``3/2/2026`` (month first), ``3/2/26``, ``Mar 2, 2026``, ``2 March 2026``, each with or without a
    time. None for anything else, zero dates and ``13/2/2026`` included.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not 6 <= len(text) <= _MAX_MOMENT or text.startswith(ZERO_DATE) or not (text[0].isdigit() or text[:3].lower() in _MONTHS):
        return None
    is_usual = text[4:5] == text[7:8] == "-"
    for read in (str, _iso_form) if is_usual else (_iso_form,):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(read(text))
            return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    return None
