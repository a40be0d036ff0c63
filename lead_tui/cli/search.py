"""``lead-tui search``: write the leads that match to an output, and report on standard error what the user should know."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.api.threads import in_thread, run_to_completion
from lead_tui.cli.console import Reporter
from lead_tui.cli.output import Output
from lead_tui.export.csv_text import defused_text
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row, decode_row, id_number
from lead_tui.leads.errors import FilterError, OutputError, SearchError, UnreadableAnswer, UsageError
from lead_tui.leads.fields import COMPUTED_IN_FILES, FIELD_BY_KEY, is_custom, key_of, label_of
from lead_tui.leads.lookup import LookUp, no_lead_for, no_leads_match
from lead_tui.leads.page import PageSource, Part
from lead_tui.leads.progress import Progress
from lead_tui.leads.query import Query, remark_on
from lead_tui.leads.text import counted, one_line
from lead_tui.paging.field_search import MergedRows, look_up_all
from lead_tui.paging.read_all import ReadAll

if TYPE_CHECKING:
    from lead_tui.leads.lookup import ListedLookUp


class Wanted(Struct, frozen=True):
    """Which leads to write."""

    query: Query
    today: date
    """The account's day, for relative dates."""
    limit: int | None = None
    """Leads at most; None for all."""
    look_up: LookUp | None = None
    look_ups: tuple[ListedLookUp, ...] = ()
    """A list of look-ups in place of one."""
    shows_look_up: bool = False
    """Whether the leads of a list carry what found them (``search_list.LOOKED_UP``)."""
    in_flight: int = limits.REQUESTS_IN_FLIGHT
    """Requests in progress at a time."""
    columns: tuple[str, ...] = ()
    """Those named on the command line: a mistyped one is refused when the first page has come."""
    progress: Progress = field(default_factory=Progress)


async def search(source: PageSource, wanted: Wanted, output: Output, reporter: Reporter) -> None:
    """Write the leads that are *wanted* to *output*.

    What came before a failure is written all the same, or kept so that it can be resumed. Raises ``SearchError``, ``OutputError``,
    and ``FilterError`` before the first request.
    """
    query, look_up = dated(wanted, reporter), wanted.look_up
    writer = _ResultWriter(source, wanted, output, reporter)
    if look_up is None:
        await writer.read(query, sentence(no_leads_match(query, with_values=False)))
        return
    if ignored := look_up.ignored_text():
        reporter.hint(ignored)
    parts = [(name, combined(part, query)) for name, part in look_up.parts]
    otherwise = [(name, combined(part, query)) for name, part in look_up.otherwise]
    if len(parts) > 1:
        await writer.look_up(parts, look_up)
        return
    searches = [*parts, *otherwise]
    for number, (name, part) in enumerate(searches):
        nothing = sentence(no_lead_for(look_up, with_values=False)) if number == len(searches) - 1 else ""
        # A name may be searched for in one field in two spellings.
        looked_in = name if name not in [each for each, _ in searches[:number]] else f"{name} {number}"
        if output.place and output.place.get("looked_in") != looked_in:
            # The earlier run found nothing there.
            continue
        if await writer.read(part, nothing, looked_in=looked_in):
            return


