"""The user's saved queries: read from ``queries.toml`` and the site's files, and written without losing another session's changes.

A write takes the lock, reads the file again, makes one change and replaces the file atomically, so that two sessions lose nothing.
A ``queries.toml`` that cannot be read is left untouched, and ``queries.recovered.toml`` takes its place; once it can be read again,
the queries of the other file are shown as the site's are, until the user imports them.

Users write these files too: comments, order and unknown keys are theirs, and what is not meant to change stays as it is.
tomlkit keeps all of that within an entry, but counts the comments above an entry as part of the previous one: they would be deleted
with that one. So it changes only the entry's own lines, and the result is parsed again and compared with what was intended.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from glob import glob
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.paths import Paths
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, OutputError, UsageError
from lead_tui.leads.text import did_you_mean, one_line
from lead_tui.safe_files import UNCHANGED, locked, write_private, writing
from lead_tui.storage.saved_queries import SCHEMA, QueriesFile, SavedQuery, checked, loose_key, matching, read_queries


class LoadedQueries(Struct, frozen=True):
    """The queries to choose from: the user's in the order of their file, then those that are read-only."""

    queries: tuple[SavedQuery, ...] = ()  # each name, each key and the startup mark once: the first query keeps it
    notices: tuple[str, ...] = ()  # for the user: ``problem`` first, then what is not shown, cannot be read, or was recovered
    problem: ConfigurationError | None = None  # why ``queries.toml`` could not be read

    def named(self, name: str) -> SavedQuery:
        """Return the query *name*, or the only one that differs in case. Raises ``UsageError``, or ``problem`` if set."""
        by_name = {saved.name: saved for saved in self.queries}
        found = matching(by_name, name)
        if len(found) == 1:
            return by_name[found[0]]
        if self.problem is not None:
            raise self.problem
        if found:
            names = " and ".join(one_line(each, 40) for each in found)
            raise UsageError(f"The names {names} differ only in case", remedy="write the name exactly")
        remedy = did_you_mean(name, by_name) or "lead-tui queries list shows them all"
        raise UsageError(f"There is no saved query {one_line(name, 40)}", remedy=remedy)


class Deleted(Struct, frozen=True):
    """A query that was deleted, and its lines in the file."""

    saved: SavedQuery
    lines: str = ""


