"""Edit files of saved queries: everything that is not meant to change stays the same, byte for byte.

Users write these files too: comments, order and unknown keys are theirs. tomlkit keeps all of that within an entry, but counts the
comments above an entry as part of the previous one: they would be deleted with that one. So tomlkit changes only the entry's own
lines, and the whole result is parsed again and compared with what was intended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby, pairwise
from typing import Any, Final

from lead_tui import limits
from lead_tui.config.diagnosis import Path as TomlPath
from lead_tui.config.diagnosis import statements
from lead_tui.leads.errors import OutputError
from lead_tui.safe_files import write_private
from lead_tui.storage.saved_queries import SCHEMA, Deleted, NotEditable, QueriesFile, QueryEntry, SavedQuery, entry_of

QUERY: Final = "query"
_COMMENTS_AT_END: Final = r"(?m)(?:^[ \t]*(?:#.*)?\r?\n)*(?:^[ \t]*(?:#.*)?)?\Z"


class Draft:
    """A file that is being changed, under its lock. A change that is not possible raises ``NotEditable`` and changes nothing."""

    def __init__(self, file: QueriesFile) -> None:
        self.file = file
        self._old = file.text

    def write(self) -> None:
        """Replace the file if anything has changed. Raises ``OutputError``."""
        if self.file.text == self._old:
            return
        if len(self.file.text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
            raise OutputError(f"{self.file.path} would be larger than what is read", remedy="delete saved queries first")
        write_private(self.file.path, self.file.text)

    def edit(self, changes: Iterable[tuple[QueryEntry, SavedQuery]]) -> None:
        """Write the query of each of *changes* over its entry; values that mean the same stay as they are written."""
        with self._changing() as spans:
            text, given = self.file.text, list(self.file.given)
            for entry, new in sorted(changes, key=lambda change: change[0].place, reverse=True):
                before = entry_of(entry.saved)
                if values := {key: value for key, value in entry_of(new).items() if value != before[key]}:
                    start, end = spans[QUERY, entry.place]
                    text = text[:start] + _edited(text[start:end], values) + text[end:]
                    given[entry.place] = {**given[entry.place], **values}
            self._become(text, given)

    def append(self, *entries: str) -> None:
        """Add *entries*, the lines of each as they were written, at the end."""
        if entries:
            with self._changing():
                given = QueriesFile(self.file.path, "".join(entries)).given
                self._become(_joined(self.file.text, *entries), [*self.file.given, *given])

    def remove(self, entry: QueryEntry) -> Deleted:
        """Remove *entry*; comments above it stay."""
        with self._changing() as spans:
            before, given, (start, end) = self.file.text, list(self.file.given), spans[QUERY, entry.place]
            del given[entry.place]
            after = before[:start] + re.sub(r"\A(?:\r?\n)+", "", before[end:])
            self._become(after, given)
        return Deleted(entry.saved, before[start:end], before, after)

    def restore(self, gone: Deleted) -> None:
        """Put *gone* back where it was; at the end if the file has changed since."""
        if self.file.text == gone.after:
            self.file = QueriesFile(self.file.path, gone.before)
        else:
            self.append(gone.lines)

    @contextmanager
    def _changing(self) -> Iterator[dict[TomlPath, tuple[int, int]]]:
        """Yield the ``_spans``; on an error, change nothing."""
        before = self.file
        try:
            yield _spans(before.text)
        except Exception:
            # Whatever the library raises, the file stays as it is.
            self.file = before
            raise NotEditable(before.path) from None

    def _become(self, text: str, given: list[Any]) -> None:
        """Accept *text* if its entries are *given* and everything else in it is unchanged."""
        new = QueriesFile(self.file.path, text)
        if new.problem is not None or new.given != given or new.others != self.file.others:
            raise ValueError
        self.file = new


def _spans(text: str) -> dict[TomlPath, tuple[int, int]]:
    """Return the start and the end of each table and key at the top of *text*, and of each entry, ``("query", 0)``.

    An end is before the comments above what follows. Of an entry in several places, this is the last: too little to change.
    """
    starts = [(path, next(group)[1]) for path, group in groupby(statements(text), lambda statement: statement[0][:2])]
    return {
        path: (start, start + len(re.sub(_COMMENTS_AT_END, "", text[start:end])))
        for (path, start), (_, end) in pairwise([*starts, ((), len(text))])
    }


def _edited(text: str, values: Mapping[str, object]) -> str:
    """Return the lines *text* of one entry with *values*."""
    import tomlkit

    document: Any = tomlkit.parse(text)
    _set(document[QUERY][0], values)
    edited: str = document.as_string()
    return edited


def _set(table: Any, values: Mapping[str, object]) -> None:
    import tomlkit

    for key, value in values.items():
        if isinstance(value, dict) and key in table:
            for name in [name for name in table[key] if name not in value]:
                del table[key][name]
            _set(table[key], {name: each for name, each in value.items() if table[key].get(name) != each})
        else:
            table[key] = tomlkit.parse(f"value = {_written(value)}")["value"] if isinstance(value, dict) else value


# Writing entries


def queries_text(queries: Iterable[SavedQuery]) -> str:
    return _joined("", *map(rendered, queries))


def rendered(saved: SavedQuery) -> str:
    """Return *saved* in lines that begin with ``[[query]]``."""
    return "".join([f"[[{QUERY}]]\n", *(f"{pair}\n" for pair in _pairs(entry_of(saved)))])


def _joined(text: str, *entries: str) -> str:
    text = text or f"schema = {SCHEMA}\n"
    for lines in entries:
        text += ("" if text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n") + lines
    return text


def _pairs(table: Mapping[str, object]) -> list[str]:
    return [f"{key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else _written(key)} = {_written(value)}" for key, value in table.items()]


def _written(value: object) -> str:
    """Return *value* on one line: texts, lists and booleans are those of JSON, in which DEL may stand for itself."""
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
