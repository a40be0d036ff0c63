"""The account's do-not-call list: the phones of a lead, the answer of ``dnc/search`` about each, and its text. Pure.

A phone counts as not listed only if the server says so: any other answer means that it was not checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from lead_tui.leads.coercion import digits_in
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.formatting import label
from lead_tui.leads.lead import Lead
from lead_tui.leads.phones import Phone, parse_phone
from lead_tui.leads.records import NOT_LISTED, Records, RecordsQuery, Section

_WHOLE_ACCOUNT = "0"
"""The id that stands for all campaigns. Leads have no numeric id of theirs, by which one could be asked for."""

_FOREIGN = re.compile(r"[0-9 ().\-/]{4,24}", re.ASCII)

_MAX_ENTRIES = 10
"""Entries of one number: one for all campaigns, and more where the server does not look at the campaign."""


def entries_of(phone: Phone) -> RecordsQuery:
    """Return the request for the entries of *phone*. Raises ``ValueError`` without digits."""
    code = phone.country_code or "1"
    filters = (("phone_number", phone.national), ("phone_code", code), ("campaign_id", _WHOLE_ACCOUNT))
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


def phones_of(lead: Lead) -> dict[str, Phone]:
    """Return the phones of *lead* by their fields, each once; one without digits where a text is not a number."""
    lead = lead.with_masked(frozenset())
    code = lead.line("phone_code").strip().lstrip("+0") or "1"
    fields: dict[Phone, str] = {}
    for field in PHONE_FIELDS:
        text = lead.line(field).strip()
        if text.strip("0") and text.lower() != "null":
            fields.setdefault(_phone(text, code), field)
    return {field: phone for phone, field in fields.items()}


def _phone(text: str, code: str) -> Phone:
    if code != "1" and not text.startswith("+"):
        # Digits of something else, such as an extension, would make a number that is surely not listed.
        return Phone(digits_in(text) if _FOREIGN.fullmatch(text) else "", code)
    try:
        return parse_phone(text)
    except ValueError:
        return Phone("")


def check_of(records: Records, phone: Phone, at: str) -> PhoneCheck:
    """Return what *records*, the answer about *phone*, mean; *at* is the time of day."""
    if records.answer.code == NOT_LISTED:
        return PhoneCheck(False, at=at)
    entries = [each for each in records.rows if _is_about(each, phone.national)]
    if entries:
        return PhoneCheck(True, _since(entries[0]), at)
    if records.answer.has_data and not (records.rows or records.unread or records.total):
        return PhoneCheck(False, at=at)
    return PhoneCheck(None, "not checked: the server's answer is not about this number")


def failed_check(error: SearchError) -> PhoneCheck:
    """Return that a number was not checked because of *error*."""
    why = "this token has no access" if isinstance(error, SectionForbidden) else error.message
    return PhoneCheck(None, f"not checked: {why}")


def _is_about(entry: Lead, digits: str) -> bool:
    theirs = digits_in(entry.sent.get("phone_number"))
    return not theirs or theirs.endswith(digits) or digits.endswith(theirs)


def _since(entry: Lead) -> str:
    day = next((text[:10] for key in ("insert_date", "created_at", "date") if (text := entry.line(key))), "")
    since = f"listed since {day}" if day and not day.startswith("0000") else "listed"
    campaign = entry.line("campaign_name", 40) if entry.line("campaign_id") not in ("", _WHOLE_ACCOUNT) else ""
    return f"{since} ({campaign})" if campaign else since


def check_lines(lead: Lead, checks: Mapping[Phone, PhoneCheck], labels: Mapping[str, str]) -> list[tuple[str, bool | None]]:
    """Return what to say of the phones of *lead*, each line with whether its phones are listed; those that are come first."""
    phones = phones_of(lead)
    fields: dict[tuple[str, bool | None], list[str]] = {}
    for field, phone in phones.items():
        if check := checks.get(phone):
            result = f"not listed (checked {check.at})" if check.is_listed is False else check.detail
            fields.setdefault((result, check.is_listed), []).append(label(field, labels))
    lines = []
    for (result, is_listed), named in sorted(fields.items(), key=lambda each: each[0][1] is not True):
        which = f"{', '.join(named)} " if len(named) < len(phones) else ""
        lines.append((f"{'DO NOT CALL · ' if is_listed else 'DNC list: '}{which}{result}", is_listed))
    return lines
