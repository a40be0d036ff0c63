"""Exporting from the app: which leads and fields, into which file, and how far it is; one at a time, while the person goes on.

An export of all that match is kept when it is stopped, and gone on with when the same is asked for into the same file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TypeVar

from lead_tui import limits
from lead_tui.api.threads import in_thread, to_its_end
from lead_tui.export.checkpoints import Json
from lead_tui.export.exporting import FileExport
from lead_tui.export.formats import EXTENSIONS_SAID, FORMAT_BY_EXTENSION, Format, refuse_missing
from lead_tui.export.partial import PartialExport, partial_of, refuse_unfit
from lead_tui.export.progress import Progress
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import LeadTuiError, UsageError
from lead_tui.leads.fields import tells_of
from lead_tui.leads.page import Part
from lead_tui.leads.permissions import refusal
from lead_tui.leads.text import one_line
from lead_tui.paging.load_all import Progress as Loading
from lead_tui.paging.merged import Merged
from lead_tui.paging.read_all import ReadAll
from lead_tui.paging.result import Result
from lead_tui.paging.search import Search
from lead_tui.paging.turns import in_turns
from lead_tui.safe_files import target_of
from lead_tui.ui.dialogs.confirm import Confirm
from lead_tui.ui.dialogs.export_offer import Choice, ExportOffer
from lead_tui.ui.screens.main_context import EXPORT, MainContext
from lead_tui.ui.screens.status_text import joined, progress_text

T = TypeVar("T")

_USUAL_NAME: Final = "leads.csv"
_MAX_SHOWN: Final = 60


@dataclass
class _Wanted:
    """What is to be exported, until it is known where to."""

    search: Search
    rows: Sequence[Row] | None
    """Those that are here; None for all that match."""
    columns: tuple[str, ...]
    """None for every field."""


@dataclass
class _Running:
    """An export under way."""

    export: FileExport
    force: bool
    reading: ReadAll | None
    """Of all that match; None for leads that are here."""
    progress: Progress
    parts: AsyncGenerator[Part]
    today: date
    numbers: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The file's, as it may be shown."""
        return one_line(self.export.file.target.name, _MAX_SHOWN)


