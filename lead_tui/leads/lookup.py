"""Recognising what an agent types or pastes into the look-up box: a phone, an email, a lead id or a name."""

from __future__ import annotations

import re

from msgspec import Struct

from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import PHONE_FIELDS, label_of
from lead_tui.leads.phones import NANP_DIGITS, digits_of, parse_phone
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line

_LEAD_ID = re.compile(r"#\s*(\d{1,18})|(\d{3,9})")


class LookUp(Struct, frozen=True):
    """What to ask for one look-up: *parts* at once, merged by lead id; *otherwise* when those find nothing."""

    text: str
    """What was typed, in one clean line."""
    parts: tuple[tuple[str, Query], ...]
    """The field that matches, and the query that finds it there."""
    otherwise: tuple[tuple[str, Query], ...] = ()
    country_code: str = ""
    """For a number of another country: what ``phone_code`` must be, compared here since the API has no filter for it."""

    def fields_said(self) -> str:
        """The labels of the fields that are looked in, for "nothing in …"."""
        labels = dict.fromkeys(label_of(name) for name, _ in (*self.parts, *self.otherwise))
        return ", ".join(labels)


def look_up(text: str) -> LookUp:
    """What *text* asks for. Raises ``UsageError``, with a sentence for the person, where it cannot be understood."""
    said = " ".join(one_line(text).split())
    if not said:
        raise UsageError("There is nothing to look up", remedy="type a phone, an email, a lead id or a name")
    if "@" in said:
        return LookUp(said, (("email", Query.of({"email": said.replace(" ", "")})),))
    compact = digits_of(said)
    if lead_id := _LEAD_ID.fullmatch(compact):
        return LookUp(said, (("lead_id", Query.of({"lead_id": lead_id[1] or lead_id[2]})),))
    if re.fullmatch(r"\+?\d+", compact):
        return _phone(said, compact)
    return _name(said)


def _phone(said: str, compact: str) -> LookUp:
    if len(compact) < NANP_DIGITS and not compact.startswith("+"):
        raise UsageError("A lead id has 3 digits or more here", remedy=f"type #{compact} for lead {compact}")
    try:
        phone = parse_phone(compact)
    except ValueError as error:
        raise UsageError(str(error)) from None
    # Not through the filter's own check: a national number abroad may have any length.
    parts = tuple((field, Query(((field, phone.national),))) for field in PHONE_FIELDS)
    return LookUp(said, parts, country_code=phone.country_code)


def _name(said: str) -> LookUp:
    if "," in said:
        last, _, first = (part.strip() for part in said.partition(","))
        names = {"last_name": last, "first_name": first}
    elif " " in said:
        first, _, last = said.partition(" ")
        names = {"first_name": first, "last_name": last}
    else:
        one = Query.of({"last_name": said})
        return LookUp(said, (("last_name", one),), otherwise=(("first_name", Query.of({"first_name": said})),))
    query = Query.of(names)
    if not query:
        raise UsageError("There is nothing to look up", remedy="type a phone, an email, a lead id or a name")
    return LookUp(said, (("name", query),))
