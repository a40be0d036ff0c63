"""The account's other read endpoints, a closed list, and what their records say: a lead's history, and whether its phones are on
the do-not-call list.

They are documented more loosely than ``leads/search``: rows are in ``data``, ``data.results`` or ``data.entries``, as a list or
as an object keyed by id, and ``data.entries`` may be a count. A record is a ``Lead``, so that its values are sanitized, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct

from lead_tui.leads.dates import moment_in
from lead_tui.leads.fields import PHONE_FIELDS, ZERO_DATE
from lead_tui.leads.lead import Answer, Lead, count_in, decode_values, first_id, split, undocumented
from lead_tui.leads.local_time import local_time, offset_at
from lead_tui.leads.phones import Phone, digits_of, parse_phone
from lead_tui.leads.text import one_line
from lead_tui.leads.values import SYSTEM_USER, SYSTEM_USERS, digits_in, label, number_in


class Section(StrEnum):
    """The paths of the endpoints that may be requested besides ``leads/search``. All of them only read."""

    CALLS = "log/retrieve"
    CALLBACKS = "callbacks/search"
    RECORDINGS = "leads/get-recordings"
    DO_NOT_CALL = "dnc/search"
    STATUSES = "status/search"
    LISTS = "lists/search"
    USERS = "users/search"
    CAMPAIGNS = "campaigns/search"


NAMES = frozenset({Section.STATUSES, Section.LISTS, Section.USERS, Section.CAMPAIGNS})
"""Sections with names for codes: optional, and not worth a retry."""

NOT_LISTED: Final = 6003  # the code of ``dnc/search`` for a phone that is not listed
OF_A_LEAD = frozenset({Section.CALLS, Section.CALLBACKS, Section.RECORDINGS})  # sections about one lead

_REQUIRED = dict.fromkeys(OF_A_LEAD, ("lead_id", "a lead id")) | {Section.DO_NOT_CALL: ("phone_number", "a phone number")}
"""Parameters that must be set: if one is 0 or missing, the API returns all leads, or all phones."""


class RecordsQuery(Struct, frozen=True):
    """A request for records. Raises ``ValueError`` for another section, and if the id of the lead, or the phone, is missing."""

    section: Section
    filters: tuple[tuple[str, str], ...] = ()
    limit: int = 0  # 0 for a section without a limit

    def __post_init__(self) -> None:
        name, what = _REQUIRED.get(Section(self.section), ("", ""))
        if name and not dict(self.filters).get(name, "").strip().lstrip("0"):
            raise ValueError(f"{self.section} needs {what}")

    def parameters(self) -> dict[str, str]:
        return dict(self.filters) | ({"limit": str(self.limit)} if self.limit else {})


class Records(Struct, frozen=True):
    """The records of a response, or why there are none."""

    answer: Answer
    rows: tuple[Lead, ...] = ()
    total: int | None = None  # how many records match, if the server says so
    unread: int = 0  # rows that are not objects


def read_records(body: bytes) -> Records:
    """Decode *body*. Raises as ``decode_values``, and ``UnreadableAnswer`` if the data has another shape."""
    answer, values = split(body), decode_values(body)
    data = values.get("data")
    if data is None:
        # As documented for callbacks, next to the envelope.
        data = {name: values[name] for name in ("total", "results", "entries") if name in values} or None
    if answer.success is False or data is None:
        return Records(answer)
    answer.has_data = True
    total = None
    if isinstance(data, Mapping):
        counts = (count_in(data.get(name)) for name in ("total", "total_found", "entries"))
        total = next((count for count in counts if count is not None), None)
        without = data if total is None else []
        data = next((data[name] for name in ("results", "entries") if isinstance(data.get(name), (list, Mapping))), without)
    if isinstance(data, Mapping):
        data = [{"id": key, **value} if isinstance(value, Mapping) else value for key, value in data.items()]
    if not isinstance(data, list):
        raise undocumented()
    rows = tuple(Lead(dict(row)) for row in data if isinstance(row, Mapping))
    return Records(answer, rows, total, len(data) - len(rows))


# The do-not-call list


def entries_of(phone: Phone) -> RecordsQuery:
    """Return the request for the entries of *phone*. Raises ``ValueError`` without digits."""
    # Campaign 0 stands for all: leads do not have the numeric id of theirs. A server that ignores it has several entries.
    filters = ("phone_number", phone.national), ("phone_code", phone.country_code or "1"), ("campaign_id", "0")
    return RecordsQuery(Section.DO_NOT_CALL, filters, limit=10)


class PhoneCheck(Struct, frozen=True):
    """What is known about a number."""

    is_listed: bool | None  # None if that is not known
    detail: str  # since when it has been listed, when it was checked, or why that is not known


RUNNING = PhoneCheck(None, "checking…")
NO_NUMBER = PhoneCheck(None, "not checked: no phone number")


def phones_of(lead: Lead) -> dict[str, Phone]:
    """Return the phones of *lead* by field, each once; a text that is not a number gives a phone without digits."""
    lead = lead.with_masked(frozenset())
    fields: dict[Phone, str] = {}
    for field in PHONE_FIELDS:
        text, phone = lead.line(field).strip(), Phone("")
        digits = digits_of(text)
        if lead.country_code == "1" or digits.startswith("+"):
            with suppress(ValueError):
                phone = parse_phone(text)
        elif digits.isascii() and digits.isdigit():
            phone = Phone(digits, lead.country_code)
        if text.strip("0") and text.lower() != "null":
            # Web forms that insist on a number get 000-000-0000.
            fields.setdefault(phone if phone.national.strip("0") else Phone(""), field)
    return {field: phone for phone, field in fields.items()}


def check_of(records: Records, phone: Phone, at: str) -> PhoneCheck:
    """Return what *records*, the response about *phone*, mean; *at* is the time of day."""
    not_listed = PhoneCheck(False, f"not listed (checked {at})")
    if records.answer.code == NOT_LISTED:
        return not_listed
    for entry in records.rows:
        theirs = digits_in(entry.sent.get("phone_number"))
        if not theirs or theirs.endswith(phone.national) or phone.national.endswith(theirs):
            day = _first(entry, "insert_date", "created_at", "date")[:10]
            return PhoneCheck(True, f"listed since {day}" if day else "listed")
    if records.answer.has_data and not (records.rows or records.unread or records.total):
        return not_listed
    return PhoneCheck(None, "not checked: the server's response is not about this number")


def check_lines(lead: Lead, checks: Mapping[Phone, PhoneCheck], labels: Mapping[str, str]) -> list[tuple[str, bool | None]]:
    """Return lines about the phones of *lead*, each with whether its phones are listed; those that are come first."""
    phones = phones_of(lead)
    fields: dict[PhoneCheck, list[str]] = {}
    for field, phone in phones.items():
        if check := checks.get(phone):
            fields.setdefault(check, []).append(label(field, labels))
    lines = []
    for check, named in sorted(fields.items(), key=lambda each: each[0].is_listed is not True):
        which = f"{', '.join(named)} " if len(named) < len(phones) else ""
        lines.append((f"{'DO NOT CALL · ' if check.is_listed else 'DNC list: '}{which}{check.detail}", check.is_listed))
    return lines


# A lead's history


EventKind = Literal["call", "callback", "recording"]


class Event(Struct, frozen=True):
    kind: EventKind
    when: str = ""  # the time on the account's clock, ``2026-03-09 16:38:51``; as it was sent if it cannot be read
    moment: datetime | None = None  # the same, without a zone; None if it cannot be read
    who: str = ""
    status: str = ""
    status_name: str = ""
    seconds: int | None = None  # how long the call or the recording lasted
    note: str = ""
    recording: str = ""  # the address of the recording; "" without one
    is_due: bool = False  # whether it is an open callback whose time has come


_SCHEDULED = ("call_date", "callback_time", "callback_date", "scheduled_time", "start_time", "date")
_CODE = ("stage", "status")  # calls have no stage
MAX_ADDRESS = 2_000  # characters of a recording's address: it may be signed
_CLOSED = frozenset({"INACTIVE", "DONE", "COMPLETED", "CLOSED", "CANCELED", "CANCELLED", "DEAD", "DISMISSED", "N"})
"""Stages and statuses of a callback that is over. Not all are documented: an unknown one counts as open."""


def history(
    calls: Sequence[Lead], callbacks: Sequence[Lead], recordings: Sequence[Lead], now: datetime, zone: tzinfo | None = None
) -> list[Event]:
    """Return the events, the newest first. *now* is aware; *zone* is the account's, None for the host's."""
    now = now.astimezone(zone).replace(tzinfo=None)
    heard = {recording_id for each in (*calls, *callbacks) for recording_id in _recording_ids(each)}
    events = [_event("call", each, now, zone) for each in calls] + [_event("callback", each, now, zone) for each in callbacks]
    events += [_event("recording", each, now, zone) for each in recordings if heard.isdisjoint(_recording_ids(each))]
    return sorted(events, key=lambda event: event.moment or datetime.min, reverse=True)


def local_moment(event: Event, lead: Lead, now: datetime, zone: tzinfo | None) -> tuple[datetime, int] | None:
    """Return when *event* was by the clock of *lead*, as of *now*, and that clock's minutes from UTC; None if that is unknown."""
    there = local_time(lead, now)
    if event.moment is None or zone is None or not there.is_known:
        return None
    try:
        moment = event.moment.replace(tzinfo=zone).astimezone(UTC)
        offset = offset_at(lead, there.offset, now, moment)
        return moment.replace(tzinfo=None) + timedelta(minutes=offset), offset
    except OverflowError:
        return None


