"""Copying to the terminal's clipboard: the phone or a field directly, anything else from a menu. Messages say what is known.

Values are copied as the server sent them, without control characters, and with entities decoded where the screen shows them so.
Masked values are not copied until they are revealed.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partialmethod
from typing import Final, cast

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.export.csv_text import format_cell
from lead_tui.export.values import computed
from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import COMPUTED, PHONE_FIELDS, column_of, key_of
from lead_tui.leads.lead import Lead, as_text, decode_row, json_text
from lead_tui.leads.query import curl_command
from lead_tui.leads.text import cell_width, counted, fit, joined, one_line, unescaped, without_controls
from lead_tui.leads.values import Template, column_text, label
from lead_tui.terminal.capabilities import dropped_by, is_over_mosh
from lead_tui.terminal.host import HostedApp
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.drawn_list import DrawnLine

_LABEL_WIDTH = 22
_MAX_SHOWN: Final = 60  # characters of a text that a message or the menu quotes

_NAMES: Final = {
    "phone": "Phone",
    "field": "Field",
    "row": "Row",
    "text": "Lead",
    "lead": "Lead",
    "template": "Template",
    "search": "Search as curl",
    "marked_phones": "Marked: phones",
    "marked_ids": "Marked: ids",
    "marked_rows": "Marked: rows",
    "marked_json": "Marked: JSON",
    "marked_template": "Marked: template",
}
"""The actions of the menu, in its order, with their labels."""

_FORMATS: Final = ("", "text", "TSV", "JSON")  # formats of the field, the row and the lead; "" is the usual one of each


class Copy(Struct, frozen=True):
    """Text to copy, or the reason why it is ``refused``."""

    text: str = ""
    shown: str = ""  # the same for a message: clean, one line
    refused: str = ""


class CopyController:
    """Copies texts of the lead, the marked leads and the search."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._turn = asyncio.Lock()
        self._labels = main.session.settings.labels
        template = main.session.settings.copy.template
        self._template = Template(template) if template else None

    def copy(self, name: str) -> None:
        """Copy what the menu's *name* copies, or the email."""
        self._send(self.make(name))

    def recording(self, address: str) -> None:
        self._send(Copy(address, address))

    def choose(self) -> None:
        menu = CopyMenu(self.choices, self._main.session.keys)
        self._main.ask(menu, lambda name: self._send(self.make(name, menu.form)))

    def _send(self, copy: Copy) -> None:
        if copy.refused:
            self._main.say(f"Not copied: {copy.refused}", alert=True)
        elif self._main.is_allowed("main.copy"):
            self._main.run_worker(self._send_text(copy))

    async def _send_text(self, copy: Copy) -> None:
        """Copy by a command of tmux, one after the other; by OSC 52 without tmux, or if it is too old for that."""
        app, may_ask_tmux = cast("HostedApp[object]", self._main.app), self._main.session.capabilities.may_start_programs
        way = known = ""
        try:
            async with self._turn:
                if os.environ.get("TMUX") and may_ask_tmux and await app.copy_by_tmux(copy.text):
                    way = " by tmux"
                else:
                    app.copy_to_clipboard(copy.text)
                    if (terminal := dropped_by(os.environ)) and not is_over_mosh():
                        known = f"{terminal} drops it unless set up"
        except LeadTuiError as error:
            self._main.say(f"Not copied: {error}", alert=True)
        else:
            self._main.say(f"Sent to clipboard{way}: {copy.shown}", known)

    @property
    def _field(self) -> str | None:
        """The key under the cursor of the detail; None unless the detail has the focus."""
        return self._main.detail.key if self._main.panes.focused is Pane.DETAIL else None

    def choices(self, form: str) -> Mapping[str, tuple[str, Copy]]:
        """Return the menu's lines by action, each with its label, in the format *form*."""
        found, marks = {}, self._main.memory.marks
        for name, title in _NAMES.items():
            if not name.startswith("marked"):
                if name == "field" and self._field is not None:
                    title = label(self._field, self._labels)
                elif name in ("row", "text", "lead"):
                    title = f"{title} as {_format_of(name, form)}"
                found[name] = title, self.make(name, form)
            elif marks and (self._template or name != "marked_template"):
                # They may be many: their text is made only when it is chosen.
                found[name] = title, Copy(shown=counted(len(marks)))
        return found

    def make(self, name: str, form: str = "") -> Copy:
        """Return what the action *name* of the menu copies, in the format *form*; "email" is an action, too."""
        lead, field = self._main.table.lead, self._field
        if name == "search":
            return self._curl()
        if name.startswith("marked"):
            marked = self._main.memory.marks.values()
            lines = list(filter(str.strip, (self._text(name, decode_row(row)) for row in marked)))
            left = len(marked) - len(lines)
            return _copy("\n".join(lines), counted(len(lines)) + (f", {left:,} without" if left else ""))
        if lead is None or self._main.table.absence:
            return Copy(refused=self._main.table.absence)
        if name == "phone":
            phones = (key for key in PHONE_FIELDS if as_text(lead.sent.get(key)).strip())
            key = field if field in PHONE_FIELDS else next(phones, "")
            return self._value(lead, key) if key else Copy(refused="The lead has no phone")
        if name == "email":
            return self._value(lead, name)
        if name == "template" and self._template is None:
            return Copy(refused="No template yet: set [copy] template in config.toml")
        if name == "field":
            if field is None:
                return Copy(refused="No field selected: select one in the detail")
            value = self._value(lead, field)
            if value.refused or form in ("", "text"):
                return value
        hidden = len(self._main.detail.masked_keys(lead).intersection(lead.sent))
        without = f"without {counted(hidden, 'masked field')}" if hidden and name in ("row", "text", "lead") else ""
        copy = _copy(self._text(name, lead, _format_of(name, form)))
        return replace(copy, shown=joined(copy.shown, without))

    def _value(self, lead: Lead, key: str) -> Copy:
        name = label(key, self._labels)
        if key in self._main.detail.masked_keys(lead):
            reveal = self._main.hint("detail.reveal", "in the detail reveals it") if self._main.detail.may_reveal else ""
            return Copy(refused=f"{name} is masked{reveal and f': {reveal}'}")
        text = self._sent(lead, column_of(key))
        return _copy(text) if text.strip() else Copy(refused=f"{name} is empty")

    def _sent(self, lead: Lead, column: str) -> str:
        if column in COMPUTED:
            return computed(column, lead, self._main.session.now())
        sent = as_text(lead.sent.get(key_of(column)))
        return without_controls(sent if self._main.detail.look.raw else unescaped(sent))

    def _text(self, name: str, lead: Lead, form: str = "TSV") -> str:
        """Return the text of *lead*, without its masked fields, for the action *name*; "" if it has none."""
        masked, now = self._main.detail.masked_keys(lead), self._main.session.now()
        lead = Lead({key: value for key, value in lead.sent.items() if key not in masked})
        match name:
            case "template" | "marked_template":
                return self._template.fill(lead, masked, now) if self._template is not None else ""
            case "marked_phones":
                return next(filter(None, (self._sent(lead, key).strip() for key in PHONE_FIELDS)), "")
            case "marked_ids":
                return lead.lead_id
            case "lead" | "marked_json":
                return _json(lead.sent)
            case "row" | "marked_rows":
                columns = self._main.table.columns
            case "field":
                columns = (column_of(self._field or ""),)
            case _:
                columns = tuple(map(column_of, (*lead.documented_keys(), *lead.custom_keys())))
        if form == "JSON":
            values = {each: self._sent(lead, each) for each in columns if each in COMPUTED}
            return _json(values | {each: lead.sent[key_of(each)] for each in columns if key_of(each) in lead.sent})
        if form == "text":
            lines = ((label(each, self._labels), column_text(lead, each, now)) for each in columns)
            return "\n".join(f"{title}: {text}" for title, text in lines if text)
        # Harmless in a spreadsheet.
        cells = [format_cell(" ".join(self._sent(lead, each).split())) for each in columns]
        if name in ("row", "marked_rows"):
            return "\t".join(cells)
        return "\n".join(f"{format_cell(label(each, self._labels))}\t{cell}" for each, cell in zip(columns, cells, strict=True))

    def _curl(self) -> Copy:
        search, session = self._main.search, self._main.session
        if not session.base_url:
            return Copy(refused="No server address")
        look_up = search.lookup
        queries = [query for _, query in look_up.parts] if look_up and search.is_merged else search.query.in_each_field
        dated, with_time = [query.dated(session.today()) for query in queries], session.settings.dates.with_time
        command = curl_command(session.base_url, dated, limits.PAGE_ROWS, with_time=with_time)
        summary = f"look-up {look_up.text}" if look_up else search.query.summary() or "all leads"
        return Copy(command, f"curl for {one_line(summary, _MAX_SHOWN)}, token left out")


