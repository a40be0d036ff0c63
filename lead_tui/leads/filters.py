"""The documented parameters of ``leads/search``, each with its kind of input and what makes a value fit to be sent.

Source of the list: the API's document (GET leads/search). ``offset``, ``limit`` and ``auth_token`` are no filters.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum, auto
from typing import NamedTuple

from lead_tui.leads import dates
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.phones import parse_phone
from lead_tui.leads.places import state_code
from lead_tui.leads.text import one_line


class FilterKind(Enum):
    """What a person types, and what is sent for it."""

    TEXT = auto()
    EMAIL = auto()
    PHONE = auto()
    """Sent as national digits."""
    ID = auto()
    """One number, never 0."""
    IDS = auto()
    """Numbers separated by commas, which the API takes for leads and lists."""
    STATE = auto()
    """Sent as two letters."""
    GENDER = auto()
    """Sent as M, F or U."""
    DAY = auto()
    """A calendar day."""
    FIRST_DAY = auto()
    LAST_DAY = auto()
    """The two ends of a range row."""


class Filter(NamedTuple):
    """A documented parameter."""

    name: str
    label: str
    group: str
    kind: FilterKind = FilterKind.TEXT
    hint: str = ""


PERSON, PHONES, ADDRESS, STATUS, OWNERSHIP = "Person", "Phones", "Address", "Status and dates", "Ownership"
GROUPS = (PERSON, PHONES, ADDRESS, STATUS, OWNERSHIP)

_DAY_HINT = "YYYY-MM-DD, -7d, today"
_RANGE_HINT = "YYYY-MM-DD, -7d, this week"

FILTERS: tuple[Filter, ...] = (
    Filter("first_name", "First name", PERSON),
    Filter("last_name", "Last name", PERSON),
    Filter("email", "Email", PERSON, FilterKind.EMAIL, "name@example.com"),
    Filter("date_of_birth", "Born", PERSON, FilterKind.DAY, "YYYY-MM-DD"),
    Filter("gender", "Gender", PERSON, FilterKind.GENDER, "M, F or U"),
    Filter("phone_number", "Phone", PHONES, FilterKind.PHONE, "10 digits"),
    Filter("alt_phone_1", "Phone 2", PHONES, FilterKind.PHONE, "10 digits"),
    Filter("alt_phone_2", "Phone 3", PHONES, FilterKind.PHONE, "10 digits"),
    Filter("address1", "Address", ADDRESS),
    Filter("address2", "Address 2", ADDRESS),
    Filter("city", "City", ADDRESS),
    Filter("state", "State", ADDRESS, FilterKind.STATE, "two letters"),
    Filter("province", "Province", ADDRESS),
    Filter("postal_code", "ZIP", ADDRESS),
    Filter("country", "Country", ADDRESS),
    Filter("status", "Status", STATUS, hint="code, as NEW"),
    Filter("created_at_start_date", "Created from", STATUS, FilterKind.FIRST_DAY, _RANGE_HINT),
    Filter("created_at_end_date", "Created to", STATUS, FilterKind.LAST_DAY, _DAY_HINT),
    Filter("updated_at_start_date", "Updated from", STATUS, FilterKind.FIRST_DAY, _RANGE_HINT),
    Filter("updated_at_end_date", "Updated to", STATUS, FilterKind.LAST_DAY, _DAY_HINT),
    Filter("lead_id", "Lead id", OWNERSHIP, FilterKind.IDS, "123 or 123,456"),
    Filter("list_id", "List id", OWNERSHIP, FilterKind.IDS, "2705 or 2705,2706"),
    Filter("owner_id", "Owner id", OWNERSHIP, FilterKind.ID),
    Filter("user_id", "User id", OWNERSHIP, FilterKind.ID),
    Filter("created_by", "Created by id", OWNERSHIP, FilterKind.ID),
    Filter("last_modified_by", "Modified by id", OWNERSHIP, FilterKind.ID),
)

FILTER_BY_NAME: dict[str, Filter] = {each.name: each for each in FILTERS}

CUSTOM_MARK = "+"
"""Leads the name of a parameter that nobody documents: ``+member_id``."""

RANGE_ENDS: dict[str, str] = {
    "created_at_start_date": "created_at_end_date",
    "updated_at_start_date": "updated_at_end_date",
}
"""The last day's parameter by the first day's."""

_RESERVED = frozenset({"auth_token", "offset", "limit"})
_CUSTOM_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,100}")
_GENDERS = {"m": "M", "male": "M", "f": "F", "female": "F", "u": "U", "unknown": "U"}


def is_date(kind: FilterKind) -> bool:
    """Whether values of *kind* follow the grammar of dates."""
    return kind in (FilterKind.DAY, FilterKind.FIRST_DAY, FilterKind.LAST_DAY)


def checked_name(name: str) -> str:
    """*name* when it is a filter's or a custom one's (``+member_id``); else raises ``UsageError`` with the nearest name."""
    if name in FILTER_BY_NAME:
        return name
    if name.startswith(CUSTOM_MARK):
        bare = name.removeprefix(CUSTOM_MARK)
        if bare in _RESERVED:
            raise UsageError(f"{bare} is not a filter", remedy="it is set by the program")
        if bare in FILTER_BY_NAME:
            return bare
        if _CUSTOM_NAME.fullmatch(bare):
            return name
        raise UsageError("A custom parameter's name has letters, digits and _ . - [ ]")
    # Imported here, where a mistake was made.
    from lead_tui.leads.nearest import nearest

    shown = one_line(name, 40)
    begun = (each for each in FILTER_BY_NAME if name and each.startswith(name.lower()))
    near = next(begun, "") or nearest(name, FILTER_BY_NAME)
    remedy = f"did you mean {near}" if near else "see lead-tui --help for the names"
    custom = f"; a custom parameter takes a leading +, as +{shown}=…" if _CUSTOM_NAME.fullmatch(name) else ""
    raise UsageError(f"{shown} is not a documented filter", remedy=remedy + custom)


def checked_value(name: str, text: str) -> str:
    """What is kept for *text* typed into the filter *name*: digits of phones and ids, two letters of a state; dates stay relative.

    An empty text stays empty: such a filter is not sent. Raises ``FilterError`` with a sentence for the person.
    """
    text = text.strip()
    if not text:
        return ""
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise FilterError(name, "A filter is one line of text")
    known = FILTER_BY_NAME.get(name)
    if known is None:
        return text
    try:
        return _checked(known.kind, text)
    except ValueError as error:
        raise FilterError(name, str(error)) from None


def _checked(kind: FilterKind, text: str) -> str:
    match kind:
        case FilterKind.PHONE:
            return parse_phone(text).national
        case FilterKind.ID:
            return _id(text)
        case FilterKind.IDS:
            return ",".join(_id(part) for part in text.split(",") if part.strip())
        case FilterKind.STATE:
            return state_code(text)
        case FilterKind.GENDER:
            if gender := _GENDERS.get(text.lower()):
                return gender
            raise ValueError("Gender is M, F or U")
        case FilterKind.EMAIL:
            if any(character.isspace() for character in text):
                raise ValueError("An email has no spaces")
            return text
        case FilterKind.DAY | FilterKind.FIRST_DAY | FilterKind.LAST_DAY:
            if kind is FilterKind.DAY and dates.is_span(text):
                raise ValueError(f"A date is {dates.GRAMMAR}")
            dates.resolve(text, date(2000, 2, 29))
            return dates.written(text)
        case FilterKind.TEXT:
            return text


def _id(text: str) -> str:
    digits = text.strip().removeprefix("#").strip()
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("An id has digits only")
    digits = digits.lstrip("0")
    if not digits:
        # Some of the API's neighbours read 0 as "all" (the API's document on recordings); nobody means that by accident.
        raise ValueError("An id of 0 is nobody: leave the field empty to search for all")
    return digits


def dated(name: str, value: str, today: date) -> str:
    """*value* with a relative date as the day it stands for on *today*; anything else as it is. *value* has been checked."""
    known = FILTER_BY_NAME.get(name)
    if known is None or not is_date(known.kind):
        return value
    try:
        return dates.resolve(value, today, end=known.kind is FilterKind.LAST_DAY).isoformat()
    except ValueError as error:
        raise FilterError(name, str(error)) from None
