"""Copying to the terminal's clipboard: the phone or a field directly, anything else from a menu. Messages say what is known.

Values are copied as the server sent them, without control characters, and with entities decoded where the screen shows them so.
Messages are clean. Masked values are not copied until they are revealed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partialmethod
from io import BytesIO
from typing import Final, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.export.csv_text import format_cell
from lead_tui.export.values import as_line, computed
from lead_tui.export.writer import Sink
from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import COMPUTED, PHONE_FIELDS, column_of, key_of, shows_any
from lead_tui.leads.lead import Lead, Row, as_text, decode_row, json_text
from lead_tui.leads.query import curl_command
from lead_tui.leads.text import cell_width, counted, fit, joined, one_line, unescaped, without_controls
from lead_tui.leads.values import Template, column_text, label
from lead_tui.terminal.capabilities import dropped_by, is_over_mosh
from lead_tui.terminal.host import HostedApp
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.drawn_list import DrawnLine

_LABEL_WIDTH = 22
_MAX_SHOWN: Final = 60
"""Characters of a value that a message quotes."""

_NAMES: Final = {
    "phone": "Phone",
    "field": "Field",
    "row": "Row as TSV",
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

_FORMATS: Final = ("", "text", "TSV", "JSON")
"""Formats of the field, the row and the lead; "" is the usual one of each."""

_NOUNS: Final = {"marked_phones": "phone", "marked_ids": "id", "marked_rows": "row"}
"""What marked leads may lack; the others are leads."""


class Copy(Struct, frozen=True):
    """Something to copy, or why it cannot be copied: then only ``refused`` is set."""

    text: str = ""
    shown: str = ""
    """The same for a message: clean, one line."""
    preview: str = ""
    """The same for the menu, if that is shorter."""
    refused: str = ""
    label: str = ""
    """Its name in the menu if that is not the usual one; ``choices`` gives each its name."""


class CopyController:
    """Copies texts of the lead, the marked leads and the search."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._turn = asyncio.Lock()
        self._last = ""
        """The text sent last."""

    def copy(self, name: str, note: str = "") -> None:
        """Copy what the menu's *name* copies, or the email; *note* ends the message."""
        if self._main.is_allowed("may_copy"):
            copy = CopyTexts(self._main).make(name)
            self._send(replace(copy, shown=joined(copy.shown, note)))

    def recording(self, address: str) -> None:
        if self._main.is_allowed("may_copy"):
            self._send(Copy(address, address))

    def choose(self) -> None:
        if self._main.is_allowed("may_copy"):
            texts = CopyTexts(self._main)
            menu = CopyMenu(texts.choices, self._main.session.keys)
            self._main.ask(menu, lambda name: self._send(texts.make(name, menu.form)))

    def _send(self, copy: Copy) -> None:
        if copy.refused:
            self._fail(copy.refused)
        elif os.environ.get("TMUX") and self._main.session.capabilities.may_start_programs:
            self._main.run_worker(self._send_by_tmux(copy))
        else:
            self._send_to_terminal(copy)

    def _fail(self, why: object) -> None:
        self._main.say(f"Not copied: {why}", alert=True)

    async def _send_by_tmux(self, copy: Copy) -> None:
        """Copy by a command of tmux, one after the other; by OSC 52 if tmux is too old for that."""
        app = cast("HostedApp[object]", self._main.app)
        try:
            async with self._turn:
                is_sent = await app.copy_by_tmux(copy.text)
        except LeadTuiError as error:
            self._fail(error)
            return
        if is_sent:
            self._main.say(f"Sent to clipboard by tmux: {copy.shown}")
        else:
            self._send_to_terminal(copy)

    def _send_to_terminal(self, copy: Copy) -> None:
        try:
            self._main.app.copy_to_clipboard(copy.text)
        except LeadTuiError as error:
            self._fail(error)
            return
        known = ""
        if is_over_mosh():
            known = "mosh passes the same text on only once" if copy.text == self._last else ""
        elif terminal := dropped_by(os.environ):
            known = f"{terminal} drops it unless set up"
        self._last = copy.text
        self._main.say(f"Sent to clipboard: {copy.shown}", known)


