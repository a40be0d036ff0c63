"""Load all rows of a result for a snapshot, in the background."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing

from lead_tui import limits
from lead_tui.leads.columns import run
from lead_tui.leads.errors import SearchError
from lead_tui.leads.page import PageSource, Part, Progress
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import ReadAll
from lead_tui.paging.snapshot import in_turns
from lead_tui.paging.snapshot_rows import SnapshotRows


class LoadAll:
    """Loads the first *limit* leads that match *query*, whose dates have been fixed, into ``rows``.

    *total* is how many the server counts; None where it does not, or cannot be trusted. *progressed* is called on the event loop
    after each page. *in_use* are the columns to read of them (``SnapshotRows``). ``run`` may be called again after a failure or a
    cancellation: it resumes after the last page that came.
    """

    def __init__(
        self,
        source: PageSource,
        query: Query,
        limit: int = limits.LOAD_ALL_LIMIT,
        total: int | None = None,
        progressed: Callable[[], None] = lambda: None,
        in_use: set[tuple[str, ...]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.error: SearchError | None = None
        """What stopped it, or why leads are missing at its end; the rows that came are kept."""
        self.finished = False  # whether it was read to its end, or to the limit: ``run`` could bring no more
        self._source = source
        self._query = query
        self._limit = limit
        self._progressed = progressed
        self.progress = Progress(clock=clock)
        is_packed = min(limit, total or limit) > limits.PLAIN_ROWS
        self.rows = SnapshotRows(by_loading=True, is_packed=is_packed, in_use=in_use)
        self._note_total(total)
        self._place: Mapping[str, object] | None = None
        self._turn = asyncio.Lock()

    def _note_total(self, total: int | None) -> None:
        self.rows.total = total
        self.progress.total = min(self._limit, total) if total is not None else None

    async def run(self) -> None:
        """Load until all is there, something fails, or the task is cancelled. Never raises ``SearchError``: see ``error``."""
        # A run that was cancelled a moment ago may still be ending.
        async with self._turn:
            self.error = None
            self.progress.resume(self.progress.done)
            total = self.rows.total
            reading = ReadAll(self._source, self._query, self._limit, total=total, place=self._place, known=self.rows.ids)
            try:
                async with aclosing(reading.parts()) as parts:
                    async for part in parts:
                        await self._add(part)
                        self._note_total(reading.total)
                        self._progressed()
                self.error = reading.shortfall()
                self.finished = True
            except SearchError as error:
                self.error = error
            finally:
                self._note_total(reading.total)
                if self.finished and self.error is None and self.progress.done < self._limit:
                    # Repeated leads, and a count that was never right, leave fewer than were counted; still none is missing.
                    self.rows.total = len(self.rows)
            self._progressed()

    async def _add(self, part: Part) -> None:
        adding = self.rows.add(part.rows, part.numbers)
        try:
            await in_turns(adding)
        finally:
            # Also after a cancellation: a page that was added in part would come again.
            run(adding)
            self._place = part.after
            self.progress.done += len(part.rows)
