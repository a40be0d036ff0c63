"""Suggestions for the filters, from what has been met in answers: a few rows of each page, looked at while nothing else goes on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence

from lead_tui import limits
from lead_tui.leads.codes import GENDER_NAMES
from lead_tui.leads.errors import UsageError
from lead_tui.leads.filters import CUSTOM_MARK, FILTER_BY_NAME, checked_name
from lead_tui.leads.formatting import label
from lead_tui.leads.page import Rows
from lead_tui.paging.grid import Span
from lead_tui.paging.value_index import ValueIndex
from lead_tui.ui.widgets.filter_fields import ADD
from lead_tui.ui.widgets.suggestion import Suggestion

_GENDERS = tuple(Suggestion(code, name) for code, name in GENDER_NAMES.items())
_DAYS = tuple(Suggestion(day) for day in ("today", "yesterday", "-7d", "-2w", "-3m", "-1y"))
_SPANS = tuple(
    Suggestion(span) for span in ("this week", "last week", "last 7 days", "last 30 days", "this month", "last month", "this year")
)


class Suggestions:
    """Looks at samples of pages, and suggests (``widgets.suggestion.Suggest``). *labels* are names of custom attributes."""

    def __init__(self, masked: frozenset[str], labels: Mapping[str, str]) -> None:
        self.seen = ValueIndex(masked)
        self._labels = labels
        self._waiting: deque[tuple[Rows, Span]] = deque(maxlen=limits.SAMPLES_WAITING)
        self._turn: asyncio.TimerHandle | None = None
        self._studied: Rows | None = None

    # Looking

    def page_came(self, rows: Rows, span: Span) -> None:
        """Look at some of the rows of *span* soon."""
        self._waiting.append((rows, span))
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_later(limits.SAMPLE_REST, self._look)

    def stop(self) -> None:
        """Look at nothing any more."""
        self._waiting.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _look(self) -> None:
        rows, span = self._waiting.popleft()
        self._turn = asyncio.get_running_loop().call_later(limits.SAMPLE_REST, self._look) if self._waiting else None
        self.sample(rows, span)

    def study(self, rows: Rows, row: int) -> None:
        """Look well at the rows around *row*, once for these rows."""
        if rows is not self._studied and rows.length:
            self._studied = rows
            start = max(0, row - limits.STUDIED_ROWS // 2)
            self.sample(rows, Span(start, start + limits.STUDIED_ROWS), limits.STUDIED_ROWS)

    def sample(self, rows: Rows, span: Span, most: int = limits.SAMPLED_ROWS) -> None:
        """Look at some of the rows of *span* now, *most* of them or some more."""
        stop = min(span.stop, rows.length)
        for index in range(span.start, stop, max(1, (stop - span.start) // most)):
            lead = rows.lead(index)
            if lead is not None and not lead.problem:
                self.seen.take(lead)

    # Suggesting

    def __call__(self, name: str, typed: str) -> Sequence[Suggestion]:
        """What may complete *typed* in the filter *name*."""
        if name == ADD:
            return self._free(typed)
        if name == "gender":
            return _GENDERS
        if name.endswith("_start_date"):
            return (*_DAYS, *_SPANS)
        if name.endswith("_end_date"):
            return _DAYS
        return [Suggestion(value, named) for value, named in self.seen.values(name.removeprefix(CUSTOM_MARK))]

    def _free(self, typed: str) -> Sequence[Suggestion]:
        """Of a free filter the name, then its values."""
        name, equals, _ = typed.partition("=")
        if equals:
            return [
                Suggestion(f"{name}={value}", named) for value, named in self.seen.values(name.strip().removeprefix(CUSTOM_MARK))
            ]
        return [Suggestion(f"{key}=", label(key, self._labels)) for key in self.seen.keys if _can_be_asked_for(key)]


def _can_be_asked_for(key: str) -> bool:
    try:
        return key not in FILTER_BY_NAME and checked_name(CUSTOM_MARK + key) != key
    except UsageError:
        return False
