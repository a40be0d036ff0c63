"""The saved queries of one person: read from ``queries.toml`` and the site's files, written so that nobody's are lost.

A write takes the lock, reads the file anew, makes its one change and replaces the file at once, so two sessions that save lose
nothing. A ``queries.toml`` that cannot be read is left untouched, and ``queries.recovered.toml`` takes its place; as soon as both
can be read, the next write moves what is in there into ``queries.toml``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.paths import Paths
from lead_tui.leads.errors import ConfigurationError, NameTaken, OutputError, UsageError
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line
from lead_tui.safe_files import cannot_write, locked, message_of, reason, refuse_if_others_write, remove, shown, write_private
from lead_tui.storage.saved_queries import (
    SCHEMA,
    Entry,
    QueriesFile,
    SavedQuery,
    checked,
    checked_name,
    entry_of,
    filter_text,
    loose_key,
    matching,
    name_key,
    named,
    queries_in,
    read_queries,
)

if TYPE_CHECKING:
    from lead_tui.storage.query_text import Removed


class LoadedQueries(Struct, frozen=True):
    """What there is to choose from: one's own queries in the order of their file, then the site's."""

    queries: tuple[SavedQuery, ...] = ()
    """Each name, each key and the start mark once: what comes first has it."""
    notices: tuple[str, ...] = ()
    """Sentences for the person: what is not shown, what cannot be read, what was recovered."""
    problem: ConfigurationError | None = None
    """Why ``queries.toml`` could not be read."""

    def named(self, name: str) -> SavedQuery:
        """The query *name*. Raises ``UsageError`` where there is none; ``problem`` where it may be in the file that is not read."""
        try:
            return named(self.queries, name)
        except UsageError:
            if self.problem is not None:
                raise self.problem from None
            raise

    def start(self) -> SavedQuery | None:
        """The query that is marked to run at the start."""
        return next((saved for saved in self.queries if saved.start), None)


class Deleted(Struct, frozen=True):
    """A query that was deleted, with what ``QueryStore.restore`` needs to put it back as it was written."""

    saved: SavedQuery
    parts: tuple[tuple[Path, Removed], ...]


class _Draft:
    """A file that is being changed, under the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: QueriesFile = read_queries(path)
        self.old = self.file.text
        if self.file.text is None and self.file.problem is None:
            self.text = f"schema = {SCHEMA}\n"
        else:
            self.text = self.file.text or ""

    @property
    def usable(self) -> bool:
        return self.file.problem is None and not self.file.newer

    def take(self, text: str) -> None:
        self.text = text
        self.file = queries_in(text, self.path)

    def append(self, entry: dict[str, Any]) -> None:
        from lead_tui.storage.query_text import appended, rendered

        self.take(appended(self.text, rendered(entry)))

    def change(self, entry: Entry, new: SavedQuery) -> None:
        from lead_tui.storage.query_text import changed

        self.take(changed(self.text, entry.index, _changes(entry, new)))

    def remove(self, entry: Entry) -> Removed:
        from lead_tui.storage.query_text import removed

        gone = removed(self.text, entry.index)
        self.take(gone.after)
        return gone

    def write(self) -> None:
        if self.text == (self.old or ""):
            return
        if len(self.text.encode("utf-8")) > limits.MAX_CONFIGURATION_BYTES:
            raise OutputError(f"{shown(self.path)} would be larger than what is read", remedy="delete saved queries first")
        write_private(self.path, self.text)


def _changes(entry: Entry, new: SavedQuery) -> dict[str, Any]:
    """What has to be written over *entry* to make it *new*: what reads the same stays as somebody wrote it."""
    old, wanted = entry_of(_query_of(entry)), entry_of(new)
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


