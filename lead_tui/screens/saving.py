"""Saving a search under a name, and asking before one is overwritten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line
from lead_tui.paging.searches import Search
from lead_tui.screens.query_edits import Store, quoted
from lead_tui.storage.saved import SavedQuery, name_key

Ask = Callable[[str, str], Awaitable[bool]]
"""Asks a question, with a detail below it."""


async def save_search(store: Store, search: Search, name: str, columns: tuple[str, ...], ask: Ask) -> str:
    """Write *search* to *store* under *name*, with *columns* where it has its own.

    Gives what is to be told, "" when it was not saved. The store is used in a thread: another session may hold its lock for
    seconds. Raises ``LeadTuiError``.
    """
    if search.loader is None:
        raise LeadTuiError("A look-up in several fields is not saved: only a search is")
    loaded = await asyncio.to_thread(store.load)
    before = next((known for known in loaded.queries if name_key(known.name) == name_key(name)), None)
    if before is not None and not before.read_only:
        if not await ask(f"Overwrite the saved search {quoted(before.name)}?", search.query.summary()):
            return ""
        saved = replace(before, query=search.query, columns=columns)
        notice = await asyncio.to_thread(lambda: store.save(saved, overwrite=True))
    else:
        saved = SavedQuery(name, search.query, columns)
        notice = await asyncio.to_thread(lambda: store.save(saved))
    search.name = one_line(saved.name)
    return notice or f"Saved as {one_line(saved.name, 60)}"
