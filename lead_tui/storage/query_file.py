"""Edit files of saved queries: what is not meant to change stays as it is, byte for byte.

Users write these files too: comments, order and unknown keys are theirs. tomlkit keeps all of that within an entry, but counts the
comments above an entry as part of the one before: they would be deleted with that one. So tomlkit changes only the entry's own
lines, and the whole result is parsed again and compared with what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from lead_tui import limits
from lead_tui.config.toml_lines import statements
from lead_tui.leads.errors import ConfigurationError, OutputError
from lead_tui.leads.query import Query
from lead_tui.safe_files import shown, write_private
from lead_tui.storage.saved_queries import SCHEMA, QueriesFile, QueryEntry, SavedQuery, entry_of, filter_text

QUERY: Final = "query"


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

    def __init__(self, file: QueriesFile) -> None:
        self.file = file
        self.old = file

    @property
    def path(self) -> Path:
        return self.file.path

    @property
    def is_usable(self) -> bool:
        return self.file.problem is None and not self.file.newer

    @property
    def is_changed(self) -> bool:
        return self.file.text != self.old.text

    def write(self) -> None:
        """Replace the file, if anything has changed. Raises ``OutputError``."""
        if not self.is_changed:
            return
        if len(self.file.text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
            raise OutputError(f"{shown(self.path)} would be larger than what is read", remedy="delete saved queries first")
        write_private(self.path, self.file.text)

    def edit(self, changes: Iterable[tuple[QueryEntry, SavedQuery]], added: Iterable[SavedQuery] = ()) -> None:
        """Write the query of each of *changes* over its entry, and *added* at the end."""
        values = {entry.place: _changes(self.file.given[entry.place], entry.saved, new) for entry, new in changes}
        extra = [entry_of(saved) for saved in added]
        text = self.file.text
        if not values and not extra:
            return
        if self._is_inline():

            def change(array: Any) -> None:
                for index, wanted in values.items():
                    _set(array[index], wanted)
                for each in extra:
                    array.append(_item(each))

            text = self._edited(text, change)
        else:
            spans = self._spans()
            for index in sorted(values, reverse=True):
                start, end = spans[index]
                wanted = values[index]
                text = text[:start] + self._edited(text[start:end], lambda array: _set(array[0], wanted)) + text[end:]  # noqa: B023 - called at once
            text = _joined(text, *map(rendered, extra))
        given = [{**each, **values[index]} if index in values else each for index, each in enumerate(self.file.given)]
        self._become(text, given + extra)

    def append(self, lines: str) -> None:
        """Add the entry *lines*, as it was written, at the end."""
        entry = QueriesFile(self.path, lines).given[0]
        text = self.file.text
        text = self._edited(text, lambda array: array.append(_item(entry))) if self._is_inline() else _joined(text, lines)
        self._become(text, [*self.file.given, entry])

    def remove(self, index: int) -> Removed:
        """Remove the entry *index*; comments above it stay."""
        before = after = self.file.text
        given = list(self.file.given)
        entry = given.pop(index)
        if self._is_inline():
            lines = rendered(entry)
            after = self._edited(before, lambda array: array.__delitem__(index))
        else:
            start, end = self._spans()[index]
            lines = before[start:end]
            while before.startswith(("\n", "\r\n"), end):
                end = before.index("\n", end) + 1
            after = before[:start] + before[end:]
        self._become(after, given)
        return Removed(entry, lines, index, before, after)

    def restore(self, gone: Removed) -> None:
        """Put *gone* back where it was, as far as that can still be known."""
        text, given, index = self.file.text, self.file.given, gone.index
        if text == gone.after:
            self.file = QueriesFile(self.path, gone.before)
        elif index >= len(given) or self._is_inline():
            self.append(gone.lines)
        else:
            lines = gone.lines.rstrip() + "\n"
            spans = self._spans()
            place, lines = (spans[index - 1][1], f"\n{lines}") if index else (spans[0][0], f"{lines}\n")
            self._become(text[:place] + lines + text[place:], [*given[:index], gone.entry, *given[index:]])

    def _become(self, text: str, given: list[Any]) -> None:
        """Take *text*, if its entries are *given* and everything else in it is as it was."""
        new = QueriesFile(self.path, text)
        if new.problem is not None or new.given != given or new.others != self.file.others:
            raise NotEditable(self.path)
        self.file = new

    def _edited(self, text: str, change: Callable[[Any], object]) -> str:
        import tomlkit

        try:
            document = tomlkit.parse(text)
            if document.as_string() == text:
                change(document[QUERY])
                return document.as_string()
        except Exception:
            # Whatever error the library raises, the file stays as it is.
            raise NotEditable(self.path) from None
        raise NotEditable(self.path)

    def _is_inline(self) -> bool:
        """Whether the entries are in one list, ``query = [{…}, {…}]``."""
        return any(statement.path == (QUERY,) for statement in statements(self.file.text))

    def _spans(self) -> _Spans:
        """Return the spans of the entries, without those that have other tables between their own."""
        found = statements(self.file.text)
        places: dict[str | int, list[int]] = {}
        for place, (path, *_) in enumerate(found):
            if path[0] == QUERY and len(path) > 1:
                places.setdefault(path[1], []).append(place)
        spans = _Spans(self.path)
        for index, own in places.items():
            if own[-1] - own[0] < len(own):
                spans[index] = found[own[0]].start, found[own[-1]].end
        return spans


class _Spans(dict[str | int, tuple[int, int]]):
    """Start and end of the lines of each entry, by index: from its header to its last value."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __missing__(self, index: str | int) -> tuple[int, int]:
        raise NotEditable(self.path)


def _changes(given: Mapping[str, Any], old: SavedQuery, new: SavedQuery) -> dict[str, Any]:
    """Return the values that make the entry *given* say *new*; what already reads the same stays as it is written."""
    before = entry_of(old)
    changes = {key: value for key, value in entry_of(new).items() if value != before[key]}
    if "filters" in changes:
        changes["filters"] = _filters(given.get("filters", {}), new.query)
    return changes


def _filters(given: Mapping[str, Any], query: Query) -> dict[str, Any]:
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


# Writing entries


def queries_text(queries: Iterable[SavedQuery]) -> str:
    return _joined("", *(rendered(entry_of(saved)) for saved in queries))


def rendered(entry: Mapping[str, Any]) -> str:
    """Return *entry* in lines that begin with ``[[query]]``."""
    return "".join([f"[[{QUERY}]]\n", *(f"{pair}\n" for pair in _pairs(entry))])


def _joined(text: str, *entries: str) -> str:
    text = text or f"schema = {SCHEMA}\n"
    for lines in entries:
        text += ("" if text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n") + lines
    return text


def _pairs(table: Mapping[str, Any]) -> list[str]:
    import tomlkit

    return [f"{tomlkit.key(key).as_string()} = {_written(value)}" for key, value in table.items()]


def _written(value: Any) -> str:
    """Return *value* in one line. The library leaves no space inside the braces, and users read it better with one."""
    import tomlkit

    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else tomlkit.item(value).as_string()


def _item(value: Any) -> Any:
    import tomlkit

    return tomlkit.parse(f"value = {_written(value)}")["value"]


def _set(table: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and key in table:
            for name in [name for name in table[key] if name not in value]:
                del table[key][name]
            _set(table[key], {name: each for name, each in value.items() if table[key].get(name) != each})
        else:
            table[key] = _item(value) if isinstance(value, dict) else value
