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
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count, groupby, pairwise
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.paths import Paths
from lead_tui.config.schema import statements
from lead_tui.leads.errors import ConfigurationError, OutputError, UsageError
from lead_tui.leads.text import nearest, one_line
from lead_tui.safe_files import changing, locked, reason, refuse_if_others_write, write_private
from lead_tui.storage.saved_queries import (
    SCHEMA,
    Deleted,
    QueriesFile,
    QueryEntry,
    SavedQuery,
    checked,
    entry_of,
    is_same_search,
    loose_key,
    matching,
    name_key,
    read_queries,
)

QUERY: Final = "query"
_COMMENTS_AT_END: Final = r"(?m)(?:^[ \t]*(?:#.*)?\r?\n)*(?:^[ \t]*(?:#.*)?)?\Z"


class LoadedQueries(Struct, frozen=True):
    """The queries to choose from: the user's in the order of their file, then those that are read-only."""

    queries: tuple[SavedQuery, ...] = ()
    """Each name, each key and the startup mark once: the first query keeps it."""
    notices: tuple[str, ...] = ()
    """Messages for the user: ``problem`` first, then what is not shown, cannot be read, or was recovered."""
    problem: ConfigurationError | None = None
    """Why ``queries.toml`` could not be read."""

    def named(self, name: str) -> SavedQuery:
        """Return the query with exactly this *name*, else the only one whose name differs only in case.

        Raises ``UsageError`` if there is none, with the nearest name, or if there are several; ``problem`` if it may be in an
        unreadable file.
        """
        by_name = {saved.name: saved for saved in self.queries}
        found = matching(by_name, name)
        if len(found) == 1:
            return by_name[found[0]]
        if self.problem is not None:
            raise self.problem
        if found:
            names = " and ".join(one_line(each, 40) for each in found)
            raise UsageError(f"The names {names} differ only in case", remedy="write the name exactly")
        by_key = {loose_key(each): each for each in by_name}
        near = nearest(loose_key(name), by_key)
        remedy = f"did you mean {by_key[near]}?" if near else "lead-tui queries list shows them all"
        raise UsageError(f"There is no saved query {one_line(name, 40)}", remedy=remedy)

    def find(self, name: str) -> SavedQuery | None:
        """Return the query with this *name* in any Unicode normal form."""
        return next((saved for saved in self.queries if name_key(saved.name) == name_key(name)), None)

    def start(self) -> SavedQuery | None:
        return next((saved for saved in self.queries if saved.start), None)


