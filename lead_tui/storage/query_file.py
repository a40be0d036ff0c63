"""Edit files of saved queries: what is not meant to change stays as it is, byte for byte.

Users write these files too: comments, order and unknown keys are theirs. tomlkit keeps all of that within an entry, but counts the
comments above an entry as part of the one before: they would be deleted with that one. So tomlkit changes only the entry's own
lines, and the whole result is parsed again and compared with what was meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct

from lead_tui import limits
from lead_tui.config.toml_lines import statements
from lead_tui.leads.errors import ConfigurationError, OutputError
from lead_tui.leads.query import Query
from lead_tui.safe_files import shown, write_private
from lead_tui.storage.saved_queries import (
    SCHEMA,
    QueriesFile,
    QueryEntry,
    SavedQuery,
    entry_of,
    filter_text,
    queries_in,
    read_queries,
)

T = TypeVar("T")

QUERY: Final = "query"


class CannotEdit(Exception):
    """The text cannot be changed without changing more than was meant."""


class NotEditable(ConfigurationError):
    """A file of saved queries is written in a way that only its author can change."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{shown(path)} is written in a way that is not changed from here", remedy="change it by hand")


class Removed(Struct, frozen=True):
    """An entry that was removed from a text."""

    entry: dict[str, Any]
    lines: str
    """The entry as it was written, in lines that begin with ``[[query]]``."""
    index: int
    before: str
    after: str