class LeadWriter:
    """Writes the leads that are *wanted* to *output*, and reports what the user should know."""

    def __init__(self, source: PageSource, wanted: Wanted, output: Output, reporter: Reporter) -> None:
        self.source = source
        self.wanted = wanted
        self.output = output
        self.reporter = reporter

    async def finish(self, writer: Writer) -> None:
        """Write the remainder. Raises ``OutputError``."""
        if not writer.finalizes_slowly:
            self.output.finish()
            return
        self.reporter.hint("All leads received: creating the file")
        # In a thread, so that an interruption is noticed meanwhile.
        try:
            await in_thread(lambda _: self.output.finish(), "export")
        except BaseException:
            # Leave nothing incomplete behind, whatever the reason.
            writer.stop(wait=True)
            raise

    def settle_failure(self, error: SearchError | OutputError) -> SearchError:
        """Return *error* if the output should still be completed; raise it if it can be resumed or takes no more."""
        output = self.output
        if output.resume_hint:
            output.leave()
            error.message = f"After {self.wanted.progress.counted()}: {error.message}"
            error.remedy = f"{error.remedy}; {output.resume_hint}" if error.remedy else output.resume_hint
            raise error
        if output.is_whole or isinstance(error, OutputError):
            raise error
        return error

    def refuse_mistyped(self, rows: Sequence[Row]) -> None:
        """Raise ``UsageError`` if a column that was named is nearly a documented field and in no lead of the first page, *rows*."""
        unknown = [column for column in self.wanted.columns if is_custom(column) and column not in COMPUTED_IN_FILES]
        if not unknown:
            return
        # Imported here: few choose columns of their own.
        from lead_tui.leads.names import within_two_edits

        sent = {key for row in rows for key in decode_row(row).sent}
        for column in unknown:
            key = key_of(column)
            if key not in sent and key == column and (near := within_two_edits(key, (*FIELD_BY_KEY, *COMPUTED_IN_FILES))):
                self.output.give_up()
                raise UsageError(f"There is no column {one_line(column, 80)}", remedy=f"did you mean {near}")

    def report_left_out(self, count: int) -> None:
        """Report leads that have another country code."""
        if count:
            self.reporter.note(f"{counted(count)} with this number left out: other country code")

    def report_covered(self, given: int, total: int | None, *, is_cut: bool) -> None:
        """Report how many leads a count covers, *given* of *total*, and whether a limit cut it."""
        if is_cut:
            covered = f"{given:,} of {counted(total)}" if total is not None else f"The first {counted(given)}"
            self.reporter.note(f"{covered} counted: --limit N counts more, --all counts all")
        elif given:
            self.reporter.note(f"{counted(given)} counted")

    def report_writer(self, writer: Writer, written: int) -> None:
        """Report what *writer* noticed while *written* leads were written."""
        if writer.hidden:
            self.reporter.hint(f"Too narrow for {', '.join(writer.hidden)}: --columns chooses")
        for note in filter(None, (defused_text(writer.defused, "--raw-csv"), *writer.notes)):
            self.reporter.note(note)
        if written:
            for column in writer.missing_columns:
                # Imported here, where a mistake was made.
                from lead_tui.leads.names import did_you_mean

                near = did_you_mean(column, (*FIELD_BY_KEY, *COMPUTED_IN_FILES))
                self.reporter.note(f"No lead {writer.done} has {one_line(column, 80)}{f': {near}' if near else ''}")

    @staticmethod
    def refuse_unreadable(writer: Writer) -> None:
        """Raise ``UnreadableAnswer`` where leads were left out."""
        if writer.unreadable:
            raise UnreadableAnswer(
                f"{counted(writer.unreadable)} left out, since what the server sent for them is not a JSON object",
                remedy="try again",
            )


