"""A lead: one decoded row, as the server sent it and as it may be shown."""

from __future__ import annotations

import json
import re
from typing import Final

from lead_tui.leads.fields import FIELD_BY_KEY, is_custom
from lead_tui.leads.text import one_line, unescaped

MAX_KEY_CHARACTERS: Final = 80  # shown of an attribute's key, which may be anything; a screen is rarely wider

_MAX_DECODED: Final = 20_000
"""Characters of a value in which entities are decoded for a cell: more than a cell shows, even if all of them are entities."""


class Number(str):
    """A JSON number with a fraction or an exponent, as the text that the server sent: ``100.10`` is not ``100.1``."""

    __slots__ = ()


def is_null(value: object) -> bool:
    """Return whether *value* is JSON null or the exact text ``null``. ``Null`` and ``NULL`` are names."""
    return value is None or value == "null"


def is_empty(value: object) -> bool:
    """Return whether *value* is null (``is_null``) or blank."""
    return is_null(value) or (isinstance(value, str) and not value.strip())


def as_text(value: object) -> str:
    """Return *value* as the text that was sent, not sanitized: "" for an empty one, nested values as JSON."""
    if isinstance(value, str):
        # ``is_empty``, inlined: nearly every value passes through here, many times.
        return "" if value == "null" or not value.strip() else value
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    try:
        return json_text(value)
    except (RecursionError, ValueError):
        return "a value nested too deep to show"


def json_text(value: object) -> str:
    """Return *value* as JSON, each ``Number`` with the text that was sent. Raises ``RecursionError`` for deep nesting."""
    if isinstance(value, Number):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {json_text(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def first_id(*values: object) -> str:
    """Return the first of *values* that is an id, as text, not sanitized, ``12`` for ``12.0``; "" if none is. 0 is not an id."""
    return next((text for value in values if (text := _id_text(value)).strip("0")), "")


def _id_text(value: object) -> str:
    text = as_text(value).strip()
    whole, _, fraction = text.partition(".")
    return whole if whole.isdigit() and not fraction.strip("0") else text


class Lead:
    """A lead's values by key, in the order in which they were sent.

    *sent* is for exports and copies; everything shown goes through ``line`` or ``leads.formatting``, which sanitize it. A row that
    cannot be decoded has no values but a *problem*.

    *masked* fields are treated as if they had not been sent, also in other values: a phone is shown with its country code.
    """

    __slots__ = ("masked", "problem", "sent")

    def __init__(self, sent: dict[str, object], problem: str = "", masked: frozenset[str] = frozenset()) -> None:
        self.sent = sent
        self.problem = problem
        self.masked = masked

    def with_masked(self, keys: frozenset[str]) -> Lead:
        """Return this lead with the values of *keys* masked, and no others."""
        return self if keys == self.masked else Lead(self.sent, self.problem, keys)

    @property
    def lead_id(self) -> str:
        """The public id, from ``lead_id`` or else ``id``; "" without either."""
        return one_line(first_id(self.sent.get("lead_id"), self.sent.get("id")), 200)

    @property
    def name(self) -> str:
        """First and last name on one line, with one space between words; "" without either."""
        return " ".join(f"{self.line('first_name')} {self.line('last_name')}".split())

    @property
    def country_code(self) -> str:
        """The country code of its phones; "1" if none was sent."""
        return read_country_code(self.line("phone_code")) or "1"

    def line(self, key: str, most: int = 200) -> str:
        """Return the value of *key* for a cell: clean, one line, at most *most* characters."""
        value = self.sent.get(key)
        if value is None or key in self.masked:
            return ""
        text = as_text(value)
        return one_line(unescaped(text[:_MAX_DECODED]) if "&" in text else text, most)

    def custom_keys(self) -> list[str]:
        return [key for key in self.sent if is_custom(key)]

    def documented_keys(self) -> list[str]:
        return [key for key in FIELD_BY_KEY if key in self.sent]


def read_country_code(text: str) -> str:
    """Return the country code in *text*, ``44`` in ``+44`` and ``0044``; "" without one. ``1-809`` is in North America."""
    digits = re.sub("[^0-9]", "", text).lstrip("0")
    return "1" if digits.startswith("1") else digits


def key_text(key: str) -> str:
    return one_line(key, MAX_KEY_CHARACTERS)