class ExportController:
    """Exports what is in sight; belongs to the main screen."""

    is_awaited = False

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._wanted: _Wanted | None = None
        self._running: _Running | None = None
        self._task: asyncio.Task[None] | None = None
        self._last_name = _USUAL_NAME
        main.tasks.register(self)

    @property
    def runs(self) -> bool:
        """Whether an export is under way."""
        return self._task is not None and not self._task.done()

    def progress_text(self) -> str:
        if not self.runs or self._running is None:
            return ""
        progress = self._running.progress
        stop = self._main.hint("app.stop", "cancel")
        loading = Loading(progress.done, progress.total, progress.rate)
        return progress_text(loading, stop, ascii_only=self._main.is_ascii, verb="written")

    def quit_question(self) -> str:
        return "Quit while leads are being exported?" if self.runs else ""

    # What a person asks

    def ask(self) -> None:
        """Ask which leads to export."""
        if not self._main.session.capabilities.may_export:
            self._main.say(refusal("may_export"), alert=True)
            return
        search = self._main.search
        if self.runs:
            self._main.say(joined("An export is under way", self._main.hint("app.stop", "stops it")))
            return
        if search is None or not search.answered:
            self._main.say("No leads have come yet")
            return
        every, here = _names(search)
        if not (every or here):
            self._main.say("There are no leads to export")
            return

        def chosen(choice: Choice | None) -> None:
            if choice is None:
                return
            if search.snapshot is not None:
                self._ask_where(search, choice, search.snapshot.rows)
            elif choice.all:
                self._ask_where(search, choice, None)
            else:
                self._main.screen.run_worker(self._gather(search, choice))

        offer = ExportOffer(every, here, may_have_all_fields=not self._main.session.concealed, keys=self._main.session.keys)
        self._main.screen.app.push_screen(offer, chosen)

    async def _gather(self, search: Search, choice: Choice) -> None:
        """Ask where to write what is loaded, once that is gathered."""
        self._ask_where(search, choice, (await in_turns(search.hold_loaded(self._main.session.load_all_limit))).rows)

    def _ask_where(self, search: Search, choice: Choice, rows: Sequence[Row] | None) -> None:
        columns = self._columns() if choice.by_columns else ()
        if choice.by_columns and not columns:
            self._main.say("None of the table's columns may be exported", alert=True)
            return
        self._wanted = _Wanted(search, rows, columns)
        self._main.prompt.show(EXPORT, "Write to", self._last_name, hint=f"ends in {EXTENSIONS_SAID} · ⏎ · esc")

    def _columns(self) -> tuple[str, ...]:
        """Those of the table that may leave it."""
        concealed = self._main.session.concealed
        return tuple(column for column in self._main.table.columns if not tells_of(column, concealed))

    def submit(self, text: str) -> None:
        """Write to *text*, typed in the prompt."""
        form = FORMAT_BY_EXTENSION.get(Path(text.strip()).suffix.lower())
        if form is None:
            self._main.prompt.fail(f"The end of the name says the format: {EXTENSIONS_SAID}")
            return
        try:
            refuse_missing(form)
            path = target_of(text.strip())
        except LeadTuiError as error:
            self._main.prompt.fail(str(error))
            return
        self._main.prompt.hide()
        wanted, self._wanted = self._wanted, None
        if wanted is not None and not self.runs:
            self._last_name = text.strip()
            if form == "table" and not wanted.columns:
                wanted.columns = self._columns()
            self._main.screen.run_worker(self._begin(wanted, path, form))

    def cancel(self) -> bool:
        if not self.runs or self._task is None:
            return False
        self._task.cancel()
        return True

    def close(self) -> None:
        """The app ends: what was written is kept, and can be gone on with."""
        self.cancel()

    # Where to

    async def _begin(self, wanted: _Wanted, target: Path, form: Format) -> None:
        try:
            running = await self._opened(wanted, target, form)
        except LeadTuiError as error:
            self._main.say(_short(error, target), alert=True)
            return
        if running is None:
            return
        if self.runs:
            running.export.file.close()
            return
        self._running = running
        self._task = asyncio.create_task(self._carry_out(running))
        self._main.tasks.changed()

    async def _opened(self, wanted: _Wanted, target: Path, form: Format) -> _Running | None:
        """What is to run, once everything has been asked; None where somebody would rather not. Raises ``LeadTuiError``."""
        force = await _off_loop(lambda: refuse_unfit(target))
        shown = one_line(str(target), _MAX_SHOWN)
        if force and not await self._confirmed(f"Write over {shown}?", "", "write", "keep"):
            return None
        request = self._request(wanted, form)
        file: PartialExport | None = None
        if wanted.rows is None:
            try:
                file = await _off_loop(lambda: PartialExport.go_on(target, request))
            except UsageError:
                file = None
        if file is not None and file.left is not None:
            count = file.left.after.get("given")
            question = (
                f"Go on with {shown}, interrupted after {count:,} leads?" if isinstance(count, int) else f"Go on with {shown}?"
            )
            if not await self._confirmed(question, "Else it stays for another time.", "go on", "not now"):
                file.close()
                return None
        elif file is None and await _off_loop(lambda: _lies_there(partial_of(target))):
            question = f"Throw {one_line(partial_of(target).name, _MAX_SHOWN)} away?"
            if not await self._confirmed(question, "It is what another export has left.", "throw away", "keep"):
                return None
        if file is None:
            session = self._main.session
            begun: Json = {"now": session.now().isoformat(), "today": session.today().isoformat(), "force": force}
            file = await _off_loop(lambda: PartialExport.begin(target, request, begun))
        return self._prepared(wanted, file, form, force)

    def _prepared(self, wanted: _Wanted, file: PartialExport, form: Format, force: bool) -> _Running:
        try:
            now = datetime.fromisoformat(str(file.begun.get("now"))).astimezone(UTC)
            today = date.fromisoformat(str(file.begun.get("today")))
            export = FileExport(file, form, now, columns=wanted.columns, labels=self._main.session.labels)
            if wanted.rows is not None:
                progress = Progress()
                progress.total = len(wanted.rows)
                return _Running(export, force, None, progress, _parts_of(wanted.rows), today)
            reading = ReadAll(
                self._main.session.source,
                wanted.search.query.dated(today),
                in_flight=limits.EXPORT_IN_FLIGHT,
                today=today,
                place=file.left.after if file.left is not None else None,
                known=file.numbers(),
            )
        except (TypeError, ValueError):
            file.close()
            raise UsageError("What the interrupted export left cannot be used", remedy="give another name") from None
        return _Running(export, force, reading, Progress(reading.given), reading.parts(), today)

    def _request(self, wanted: _Wanted, form: Format) -> Json:
        return {
            "app": True,
            "base_url": self._main.session.base_url,
            "profile": self._main.session.account,
            "filters": [list(each) for each in wanted.search.query],
            "with_time": self._main.session.with_time,
            "format": form,
            "columns": list(wanted.columns),
            "loaded": wanted.rows is not None,
        }

    async def _confirmed(self, question: str, detail: str, yes: str, no: str) -> bool:
        confirm = Confirm(question, detail, yes=yes, no=no, keys=self._main.session.keys)
        answered: bool = await self._main.screen.app.push_screen_wait(confirm)
        return answered

    # The export itself

    async def _carry_out(self, running: _Running) -> None:
        said, alert = "", False
        try:
            said = await self._written(running)
        except asyncio.CancelledError:
            said = self._kept(running, "Stopped")
        except LeadTuiError as error:
            said, alert = self._kept(running, _short(error, running.export.file.target)), True
        except Exception:
            self._kept(running, "")
            raise
        finally:
            self._task = None
            self._running = None
        if self._main.screen.is_running:
            self._main.tasks.changed()
            self._main.say(said, alert=alert)

    async def _written(self, running: _Running) -> str:
        """Write everything; what is to be said then. Raises ``LeadTuiError``."""
        export, progress = running.export, running.progress
        async with aclosing(running.parts) as parts:
            async for part in parts:

                def take(_: object, part: Part = part) -> None:
                    export.take(part)
                    # Counted here, since somebody who stops the export meanwhile keeps these rows too.
                    progress.done += len(part.rows)

                # A page's rows are not left half written while the file is closed.
                await to_its_end(in_thread(take, "export"))
                if running.reading is not None:
                    progress.total = running.reading.total
                self._main.tasks.changed()
        await to_its_end(in_thread(lambda _: export.finish(force=running.force), "export"), export.writer.stop)
        reading, writer = running.reading, export.writer
        told = [f"{progress.done:,} {'lead' if progress.done == 1 else 'leads'} written to {running.name}"]
        if reading is not None and reading.left_out:
            told.append(f"{reading.left_out:,} left out: other country code")
        if reading is not None and reading.repeated:
            told.append("1 duplicate skipped" if reading.repeated == 1 else f"{reading.repeated:,} duplicates skipped")
        if reading is not None and (shortfall := reading.shortfall()) is not None:
            told.append(shortfall.message)
        elif reading is not None and reading.moved:
            told.append(f"the total changed from {reading.first_total:,} to {reading.total:,}")
        if writer.unreadable:
            told.append(f"{writer.unreadable:,} could not be read")
        told += writer.notes
        return joined(*told)

    def _kept(self, running: _Running, how: str) -> str:
        file = running.export.file
        if running.reading is None or not running.progress.done:
            file.discard()
            return how
        file.close()
        again = self._main.hint("main.export", "to the same file goes on")
        return joined(
            how, f"{running.progress.done:,} leads are kept in {one_line(partial_of(file.target).name, _MAX_SHOWN)}", again
        )


def _short(error: LeadTuiError, target: Path) -> str:
    """*error* without the folder, which leaves no room for the rest in a line."""
    return str(error).replace(f"{target.parent}/", "")


def _names(search: Search) -> tuple[str, str]:
    """How all leads of *search* are called in the offer, and those that are here; "" for none."""
    if search.snapshot is not None:
        return "", f"the {search.snapshot.length:,} shown" if search.snapshot.length else ""
    rows = search.whole
    if isinstance(rows, Result):
        every = f"all {rows.length:,} that match" if rows.end_is_sure else "all that match"
        here = f"the {rows.loaded:,} loaded" if rows.loaded and rows.loaded < rows.length else ""
        return every if rows.length else "", here
    return "", f"the {rows.length:,} found" if isinstance(rows, Merged) and rows.length else ""


async def _parts_of(rows: Sequence[Row]) -> AsyncGenerator[Part]:
    for start in range(0, len(rows), limits.MAX_LIMIT):
        yield Part(rows[start : start + limits.MAX_LIMIT], [], {"offset": start})


async def _off_loop(work: Callable[[], T]) -> T:
    return await in_thread(lambda _: work(), "export")


def _lies_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()