class QueryStore:
    """Saved queries in files. Every method reads the files anew; none keeps anything. Writing may wait for another session
    (``LOCK_TIMEOUT``): not to be called on an event loop."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    # Reading

    def load(self) -> LoadedQueries:
        """The queries there are. Never raises for what files hold, and writes nothing."""
        main, recovered = read_queries(self.paths.queries_file), read_queries(self.paths.recovered_file)
        notices = [*main.notices, *recovered.notices]
        if main.problem is not None:
            left = f"it is left as it is, and queries are saved to {self.paths.recovered_file.name} meanwhile"
            notices.insert(0, f"{message_of(main.problem)}; {left}")
        if recovered.problem is not None:
            notices.append(message_of(recovered.problem))
        elif recovered.queries:
            when = "with the next save" if main.problem is None else "once that can be read"
            notices.append(
                one_line(f"{self.paths.recovered_file} is read too: what was saved there moves to {main.path.name} {when}")
            )
        site: list[SavedQuery] = []
        for path in self._site_files(notices):
            file = read_queries(path, read_only=True)
            notices.extend([message_of(file.problem)] if file.problem else file.notices)
            site.extend(file.queries)
        return LoadedQueries(_each_once(_newest(main.queries, recovered.queries), site), tuple(notices), main.problem)

    def _site_files(self, notices: list[str]) -> list[Path]:
        directory = self.paths.site_queries_dir
        try:
            return sorted(Path(entry.path) for entry in os.scandir(directory) if entry.name.endswith(".toml"))
        except FileNotFoundError:
            return []
        except OSError as error:
            notices.append(f"{shown(directory)} cannot be read: {reason(error)}")
            return []

    # Writing

    def save(self, saved: SavedQuery, *, overwrite: bool = False) -> str:
        """Writes *saved*; over the one of that name only with *overwrite*. Gives a notice for the person, mostly "".

        Its key and its start mark are taken from whoever has them. A query of the site is not changed: one's own hides it.

        Raises ``NameTaken`` where there is one of that name, whose key or case need not be the same; ``UsageError`` for a name
        or a key that cannot be; ``ConfigurationError`` where the file may not be changed; ``OutputError`` where it cannot be.
        """
        saved = checked(saved)
        with self._drafts() as drafts:
            draft, entry = self._find(drafts, saved.name)
            if entry is not None and not overwrite:
                raise NameTaken(f"There is a saved query {saved.name} already", remedy="overwrite it, or take another name")
            self._make_room(drafts, saved)
            draft = self._put(drafts, draft, entry, saved)
            if draft.path == self.paths.recovered_file:
                return one_line(f"Saved to {draft.path}, since {self.paths.queries_file.name} cannot be changed as it stands")
        return ""

    def save_all(self, new: Iterable[SavedQuery], over: Mapping[str, SavedQuery] = MappingProxyType({})) -> str:
        """Write the *new* queries at once, and those of *over* in the place of the ones named so. Return a notice, mostly "".

        No key and no start mark is taken from another query: the caller leaves out what is taken. Raises as ``save``.
        """
        from lead_tui.storage.query_text import CannotEdit, edited

        wanted = {name_key(saved.name): saved for saved in map(checked, new)}
        wanted |= {name_key(name): checked(saved) for name, saved in over.items()}
        notice = ""
        with self._drafts() as drafts:
            for draft in drafts:
                there = [(entry, wanted.pop(name_key(entry.saved.name), None)) for entry in draft.file.entries if entry.saved]
                changes = {entry.index: _changes(entry, saved) for entry, saved in there if saved is not None}
                added = [entry_of(saved) for saved in wanted.values()] if draft is drafts[-1] else []
                with _whole(draft):
                    try:
                        draft.take(edited(draft.text, changes, added))
                    except CannotEdit:
                        if draft is drafts[0] or changes:
                            raise
                        draft = drafts[0]
                        draft.take(edited(draft.text, {}, added))
                if added and draft.path == self.paths.recovered_file:
                    notice = one_line(f"Saved to {draft.path}, since {self.paths.queries_file.name} cannot be changed as it stands")
        return notice

    def rename(self, old: str, new: str) -> None:
        """Gives the query *old* the name *new*, everything else staying as it is.

        Raises ``UsageError`` where there is no *old* or it is the site's, and else as ``save``.
        """
        name = checked_name(new)
        with self._drafts() as drafts:
            draft, entry = self._own(drafts, old)
            _, other = self._find(drafts, name)
            if other is not None and other is not entry:
                raise NameTaken(f"There is a saved query {name} already", remedy="take another name")
            with _whole(draft):
                draft.change(entry, replace(_query_of(entry), name=name))
            for each in drafts:
                # One that was hidden by it must not come to light.
                if each is not draft and (hidden := each.file.find(_query_of(entry).name)):
                    with _whole(each):
                        each.remove(hidden)

    def delete(self, name: str) -> Deleted:
        """Takes the query *name* away. Raises ``UsageError`` where there is none or it is the site's, and else as ``save``."""
        with self._drafts() as drafts:
            _, entry = self._own(drafts, name)
            parts = []
            for draft in drafts:
                if each := draft.file.find(_query_of(entry).name):
                    with _whole(draft):
                        parts.append((draft.path, draft.remove(each)))
            return Deleted(_query_of(entry), tuple(parts))

    def restore(self, deleted: Deleted) -> None:
        """Puts a deleted query back, comments and unknown keys included, where it stood. Raises as ``save``."""
        from lead_tui.storage.query_text import appended, restored

        with self._drafts() as drafts:
            if any(draft.file.exactly(deleted.saved.name) for draft in drafts):
                raise NameTaken(f"There is a saved query {deleted.saved.name} already", remedy="rename that one first")
            for path, gone in deleted.parts:
                draft = next((each for each in drafts if each.path == path), None)
                with _whole(draft or drafts[0]):
                    if draft is not None:
                        draft.take(restored(draft.text, gone))
                    else:
                        drafts[0].take(appended(drafts[0].text, gone.lines))

    @contextmanager
    def _drafts(self) -> Iterator[list[_Draft]]:
        """The files that may be changed, what hides others first; what was changed is written at the end."""
        # A link stays a link: what it leads to is written, and locked for whoever else has a link to it.
        main_path = Path(os.path.realpath(self.paths.queries_file))
        try:
            refuse_if_others_write(main_path.parent, main_path.parent.stat())
        except FileNotFoundError:
            # It is made before it is written to.
            pass
        except OSError as error:
            raise cannot_write(main_path, error, "nothing has been changed") from None
        with locked(main_path):
            main, recovered = _Draft(main_path), _Draft(self.paths.recovered_file)
            if main.file.newer:
                raise ConfigurationError(
                    f"{shown(main_path)} was written by a newer version and is not changed", remedy="update lead-tui"
                )
            if not main.usable and not recovered.usable:
                raise _unusable(main, recovered)
            drafts = [draft for draft in (recovered, main) if draft.usable]
            if len(drafts) == 2:
                _move(recovered, main)
            yield drafts
            # First what takes, then what gave: a crash between leaves a query in both, not in none.
            main.write()
            if recovered.old is not None and not recovered.file.entries and recovered.text != recovered.old:
                remove(recovered.path)
            elif recovered.file.entries:
                recovered.write()

    @staticmethod
    def _find(drafts: list[_Draft], name: str) -> tuple[_Draft | None, Entry | None]:
        pairs = [(draft, entry, entry.saved.name) for draft in drafts for entry in draft.file.entries if entry.saved]
        found = matching(pairs, name, itemgetter(2))
        return found[0][:2] if len(found) == 1 else (None, None)

    def _own(self, drafts: list[_Draft], name: str) -> tuple[_Draft, Entry]:
        draft, entry = self._find(drafts, name)
        if draft is not None and entry is not None:
            return draft, entry
        named(self.load().queries, name)
        raise UsageError(f"The saved query {one_line(name, 40)} is the site's", remedy="save one of your own under its name")

    def _put(self, drafts: list[_Draft], draft: _Draft | None, entry: Entry | None, saved: SavedQuery) -> _Draft:
        """Writes *saved* over *entry*, or at the end; where ``queries.toml`` cannot be edited, to the other file."""
        from lead_tui.storage.query_text import CannotEdit

        target = draft or drafts[-1]
        try:
            if entry is not None:
                target.change(entry, saved)
            else:
                target.append(entry_of(saved))
        except CannotEdit:
            if target is drafts[0]:
                raise _not_editable(target) from None
            target = drafts[0]
            with _whole(target):
                target.append(entry_of(saved))
        return target

    @staticmethod
    def _make_room(drafts: list[_Draft], saved: SavedQuery) -> None:
        for draft in drafts:
            for entry in draft.file.entries:
                other = entry.saved
                if other is None or name_key(other.name) == name_key(saved.name):
                    continue
                key = "" if saved.key and other.key == saved.key else other.key
                start = other.start and not saved.start
                if (key, start) != (other.key, other.start):
                    with _whole(draft):
                        draft.change(entry, replace(other, key=key, start=start))


