"""What of a lead and of a search can be sent to the terminal's clipboard.

What is sent is the value as the server sent it, without control characters, and with entities decoded where the screen shows them
so; what is told is clean. A masked value is not sent until it is revealed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol, runtime_checkable

import msgspec

from lead_tui import limits
from lead_tui.export.rows import compact
from lead_tui.export.sink import Sink
from lead_tui.leads.curl import curl_command
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.formatting import label, line_text
from lead_tui.leads.lead import Lead, as_text, json_text
from lead_tui.leads.page import Rows
from lead_tui.leads.text import one_line, unescaped, without_controls
from lead_tui.paging.search import Search
from lead_tui.ui.screens.session import Session

MAX_SHOWN = 60
"""Characters of a value that a message quotes."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Something to copy, or why it cannot be."""

    name: str
    """``phone``, ``field``, ``lead`` or ``search``: the actions of the menu."""
    label: str
    text: str = ""
    """What is sent."""
    shown: str = ""
    """How it is told: clean, one line."""
    preview: str = ""
    """How the menu says it beside the label, where that is shorter."""
    refused: str = ""
    """Why there is nothing to send; then the others are empty."""


@runtime_checkable
class _WithBytes(Protocol):
    """Rows that hold what the server sent."""

    def row(self, index: int) -> Row | None: ...


@dataclass(frozen=True, slots=True)
class LeadTexts:
    """What the person sees: the lead under the cursor, the field under the detail's, the search."""

    session: Session
    search: Search | None
    rows: Rows | None
    row: int
    """The cursor's, from 0."""
    field: str | None
    """The key under the cursor of the detail; None while that has not the focus."""
    covered_in: Callable[[Lead], frozenset[str]]
    """The keys whose values are masked now in a lead."""
    is_raw: bool = False
    """Whether the person sees raw values: then those are copied, entities included."""

    @property
    def lead(self) -> Lead | None:
        """The lead; None where there is none, or it has not come."""
        lead = self.rows.lead(self.row) if self.rows is not None and 0 <= self.row < self.rows.length else None
        return None if lead is None or lead.problem else lead

    def phone(self) -> Copy:
        """The phone under the cursor, else the lead's first."""
        lead = self.lead
        if lead is None:
            return Copy("phone", "Phone", refused="There is no lead here")
        if self.field in PHONE_FIELDS:
            return self._value("phone", lead, self.field)
        came = [key for key in PHONE_FIELDS if as_text(lead.sent.get(key)).strip()]
        if not came:
            return Copy("phone", "Phone", refused="The lead has no phone")
        return self._value("phone", lead, next((key for key in came if key not in self.covered_in(lead)), came[0]))

    def value(self) -> Copy:
        """The field under the cursor."""
        lead = self.lead
        if lead is None or self.field is None:
            return Copy("field", "Field", refused="No field is marked: go to one in the detail")
        return self._value("field", lead, self.field)

    def whole(self) -> Copy:
        """The lead as JSON, as it came; what is masked is left out, and that is told."""
        lead = self.lead
        if lead is None:
            return Copy("lead", "Lead as JSON", refused="There is no lead here")
        left_out = self.covered_in(lead).intersection(lead.sent)
        text = _json(self.rows, self.row, lead, left_out)
        lead_id = "" if {"lead_id", "id"} & left_out else lead.lead_id
        without = f", without {len(left_out):,} masked {'field' if len(left_out) == 1 else 'fields'}" if left_out else ""
        size = f"{len(text):,} characters{without}"
        return Copy("lead", "Lead as JSON", text, f"{f'Lead {lead_id}'.rstrip()} as JSON, {size}", size)

    def asked(self) -> Copy:
        """The search as a curl command, without the token."""
        search, session = self.search, self.session
        if search is None or not session.base_url:
            return Copy("search", "Search as curl", refused="There is no search, or no server to ask")
        try:
            today = session.today()
            asked = [query for _, query in search.asked.parts] if search.asked and search.loader is None else [search.query]
            queries = [query.dated(today) for query in asked]
            command = curl_command(session.base_url, queries, limits.PAGE_ROWS, with_time=session.with_time)
        except LeadTuiError as error:
            return Copy("search", "Search as curl", refused=str(error))
        said = f"look-up {search.asked.text}" if search.asked else search.query.summary() or "all leads"
        return Copy("search", "Search as curl", command, f"curl for {one_line(said, MAX_SHOWN)}, token left out", said)

    def all(self) -> tuple[Copy, ...]:
        """Everything, in the order of the menu."""
        return self.phone(), self.value(), self.whole(), self.asked()

    def _value(self, name: str, lead: Lead, key: str) -> Copy:
        title = label(key, self.session.labels)
        if key in self.covered_in(lead):
            reveal = next((each.first for each in self.session.keys if each.id == "detail.reveal"), "")
            how = f": {reveal} in the detail reveals it" if reveal and self.session.may_reveal else ""
            return Copy(name, title, refused=f"{title} is masked{how}")
        sent = as_text(lead.sent.get(key))
        text = without_controls(sent if self.is_raw else unescaped(sent))
        if not text.strip():
            return Copy(name, title, refused=f"{title} is empty")
        shown = lead.covering(self.covered_in(lead))
        return Copy(name, title, text, _told(text, line_text(shown, key) if key in PHONE_FIELDS else ""))


def _told(text: str, written: str) -> str:
    """*text* as a message quotes it; before it, where that differs, as people write it."""
    shown = one_line(text, MAX_SHOWN)
    if written and written != shown:
        return f"{written}, as {shown}"
    return f"{shown} ({len(text):,} characters)" if len(text) > MAX_SHOWN else shown


def _json(rows: Rows | None, index: int, lead: Lead, left_out: frozenset[str]) -> str:
    """One line; what a terminal would obey is escaped as JSON does."""
    row = rows.row(index) if isinstance(rows, _WithBytes) else None
    data = compact(row) if row is not None else None
    if data is None:
        data = compact(msgspec.Raw(json_text(lead.sent).encode())) or b"{}"
    if left_out:
        members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        data = msgspec.json.encode({key: value for key, value in members.items() if key not in left_out})
    escaped = BytesIO()
    Sink(escaped, terminal=True).write_json(data)
    return escaped.getvalue().decode()
