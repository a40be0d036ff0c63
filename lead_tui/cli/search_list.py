"""Read the leads of a list of ids or look-ups, in the order of the list and each once, and name the values without one.

A look-up in several fields is a list of one. A failed request does not affect the others.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.cli.output import Output
from lead_tui.leads.errors import FilterError, OutputError, SearchError, TokenError
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

    Iterate over ``parts`` once; the attributes describe what has been read so far. It resumes the earlier reading of *output*, and
    notes there in which fields a look-up found a lead. Raises ``FilterError``, and ``OutputError`` if it cannot resume.
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
    done: int = 0  # values, with those that have no lead or no answer
    left_out: int = 0  # leads that were left out for another country code
    is_cut: bool = False  # whether a lead beyond the limit was received

    _names: Sequence[str] = ()  # what messages call the values: an id itself, but the line of a phone, which is a lead's data
    _steps: Sequence[Step] = ()
    _missing: int = 0  # places as the bits of a number, which is short in a checkpoint
    _failed: int = 0
    _failed_fields: str = ""  # of the only look-up
    _error: SearchError | None = None  # the first of them
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.look_ups:
            self.values, self._names = [each.text for each in self.look_ups], [f"{each.line:,}" for each in self.look_ups]
            self._steps = [
                Step(range(place, place + 1), tuple((name, combined(part, self.query)) for name, part in each.look_up.parts))
                for place, each in enumerate(self.look_ups)
                if each.look_up is not None
            ]
        else:
            ids, size = list(dict.fromkeys(self.query.value("lead_id").split(","))), limits.MAX_IDS_PER_REQUEST
            self.noun, self.values, self._names = "id", ids, ids
            self._steps = [
                Step(range(first, min(first + size, len(ids))), (("lead_id", self.query.with_checked([("lead_id", some)])),))
                for first in range(0, len(ids), size)
                for some in [",".join(ids[first : first + size])]
            ]
        self._seen.update(self.output.known)
        if place := self.output.place:
            try:
                self.done, self.given = int(str(place["next"])), int(str(place["given"]))
                self._missing, self._failed = int(str(place["missing"]), 16), int(str(place["failed"]), 16)
            except (KeyError, ValueError):
                raise cannot_resume() from None
            if self._failed:
                self._error = SearchError(str(place.get("error", "")))

    @property
    def _only(self) -> LookUp | None:
        """The only value, if that is a look-up."""
        return self.look_ups[0].look_up if len(self.look_ups) == 1 else None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.given >= self.limit

    @property
    def is_complete(self) -> bool:
        """Whether every value was searched for, so that those without a lead are known."""
        return self.done >= len(self.values)

    async def parts(self) -> AsyncGenerator[Part]:
        """Yield the leads as they arrive. Raises ``SearchError`` if the server is down, or no value has an answer."""
        steps = iter([step for step in self._steps if step.places.stop > self.done])
        asking: deque[tuple[Step, asyncio.Task[Page]]] = deque()
        failed: list[Step] = []  # since the last answer: a resumed reading requests them again
        last_error: SearchError | None = None
        leads: list[tuple[Row, int]] = []  # that the next part has
        samples, began = self.output.writer.needs_sample and not self.given, time.monotonic()
        try:
            while not self.is_full and len(failed) < limits.MAX_FAILED_LOOK_UPS:
                while len(asking) < self.in_flight and (step := next(steps, None)) is not None:
                    asking.append((step, asyncio.create_task(self._ask(step))))
                if not asking:
                    self._note_failed(failed)
                    self.done = len(self.values)
                    break
                step, task = asking[0]
                try:
                    found = await task
                except SearchError as error:
                    failed.append(step)
                    last_error, self._error = error, self._error or error
                    if isinstance(error, TokenError):
                        break
                else:
                    self._note_failed(failed)
                    leads += self._leads(step, found)
                    self.done = step.places.stop
                    waits = samples and len(leads) < limits.SAMPLE_LEADS and time.monotonic() < began + limits.SAMPLE_SECONDS
                    if (self.given or self._missing) and not waits:
                        samples = samples and not leads
                        yield self._part(leads)
                asking.popleft()
        finally:
            for _, task in asking:
                task.cancel()
            await asyncio.gather(*(task for _, task in asking), return_exceptions=True)
        if self.given or self._missing:
            yield self._part(leads)
        elif self._error is not None:
            raise self._error
        if failed and last_error is not None:
            raise last_error

    async def _ask(self, step: Step) -> Page:
        most = None if self._only is None or self.limit is None else min(self.limit, limits.MAX_LIMIT)
        return await look_up_all(self.source, step.parts, self.output.today, limit=most)

    def _note_failed(self, failed: list[Step]) -> None:
        self._failed |= _bits(place for step in failed for place in step.places)
        failed.clear()

    def _part(self, leads: list[tuple[Row, int]]) -> Part:
        """Return *leads*, which it clears, as a part."""
        place = {"next": self.done, "given": self.given, "missing": f"{self._missing:x}", "failed": f"{self._failed:x}"}
        if self._error is not None:
            place["error"] = self._error.message
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
            self._failed |= _bits(without or [step.places.start])
            if self._only is not None:
                self._failed_fields = ", ".join(label_of(name) for name, _ in fields.failures)
        else:
            self._missing |= _bits(without)
            self.is_cut |= bool(fields.cut)
        for index in sorted(range(len(found.rows)), key=owners.__getitem__):
            row, number = found.rows[index], ids[index] or row_number(found.rows[index])
            if number in self._seen:
                continue
            if self.is_full:
                self.is_cut = True
                break
            self._seen.add(number)
            self.output.found_in[number] = fields.matched[index]
            self.given += 1
            owner = self.values[owners[index]] if owners[index] in step.places else ""
            yield _with_look_up(row, owner) if self.shows_look_up else row, number

    # Values without a lead or an answer

    def failure(self) -> SearchError | None:
        """Return why values have no answer; None if all have one."""
        if self._error is None:
            return None
        what = self._failed_fields or self._named(_places(self._failed))
        return SearchError(f"Without an answer for {what} ({self._error.message})", remedy=self._error.remedy)

    def missing_text(self) -> bytes:
        """Return the values that have no lead, or are not searched for, one per line."""
        places = sorted([*_places(self._missing), *self._not_understood])
        return "".join(f"{self.values[place]}\n" for place in places).encode("utf-8", "replace")

    def notes(self) -> Iterator[str]:
        """Yield sentences about the values that have no lead, or are not searched for."""
        count, missing = counted(len(self.values), self.noun), _places(self._missing)
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
        understood = {place for step in self._steps for place in step.places}
        return [place for place in range(len(self.values)) if place not in understood]

    def _named(self, places: Sequence[int]) -> str:
        """Return ``ids 7, 8 and 3 more``, or ``line 17``."""
        shown = [self._names[place] for place in places[: limits.MAX_ROWS_NAMED]]
        more = len(places) - len(shown)
        last = f"{more:,} more" if more else shown.pop()
        what = "line" if self.look_ups else "id"
        return f"{what}{'s' if len(places) > 1 else ''} {', '.join(shown)}{' and ' if shown else ''}{last}"


def combined(part: Query, query: Query) -> Query:
    """Return a query that matches both *part* of a look-up and *query*. Raises ``FilterError`` if both filter the same field."""
    for name, _ in query:
        if part.value(name) or name == part.also_in:
            raise FilterError(name, f"{name} is what --lookup looks in: leave one of them out")
    return replace(part, filters=(*part.filters, *query.filters))


def cannot_resume() -> OutputError:
    return OutputError("Cannot resume the interrupted export", remedy="use --force without --resume to start again")


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)


def _places(bits: int) -> list[int]:
    """Return the positions of the bits that are set."""
    return [place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1"]


def _with_look_up(row: Row, value: str) -> Row:
    """Return *row*, if it is an object, with the key ``LOOKED_UP`` added at the end: the last of equal keys counts."""
    text = bytes(row).strip()
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        if text.startswith(b"{") and text.endswith(b"}"):
            between = b"" if text[1:-1].isspace() or len(text) == 2 else b","
            return Row(text[:-1] + between + b'"%b":' % LOOKED_UP.encode() + msgspec.json.encode(value) + b"}")
    return row
