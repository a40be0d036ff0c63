"""Loading all rows of a result for a snapshot: ``read_all`` in the background, with its progress, keeping what came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from lead_tui import limits
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import SearchError
from lead_tui.leads.page import PageSource
from lead_tui.leads.progress import Progress
from lead_tui.leads.query import Query
from lead_tui.leads.sorting import Steps
from lead_tui.paging.read_all import ReadAll
from lead_tui.paging.snapshot import SnapshotRows, hold


class LoadAll:
    """Loads the first *limit* leads that match *query*, whose dates have been fixed.

    *total* is how many the server counts; None where it does not, or cannot be trusted. *progressed* is called on the event loop
    after each page. ``run`` may be called again after a failure: it resumes behind the last page that came.
    """

    def __init__(
        self,
        source: PageSource,
        query: Query,
        limit: int = limits.LOAD_ALL_LIMIT,
        total: int | None = None,
        progressed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit
        self.total = total
        self.error: SearchError | None = None
        """What stopped it, or why leads are missing at its end; what came is kept."""
        self.finished = False
        """Whether the result was read to its end, or to the limit."""
        self._source = source
        self._query = query
        self._progressed = progressed
        self.progress = Progress(total=self._wanted, clock=clock)
        self._parts: list[tuple[Sequence[Row], Sequence[int]]] = []
        self._place: Mapping[str, object] | None = None
        self._turn = asyncio.Lock()

    @property
    def _wanted(self) -> int | None:
        """How many leads are to come; None while that is not known."""
        return min(self.limit, self.total) if self.total is not None else None

    @property
    def can_go_on(self) -> bool:
        """Whether ``run`` could bring more: it failed, or was stopped."""
        return not self.finished

    async def run(self) -> None:
        """Load until all is there, something fails, or the task is cancelled. Never raises ``SearchError``: see ``error``."""
        # A run that was cancelled a moment ago is to have put back what it did not get.
        async with self._turn:
            await self._run()

    async def _run(self) -> None:
        self.error = None
        self.progress.resume(self.progress.done)
        known = (number for _, numbers in self._parts for number in numbers)
        reading = ReadAll(self._source, self._query, self.limit, total=self.total, place=self._place, known=known)
        try:
            async with aclosing(reading.parts()) as parts:
                async for part in parts:
                    self._parts.append((part.rows, part.numbers))
                    self._place = part.after
                    self.progress.done += len(part.rows)
                    self.total = reading.total
                    self.progress.total = self._wanted
                    self._progressed()
            self.error = reading.shortfall()
            self.finished = True
        except SearchError as error:
            self.error = error
        finally:
            self.total = reading.total
            self.progress.total = self._wanted
        self._progressed()

    def hold(self) -> Steps[SnapshotRows]:
        """What came, in the result's order."""
        held = yield from hold(self._parts, self.limit, self.total, by_loading=True)
        if self.finished and self.error is None and self.progress.done < self.limit:
            # Repeated leads, and a count that was never right, leave fewer than were counted; still none is missing.
            return replace(held, total=len(held.rows))
        return held
