"""Changes to saved queries made in the picker. Each call may take seconds, and returns a message and the name of its query."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from lead_tui.leads.errors import UsageError
from lead_tui.storage.query_store import Deleted, QueryStore
from lead_tui.storage.saved_queries import SavedQuery, name_key, quoted


class QueryEdits:
    """Changes the queries in *store*, and remembers the last deleted one. Call it in a thread; it raises ``LeadTuiError``."""

    def __init__(self, store: QueryStore) -> None:
        self._store = store
        self.load = store.load
        self.deleted: Deleted | None = None
        """The query deleted last, until it is restored."""

    def rename(self, saved: SavedQuery, name: str) -> tuple[str, str]:
        self._store.rename(saved.name, name)
        return f"Renamed to {quoted(name)}", name

    def set_start(self, saved: SavedQuery, start: bool) -> tuple[str, str]:
        message = f"{quoted(saved.name)} {'runs' if start else 'no longer runs'} at the start"
        return self._change(saved, lambda fresh: replace(fresh, start=start), message)

    def give_digit(self, saved: SavedQuery, digit: str) -> tuple[str, str]:
        """Assign *digit* to *saved*; "" removes its digit."""
        message = f"{digit} runs {quoted(saved.name)}" if digit else f"{quoted(saved.name)} has no digit now"
        return self._change(saved, lambda fresh: replace(fresh, key=digit), message)

    def delete(self, saved: SavedQuery) -> tuple[str, str]:
        self.deleted = self._store.delete(saved.name)
        return f"Deleted {quoted(saved.name)}", ""

    def undo(self) -> tuple[str, str]:
        deleted = self.deleted
        if deleted is None:
            raise UsageError("Nothing to restore")
        self._store.restore(deleted)
        self.deleted = None
        return f"Restored {quoted(deleted.saved.name)}", deleted.saved.name

    def _change(self, saved: SavedQuery, change: Callable[[SavedQuery], SavedQuery], message: str) -> tuple[str, str]:
        # Read again, so that what another session has changed since stays.
        wanted = name_key(saved.name)
        fresh = next((each for each in self._store.load().queries if name_key(each.name) == wanted), None)
        if fresh is None:
            raise UsageError(f"{quoted(saved.name)} is no longer there")
        return self._store.save(change(fresh), overwrite=True) or message, fresh.name
