"""The catalogue of keys: id, keys, description. Data only; dispatch, help, hints, palette and ``docs/keys.md`` derive from it.

An id is ``pane.action``: the pane that must have the focus (``main`` is the main screen whatever has it, but for text inputs), and
the action that the pane runs. Keys have Textual's names. Keys that tmux, screen, terminals or browsers take are avoided, or have an
alternative: ctrl+a, ctrl+b, ctrl+i, ctrl+m, ctrl+h, ctrl+j, F1, F10, F11, and alt with a letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from string import punctuation
from typing import NamedTuple


class Pane(Enum):
    """Where a key works."""

    APP = "app"  # everywhere, text inputs and dialogs included
    MAIN = "main"
    TABLE = "table"
    FILTERS = "filters"
    DETAIL = "detail"
    DIALOG = "dialog"  # every dialog
    CONFIRM = "confirm"
    QUERIES = "queries"  # the picker of saved queries
    OFFER = "offer"  # the offer to load all
    SORTING = "sorting"  # the choice of what to sort by
    COLUMNS = "columns"
    EXPORT = "export"  # the question before an export
    COPY = "copy"  # the menu of what can be copied
    LIST = "list"  # dialogs that are a list: counts and the like
    COUNT = "count"
    RECENT = "recent"
    HISTORY = "history"


class Key(NamedTuple):
    """An entry of the catalogue."""

    id: str
    keys: tuple[str, ...]
    label: str  # one or two words, for hints and the palette
    sentence: str  # what it does, for the help and the documents
    hint: int = 0  # its rank among the hints of its pane, the lowest first; 0 for none
    plain: bool = False  # whether its keys are named in ASCII
    needs: str = ""  # the capability without which it is refused, a field of ``Capabilities``; "" for none
    asks_for_text: bool = False  # whether it opens an input: text that is typed right after it is for that input
    title: str = ""
    """Its name in the palette and the help, if that is not the label; with an ellipsis if it opens an input or a dialog."""

    @property
    def first(self) -> str:
        """The name of its first key; "" where it has none."""
        return shown(self.keys[0], plain=self.plain) if self.keys else ""

    @property
    def short_title(self) -> str:
        """What it does in one to three words: ``save query``."""
        return (self.title or self.label).removesuffix("…")

    @property
    def pane(self) -> Pane:
        return Pane(self.id.partition(".")[0])

    @property
    def action(self) -> str:
        return self.id.partition(".")[2]


CATALOGUE: tuple[Key, ...] = (
    Key("app.look_up_anywhere", ("f2",), "look up", "Look up a phone, email, lead id or name, from anywhere", hint=4,
        title="look up…"),
    Key("app.open_call", ("f4",), "open", "Open the lead of the incoming call, from anywhere", needs="may_receive_calls",
        title="incoming call"),
    Key("app.help", ("f1",), "help", "Show the keys that work here, from anywhere", hint=99),
    Key("app.command_palette", ("ctrl+p",), "palette", "Command palette: find any command"),
    Key("app.redraw", ("ctrl+l",), "redraw", "Redraw the screen, and set the modes of the terminal again"),
    Key("app.stop", ("ctrl+c",), "stop", "Cancel what is running: search, retries, load or export", title="cancel"),
    Key("app.suspend_process", ("ctrl+z",), "suspend",
        "Suspend the program and return to the shell; fg continues it", needs="may_suspend"),
    Key("app.leave", ("ctrl+q",), "quit at once", "Quit at once, from anywhere"),
    Key("main.look_up", ("slash",), "look up", "Look up a phone, email, lead id or name", hint=1,
        title="look up…", asks_for_text=True),
    Key("main.filters", ("f",), "filters", "Go to the filters", hint=2),
    Key("main.go_to_row", ("colon",), "row", "Go to a row by its number; :q quits", title="go to row…", asks_for_text=True),
    Key("main.again", ("r", "f5"), "refresh", "Refresh: retry what failed, else search again", hint=8),
    Key("main.auto_refresh", ("R",), "auto refresh", "Refresh automatically (on/off), and mark what is new or changed"),
    Key("main.back", ("b",), "back", "Previous result"),
    Key("main.forward", ("B",), "forward", "Next result, after the previous one"),
    Key("main.recent", ("H",), "recent", "Recent look-ups and searches: open one at its position", title="recent…"),
    Key("main.save_query", ("w",), "save", "Save this search under a name", title="save query…", asks_for_text=True),
    Key("main.open_query", ("o",), "saved", "Saved queries: run, rename, delete", hint=7, title="saved queries…"),
    Key("main.copy_phone", ("y", "p"), "copy phone", "Copy the phone to the terminal's clipboard", needs="may_copy"),
    Key("main.copy_email", ("e",), "copy email", "Copy the email to the terminal's clipboard", needs="may_copy"),
    Key("main.copy", ("Y",), "copy",
        "Copy… field, row, lead as text or JSON, marked leads (phones, ids, rows, JSON), search as curl", needs="may_copy",
        title="copy…"),
    Key("main.columns", ("c",), "columns", "Choose the columns of the table, their order and widths", title="columns…"),
    Key("main.narrow", ("n",), "narrow", 'Narrow the loaded leads: word, field:value, field>5, "a phrase", -not', hint=6,
        title="narrow…", asks_for_text=True),
    Key("main.sort", ("s",), "sort", "Sort the loaded leads by one or more columns", hint=4, title="sort…"),
    Key("main.mark", ("m",), "mark", "Mark the lead, or unmark it, and go to the next one"),
    Key("main.mark_all", ("M",), "mark all", "Mark the leads in view; again, all that are loaded"),
    Key("main.unmark_all", ("U",), "unmark all", "Unmark all leads"),
    Key("main.count", ("t",), "count", "Count the leads by status, list, owner or any field", title="count…"),
    Key("main.export", ("x",), "export", "Export leads to a file, in the background", hint=5, needs="may_export", title="export…"),
    Key("main.clear_filters", ("C",), "clear", "Clear all filters and show all leads", title="clear filters"),
    Key("main.next_lead", ("right_square_bracket",), "next lead", "Next lead"),
    Key("main.previous_lead", ("left_square_bracket",), "previous lead", "Previous lead"),
    Key("main.help", ("question_mark",), "help", "Show the keys of the focused pane on one page", hint=99),
    Key("main.next_pane", ("tab",), "next pane", "Next pane: filters, table, detail"),
    Key("main.previous_pane", ("shift+tab",), "previous pane", "Previous pane"),
    Key("main.escape", ("escape",), "close", "Close the overlay, show all leads again, or focus the table"),
    Key("main.quit", ("q",), "quit", "Close or quit", hint=9),
    Key("table.open_detail", ("enter",), "detail", "Open lead", hint=3, title="open lead"),
    Key("table.down", ("down", "j"), "down", "Next row"),
    Key("table.up", ("up", "k"), "up", "Previous row"),
    Key("table.page_down", ("pagedown", "space", "ctrl+f"), "page down", "One screen down"),
    Key("table.page_up", ("pageup", "ctrl+b"), "page up", "One screen up"),
    Key("table.half_page_down", ("ctrl+d",), "half page", "Half a screen down"),
    Key("table.half_page_up", ("ctrl+u",), "half page", "Half a screen up"),
    Key("table.top", ("g", "home"), "top", "First row"),
    Key("table.bottom", ("G", "end"), "bottom", "Last row, even of a million"),
    Key("table.left", ("left", "h"), "left", "Columns to the left"),
    Key("table.right", ("right", "l"), "right", "Columns to the right"),
    Key("filters.search", ("enter",), "search", "Search with these filters; accept the highlighted value", hint=1),
    Key("filters.next_field", ("down",), "next field", "Next filter; while values are listed, the next value"),
    Key("filters.previous_field", ("up",), "previous field", "Previous filter, or previous value"),
    Key("filters.next_group", ("pagedown",), "next group", "Next group of filters"),
    Key("filters.previous_group", ("pageup",), "previous group", "Start of this group of filters, or previous group"),
    Key("filters.first_field", ("ctrl+home",), "first field", "First line: look up"),
    Key("filters.last_field", ("ctrl+end",), "last field", "Last line: other filter"),
    Key("filters.take", ("tab", "right"), "complete", "Accept the suggestion; → in an empty filter lists the known values"),
    Key("filters.empty", ("ctrl+u",), "clear field", "Clear this filter", title="clear filter"),
    Key("filters.find", ("ctrl+f",), "find", "Find a filter by its name", title="find filter…"),
    Key("filters.leave", ("escape",), "to table", "Close the list of values; else return to the table and keep the text", hint=2),
    Key("detail.cursor_down", ("down", "j"), "down", "Next field"),
    Key("detail.cursor_up", ("up", "k"), "up", "Previous field"),
    Key("detail.page_down", ("pagedown", "space", "ctrl+f"), "page down", "One page down"),
    Key("detail.page_up", ("pageup", "ctrl+b"), "page up", "One page up"),
    Key("detail.half_page_down", ("ctrl+d",), "half page", "Half a page down"),
    Key("detail.half_page_up", ("ctrl+u",), "half page", "Half a page up"),
    Key("detail.next_group", ("right_curly_bracket",), "next group", "Next group of fields"),
    Key("detail.previous_group", ("left_curly_bracket",), "previous group", "Start of this group of fields, or previous group"),
    Key("detail.top", ("g", "home"), "top", "First field"),
    Key("detail.bottom", ("G", "end"), "bottom", "Last field"),
    Key("detail.copy_field", ("y",), "copy field", "Copy the field under the cursor", hint=3, needs="may_copy"),
    Key("detail.find", ("F",), "find", "Find a field by its label, key or value", hint=4, title="find field…", asks_for_text=True),
    Key("detail.find_next", ("n",), "next match", "Next match of the find, until another lead or pane"),
    Key("detail.find_previous", ("N",), "previous match", "Previous match of the find"),
    Key("detail.toggle_empty", ("z",), "empty", "Hide or show empty fields", hint=5, title="empty fields"),
    Key("detail.toggle_raw", ("v",), "raw", "Toggle raw values and keys", title="raw values"),
    Key("detail.toggle_column", ("plus",), "add column", "Show the field as a column of the table beside the phone, or no longer"),
    Key("detail.same_value", ("enter",), "same value",
        "Find leads with this value, once a field is chosen; if the API cannot search by it, narrow the loaded leads", hint=1),
    Key("detail.history", ("h",), "history", "Calls, callbacks and recordings of the lead", hint=1, needs="may_read_history"),
    Key("detail.check_do_not_call", ("D",), "DNC check",
        "Check the lead's phones against the account's do-not-call list", hint=2, needs="may_check_do_not_call"),
    Key("detail.reveal", ("u",), "reveal", "Show masked fields until the next lead", needs="may_reveal"),
    Key("dialog.help", ("question_mark",), "help", "Show the keys of this dialog"),
    Key("dialog.close", ("escape", "q"), "close", "Close the dialog; in its text input, esc leaves the input"),
    Key("confirm.yes", ("y",), "yes", "Yes: do it"),
    Key("confirm.no", ("n",), "no", "No: leave everything as it is"),
    Key("confirm.choose", ("enter",), "choose", "Choose the marked answer, at first No"),
    Key("confirm.next_answer", ("right", "l", "tab"), "right", "Mark the answer to the right"),
    Key("confirm.previous_answer", ("left", "h", "shift+tab"), "left", "Mark the answer to the left"),
    Key("queries.run", ("enter",), "run", "Run the query", hint=1),
    Key("queries.run_digit", tuple("0123456789"), "run its query", "Run the query with this digit"),
    Key("queries.search", ("slash",), "search", "Search the queries; a few letters in order are enough", hint=2,
        title="search…", asks_for_text=True),
    Key("queries.rename", ("r",), "rename", "Rename the query", hint=3, title="rename…", asks_for_text=True),
    Key("queries.delete", ("d",), "delete", "Delete the query, after asking", hint=4, title="delete…"),
    Key("queries.undo", ("u",), "undo", "Restore the query deleted last", hint=5),
    Key("queries.start", ("s",), "startup", "Run at startup (on/off)", hint=6),
    Key("queries.give_digit", ("K",), "shortcut", "Assign a digit (0–9), or remove it", hint=7),
    Key("columns.apply", ("enter",), "use them", "Show the table with these columns", hint=1),
    Key("columns.mark", ("space",), "show", "Show or hide the column", hint=2, title="show or hide"),
    Key("columns.move_down", ("J", "shift+down"), "move down", "Move the column right", hint=3),
    Key("columns.move_up", ("K", "shift+up"), "move up", "Move the column left", hint=4),
    Key("columns.wider", ("greater_than_sign", "right", "l"), "wider", "Make the column wider", hint=5),
    Key("columns.narrower", ("less_than_sign", "left", "h"), "narrower", "Make the column narrower", hint=6),
    Key("columns.automatic", ("equals_sign",), "auto width", "Automatic width"),
    Key("columns.scope", ("t",), "for", "Apply to: this search / all searches", hint=7, title="this or all"),
    Key("columns.reset", ("R",), "reset", "Reset columns and widths to defaults"),
    Key("columns.search", ("slash",), "search", "Find a column by its label or key", hint=8, title="search…", asks_for_text=True),
    Key("copy.phone", ("p", "y"), "phone", "Copy the phone"),
    Key("copy.field", ("f",), "field", "Copy the field under the cursor of the detail, as the server sent it"),
    Key("copy.row", ("r",), "row", "Copy the table's columns, with a tab between two"),
    Key("copy.text", ("l",), "text", "Copy the lead as text, a line for each field"),
    Key("copy.lead", ("j",), "lead", "Copy the lead as JSON, as the server sent it"),
    Key("copy.search", ("c",), "search", "Copy the search as a curl command, without the token"),
    Key("copy.template", ("t",), "template", "Copy the lead as [copy] template in config.toml says"),
    Key("copy.marked_phones", ("P",), "marked phones", "Copy the phones of the marked leads, a line each"),
    Key("copy.marked_ids", ("I",), "marked ids", "Copy the ids of the marked leads, a line each"),
    Key("copy.marked_rows", ("R",), "marked rows", "Copy the marked leads as rows, with a tab between two columns"),
    Key("copy.marked_json", ("J",), "marked JSON", "Copy the marked leads as JSON, a line each"),
    Key("copy.marked_template", ("T",), "marked template", "Copy a line for each marked lead, as the template says"),
    Key("copy.format", ("right",), "format", "Change the format of field, row and lead: text, TSV or JSON"),
    Key("copy.choose", ("enter",), "choose", "Copy the marked item"),
    Key("copy.next", ("down", "tab"), "down", "Mark the next item"),
    Key("copy.previous", ("up", "shift+tab"), "up", "Mark the previous item"),
    Key("list.down", ("down", "j"), "down", "Next line"),
    Key("list.up", ("up", "k"), "up", "Previous line"),
    Key("list.page_down", ("pagedown", "space"), "page down", "One page down"),
    Key("list.page_up", ("pageup",), "page up", "One page up"),
    Key("list.top", ("g", "home"), "top", "First line"),
    Key("list.bottom", ("G", "end"), "bottom", "Last line"),
    Key("count.filter", ("enter",), "filter", "Show the leads with the marked value"),
    Key("count.next_field", ("right", "l", "tab"), "field", "Count by the next field"),
    Key("count.previous_field", ("left", "h", "shift+tab"), "previous field", "Count by the previous field"),
    Key("count.find_field", ("slash",), "find field", "Find a field to count by", title="find field…", asks_for_text=True),
    Key("count.load_all", ("a",), "load all", "Load all leads, then count again"),
    Key("recent.open", ("enter",), "open", "Show the result at its position"),
    Key("history.copy_recording", ("y",), "copy", "Copy the address of the recording, and close"),
    Key("history.older", ("o",), "older", "Read older events, too"),
    Key("offer.loaded", ("enter", "l"), "loaded", "Use the leads that are loaded"),
    Key("offer.all", ("a",), "load all", "Load all leads first"),
    Key("export.first", ("enter",), "export", "Export the marked leads, or all if none is marked"),
    Key("export.marked", ("m",), "marked", "Export the marked leads"),
    Key("export.all", ("a",), "all", "Export all matching leads"),
    Key("export.loaded", ("l",), "loaded", "Export the loaded leads only"),
    Key("export.columns", ("c",), "fields", "Switch between the table's columns and all fields"),
    Key("sorting.apply", ("enter",), "sort", "Sort by the chosen columns, or else by the marked one"),
    Key("sorting.turn_digit", tuple("123456789"), "its column", "Sort by the column with this digit: up, down, off"),
    Key("sorting.turn", ("space", "right", "l"), "turn", "Sort by the marked column: up, down, off"),
    Key("sorting.clear", ("0",), "none", "Do not sort: the order in which the leads arrived"),
)  # fmt: skip
"""Every key, in the order of the help."""

ASK_FOR_TEXT: frozenset[str] = frozenset(key.id for key in CATALOGUE if key.asks_for_text)  # ids of the keys that open an input

MOVEMENTS: frozenset[str] = frozenset(
    {
        "down", "up", "page_down", "page_up", "half_page_down", "half_page_up", "top", "bottom", "left", "right", "next_lead",
        "previous_lead", "next_group", "previous_group", "cursor_down", "cursor_up", "next_answer", "previous_answer", "next",
        "previous",
    }
)  # fmt: skip
"""Actions that move a cursor or a view, in any pane."""

LISTS: frozenset[Pane] = frozenset({Pane.COUNT, Pane.QUERIES, Pane.COLUMNS, Pane.RECENT, Pane.SORTING, Pane.HISTORY})
"""The dialogs in which the keys of ``Pane.LIST`` work."""


def panes_in(pane: Pane) -> tuple[Pane, ...]:
    """Return the panes whose keys work in *pane*: itself, then those around it."""
    if pane in (Pane.APP, Pane.MAIN, Pane.TABLE, Pane.FILTERS, Pane.DETAIL):
        around = [Pane.MAIN] if pane is not Pane.APP else []
    else:
        around = [Pane.LIST, Pane.DIALOG] if pane in LISTS else [Pane.DIALOG]
    return tuple(dict.fromkeys((pane, *around, Pane.APP)))


KEY_BY_ID: dict[str, Key] = {key.id: key for key in CATALOGUE}

_OWN_NAMES = {"/": "slash", "\\": "backslash", "@": "at", "-": "minus", "+": "plus", "_": "underscore"}
"""Textual's own names for some characters; the others have Unicode's."""


def character_name(character: str) -> str:
    """Return Textual's name of the key that writes *character*."""
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return character if character.isalnum() else _OWN_NAMES.get(character) or name or character


