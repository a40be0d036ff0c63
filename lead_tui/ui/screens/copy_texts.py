"""What can be copied, as text: of the lead under the cursor, of the marked leads, and of the search.

Values are copied as the server sent them, without control characters, and with entities decoded where the screen shows them so.
Messages are clean. Masked values are not copied until they are revealed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.export.csv_text import format_cell
from lead_tui.export.json_text import as_line, computed
from lead_tui.export.writer import Sink
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import COMPUTED, PHONE_FIELDS, column_of, key_of, shows_any
from lead_tui.leads.formatting import Template, label, line_text
from lead_tui.leads.lead import Lead, as_text, json_text
from lead_tui.leads.page import Rows
from lead_tui.leads.query import curl_command
from lead_tui.leads.text import counted, one_line, unescaped, without_controls
from lead_tui.paging.search import Search
from lead_tui.ui.screens.session import Session

_MAX_SHOWN: Final = 60
"""Characters of a value that a message quotes."""

_NAMES: Final = {
    "phone": "Phone",
    "field": "Field",
    "row": "Row (tab-separated)",
    "text": "Lead as text",
    "lead": "Lead as JSON",
    "template": "Template",
    "search": "Search as curl",
    "marked_phones": "Marked: phones",
    "marked_ids": "Marked: ids",
    "marked_rows": "Marked: rows",
    "marked_json": "Marked: JSON",
    "marked_template": "Marked: template",
}
"""The actions of the menu, in its order, with their labels."""

FORMATS: Final = ("", "text", "TSV", "JSON")
"""Formats of the field, the row and the lead; "" stands for the usual one of each."""

_WITH_FORMAT: Final = {"field": "Field", "row": "Row", "text": "Lead"}


class Copy(Struct, frozen=True):
    """Something to copy, or why it cannot be: then ``refused`` is set alone."""

    text: str = ""
    shown: str = ""
    """The same for a message: clean, one line."""
    preview: str = ""
    """The same for the menu, if that is shorter."""
    refused: str = ""
    label: str = ""
    """Its name in the menu, where that is not the usual one; ``choices`` gives every one its name."""


class CopyTexts(Struct, frozen=True, eq=False):
    """Makes the texts."""

    session: Session
    search: Search | None
    rows: Rows | None
    row: int
    columns: Sequence[str]
    field: str | None
    """The key under the cursor of the detail; None unless that has the focus."""
    masked_in: Callable[[Lead], frozenset[str]]
    """Keys of a lead whose values are masked now."""
    marked: Sequence[Row] = ()
    is_raw: bool = False
    """Whether raw values are shown: then those are copied, entities included."""

    def choices(self, form: str = "") -> dict[str, Copy]:
        """Return the lines of the menu by their actions, in the format *form*."""
        choices = {}
        for name, usual in _NAMES.items():
            if (not self.marked and name.startswith("marked")) or (
                name == "marked_template" and not self.session.settings.copy.template
            ):
                continue
            # Of marked leads, which may be many, nothing is made before it is chosen.
            copy = Copy(preview=counted(len(self.marked))) if name.startswith("marked") else self.make(name, form)
            label = f"{_WITH_FORMAT[name]} as {form}" if form and name in _WITH_FORMAT else copy.label or usual
            choices[name] = replace(copy, label=label)
        return choices

    def make(self, name: str, form: str = "") -> Copy:
        """Return what the action *name* of the menu copies, in the format *form*."""
        if name == "search":
            return self.curl()
        if name.startswith("marked"):
            return self._of_marked(name.removeprefix("marked_"))
        lead, field = self.lead, self.field or ""
        if lead is None:
            return Copy(refused="No lead here")
        named = f"{_WITH_FORMAT.get(name)} as {form}"
        match name, form:
            case "phone", _:
                key = field if field in PHONE_FIELDS else self._first_phone(lead)
                return self._value(lead, key, "Phone") if key else Copy(refused="The lead has no phone")
            case "email", _:
                return self._value(lead, "email")
            case "field", _ if self.field is None:
                return Copy(refused="No field selected: select one in the detail")
            case "field", "TSV" | "JSON" if self._value(lead, field).text:
                return _whole(self._formatted(lead, [field], form), named)
            case "field", _:
                return self._value(lead, field)
            case "row", "text" | "JSON":
                return _whole(self._formatted(lead, self.columns, form), named)
            case "row", _:
                return _whole(self._tsv(lead), "Row")
            case "text", "TSV":
                return _whole(self._formatted(lead, _keys_of(lead), form), named, self._without(lead))
            case "text", "" | "text":
                return _whole(self._text(lead), "Lead as text", self._without(lead))
            case "template", _ if not self.session.settings.copy.template:
                return Copy(refused="No template yet: set [copy] template in config.toml")
            case "template", _:
                return _whole(self._filled(lead), "")
        return self._as_json(lead)

    # The lead under the cursor

    @property
    def lead(self) -> Lead | None:
        """The lead; None where there is none, or it is not loaded."""
        lead = self.rows.lead(self.row) if self.rows is not None and 0 <= self.row < self.rows.length else None
        return None if lead is None or lead.problem else lead

    def _first_phone(self, lead: Lead) -> str:
        phones = [key for key in PHONE_FIELDS if as_text(lead.sent.get(key)).strip()]
        masked = self.masked_in(lead)
        return next((key for key in phones if key not in masked), phones[0] if phones else "")

    def _value(self, lead: Lead, key: str, title: str = "") -> Copy:
        name = label(key, self.session.settings.labels)
        if key in self.masked_in(lead):
            reveal = next((each.first for each in self.session.keys if each.id == "detail.reveal"), "")
            how = f": {reveal} in the detail reveals it" if reveal and self.session.capabilities.may_reveal else ""
            return Copy(refused=f"{name} is masked{how}", label=title or name)
        text = self._sent(lead, column_of(key))
        if not text.strip():
            return Copy(refused=f"{name} is empty", label=title or name)
        shown = one_line(text, _MAX_SHOWN)
        formatted = line_text(lead.with_masked(self.masked_in(lead)), key) if key in PHONE_FIELDS else ""
        if formatted and formatted != shown:
            shown = f"{formatted}, as {shown}"
        elif len(text) > _MAX_SHOWN:
            shown = f"{shown} ({len(text):,} characters)"
        return Copy(text, shown, label=title or name)

    def _sent(self, lead: Lead, column: str) -> str:
        if column in COMPUTED:
            return computed(column, lead, self.session.now())
        sent = as_text(lead.sent.get(key_of(column)))
        return without_controls(sent if self.is_raw else unescaped(sent))

    def _as_json(self, lead: Lead) -> Copy:
        """The lead as JSON, as the server sent it, without masked fields; the message counts those."""
        masked = self.masked_in(lead).intersection(lead.sent)
        text = _json(self.rows.row(self.row) if self.rows is not None else None, lead, masked)
        lead_id = "" if {"lead_id", "id"} & masked else lead.lead_id
        size = f"{len(text):,} characters{self._without(lead)}"
        return Copy(text, f"{f'Lead {lead_id}'.rstrip()} as JSON, {size}", size)

    def _without(self, lead: Lead) -> str:
        masked = self.masked_in(lead).intersection(lead.sent)
        return f", without {counted(len(masked), 'masked field')}" if masked else ""

    def _text(self, lead: Lead) -> str:
        """A line for each field that is not empty: its label and its value as on the screen."""
        shown = lead.with_masked(self.masked_in(lead))
        values = [(key, line_text(shown, key)) for key in _keys_of(lead)]
        return "\n".join(f"{label(key, self.session.settings.labels)}: {value}" for key, value in values if value)

    def _tsv(self, lead: Lead) -> str:
        """The table's columns with a tab between two, harmless in a spreadsheet."""
        masked = self.masked_in(lead)
        cells = ["" if shows_any(each, masked) else self._sent(lead, each) for each in self.columns]
        return "\t".join(format_cell(" ".join(cell.split())) for cell in cells)

    def _formatted(self, lead: Lead, columns: Sequence[str], form: str) -> str:
        """The values of *columns* that are not masked: as JSON by keys, or a line each after its label or a tab."""
        masked = self.masked_in(lead)
        values = {each: self._sent(lead, each) for each in columns if not shows_any(each, masked)}
        if form == "JSON":
            sent = {each: value if each in COMPUTED else lead.sent.get(key_of(each)) for each, value in values.items()}
            return _json(None, Lead(sent), frozenset())
        cells = {label(each, self.session.settings.labels): " ".join(value.split()) for each, value in values.items()}
        if form == "TSV":
            return "\n".join(f"{format_cell(name)}\t{format_cell(cell)}" for name, cell in cells.items())
        return "\n".join(f"{name}: {cell}" for name, cell in cells.items() if cell)

    def _filled(self, lead: Lead) -> str:
        return Template(self.session.settings.copy.template).fill(lead, self.masked_in(lead), self.session.now())

    # The marked leads

    def _of_marked(self, what: str) -> Copy:
        leads = [decode_row(row) for row in self.marked]
        noun = {"phones": "phone", "ids": "id", "rows": "row"}.get(what, "lead")
        match what:
            case "phones":
                phones = [(lead, self._first_phone(lead)) for lead in leads]
                lines = [self._sent(lead, key) if key and key not in self.masked_in(lead) else "" for lead, key in phones]
            case "ids":
                lines = ["" if {"lead_id", "id"} & self.masked_in(lead) else lead.lead_id for lead in leads]
            case "rows":
                lines = [self._tsv(lead) for lead in leads]
            case "json":
                masked = [self.masked_in(lead).intersection(lead.sent) for lead in leads]
                lines = [_json(*each) for each in zip(self.marked, leads, masked, strict=True)]
            case _:
                lines = [self._filled(lead) for lead in leads]
        found = [line for line in lines if line.strip()]
        if not found:
            return Copy(refused=f"None of the marked leads has a {noun} to copy")
        left = len(lines) - len(found)
        return Copy("\n".join(found), counted(len(found), noun) + (f", {counted(left, 'lead')} without" if left else ""))

    # The search

    def curl(self) -> Copy:
        search, session = self.search, self.session
        if search is None or not session.base_url:
            return Copy(refused="No search, or no server address")
        try:
            today = session.today()
            queries = (
                [query for _, query in search.lookup.parts]
                if search.lookup and search.loader is None
                else search.query.in_each_field
            )
            dated = [query.dated(today) for query in queries]
            command = curl_command(session.base_url, dated, limits.PAGE_ROWS, with_time=session.settings.dates.with_time)
        except LeadTuiError as error:
            return Copy(refused=str(error))
        summary = f"look-up {search.lookup.text}" if search.lookup else search.query.summary() or "all leads"
        return Copy(command, f"curl for {one_line(summary, _MAX_SHOWN)}, token left out", summary)


def _keys_of(lead: Lead) -> list[str]:
    return [*lead.documented_keys(), *lead.custom_keys()]


def _whole(text: str, name: str, without: str = "") -> Copy:
    if not text.strip():
        return Copy(refused="Nothing to copy")
    line = one_line(text.replace("\t", "  ").replace("\n", " · "), _MAX_SHOWN)
    return Copy(text, f"{name}, {len(text):,} characters{without}" if name else line, line)


def _json(row: Row | None, lead: Lead, left_out: frozenset[str]) -> str:
    """JSON in one line; control characters are escaped."""
    data = as_line(row) if row is not None else None
    if data is None:
        data = as_line(msgspec.Raw(json_text(lead.sent).encode())) or b"{}"
    if left_out:
        members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        data = msgspec.json.encode({key: value for key, value in members.items() if key not in left_out})
    escaped = BytesIO()
    Sink(escaped, terminal=True).write_json(data)
    return escaped.getvalue().decode()