class CopyMenu(ListDialog[str, str]):
    """Asks what to copy, in which ``form``; the result is its name. *choices* returns the lines in a format."""

    def __init__(self, choices: Callable[[str], Mapping[str, tuple[str, Copy]]], keys: Sequence[Key]) -> None:
        super().__init__(Pane.COPY, keys)
        self._in_format = choices
        self._first = {key.action: key.first for key in self.keys if key.pane is Pane.COPY}
        self._show_format(_FORMATS[0])
        self.set_titles("Copy to the terminal's clipboard")

    def line(self, index: int, width: int) -> DrawnLine:
        name = self.items[index]
        title, copy = self._choices[name]
        left = f" {fit(self._first.get(name, ''), 3)}{fit(title, _LABEL_WIDTH)} "
        preview = fit(copy.refused or copy.shown, width - cell_width(left))
        return DrawnLine((("", left), ("muted" if copy.refused else "", preview)))

    def hints(self) -> list[str]:
        return [self.hint("copy.choose"), self.hint("copy.format"), self.hint("dialog.close", "cancel")]

    def _show_format(self, form: str) -> None:
        self.form, self._choices = form, self._in_format(form)
        self.items = self.answers = list(self._choices)

    def action_format(self) -> None:
        self._show_format(_FORMATS[(_FORMATS.index(self.form) + 1) % len(_FORMATS)])
        self.draw()

    action_choose = ListDialog.choose
    action_next = partialmethod(ListDialog.move, "down")
    action_previous = partialmethod(ListDialog.move, "up")


def _format_of(name: str, form: str) -> str:
    return "JSON" if name == "lead" else form or ("TSV" if name == "row" else "text")


def _json(values: Mapping[str, object]) -> str:
    """Return *values* as JSON on one line, with everything unprintable escaped; "" if they are nested too deeply."""
    try:
        text = json_text(values)
    except RecursionError:
        return ""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def _copy(text: str, shown: str = "") -> Copy:
    """Return what copies *text*, unless it is blank; messages show *shown*, or the beginning of the text."""
    if not text.strip():
        return Copy(refused="Nothing to copy")
    length = f" ({len(text):,} characters)" if len(text) > _MAX_SHOWN else ""
    return Copy(text, shown or one_line(text.replace("\t", "  ").replace("\n", " · "), _MAX_SHOWN) + length)
