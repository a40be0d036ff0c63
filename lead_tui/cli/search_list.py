"""``lead-tui search`` for a list of ids or look-ups: write their leads, and report the values without one.

The leads are written in the order of the list, each once, as they arrive. A failed request does not affect the others.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from msgspec import field

from lead_tui import limits
from lead_tui.cli.search import LeadSearch, cannot_resume, combined
from lead_tui.export.exporting import WriteWhole
from lead_tui.leads.decode import Row, id_number, row_ids, row_number
from lead_tui.leads.errors import OutputError, SearchError, TokenError
from lead_tui.leads.lookup import ListedLookUp, no_lead_for
from lead_tui.leads.page import Part
from lead_tui.leads.query import Query
from lead_tui.leads.text import counted
from lead_tui.paging.field_search import MergedRows, look_up_all

LOOKED_UP: Final = "looked_up"  # the column with the value of the list by which a lead was found


class Step(msgspec.Struct, frozen=True):
    """One look-up, or as many ids as fit into one request."""

    places: range  # of the values in the list
    parts: tuple[tuple[str, Query], ...]


class ValueList(msgspec.Struct, frozen=True):
    """The values of a list, and the other filters in *query*."""

    noun: str = ""  # the word for a value, in the singular
    place_noun: str = ""  # the word for what ``names`` contains, in the singular
    values: Sequence[str] = ()  # as they were given
    names: Sequence[str] = ()  # what messages call the values: an id itself, but the line of a phone, which is a lead's data
    steps: Sequence[Step] = ()  # all of them, in the order of the list
    is_filtered: bool = False  # whether leads have to match other filters, too

    @classmethod
    def of(cls, query: Query, look_ups: Sequence[ListedLookUp]) -> ValueList:
        """Return the list of *look_ups*, or else of the ids in *query*, whose dates are fixed. Raises ``FilterError``."""
        steps: list[Step] = []
        if look_ups:
            for place, each in enumerate(look_ups):
                if (found := each.look_up) is not None:
                    parts = tuple((name, combined(part, query)) for name, part in found.parts)
                    steps.append(Step(range(place, place + 1), parts))
            return cls(
                "look-up", "line", [each.text for each in look_ups], [f"{each.line:,}" for each in look_ups], steps, bool(query)
            )
        ids, size = list(dict.fromkeys(query.value("lead_id").split(","))), limits.MAX_IDS_PER_REQUEST
        others = Query(tuple(each for each in query if each[0] != "lead_id"))
        for first in range(0, len(ids), size):
            places = range(first, min(first + size, len(ids)))
            part = Query((("lead_id", ",".join(ids[first : places.stop])),))
            steps.append(Step(places, (("lead_id", combined(part, others)),)))
        return cls("id", "id", ids, ids, steps, bool(others))

    @property
    def not_understood(self) -> list[int]:
        """The places of values that are not searched for."""
        understood = {place for step in self.steps for place in step.places}
        return [place for place in range(len(self.values)) if place not in understood]

    def named(self, places: Sequence[int]) -> str:
        """Return ``ids 7, 8 and 3 more``, or ``line 17``."""
        shown = [self.names[place] for place in places[: limits.MAX_ROWS_NAMED]]
        more = len(places) - len(shown)
        last = f"{more:,} more" if more else shown.pop()
        return f"{self.place_noun}{'s' if len(places) > 1 else ''} {', '.join(shown)}{' and ' if shown else ''}{last}"


class ListSearch(LeadSearch, kw_only=True):
    """Writes the leads of *look_ups*, or of the ids in the query, and with *write_missing* the values without a lead."""

    look_ups: Sequence[ListedLookUp]
    write_missing: WriteWhole | None = None
    shows_look_up: bool = False  # whether the leads have a column with what was looked up (``LOOKED_UP``)

    _values: ValueList = field(default_factory=ValueList)
    _seen: set[int] = field(default_factory=set)
    _next: int = 0  # the place of the first value without an answer
    _missing: int = 0
    _failed: int = 0  # places as the bits of a number, which is short in a checkpoint
    _given: int = 0
    _is_cut: bool = False  # whether a lead beyond the limit was received
    _left_out: int = 0
    _error: SearchError | None = None  # the first of them
    _failed_in_a_row: int = 0
    _before_failures: tuple[int, int, SearchError | None] = (0, 0, None)
    _rows: list[Row] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)  # those that are not written yet
    _steps_unwritten: int = 0
    _written_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._values = ValueList.of(self.query, self.look_ups)
        if self.output.place:
            self._resume(self.output.place)

    @property
    def counts_by_reading(self) -> bool:
        return True

    async def run(self) -> None:
        reporter, progress, values = self.reporter, self.progress, self._values
        progress.noun, progress.total = values.noun, len(values.values)
        progress.resume(self._next)
        if self._next:
            reporter.hint(f"Resuming after {progress.counted()}")
        failure = await self._write_list()
        is_full = self._is_full and self._next < len(values.values)
        if (is_resumable := bool(self.output.resume_hint)) and not is_full:
            # Before the file is finished: a failure can then be resumed.
            try:
                self._write_missing()
            except OutputError as error:
                self.settle_failure(error, has_leads=self._has_answers)
        await self.conclude(self._given, self._left_out, failure)
        hint = f"{counted(self._given)} of the first {progress.counted()}: --limit N returns more"
        self.report_extent(self._given, None, hint, is_cut=self._is_cut or is_full)
        if not is_full:
            self._report_missing()
            if not is_resumable:
                self._write_missing()
        if self._error is not None:
            message = f"Without an answer for {values.named(_places(self._failed))} ({self._error.message})"
            raise SearchError(message, remedy=self._error.remedy)
        self.refuse_unreadable()

    async def _write_list(self) -> SearchError | None:
        """Write all leads. Return a failure after which the output is still completed; raise any other."""
        try:
            try:
                await self._answers()
            except asyncio.CancelledError:
                if not self.output.resume_hint:
                    # It may be the stream that has stalled.
                    self._rows.clear()
                raise
            finally:
                # However it ends: leads that were received need not be requested again.
                await self._write()
            if self._error is not None and not self._has_answers:
                raise self._error
        except (SearchError, OutputError) as error:
            return self.settle_failure(error, has_leads=self._has_answers)
        return None

    @property
    def _has_answers(self) -> bool:
        return bool(self._given or self._missing)

    async def _answers(self) -> None:
        """Request step after step, several at a time. Raises ``SearchError`` if the server is down."""
        progress, steps = self.progress, iter([step for step in self._values.steps if step.places.stop > self._next])
        asking: deque[tuple[Step, asyncio.Task[MergedRows]]] = deque()
        try:
            while True:
                while len(asking) < self.in_flight and (step := next(steps, None)) is not None:
                    asking.append((step, asyncio.create_task(self._ask(step))))
                if not asking or self._is_full:
                    break
                step, task = asking[0]
                try:
                    self._add(step, await task)
                except SearchError as error:
                    self._add_failure(step, error)
                asking.popleft()
                self._next = step.places.stop
                self._steps_unwritten += 1
                progress.done = self._next
                if self._is_due():
                    await self._write()
                self.reporter.show(progress)
        finally:
            tasks = [task for _, task in asking]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not self._is_full:
            self._next = progress.done = len(self._values.values)

    async def _ask(self, step: Step) -> MergedRows:
        return await look_up_all(self.source, step.parts, self.output.today, limit=None)

    @property
    def _is_full(self) -> bool:
        return self.limit is not None and self._given >= self.limit

    def _add(self, step: Step, found: MergedRows) -> None:
        values, ids = self._values, row_ids(found.rows)
        if found.failures:
            self._error = self._error or found.failures[0][1]
        self._failed_in_a_row = 0
        self._left_out += found.left_out
        owners = [step.places.start] * found.length
        if not self.look_ups:
            place_by_id = {id_number(values.values[place]): place for place in step.places}
            owners = [place_by_id.get(each, step.places.stop) for each in ids]
        without = set(step.places).difference(owners)
        if found.failures:
            # The lead may be in the field that could not be searched.
            self._failed |= _bits(without or [step.places.start])
        else:
            self._missing |= _bits(without)
        for index in sorted(range(found.length), key=owners.__getitem__):
            row, identity = found.rows[index], ids[index] or row_number(found.rows[index])
            if identity in self._seen:
                continue
            if self._is_full:
                self._is_cut = True
                break
            self._seen.add(identity)
            self.output.found_in[identity] = found.note(index)
            self._given += 1
            owner = values.values[owners[index]] if owners[index] in step.places else ""
            self._rows.append(_with_look_up(row, owner) if self.shows_look_up else row)
            self._numbers.append(identity)

    def _add_failure(self, step: Step, error: SearchError) -> None:
        if not self._failed_in_a_row:
            self._before_failures = self._next, self._failed, self._error
        self._failed_in_a_row += 1
        if isinstance(error, TokenError) or self._failed_in_a_row >= limits.MAX_FAILED_LOOK_UPS:
            # A resumed run requests all of them again.
            self._next, self._failed, self._error = self._before_failures
            self.progress.done, self._steps_unwritten = self._next, max(1, self._steps_unwritten)
            raise error
        self._error = self._error or error
        self._failed |= _bits(step.places)

    # Writing

    def _is_due(self) -> bool:
        if self.output.resume_hint:
            return self._steps_unwritten >= limits.LOOK_UPS_PER_PART or not self.look_ups
        if self.output.writer.needs_sample and self._given == len(self._rows):
            waited = time.monotonic() - self._written_at
            return len(self._rows) >= limits.SAMPLE_LEADS or (bool(self._rows) and waited >= limits.SAMPLE_SECONDS)
        return bool(self._rows)

    async def _write(self) -> None:
        if not (self._rows or (self._steps_unwritten and self.output.resume_hint)):
            return
        place = {"next": self._next, "given": self._given, "missing": f"{self._missing:x}", "failed": f"{self._failed:x}"}
        if self._error is not None:
            place["error"] = self._error.message
        rows, numbers = self._rows, self._numbers
        self._rows, self._numbers, self._steps_unwritten = [], [], 0
        await self.write(lambda: self.output.write_part(Part(rows, numbers, place)))

    def _resume(self, earlier: Mapping[str, object]) -> None:
        try:
            self._next, self._given = int(str(earlier["next"])), int(str(earlier["given"]))
            self._missing, self._failed = int(str(earlier["missing"]), 16), int(str(earlier["failed"]), 16)
        except (KeyError, ValueError):
            raise cannot_resume() from None
        if self._failed:
            self._error = SearchError(str(earlier.get("error", "")))
        self._seen.update(self.output.known)

    # Values without a lead

    def _report_missing(self) -> None:
        values, reporter, not_understood = self._values, self.reporter, self._values.not_understood
        if not_understood:
            message = f"{len(not_understood):,} of {counted(len(values.values), values.noun)} "
            message += "is not a phone, an email or a lead id" if len(not_understood) == 1 else "are not phones, emails or lead ids"
            reporter.note(f"{message}: {values.named(not_understood)}")
        without = _places(self._missing)
        if len(values.values) == 1 and without and self.look_ups and (only := self.look_ups[0].look_up):
            reporter.note("; ".join(no_lead_for(only, with_values=False)))
        elif without:
            which = "that matches the other filters" if values.is_filtered else ""
            has = "has" if len(without) == 1 else "have"
            message = f"{len(without):,} of {counted(len(values.values), values.noun)} {has} no lead {which}".rstrip()
            reporter.note(f"{message}: {values.named(without)}")
        if self.write_missing is None and len(without) > limits.MAX_ROWS_NAMED:
            reporter.hint("--missing FILE writes them all")

    def _write_missing(self) -> None:
        if self.write_missing is not None:
            places = sorted([*_places(self._missing), *self._values.not_understood])
            self.write_missing("".join(f"{self._values.values[place]}\n" for place in places).encode("utf-8", "replace"))


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
