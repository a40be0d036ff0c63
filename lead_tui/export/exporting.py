"""An export into a file: whether to begin, resume or overwrite it, and writing it part by part."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from msgspec import Struct

from lead_tui.export.formats import Format, open_writer
from lead_tui.export.partial import Header, PartialExport, check_target, exists, partial_of
from lead_tui.export.writer import Layout, Sink, Writer
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.leads.page import Part


class ExportQuestion(Struct, frozen=True):
    """A question to the user before an export."""

    text: str
    yes: str
    no: str
    refusal: OutputError  # raised if no user can be asked, or the answer is no


class Export:
    """An export into a stream: ``write_part`` for each part, then ``finish``; ``close`` in any case. One thread at a time."""

    file: PartialExport | None = None

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.overwrite = self.is_finished = False

    def write_part(self, part: Part) -> None:
        """Write *part* and its checkpoint. Raises ``OutputError``."""
        self.writer.write(part.rows)
        if self.file is not None:
            self.file.keep(part.numbers, part.after, self.writer.state())

    def finish(self) -> None:
        """Write the remainder and give the file its name. Raises ``OutputError``."""
        self.writer.close()
        if self.file is not None:
            self.file.finish(overwrite=self.overwrite)
        self.is_finished = True

    def close(self) -> None:
        """Leave what was written for another run to resume, and no file if nothing was."""
        if self.file is not None:
            (self.file.close if self.file.checkpoint.state else self.file.discard)()


class FileExport(Export):
    """An export into *file*. There is nothing under its own name until ``finish`` returns."""

    file: PartialExport

    def __init__(self, file: PartialExport, form: Format, layout: Layout, *, overwrite: bool = False) -> None:
        super().__init__(open_writer(form, Sink(file.rows), file.header.now, layout, file))
        self.file, self.overwrite = file, overwrite
        if file.checkpoint.state:
            self.writer.restore(file.checkpoint.state)


Resume = Literal["never", "ask", "always"]


def open_export(
    target: Path, header: Header, form: Format, layout: Layout, resume: Resume = "never", *, overwrite: bool = False
) -> Generator[ExportQuestion | FileExport]:
    """Open an export into *target*, resuming one of the same request; yield each question and, if all are answered yes, the export.

    After a no, close the generator: then nothing has changed. *overwrite* is a yes to overwriting a file and discarding a partial
    one. Raises ``OutputError``, and ``UsageError`` if *resume* is ``always`` and the partial file belongs to another search.
    """
    path = partial_of(target)
    text = f"{path.name} is from another export that was interrupted: discard it and start again?"
    remedy = "use --resume to continue it if it is the same search, or --force to start again"
    discard = ExportQuestion(text, "discard", "keep", OutputError(f"{path} is from an interrupted export", remedy=remedy))
    with ExitStack() as failing:
        if (target_exists := check_target(target)) and not overwrite:
            yield ExportQuestion(f"{exists(target).message}: overwrite it?", "overwrite", "keep", exists(target))
        if resume == "never" and not overwrite and os.path.lexists(path):
            yield discard
        try:
            partial = PartialExport.begin(target, header, resume=resume != "never")
        except UsageError:
            if resume == "always":
                raise
            yield discard
            partial = PartialExport.begin(target, header)
        failing.callback(partial.close if partial.checkpoint.state else partial.discard)
        if resume == "ask" and partial.checkpoint.state:
            text = f"Resume the export to {target.name} ({len(partial.known):,} leads done)?"
            yield ExportQuestion(text, "resume", "not now", exists(path))
        export = FileExport(partial, form, layout, overwrite=overwrite or target_exists)
        failing.pop_all()
    yield export
