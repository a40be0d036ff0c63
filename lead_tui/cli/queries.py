"""``lead-tui queries``: the saved queries listed, shown, deleted, and carried from one configuration to another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.cli.console import Ask
from lead_tui.export.sink import Sink
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.leads.text import one_line
from lead_tui.safe_files import message_of, open_regular, reason, shown, write_private
from lead_tui.storage.query_store import LoadedQueries, QueryStore, queries_text
from lead_tui.storage.saved_queries import SavedQuery, loose_key, name_key, queries_in

_GAP = "  "
_MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whom the commands talk to."""

    note: Callable[[str], None]
    """Takes a sentence for standard error."""
    ask: Ask | None = None
    """None where nobody is there to answer."""


def list_queries(store: QueryStore, sink: Sink, teller: Reporter) -> None:
    """A line for each query: name, digit, marks, filters; aligned on a terminal, else separated by tabs.

    Raises ``ConfigurationError``, after those that can be read, where a file cannot be.
    """
    loaded = _loaded(store, teller)
    rows = [(one_line(saved.name), saved.key, _marks(saved), one_line(saved.query.summary())) for saved in loaded.queries]
    if sink.terminal:
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        lines = [
            _GAP.join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip() for row in rows
        ]
    else:
        lines = ["\t".join(row) for row in rows]
    sink.write("".join(f"{line}\n" for line in lines))
    if loaded.problem is not None:
        raise loaded.problem
    if not rows:
        teller.note("Nothing is saved yet: the app saves the search that it shows")


def show_query(store: QueryStore, name: str, sink: Sink) -> None:
    """The query *name* as the file holds it. Raises ``UsageError`` where there is none."""
    sink.write(queries_text([store.load().named(name)]))


def delete_query(store: QueryStore, name: str, teller: Reporter) -> None:
    """Take the query *name* away, after asking where somebody can answer. Raises as ``QueryStore.delete``."""
    saved = store.load().named(name)
    if not saved.read_only and teller.ask is not None and not teller.ask(f"Delete the saved query {_quoted(saved)}?"):
        teller.note("Nothing was deleted")
        return
    store.delete(saved.name)
    teller.note(f"Deleted {_quoted(saved)}")


def export_queries(store: QueryStore, path: str, sink: Sink, teller: Reporter, *, force: bool = False) -> None:
    """One's own queries as a file of queries, to *path*, or to *sink* where that is "".

    Raises ``OutputError``, also where *path* is there and *force* does not say to write over it; ``ConfigurationError`` where the
    queries cannot all be read: a copy that lacks some is none.
    """
    loaded = _loaded(store, teller)
    if loaded.problem is not None:
        raise loaded.problem
    own = [saved for saved in loaded.queries if not saved.read_only]
    if site := len(loaded.queries) - len(own):
        teller.note(f"Left out, being read-only: {_count(site)}")
    text = queries_text(own)
    if not path:
        sink.write(text)
        return
    target = Path(os.path.realpath(path))
    if not force and os.path.lexists(path):
        raise OutputError(f"{shown(Path(path))} is there already", remedy="--force writes over it")
    if target.exists() and not target.is_file():
        raise OutputError(f"{shown(target)} is no regular file", remedy="leave FILE out to have it on standard output")
    # Without a lock, which would leave a file beside it: nobody else writes a copy of that name.
    write_private(target, text)
    teller.note(f"Exported {_count(len(own))}")