class QueryStore:
    """The files of saved queries, which every method reads again. Writing may wait for another session: not on the event loop."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.deleted: Deleted | None = None  # the query deleted last, until it is restored

    def load(self) -> LoadedQueries:
        """Return all queries. Never raises because of a file's contents, and writes nothing."""
        main = read_queries(self.paths.queries_file)
        recovered = read_queries(self.paths.recovered_file, read_only=main.problem is None)
        site = sorted(glob("*.toml", root_dir=self.paths.site_queries_dir))
        others = [recovered, *(read_queries(self.paths.site_queries_dir / name, read_only=True) for name in site)]
        notices = [*main.notices]
        if main.problem is not None:
            notices.append(f"{main.problem}; it is left as it is, and {recovered.path.name} is used in its place")
        elif recovered.queries:
            remedy = "lead-tui queries import FILE adds what was saved there; then remove the file"
            notices.append(one_line(f"{recovered.path} is read too: {remedy}"))
        for file in others:
            notices += [str(file.problem)] if file.problem else file.notices
        queries = (saved for file in (main, *others) for saved in file.queries)
        return LoadedQueries(_each_once(queries), tuple(notices), main.problem)

    # Each of the following raises ``ConfigurationError`` if the file may not be changed, or not as it is written, and
    # ``OutputError`` if it cannot be written. A notice is "" except if the recovered file was written.

    def save(self, saved: SavedQuery) -> str:
        """Write *saved*, a new query; return a notice. Raises ``UsageError`` for an invalid name or key, and a name in use."""
        saved = checked(saved)
        with self._file() as file:
            _refuse_taken(file, saved.name, "take another name")
            return self._write(rewritten(file, {}, rendered(saved)))

    def change(self, name: str, /, **changes: object) -> str:
        """Write *changes*, fields of a ``SavedQuery``, to the query *name*; what another session changed besides stays.

        Its key and its startup mark are taken away from other queries. Return a notice. Raises ``UsageError`` if there is no such
        query or it is read-only, and otherwise as ``save``.
        """
        with self._file() as file:
            position = self._position(file, name)
            saved = checked(replace(file.entries[position], **changes))
            _refuse_taken(file, saved.name, "take another name", position)
            queries = {
                at: replace(other, key="" if other.key == saved.key else other.key, start=other.start and not saved.start)
                for at, other in file.entries.items()
            }
            return self._write(rewritten(file, {**queries, position: saved}))

    def save_all(self, queries: Mapping[str, SavedQuery]) -> str:
        """Write *queries*, each over the one that its key names, else at the end; keys and marks as given. Return a notice."""
        with self._file() as file:
            known = {saved.name: position for position, saved in file.entries.items()}
            edited = {known[name]: checked(saved) for name, saved in queries.items() if name in known}
            new = [rendered(checked(saved)) for name, saved in queries.items() if name not in known]
            return self._write(rewritten(file, edited, *new))

    def delete(self, name: str) -> None:
        """Delete the query *name*; comments above it stay. Raises ``UsageError`` if there is none or it is read-only."""
        with self._file() as file:
            position = self._position(file, name)
            self._write(rewritten(file, {position: None}))
            start, end = _spans(file.text)[position]
            self.deleted = Deleted(file.entries[position], file.text[start:end])

    def restore(self, deleted: Deleted) -> None:
        """Put a deleted query at the end, with its comments and unknown keys. Raises ``UsageError`` if there is one of its name."""
        with self._file() as file:
            _refuse_taken(file, deleted.saved.name, "rename that one first")
            self._write(rewritten(file, {}, deleted.lines))
            self.deleted = None

    @contextmanager
    def _file(self) -> Iterator[QueriesFile]:
        """Lock and yield the file to change: ``queries.toml``, or the recovered one while that cannot be read."""
        # A link stays a link: its target is written, and locked for others who have a link to it.
        with writing(self.paths.queries_file, UNCHANGED):
            path = Path(os.path.realpath(self.paths.queries_file))
        with locked(path):
            file = read_queries(path)
            if (problem := file.problem) is not None:
                file = read_queries(self.paths.recovered_file)
                if file.problem is not None:
                    raise ConfigurationError(f"Nothing can be saved. {problem.message}", remedy=problem.remedy)
            if file.newer:
                raise ConfigurationError(f"{file.path} was written by a newer version and is not changed", remedy="update lead-tui")
            try:
                yield file
            except LeadTuiError:
                raise
            except Exception:
                # Whatever the library raises, the file stays as it is: writing it is the last step.
                raise ConfigurationError(f"Cannot change {file.path} as it is written", remedy="change it by hand") from None

    def _position(self, file: QueriesFile, name: str) -> int:
        if (position := file.position(name)) is not None:
            return position
        self.load().named(name)
        raise UsageError(f"The saved query {one_line(name, 40)} is read-only", remedy="save one of your own under its name")

    def _write(self, file: QueriesFile) -> str:
        if len(file.text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
            raise OutputError(f"{file.path} would be too large to be read again", remedy="delete saved queries first")
        write_private(file.path, file.text)
        if file.path != self.paths.recovered_file:
            return ""
        return one_line(f"Saved to {file.path}, since {self.paths.queries_file.name} cannot be read")


def _each_once(queries: Iterable[SavedQuery]) -> tuple[SavedQuery, ...]:
    """Return *queries* with each key and the startup mark once, and without read-only ones that have the name of an earlier one."""
    kept, names, keys, starts = list[SavedQuery](), set[str](), set[str](), False
    for saved in queries:
        if not (saved.read_only and loose_key(saved.name) in names):
            kept.append(replace(saved, key="" if saved.key in keys else saved.key, start=saved.start and not starts))
            names.add(loose_key(saved.name))
            keys.add(saved.key)
            starts = starts or saved.start
    return tuple(kept)


def _refuse_taken(file: QueriesFile, name: str, remedy: str, own: int | None = None) -> None:
    """Raise ``UsageError`` if a query in *file*, but for the one at the position *own*, has that *name*."""
    if file.position(name) not in (None, own):
        raise UsageError(f"There is a saved query {name} already", remedy=remedy)


def rewritten(file: QueriesFile, queries: Mapping[int, SavedQuery | None], *new: str) -> QueriesFile:
    """Return *file* with *queries* at their positions, None for a deleted one, and with the lines of the *new* ones at its end.

    Values that mean the same stay as they are written. Raises ``ValueError`` if anything else in it would change.
    """
    text, given, spans = file.text, [*file.given], _spans(file.text)
    for position in sorted(queries, reverse=True):
        saved, before = queries[position], _entry_of(file.entries[position])
        if saved is None:
            start, end = spans[position]
            text = text[:start] + text[end:].lstrip("\r\n")
            del given[position]
        elif values := {key: value for key, value in _entry_of(saved).items() if value != before[key]}:
            start, end = spans[position]
            text = text[:start] + _with_values(text[start:end], values) + text[end:]
            given[position] = {**given[position], **values}
    given += QueriesFile(file.path, "".join(new)).given
    result, empty = QueriesFile(file.path, _joined(text, *new)), {"schema": SCHEMA, "query": []}
    if result.problem is not None or {**empty, **result.data} != {**empty, **file.data, "query": given}:
        raise ValueError
    return result


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the start and the end of each entry, the end before the comments above what follows.

    A line of a text of several lines is taken for a header if it looks like one: ``rewritten`` refuses what comes of it.
    """
    headers = [found.start() for found in re.finditer(r"(?m)^[ \t]*\[(?!\[?query\.)", text)]
    spans = []
    for start, end in pairwise([*headers, len(text)]):
        if re.match(r"[ \t]*\[\[[ \t]*query[ \t]*\]\]", text[start:end]):
            lines = text[start:end].splitlines(keepends=True)
            while lines[-1].strip() == "" or lines[-1].lstrip().startswith("#"):
                lines.pop()
            spans.append((start, start + len("".join(lines))))
    return spans


def _with_values(text: str, values: Mapping[str, Any]) -> str:
    import tomlkit

    document: Any = tomlkit.parse(text)
    entry = document["query"][0]
    for key, value in values.items():
        if isinstance(value, dict):
            table = entry.setdefault(key, tomlkit.inline_table())
            for name in [name for name in table if name not in value]:
                del table[name]
            table.update({name: each for name, each in value.items() if table.get(name) != each})
        else:
            entry[key] = value
    lines: str = document.as_string()
    return lines


def queries_text(queries: Iterable[SavedQuery]) -> str:
    return _joined("", *map(rendered, queries))


def rendered(saved: SavedQuery) -> str:
    """Return *saved* in lines that begin with ``[[query]]``."""
    return "".join(["[[query]]\n", *(f"{pair}\n" for pair in _pairs(_entry_of(saved)))])


def _entry_of(saved: SavedQuery) -> dict[str, Any]:
    return {
        "name": saved.name,
        "filters": dict(saved.query),
        "columns": list(saved.columns),
        "sort": list(saved.sort),
        "key": saved.key,
        "start": saved.start,
    }


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
