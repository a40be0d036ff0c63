"""The account's do-not-call list: the numbers of a lead, the answer of ``dnc/search`` about each, and its text. Pure.

A phone counts as not listed only if the server says so: any other answer means that it was not checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from lead_tui.leads.coercion import digits_in
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import Lead
from lead_tui.leads.phones import parse_phone
from lead_tui.leads.records import NOT_LISTED, Records, RecordsQuery, Section

_WHOLE_ACCOUNT = "0"
"""The id that stands for all campaigns. Leads have no numeric id of theirs, by which one could be asked for."""

_FOREIGN = re.compile(r"[0-9 ().\-/]{4,24}", re.ASCII)

_MAX_ENTRIES = 10
"""Entries of one number: one for all campaigns, and more where the server does not look at the campaign."""


class Number(NamedTuple):
    """A phone as the list has it."""

    digits: str
    """National digits; "" for a text that is no number."""
    code: str = "1"
    """The country code."""

    def query(self) -> RecordsQuery:
        """Return the request for the entries of this number. Raises ``ValueError`` without digits."""
        filters = (("phone_number", self.digits), ("phone_code", self.code), ("campaign_id", _WHOLE_ACCOUNT))
        return RecordsQuery(Section.DO_NOT_CALL, filters, _MAX_ENTRIES)


class PhoneCheck(Struct, frozen=True):
    """What is known of a number."""

    is_listed: bool | None = None
    """None if that is not known."""
    detail: str = ""
    """Since when it is listed, or why that is not known."""
    at: str = ""
    """The time of day of the check."""


RUNNING = PhoneCheck(detail="checking…")
NO_NUMBER = PhoneCheck(detail="not checked: no phone number")


def numbers_of(lead: Lead) -> dict[str, Number]:
    """Return the numbers of *lead* by their fields, each number once."""
    lead = lead.with_masked(frozenset())
    code = lead.line("phone_code").strip().lstrip("+0") or "1"
    fields: dict[Number, str] = {}
    for field in PHONE_FIELDS:
        text = lead.line(field).strip()
        if text.strip("0") and text.lower() != "null":
            fields.setdefault(_number(text, code), field)
    return {field: number for number, field in fields.items()}


def _number(text: str, code: str) -> Number:
    if code == "1" or text.startswith("+"):
        try:
            phone = parse_phone(text)
        except ValueError:
            return Number("")
        return Number(phone.national, phone.country_code or "1")
    # Digits of something else, such as an extension, would make a number that is surely not listed.
    return Number(digits_in(text) if _FOREIGN.fullmatch(text) else "", code)


def check_of(records: Records, number: Number, at: str) -> PhoneCheck:
    """Return what *records*, the answer about *number*, mean; *at* is the time of day."""
    if records.answer.code == NOT_LISTED:
        return PhoneCheck(False, at=at)
    entries = [each for each in records.rows if _is_about(each, number)]
    if entries:
        return PhoneCheck(True, _since(entries[0]), at)
    if records.answer.has_data and not (records.rows or records.unread or records.total):
        return PhoneCheck(False, at=at)
    return PhoneCheck(None, "not checked: the server's answer is not about this number")


def failed_check(error: SearchError) -> PhoneCheck:
    """Return that a number was not checked because of *error*."""
    why = "this token has no access" if isinstance(error, SectionForbidden) else error.message
    return PhoneCheck(None, f"not checked: {why}")


def _is_about(entry: Lead, number: Number) -> bool:
    theirs = digits_in(entry.sent.get("phone_number"))
    return not theirs or theirs.endswith(number.digits) or number.digits.endswith(theirs)


def _since(entry: Lead) -> str:
    day = next((text[:10] for key in ("insert_date", "created_at", "date") if (text := entry.line(key))), "")
    since = f"listed since {day}" if day and not day.startswith("0000") else "listed"
    campaign = entry.line("campaign_name", 40) if entry.line("campaign_id") not in ("", _WHOLE_ACCOUNT) else ""
    return f"{since} ({campaign})" if campaign else since


def check_lines(lead: Lead, checks: Mapping[Number, PhoneCheck], labels: Mapping[str, str]) -> list[tuple[str, bool | None]]:
    """Return what to say of the numbers of *lead*, each line with whether its numbers are listed; those that are come first."""
    numbers = numbers_of(lead)
    fields: dict[tuple[str, bool | None], list[str]] = {}
    for field, number in numbers.items():
        if check := checks.get(number):
            result = f"not listed (checked {check.at})" if check.is_listed is False else check.detail
            fields.setdefault((result, check.is_listed), []).append(label(field, labels))
    lines = []
    for (result, is_listed), named in sorted(fields.items(), key=lambda each: each[0][1] is not True):
        which = f"{', '.join(named)} " if len(named) < len(numbers) else ""
        lines.append((f"{'DO NOT CALL · ' if is_listed else 'DNC list: '}{which}{result}", is_listed))
    return lines
