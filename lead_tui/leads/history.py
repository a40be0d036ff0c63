"""A lead's history: its calls, callbacks and recordings as events in one list, the newest first.

Made from the records of ``log/retrieve``, ``callbacks/search`` and ``leads/get-recordings``, whose times are the account's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads.coercion import moment_in, number_in
from lead_tui.leads.formatting import SYSTEM_USER, SYSTEM_USERS
from lead_tui.leads.lead import Lead, first_id
from lead_tui.leads.local_time import local_time, offset_at
from lead_tui.leads.text import one_line


class EventKind(StrEnum):
    """What happened."""

    CALL = "call"
    CALLBACK = "callback"
    RECORDING = "recording"


class Event(Struct, frozen=True):
    """A call, a callback or a recording."""

    kind: EventKind
    when: str = ""
    """The time on the account's clock, ``2026-03-09 16:38:51``; as it was sent where it cannot be read."""
    moment: datetime | None = None
    """The same, without a zone; None where it cannot be read."""
    who: str = ""
    status: str = ""
    status_name: str = ""
    seconds: int | None = None
    """How long the call or the recording lasted."""
    note: str = ""
    recording: str = ""
    """The address of the recording; empty without one."""
    is_due: bool = False
    """Whether it is a callback whose time has come and that is still open."""
    recording_ids: frozenset[str] = frozenset()


_WHEN = ("call_date", "callback_time", "callback_date", "scheduled_time", "start_time", "date", "entry_time", "created_at")
_WHO = ("user", "agent", "user_name", "owner_name", "user_id")
_NOTE = ("agent_comment", "comments", "comment", "note", "notes")
_STATUS = ("status_name", "lead_status_name", "disposition")
_CODE = {EventKind.CALL: ("status",), EventKind.CALLBACK: ("stage", "status"), EventKind.RECORDING: ()}
_SECONDS = ("call_length", "seconds", "length_in_sec", "duration")
MAX_ADDRESS = 2_000
"""Characters of a recording's address: it may be signed."""

_ADDRESS = ("url", "public_url", "src")
_CLOSED = frozenset({"INACTIVE", "DONE", "COMPLETED", "CLOSED", "CANCELED", "CANCELLED", "DEAD", "DISMISSED", "N"})
"""Stages and statuses of a callback that is over. Not all are documented: an unknown one counts as open."""


def history(
    calls: Iterable[Lead],
    callbacks: Iterable[Lead],
    recordings: Iterable[Lead],
    now: datetime,
    zone: tzinfo | None = None,
) -> list[Event]:
    """Return the events, the newest first. *now* is aware; *zone* is the account's, None for the host's."""
    now = now.astimezone(zone).replace(tzinfo=None)
    events = [_event(EventKind.CALL, each, zone) for each in calls]
    for each in callbacks:
        event = _event(EventKind.CALLBACK, each, zone)
        is_open = event.status.upper() not in _CLOSED
        events.append(replace(event, is_due=is_open and event.moment is not None and event.moment <= now))
    heard = frozenset().union(*(event.recording_ids for event in events))
    events += [event for each in recordings if not (event := _event(EventKind.RECORDING, each, zone)).recording_ids & heard]
    return sorted(events, key=lambda event: event.moment or datetime.min, reverse=True)


def local_moment(event: Event, lead: Lead, now: datetime, zone: tzinfo | None) -> tuple[datetime, int] | None:
    """Return when *event* was by the clock of *lead*, and that clock's minutes from UTC; None if either clock is not known.

    *now* is aware; *zone* is the account's.
    """
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
    """*seconds* as ``1:33`` or ``1:02:05``; "" where they are not known."""
    if seconds is None:
        return ""
    hours, rest = divmod(seconds, 3_600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _event(kind: EventKind, record: Lead, zone: tzinfo | None) -> Event:
    when, who = _first(record, _WHEN), _first(record, _WHO)
    moment = moment_in(when, zone)
    address, ids = _recordings(record)
    length = number_in(_first(record, _SECONDS))
    return Event(
        kind,
        when=when if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}",
        moment=moment,
        who=SYSTEM_USER if who in SYSTEM_USERS else who,
        status=_first(record, _CODE[kind]),
        status_name=_first(record, _STATUS),
        seconds=None if length is None or not 0 <= length < 10**6 else int(length),
        note=_first(record, _NOTE),
        recording=address,
        recording_ids=ids,
    )


def _first(record: Lead, keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := record.line(key)) and not text.startswith("0000-00-00")), "")


def _recordings(record: Lead) -> tuple[str, frozenset[str]]:
    """Return the address of the first recording of *record*, and the ids of all."""
    within = record.sent.get("recording")
    recordings = [each for each in within if isinstance(each, Mapping)] if isinstance(within, list) else []
    recordings.append(record.sent)
    urls = (url for each in recordings for key in _ADDRESS if isinstance(url := each.get(key), str) and url.strip())
    ids = (first_id(each.get("recording_id")) for each in recordings)
    return one_line(next(urls, ""), MAX_ADDRESS), frozenset(filter(None, ids))