class QueryStore:
    """The files of saved queries. Every method reads them again. Writing may wait for another session (``LOCK_TIMEOUT``), so do not
    call it on the event loop."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.deleted: Deleted | None = None
        """The query deleted last, until it is restored."""

    # Reading

    def load(self) -> LoadedQueries:
        """Return all queries. Never raises because of a file's contents, and writes nothing."""
        main = read_queries(self.paths.queries_file)
        recovered = read_queries(self.paths.recovered_file, read_only=main.problem is None)
        own = main if main.problem is None else recovered
        read_only = [] if own is recovered else _recovered(recovered.queries, own.queries)
        notices, site = [*main.notices], list[Path]()
        if main.problem is not None:
            notices.append(f"{main.problem}; it is left as it is, and {recovered.path.name} is used in its place")
        elif read_only:
            remedy = "lead-tui queries import FILE adds what was saved there; then remove the file"
            notices.append(one_line(f"{recovered.path} is read too: {remedy}"))
        try:
            site += sorted(Path(each) for each in os.scandir(self.paths.site_queries_dir) if each.name.endswith(".toml"))
        except FileNotFoundError:
            pass
        except OSError as error:
            notices.append(one_line(f"{self.paths.site_queries_dir} cannot be read: {reason(error)}"))
        others = [read_queries(path, read_only=True) for path in site]
        for file in (recovered, *others):
            notices += [str(file.problem)] if file.problem else file.notices
        read_only += [saved for file in others for saved in file.queries]
        return LoadedQueries(_each_once(own.queries, read_only), tuple(notices), main.problem)

    # Writing

    def save(self, saved: SavedQuery) -> str:
        """Write *saved*, a new query. Return a notice, usually "".

        Its key and its startup mark are taken away from other queries. A query of the site does not change, but is hidden.

        Raises ``UsageError`` if there is one of that name, in any case and normal form, and for an invalid name or key;
        ``ConfigurationError`` if the file may not be changed; ``OutputError`` if it cannot be written.
        """
        saved = checked(saved)
        with self._draft() as draft:
            draft.make_room(saved)
            draft.append(rendered(saved))
            return self._notice(draft)

    def change(self, name: str, /, **changes: object) -> str:
        """Write *changes*, fields of a ``SavedQuery``, to the query *name*; what another session changed besides stays.

        Return as ``save``. Raises ``UsageError`` if there is no such query or it is read-only, and otherwise as ``save``.
        """
        with self._draft() as draft:
            entry = self._own(draft, name)
            saved = checked(replace(entry.saved, **changes))
            draft.make_room(saved, entry)
            draft.edit([(entry, saved)])
            return self._notice(draft)

    def save_all(self, queries: Mapping[str, SavedQuery]) -> str:
        """Write all *queries*, each over the one with the name that is its key, else at the end. Return a notice, usually "".

        No key and no startup mark is taken away from another query: the caller leaves out those in use. Raises as ``save``.
        """
        wanted = {name_key(name): checked(saved) for name, saved in queries.items()}
        with self._draft() as draft:
            entries = draft.file.entries
            draft.edit([(entries[key], saved) for key, saved in wanted.items() if key in entries])
            draft.append(*(rendered(saved) for key, saved in wanted.items() if key not in entries))
            return self._notice(draft)

    def delete(self, name: str) -> None:
        """Delete the query *name*. Raises ``UsageError`` if there is none or it is read-only, and otherwise as ``save``."""
        with self._draft() as draft:
            deleted = draft.remove(self._own(draft, name))
        self.deleted = deleted

    def restore(self, deleted: Deleted) -> None:
        """Put a deleted query back, with its comments and unknown keys. Raises as ``save``."""
        with self._draft() as draft:
            if name_key(deleted.saved.name) in draft.file.entries:
                raise UsageError(f"There is a saved query {deleted.saved.name} already", remedy="rename that one first")
            draft.restore(deleted)
        self.deleted = None

    @contextmanager
    def _draft(self) -> Iterator[Draft]:
        """Yield the file to change, and write it at the end: ``queries.toml``, or the recovered one while that cannot be read."""
        # A link stays a link: its target is written, and locked for others who have a link to it.
        path = Path(os.path.realpath(self.paths.queries_file))
        with changing(path):
            if path != self.paths.queries_file and path.parent.is_dir():
                refuse_if_others_write(path.parent, path.parent.stat())
        with locked(path):
            file = read_queries(path)
            if (problem := file.problem) is not None:
                file = read_queries(self.paths.recovered_file)
                if file.problem is not None:
                    raise ConfigurationError(f"Nothing can be saved. {problem.message}", remedy=problem.remedy)
            if file.newer:
                raise ConfigurationError(f"{file.path} was written by a newer version and is not changed", remedy="update lead-tui")
            draft = Draft(file)
            yield draft
            if (text := draft.file.text) != file.text:
                if len(text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
                    raise OutputError(f"{file.path} would be larger than what is read", remedy="delete saved queries first")
                write_private(file.path, text)

    def _own(self, draft: Draft, name: str) -> QueryEntry:
        if found := draft.file.find(name):
            return found
        self.load().named(name)
        raise UsageError(f"The saved query {one_line(name, 40)} is read-only", remedy="save one of your own under its name")

    def _notice(self, draft: Draft) -> str:
        if draft.file.path != self.paths.recovered_file:
            return ""
        return one_line(f"Saved to {draft.file.path}, since {self.paths.queries_file.name} cannot be read")


def _recovered(queries: Collection[SavedQuery], own: Collection[SavedQuery]) -> list[SavedQuery]:
    """Return those of the recovered *queries* that *own* does not have, each under a name that none of *own* has."""
    by_name: dict[str, list[SavedQuery]] = {}
    for saved in own:
        by_name.setdefault(loose_key(saved.name), []).append(saved)
    taken, found = {*by_name, *(loose_key(saved.name) for saved in queries)}, list[SavedQuery]()
    for saved in queries:
        rivals = by_name.get(loose_key(saved.name), ())
        if not any(is_same_search(saved, each) for each in rivals):
            marks = (f" (recovered{f' {number}' if number > 1 else ''})" for number in count(1))
            names = (saved.name[: limits.MAX_NAME_CHARACTERS - len(mark)] + mark for mark in marks)
            name = next(each for each in names if loose_key(each) not in taken) if rivals else saved.name
            taken.add(loose_key(name))
            found.append(replace(saved, name=name))
    return found


def _each_once(own: Collection[SavedQuery], others: Iterable[SavedQuery]) -> tuple[SavedQuery, ...]:
    """Return *own*, and those of *others* that none of *own* hides: each name, key and startup mark once."""
    hidden, keys, starts = {loose_key(saved.name) for saved in own}, set[str](), False
    kept: dict[str, SavedQuery] = {}
    for saved in [*own, *(each for each in others if loose_key(each.name) not in hidden)]:
        if name_key(saved.name) not in kept:
            kept[name_key(saved.name)] = replace(
                saved, key="" if saved.key in keys else saved.key, start=saved.start and not starts
            )
            keys.add(saved.key)
            starts = starts or saved.start
    return tuple(kept.values())


# Changing a text


class Draft:
    """A file that is being changed, under its lock. A change of a file that is written in too odd a way raises
    ``ConfigurationError``, and changes nothing."""

    def __init__(self, file: QueriesFile) -> None:
        self.file = file

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

    def make_room(self, saved: SavedQuery, own: QueryEntry | None = None) -> None:
        """Take the key and the startup mark of *saved* away from all entries but its *own*, if it has one.

        Raises ``UsageError`` if another entry has its name.
        """
        if self.file.find(saved.name) not in (None, own):
            raise UsageError(f"There is a saved query {saved.name} already", remedy="take another name")
        changes = []
        for entry in self.file.entries.values():
            other = entry.saved
            key, start = "" if other.key == saved.key else other.key, other.start and not saved.start
            if entry != own:
                changes.append((entry, replace(other, key=key, start=start)))
        self.edit(changes)

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
    def _changing(self) -> Iterator[dict[tuple[str | int, ...], tuple[int, int]]]:
        """Yield the ``_spans``; on an error, change nothing."""
        try:
            yield _spans(self.file.text)
        except Exception:
            # Whatever the library raises, the file stays as it is: ``_become`` is the last step.
            problem = f"{self.file.path} is written in a way that is not changed from here"
            raise ConfigurationError(problem, remedy="change it by hand") from None

    def _become(self, text: str, given: list[Any]) -> None:
        """Accept *text* if its entries are *given* and everything else in it is unchanged."""
        new = QueriesFile(self.file.path, text)
        if new.problem is not None or new.given != given or new.others != self.file.others:
            raise ValueError
        self.file = new


def _spans(text: str) -> dict[tuple[str | int, ...], tuple[int, int]]:
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