class _ResultWriter(LeadWriter):
    """Reads results page after page, and writes them."""

    async def read(self, query: Query, nothing: str, looked_in: str = "") -> int:
        """Write all leads; return how many. If there are none, *nothing* is reported; "" leaves the output to another search."""
        reading = self._reading(query)
        if reading.given:
            self.reporter.hint(f"Resuming after {counted(reading.given)}")
        writer = self.output.open(None)
        with writer:
            failure = await self._write_all(reading, looked_in)
            if not (reading.given or reading.unsendable):
                if not nothing:
                    return 0
                self.refuse_mistyped(())
                self.reporter.note(f"{nothing}: {reading.text}" if reading.text else nothing)
            await self.finish(writer)
        self.report_writer(writer, reading.given)
        if failure is not None:
            failure.message = f"After {counted(reading.given)}, which are {writer.done}: {failure.message}"
            raise failure
        self._report_count(reading)
        self.refuse_unreadable(writer)
        return reading.given + len(reading.unsendable)

    def _reading(self, query: Query) -> ReadAll:
        try:
            return ReadAll(
                self.source,
                query,
                self.wanted.limit,
                in_flight=self.wanted.in_flight,
                today=self.wanted.today,
                place=self.output.place or None,
                known=self.output.known,
            )
        except (TypeError, ValueError):
            raise OutputError("Cannot resume the interrupted export", remedy="without --resume, --force starts again") from None

    async def _write_all(self, reading: ReadAll, looked_in: str) -> SearchError | None:
        """Write all parts. Return a failure that leaves the output worth completing; raise any other."""
        more = {"looked_in": looked_in} if looked_in else {}
        progress, limit = self.wanted.progress, self.wanted.limit
        progress.resume(reading.given)

        def write_part(part: Part) -> None:
            self.output.write_part(part, **more)
            progress.done = reading.given

        try:
            async with aclosing(reading.parts()) as parts:
                async for part in parts:
                    if not progress.done:
                        self.refuse_mistyped(part.rows)
                    taken = part
                    written = in_thread(lambda _: write_part(taken), "export")  # noqa: B023 - awaited within the turn
                    # What can be resumed is written whole; a stream that takes no more is left at once.
                    await (run_to_completion(written) if self.output.resume_hint else written)
                    is_first, progress.total = progress.total is None, _least(limit, reading.total)
                    if is_first and (remark := self.output.remark(progress.total)):
                        self.reporter.note(remark)
                    self.reporter.show(progress)
        except (SearchError, OutputError) as error:
            if not progress.done:
                self.output.give_up()
                raise
            return self.settle_failure(error)
        return None

    def _report_count(self, reading: ReadAll) -> None:
        reporter, total, limit = self.reporter, reading.total, self.wanted.limit
        self.report_left_out(reading.left_out)
        if reading.repeated:
            reporter.note("1 duplicate skipped" if reading.repeated == 1 else f"{reading.repeated:,} duplicates skipped")
        if reading.moved:
            reporter.note(f"The total changed from {reading.first_total:,} to {total:,} while the leads were read")
        if (shortfall := reading.shortfall()) is not None:
            raise shortfall
        is_full = limit is not None and reading.given >= limit
        if self.output.counts:
            self.report_covered(reading.given, total, is_cut=is_full and (total is None or reading.given < total))
        elif is_full and total is not None and reading.given < total:
            reporter.hint(f"{reading.given:,} of {counted(total)}: --limit N returns more, --all returns all")

    async def look_up(self, parts: Sequence[tuple[str, Query]], look_up: LookUp) -> None:
        """Write the leads that have what is looked up in one of several fields."""
        wanted, output, reporter = self.wanted, self.output, self.reporter
        most = None if wanted.limit is None else min(wanted.limit, limits.MAX_LIMIT)
        try:
            found = await look_up_all(self.source, parts, wanted.today, look_up.country_code, limit=most)
        except SearchError:
            output.give_up()
            raise
        rows = found.rows[: wanted.limit]
        self.refuse_mistyped(rows)
        writer = output.open(_found_in(found))
        with writer:
            output.write_part(Part(rows, [], {}))
            output.finish()
        if not rows and not found.failures:
            reporter.note(sentence(no_lead_for(look_up, with_values=False)))
        self.report_left_out(found.left_out)
        self.report_writer(writer, len(rows))
        if found.failures:
            missing = ", ".join(label_of(name) for name, _ in found.failures)
            error = found.failures[0][1]
            raise SearchError(f"Without {missing}, where there was no answer ({error.message})", remedy=error.remedy)
        is_cut = bool(found.cut) or len(found.rows) > len(rows)
        if output.counts:
            self.report_covered(len(rows), None, is_cut=is_cut)
        elif is_cut:
            reporter.hint("More leads match: --limit N returns more")
        self.refuse_unreadable(writer)


def _least(limit: int | None, total: int | None) -> int | None:
    return total if limit is None or total is None else min(limit, total)


def dated(wanted: Wanted, reporter: Reporter) -> Query:
    """Return the query with the days that its dates stand for; report values that are sent although they are unusual."""
    query = wanted.query.dated(wanted.today)
    for name, value in query:
        if remark := remark_on(name, value):
            reporter.note(f"{name}: {remark}")
    return query


def stopped(how: str, progress: Progress, output: Output) -> str:
    """Return what to report when the user has ended it; *how* is one word."""
    if not (progress.done and output.resume_hint):
        return how
    return f"{how} after {progress.counted()}: {output.resume_hint}"


def _found_in(found: MergedRows) -> dict[int, str]:
    leads = ((index, found.lead(index)) for index in range(found.length))
    return {id_number(lead.lead_id): found.note(index) for index, lead in leads if lead is not None}


def combined(part: Query, query: Query) -> Query:
    """Return a query for what matches both *part* of a look-up and *query*. Raises ``FilterError`` if both filter one field."""
    for name, _ in query:
        if part.value(name) or name == part.also_in:
            raise FilterError(name, f"{name} is what --lookup looks in: leave one of them out")
    return replace(part, filters=(*part.filters, *query.filters))


def sentence(parts: Sequence[str]) -> str:
    return "; ".join(parts)
