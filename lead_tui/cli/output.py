"""The outputs of ``search``: leads on standard output or in a resumable file, or a count instead of the leads."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from lead_tui.cli.console import ask, can_ask, standard_output
from lead_tui.context import AppContext, now
from lead_tui.export.csv_text import LINE_END, format_cell, format_lines
from lead_tui.export.exporting import ExportQuestion, FileExport, Resume, WholeFile, open_export
from lead_tui.export.formats import Format, check_installed, open_writer
from lead_tui.export.partial import Header, Json
from lead_tui.export.writer import GAP, Layout, Sink, Writer, escape_cell, shared_width
from lead_tui.invocation import Command, Options
from lead_tui.leads.columns import Count, Tally
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import key_of
from lead_tui.leads.lead import Row, decode_row
from lead_tui.leads.page import Part
from lead_tui.leads.query import Query
from lead_tui.leads.text import bar, cell_width, fit, share, unescaped
from lead_tui.leads.values import label
from lead_tui.safe_files import target_of

_MAX_BAR: Final = 30  # cells of the bar of the highest count
_MIN_BAR: Final = 6  # cells below which there are no bars
_LEAD_ID: Final = "lead_id"
_NULL: Final = "null"  # a word, since an empty cell stands for an empty value, which is something else to the server


class Output:
    """A stream in one format, and the base of the other outputs: ``write_part`` for each, then ``finish``."""

    place: Mapping[str, object] = {}  # where an earlier run ended (``Part.after``, and more); empty if there was none
    known: Sequence[int] = ()  # the numbers of the leads of earlier runs
    resume_hint: str = ""  # how to resume after a failure; "" if that is not possible: then the leads received are completed
    is_whole: bool = False  # whether nothing is written after a failure
    column: str = ""  # whose values are counted, in place of writing leads: scripts need to know which leads the counts cover

    def __init__(self, writer: Writer, form: Format, today: date, found_in: dict[int, str]) -> None:
        """*today* is the day to which relative dates refer: that of the earlier run if this run resumes one."""
        self.writer = writer
        self.form = form
        self.today = today
        self.found_in = found_in  # where a look-up found a lead, by its id as a number: filled before the lead is written

    def write_part(self, part: Part, **more: object) -> None:
        """Write *part*; *more* is part of the place of a later run. Raises ``OutputError``."""
        self.writer.write(part.rows)

    def finish(self) -> None:
        """Write the remainder. Raises ``OutputError``."""
        self.writer.close()

    def close(self) -> None:
        """End the output, finished or not: leave what was written for another run to resume, and no file if nothing was."""
        return


class ToFile(Output):
    """Writes into the file of *export*, which can be resumed."""

    resume_hint = "the same command with --resume continues it"

    def __init__(self, export: FileExport, form: Format, found_in: dict[int, str]) -> None:
        self._export = export
        super().__init__(export.writer, form, export.file.header.today, found_in)
        self.place, self.known = export.file.checkpoint.place, export.file.known

    def write_part(self, part: Part, **more: object) -> None:
        self._export.write_part(part, **more)

    def finish(self) -> None:
        self._export.finish()
        # A signal may still arrive.
        self.resume_hint = ""

    def close(self) -> None:
        self._export.close()


def output_for(
    command: Command,
    context: AppContext,
    query: Query,
    columns: tuple[str, ...],
    limit: int | None,
    *,
    names_fields: bool,
) -> Output:
    """Return the output for the leads that *query* finds, at most *limit*. *columns* are the chosen ones; none means the defaults.

    With *names_fields*, a table shows in which fields a look-up found a lead. Raises ``OutputError`` and ``UsageError``.
    """
    options, settings, found_in = command.options, context.settings, dict[int, str]()
    sink = None if options.output else standard_output()
    form = _format_for(options, sink)
    check_installed(form)
    columns = columns or settings.table.columns if form == "table" else command.invocation.columns
    layout = Layout(columns, options.raw_csv, options.bom, settings.labels, settings.types, found_in if names_fields else None)
    if sink is not None:
        return Output(open_writer(form, sink, now(), layout), form, settings.today(), found_in)
    # Imported here: a stream needs none.
    from hashlib import sha256

    looked_up = command.invocation.look_up or "\n".join(each.text for each in command.invocation.look_ups)
    request: Json = {
        "base_url": context.base_url,
        "demo": context.account.demo,
        "profile": context.account_name,
        "filters": [list(each) for each in query],
        "with_time": settings.dates.with_time,
        # A digest identifies it without storing a phone.
        "look_up": looked_up and sha256(looked_up.encode("utf-8", "replace")).hexdigest(),
        "limit": limit,
        "format": form,
        "columns": list(columns),
        "raw_csv": options.raw_csv,
        "bom": options.bom,
    }
    header = Header(request, now(), settings.today())
    resume: Resume = "always" if options.resume else "never"
    opening = open_export(target_of(options.output), header, form, layout, resume, overwrite=options.force)
    while isinstance(opened := next(opening), ExportQuestion):
        if not (can_ask() and ask(opened.text)):
            opening.close()
            raise opened.refusal
    return ToFile(opened, form, found_in)


def _format_for(options: Options, sink: Sink | None) -> Format:
    """Return the format to write to *sink*, or to a file if that is None. Raises ``UsageError`` for options of another format."""
    form: Format = options.format or ("table" if sink is not None and sink.terminal else "csv")
    for flag, is_given in (("--bom", options.bom), ("--raw-csv", options.raw_csv)):
        if is_given and form != "csv":
            raise UsageError(f"{flag} is for CSV, not {form}", remedy=f"leave out {flag}")
    return form


# Counts


class CountOutput(Output):
    """Counts leads. ``finish`` writes the counts by *column*; without a column, ``write_number`` writes the number.

    They go into *file*, complete or not at all, or else to standard output.
    """

    def __init__(self, options: Options, context: AppContext, file: WholeFile | None) -> None:
        self._content = io.BytesIO()
        self._sink = standard_output() if file is None else Sink(self._content)
        self._layout = Layout((options.by,) if options.by else (), options.raw_csv, labels=context.settings.labels)
        self._file = file
        self.column = options.by
        self.tally = Tally(options.by or _LEAD_ID, now())
        writer, form = _CountingWriter(self._sink, self.tally, self._layout), _format_for(options, self._sink)
        super().__init__(writer, form, context.settings.today(), {})
        self.is_whole = file is not None or not options.by

    def finish(self) -> None:
        if not self.column:
            return
        counts, sink = self.tally.counts(), self._sink
        if self.form == "table":
            sink.write("".join(f"{line}\n" for line in table_lines(self.tally, counts, sink, self._layout.labels)))
        elif self.form == "csv":
            raw = self._layout.raw_csv
            cells = [[_NULL if each.value is None else format_cell(each.value, raw=raw), str(each.count)] for each in counts]
            sink.write(format_lines([["value", "count"], *cells], "\n" if sink.terminal else LINE_END))
        else:
            writer = open_writer(self.form, sink, now(), Layout())
            writer.write(list(map(_row, counts)))
            writer.close()
        self._write_file()

    def write_number(self, number: int) -> None:
        self._sink.write(f"{number}\n")
        self._write_file()

    def _write_file(self) -> None:
        if self._file is not None:
            self._file.write(self._content.getvalue())


class _CountingWriter(Writer):
    done = "counted"

    def __init__(self, sink: Sink, tally: Tally, layout: Layout) -> None:
        super().__init__(sink, now(), layout)
        self._tally = tally

    def _write_some(self, rows: Sequence[Row]) -> None:
        self._tally.add(rows)
        self.unreadable = self._tally.unreadable
        self._note_columns(decode_row(row).sent for row in rows)


def table_lines(tally: Tally, counts: Sequence[Count], sink: Sink, labels: Mapping[str, str] | None = None) -> list[str]:
    """Return a header and a line for each of *counts*, to fit *sink*: value, name if any value has one, count, share, bar."""
    texts = [[label(key_of(tally.column), labels), "Name"]]
    texts += [[_NULL if each.value is None else escape_cell(unescaped(each.value)) or "(empty)", each.name] for each in counts]
    if not any(each.name for each in counts):
        texts = [text[:1] for text in texts]
    numbers = [("Count", "Share"), *((f"{each.count:,}", share(each.count, tally.total)) for each in counts)]
    number_widths = [max(map(len, column)) for column in zip(*numbers, strict=True)]
    natural = [max(map(cell_width, column)) for column in zip(*texts, strict=True)]
    widths, bar_width = natural, _MAX_BAR
    if sink.width:
        room = sink.width - sum(number_widths) - 2 * len(GAP)
        bar_width = min(_MAX_BAR, room - sum(natural) - len(GAP) * len(natural))
        if bar_width < _MIN_BAR:
            bar_width = 0
        widths = shared_width(natural, room - (bar_width + len(GAP) if bar_width else 0))
    largest = max((each.count for each in counts), default=1)
    in_ascii = not sink.can_show("█▌")
    bars = ["", *(bar(each.count, largest, bar_width, in_ascii=in_ascii) if bar_width else "" for each in counts)]
    lines = []
    for text, number, drawn in zip(texts, numbers, bars, strict=True):
        cells = [fit(cell, width) for cell, width in zip(text, widths, strict=False)]
        cells += [cell.rjust(width) for cell, width in zip(number, number_widths, strict=True)]
        lines.append(GAP.join([*cells, drawn]).rstrip())
    return lines


def _row(count: Count) -> Row:
    """Return *count* as a row for a writer of leads, with the value's name if there is one."""
    values = {"value": count.value, **({"name": count.name} if count.name else {})}
    # What UTF-8 cannot represent is replaced.
    valid = {key: value and value.encode("utf-8", "replace").decode() for key, value in values.items()}
    return Row(msgspec.json.encode({**valid, "count": count.count}))
