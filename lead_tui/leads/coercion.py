"""Convert values for comparison: to a number, a moment, a phone's digits, or folded text.

The API sends nearly everything as text and does not describe custom attributes, so a value is treated as what it looks like.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, tzinfo

from lead_tui.leads.dates import moment_in
from lead_tui.leads.fields import Kind
from lead_tui.leads.lead import as_text
from lead_tui.leads.local_time import offset_minutes
from lead_tui.leads.text import fold, unescaped

_MAX_NUMBER = 40  # characters of a number; longer ones are identifiers, and are compared as text
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
