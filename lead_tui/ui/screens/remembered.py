"""What the session remembers for the next one: changes are written in a thread, the latest state only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from lead_tui.leads.errors import LeadTuiError
from lead_tui.storage.state import State


class RememberedState:
    """Holds *state*; *save* writes one, may take seconds and raises ``LeadTuiError``, which *tell* is told on the event loop."""

    def __init__(self, state: State, save: Callable[[State], None], tell: Callable[[str], None]) -> None:
        self.state = state
        self._save = save
        self._tell = tell
        self._writing = threading.Lock()
        self.under_way: set[asyncio.Future[str]] = set()
        """What is being written."""

    def change(self, **changes: Any) -> None:
        """Remember *changes*, fields of ``State``."""
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            # Once begun it runs to its end, also when the app leaves meanwhile.
            writing = asyncio.get_running_loop().run_in_executor(None, self._write)
            self.under_way.add(writing)
            writing.add_done_callback(self._written)

    def _write(self) -> str:
        with self._writing:
            try:
                self._save(self.state)
            except LeadTuiError as error:
                return str(error)
        return ""

    def _written(self, done: asyncio.Future[str]) -> None:
        self.under_way.discard(done)
        if not done.cancelled() and (problem := done.result()):
            self._tell(f"Not remembered for the next time: {problem}")
