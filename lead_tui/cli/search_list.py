"""Read the leads of a list of ids or look-ups, in the order of the list and each once, and name the values without one.

A look-up in several fields is a list of one. A failed request does not affect the others.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.cli.options import one_of
from lead_tui.cli.output import Output
from lead_tui.leads.errors import FilterError, SearchError, TokenError
from lead_tui.leads.fields import label_of
from lead_tui.leads.lead import Row, id_number, row_number
from lead_tui.leads.lookup import ListedLookUp, LookUp, no_lead_for
from lead_tui.leads.page import Page, PageSource, Part
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted
from lead_tui.paging.page_sources import look_up_all

LOOKED_UP: Final = "looked_up"  # the column with the value of the list by which a lead was found


class Step(Struct, frozen=True):
    """One look-up, or as many ids as fit into one request."""

    places: range  # of the values in the list
    parts: tuple[tuple[str, Query], ...]


class ListReading(Struct):
    """Reads the leads of *look_ups*, or else of the ids in *query*, whose dates are fixed and whose other filters apply to all.

    Iterate over ``parts`` once; the attributes describe what has been read so far. It resumes the earlier reading of *output*.
    """

    source: PageSource
    query: Query
    look_ups: Sequence[ListedLookUp]
    output: Output
    limit: int | None = None  # leads at most; None for all
    in_flight: int = limits.REQUESTS_IN_FLIGHT
    shows_look_up: bool = False  # whether leads have the value that found them (``LOOKED_UP``)

    noun: str = "look-up"  # the word for a value, in the singular
    values: Sequence[str] = ()  # as they were given
    given: int = 0  # leads
    done: int = 0  # values, up to the last one with an answer
    left_out: int = 0  # leads that were left out for another country code

    _steps: Sequence[Step] = ()
    _missing: set[int] = field(default_factory=set)  # places of the values without a lead
    _failed: set[int] = field(default_factory=set)  # places of those without an answer
    _failed_fields: str = ""  # of the only look-up
    _error: SearchError | None = None  # the first of them
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.look_ups:
            self.values = [each.text for each in self.look_ups]
            self._steps = [
                Step(range(place, place + 1), tuple((name, combined(part, self.query)) for name, part in each.look_up.parts))
                for place, each in enumerate(self.look_ups)
                if each.look_up is not None
            ]
        else:
            ids, size = list(dict.fromkeys(self.query.value("lead_id").split(","))), limits.MAX_IDS_PER_REQUEST
            self.noun, self.values = "id", ids
            for first in range(0, len(ids), size):
                some = ids[first : first + size]
                query = self.query.with_checked([("lead_id", ",".join(some))])
                self._steps = [*self._steps, Step(range(first, first + len(some)), (("lead_id", query),))]
        self._seen.update(self.output.known)
        if place := self.output.place:
            self.done, self.given, missing = int(str(place["next"])), int(str(place["given"])), int(str(place["missing"]), 16)
            self._missing = {each for each in range(self.done) if missing >> each & 1}

    @property
    def _only(self) -> LookUp | None:
        return self.look_ups[0].look_up if len(self.look_ups) == 1 else None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.given >= self.limit

    async def parts(self) -> AsyncGenerator[Part]:
        """Yield the leads as they arrive. Raises ``SearchError`` if the server is down, or no value has an answer."""
        steps = iter([step for step in self._steps if step.places.stop > self.done])
        tasks: deque[tuple[Step, asyncio.Task[Page]]] = deque()
        most = None if self._only is None or self.limit is None else min(self.limit, limits.MAX_LIMIT)
        failures = 0  # in a row
        leads: list[tuple[Row, int]] = []  # that the next part has
        # The first leads of a table determine its widths.
        samples, until = self.output.writer.needs_sample and not self.given, time.monotonic() + limits.SAMPLE_SECONDS
        try:
            while not self.is_full and failures < limits.MAX_FAILED_LOOK_UPS:
                while len(tasks) < self.in_flight and (step := next(steps, None)) is not None:
                    fetching = look_up_all(self.source, step.parts, self.output.today, limit=most)
                    tasks.append((step, asyncio.create_task(fetching)))
                if not tasks:
                    self.done = len(self.values)
                    break
                step, task = tasks.popleft()
                try:
                    found = await task
                except SearchError as error:
                    self._failed.update(step.places)
                    self._error = self._error or error
                    failures = limits.MAX_FAILED_LOOK_UPS if isinstance(error, TokenError) else failures + 1
                    continue
                failures = 0
                leads += self._leads(step, found)
                self.done = step.places.stop
                samples = samples and len(leads) < limits.SAMPLE_LEADS and time.monotonic() < until
                if (self.given or self._missing) and not samples:
                    yield self._part(leads)
        finally:
            for _, task in tasks:
                task.cancel()
            await asyncio.gather(*(task for _, task in tasks), return_exceptions=True)
        if self.given or self._missing:
            yield self._part(leads)
        if self._error is not None and (failures >= limits.MAX_FAILED_LOOK_UPS or not (self.given or self._missing)):
            raise self._error

    def _part(self, leads: list[tuple[Row, int]]) -> Part:
        """Return *leads*, which it clears, as a part. A resumed reading begins with the first value that had no answer."""
        missing = sum(1 << place for place in self._missing)
        place = {"next": min(self._failed, default=self.done), "given": self.given, "missing": f"{missing:x}"}
        part = Part([row for row, _ in leads], [number for _, number in leads], place)
        leads.clear()
        return part

    def _leads(self, step: Step, found: Page) -> Iterator[tuple[Row, int]]:
        """Yield the new leads of *found* with their numbers, and note the rest."""
        ids, fields = found.ids, found.fields
        self.left_out += found.left_out
        owners = [step.places.start] * len(found.rows)
        if not self.look_ups:
            place_by_id = {id_number(self.values[place]): place for place in step.places}
            owners = [place_by_id.get(each, step.places.stop) for each in ids]
        without = set(step.places).difference(owners)
        if fields.failures:
            self._error = self._error or fields.failures[0][1]
            # The lead may be in the field that could not be searched.
            self._failed |= without or {step.places.start}
            if self._only is not None:
                self._failed_fields = ", ".join(label_of(name) for name, _ in fields.failures)
        else:
            self._missing |= without
        for index in sorted(range(len(found.rows)), key=owners.__getitem__):
            row, number = found.rows[index], ids[index] or row_number(found.rows[index])
            if number in self._seen:
                continue
            if self.is_full:
                break
            self._seen.add(number)
            self.output.found_in[number] = fields.matched[index]
            self.given += 1
            owner = self.values[owners[index]] if owners[index] in step.places else ""
            if self.shows_look_up and (text := bytes(row).strip()).startswith(b"{") and text.endswith(b"}"):
                # At the end: the last of equal keys counts.
                looked_up = msgspec.json.encode({LOOKED_UP: owner})[1:]
                row = Row(text[:-1] + (b"," if text[1:-1].strip() else b"") + looked_up)
            yield row, number

    def failure(self) -> SearchError | None:
        if self._error is None:
            return None
        what = self._failed_fields or self._named(sorted(self._failed))
        return SearchError(f"Without an answer for {what} ({self._error.message})", remedy=self._error.remedy)

    def missing_text(self) -> str:
        """Return the values that have no lead, or are not searched for, one per line."""
        places = sorted([*self._missing, *self._not_understood])
        return "".join(f"{self.values[place]}\n" for place in places)

    def notes(self) -> Iterator[str]:
        """Yield sentences about the values that have no lead, or are not searched for."""
        count, missing = counted(len(self.values), self.noun), sorted(self._missing)
        if places := self._not_understood:
            what = "is not a phone, an email or a lead id" if len(places) == 1 else "are not phones, emails or lead ids"
            yield f"{len(places):,} of {count} {what}: {self._named(places)}"
        if missing and self._only is not None:
            yield "; ".join(no_lead_for(self._only, with_values=False))
        elif missing:
            what = "has no lead" if len(missing) == 1 else "have no lead"
            if any(name != "lead_id" for name, _ in self.query):
                what += " that matches the other filters"
            yield f"{len(missing):,} of {count} {what}: {self._named(missing)}"

    @property
    def _not_understood(self) -> Sequence[int]:
        return [place for place, each in enumerate(self.look_ups) if each.look_up is None]

    def _named(self, places: Sequence[int]) -> str:
        """Return ``ids 7, 8 and 3 more``, or ``line 17``: a phone is a lead's data, which no message contains."""
        named = places[: limits.MAX_ROWS_NAMED]
        shown = [f"{self.look_ups[place].line:,}" if self.look_ups else self.values[place] for place in named]
        if len(places) > len(shown):
            shown.append(f"{len(places) - len(shown):,} more")
        return f"{'line' if self.look_ups else 'id'}{'s' if len(places) > 1 else ''} {one_of(shown, 'and')}"


def combined(part: Query, query: Query) -> Query:
    """Return a query that matches both *part* of a look-up and *query*. Raises ``FilterError`` if both filter the same field."""
    for name, _ in query:
        if part.value(name) or name == part.also_in:
            raise FilterError(name, f"{name} is what --lookup looks in: leave one of them out")
    return replace(part, filters=(*part.filters, *query.filters))
