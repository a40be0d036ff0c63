"""The account's other read endpoints: a closed list of them, and how the bytes of their responses become records.

They are documented more loosely than ``leads/search``: rows stand in ``data``, ``data.results`` or ``data.entries``, as a list or
as an object keyed by id, and ``data.entries`` may be a count. A record is a ``Lead``, whose values are cleaned in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from lead_tui.leads.decode import Answer, count_in, decode_values, envelope, undocumented
from lead_tui.leads.lead import Lead


class Section(StrEnum):
    """What may be requested besides ``leads/search``: the path of each endpoint. Every one of them only reads."""

    CALLS = "log/retrieve"
    CALLBACKS = "callbacks/search"
    RECORDINGS = "leads/get-recordings"
    DO_NOT_CALL = "dnc/search"
    STATUSES = "status/search"
    LISTS = "lists/search"
    USERS = "users/search"
    CAMPAIGNS = "campaigns/search"


NAMES = frozenset({Section.STATUSES, Section.LISTS, Section.USERS, Section.CAMPAIGNS})
"""Codes and their names: optional, and not worth a second attempt."""

NOT_LISTED: Final = 6003
"""The code of ``dnc/search`` for a phone that is not listed."""

OF_A_LEAD = frozenset({Section.CALLS, Section.CALLBACKS, Section.RECORDINGS})
"""What is about one lead."""

_REQUIRED = {
    **dict.fromkeys(OF_A_LEAD, ("lead_id", "a lead id")),
    Section.DO_NOT_CALL: ("phone_number", "a phone number"),
}
"""What the API takes for all leads, or all phones, if it is 0 or missing."""

_PARTS = ("results", "entries")


class RecordsQuery(msgspec.Struct, frozen=True):
    """A request for the records of *section*: at most *limit* of them, by *filters*, the parameters of the request.

    Raises ``ValueError`` for another path than those of ``Section``, and where the one of a lead or of a phone does not say which.
    """

    section: Section
    filters: tuple[tuple[str, str], ...] = ()
    limit: int = 0
    """0 for a section that takes no limit."""

    def __post_init__(self) -> None:
        name, what = _REQUIRED.get(Section(self.section), ("", ""))
        if name and not dict(self.filters).get(name, "").strip().lstrip("0"):
            raise ValueError(f"{self.section} needs {what}")

    def parameters(self) -> dict[str, str]:
        return dict(self.filters) | ({"limit": str(self.limit)} if self.limit else {})


class Records(msgspec.Struct, frozen=True):
    """The records of a response, or why there are none."""

    answer: Answer
    """The envelope. Its rows are empty: they are decoded in *rows*."""
    rows: tuple[Lead, ...] = ()
    total: int | None = None
    """How many records match, as far as the server says."""
    unread: int = 0
    """Rows that are no objects."""


def read_records(body: bytes) -> Records:
    """Decode *body*. Raises what ``decode_values`` raises, and ``UnreadableAnswer`` where the data has another shape."""
    values = decode_values(body)
    answer = envelope(values)
    data = values.get("data")
    if data is None:
        # As documented for callbacks.
        data = {name: values[name] for name in ("total", *_PARTS) if name in values} or None
    if answer.success is False or data is None:
        return Records(answer)
    answer.has_data = True
    total = None
    if isinstance(data, Mapping):
        counts = (count_in(data.get(name)) for name in ("total", "total_found", "entries"))
        total = next((count for count in counts if count is not None), None)
        without = data if total is None else []
        data = next((data[name] for name in _PARTS if isinstance(data.get(name), (list, Mapping))), without)
    if isinstance(data, Mapping):
        data = [{"id": key, **value} if isinstance(value, Mapping) else value for key, value in data.items()]
    if not isinstance(data, list):
        raise undocumented()
    rows = tuple(Lead(dict(row)) for row in data if isinstance(row, Mapping))
    return Records(answer, rows, total, len(data) - len(rows))
