"""Exporting from the app: which leads and fields, into which file; one export at a time, in the background.

An export of all leads that match is kept when it is stopped, and resumed when the same search is exported to the same file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

from msgspec import Struct

from lead_tui import limits
from lead_tui.api.threads import in_thread, run_to_completion
from lead_tui.export.csv_text import defused_text
from lead_tui.export.exporting import ExportQuestion, FileExport, open_export
from lead_tui.export.formats import EXTENSIONS_TEXT, FORMAT_BY_EXTENSION, Format, check_installed, large_workbook
from lead_tui.export.partial import Header, Json
from lead_tui.export.writer import Layout
from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.errors import LeadTuiError, TokenError, UsageError
from lead_tui.leads.fields import shows_any
from lead_tui.leads.lead import Row
from lead_tui.leads.page import Part, Progress
from lead_tui.leads.text import counted, joined, one_line
from lead_tui.paging.loader import report_failure
from lead_tui.paging.read_all import ReadAll
from lead_tui.paging.search import Search
from lead_tui.safe_files import ANOTHER_FILE, target_of
from lead_tui.ui.dialogs.dialog import Offer, plain
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status import progress_text


class ExportRequest(Struct):
    """What to export: *rows* (None for all that match) with *columns* (none for every field); and the file, once it is known."""

    search: Search
    rows: Sequence[Row] | None
    columns: tuple[str, ...]
    target: Path = Path()
    form: Format = "csv"


class RunningExport(Struct):
    """An export in progress. *reading* is None if the leads are already loaded."""

    export: FileExport
    progress: Progress
    parts: AsyncGenerator[Part]
    reading: ReadAll | None = None


class ExportController:
    is_awaited = False

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._running: RunningExport | None = None
        self._task: asyncio.Task[None] | None = None
        extension = main.memory.state.export_extension
        self._proposed_name = f"leads{extension if extension in FORMAT_BY_EXTENSION else '.csv'}"
        # The part written is kept and can be resumed.
        main.closing.callback(self.cancel)

    def progress_text(self) -> str:
        running = self._running
        return progress_text(running.progress, self._main.hint("app.stop", "cancel")) if running is not None else ""

    def quit_question(self) -> str:
        return "Quit while leads are being exported?" if self._running is not None else ""

    def cancel(self) -> bool:
        return self._task is not None and self._task.cancel()

    def ask(self, search: Search) -> None:
        session, marked = self._main.session, list(self._main.memory.marks.values())
        if not self._main.is_allowed("main.export"):
            return
        if self._running is not None:
            self._main.say("An export is already running", self._main.hint("app.stop", "cancels it"))
            return
        answers = ({"marked": f"the {len(marked):,} marked"} if marked else {}) | _answers(search)
        if not answers:
            self._main.say("There are no leads to export")
            return
        # The rows as they are offered: a sort may end while the question is open.
        rows = {"marked": marked, "loaded": search.loaded_rows()}
        offer = ExportOffer(answers, session.keys, may_have_all_fields=not session.concealed)

        def chosen(leads: str) -> None:
            columns = self._columns() if offer.by_columns else ()
            if offer.by_columns and not columns:
                self._main.say("None of the table's columns may be exported", alert=True)
                return
            submit = partial(self._submit, ExportRequest(search, rows.get(leads), columns))
            # The prompt may already be open for other leads, opened from the palette.
            self._main.prompt.hide("export")
            hint = f"ends in {EXTENSIONS_TEXT} · ⏎ · esc"
            self._main.prompt.show("export", "Save as", submit, self._proposed_name, hint=hint)

        self._main.ask(offer, chosen)

    def _columns(self) -> tuple[str, ...]:
        """Return the table's columns that may be exported."""
        concealed = self._main.session.concealed
        return tuple(column for column in self._main.table.columns if not shows_any(column, concealed))

    def _submit(self, request: ExportRequest, text: str) -> None:
        name = text.strip()
        form = FORMAT_BY_EXTENSION.get(Path(name).suffix.lower())
        try:
            if form is None:
                raise UsageError(f"The file name must end in {EXTENSIONS_TEXT}")
            check_installed(form)
            request.target, request.form = target_of(name), form
        except LeadTuiError as error:
            self._main.prompt.fail(str(error))
            return
        self._proposed_name = name
        self._main.memory.change(export_extension=request.target.suffix.lower())
        if form == "table" and not request.columns:
            request.columns = self._columns()
        self._main.run_worker(self._begin(request))

    async def _begin(self, request: ExportRequest) -> None:
        """Start the export. Until then the prompt stays, and keys wait: they may be for a question."""
        leads = len(request.rows) if request.rows is not None else request.search.whole.length
        warning = large_workbook(leads) if request.form == "xlsx" else ""
        if warning and not await self._main.confirm(f"{warning}. Export it?", yes="export", no="choose another format"):
            self._main.refuse("Choose another extension, such as .csv")
            return
        try:
            if (export := await self._opened(request)) is not None:
                self._running = self._prepared(request, export)
                self._task = asyncio.create_task(self._run(self._running))
                self._task.add_done_callback(report_failure)
        except LeadTuiError as error:
            self._main.refuse(_text_of(error, request.target))
            return
        self._main.prompt.hide("export")
        self._main.status.refresh()

    async def _opened(self, request: ExportRequest) -> FileExport | None:
        """Open the file; return None if the user answers no to a question. Raises ``LeadTuiError``."""
        session, query = self._main.session, request.search.query
        identity: Json = {
            "app": True,
            "base_url": session.base_url,
            "profile": session.account,
            "filters": [list(each) for each in query],
            "with_time": session.settings.dates.with_time,
            "format": request.form,
            "columns": list(request.columns),
            "loaded": request.rows is not None,
            "also_in": query.also_in,
            "file": session.file_title,
        }
        header = Header(identity, session.now(), session.today())
        layout = Layout(request.columns, labels=session.settings.labels, types=session.settings.types)
        opening = open_export(request.target, header, request.form, layout, "ask" if request.rows is None else "never")
        while isinstance(opened := await in_thread(lambda _: next(opening), "export"), ExportQuestion):
            if not await self._main.confirm(opened.text, yes=opened.yes, no=opened.no):
                opening.close()
                return None
        return opened

    def _prepared(self, request: ExportRequest, export: FileExport) -> RunningExport:
        if request.rows is not None:
            return RunningExport(export, Progress(total=len(request.rows)), _parts_of(request.rows))
        file, most = export.file, limits.EXPORT_IN_FLIGHT
        today, query = file.header.today, request.search.query.dated(file.header.today)
        source = self._main.session.source
        reading = ReadAll(source, query, in_flight=most, today=today, place=file.checkpoint.place or None, known=file.known)
        return RunningExport(export, Progress(reading.given), reading.parts(), reading)

    async def _run(self, running: RunningExport) -> None:
        failure: LeadTuiError | None = None
        try:
            await self._write_all(running)
        except asyncio.CancelledError:
            # It may arrive once the file has its final name.
            pass
        except LeadTuiError as error:
            failure = error
        finally:
            self._running = None
            message = _report(running) if running.export.is_finished else self._keep(running, failure)
        if self._main.is_running:
            self._main.status.refresh()
            self._main.say(message, alert=failure is not None)
            if isinstance(failure, TokenError):
                self._main.token_rejected(failure)

    async def _write_all(self, running: RunningExport) -> None:
        export, progress, reading = running.export, running.progress, running.reading
        async with aclosing(running.parts) as parts:
            async for part in parts:

                def take(_: object, part: Part = part) -> None:
                    export.write_part(part)
                    # Counted here, since an export that is canceled in the meantime keeps these rows too.
                    progress.done += len(part.rows)

                # The file must not be closed while a page is half written.
                await run_to_completion(in_thread(take, "export"))
                if reading is not None:
                    progress.total = reading.total
                self._main.status.refresh()
        await run_to_completion(in_thread(lambda _: export.finish(), "export"), export.writer.stopped.set)

    def _keep(self, running: RunningExport, error: LeadTuiError | None) -> str:
        """Keep the part written, if it can be resumed; return what to report, starting with the *error*."""
        file = running.export.file
        is_kept = running.reading is not None and bool(running.progress.done) and file.can_resume
        failure = _text_of(error, file.target, can_resume=is_kept) if error is not None else ""
        if not is_kept:
            file.discard()
            return failure or "Export canceled"
        file.close()
        again = self._main.hint("main.export", "to the same file resumes")
        return joined(failure, f"Export paused at {running.progress.counted()}", again)


