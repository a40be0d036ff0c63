"""Convert values for comparison: to a number, a moment, a phone's digits, or folded text.

The API sends nearly everything as text and does not describe custom attributes, so a value is treated as what it looks like.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import datetime, tzinfo

from lead_tui.leads.fields import ZERO_DATE, Kind
from lead_tui.leads.lead import as_text
from lead_tui.leads.local_time import offset_minutes
from lead_tui.leads.text import fold, unescaped

_MAX_NUMBER = 40  # characters of a number; longer ones are identifiers, and are compared as text

_MAX_MOMENT = 32
_NUMBER = re.compile(
    r"""(?P<less>[+-])?(?P<currency>[$€£]\ ?)?(?P<sign>[+-])?
    (?P<number> (?:\d+ | \d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})? | \.\d+
      | (?:\d{1,3}(?:[ .']\d{3})+ | \d+),(?P<cents>\d\d) | \d{1,3}(?:[ ']\d{3})+(?:\.\d+)? )
    (?:\ ?[%$€£])?""",
    re.ASCII | re.VERBOSE,
)
"""``1,200.50``, ``.5``, ``1e3``; a decimal comma if two digits follow it; groups separated by spaces or apostrophes."""
_PLAIN = str.maketrans("\u2212\u00a0\u202f\u2009’", "-   '")
"""A minus sign and separators of groups, and what people type for them."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_CLOCK = r"(?:,?[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?: ?(?P<half>[ap])\.?m\.?)?)?"
_WRITTEN_DAYS = tuple(
    re.compile(day + _CLOCK, re.ASCII | re.IGNORECASE)
    for day in (
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        _NAME + r"\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]" + _NAME + r"\.?,?[ -](?P<year>\d{4})",
    )
)
_NOT_DIGITS = re.compile(r"\D+", re.ASCII)


def number_in(value: object) -> int | float | None:
    """Return the number that *value* is or is written as; an ambiguous text is read the American way."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _MAX_NUMBER or text[-1].isalpha():
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    text = text.translate(_PLAIN)
    is_in_parentheses = text[0] == "(" and text[-1] == ")"
    match = _NUMBER.fullmatch(text[1:-1].strip() if is_in_parentheses else text)
    signs = [sign for sign in (match["less"], match["sign"], is_in_parentheses) if sign] if match else []
    if match is None or len(signs) > 1:
        return None
    written = re.sub(r"[, ']", "", match["number"])
    if match["cents"]:
        written = re.sub(r"\D", "", written)[:-2] + "." + match["cents"]
    number = int(written) if written.isdigit() else float(written)
    return None if math.isinf(number) else -number if signs and signs[0] != "+" else number


def moment_in(value: object, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment that *value* states, without a zone: one with an offset is converted to *zone*, None for the host's.

    Reads the API's forms, ``2026-03-02 09:14:05``, ``2026-01-29T14:09:57-0800`` and ``2026-03-05 02:30 PM``, a bare day, and forms
    common in custom attributes: ``3/2/2026`` (month first), ``Mar 2, 2026``, ``2 March 2026``, each with or without a time. None
    for anything else, zero dates and ``13/2/2026`` included.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not 8 <= len(text) <= _MAX_MOMENT or not text[0].isalnum() or text.startswith(ZERO_DATE):
        return None
    if text[4] == text[7] == "-":
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    with suppress(ValueError):
        return next((_written_moment(match) for form in _WRITTEN_DAYS if (match := form.fullmatch(text))), None)
    return None


def _written_moment(match: re.Match[str]) -> datetime | None:
    """Raises ``ValueError`` for an impossible day or time."""
    month, hour = match["month"], int(match["hour"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "pP" else 0)
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return datetime(int(match["year"]), number, int(match["day"]), hour, int(match["minute"] or 0), int(match["second"] or 0))


_NUMERIC = (Kind.COUNT, Kind.ID, Kind.OFFSET, None)
DATED = (Kind.DATE, Kind.DATE_TIME, None)
"""Kinds of fields whose values stand for a number, and for a day or a time. A custom attribute has none: it may be anything."""


def quantity_in(value: object, kind: Kind | None, zone: tzinfo | None) -> int | float | datetime | None:
    """Return the number or moment that *value* of a field of *kind* stands for, an offset in hours; None where it is text."""
    if kind is Kind.OFFSET:
        minutes = offset_minutes(as_text(value))
        return None if minutes is None else minutes / 60
    if kind is Kind.DATE:
        # A time after the day is meaningless, and so is its zone.
        text = as_text(value).strip()
        return moment_in(text[:10]) or moment_in(text)
    number = number_in(value) if kind in _NUMERIC else None
    return moment_in(value, zone) if number is None and kind in DATED else number


def digits_in(value: object) -> str:
    """Return the digits of *value* without a leading country code 1, by which phones are compared."""
    digits = _NOT_DIGITS.sub("", as_text(value).removesuffix(".0"))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def folded(value: object) -> str:
    """Return *value*, as it was sent, as text for comparison: on one line, entities decoded, folded (``text.fold``)."""
    text = as_text(value)
    return folded_line(unescaped(text) if "&" in text else text)


def folded_line(text: str) -> str:
    """Return *text* folded, on one line."""
    return " ".join(fold(text).split())