def _newest(main: Iterable[SavedQuery], recovered: Iterable[SavedQuery]) -> list[SavedQuery]:
    """*main* with *recovered* over it: that was saved later."""
    merged = {name_key(saved.name): saved for saved in main}
    for saved in recovered:
        before = matching(list(merged), saved.name, str)
        merged[before[0] if len(before) == 1 else name_key(saved.name)] = saved
    return list(merged.values())


def _each_once(own: Iterable[SavedQuery], site: Iterable[SavedQuery]) -> tuple[SavedQuery, ...]:
    """*own*, and those of *site* that none of *own* hides: each name, key and start mark once."""
    own = list(own)
    hidden = {loose_key(saved.name) for saved in own}
    kept: dict[str, SavedQuery] = {}
    keys: set[str] = set()
    started = False
    for saved in [*own, *(each for each in site if loose_key(each.name) not in hidden)]:
        if name_key(saved.name) in kept:
            continue
        key = "" if saved.key in keys else saved.key
        kept[name_key(saved.name)] = replace(saved, key=key, start=saved.start and not started)
        keys.update(key)
        started = started or saved.start
    return tuple(kept.values())


def _query_of(entry: Entry) -> SavedQuery:
    if entry.saved is None:
        raise UsageError("There is no such saved query")
    return entry.saved


