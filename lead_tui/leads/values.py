"""What the values of fields mean: as text for the screen, and for comparison as a number, a moment, digits or folded text.

The API sends nearly everything as text, and has many ways to say "nothing". Documented fields are read and formatted by their kind.
Custom attributes are compared as what they look like, and shown as they were sent, like values that do not look like their kind.
Text for the screen is clean (``lead_tui.leads.text``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import Final, NamedTuple

from lead_tui.leads.dates import moment_in
from lead_tui.leads.fields import (
    COMPUTED,
    CUSTOM_MARK,
    FIELD_BY_KEY,
    FIELDS,
    GENDER_NAMES,
    PHONE_FIELDS,
    ZERO_DATE,
    Kind,
    column_named,
    key_of,
    shows_any,
)
from lead_tui.leads.lead import Lead, as_text, is_empty, key_text
from lead_tui.leads.local_time import local_time, offset_minutes, offset_words
from lead_tui.leads.phones import as_written, digits_of
from lead_tui.leads.text import clean, did_you_mean, fold, one_line, unescaped

SYSTEM_USERS = frozenset({"666666", "666667", "666669", "666671"})
"""Ids of the dialer itself (observed by clients, not documented)."""

SYSTEM_USER = "System User"

_MAX_FORMATTED = 100
"""Characters of a phone, a date or a code at most; a longer value is text, whatever the field."""

_MOMENT = r"(?a)^(\d{4}-(?:0\d|1[0-2])-[0-3]\d)[ T]([0-2]\d:[0-5]\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$"
"""A moment as the API writes it: day, time and perhaps offset."""

_Formatter = Callable[[Lead, str], str]


def column_text(lead: Lead, key: str, now: datetime) -> str:
    """Return the text of a cell, one clean line, for a field or for ``name`` or ``local_time`` at *now*, aware, in UTC."""
    if key == "name":
        return lead.name
    if key == "local_time":
        return local_time(lead, now).clock()
    return line_text(lead, key_of(key))


def line_text(lead: Lead, key: str) -> str:
    """Return the formatted field *key* for a cell: one clean line of at most 200 characters."""
    text = lead.line(key)
    if key == "lead_id" and is_empty(lead.sent.get(key)):
        text = lead.line("id")
    formatter = _FORMATTERS.get(key)
    return formatter(lead, text) if formatter is not None and text else text


def field_text(lead: Lead, key: str, most: int = 0, *, raw: bool = False) -> tuple[str, int]:
    """Return the value of *key*, clean, cut to *most* characters, 0 for all, and how many were cut off; *raw* as it was sent."""
    value = lead.sent.get(key)
    text = as_text(value)
    if raw:
        text = "null" if value is None else value if isinstance(value, str) else text
    elif key in _FORMATTERS and text and len(text) <= _MAX_FORMATTED and not isinstance(value, (dict, list)):
        return line_text(lead, key), 0
    # Cut before it is cleaned: a megabyte costs no more than the part that is shown.
    kept = text[: most or None]
    return clean(unescaped(kept) if isinstance(value, str) and not raw else kept), len(text) - len(kept)


def is_do_not_call(status: str, flagged: frozenset[str] = frozenset()) -> bool:
    """Return whether the code *status* forbids calls: ``QDNC``, codes that start with ``DNC``, and those *flagged* do."""
    code = status.strip().upper()
    return code.startswith("DNC") or code == "QDNC" or code in flagged


def readable_key(key: str) -> str:
    """Return a label made from the key of a custom attribute: "Plan sold" for ``plan_sold``; ``field_3`` stays."""
    words = key_text(key)
    if not re.fullmatch(r"(?!(?i:field_\d+)$)[A-Za-z]\w*", key, re.ASCII):
        return words
    return words[0].upper() + words[1:].replace("_", " ").rstrip()


def label(key: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the label of the field *key* from *labels*, else the documented one, else one made from the key. One clean line."""
    given = one_line(labels.get(key, ""), 80).strip() if labels else ""
    return given or (FIELD_BY_KEY[key].label if key in FIELD_BY_KEY else readable_key(key))


def _phone(lead: Lead, text: str) -> str:
    digits = digits_of(text)
    code, number = ("1", digits[1:]) if digits.startswith("+1") else (lead.country_code, digits)
    written = as_written(number, code)
    return text if written == number else written


def _moment(_lead: Lead, text: str) -> str:
    if text.startswith(ZERO_DATE):
        return "never"
    match = re.fullmatch(_MOMENT, text)
    return " ".join(filter(None, match.groups())) if match else text


def _day(_lead: Lead, text: str) -> str:
    # A date of birth may come with a time, which is meaningless.
    return "unknown" if text.startswith(ZERO_DATE) else re.sub(_MOMENT, r"\1", text)


