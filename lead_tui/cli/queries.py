"""``lead-tui queries``: list, show, delete, import and export saved queries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.cli.console import all_of_standard_input, ask, can_ask, complain, standard_output
from lead_tui.cli.options import STANDARD_STREAM
from lead_tui.config.paths import Paths
from lead_tui.invocation import Command
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line
from lead_tui.safe_files import reason
from lead_tui.storage.query_store import LoadedQueries, QueryStore, queries_text
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery, is_same_search, quoted


def run(command: Command) -> None:
    """Run ``lead-tui queries``. Raises ``LeadTuiError``."""
    store, (action, *rest), force = QueryStore(Paths.of(command.account.config_dir)), command.words, command.options.force
    target = rest[0] if rest else STANDARD_STREAM
    match action:
        case "show":
            standard_output().write(queries_text([store.load().named(target)]))
        case "delete":
            delete_query(store, target, ask if can_ask() and not force else None)
        case "import":
            path = Path("standard input" if target == STANDARD_STREAM else target)
            import_queries(store, _text_of(path, is_stream=target == STANDARD_STREAM), path, force=force)
        case "export":
            _export_queries(store, target, force=force)
        case _:
            _list_queries(store)


def _list_queries(store: QueryStore) -> None:
    """Write a line for each query: aligned on a terminal, else separated by tabs. A file that cannot be read is an error."""
    sink, loaded = standard_output(), _loaded(store)
    rows = [(one_line(saved.name), saved.key, saved.marks, one_line(saved.query.summary())) for saved in loaded.queries]
    if sink.terminal:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    else:
        lines = ["\t".join(row) for row in rows]
    sink.write("".join(f"{line}\n" for line in lines))
    if loaded.problem is not None:
        raise loaded.problem
    if not rows:
        complain("No saved queries yet: press w in the app to save the current search")


def delete_query(store: QueryStore, name: str, ask: Callable[[str], bool] | None = None) -> None:
    """Delete the query *name*; with *ask*, only if the user agrees. Raises as ``QueryStore.delete``."""
    saved = store.load().named(name)
    if not saved.read_only and ask is not None and not ask(f"Delete the saved query {quoted(saved.name)}?"):
        complain("Nothing was deleted")
        return
    store.delete(saved.name)
    complain(f"Deleted {quoted(saved.name)}")


def _export_queries(store: QueryStore, path: str, *, force: bool) -> None:
    """Write the user's own queries to *path*, or to standard output for ``-``. A file that cannot be read is an error."""
    loaded = _loaded(store)
    if loaded.problem is not None:
        raise loaded.problem
    own = [saved for saved in loaded.queries if not saved.read_only]
    text = queries_text(own)
    if path == STANDARD_STREAM:
        standard_output().write(text)
        return
    # Imported here: the other actions are faster without it.
    from lead_tui.cli.output import whole_file

    whole_file(path, overwrite=force)(text)
    complain(f"Saved queries exported: {len(own):,}")


def import_queries(store: QueryStore, text: str, path: Path, *, force: bool = False) -> None:
    """Add the queries of *text*, a file of queries that came from *path*.

    A query that exists, the same except for digit and start mark, is skipped; one with the name of another replaces that only with
    *force*. Digits and the start mark stay where they are. Raises ``UsageError``, after importing the rest if that is possible.
    """
    given = QueriesFile(path, text)
    if given.problem is not None:
        raise UsageError(str(given.problem))
    if given.newer:
        raise UsageError("This file was written by a newer version", remedy="update lead-tui")
    for notice in given.notices:
        complain(notice)
    known = {each.name: each for each in store.load().queries if not each.read_only}
    counts = dict.fromkeys(("added", "overwritten", "already there", "not overwritten"), 0)
    wanted, kept = dict[str, SavedQuery](), list[str]()
    for saved in given.queries:
        before = known.get(saved.name)
        if before is not None and is_same_search(before, saved):
            counts["already there"] += 1
            continue
        if before is not None and not force:
            counts["not overwritten"] += 1
            kept.append(quoted(saved.name))
            continue
        counts["added" if before is None else "overwritten"] += 1
        others = [each for each in known.values() if each is not before]
        key = "" if saved.key in {each.key for each in others} else saved.key
        start = saved.start and not any(each.start for each in others)
        wanted[saved.name] = known[saved.name] = replace(saved, key=key, start=start)
    if wanted and (notice := store.save_all(wanted)):
        complain(notice)
    complain(", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or f"{path} contains no saved query")
    if kept:
        names = ", ".join(kept)
        raise UsageError(f"Not imported, since other queries have these names: {names}", remedy="use --force to overwrite them")
    if left_out := len(given.given) - len(given.entries):
        raise UsageError(f"Skipped, not valid queries: {left_out:,} of {len(given.given):,}")


def _text_of(path: Path, *, is_stream: bool) -> str:
    try:
        content = all_of_standard_input() if is_stream else path.read_bytes()
        if len(content) > limits.MAX_CONFIGURATION_BYTES:
            raise UsageError(f"{path} is larger than a file of saved queries may be", remedy="split it")
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
    return loaded
