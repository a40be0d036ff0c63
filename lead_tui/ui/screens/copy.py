"""Copying to the terminal's clipboard: the phone at once, or the field, the lead as JSON or the search as curl from a menu.

Values are copied as the server sent them, without control characters, and with entities decoded where the screen shows them so.
Messages are clean. A masked value is not copied until it is revealed. The terminal never confirms, so no message says "copied".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar, Final, Protocol, runtime_checkable

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from lead_tui import limits
from lead_tui.export.rows import compact
from lead_tui.export.sink import Sink
from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.curl import curl_command
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.formatting import label, line_text
from lead_tui.leads.lead import Lead, as_text, json_text
from lead_tui.leads.page import Rows
from lead_tui.leads.permissions import refusal
from lead_tui.leads.text import one_line, unescaped, without_controls
from lead_tui.paging.search import Search
from lead_tui.ui.dialogs.base import Dialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.session import Session

_GAP: Final = 2
_MAX_LABEL: Final = 20
_MAX_SHOWN: Final = 60
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
    """The same for a message: clean, one line."""
    preview: str = ""
    """The same for the menu, where that is shorter."""
    refused: str = ""
    """Why there is nothing to send; then the others are empty."""


class CopyController:
    """Copies the phone, or what is chosen in a menu, to the terminal's clipboard."""

    def __init__(self, main: MainContext) -> None:
        self._main = main

    def phone(self) -> None:
        """Copy the phone."""
        if self._is_allowed():
            self._send(self._texts().phone())

    def choose(self) -> None:
        """Open the menu of what can be copied."""
        if self._is_allowed():
            self._main.screen.app.push_screen(CopyMenu(self._texts().all(), self._main.session.keys), self._send)

    def _is_allowed(self) -> bool:
        is_allowed = self._main.session.capabilities.may_copy
        if not is_allowed:
            self._main.say(refusal("may_copy"), alert=True)
        return is_allowed

    def _texts(self) -> LeadTexts:
        main, table, detail = self._main, self._main.table, self._main.detail
        table.settle()
        field = detail.current_field if main.panes.focused is Pane.DETAIL else None
        return LeadTexts(main.session, main.search, table.rows, table.cursor, field, detail.masked_keys, detail.raw)

    def _send(self, copy: Copy | None) -> None:
        if copy is None:
            return
        if copy.refused:
            self._main.say(f"Not copied: {copy.refused}", alert=True)
            return
        try:
            self._main.screen.app.copy_to_clipboard(copy.text)
        except LeadTuiError as error:
            self._main.say(f"Not copied: {error}", alert=True)
        else:
            self._main.say(f"Sent to the terminal's clipboard: {copy.shown}")


class _Choice(Static, can_focus=True):
    """A line of the menu: key, name, and what would be copied."""

    ALLOW_SELECT: ClassVar[bool] = False

    @dataclass
    class Clicked(Message):
        """The mouse chose *copy*."""

        copy: Copy

    def __init__(self, key: str, copy: Copy, key_width: int) -> None:
        shown = copy.refused or copy.preview or copy.shown
        name = fit(copy.label, min(_MAX_LABEL, cell_width(copy.label)))
        left = f" {key}{' ' * (key_width - cell_width(key) + _GAP)}{name}{' ' * (_MAX_LABEL - cell_width(name) + _GAP)}"
        super().__init__(Content.assemble(left, (shown, "$text-muted") if copy.refused else shown))
        self.choice = copy

    def on_click(self) -> None:
        self.post_message(self.Clicked(self.choice))


class CopyMenu(Dialog[Copy | None]):
    """Which of *choices* to copy; None where the user cancels."""

    DEFAULT_CSS = """
    CopyMenu {
        & > .box { width: 76; }
        & _Choice { width: 100%; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & _Choice:focus { text-style: reverse; }
    }
    """

    AUTO_FOCUS = "_Choice"

    def __init__(self, choices: Sequence[Copy], keys: Sequence[Key]) -> None:
        super().__init__(Pane.COPY, keys)
        first = {key.action: key.first for key in self.keys if key.pane is Pane.COPY}
        width = max(cell_width(first.get(copy.name, "")) for copy in choices)
        self._choices = [_Choice(first.get(copy.name, ""), copy, width) for copy in choices]

    def compose(self) -> ComposeResult:
        box = Vertical(*self._choices, classes="box")
        box.border_title = Content("Copy to the terminal's clipboard")
        yield box

    def on_mount(self) -> None:
        self.be_ready()

    @on(_Choice.Clicked)
    def _clicked(self, message: _Choice.Clicked) -> None:
        self.finish(message.copy)

    def _take(self, name: str) -> None:
        self.finish(next(each.choice for each in self._choices if each.choice.name == name))

    def action_phone(self) -> None:
        self._take("phone")

    def action_field(self) -> None:
        self._take("field")

    def action_lead(self) -> None:
        self._take("lead")

    def action_search(self) -> None:
        self._take("search")

    def action_choose(self) -> None:
        if isinstance(self.focused, _Choice):
            self.finish(self.focused.choice)

    def action_next(self) -> None:
        self.focus_next(_Choice)

    def action_previous(self) -> None:
        self.focus_previous(_Choice)

    def action_close(self) -> None:
        self.finish(None)