class CopyMenu(ListDialog[str, str]):
    """Asks what to copy, in which ``form``; the result is its name. *choices* returns by name what can be copied in a format."""

    def __init__(self, choices: Callable[[str], Mapping[str, Copy]], keys: Sequence[Key]) -> None:
        super().__init__(Pane.COPY, keys)
        self._in_format = choices
        self._show_format(_FORMATS[0])
        self._first = {key.action: key.first for key in self.keys if key.pane is Pane.COPY}
        self.set_titles("Copy to the terminal's clipboard")

    def line(self, index: int, width: int) -> DrawnLine:
        choice = self._choices[index]
        left = f" {fit(self._first.get(self.items[index], ''), 3)}{fit(choice.label, _LABEL_WIDTH)} "
        preview = fit(choice.refused or choice.preview or choice.shown, width - cell_width(left))
        return DrawnLine((("", left), ("muted" if choice.refused else "", preview)))

    def hints(self) -> list[str]:
        return [self.hint("copy.choose"), self.hint("copy.format"), self.hint("dialog.close", "cancel")]

    def _show_format(self, form: str) -> None:
        self.form, choices = form, self._in_format(form)
        self.items = self.answers = list(choices)
        self._choices = list(choices.values())

    def action_format(self) -> None:
        self._show_format(_FORMATS[(_FORMATS.index(self.form) + 1) % len(_FORMATS)])
        self.draw()

    action_choose = ListDialog.choose
    action_next = partialmethod(ListDialog.move, "down")
    action_previous = partialmethod(ListDialog.move, "up")


