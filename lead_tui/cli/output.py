"""Where the leads of ``search`` go: to standard output, or into a file that can be gone on with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lead_tui.cli.console import Ask, ask, somebody_answers, standard_output
from lead_tui.config.settings import Settings
from lead_tui.export.checkpoints import Json
from lead_tui.export.exporting import FileExport
from lead_tui.export.formats import Format, open_writer, refuse_missing
from lead_tui.export.partial import PartialExport, exists, partial_of, refuse_unfit, unusable
from lead_tui.export.writer import Writer
from lead_tui.leads.errors import OutputError
from lead_tui.leads.page import Part
from lead_tui.leads.query import Query
from lead_tui.safe_files import shown, target_of

if TYPE_CHECKING:
    # It reads command lines, and knows argparse.
    from lead_tui.invocation import Search


class Writing(Protocol):
    """Leads being written: a context, in which ``finish`` is the last thing to do."""

    @property
    def writer(self) -> Writer:
        """What it has to tell afterwards."""
        ...

    def take(self, part: Part, **more: object) -> None:
        """Write *part*; *more* is to be known when somebody goes on behind it. Raises ``OutputError``."""
        ...

    def finish(self) -> None:
        """Write the rest. Raises ``OutputError``."""
        ...


class Output(Protocol):
    """Where the leads go."""

    @property
    def today(self) -> date:
        """The day that relative dates are counted from: an earlier run's, where this goes on with one."""
        ...

    @property
    def earlier(self) -> Mapping[str, object]:
        """What was known behind the last part of an earlier run (``Part.after``, and more); empty where there was none."""
        ...

    def known(self) -> Iterable[int]:
        """The numbers of the leads of an earlier run. Raises ``OutputError``."""
        ...

    def open(self, found_in: Mapping[int, str] | None) -> Writing:
        """Begin to write. *found_in* is as of ``formats.open_writer``."""
        ...

    @property
    def goes_on(self) -> str:
        """What to do to go on after a failure; "" where that cannot be done, and what has come is to be written whole."""
        ...

    def give_up(self) -> None:
        """Leave nothing behind: not one lead has come."""
        ...

    def leave(self) -> None:
        """Leave what has come, for another run."""
        ...


OpenWriter = Callable[[Mapping[int, str] | None], Writer]


def output_for(
    asked: Search, settings: Settings, query: Query, columns: tuple[str, ...], account: Mapping[str, object], now: datetime
) -> Output:
    """Where the leads that *query* finds go; *columns* are those chosen, none for the usual ones, *account* is JSON.

    Raises ``OutputError`` and ``UsageError``.
    """
    sink = None if asked.output else standard_output()
    form = asked.format or ("table" if sink is not None and sink.terminal else "csv")
    refuse_missing(form)
    columns = columns or settings.table.columns if form == "table" else asked.asked.columns
    today, labels, raw_csv = settings.today(), settings.labels, asked.raw_csv
    if sink is not None:

        def writer(found_in: Mapping[int, str] | None) -> Writer:
            return open_writer(form, sink, now, columns=columns, raw_csv=raw_csv, labels=labels, found_in=found_in)

        return ToStream(writer, today)
    request: Json = {
        **account,
        "filters": [list(each) for each in query],
        "with_time": settings.dates.with_time,
        "look_up": asked.asked.look_up or _digest(asked),
        "limit": asked.limit,
        "format": form,
        "columns": list(columns),
        "raw_csv": raw_csv,
    }
    target_of(asked.output)
    return ToFile(
        Path(asked.output).expanduser(),
        request,
        form,
        now=now,
        today=today,
        force=asked.force,
        resume=asked.resume,
        ask=ask if somebody_answers() else None,
        columns=columns,
        raw_csv=raw_csv,
        labels=labels,
    )


def _digest(asked: Search) -> str:
    """A digest of a list of look-ups, "" without one: by it the list is recognized, and its phones are not stored."""
    if not asked.asked.look_ups:
        return ""
    # Imported here: few searches have a list.
    import hashlib

    return hashlib.sha256("\n".join(each.text for each in asked.asked.look_ups).encode()).hexdigest()


