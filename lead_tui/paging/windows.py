"""Windows of ``created_at`` into which a result is cut where the server pages no deeper, and what is within one second by its lists
and statuses (the API's document on paging).

The outer edges of the windows are the query's own, sent as they are or not at all, so that what belongs to the result lies in one
of them whatever the server takes for a day's end. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads.query import Query

FROM, TO = "created_at_start_date", "created_at_end_date"

EARLIEST: Final = datetime(1970, 1, 1)
"""Where halving begins. Leads from before, or with a zero date, stay in the first window."""

VALUES: Final = ("list_id", "status")
"""What divides the leads of one second, in this order."""

_FORMAT = "%Y-%m-%d %H:%M:%S"


class Window(Struct, frozen=True, array_like=True):
    """The leads created from *low* to *high*, both included, in the account's zone, that have the *values* too."""

    low: datetime
    high: datetime
    sends_low: bool = False
    """Whether *low* is sent; else the query's own edge holds there, if it has one, and *low* is for halving."""
    sends_high: bool = False
    values: tuple[tuple[str, str], ...] = ()
    total: int | None = None
    """How many leads the server counts in it; None until it has been asked."""

    def query(self, query: Query) -> Query:
        """*query*, whose dates have been fixed, for the leads of this window alone."""
        sent = dict(query)
        if self.sends_low:
            sent[FROM] = self.low.strftime(_FORMAT)
        if self.sends_high:
            sent[TO] = self.high.strftime(_FORMAT)
        return replace(query, filters=tuple((sent | dict(self.values)).items()))

    @property
    def can_be_halved(self) -> bool:
        """Whether it is longer than a second."""
        return self.low < self.high

    def halves(self) -> tuple[Window, Window]:
        """The two windows that it is made of, the earlier one first."""
        seconds = int((self.high - self.low).total_seconds())
        middle = self.low + timedelta(seconds=seconds // 2)
        return (
            replace(self, high=middle, sends_high=True, total=None),
            replace(self, low=middle + timedelta(seconds=1), sends_low=True, total=None),
        )

    def by_value(self, query: Query, known: Mapping[str, Iterable[str]]) -> list[Window]:
        """A window for each list in *known*, or for each status where the lists have been divided, or are one; else none.

        *known* has the values of the leads of this window that can be had, by ``VALUES``: other values are unknown.
        """
        for name in VALUES:
            if name in dict(self.values) or (query.value(name) and "," not in query.value(name)):
                continue
            return [replace(self, values=(*self.values, (name, value)), total=None) for value in known.get(name, ())]
        return []


def whole(query: Query, today: date) -> Window:
    """The window of all leads of *query*, whose dates have been fixed: until tomorrow, where it has no end."""
    low = _day(query.value(FROM), EARLIEST.date())
    high = _day(query.value(TO), today + timedelta(days=1))
    return Window(datetime.combine(low, time()), datetime.combine(max(low, high), time(23, 59, 59)))


def _day(text: str, otherwise: date) -> date:
    return date.fromisoformat(text[:10]) if text else otherwise
