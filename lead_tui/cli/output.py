"""The output of ``search``: standard output, or a file that can be resumed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lead_tui.cli.console import Ask, ask, can_ask, standard_output
from lead_tui.config.settings import Settings
from lead_tui.export.exporting import FileExport, open_export
from lead_tui.export.formats import Format, open_writer, refuse_missing
from lead_tui.export.partial import Header, Json, PartialExport
from lead_tui.export.writer import Writer
from lead_tui.leads.page import Part
from lead_tui.leads.query import Query
from lead_tui.safe_files import target_of

if TYPE_CHECKING:
    # It reads command lines, and imports argparse.
    from lead_tui.invocation import RunSearch

OpenWriter = Callable[[Mapping[int, str] | None], Writer]
"""Opens a writer; what it receives is ``found_in`` of ``formats.open_writer``."""


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


def output_for(
    command: RunSearch, settings: Settings, query: Query, columns: tuple[str, ...], account: Mapping[str, object], now: datetime
) -> Output:
    """Return where the leads that *query* finds go. *columns* are the chosen ones, none for the usual ones; *account* is JSON.

    Raises ``OutputError`` and ``UsageError``.
    """
    sink = None if command.output else standard_output()
    form = command.format or ("table" if sink is not None and sink.terminal else "csv")
    refuse_missing(form)
    columns = columns or settings.table.columns if form == "table" else command.invocation.columns
    today, labels, raw_csv = settings.today(), settings.labels, command.raw_csv
    if sink is not None:

        def open_stream(found_in: Mapping[int, str] | None) -> Writer:
            return open_writer(form, sink, now, columns=columns, raw_csv=raw_csv, labels=labels, found_in=found_in)

        return ToStream(open_stream, today)
    request: Json = {
        **account,
        "filters": [list(each) for each in query],
        "with_time": settings.dates.with_time,
        "look_up": command.invocation.look_up or _digest(command),
        "limit": command.limit,
        "format": form,
        "columns": list(columns),
        "raw_csv": raw_csv,
    }
    target_of(command.output)
    return ToFile(
        Path(command.output).expanduser(),
        Header(request, now, today, command.force),
        form,
        resume=command.resume,
        ask=ask if can_ask() else None,
        columns=columns,
        raw_csv=raw_csv,
        labels=labels,
    )


def _digest(command: RunSearch) -> str:
    """Return a digest of a list of look-ups, "" without one: it identifies the list, whose phones are not stored."""
    if not command.invocation.look_ups:
        return ""
    # Imported here: few searches have a list.
    import hashlib

    return hashlib.sha256("\n".join(each.text for each in command.invocation.look_ups).encode()).hexdigest()


class ToStream(Output):
    """To standard output, through *open_writer*."""

    def __init__(self, open_writer: OpenWriter, today: date) -> None:
        self._open_writer = open_writer
        self.today = today

    def open(self, found_in: Mapping[int, str] | None) -> Writer:
        self._writer = self._open_writer(found_in)
        return self._writer

    def write_part(self, part: Part, **more: object) -> None:
        self._writer.write(part.rows)

    def finish(self) -> None:
        self._writer.close()


class ToFile(Output):
    """Into the file *target*, as *form*; the request of *header* is all that makes it another search.

    *ask* asks the user before anything is overwritten or discarded; None if no one can be asked. Raises ``OutputError``, and
    ``UsageError`` if the partial file to *resume* is another search's.
    """

    def __init__(
        self,
        target: Path,
        header: Header,
        form: Format,
        *,
        resume: bool = False,
        ask: Ask | None = None,
        columns: tuple[str, ...] = (),
        raw_csv: bool = False,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self._file = _opened(target, header, ask, resume=resume)
        self._open_export = partial(FileExport, self._file, form, columns=columns, raw_csv=raw_csv, labels=labels)
        self.today = self._file.header.today
        self.place = self._file.checkpoint.place if self._file.checkpoint is not None else {}
        self.known = self._file.known

    resume_hint = "the same command with --resume continues it"

    def open(self, found_in: Mapping[int, str] | None) -> Writer:
        self._export = self._open_export(found_in=found_in)
        return self._export.writer

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


def _opened(target: Path, header: Header, ask: Ask | None, *, resume: bool) -> PartialExport:
    steps = open_export(target, header, "always" if resume else "never")
    try:
        question = next(steps)
        while True:
            if ask is None or not ask(question.text):
                steps.close()
                raise question.refusal
            question = steps.send(True)
    except StopIteration as done:
        opened: PartialExport = done.value
        return opened
