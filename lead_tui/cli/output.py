"""The output of ``search``: standard output, or a file that can be resumed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from lead_tui.cli.console import ask, can_ask, standard_output
from lead_tui.context import AppContext, now
from lead_tui.export.exporting import ExportQuestion, FileExport, advance, open_export
from lead_tui.export.formats import Format, check_installed, large_workbook, open_writer
from lead_tui.export.partial import Header, Json, PartialExport
from lead_tui.export.writer import Layout, Sink, Writer
from lead_tui.invocation import RunSearch
from lead_tui.leads.errors import UsageError
from lead_tui.leads.page import Part
from lead_tui.leads.query import Query
from lead_tui.safe_files import target_of


class Output(ABC):
    """Where the leads go: ``open`` first, then ``write_part`` for each, and ``finish``."""

    today: date
    """The day to which relative dates refer: that of the earlier run, if this resumes one."""
    place: Mapping[str, object] = {}
    """Where an earlier run ended (``Part.after``, and more); empty if there was none."""
    known: Sequence[int] = ()
    """The numbers of the leads of earlier runs."""
    resume_hint: str = ""
    """What to do to resume after a failure; "" if that is not possible: then what has come is completed."""
    is_whole: bool = False
    """Whether nothing is written after a failure either way."""
    counts: bool = False
    """Whether it is a count, of which scripts have to know what it covers."""

    @abstractmethod
    def open(self, found_in: Mapping[int, str] | None) -> Writer:
        """Begin to write."""

    def remark(self, total: int | None) -> str:
        """Return what to report about an output of *total* leads, before most of them are read; "" for nothing."""
        return ""

    @abstractmethod
    def write_part(self, part: Part, **more: object) -> None:
        """Write *part*; *more* is part of the place of a later run. Raises ``OutputError``."""

    @abstractmethod
    def finish(self) -> None:
        """Write the remainder. Raises ``OutputError``."""

    def give_up(self) -> None:
        """Leave nothing behind: not one lead has come."""
        return

    def leave(self) -> None:
        """Leave what has come for another run."""
        return


def output_for(command: RunSearch, context: AppContext, query: Query, columns: tuple[str, ...]) -> Output:
    """Return where the leads that *query* finds go. *columns* are the chosen ones, none for the usual ones.

    Raises ``OutputError`` and ``UsageError``.
    """
    settings = context.settings
    sink = None if command.output else standard_output()
    form = command.format or ("table" if sink is not None and sink.terminal else "csv")
    check_installed(form)
    if command.bom and form != "csv":
        raise UsageError(f"--bom is for CSV, not {form}", remedy="leave out --bom")
    columns = columns or settings.table.columns if form == "table" else command.invocation.columns
    layout = Layout(columns, command.raw_csv, command.bom, settings.labels, settings.types)
    if sink is not None:
        return ToStream(sink, form, layout, settings.today())
    request: Json = {
        "base_url": context.base_url,
        "demo": context.account.demo,
        "profile": context.account_name,
        "filters": [list(each) for each in query],
        "with_time": settings.dates.with_time,
        "look_up": command.invocation.look_up or _digest(command),
        "limit": command.limit,
        "format": form,
        "columns": list(columns),
        "raw_csv": command.raw_csv,
        "bom": command.bom,
    }
    target_of(command.output)
    header = Header(request, now(), settings.today(), command.force)
    return ToFile(_opened(Path(command.output).expanduser(), header, resume=command.resume), form, layout)


def _digest(command: RunSearch) -> str:
    """Return a digest of a list of look-ups, "" without one: it identifies the list, whose phones are not stored."""
    if not command.invocation.look_ups:
        return ""
    # Imported here: few searches have a list.
    import hashlib

    return hashlib.sha256("\n".join(each.text for each in command.invocation.look_ups).encode()).hexdigest()


class ToStream(Output):
    """To standard output."""

    def __init__(self, sink: Sink, form: Format, layout: Layout, today: date) -> None:
        self._sink = sink
        self._now = now()
        self._form: Format = form
        self._layout = layout
        self.today = today

    def open(self, found_in: Mapping[int, str] | None) -> Writer:
        self._writer = open_writer(self._form, self._sink, self._now, replace(self._layout, found_in=found_in))
        return self._writer

    def write_part(self, part: Part, **more: object) -> None:
        self._writer.write(part.rows)

    def finish(self) -> None:
        self._writer.close()


class ToFile(Output):
    """Into *file*, which can be resumed."""

    def __init__(self, file: PartialExport, form: Format, layout: Layout) -> None:
        self._file = file
        self._form = form
        self._layout = layout
        self.today = file.header.today
        self.place = file.checkpoint.place if file.checkpoint is not None else {}
        self.known = file.known

    resume_hint = "the same command with --resume continues it"

    def open(self, found_in: Mapping[int, str] | None) -> Writer:
        self._export = FileExport(self._file, self._form, replace(self._layout, found_in=found_in))
        return self._export.writer

    def remark(self, total: int | None) -> str:
        return large_workbook(total or 0) if self._form == "xlsx" else ""

    def write_part(self, part: Part, **more: object) -> None:
        self._export.write_part(part, **more)

    def finish(self) -> None:
        self._export.finish()

    def give_up(self) -> None:
        if self._file.checkpoint is None:
            self._file.discard()
        else:
            self._file.close()

    def leave(self) -> None:
        self._file.close()


def _opened(target: Path, header: Header, *, resume: bool) -> PartialExport:
    """Begin or *resume* the file *target*; ask before anything is overwritten or discarded, if anyone can be asked.

    Raises ``OutputError``, and ``UsageError`` if the partial file to resume is another search's.
    """
    opening = open_export(target, header, "always" if resume else "never")
    while isinstance(opened := advance(opening), ExportQuestion):
        if not (can_ask() and ask(opened.text)):
            opening.close()
            raise opened.refusal
    return opened