def duration(seconds: int | None) -> str:
    """Return *seconds* as ``1:33`` or ``1:02:05``; "" if they are not known."""
    return "" if seconds is None else str(timedelta(seconds=seconds)).removeprefix("0:").removeprefix("0")


def _event(kind: EventKind, record: Lead, now: datetime, zone: tzinfo | None) -> Event:
    when = _first(record, *_SCHEDULED, "entry_time", "created_at")
    who = _first(record, "user", "agent", "user_name", "owner_name", "user_id")
    moment = moment_in(when, zone)
    urls = (each.get(key) for each in _recordings(record) for key in ("url", "public_url", "src"))
    length = number_in(_first(record, "call_length", "seconds", "length_in_sec", "duration"))
    is_open = kind == "callback" and _CLOSED.isdisjoint(record.line(key).upper() for key in _CODE)
    return Event(
        kind,
        when=when if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}",
        moment=moment,
        who=SYSTEM_USER if who in SYSTEM_USERS else who,
        status=_first(record, *_CODE),
        status_name=_first(record, "status_name", "lead_status_name", "disposition"),
        seconds=None if length is None or not 0 <= length < 10**6 else int(length),
        note=_first(record, "agent_comment", "comments", "comment", "note", "notes"),
        recording=one_line(next((url for url in urls if isinstance(url, str) and url.strip()), ""), MAX_ADDRESS),
        is_due=is_open and _first(record, *_SCHEDULED) != "" and moment is not None and moment <= now,
    )


def _first(record: Lead, *keys: str) -> str:
    return next((text for key in keys if (text := record.line(key)) and not text.startswith(ZERO_DATE)), "")


def _recordings(record: Lead) -> list[Mapping[str, object]]:
    """Return what may describe a recording: the parts of *record* for those of a call, and the whole."""
    within = record.sent.get("recording")
    parts = within if isinstance(within, list) else []
    return [*(each for each in parts if isinstance(each, Mapping)), record.sent]


def _recording_ids(record: Lead) -> list[str]:
    return list(filter(None, (first_id(each.get("recording_id")) for each in _recordings(record))))
