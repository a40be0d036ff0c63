"""Request leads from a demo as the client does, and filter independently: by a scan over decoded leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import msgspec

from lead_tui.demo.endpoint import Demo
from lead_tui.leads.lead import Lead, decode_row, row_ids, split
from lead_tui.leads.query import FILTERS

TODAY = date(2026, 3, 9)
SMALL = 3_000
RANGES = ("created_at", "updated_at")


class _Data(msgspec.Struct):
    offset: str
    limit: str
    total: str
    entries: list[dict[str, object]]


class _Body(msgspec.Struct):
    success: bool
    data: _Data


@dataclass(frozen=True)
class Answered:
    """An answer whose envelope must be exactly the documented one, all text."""

    offset: str
    limit: str
    total: int
    leads: list[Lead]

    @property
    def ids(self) -> list[str]:
        return [lead.lead_id for lead in self.leads]


def ask(demo: Demo, parameters: Mapping[str, str] | None = None) -> Answered:
    status, body = demo.answer(parameters or {})
    assert status == 200
    data = msgspec.json.decode(body, type=_Body).data
    answer = split(body)
    assert answer.success
    assert answer.total == int(data.total)
    return Answered(data.offset, data.limit, int(data.total), [decode_row(row) for row in answer.rows])


def every(demo: Demo, parameters: Mapping[str, str] | None = None, limit: int = 2_000) -> list[Lead]:
    """Return every lead that matches, page by page, until a page is empty."""
    found: list[Lead] = []
    while page := ask(demo, {**(parameters or {}), "offset": str(len(found)), "limit": str(limit)}).leads:
        found += page
    return found


def every_id(demo: Demo, parameters: Mapping[str, str]) -> list[str]:
    """The ids of all leads that match."""
    found: list[str] = []
    while rows := split(demo.answer({**parameters, "offset": str(len(found)), "limit": "2000"})[1]).rows:
        found += map(str, row_ids(rows))
    return found


@cache
def small() -> Demo:
    return Demo(SMALL, today=TODAY)


@cache
def small_leads() -> tuple[Lead, ...]:
    return tuple(every(small()))


def field_of(name: str) -> str:
    """Return the key of a lead that the filter *name* compares."""
    return name.removesuffix("_start_date").removesuffix("_end_date")


def value_for(name: str, lead: Lead) -> str:
    """Return a value of the filter *name* that *lead* matches, "" if there is none."""
    value = lead.sent.get(field_of(name))
    if not isinstance(value, str) or value.startswith("0000"):
        return ""
    return value[:10] if "date" in name and name != "policy_renewal_date" else value.strip()


def does_match(lead: Lead, name: str, value: str) -> bool:
    """Return whether *lead* matches the filter, judging by its text alone."""
    return is_match(lead.sent.get(field_of(name)), name, value)


@lru_cache(4_096)
def is_match(sent: object, name: str, value: str) -> bool:
    """Return whether the value *sent* matches the filter."""
    if not isinstance(sent, str):
        return False
    if name.endswith("_start_date") and field_of(name) in RANGES:
        return not sent.startswith("0000") and sent[: len(value)] >= value
    if name.endswith("_end_date") and field_of(name) in RANGES:
        return not sent.startswith("0000") and sent[: len(value)] <= value
    if name == "date_of_birth":
        return sent[:10] == value
    values = value.split(",") if name in ("lead_id", "list_id") else [value]
    return sent.strip().casefold() in [each.strip().casefold() for each in values]


def scanned(parameters: Mapping[str, str]) -> list[str]:
    """Return the ids of the small demo's leads that match all of *parameters*, in the documented order."""
    tests = [(field_of(name), name, value) for name, value in parameters.items()]
    found = [lead for lead in small_leads() if all(is_match(lead.sent.get(key), name, value) for key, name, value in tests)]
    if any(name.startswith("updated_at") for name in parameters):
        found.sort(key=lambda lead: str(lead.sent["updated_at"]))
    return [lead.lead_id for lead in found]


FILTER_NAMES = [each.name for each in FILTERS]