class ToStream:
    """To standard output, through *open_writer*."""

    def __init__(self, open_writer: OpenWriter, today: date) -> None:
        self._open_writer = open_writer
        self.today = today

    earlier: Mapping[str, object] = {}
    goes_on = ""

    def known(self) -> Iterable[int]:
        """None."""
        return ()

    def open(self, found_in: Mapping[int, str] | None) -> Writing:
        """As of ``Output``."""
        return _ToStream(self._open_writer(found_in))

    def give_up(self) -> None:
        """Nothing has been written."""

    def leave(self) -> None:
        """It has been written already."""


class _ToStream:
    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def take(self, part: Part, **more: object) -> None:
        self.writer.write(part.rows)

    def finish(self) -> None:
        self.writer.close()


class ToFile:
    """Into the file *target*, as *form*; *request* is all that makes another search of it. The rest is as of ``open_writer``.

    *force* writes over what is there, *resume* goes on where an earlier run was left, and *ask* asks somebody before anything is
    written over; None where nobody is there. Raises ``OutputError``, and ``UsageError`` where what was left is another search's.
    """

    def __init__(
        self,
        target: Path,
        request: Json,
        form: Format,
        *,
        now: datetime,
        today: date,
        force: bool = False,
        resume: bool = False,
        ask: Ask | None = None,
        columns: tuple[str, ...] = (),
        raw_csv: bool = False,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self._target = target
        self._open_export = partial(FileExport, form=form, columns=columns, raw_csv=raw_csv, labels=labels)
        there = refuse_unfit(target)
        left = PartialExport.go_on(target, request) if resume else None
        try:
            may_replace = force or (left is not None and left.begun.get("force") is True)
            if there and not may_replace:
                if ask is None or not ask(f"{shown(target)} is there already: write over it?"):
                    raise exists(target)
                may_replace = True
            if left is None and not force and not resume and _is_left(target):
                question = f"{shown(partial_of(target))} is what an interrupted export left: throw it away and begin anew?"
                if ask is None or not ask(question):
                    raise OutputError(
                        f"{shown(partial_of(target))} is what an interrupted export left",
                        remedy="--resume continues it, --force starts again",
                    )
            begun: Json = {"now": now.isoformat(), "today": today.isoformat(), "force": may_replace}
            self._file = left or PartialExport.begin(target, request, begun)
            self._force = may_replace
            self.now, self.today = self._moments()
        except BaseException:
            if left is not None:
                left.close()
            raise

    def _moments(self) -> tuple[datetime, date]:
        begun = self._file.begun
        try:
            return datetime.fromisoformat(str(begun["now"])).astimezone(UTC), date.fromisoformat(str(begun["today"]))
        except (KeyError, ValueError):
            raise unusable(self._target) from None

    @property
    def earlier(self) -> Mapping[str, object]:
        """As of ``Output``."""
        return self._file.left.after if self._file.left is not None else {}

    def known(self) -> Iterable[int]:
        """As of ``Output``."""
        return self._file.numbers()

    @property
    def goes_on(self) -> str:
        """As of ``Output``."""
        return "the same command with --resume goes on"

    def open(self, found_in: Mapping[int, str] | None) -> Writing:
        """As of ``Output``."""
        return _ToFile(self._open_export(self._file, now=self.now, found_in=found_in), self._force)

    def give_up(self) -> None:
        """As of ``Output``."""
        if self._file.left is None:
            self._file.discard()
        else:
            self._file.close()

    def leave(self) -> None:
        """As of ``Output``."""
        self._file.close()


class _ToFile:
    def __init__(self, export: FileExport, force: bool) -> None:
        self._export = export
        self._force = force
        self.writer = export.writer

    def take(self, part: Part, **more: object) -> None:
        self._export.take(part, **more)

    def finish(self) -> None:
        self._export.finish(force=self._force)


def _is_left(target: Path) -> bool:
    return os.path.lexists(partial_of(target))