def _move(recovered: _Draft, main: _Draft) -> None:
    """Moves the queries of *recovered* to *main*, over those of the same name; what cannot be moved stays."""
    from lead_tui.storage.query_text import CannotEdit, appended

    while entry := next((each for each in recovered.file.entries if each.saved is not None), None):
        before = recovered.text, main.text
        try:
            gone = recovered.remove(entry)
            if there := main.file.find(_query_of(entry).name):
                main.change(there, _query_of(entry))
            else:
                main.take(appended(main.text, gone.lines))
        except CannotEdit:
            recovered.take(before[0])
            main.take(before[1])
            return


@contextmanager
def _whole(draft: _Draft) -> Iterator[None]:
    from lead_tui.storage.query_text import CannotEdit

    try:
        yield
    except CannotEdit:
        raise _not_editable(draft) from None


def _not_editable(draft: _Draft) -> ConfigurationError:
    return ConfigurationError(f"{shown(draft.path)} is written in a way that is not changed from here", remedy="change it by hand")


def _unusable(main: _Draft, recovered: _Draft) -> ConfigurationError:
    both = " ".join(message_of(draft.file.problem) for draft in (main, recovered) if draft.file.problem)
    return ConfigurationError(f"Nothing can be saved. {both}", remedy=f"repair {shown(main.path)}")


def queries_text(queries: Iterable[SavedQuery]) -> str:
    """*queries* as the text of a file of their own."""
    from lead_tui.storage.query_text import rendered

    return "\n".join([f"schema = {SCHEMA}\n", *(rendered(entry_of(saved)) for saved in queries)])