WRITING = frozenset({*map(character_name, punctuation), "space", "backspace"})
"""The keys that change the text of an input, besides letters and digits."""


def is_text(key: str) -> bool:
    """Return whether a text input takes *key*, one of Textual's names."""
    return len(key) == 1 or key in WRITING


_SHOWN = {character_name(each): each for each in punctuation} | {
    **{"down": "↓", "up": "↑", "left": "←", "right": "→", "enter": "⏎", "escape": "esc", "pagedown": "PgDn", "pageup": "PgUp"},
    **{each: each.title() for each in ("home", "end", "space", "tab", "shift+tab")},
}
_IN_ASCII = {"↓": "Down", "↑": "Up", "←": "Left", "→": "Right", "⏎": "enter"}


def shown(key: str, *, plain: bool = False) -> str:
    """Return a key's name as people know it: ``/`` for ``slash``; in ASCII if *plain*."""
    name = _SHOWN.get(key) or (key.upper() if re.fullmatch(r"f\d+", key) else key)
    return _IN_ASCII.get(name, name) if plain else name


def names(key: Key) -> str:
    """Return the names of all keys of *key* on one line: ``↓ j``. Digits are ``0–9``."""
    if len(key.keys) > 2 and "".join(key.keys).isdigit():
        return f"{key.keys[0]}{'-' if key.plain else '–'}{key.keys[-1]}"
    return " ".join(shown(each, plain=key.plain) for each in key.keys)


