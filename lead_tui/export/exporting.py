"""An export: parts of a result into a format, and what is put down beside the file so that it can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lead_tui.export.checkpoints import Checkpoint
from lead_tui.export.formats import Format, open_writer
from lead_tui.export.partial import PartialExport, unusable
from lead_tui.export.sink import Sink
from lead_tui.export.writer import Writer
from lead_tui.leads.page import Part


class FileExport:
    """An export into a file: ``take`` for each part, then ``finish``. To be called from one thread at a time.

    Until ``finish`` returns there is nothing under the file's own name.
    """

    def __init__(
        self,
        file: PartialExport,
        form: Format,
        now: datetime,
        *,
        columns: Sequence[str] = (),
        raw_csv: bool = False,
        labels: Mapping[str, str] | None = None,
        found_in: Mapping[int, str] | None = None,
    ) -> None:
        """As of ``formats.open_writer``. Raises ``OutputError`` where what an earlier run left cannot be used."""
        self.file = file
        self.writer: Writer
        if form == "xlsx":
            # Imported here: it is seldom wanted.
            from lead_tui.export.workbook import WorkbookWriter

            self.writer = WorkbookWriter(file, columns, now)
        else:
            # Of all fields met, the last lead may make it necessary to write the others anew.
            stream = file.anew if form == "csv" and not columns else file.rows
            self.writer = open_writer(
                form, Sink(stream), now, columns=columns, raw_csv=raw_csv, labels=labels, found_in=found_in, spool=file.rows
            )
        if file.left is not None:
            try:
                self.writer.restore(file.left.state)
            except (KeyError, TypeError, ValueError):
                raise unusable(file.target) from None

    @property
    def left(self) -> Checkpoint | None:
        """What an earlier run left."""
        return self.file.left

    def take(self, part: Part, **more: object) -> None:
        """Write *part* and put down that it is written, with *more* among what is known behind it. Raises ``OutputError``."""
        self.writer.write(part.rows)
        self.file.keep(part.numbers, {**part.after, **more}, self.writer.state())

    def finish(self, *, force: bool = False) -> None:
        """Write the rest and give the file its name, over one that is there only with *force*. Raises ``OutputError``."""
        self.writer.close()
        self.file.finish(force=force)
