"""Edit files of saved queries: everything that is not meant to change stays the same, byte for byte.

Users write these files too: comments, order and unknown keys are theirs. tomlkit keeps all of that within an entry, but counts the
comments above an entry as part of the previous one: they would be deleted with that one. So tomlkit changes only the entry's own
lines, and the whole result is parsed again and compared with what was intended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from msgspec import Struct

from lead_tui import limits
from lead_tui.config.diagnosis import statements
from lead_tui.leads.errors import OutputError
from lead_tui.leads.query import Query
from lead_tui.safe_files import write_private
from lead_tui.storage.saved_queries import SCHEMA, NotEditable, QueriesFile, QueryEntry, SavedQuery, entry_of, filter_text

QUERY: Final = "query"


class Removed(Struct, frozen=True):
    """An entry that was removed from a text."""

    lines: str
    """As it was written, in lines that begin with ``[[query]]``."""
    before: str
    after: str


class Draft:
    """A file that is being changed, under its lock. A change that is not possible raises ``NotEditable`` and changes nothing."""

    def __init__(self, file: QueriesFile) -> None:
        self.file = file
        self.path = file.path
        self._old = file.text

    @property
    def is_usable(self) -> bool:
        return self.file.problem is None and not self.file.newer

    @property
    def is_changed(self) -> bool:
        return self.file.text != self._old

    def write(self) -> None:
        """Replace the file if anything has changed. Raises ``OutputError``."""
        if not self.is_changed:
            return
        if len(self.file.text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
            raise OutputError(f"{self.path} would be larger than what is read", remedy="delete saved queries first")
        write_private(self.path, self.file.text)

    def edit(self, changes: Iterable[tuple[QueryEntry, SavedQuery]]) -> None:
        """Write the query of each of *changes* over its entry."""
        with self._changing() as spans:
            text, given = self.file.text, list(self.file.given)
            for entry, new in sorted(changes, key=lambda change: change[0].place, reverse=True):
                if values := _changes(given[entry.place], entry.saved, new):
                    start, end = spans[entry.place]
                    text = text[:start] + _edited(text[start:end], values) + text[end:]
                    given[entry.place] = {**given[entry.place], **values}
            self._become(text, given)

    def add(self, queries: Iterable[SavedQuery]) -> None:
        self.append(*(rendered(entry_of(saved)) for saved in queries))

    def append(self, *entries: str) -> None:
        """Add *entries*, the lines of each as they were written, at the end."""
        if entries:
            with self._changing():
                given = QueriesFile(self.path, "".join(entries)).given
                self._become(_joined(self.file.text, *entries), [*self.file.given, *given])

    def remove(self, index: int) -> Removed:
        """Remove the entry *index*; comments above it stay."""
        with self._changing() as spans:
            before, given, (start, end) = self.file.text, list(self.file.given), spans[index]
            del given[index]
            after = before[:start] + re.sub(r"\A(?:\r?\n)+", "", before[end:])
            self._become(after, given)
        return Removed(before[start:end], before, after)

    def restore(self, gone: Removed) -> None:
        """Put *gone* back where it was; at the end if the file has changed since."""
        if self.file.text == gone.after:
            self.file = QueriesFile(self.path, gone.before)
        else:
            self.append(gone.lines)

    @contextmanager
    def _changing(self) -> Iterator[dict[str | int, tuple[int, int]]]:
        """Yield the start and the end of each entry whose lines, from its header to its last value, are consecutive."""
        before = self.file
        try:
            found = statements(before.text)
            places: dict[str | int, list[int]] = {}
            for place, (path, *_) in enumerate(found):
                if path[0] == QUERY:
                    # The entries of ``query = [{…}, {…}]`` have no lines of their own.
                    places.setdefault(path[1], []).append(place)
            whole = {index: own for index, own in places.items() if own[-1] - own[0] < len(own)}
            yield {index: (found[own[0]].start, found[own[-1]].end) for index, own in whole.items()}
        except Exception:
            # Whatever the library raises, the file stays as it is.
            self.file = before
            raise NotEditable(self.path) from None

    def _become(self, text: str, given: list[Any]) -> None:
        """Accept *text* if its entries are *given* and everything else in it is unchanged."""
        new = QueriesFile(self.path, text)
        if new.problem is not None or new.given != given or new.others != self.file.others:
            raise ValueError
        self.file = new


def _edited(text: str, values: Mapping[str, object]) -> str:
    """Return the lines *text* of one entry with *values*."""
    import tomlkit

    document: Any = tomlkit.parse(text)
    if document.as_string() != text:
        raise ValueError
    _set(document[QUERY][0], values)
    edited: str = document.as_string()
    return edited


def _changes(given: Mapping[str, Any], old: SavedQuery, new: SavedQuery) -> dict[str, object]:
    """Return the values that turn the entry *given* into *new*; values that mean the same stay as they are written."""
    before = entry_of(old)
    changes = {key: value for key, value in entry_of(new).items() if value != before[key]}
    if "filters" in changes:
        changes["filters"] = _filters(given.get("filters", {}), new.query)
    return changes


def _filters(given: Mapping[str, Any], query: Query) -> dict[str, object]:
    wanted = dict(query)
    filters: dict[str, object] = {}
    for name, value in given.items():
        ((key, text),) = Query.of({name: filter_text(name, value)}).filters or ((name, ""),)
        if not text:
            filters[name] = value
        elif key in wanted:
            filters[name] = value if wanted[key] == text else wanted[key]
            del wanted[key]
    return {**filters, **wanted}


# Writing entries


def queries_text(queries: Iterable[SavedQuery]) -> str:
    return _joined("", *(rendered(entry_of(saved)) for saved in queries))


def rendered(entry: Mapping[str, object]) -> str:
    """Return *entry* in lines that begin with ``[[query]]``."""
    return "".join([f"[[{QUERY}]]\n", *(f"{pair}\n" for pair in _pairs(entry))])


def _joined(text: str, *entries: str) -> str:
    text = text or f"schema = {SCHEMA}\n"
    for lines in entries:
        text += ("" if text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n") + lines
    return text


def _pairs(table: Mapping[str, object]) -> list[str]:
    import tomlkit

    return [f"{tomlkit.key(key).as_string()} = {_written(value)}" for key, value in table.items()]


def _written(value: object) -> str:
    """Return *value* on one line, with spaces inside the braces, which the library leaves out."""
    import tomlkit

    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else tomlkit.item(value).as_string()


def _set(table: Any, values: Mapping[str, object]) -> None:
    import tomlkit

    for key, value in values.items():
        if isinstance(value, dict) and key in table:
            for name in [name for name in table[key] if name not in value]:
                del table[key][name]
            _set(table[key], {name: each for name, each in value.items() if table[key].get(name) != each})
        else:
            table[key] = tomlkit.parse(f"value = {_written(value)}")["value"] if isinstance(value, dict) else value