def _count(_lead: Lead, text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return f"{int(text):,}"
    return "0" if text == "0.00" else text


def _offset(lead: Lead, text: str) -> str:
    minutes = offset_minutes(text)
    if minutes == 0 and lead.country_code == "1":
        return "doubtful"
    return text if minutes is None else offset_words(minutes)


def _word(words: Mapping[str, str], _lead: Lead, text: str) -> str:
    return words.get(text.strip().lower(), text)


_BY_KIND: dict[Kind, _Formatter] = {
    Kind.PHONE: _phone,
    Kind.DATE_TIME: _moment,
    Kind.DATE: _day,
    Kind.ID: partial(_word, {"0": "none"}),
    Kind.COUNT: _count,
    Kind.OFFSET: _offset,
    Kind.YES_NO: partial(_word, {"y": "yes", "n": "no"}),
    Kind.GENDER: partial(_word, {code.lower(): name for code, name in GENDER_NAMES.items()}),
}
_FORMATTERS: dict[str, _Formatter] = {
    **{field.key: _BY_KIND[field.kind] for field in FIELDS if field.kind in _BY_KIND and field.key not in ("lead_id", "id")},
    **dict.fromkeys(
        ("owner_id", "user_id", "created_by", "last_modified_by"),
        partial(_word, {"0": "–"} | dict.fromkeys(SYSTEM_USERS, SYSTEM_USER)),
    ),
    "carrier_type": lambda _lead, text: text.lower(),
}


# Templates for a lead's text

_SHORT = dict(zip(("phone", "phone_2", "phone_3"), PHONE_FIELDS, strict=True)) | {"list": "directory_name", "owner": "owner_name"}
"""Names that people use, and the fields they mean."""
_IN_BRACES = r"\{([^{}]*)\}"


class Template:
    """*text* with fields in braces: ``{name}``, ``{phone}``, ``{+key}``. Raises ``ValueError`` with a text to follow "must be"."""

    def __init__(self, text: str) -> None:
        known = (*COMPUTED, *_SHORT, *FIELD_BY_KEY)
        for name in re.findall(_IN_BRACES, text):
            if name not in known and not (name.startswith(CUSTOM_MARK) and name[1:].strip()):
                near = did_you_mean(name, known)
                remedy = f", {near}" if near else "; a custom attribute is written {+key}"
                raise ValueError(f"a text with fields in braces: there is no field {name}{remedy}")
        self._text = text

    def fill(self, lead: Lead, masked: frozenset[str], now: datetime) -> str:
        """Return the text for *lead* with its values as on the screen, leaving out those that reveal *masked* fields."""

        def value(match: re.Match[str]) -> str:
            column = column_named(_SHORT.get(match[1], match[1]))
            return "" if shows_any(column, masked) else column_text(lead.with_masked(masked), column, now)

        return re.sub(_IN_BRACES, value, self._text)


MASKED: Final = "••••"  # shown for a masked value


# Marks beside statuses

COLORS: Final = ("red", "yellow", "green", "blue")
MARK: Final = "●"

RULES: Final[Mapping[str, str]] = {"NEW": "green", "CALLBK": "yellow", "CB*": "yellow", "SALE": "blue"}  # the default ones


class StatusMark(NamedTuple):
    """What to draw before a status: a part in a color, and one in the color of text, since not every palette can show letters."""

    color: str = ""
    colored: str = ""
    rest: str = ""


class StatusMarks:
    """Marks of statuses by *rules*: a color, perhaps with a character, by a code or name that may end in ``*`` as a wildcard."""

    def __init__(self, rules: Mapping[str, str] | None = None) -> None:
        self._marks: dict[str, StatusMark] = {}
        for pattern, rule in (rules or {}).items():
            color, _, mark = rule.partition(" ")
            is_text = bool(mark) and mark.isascii()
            self._marks[pattern.upper()] = StatusMark(color, MARK if is_text else mark or MARK, f"{mark} " if is_text else " ")
        self.width = max((len(each.colored + each.rest) for each in self._marks.values()), default=0)
        """The cells before a status for its mark; 0 without rules."""

    def mark_of(self, lead: Lead) -> StatusMark:
        """Return the mark before the status of *lead*, empty if no rule matches or the status is masked."""
        for text in filter(None, (lead.line(key).upper() for key in ("status", "status_name"))):
            for pattern in (text, *(each for each in self._marks if each.endswith("*") and text.startswith(each[:-1]))):
                if pattern in self._marks:
                    return self._marks[pattern]
        return StatusMark()


# Values for comparison

_MAX_NUMBER = 40  # characters of a number; longer ones are identifiers, and are compared as text
_NUMBER = r"[+-]?[$]?(?=[.0-9])(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?%?"


def number_in(value: object) -> int | float | None:
    """Return the number that *value* is or is written as in the USA: ``1,200.50``, ``-$5``, ``10%``, ``1e3``."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    text = value.strip().replace("\N{MINUS SIGN}", "-") if isinstance(value, str) else ""
    if len(text) > _MAX_NUMBER:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    return float(re.sub("[$,%]", "", text)) if re.fullmatch(_NUMBER, text) else None


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
        return moment_in(as_text(value).strip()[:10])
    number = number_in(value) if kind in _NUMERIC else None
    return moment_in(value, zone) if number is None and kind in DATED else number


def digits_in(value: object) -> str:
    """Return the digits of *value* without a leading country code 1, by which phones are compared."""
    text = as_text(value)
    digits = text if text.isascii() and text.isdigit() else re.sub("[^0-9]+", "", text.removesuffix(".0"))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def folded(value: object) -> str:
    """Return *value*, as it was sent, as text for comparison: on one line, entities decoded, folded (``text.fold``)."""
    return folded_line(unescaped(as_text(value)))


def folded_line(text: str) -> str:
    """Return *text* folded, on one line."""
    return " ".join(fold(text).split())