def hint(keys: Iterable[Key], key_id: str, label: str = "") -> str:
    """Return ``r rename`` for the key *key_id* of *keys*; "" if it has none. *label* replaces the catalogue's."""
    return next((f"{key.first} {label or key.label}" for key in keys if key.id == key_id and key.keys), "")


def beside_text(keys: Iterable[Key]) -> list[Key]:
    """Return *keys* as they work while a text input has the focus."""
    return [key._replace(keys=tuple(each for each in key.keys if not is_text(each))) for key in keys]


def of_pane(pane: Pane, keys: Iterable[Key] = CATALOGUE) -> list[Key]:
    """Return the keys of *keys* that belong to *pane*, in their order."""
    return [key for key in keys if key.pane is pane]


def actions_of(pane: Pane, keys: Iterable[Key] = CATALOGUE) -> dict[str, str]:
    """Return the actions of *pane* by key."""
    return {name: key.action for key in of_pane(pane, keys) for name in key.keys}


def hints_of(pane: Pane, keys: Iterable[Key]) -> tuple[str, ...]:
    """Return the hints while *pane* has the focus, as ``/ look up``. In the filters letters are text, not keys of other panes."""
    panes = (pane, Pane.APP if pane is Pane.FILTERS else Pane.MAIN)
    ranked = sorted((key for key in keys if key.hint and key.keys and key.pane in panes), key=lambda key: key.hint)
    return tuple(f"{key.first} {key.label}" for key in ranked)
