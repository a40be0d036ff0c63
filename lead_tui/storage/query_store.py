"""The user's saved queries: read from ``queries.toml`` and the site's files, and written without losing another session's changes.

A write takes the lock, reads the file again, makes one change and replaces the file atomically, so that two sessions lose nothing.
A ``queries.toml`` that cannot be read is left untouched, and ``queries.recovered.toml`` takes its place; once it can be read again,
the queries of the other file are shown as the site's are, until the user imports them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.config.paths import Paths
from lead_tui.leads.errors import ConfigurationError, UsageError
from lead_tui.leads.text import one_line
from lead_tui.safe_files import changing, locked, reason, refuse_if_others_write
from lead_tui.storage.saved_queries import (
    Deleted,
    QueryEntry,
    SavedQuery,
    checked,
    checked_name,
    loose_key,
    matching,
    name_key,
    read_queries,
)

if TYPE_CHECKING:
    from lead_tui.storage.query_file import Draft


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
        # Imported here: only a mistake needs it.
        from lead_tui.leads.names import nearest

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

    # Reading

    def load(self) -> LoadedQueries:
        """Return all queries. Never raises because of a file's contents, and writes nothing."""
        main, recovered = read_queries(self.paths.queries_file), self.paths.recovered_file
        notices, others = [*main.notices], list[Path]()
        if main.problem is None:
            own, others = main, [recovered]
        else:
            own = read_queries(recovered)
            notices.append(f"{main.problem}; it is left as it is, and {recovered.name} is used in its place")
            notices += [str(own.problem)] if own.problem else own.notices
        try:
            others += sorted(Path(each) for each in os.scandir(self.paths.site_queries_dir) if each.name.endswith(".toml"))
        except FileNotFoundError:
            pass
        except OSError as error:
            notices.append(one_line(f"{self.paths.site_queries_dir} cannot be read: {reason(error)}"))
        read_only: list[SavedQuery] = []
        for file in (read_queries(path, read_only=True) for path in others):
            notices.extend([str(file.problem)] if file.problem else file.notices)
            read_only.extend(file.queries)
            if file.queries and file.path == recovered:
                remedy = "lead-tui queries import adds what was saved there; then remove the file"
                notices.append(one_line(f"{recovered} is read too: {remedy}"))
        return LoadedQueries(_each_once(own.queries, read_only), tuple(notices), main.problem)

    # Writing

    def save(self, saved: SavedQuery, *, overwrite: bool = False) -> str:
        """Write *saved*, replacing a query of that name only with *overwrite*. Return a notice, usually "".

        Its key and its startup mark are taken away from other queries. A query of the site does not change, but is hidden.

        Raises ``UsageError`` if there is one of that name, in any case and normal form, and for an invalid name or key;
        ``ConfigurationError`` if the file may not be changed; ``OutputError`` if it cannot be written.
        """
        saved = checked(saved)
        with self._draft() as draft:
            found = draft.file.find(saved.name)
            if found is not None and not overwrite:
                raise UsageError(f"There is a saved query {saved.name} already", remedy="overwrite it, or take another name")
            others = [entry for key, entry in draft.file.entries.items() if key != name_key(saved.name)]
            draft.edit((entry, _without_marks_of(saved, entry.saved)) for entry in others)
            return self._put(draft, {name_key(found.saved.name if found else saved.name): saved})

    def save_all(self, queries: Mapping[str, SavedQuery]) -> str:
        """Write all *queries*, each over the one with the name that is its key, else at the end. Return a notice, usually "".

        No key and no startup mark is taken away from another query: the caller leaves out those in use. Raises as ``save``.
        """
        wanted = {name_key(name): checked(saved) for name, saved in queries.items()}
        with self._draft() as draft:
            return self._put(draft, wanted)

    def rename(self, old: str, new: str) -> None:
        """Rename the query *old* to *new*.

        Raises ``UsageError`` if there is no *old* or it is read-only, and otherwise as ``save``.
        """
        name = checked_name(new)
        with self._draft() as draft:
            entry, other = self._own(draft, old), draft.file.find(name)
            if other is not None and other is not entry:
                raise UsageError(f"There is a saved query {name} already", remedy="take another name")
            draft.edit([(entry, replace(entry.saved, name=name))])

    def delete(self, name: str) -> Deleted:
        """Delete the query *name*. Raises ``UsageError`` if there is none or it is read-only, and otherwise as ``save``."""
        with self._draft() as draft:
            return draft.remove(self._own(draft, name))

    def restore(self, deleted: Deleted) -> None:
        """Put a deleted query back, with its comments and unknown keys. Raises as ``save``."""
        with self._draft() as draft:
            if name_key(deleted.saved.name) in draft.file.entries:
                raise UsageError(f"There is a saved query {deleted.saved.name} already", remedy="rename that one first")
            draft.restore(deleted)

    @contextmanager
    def _draft(self) -> Iterator[Draft]:
        """Yield the file to change, and write it at the end: ``queries.toml``, or the recovered one while that cannot be read."""
        # Imported here: the start only reads queries.
        from lead_tui.storage.query_file import Draft

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
            draft.write()

    def _own(self, draft: Draft, name: str) -> QueryEntry:
        if found := draft.file.find(name):
            return found
        self.load().named(name)
        raise UsageError(f"The saved query {one_line(name, 40)} is read-only", remedy="save one of your own under its name")

    def _put(self, draft: Draft, wanted: dict[str, SavedQuery]) -> str:
        """Write *wanted* over the queries with the same ``name_key``, the rest at the end. Return a notice, usually ""."""
        # Imported here, as in ``_draft``.
        from lead_tui.storage.query_file import rendered

        entries = draft.file.entries
        draft.edit([(entries[key], saved) for key, saved in wanted.items() if key in entries])
        draft.append(*(rendered(saved) for key, saved in wanted.items() if key not in entries))
        if draft.file.path != self.paths.recovered_file:
            return ""
        return one_line(f"Saved to {draft.file.path}, since {self.paths.queries_file.name} cannot be read")


def _without_marks_of(saved: SavedQuery, other: SavedQuery) -> SavedQuery:
    return replace(other, key="" if saved.key == other.key else other.key, start=other.start and not saved.start)


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