class ExportOffer(Offer):
    """Asks which of *answers* to export; ``by_columns`` is whether to export only the table's columns, else every field."""

    def __init__(self, answers: Mapping[str, str], keys: Sequence[Key], *, may_have_all_fields: bool) -> None:
        self.by_columns, self._may_have_all_fields = not may_have_all_fields, may_have_all_fields
        super().__init__(Pane.EXPORT, keys, "Export which leads?", self._fields, answers)

    @property
    def _fields(self) -> str:
        return "With the table's columns." if self.by_columns else "With every field."

    def hints(self) -> list[list[str]]:
        [[first, *others, close]] = super().hints()
        first = self.hint("export.first", next(iter(self.answers.values())))
        fields = self.hint("export.columns", "change fields") if self._may_have_all_fields else ""
        return [[first, *others], [fields, close]]

    def action_first(self) -> None:
        self.finish(next(iter(self.answers)))

    def action_columns(self) -> None:
        if self._may_have_all_fields:
            self.by_columns = not self.by_columns
            self._detail.update(plain(self._fields))


def _report(running: RunningExport) -> str:
    """Return the message about a complete export."""
    export, reading, notes = running.export, running.reading, []
    if reading is not None:
        if reading.left_out:
            notes.append(f"{reading.left_out:,} left out: other country code")
        if reading.repeated:
            notes.append(f"{counted(reading.repeated, 'duplicate')} skipped")
        if (shortfall := reading.shortfall()) is not None:
            notes.append(shortfall.message)
        elif reading.moved:
            notes.append(f"the total changed from {reading.first_total:,} to {reading.total:,}")
    if export.writer.unreadable:
        notes.append(f"{export.writer.unreadable:,} could not be read")
    written = f"{running.progress.counted()} written to {one_line(export.file.target.name, 60)}"
    return joined(written, *notes, defused_text(export.writer.defused), *export.writer.notes)


def _text_of(error: LeadTuiError, target: Path, *, can_resume: bool = False) -> str:
    """Return *error* with a remedy for the app, and without the folder of *target*, which leaves no room for the rest."""
    if "--" in error.remedy or error.remedy == ANOTHER_FILE:
        error.remedy = "" if can_resume else ANOTHER_FILE
    return str(error).replace(f"{target.parent}/", "")


def _answers(search: Search) -> dict[str, str]:
    """Return what of *search* can be exported: all leads that match, those that are loaded."""
    if search.snapshot is not None:
        return {"loaded": f"the {search.snapshot.length:,} shown"} if search.snapshot.length else {}
    rows = search.whole
    if not rows.length:
        return {}
    if search.is_merged:
        return {"loaded": f"the {rows.length:,} found"}
    every = {"all": f"all {rows.length:,} that match" if rows.has_end else "all that match"}
    return every | ({"loaded": f"the {search.loaded:,} loaded"} if 0 < search.loaded < rows.length else {})


async def _parts_of(rows: Sequence[Row]) -> AsyncGenerator[Part]:
    for start in range(0, len(rows), limits.MAX_LIMIT):
        yield Part(rows[start : start + limits.MAX_LIMIT], [], {"offset": start})