@runtime_checkable
class _WithBytes(Protocol):
    """Rows with what the server sent."""

    def row(self, index: int) -> Row | None: ...


@dataclass(frozen=True, slots=True)
class LeadTexts:
    """What can be copied: of the lead under the cursor, of the field under the detail's cursor, and of the search."""

    session: Session
    search: Search | None
    rows: Rows | None
    row: int
    """The cursor's, from 0."""
    field: str | None
    """The key under the cursor of the detail; None unless that has the focus."""
    masked_in: Callable[[Lead], frozenset[str]]
    """Keys of a lead whose values are masked now."""
    is_raw: bool = False
    """Whether raw values are shown: then those are copied, entities included."""

    @property
    def lead(self) -> Lead | None:
        """The lead; None where there is none, or it is not loaded."""
        lead = self.rows.lead(self.row) if self.rows is not None and 0 <= self.row < self.rows.length else None
        return None if lead is None or lead.problem else lead

    def phone(self) -> Copy:
        """The phone under the cursor, else the lead's first that is not masked."""
        lead = self.lead
        if lead is None:
            return Copy("phone", "Phone", refused="No lead here")
        if self.field in PHONE_FIELDS:
            return self._value("phone", lead, self.field)
        phones = [key for key in PHONE_FIELDS if as_text(lead.sent.get(key)).strip()]
        if not phones:
            return Copy("phone", "Phone", refused="The lead has no phone")
        return self._value("phone", lead, next((key for key in phones if key not in self.masked_in(lead)), phones[0]))

    def field_value(self) -> Copy:
        lead = self.lead
        if lead is None or self.field is None:
            return Copy("field", "Field", refused="No field selected: select one in the detail")
        return self._value("field", lead, self.field)

    def as_json(self) -> Copy:
        """The lead as JSON, as the server sent it, without masked fields; the message counts those."""
        lead = self.lead
        if lead is None:
            return Copy("lead", "Lead as JSON", refused="No lead here")
        left_out = self.masked_in(lead).intersection(lead.sent)
        text = _json(self.rows, self.row, lead, left_out)
        lead_id = "" if {"lead_id", "id"} & left_out else lead.lead_id
        without = f", without {len(left_out):,} masked {'field' if len(left_out) == 1 else 'fields'}" if left_out else ""
        size = f"{len(text):,} characters{without}"
        return Copy("lead", "Lead as JSON", text, f"{f'Lead {lead_id}'.rstrip()} as JSON, {size}", size)

    def curl(self) -> Copy:
        """The search as a curl command, without the token."""
        search, session = self.search, self.session
        if search is None or not session.base_url:
            return Copy("search", "Search as curl", refused="No search, or no server address")
        try:
            today = session.today()
            queries = [query for _, query in search.lookup.parts] if search.lookup and search.loader is None else [search.query]
            dated = [query.dated(today) for query in queries]
            command = curl_command(session.base_url, dated, limits.PAGE_ROWS, with_time=session.with_time)
        except LeadTuiError as error:
            return Copy("search", "Search as curl", refused=str(error))
        summary = f"look-up {search.lookup.text}" if search.lookup else search.query.summary() or "all leads"
        return Copy("search", "Search as curl", command, f"curl for {one_line(summary, _MAX_SHOWN)}, token left out", summary)

    def all(self) -> tuple[Copy, ...]:
        """Everything, in the order of the menu."""
        return self.phone(), self.field_value(), self.as_json(), self.curl()

    def _value(self, name: str, lead: Lead, key: str) -> Copy:
        title = label(key, self.session.labels)
        if key in self.masked_in(lead):
            reveal = next((each.first for each in self.session.keys if each.id == "detail.reveal"), "")
            how = f": {reveal} in the detail reveals it" if reveal and self.session.may_reveal else ""
            return Copy(name, title, refused=f"{title} is masked{how}")
        sent = as_text(lead.sent.get(key))
        text = without_controls(sent if self.is_raw else unescaped(sent))
        if not text.strip():
            return Copy(name, title, refused=f"{title} is empty")
        shown = lead.covering(self.masked_in(lead))
        return Copy(name, title, text, _quoted(text, line_text(shown, key) if key in PHONE_FIELDS else ""))


def _quoted(text: str, formatted: str) -> str:
    """*text* for a message, after the formatted value where that differs."""
    shown = one_line(text, _MAX_SHOWN)
    if formatted and formatted != shown:
        return f"{formatted}, as {shown}"
    return f"{shown} ({len(text):,} characters)" if len(text) > _MAX_SHOWN else shown


def _json(rows: Rows | None, index: int, lead: Lead, left_out: frozenset[str]) -> str:
    """JSON in one line; control characters are escaped."""
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
