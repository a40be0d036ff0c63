"""Changes to saved queries made in the picker. Each call may take seconds, and returns a message for the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line
from lead_tui.storage.query_store import Deleted, LoadedQueries
from lead_tui.storage.saved_queries import SavedQuery, name_key

_MAX_NAME = 60
"""Characters of a name in a sentence."""


class Store(Protocol):
    """Where saved queries are kept. Every method may raise ``LeadTuiError`` and may take seconds: it is called in a thread."""

    def load(self) -> LoadedQueries:
        """The queries there are."""

    def save(self, saved: SavedQuery, *, overwrite: bool = False) -> str:
        """Write *saved*; return a notice for the user, mostly ""."""

    def rename(self, old: str, new: str) -> None:
        """Give *old* the name *new*."""

    def delete(self, name: str) -> Deleted:
        """Delete the query *name*."""

    def restore(self, deleted: Deleted) -> None:
        """Put a deleted query back."""


class LastDeleted(Struct):
    """The query deleted last, until it is restored. Kept outside the picker, so that it can be restored after that was closed."""

    deleted: Deleted | None = None


class Done(Struct, frozen=True):
    """What a change came to."""

    said: str
    """A message for the user."""
    name: str = ""
    """The query that it was about, "" where that is gone."""


def quoted(name: str) -> str:
    """*name* as a sentence holds it."""
    return f"“{one_line(name, _MAX_NAME)}”"


class QueryEdits:
    """Changes to what *store* keeps. Each raises ``LeadTuiError``; none is to be called on an event loop."""

    def __init__(self, store: Store, last_deleted: LastDeleted) -> None:
        self._store = store
        self.last_deleted = last_deleted

    def load(self) -> LoadedQueries:
        """The queries there are."""
        return self._store.load()

    def rename(self, saved: SavedQuery, name: str) -> Done:
        """Give *saved* another *name*."""
        self._store.rename(saved.name, name)
        return Done(f"Renamed to {quoted(name)}", name)

    def set_start(self, saved: SavedQuery, start: bool) -> Done:
        """Run *saved* at startup, or no longer."""
        said = f"{quoted(saved.name)} {'runs' if start else 'no longer runs'} at the start"
        return self._change(saved, lambda fresh: replace(fresh, start=start), said)

    def give_digit(self, saved: SavedQuery, digit: str) -> Done:
        """Assign *digit* to *saved*; "" removes its digit."""
        said = f"{digit} runs {quoted(saved.name)}" if digit else f"{quoted(saved.name)} has no digit any more"
        return self._change(saved, lambda fresh: replace(fresh, key=digit), said)

    def delete(self, saved: SavedQuery) -> Done:
        """Delete *saved*; ``undo`` restores it."""
        self.last_deleted.deleted = self._store.delete(saved.name)
        return Done(f"Deleted {quoted(saved.name)}")

    def undo(self) -> Done:
        """Bring back what was deleted last, once. Raises ``UsageError`` where there is nothing."""
        deleted = self.last_deleted.deleted
        if deleted is None:
            raise UsageError("Nothing was deleted that could be brought back")
        self._store.restore(deleted)
        self.last_deleted.deleted = None
        return Done(f"Restored {quoted(deleted.saved.name)}", deleted.saved.name)

    def _change(self, saved: SavedQuery, change: Callable[[SavedQuery], SavedQuery], said: str) -> Done:
        # Read again, so that what another session has changed since stays.
        wanted = name_key(saved.name)
        fresh = next((each for each in self._store.load().queries if name_key(each.name) == wanted), None)
        if fresh is None:
            raise UsageError(f"{quoted(saved.name)} is no longer there")
        return Done(self._store.save(change(fresh), overwrite=True) or said, fresh.name)
