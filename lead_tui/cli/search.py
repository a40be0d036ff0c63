"""``lead-tui search``: write the leads that match to an output, and report on standard error what the user should know."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import aclosing
from functools import partial

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.api.threads import in_thread
from lead_tui.cli.console import Reporter
from lead_tui.cli.output import CountOutput, Output
from lead_tui.export.csv_text import defused_text
from lead_tui.leads.decode import Row, decode_row, id_number, row_number
from lead_tui.leads.errors import FilterError, OutputError, SearchError, UnreadableAnswer, UsageError
from lead_tui.leads.fields import COMPUTED_IN_FILES, FIELD_BY_KEY, is_custom, key_of, label_of
from lead_tui.leads.lookup import LookUp, no_lead_for, no_leads_match
from lead_tui.leads.page import PageSource, Part, Progress
from lead_tui.leads.query import Query, remark_on
from lead_tui.leads.text import counted, one_line
from lead_tui.paging.field_search import look_up_all
from lead_tui.paging.read_all import ReadAll
from lead_tui.safe_files import ANOTHER_FILE


class LeadSearch(Struct):
    """Writes the leads of *source* that match *query* to *output*, and reports what the user should know.

    Raises ``FilterError`` for an invalid date.
    """

    source: PageSource
    query: Query
    output: Output
    reporter: Reporter
    limit: int | None = None  # leads at most; None for all
    in_flight: int = limits.REQUESTS_IN_FLIGHT  # requests in progress at a time
    columns: tuple[str, ...] = ()  # those named on the command line: a misspelled one is refused once the first page is there
    look_up: LookUp | None = None  # what the leads have to match besides the query
    progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        self.query = self.query.dated(self.output.today)
        for name, value in self.query:
            if remark := remark_on(name, value):
                self.reporter.note(f"{name}: {remark}")
        if self.look_up is not None and (ignored := self.look_up.ignored_text()):
            self.reporter.hint(ignored)

    @property
    def counts_by_reading(self) -> bool:
        """Whether the leads have to be read to count them, since no total of the server is their number."""
        return bool(self.query.phone_codes) or (self.look_up is not None and len(self.look_up.parts) > 1)

    async def run(self) -> None:
        """Write the leads.

        Leads received before a failure are still written, or kept for a later run to resume. Raises ``SearchError``,
        ``OutputError``, and ``FilterError`` before the first request.
        """
        look_up = self.look_up
        if look_up is None:
            await self._read(self.query, self._nothing())
            return
        searches = [(name, combined(part, self.query)) for name, part in (*look_up.parts, *look_up.otherwise)]
        if len(look_up.parts) > 1:
            await self._merge(searches[: len(look_up.parts)], look_up)
            return
        names = [name for name, _ in searches]
        for number, (name, part) in enumerate(searches):
            # A name may be searched for in one field in two spellings.
            looked_in = name if name not in names[:number] else f"{name} {number}"
            if self.output.place and self.output.place.get("looked_in") != looked_in:
                # The earlier run found nothing in it.
                continue
            if await self._read(part, self._nothing() if number == len(searches) - 1 else "", looked_in):
                return

    async def count(self, output: CountOutput) -> None:
        """Write how many leads there are, by the column of *output* if it has one. Raises as ``run``, and without a total."""
        if output.column or self.counts_by_reading:
            await self.run()
            number = output.tally.total
        else:
            number = await self._total()
        if not output.column:
            self.reporter.clear()
            await self.write(lambda: output.write_number(number))

    def stopped(self, how: str) -> str:
        """Return what to report when the user has stopped the search; *how* is one word."""
        if not (self.progress.done and self.output.resume_hint):
            return how
        return f"{how} after {self.progress.counted()}: {self.output.resume_hint}"

    def _nothing(self) -> str:
        """Return what to report if there is no lead."""
        if self.look_up is not None:
            return "; ".join(no_lead_for(self.look_up, with_values=False))
        return "; ".join(no_leads_match(self.query, with_values=False))

    # All leads of a query

    async def _read(self, query: Query, nothing: str, looked_in: str = "") -> int:
        """Write all leads and return how many. If there are none, report *nothing*, or if that is "" leave it to another search."""
        output, reporter = self.output, self.reporter
        try:
            reading = ReadAll(
                self.source,
                query,
                self.limit,
                in_flight=self.in_flight,
                today=output.today,
                place=output.place or None,
                known=output.known,
            )
        except (TypeError, ValueError):
            raise cannot_resume() from None
        if reading.given:
            reporter.hint(f"Resuming after {counted(reading.given)}")
        self.progress.resume(reading.given)
        failure = await self._write_all(reading, {"looked_in": looked_in} if looked_in else {})
        if not (reading.given or reading.unsendable):
            if not nothing:
                return 0
            self.refuse_mistyped(())
            reporter.note(f"{nothing}: {reading.text}" if reading.text else nothing)
        await self.conclude(reading.given, reading.left_out, failure)
        self._report_total(reading)
        self.refuse_unreadable()
        return reading.given + len(reading.unsendable)

    async def _write_all(self, reading: ReadAll, more: dict[str, str]) -> SearchError | None:
        """Write all parts. Return a failure after which the output is still completed; raise any other."""
        progress, limit = self.progress, self.limit

        def write_part(part: Part) -> None:
            self.output.write_part(part, **more)
            progress.done = reading.given

        try:
            async with aclosing(reading.parts()) as parts:
                async for part in parts:
                    if not progress.done:
                        self.refuse_mistyped(part.rows)
                    await self.write(partial(write_part, part))
                    is_first, total = progress.total is None, reading.total
                    progress.total = total if limit is None or total is None else min(limit, total)
                    if is_first and (remark := self.output.remark(progress.total)):
                        self.reporter.note(remark)
                    self.reporter.show(progress)
        except (SearchError, OutputError) as error:
            return self.settle_failure(error, has_leads=bool(progress.done))
        return None

    def _report_total(self, reading: ReadAll) -> None:
        reporter, given, total, limit = self.reporter, reading.given, reading.total, self.limit
        if reading.repeated:
            reporter.note(f"{counted(reading.repeated, 'duplicate')} skipped")
        if reading.moved:
            reporter.note(f"The total changed from {reading.first_total:,} to {total:,} while the leads were read")
        if (shortfall := reading.shortfall()) is not None:
            raise shortfall
        is_cut = limit is not None and given >= limit and (total is None or given < total)
        hint = f"{given:,} of {counted(total)}: --limit N returns more, --all returns all" if total is not None else ""
        self.report_extent(given, total, hint, is_cut=is_cut)

    # A look-up in several fields

    async def _merge(self, parts: Sequence[tuple[str, Query]], look_up: LookUp) -> None:
        """Write the leads that match the look-up in any of several fields."""
        output, limit = self.output, self.limit
        most = None if limit is None else min(limit, limits.MAX_LIMIT)
        found = await look_up_all(self.source, parts, output.today, limit=most)
        rows, written = found.rows[:limit], set(output.known)
        self.refuse_mistyped(rows)
        leads = ((index, found.lead(index)) for index in range(found.length))
        output.found_in.update((id_number(lead.lead_id), found.note(index)) for index, lead in leads if lead is not None)
        new = {number: row for row in rows if (number := row_number(row)) not in written}
        await self.write(lambda: output.write_part(Part(list(new.values()), list(new), {"given": len(rows)})))
        self.progress.done = len(rows)
        failure: SearchError | None = None
        if found.failures:
            missing, error = ", ".join(label_of(name) for name, _ in found.failures), found.failures[0][1]
            failure = SearchError(f"Without {missing}, where there was no answer ({error.message})", remedy=error.remedy)
        elif not rows:
            self.reporter.note(self._nothing())
        await self.conclude(len(rows), found.left_out, failure)
        is_cut = bool(found.cut) or len(found.rows) > len(rows)
        self.report_extent(len(rows), None, "More leads match: --limit N returns more", is_cut=is_cut)
        self.refuse_unreadable()

    # The server's total

    async def _total(self) -> int:
        """Return how many leads match, by requesting a single lead; for a look-up, one in each of its fields."""
        searches, look_up = [self.query], self.look_up
        if look_up is not None:
            searches = [combined(part, self.query) for _, part in (*look_up.parts, *look_up.otherwise)]
        for each in searches:
            totals = [await self._total_of(part) for part in each.in_each_field]
            if each.also_in and all(totals):
                # Leads with the name in both fields are in both totals.
                totals.append(-await self._total_of(each.with_checked([(each.also_in, each.filters[0][1])])))
            if total := sum(totals):
                return total
        self.reporter.note(self._nothing())
        return 0

    async def _total_of(self, query: Query) -> int:
        page = await self.source.fetch(query, 0, 1)
        total, remedy = page.total, "--count --by FIELD --all reads the leads and counts them"
        if total is None:
            raise SearchError("The server does not say how many leads match", remedy=remedy)
        contradicts = total > limits.MAX_ROWS or total < len(page.rows) or (total and not page.rows)
        if total == 1 and not contradicts:
            # Some servers count the leads on the page.
            following = await self.source.fetch(query, 1, 1)
            contradicts = bool(following.rows) and following.ids != page.ids
        if contradicts:
            raise SearchError(f"The server's total of {total:,} does not agree with the leads it sends", remedy=remedy)
        return total

    # For every kind of search

    async def write(self, work: Callable[[], None]) -> None:
        """Do *work*, which writes, in a thread: an interrupt does not wait for a stream whose reader has stalled."""
        done = threading.Event()

        def run(_: object) -> None:
            try:
                work()
            finally:
                done.set()

        try:
            await in_thread(run, "export")
        except BaseException:
            # A file that can be resumed must end with a whole part.
            if self.output.resume_hint:
                self.output.writer.stop()
                done.wait(limits.LEAVE_SECONDS)
            raise

    def settle_failure(self, error: SearchError | OutputError, *, has_leads: bool) -> SearchError:
        """Return *error* if the output should still be completed; raise it if the output can be resumed or cannot be written."""
        output, after = self.output, f"After {self.progress.counted()}"
        if has_leads and output.resume_hint:
            error.message = f"{after}: {error.message}"
            remedy = "" if error.remedy == ANOTHER_FILE else error.remedy
            error.remedy = f"{remedy}; {output.resume_hint}" if remedy else output.resume_hint
        if not has_leads or output.resume_hint or output.is_whole or isinstance(error, OutputError):
            raise error
        leads = "which" if self.progress.noun == "lead" else "whose leads"
        error.message = f"{after}, {leads} are {output.writer.done}: {error.message}"
        return error

    async def conclude(self, written: int, left_out: int, failure: SearchError | None) -> None:
        """Finish the output, report what the writer noticed about the *written* leads, and raise *failure*.

        *left_out* leads have another country code. Raises ``OutputError``.
        """
        writer, reporter = self.output.writer, self.reporter
        if writer.finalizes_slowly:
            reporter.hint("All leads received: creating the file")
        reporter.clear()
        try:
            await self.write(self.output.finish)
        except OutputError as error:
            raise self.settle_failure(error, has_leads=bool(self.progress.done)) from None
        if left_out:
            reporter.note(f"{counted(left_out)} with this number left out: other country code")
        if writer.hidden:
            reporter.hint(f"Too narrow for {', '.join(writer.hidden)}: --columns chooses")
        for note in filter(None, (defused_text(writer.defused, "--raw-csv"), *writer.notes)):
            reporter.note(note)
        for column in writer.missing_columns if written else ():
            # Imported here, where a mistake was made.
            from lead_tui.leads.names import did_you_mean

            near = did_you_mean(column, (*FIELD_BY_KEY, *COMPUTED_IN_FILES))
            reporter.note(f"No lead {writer.done} has {one_line(column, 80)}{f': {near}' if near else ''}")
        if failure is not None:
            raise failure

    def refuse_mistyped(self, rows: Sequence[Row]) -> None:
        """Raise ``UsageError`` for a named column that no lead in *rows*, the first page, has, but that resembles a field."""
        unknown = [column for column in self.columns if is_custom(column) and column not in COMPUTED_IN_FILES]
        if not unknown:
            return
        # Imported here: few choose columns of their own.
        from lead_tui.leads.names import within_two_edits

        sent = {key for row in rows for key in decode_row(row).sent}
        for column in unknown:
            key = key_of(column)
            if key not in sent and key == column and (near := within_two_edits(key, (*FIELD_BY_KEY, *COMPUTED_IN_FILES))):
                raise UsageError(f"There is no column {one_line(column, 80)}", remedy=f"did you mean {near}?")

    def report_extent(self, given: int, total: int | None, hint: str, *, is_cut: bool) -> None:
        """Report how many leads a count covers, *given* of *total*; for leads that a limit cut off, report *hint*."""
        if not self.output.counts:
            if is_cut and hint:
                self.reporter.hint(hint)
        elif is_cut:
            covered = f"{given:,} of {counted(total)}" if total is not None else f"The first {counted(given)}"
            self.reporter.note(f"{covered} counted: --limit N counts more, --all counts all")
        elif given:
            self.reporter.note(f"{counted(given)} counted")

    def refuse_unreadable(self) -> None:
        """Raise ``UnreadableAnswer`` if leads were left out."""
        if unreadable := self.output.writer.unreadable:
            message = f"{counted(unreadable)} left out, which the server did not send as a JSON object"
            raise UnreadableAnswer(message, remedy="try again")


def combined(part: Query, query: Query) -> Query:
    """Return a query that matches both *part* of a look-up and *query*. Raises ``FilterError`` if both filter the same field."""
    for name, _ in query:
        if part.value(name) or name == part.also_in:
            raise FilterError(name, f"{name} is what --lookup looks in: leave one of them out")
    return replace(part, filters=(*part.filters, *query.filters))


def cannot_resume() -> OutputError:
    return OutputError("Cannot resume the interrupted export", remedy="without --resume, --force starts again")
