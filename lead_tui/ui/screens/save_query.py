"""Saving a search under a name, and asking before one is overwritten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line
from lead_tui.paging.search import Search
from lead_tui.storage.saved_queries import SavedQuery, matching, name_key
from lead_tui.ui.dialogs.query_edits import Store, quoted

Ask = Callable[[str, str], Awaitable[bool]]
"""Asks a question, with a detail below it."""


async def save_search(store: Store, search: Search, name: str, columns: tuple[str, ...], ask: Ask) -> str:
    """Write *search* to *store* under *name*, with *columns* where it has its own; one that is overwritten keeps those it had.
    How it is sorted now is saved with it.

    Gives what is to be told, "" when it was not saved. The store is used in a thread: another session may hold its lock for
    seconds. Raises ``LeadTuiError``.
    """
    if search.loader is None:
        raise LeadTuiError("A look-up in several fields is not saved: only a search is")
    loaded = await asyncio.to_thread(store.load)
    meant = matching((known for known in loaded.queries if not known.read_only), name, lambda known: known.name)
    if len(meant) == 1:
        (before,) = meant
        if not await ask(f"Overwrite the saved search {quoted(before.name)}?", search.query.summary()):
            return ""
        saved = replace(before, query=search.query, columns=columns or before.columns, sort=search.sort)
        notice = await asyncio.to_thread(lambda: store.save(saved, overwrite=True))
    else:
        saved = SavedQuery(name, search.query, columns, search.sort)
        notice = await asyncio.to_thread(lambda: store.save(saved))
    search.name = one_line(saved.name)
    return notice or f"Saved as {one_line(saved.name, 60)}"


def save_columns(store: Store, name: str, columns: tuple[str, ...]) -> str:
    """Give the saved search *name* those *columns*, none for those of every search; what is to be told. Not on an event loop.

    Raises ``LeadTuiError``.
    """
    saved = next((known for known in store.load().queries if name_key(known.name) == name_key(name)), None)
    if saved is None:
        return f"{quoted(name)} is no longer saved: the columns hold until another search"
    if saved.read_only:
        return f"{quoted(name)} is read-only: the columns hold until it is run again"
    notice = store.save(replace(saved, columns=columns), overwrite=True)
    return notice or f"{quoted(name)} {'keeps these columns' if columns else 'has the columns of every search'}"