def import_queries(store: QueryStore, text: str, path: str, teller: Reporter, *, force: bool = False) -> None:
    """Add the queries of *text*, a file of queries that came from *path*.

    One that is there already, the same but for digit and start mark, is left alone. Where a name is taken by another query,
    that one stays, unless *force* or somebody who is asked says to write over it. Digits and the start mark are never taken away
    from a query that has them. Raises ``UsageError`` for a text that is no file of queries, and, when the rest is done, for
    names that were taken and entries that are none.
    """
    given = queries_in(text, Path(path or "standard input"))
    if given.problem is not None:
        raise UsageError(message_of(given.problem))
    if given.newer:
        raise UsageError("This file was written by a newer version", remedy="update lead-tui")
    for notice in given.notices:
        teller.note(notice)
    added, changed, same, kept = 0, 0, 0, list[SavedQuery]()
    known = {name_key(each.name): each for each in store.load().queries if not each.read_only}
    meant = {name_key(saved.name) for saved in given.queries}
    in_other_case = {loose_key(each.name): each for key, each in known.items() if key not in meant}
    new, over = list[SavedQuery](), dict[str, SavedQuery]()
    for saved in given.queries:
        before = known.get(name_key(saved.name)) or in_other_case.get(loose_key(saved.name))
        if before is not None and _same(before, saved):
            same += 1
            continue
        question = f"There is a saved query {_quoted(saved)} already, which is another: write over it?"
        if before is not None and not force and (teller.ask is None or not teller.ask(question)):
            kept.append(saved)
            continue
        others = (each for each in known.values() if each is not before)
        saved = known[name_key(saved.name)] = _without_what_is_taken(saved, others, teller)
        if before is None:
            new.append(saved)
        else:
            over[before.name] = saved
        added, changed = added + (before is None), changed + (before is not None)
    if (new or over) and (notice := store.save_all(new, over)):
        teller.note(notice)
    parts = ((added, "added"), (changed, "written over"), (same, "there already"), (len(kept), "left as they were"))
    teller.note(", ".join(f"{count:,} {what}" for count, what in parts if count) or "There is no query in it")
    if kept and teller.ask is None:
        names = ", ".join(map(_quoted, kept))
        raise UsageError(f"The names of {names} are taken by other queries", remedy="--force writes over them")
    if left_out := sum(entry.saved is None for entry in given.entries):
        raise UsageError(f"Left out, being no query: {left_out:,} of {len(given.entries):,}")


def read_import(path: str) -> str:
    """The text of *path*. Raises ``UsageError``."""
    try:
        with open_regular(Path(path)) as file:
            content = file.read(limits.MAX_CONFIGURATION_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{shown(Path(path))} cannot be read: {reason(error)}") from None
    return decoded(content)


def decoded(content: bytes) -> str:
    """*content* as text. Raises ``UsageError`` where it is none, or more than a file of queries may be."""
    if len(content) > limits.MAX_CONFIGURATION_BYTES:
        raise UsageError("This is larger than a file of saved queries may be")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("This is no text in UTF-8") from None


def _loaded(store: QueryStore, teller: Reporter) -> LoadedQueries:
    loaded = store.load()
    told = message_of(loaded.problem) if loaded.problem is not None else ""
    for notice in loaded.notices:
        # What is raised in the end is told then.
        if not told or not notice.startswith(told):
            teller.note(notice)
    return loaded


def _same(one: SavedQuery, other: SavedQuery) -> bool:
    return (dict(one.query), one.columns, one.sort) == (dict(other.query), other.columns, other.sort)


def _without_what_is_taken(saved: SavedQuery, others: Iterable[SavedQuery], teller: Reporter) -> SavedQuery:
    others = tuple(others) if saved.key or saved.start else ()
    if saved.key and (holder := next((each for each in others if each.key == saved.key), None)):
        teller.note(f"{_quoted(saved)} comes without its digit {saved.key}, which {_quoted(holder)} has")
        saved = replace(saved, key="")
    if saved.start and (holder := next((each for each in others if each.start), None)):
        teller.note(f"{_quoted(saved)} does not run at the start, which {_quoted(holder)} does")
        saved = replace(saved, start=False)
    return saved


def _marks(saved: SavedQuery) -> str:
    return " ".join(mark for mark, holds in (("start", saved.start), ("read-only", saved.read_only)) if holds)


def _quoted(saved: SavedQuery) -> str:
    return f"“{one_line(saved.name, _MAX_NAME)}”"


def _count(queries: int) -> str:
    return "1 query" if queries == 1 else f"{queries:,} queries"
