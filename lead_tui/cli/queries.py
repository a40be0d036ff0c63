"""``lead-tui queries``: list, show and delete saved queries, and carry them from one configuration to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.cli.console import Ask, all_of_standard_input, ask, can_ask, complain, standard_output
from lead_tui.cli.options import STANDARD_STREAM
from lead_tui.config.paths import Paths
from lead_tui.invocation import Command
from lead_tui.leads.errors import ConfigurationError, UsageError
from lead_tui.leads.text import one_line
from lead_tui.safe_files import open_regular, reason, target_of
from lead_tui.storage.query_store import LoadedQueries, QueryStore, queries_text
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery, is_same_search, loose_key, quoted, read_queries


def run_queries(command: Command) -> None:
    """Run ``lead-tui queries``. Raises ``LeadTuiError``."""
    store, (action, *rest), force = QueryStore(Paths.of(command.account.config_dir)), command.words, command.options.force
    target = rest[0] if rest else STANDARD_STREAM
    from_standard_input = action == "import" and target == STANDARD_STREAM
    may_ask = ask if can_ask() and not from_standard_input and not force else None
    match action:
        case "show":
            standard_output().write(queries_text([store.load().named(target)]))
        case "delete":
            delete_query(store, target, may_ask)
        case "import":
            path = Path("standard input" if from_standard_input else target)
            import_queries(store, _text_of(path, is_stream=from_standard_input), path, may_ask, force=force)
        case "export":
            _export_queries(store, target, may_ask, force=force)
        case _:
            _list_queries(store)


def _list_queries(store: QueryStore) -> None:
    """Write a line for each query: name, digit, marks, filters; aligned on a terminal, else separated by tabs.

    Raises ``ConfigurationError`` if a file cannot be read, after listing those that can.
    """
    sink, loaded = standard_output(), _loaded(store)
    rows = [(one_line(saved.name), saved.key, saved.marks, one_line(saved.query.summary())) for saved in loaded.queries]
    if sink.terminal:
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        lines = [
            "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip() for row in rows
        ]
    else:
        lines = ["\t".join(row) for row in rows]
    sink.write("".join(f"{line}\n" for line in lines))
    if loaded.problem is not None:
        raise loaded.problem
    if not rows:
        complain("No saved queries yet: press w in the app to save the current search")


def delete_query(store: QueryStore, name: str, ask: Ask | None = None) -> None:
    """Delete the query *name*; with *ask*, only if the user agrees. Raises as ``QueryStore.delete``."""
    saved = store.load().named(name)
    if not saved.read_only and ask is not None and not ask(f"Delete the saved query {quoted(saved.name)}?"):
        complain("Nothing was deleted")
        return
    store.delete(saved.name)
    complain(f"Deleted {quoted(saved.name)}")


def _export_queries(store: QueryStore, path: str, ask: Ask | None, *, force: bool) -> None:
    """Write the user's own queries to *path*, or to standard output for ``-``. An existing file is treated as in a search.

    Raises ``OutputError``; ``ConfigurationError`` if a file cannot be read, or, after writing the others, for invalid queries.
    """
    files = [read_queries(path) for path in (store.paths.queries_file, store.paths.recovered_file)]
    for file in files:
        if file.problem is not None:
            raise file.problem
    loaded = _loaded(store)
    own = [saved for saved in loaded.queries if not saved.read_only]
    if site := len(loaded.queries) - len(own):
        complain(f"Skipped, read-only: {_count(site)}")
    text = queries_text(own)
    if path == STANDARD_STREAM:
        standard_output().write(text)
    else:
        # Imported here: the other actions are faster without it.
        from lead_tui.export.exporting import WholeFile

        target = WholeFile(target_of(path), force)
        target.check(ask)
        target.write(text.encode())
        complain(f"Exported {_count(len(own))}")
    if left_out := sum(len(file.given) - len(file.entries) for file in files):
        what = f"{_count(left_out)} that {'is' if left_out == 1 else 'are'} not valid"
        raise ConfigurationError(f"Left out: {what}", remedy="correct them in the file, then export again")


def import_queries(store: QueryStore, text: str, path: Path, ask: Ask | None = None, *, force: bool = False) -> None:
    """Add the queries of *text*, a file of queries that came from *path*.

    A query that already exists, the same except for digit and start mark, is skipped. One with the name of a different query
    replaces it only with *force* or if the user agrees; without *ask* no question is asked. Digits and the start mark stay with the
    queries that have them. Raises ``UsageError`` for a text that is not a file of queries and, after importing the rest, for names
    that are taken and for invalid entries.
    """
    given = QueriesFile(path, text)
    if given.problem is not None:
        raise UsageError(str(given.problem))
    if given.newer:
        raise UsageError("This file was written by a newer version", remedy="update lead-tui")
    for notice in given.notices:
        complain(notice)
    known = {each.name: each for each in store.load().queries if not each.read_only}
    names = {each.name for each in given.queries}
    in_other_case = {loose_key(name): each for name, each in known.items() if name not in names}
    counts = dict.fromkeys(("added", "overwritten", "already there", "not overwritten"), 0)
    wanted, kept = dict[str, SavedQuery](), list[str]()
    for saved in given.queries:
        before = known.get(saved.name) or in_other_case.get(loose_key(saved.name))
        question = f"There is a saved query {quoted(saved.name)} already, which is another: overwrite it?"
        if before is None:
            counts["added"] += 1
        elif is_same_search(before, saved):
            counts["already there"] += 1
            continue
        elif force or (ask is not None and ask(question)):
            counts["overwritten"] += 1
        else:
            counts["not overwritten"] += 1
            kept.append(quoted(saved.name))
            continue
        others = [each for each in known.values() if each is not before]
        saved = known[saved.name] = _without_what_is_taken(saved, others)
        wanted[saved.name if before is None else before.name] = saved
    if wanted and (notice := store.save_all(wanted)):
        complain(notice)
    complain(", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or f"{path} contains no saved query")
    if kept and ask is None:
        raise UsageError(
            f"Not imported, since other queries have these names: {', '.join(kept)}", remedy="use --force to overwrite them"
        )
    if left_out := len(given.given) - len(given.entries):
        raise UsageError(f"Skipped, not valid queries: {left_out:,} of {len(given.given):,}")


def _text_of(path: Path, *, is_stream: bool) -> str:
    """Return the text of the file at *path*, or of standard input if *is_stream*. Raises ``UsageError``."""
    try:
        if is_stream:
            content = all_of_standard_input()
        else:
            with open_regular(path) as file:
                content = file.read(limits.MAX_CONFIGURATION_BYTES + 1)
        if len(content) > limits.MAX_CONFIGURATION_BYTES:
            raise UsageError(f"{path} is larger than a file of saved queries may be", remedy="divide it")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read", remedy=reason(error)) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8", remedy="save it as UTF-8") from None


def _loaded(store: QueryStore) -> LoadedQueries:
    loaded = store.load()
    # The caller raises the problem, which is the first notice, itself.
    for notice in loaded.notices[loaded.problem is not None :]:
        complain(notice)
    if loaded.problem is not None and not all(saved.read_only for saved in loaded.queries):
        complain(one_line(f"{store.paths.recovered_file} is read in place of {store.paths.queries_file.name}"))
    return loaded


def _without_what_is_taken(saved: SavedQuery, others: Sequence[SavedQuery]) -> SavedQuery:
    if saved.key and (holder := next((each for each in others if each.key == saved.key), None)):
        complain(f"{quoted(saved.name)} comes without its digit {saved.key}, which {quoted(holder.name)} has")
        saved = replace(saved, key="")
    if saved.start and (holder := next((each for each in others if each.start), None)):
        complain(f"{quoted(saved.name)} does not run at the start, which {quoted(holder.name)} does")
        saved = replace(saved, start=False)
    return saved


def _count(queries: int) -> str:
    return "1 query" if queries == 1 else f"{queries:,} queries"