class CopyTexts:
    """Makes the texts of the lead now under the cursor, the marked leads and the search."""

    def __init__(self, main: MainContext) -> None:
        table, detail = main.table, main.detail
        self._session, self._search, self._marked = main.session, main.search, list(main.memory.marks.values())
        self._columns, self._labels = table.columns, main.session.settings.labels
        self._absence = table.absence
        self._lead = table.lead if not self._absence else None
        self._row = table.rows.row(table.cursor) if table.rows is not None and self._lead is not None else None
        self._field = detail.key if main.panes.focused is Pane.DETAIL else None
        """The key under the cursor of the detail; None unless the detail has the focus."""
        self._is_raw = detail.look.raw
        """Whether raw values are shown; then they are copied, including entities."""
        self._masked_in = detail.masked_keys
        template = main.session.settings.copy.template
        self._template = Template(template) if template else None

    def choices(self, form: str = "") -> dict[str, Copy]:
        """Return the menu's lines by action, in the format *form*."""
        choices = {}
        for name, usual in _NAMES.items():
            is_marked = name.startswith("marked")
            if (is_marked and not self._marked) or (name == "marked_template" and self._template is None):
                continue
            # The marked leads may be many: their text is made only when it is chosen.
            copy = Copy(preview=counted(len(self._marked))) if is_marked else self.make(name, form)
            choices[name] = replace(copy, label=copy.label or usual)
        return choices

    def make(self, name: str, form: str = "") -> Copy:
        """Return what the action *name* of the menu copies, in the format *form*; "email" is an action, too."""
        lead, field = self._lead, self._field or ""
        if name == "search":
            return self._curl()
        if name.startswith("marked"):
            return self._of_marked(name)
        if lead is None:
            return Copy(refused=self._absence)
        match name:
            case "phone":
                key = field if field in PHONE_FIELDS else self._first_phone(lead)
                return self._value(lead, key, "Phone") if key else Copy(refused="The lead has no phone")
            case "email":
                return self._value(lead, "email")
            case "template":
                no_template = Copy(refused="No template yet: set [copy] template in config.toml")
                return no_template if self._template is None else _whole(self._filled(lead), "")
            case "field" if self._field is None:
                return Copy(refused="No field selected: select one in the detail")
            case "field" if form in ("", "text") or not self._value(lead, field).text:
                return self._value(lead, field)
        every = map(column_of, (*lead.documented_keys(), *lead.custom_keys()))
        columns = [column_of(field)] if name == "field" else self._columns if name == "row" else list(every)
        form = "JSON" if name == "lead" else form or ("TSV" if name == "row" else "text")
        masked = self._masked_in(lead)
        open_columns = [each for each in columns if not shows_any(each, masked)]
        if name == "row" and form == "TSV":
            text = self._tsv(lead)
        elif name in ("text", "lead") and form == "JSON":
            text = self._json(self._row, lead, self._masked(lead))
        else:
            text = self._formatted(lead, open_columns, form)
        hidden = len(columns) - len(open_columns)
        what = f"{name.capitalize() if name in ('field', 'row') else 'Lead'} as {form}"
        return _whole(text, what, f", without {counted(hidden, 'masked field')}" if hidden else "")

    # A lead

    def _first_phone(self, lead: Lead) -> str:
        phones = [key for key in PHONE_FIELDS if as_text(lead.sent.get(key)).strip()]
        masked = self._masked_in(lead)
        return next((key for key in phones if key not in masked), phones[0] if phones else "")

    def _value(self, lead: Lead, key: str, title: str = "") -> Copy:
        name, masked = label(key, self._labels), self._masked_in(lead)
        if key in masked:
            reveal = next((each.first for each in self._session.keys if each.id == "detail.reveal"), "")
            how = f": {reveal} in the detail reveals it" if reveal and self._session.capabilities.may_reveal else ""
            return Copy(refused=f"{name} is masked{how}", label=title or name)
        text = self._sent(lead, column_of(key))
        if not text.strip():
            return Copy(refused=f"{name} is empty", label=title or name)
        length = f" ({len(text):,} characters)" if len(text) > _MAX_SHOWN else ""
        return Copy(text, one_line(text, _MAX_SHOWN) + length, label=title or name)

    def _sent(self, lead: Lead, column: str) -> str:
        if column in COMPUTED:
            return computed(column, lead, self._session.now())
        sent = as_text(lead.sent.get(key_of(column)))
        return without_controls(sent if self._is_raw else unescaped(sent))

    def _masked(self, lead: Lead) -> frozenset[str]:
        return self._masked_in(lead).intersection(lead.sent)

    def _tsv(self, lead: Lead) -> str:
        """The table's columns, separated by tabs, harmless in a spreadsheet."""
        masked = self._masked_in(lead)
        return "\t".join("" if shows_any(each, masked) else self._cell(lead, each) for each in self._columns)

    def _cell(self, lead: Lead, column: str) -> str:
        return format_cell(" ".join(self._sent(lead, column).split()))

    def _formatted(self, lead: Lead, columns: Sequence[str], form: str) -> str:
        """Return the values of *columns*: as JSON by keys, or a line each after its label, with a tab or as on the screen."""
        if form == "JSON":
            values = {each: self._sent(lead, each) if each in COMPUTED else lead.sent.get(key_of(each)) for each in columns}
            return self._json(None, Lead(values))
        if form == "TSV":
            return "\n".join(f"{format_cell(label(each, self._labels))}\t{self._cell(lead, each)}" for each in columns)
        lines = ((label(each, self._labels), column_text(lead, each, self._session.now())) for each in columns)
        return "\n".join(f"{name}: {text}" for name, text in lines if text)

    def _json(self, row: Row | None, lead: Lead, left_out: Collection[str] = ()) -> str:
        """JSON on one line as the server sent it; control characters are escaped."""
        data = (as_line(row) if row is not None else None) or as_line(msgspec.Raw(json_text(lead.sent).encode())) or b"{}"
        if left_out:
            members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
            data = msgspec.json.encode({key: value for key, value in members.items() if key not in left_out})
        escaped = BytesIO()
        Sink(escaped, terminal=True).write_json(data)
        return escaped.getvalue().decode()

    def _filled(self, lead: Lead) -> str:
        return self._template.fill(lead, self._masked_in(lead), self._session.now()) if self._template is not None else ""

    # The marked leads

    def _of_marked(self, name: str) -> Copy:
        lines = [self._line(name, row, decode_row(row)) for row in self._marked]
        found, noun = [line for line in lines if line.strip()], _NOUNS.get(name, "lead")
        if not found:
            return Copy(refused=f"None of the marked leads has a {noun} to copy")
        left = len(lines) - len(found)
        return Copy("\n".join(found), counted(len(found), noun) + (f", {counted(left, 'lead')} without" if left else ""))

    def _line(self, name: str, row: Row, lead: Lead) -> str:
        masked = self._masked_in(lead)
        match name:
            case "marked_phones":
                key = self._first_phone(lead)
                return self._sent(lead, key) if key and key not in masked else ""
            case "marked_ids":
                return "" if {"lead_id", "id"} & masked else lead.lead_id
            case "marked_rows":
                return self._tsv(lead)
            case "marked_json":
                return self._json(row, lead, self._masked(lead))
        return self._filled(lead)

    # The search

    def _curl(self) -> Copy:
        search, session = self._search, self._session
        if not session.base_url:
            return Copy(refused="No server address")
        look_up = search.lookup
        queries = [query for _, query in look_up.parts] if look_up and search.is_merged else search.query.in_each_field
        dated, with_time = [query.dated(session.today()) for query in queries], session.settings.dates.with_time
        command = curl_command(session.base_url, dated, limits.PAGE_ROWS, with_time=with_time)
        summary = f"look-up {look_up.text}" if look_up else search.query.summary() or "all leads"
        return Copy(command, f"curl for {one_line(summary, _MAX_SHOWN)}, token left out", summary)


def _whole(text: str, name: str, without: str = "") -> Copy:
    if not text.strip():
        return Copy(refused="Nothing to copy")
    line = one_line(text.replace("\t", "  ").replace("\n", " · "), _MAX_SHOWN)
    return Copy(text, f"{name}, {counted(len(text), 'character')}{without}" if name else line, line, label=name)
