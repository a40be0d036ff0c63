"""The outputs of ``search``: leads on standard output or in a resumable file, or a count instead of the leads."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from tempfile import TemporaryFile
from typing import Final

import msgspec
from msgspec import Struct

from lead_tui.cli.console import ask, can_ask, standard_output
from lead_tui.context import AppContext, now
from lead_tui.export.exporting import Export, ExportQuestion, Resume, open_export
from lead_tui.export.formats import Format, check_installed, open_writer
from lead_tui.export.partial import Header, Json, check_target, exists
from lead_tui.export.writer import Layout, Sink, Writer
from lead_tui.invocation import Command, Options
from lead_tui.leads.columns import Count, Tally, Values, as_texts, keys_counted, run, tally, values_reader
from lead_tui.leads.fields import key_of
from lead_tui.leads.lead import Row, decode_row
from lead_tui.leads.query import Query
from lead_tui.leads.text import bar, share
from lead_tui.leads.values import label
from lead_tui.safe_files import target_of, write_private, writing

_BAR: Final = 20  # cells of the bar of the highest count
_NAME: Final = "value_name"  # to a table, ``name`` is the computed one
_TABLE: Final = ("value", _NAME, "count", "share")


class Output(Struct):
    """The output of a search: an *export* in the format *form*."""

    export: Export
    form: Format
    today: date  # to which relative dates refer: that of the earlier run if this run resumes one
    found_in: dict[int, str] = {}  # where a look-up found a lead, by its id as a number: filled before the lead is written
    place: Mapping[str, object] = {}  # where an earlier run ended (``Part.after``)
    known: Sequence[int] = ()  # the numbers of the leads of earlier runs

    @property
    def writer(self) -> Writer:
        return self.export.writer

    @property
    def resume_hint(self) -> str:
        """How to resume after a failure; "" if that is not possible: then the leads received are completed."""
        return "the same command with --resume continues it" if self.export.file and self.export.file.can_resume else ""


def output_for(
    command: Command, context: AppContext, query: Query, columns: tuple[str, ...], limit: int | None, *, names_fields: bool
) -> Output:
    """Return the output for leads of *query*; without *columns*, the defaults. *names_fields* shows where a look-up found them."""
    options, settings, found_in = command.options, context.settings, dict[int, str]()
    sink = None if options.output else standard_output()
    form: Format = options.format or ("table" if sink is not None and sink.terminal else "csv")
    check_installed(form)
    columns = columns or settings.table.columns if form == "table" else command.invocation.columns
    layout = Layout(columns, options.raw_csv, options.bom, settings.labels, settings.types, found_in if names_fields else None)
    if sink is not None:
        return Output(Export(open_writer(form, sink, now(), layout)), form, settings.today(), found_in)
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
    file = opened.file
    return Output(opened, form, file.header.today, found_in, file.checkpoint.place, file.known)


def whole_file(path: str, *, overwrite: bool = False) -> Callable[[str], None]:
    """Return a function that writes a text to the private file *path*, completely or not at all. Raises ``OutputError``."""
    target = target_of(path)
    if check_target(target) and not overwrite:
        if not (can_ask() and ask(f"{exists(target).message}: overwrite it?")):
            raise exists(target)
        overwrite = True
    with writing(target), TemporaryFile(dir=target.parent):
        pass
    return partial(write_private, target, overwrite=overwrite)


class CountWriter(Writer):
    """Counts leads; ``close`` writes the counts by *column*, or else their *number*, to the option's file or to standard output."""

    participle = "counted"
    number: int | None = None  # if the server counted them; None if they are read

    def __init__(self, options: Options, context: AppContext) -> None:
        self._content = io.BytesIO()
        self._write_file = whole_file(options.output, overwrite=options.force) if options.output else None
        sink = Sink(self._content) if self._write_file else standard_output()
        self.column = options.by
        layout = Layout((options.by,) if options.by else (), options.raw_csv, labels=context.settings.labels)
        super().__init__(sink, now(), layout)
        self.form: Format = options.format or ("table" if sink.terminal else "csv")
        self._read = values_reader(keys_counted(options.by or "lead_id"))
        self._counts: Counter[Values] = Counter()
        self.is_whole = bool(options.output) or not options.by

    def _write_some(self, rows: Sequence[Row]) -> None:
        self._counts.update(as_texts(self._read(row)) for row in rows)
        self.unreadable = self._counts[()]
        self._note_columns(decode_row(row).sent for row in rows)

    def close(self) -> None:
        if self.column:
            found = run(tally(self.column, self._counts.items(), len(self._counts)))
            columns: Sequence[str] = {"csv": ("value", "count"), "table": _TABLE}.get(self.form, ())
            if not any(each.name for each in found.counts):
                columns = [each for each in columns if each != _NAME]
            titles = {"value": label(key_of(self.column), self._layout.labels), _NAME: "Name"}
            writer = open_writer(self.form, self._sink, self._now, Layout(columns, self._layout.raw_csv, labels=titles))
            writer.write([self._row(each, found) for each in found.counts])
            writer.close()
        else:
            counted = self._counts.total() - self.unreadable
            self._sink.write(f"{counted if self.number is None else self.number}\n")
        if self._write_file is not None:
            self._write_file(self._content.getvalue().decode())

    def _row(self, count: Count, found: Tally) -> Row:
        # What UTF-8 cannot represent is replaced.
        value, name = (text.encode("utf-8", "replace").decode() for text in (count.value, count.name))
        values: dict[str, object] = {"value": value, **({"name": name} if name else {}), "count": count.count}
        if self.form == "table":
            largest = found.counts[0].count
            number, part = f"{count.count:{len(f'{largest:,}')},}", share(count.count, found.total)
            drawn = bar(count.count, largest, _BAR, in_ascii=not self._sink.can_show("█▌"))
            values |= {"value": value or "(empty)", _NAME: name, "count": number, "share": f"{part:>6}  {drawn}"}
        return Row(msgspec.json.encode(values))
