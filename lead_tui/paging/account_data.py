"""Data about the account besides its leads: names of its codes, its time zone, a lead's history, and values to suggest.

Names and histories come from the account's other endpoints, values from loaded leads. None of it is ever written to disk.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol

from msgspec import Struct

from lead_tui import limits
from lead_tui.leads.errors import SearchError
from lead_tui.leads.fields import NAME_OF, STATE_NAMES, is_custom
from lead_tui.leads.lead import Lead, as_text, first_id
from lead_tui.leads.records import Event, Records, RecordsQuery, Section, history
from lead_tui.leads.text import one_line


class RecordsSource(Protocol):
    """The source of records: the client of the API, or a fake in tests."""

    async def records(self, query: RecordsQuery) -> Records:
        """Return the records of *query*. Raises ``SearchError``."""


class LeadHistory(Struct, frozen=True):
    """A lead's history, as far as it could be read."""

    events: list[Event]  # the newest first
    problems: list[tuple[Section, SearchError]]  # the sections that could not be read, and why
    missing: int = 0  # calls beyond those that one response contains


async def read_history(
    source: RecordsSource,
    lead_id: str,
    now: datetime,
    zone: tzinfo | None,
    days: int = limits.HISTORY_DAYS,
    *,
    masked: frozenset[str] = frozenset(),
    with_recordings: bool = True,
) -> LeadHistory:
    """Read the last *days* of a lead's history. *now* is aware; *zone* is the account's. Raises ``ValueError`` without an id."""
    lead = ("lead_id", lead_id)
    local = now.astimezone(zone)
    first, last = local - timedelta(days=days), local + timedelta(days=1)
    span = (("start_time", f"{first:%Y-%m-%d} 00:00:00"), ("end_time", f"{last:%Y-%m-%d} 23:59:59"))
    queries = [
        RecordsQuery(Section.CALLS, (lead, *span), limits.HISTORY_CALLS),
        RecordsQuery(Section.CALLBACKS, (lead,), limits.HISTORY_OTHERS),
    ]
    if with_recordings:
        queries.append(RecordsQuery(Section.RECORDINGS, (lead,), limits.HISTORY_OTHERS))
    found: dict[Section, list[Lead]] = {}
    problems: list[tuple[Section, SearchError]] = []
    missing = 0
    for query, answer in zip(queries, await asyncio.gather(*map(source.records, queries), return_exceptions=True), strict=True):
        if isinstance(answer, SearchError):
            problems.append((query.section, answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            # A server that ignores the lead's id sends records of other leads, and counts them.
            rows = [each.with_masked(masked) for each in answer.rows if each.line("lead_id") in ("", lead_id)]
            found[query.section] = rows
            if query.section is Section.CALLS and len(rows) == len(answer.rows):
                missing = max(0, (answer.total or 0) - len(rows))
    calls, callbacks, recordings = (found.get(each, []) for each in (Section.CALLS, Section.CALLBACKS, Section.RECORDINGS))
    return LeadHistory(history(calls, callbacks, recordings, now, zone), problems, missing)


_ZONE: Final = r"[A-Z][A-Za-z_+\-]{1,30}(?:/[A-Za-z0-9_+\-]{1,30}){0,2}"


class AccountNames(Struct, eq=False):
    """The names known so far. *learned* is called when a section has been read, *failed* with the error if it cannot be."""

    source: RecordsSource | None
    learned: Callable[[Section], None]
    failed: Callable[[SearchError], None]

    do_not_call: frozenset[str] = frozenset()  # statuses that forbid calls, in upper case
    zone: str = ""  # the name of the account's time zone, once the campaigns are known and contain it
    _named: dict[Section, Mapping[str, str]] = {}
    _requests: dict[Section, asyncio.Task[None]] = {}

    def of(self, section: Section) -> Mapping[str, str]:
        """Return the known names of *section* by code, and request them if that has not been done."""
        if self.source is not None and section not in self._requests:
            self._requests[section] = asyncio.create_task(self._read(section, self.source))
        return self.known(section)

    def known(self, section: Section) -> Mapping[str, str]:
        """Return the known names of *section* by code."""
        return self._named.get(section, {})

    async def read(self, section: Section) -> Mapping[str, str]:
        """Return the names of *section* by code, after requesting them if necessary; none if they cannot be read."""
        self.of(section)
        if request := self._requests.get(section):
            await asyncio.wait([request])
        return self.known(section)

    def close(self) -> None:
        for request in self._requests.values():
            request.cancel()

    async def _read(self, section: Section, source: RecordsSource) -> None:
        limit = limits.NAMED_USERS if section is Section.USERS else 0
        try:
            rows = (await source.records(RecordsQuery(section, limit=limit))).rows[: limits.MAX_ACCOUNT_NAMES]
        except SearchError as error:
            self.failed(error)
            return
        self._named[section] = {code: _name(row) for row in rows if (code := _code(row, section))}
        if section is Section.STATUSES:
            listed = (row for row in rows if row.line("dnc").upper() in ("Y", "TRUE", "1"))
            self.do_not_call = frozenset(_code(row, section).upper() for row in listed)
        elif section is Section.CAMPAIGNS:
            self.zone = zone_of(rows)
        self.learned(section)


def is_elsewhere(zone: str, now: datetime) -> bool:
    """Return whether *zone* is a time zone whose time differs from the host's, *now*, which is aware, or half a year later."""
    # Imported here: few accounts state their zone.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    times = (now, now + timedelta(days=182))
    return any(time.astimezone(there).utcoffset() != time.astimezone().utcoffset() for time in times)


def _code(row: Lead, section: Section) -> str:
    return row.line("status") if section is Section.STATUSES else one_line(first_id(row.sent.get("id")))


def _name(row: Lead) -> str:
    return row.line("name", limits.MAX_SEEN_CHARACTERS) or row.name or row.line("email", limits.MAX_SEEN_CHARACTERS)


def zone_of(campaigns: Iterable[Lead]) -> str:
    """Return the name of the time zone of most *campaigns*; "" if they do not contain one."""
    dates = (each.sent.get("last_call_date") for each in campaigns)
    zones = (date.get("timezone") for date in dates if isinstance(date, Mapping))
    counted = Counter(zone for zone in zones if isinstance(zone, str) and re.fullmatch(_ZONE, zone))
    return next((zone for zone, _ in counted.most_common(1)), "")


# Values to suggest

# Documented fields without a documented filter, which a free filter may be for.
_CATEGORIES: Final = frozenset(
    {"campaign_name", "campaign_uid", "source_name", "source_id", "directory_name", "owner_name", "user_name", "carrier_type"}
)


class ValueIndex(Struct, eq=False):
    """Values observed in leads, for suggestions: codes with their names, and attributes with few different values."""

    masked: frozenset[str] = frozenset()  # fields that are ignored
    _values: dict[str, Counter[str]] = {}  # by key, with the number of leads
    _names: dict[tuple[str, str], str] = {}
    _custom: dict[str, None] = {}
    _counted: set[int] = set()  # hashes of the leads counted

    def add(self, lead: Lead) -> None:
        """Count the values of *lead*, unless it has already been counted in its present state."""
        seen = hash((lead.lead_id, lead.sent.get("status"), as_text(lead.sent.get("updated_at"))))
        if lead.lead_id and seen in self._counted:
            return
        if len(self._counted) >= limits.MAX_SEEN_LEADS:
            self._counted.clear()
        self._counted.add(seen)
        for key in lead.sent:
            if is_custom(key) and len(self._custom) < limits.MAX_SEEN_KEYS:
                self._custom[key] = None
            if (key in self._custom or key in _CATEGORIES or key in NAME_OF) and key not in self.masked:
                self._count(key, lead)

    def _count(self, key: str, lead: Lead) -> None:
        # As a filter sends it: clean, but with entities, as the server stores it.
        value = one_line(as_text(lead.sent.get(key)), limits.MAX_SEEN_CHARACTERS + 1)
        values = self._values.get(key, Counter())
        most = limits.MAX_SEEN_VALUES if key in NAME_OF else limits.MAX_SEEN_CATEGORIES + 1
        is_code = not (key in NAME_OF and value == "0")
        if not value or not is_code or len(value) > limits.MAX_SEEN_CHARACTERS or (value not in values and len(values) >= most):
            return
        self._values[key] = values
        values[value] += 1
        if values[value] == 1:
            self._names[key, value] = self._name(key, value, lead)

    def _name(self, key: str, value: str, lead: Lead) -> str:
        if key == "state":
            return STATE_NAMES.get(value, "")
        field = NAME_OF.get(key, "")
        name = lead.line(field, limits.MAX_SEEN_CHARACTERS) if field and field not in self.masked else ""
        return name if name != value else ""

    @property
    def custom_keys(self) -> tuple[str, ...]:
        """The observed custom attributes, in the order in which they appeared."""
        return tuple(self._custom)

    @property
    def keys(self) -> Iterator[str]:
        """The keys that a free filter may be for: campaigns, sources and the like first, then the custom attributes."""
        yield from (key for key in self._values if key in _CATEGORIES)
        yield from self._custom

    def observed(self, key: str) -> list[tuple[str, str, int]]:
        """Return the observed values of *key*, the most frequent first: each clean, with its name or "" and the number of leads."""
        values = self._values.get(key, Counter())
        if key not in NAME_OF and len(values) > limits.MAX_SEEN_CATEGORIES:
            # Names or numbers, and not a category.
            return []
        return [(value, self._names[key, value], count) for value, count in values.most_common()]

    def values(self, key: str) -> list[tuple[str, str]]:
        """Return the observed values of *key*, each with its name or "", the most frequent first."""
        return [(value, name) for value, name, _ in self.observed(key)]