class Draft:
    """A file that is being changed, under its lock. Every change raises ``NotEditable`` if it cannot be made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: QueriesFile = read_queries(path)
        self.old = self.file.text
        self.text = self.old or ("" if self.old == "" or self.file.problem else f"schema = {SCHEMA}\n")

    @property
    def is_usable(self) -> bool:
        return self.file.problem is None and not self.file.newer

    def load(self, text: str) -> None:
        """Replace the whole text."""
        self.text = text
        self.file = queries_in(text, self.path)

    def edit(self, changes: Iterable[tuple[QueryEntry, SavedQuery]], added: Iterable[SavedQuery] = ()) -> None:
        """Write the query of each of *changes* over its entry, and *added* at the end."""
        values = {entry.index: _changes(entry, new) for entry, new in changes}
        self.load(self._apply(edited, values, [entry_of(saved) for saved in added]))

    def append(self, lines: str) -> None:
        """Add the entry *lines*, as it was written, at the end."""
        self.load(self._apply(appended, lines))

    def remove(self, entry: QueryEntry) -> Removed:
        gone = self._apply(removed, entry.index)
        self.load(gone.after)
        return gone

    def restore(self, gone: Removed) -> None:
        self.load(self._apply(restored, gone))

    def write(self) -> None:
        """Replace the file, if anything has changed. Raises ``OutputError``."""
        if self.text == (self.old or ""):
            return
        if len(self.text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
            raise OutputError(f"{shown(self.path)} would be larger than what is read", remedy="delete saved queries first")
        write_private(self.path, self.text)

    def _apply(self, edit: Callable[..., T], *arguments: object) -> T:
        try:
            return edit(self.text, *arguments)
        except CannotEdit:
            raise NotEditable(self.path) from None


def _changes(entry: QueryEntry, new: SavedQuery) -> dict[str, Any]:
    """Return the values that make *entry* say *new*; what already reads the same stays as it is written."""
    old, wanted = entry_of(entry.query()), entry_of(new)
    changes = {key: value for key, value in wanted.items() if value != old[key]}
    if "filters" in changes:
        changes["filters"] = _filters(entry.given.get("filters", {}), new.query)
    return changes


def _filters(given: dict[str, Any], query: Query) -> dict[str, Any]:
    wanted = dict(query)
    filters: dict[str, Any] = {}
    for name, value in given.items():
        ((key, text),) = Query.of({name: filter_text(name, value)}).filters or ((name, ""),)
        if not text:
            filters[name] = value
        elif key in wanted:
            filters[name] = value if wanted[key] == text else wanted[key]
            del wanted[key]
    return {**filters, **wanted}


# Changing a text


def rendered(entry: Mapping[str, Any]) -> str:
    """Return *entry* in lines that begin with ``[[query]]``."""
    import tomlkit

    table = tomlkit.table()
    for key, value in entry.items():
        table.append(key, _inline(value) if isinstance(value, dict) else value)
    array = tomlkit.aot()
    array.append(table)
    return tomlkit.document().append(QUERY, array).as_string()


def appended(text: str, lines: str) -> str:
    """Return *text* with the entry *lines* at its end. Raises ``CannotEdit``."""
    entry = _entries(lines)[0]
    after = _within_array(text, lambda array: array.append(_inline(entry))) if _is_inline(text) else _joined(text, lines)
    return _meant(text, after, [*_entries(text), entry])


def edited(text: str, changes: Mapping[int, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]) -> str:
    """Return *text* with the values of *changes* in its entries, by index, and *added* at its end; other keys stay.

    ``filters`` among the values replaces all filters. Parses the text a few times, however many entries it has. Raises
    ``CannotEdit``.
    """
    meant = [*({**entry, **changes.get(place, {})} for place, entry in enumerate(_entries(text))), *added]
    if _is_inline(text):

        def change(array: Any) -> None:
            for place, values in changes.items():
                _set(array[place], values)
            for entry in added:
                array.append(_inline(entry))

        return _meant(text, _within_array(text, change), meant)
    after = text
    spans = _spans(text)
    for index in sorted(changes, reverse=True):
        start, end = spans[index]
        values = changes[index]
        after = after[:start] + _edited(text[start:end], lambda document: _set(document[QUERY][0], values)) + after[end:]  # noqa: B023 - called at once
    for entry in added:
        after = _joined(after, rendered(entry))
    return _meant(text, after, meant)


def removed(text: str, index: int) -> Removed:
    """Return *text* without its entry *index*; comments above it stay. Raises ``CannotEdit``."""
    entries = _entries(text)
    rest = [entry for place, entry in enumerate(entries) if place != index]
    if _is_inline(text):
        after = _within_array(text, lambda array: array.__delitem__(index))
        lines = rendered(entries[index])
    else:
        start, end = _spans(text)[index]
        lines = text[start:end]
        while text.startswith(("\n", "\r\n"), end):
            end = text.index("\n", end) + 1
        after = text[:start] + text[end:]
    return Removed(entries[index], lines, index, text, _meant(text, after, rest))


def restored(text: str, gone: Removed) -> str:
    """Return *text* with *gone* where it was, as far as that can still be known. Raises ``CannotEdit``."""
    if text == gone.after:
        return gone.before
    entries = _entries(text)
    if gone.index >= len(entries) or _is_inline(text):
        return appended(text, gone.lines)
    spans = _spans(text)
    lines = gone.lines.rstrip() + "\n"
    if gone.index:
        _, place = spans[gone.index - 1]
        lines = "\n" + lines
    else:
        place, _ = spans[0]
        lines += "\n"
    return _meant(text, text[:place] + lines + text[place:], [*entries[: gone.index], gone.entry, *entries[gone.index :]])


# Where entries are


def _entries(text: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(text).get(QUERY, [])
    return entries


def _is_inline(text: str) -> bool:
    """Whether the entries are in one list, ``query = [{…}, {…}]``."""
    return any(statement.path == (QUERY,) and not statement.is_header for statement in statements(text))


class _Spans(dict[int, tuple[int, int]]):
    """Start and end of the lines of each entry, by index: from its header to its last value."""

    def __missing__(self, index: int) -> tuple[int, int]:
        raise CannotEdit


def _spans(text: str) -> _Spans:
    """Return the spans of the entries in *text*, without those that have other tables between their own."""
    spans = _Spans()
    apart: set[int] = set()
    before: str | int = -1
    for statement in statements(text):
        table, index = (*statement.path, -1)[:2]
        if table == QUERY and isinstance(index, int):
            if index in spans and index == before:
                spans[index] = (spans[index][0], statement.end)
            elif index in spans or not statement.is_header:
                apart.add(index)
            else:
                spans[index] = (statement.start, statement.end)
        before = index if table == QUERY else -1
    for index in apart:
        spans.pop(index, None)
    return spans


# Changing


def _joined(text: str, lines: str) -> str:
    return text + ("" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n") + lines


def _edited(text: str, change: Callable[[Any], None]) -> str:
    import tomlkit

    try:
        document = tomlkit.parse(text)
        if document.as_string() != text:
            raise CannotEdit
        change(document)
        return document.as_string()
    except CannotEdit:
        raise
    except Exception:
        # Whatever error the library raises, the file stays as it is.
        raise CannotEdit from None


def _within_array(text: str, change: Callable[[Any], None]) -> str:
    return _edited(text, lambda document: change(document[QUERY]))


def _inline(value: Mapping[str, Any]) -> Any:
    import tomlkit

    if not value:
        return tomlkit.inline_table()
    # Written here: the library leaves no space inside the braces, and users read it better with one.
    pairs = [f"{tomlkit.key(key).as_string()} = {_written(each)}" for key, each in value.items()]
    return tomlkit.parse(f"value = {{ {', '.join(pairs)} }}")["value"]


def _written(value: Any) -> str:
    import tomlkit

    item = _inline(value) if isinstance(value, dict) else tomlkit.item(value)
    return str(item.as_string())


def _set(table: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if not isinstance(value, dict):
            table[key] = value
        elif key not in table:
            table[key] = _inline(value)
        else:
            _set_whole(table[key], value)


def _set_whole(table: Any, values: Mapping[str, Any]) -> None:
    for name in [name for name in table if name not in values]:
        del table[name]
    for name, value in values.items():
        if name not in table or table[name] != value:
            table[name] = value


def _meant(before: str, after: str, entries: list[Any]) -> str:
    """Return *after* if it holds *entries*, and everything else that *before* held."""
    old = tomllib.loads(before)
    try:
        new = tomllib.loads(after)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise CannotEdit from None
    old.pop(QUERY, None)
    if new.pop(QUERY, []) != entries or new != old:
        raise CannotEdit
    return after
