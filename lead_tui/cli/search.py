"""``lead-tui search``: write the leads that match to an output, and report on standard error what the user should know."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, closing
from functools import partial
from os.path import realpath

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.api.threads import in_thread
from lead_tui.cli.console import Reporter, find_or_ask_token, is_terminal
from lead_tui.cli.output import CountWriter, Output, output_for, whole_file
from lead_tui.cli.search_list import LOOKED_UP, ListReading, combined
from lead_tui.context import AppContext
from lead_tui.export.csv_text import defused_text
from lead_tui.export.exporting import Export
from lead_tui.export.formats import conflict, large_workbook
from lead_tui.invocation import Command
from lead_tui.leads.errors import OutputError, SearchError, UnreadableAnswer, UsageError
from lead_tui.leads.fields import COMPUTED_IN_FILES, FIELD_BY_KEY, is_custom, key_of
from lead_tui.leads.lead import Row, decode_row
from lead_tui.leads.lookup import ListedLookUp, LookUp, look_up, no_lead_for, no_leads_match
from lead_tui.leads.page import PageSource, Part, Progress
from lead_tui.leads.query import Query, remark_on
from lead_tui.leads.text import counted, did_you_mean, nearest, one_line
from lead_tui.paging.page_sources import CombinedSearches
from lead_tui.paging.read_all import ReadAll
from lead_tui.safe_files import ANOTHER_FILE, target_of
from lead_tui.terminal.process import forbid_tracing, reuse_memory


def run(command: Command) -> None:
    """Run ``lead-tui search``. Raises ``LeadTuiError``, and what a signal raises."""
    options, invocation = command.options, command.invocation
    gc.set_threshold(limits.MADE_BEFORE_GARBAGE, *gc.get_threshold()[1:])
    sys.setswitchinterval(limits.THREAD_TURN)
    gc.freeze()
    reuse_memory()
    # A line that is redrawn in place would garble leads on the same screen.
    reporter = Reporter(shows_progress=bool(options.output) or options.count or not is_terminal(sys.stdout))
    context = AppContext.of(command.account)
    chosen, notices = context.chosen(invocation)
    is_list = _is_list(command, chosen.query)
    limit = options.limit or (None if is_list or options.all or (options.count and not options.by) else limits.SEARCH_LIMIT)
    for notice in notices:
        reporter.hint(notice)
    # A script may have used a variable that is not set.
    for name in (name for name, value in invocation.filters if not (value or invocation.query_name)):
        reporter.note(f"{name}= has no value and filters nothing: give it one, or leave it out")
    if options.format is not None and (warning := conflict(options.output, options.format)):
        reporter.note(warning)
    client = context.client(find_or_ask_token(context))
    forbid_tracing()
    if options.missing and options.output and realpath(target_of(options.missing)) == realpath(target_of(options.output)):
        raise UsageError("--missing and -o name the same file", remedy="choose another one")
    write_missing = whole_file(options.missing, overwrite=options.force) if options.missing else None
    look_ups, found = invocation.look_ups, None
    if invocation.look_up:
        found = look_up(invocation.look_up)
        if ignored := found.ignored_text():
            reporter.hint(ignored)
        if len(found.parts) > 1:
            look_ups = (ListedLookUp(1, found.text, found),)
    columns = (options.by,) if options.by else chosen.columns
    if options.count:
        counting = CountWriter(options, context)
        output = Output(Export(counting), counting.form, context.settings.today())
    else:
        output = output_for(command, context, chosen.query, columns, limit, names_fields=bool(look_ups))
    with closing(output.export), closing(client):
        client.waits.on_waiting, client.on_notice = reporter.wait, reporter.note
        query = chosen.query.dated(output.today)
        for name, value in query:
            if remark := remark_on(name, value):
                reporter.note(f"{name}: {remark}")
        # One more than the pace lets through, so that the next request is ready as soon as a response arrives.
        in_flight = min(context.settings.pace.in_flight + 1, limits.MAX_PAGES_AHEAD)
        source, listed = CombinedSearches(client), None
        if is_list or look_ups:
            listed = ListReading(source, query, look_ups, output, limit, in_flight, shows_look_up=LOOKED_UP in columns)
        # The first leads of a list do not show which attributes the others have.
        named = () if is_list else columns if options.by else invocation.columns
        search = LeadSearch(source, query, output, reporter, limit, in_flight, named, found, listed, write_missing)
        try:
            with closing(search.run()) as work:
                asyncio.run(work)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"interrupted{search.resuming()}") from None
        except SystemExit:
            if resuming := search.resuming():
                reporter.note(f"stopped{resuming}")
            raise
        finally:
            reporter.clear()


def _is_list(command: Command, query: Query) -> bool:
    """Return whether to search for a list: leads come in its order, and values without one are reported. Raises ``UsageError``."""
    options, invocation = command.options, command.invocation
    ids = "" if invocation.look_up else query.value("lead_id")
    if options.missing and not (invocation.look_ups or ids):
        remedy = "use lead_id=1,2,3, lead_id=- or, with a phone, an email or a lead id on each line, --lookup -"
        raise UsageError("--missing requires a list", remedy=remedy)
    return bool(invocation.look_ups or options.missing or "," in ids or (ids and invocation.from_standard_input))


class LeadSearch(Struct):
    """Writes the leads of *source* that match *query*, whose dates are fixed, to *output*; reports what the user should know."""

    source: PageSource
    query: Query
    output: Output
    reporter: Reporter
    limit: int | None = None  # leads at most; None for all
    in_flight: int = limits.REQUESTS_IN_FLIGHT  # requests in progress at a time
    columns: tuple[str, ...] = ()  # a misspelled one of these is refused once the first page is there
    look_up: LookUp | None = None  # what the leads have to match besides the query, in one field
    listed: ListReading | None = None  # reads the leads in place of the others, if they are those of a list
    write_missing: Callable[[str], None] | None = None  # receives the values of the list that have no lead
    progress: Progress = field(default_factory=Progress)

    async def run(self) -> None:
        """Write the leads, including those received before a failure, or how many there are. Raises ``LeadTuiError``."""
        writer = self.output.writer
        is_simple = self.listed is None and self.look_up is None and not self.query.phone_codes
        if isinstance(writer, CountWriter) and not writer.column and is_simple:
            writer.number = await self._total()
            self.reporter.clear()
            await self.write(self.output.export.finish)
        elif self.listed is not None:
            await self._read_list(self.listed)
        elif self.look_up is None:
            await self._read(self.query)
        else:
            *searches, query = (combined(part, self.query) for _, part in (*self.look_up.parts, *self.look_up.otherwise))
            for search in searches:
                if (await self.source.fetch(search, 0, 1)).rows:
                    query = search
                    break
            await self._read(query)

    def resuming(self) -> str:
        """Return how far the search has come, and how to resume it; "" if that is not possible."""
        if not (self.progress.done and self.output.resume_hint):
            return ""
        return f" after {self.progress.counted()}: {self.output.resume_hint}"

    def _nothing(self) -> str:
        if self.look_up is not None:
            return "; ".join(no_lead_for(self.look_up, with_values=False))
        return "; ".join(no_leads_match(self.query, with_values=False))

    async def _read(self, query: Query) -> None:
        output = self.output
        reading = ReadAll(self.source, query, self.limit, self.in_flight, output.today, output.place or None, output.known)

        def count() -> None:
            total = reading.total
            self.progress.done = reading.given
            self.progress.total = total if self.limit is None or total is None else min(self.limit, total)

        failure = await self._write_all(reading.parts(), reading.given, count)
        if not (reading.given or reading.unsendable):
            self.refuse_mistyped(())
            self.reporter.note(f"{self._nothing()}: {reading.text}" if reading.text else self._nothing())
        await self.conclude(reading.given, reading.left_out)
        if failure is not None:
            raise failure
        given, total = reading.given, reading.total
        if reading.repeated:
            self.reporter.note(f"{counted(reading.repeated, 'duplicate')} skipped")
        if reading.moved:
            self.reporter.note(f"The total changed from {reading.first_total:,} to {total:,} while the leads were read")
        if (shortfall := reading.shortfall()) is not None:
            raise shortfall
        is_cut = self.limit is not None and given >= self.limit and (total is None or given < total)
        self.report_extent(given, total, is_cut=is_cut)

    async def _read_list(self, reading: ListReading) -> None:
        progress, reporter = self.progress, self.reporter
        progress.noun, progress.total = reading.noun, len(reading.values)

        def count() -> None:
            progress.done = reading.done

        failure = await self._write_all(reading.parts(), reading.done, count) or reading.failure()
        if failure is not None and self.output.writer.is_whole:
            raise failure
        await self.conclude(reading.given, reading.left_out)
        if reading.done >= len(reading.values):
            for note in reading.notes():
                reporter.note(note)
            if self.write_missing is not None:
                self.write_missing(reading.missing_text())
        if failure is not None:
            raise failure
        self.report_extent(reading.given, None, is_cut=reading.is_full)

    async def _total(self) -> int:
        page = await self.source.fetch(self.query, 0, 1)
        remedy = "use --count --by FIELD --all to read the leads and count them"
        if page.total is None:
            raise SearchError("The server does not say how many leads match", remedy=remedy)
        # Some servers count the leads on the page, and some ignore the offset.
        second = (await self.source.fetch(self.query, 1, 1)).ids if page.total == 1 else ()
        if bool(page.total) != bool(page.rows) or (second and second != page.ids):
            raise SearchError(f"The server's total of {page.total:,} does not agree with the leads it sends", remedy=remedy)
        if not page.total:
            self.reporter.note(self._nothing())
        return page.total

    async def _write_all(self, parts: AsyncGenerator[Part], done: int, count: Callable[[], None]) -> SearchError | None:
        """Write *parts* after the *done* leads or values of an earlier run. Return a failure that still completes the output."""
        self.progress.resume(done)
        if done:
            self.reporter.hint(f"Resuming after {self.progress.counted()}")

        def write_part(part: Part) -> None:
            self.output.export.write_part(part)
            count()

        is_first = True
        try:
            async with aclosing(parts):
                async for part in parts:
                    if is_first:
                        self.refuse_mistyped(part.rows)
                    await self.write(partial(write_part, part))
                    if is_first and self.output.form == "xlsx" and (remark := large_workbook(self.progress.total or 0)):
                        self.reporter.note(remark)
                    is_first = False
                    self.reporter.show(self.progress)
        except (SearchError, OutputError) as error:
            return self.settle_failure(error)
        return None

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
                self.output.writer.stopped.set()
                done.wait(limits.LEAVE_SECONDS)
            raise

    def settle_failure(self, error: SearchError | OutputError) -> SearchError:
        """Return *error* if the output should still be completed; raise it if the output can be resumed or cannot be written."""
        output, after, has_leads = self.output, f"After {self.progress.counted()}", bool(self.progress.done)
        if has_leads and output.resume_hint:
            error.message = f"{after}: {error.message}"
            remedy, hint = error.remedy, output.resume_hint
            error.remedy = f"{remedy}; {hint}" if remedy and remedy != ANOTHER_FILE else hint
        if not has_leads or output.resume_hint or output.writer.is_whole or isinstance(error, OutputError):
            raise error
        error.message = f"{after} (the leads so far are {output.writer.participle}): {error.message}"
        return error

    async def conclude(self, written: int, left_out: int) -> None:
        """Finish the output and report what was noticed; *left_out* leads have another country code. Raises ``OutputError``."""
        writer, reporter = self.output.writer, self.reporter
        if writer.finalizes_slowly:
            reporter.hint("All leads received: creating the file")
        reporter.clear()
        try:
            await self.write(self.output.export.finish)
        except OutputError as error:
            raise self.settle_failure(error) from None
        if left_out:
            reporter.note(f"{counted(left_out)} with this number left out: other country code")
        for note in filter(None, (defused_text(writer.defused, "--raw-csv"), *writer.notes)):
            reporter.note(note)
        for column in writer.missing_columns if written else ():
            near = did_you_mean(column, (*FIELD_BY_KEY, *COMPUTED_IN_FILES))
            reporter.note(f"No lead {writer.participle} has {one_line(column, 80)}{f': {near}' if near else ''}")

    def refuse_mistyped(self, rows: Sequence[Row]) -> None:
        """Raise ``UsageError`` for a named column that no lead in *rows*, the first page, has, but that resembles a field."""
        unknown = [column for column in self.columns if is_custom(column) and column not in COMPUTED_IN_FILES]
        if not unknown:
            return
        sent = {key for row in rows for key in decode_row(row).sent}
        for column in unknown:
            key = key_of(column)
            if key not in sent and key == column and (near := nearest(key, (*FIELD_BY_KEY, *COMPUTED_IN_FILES), max_edits=2)):
                raise UsageError(f"There is no column {one_line(column, 80)}", remedy=f"did you mean {near}?")

    def report_extent(self, given: int, total: int | None, *, is_cut: bool) -> None:
        """Report that a limit cut off leads, or how many a count covers. Raises ``UnreadableAnswer`` if leads were left out."""
        if is_cut:
            covered = f"{given:,} of {counted(total)}" if total is not None else f"The first {counted(given)}"
            sentence = f"{covered} {self.output.writer.participle}: use --limit N for more, or --all for all"
            (self.reporter.note if self.output.writer.column else self.reporter.hint)(sentence)
        elif self.output.writer.column and given:
            self.reporter.note(f"{counted(given)} counted")
        if unreadable := self.output.writer.unreadable:
            message = f"{counted(unreadable)} left out, which the server did not send as a JSON object"
            raise UnreadableAnswer(message, remedy="try again")
