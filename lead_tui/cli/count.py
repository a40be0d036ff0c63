"""``lead-tui search --count``: print how many leads match, or how many have each value of a column."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from lead_tui.cli.console import Reporter, standard_output
from lead_tui.cli.output import Output
from lead_tui.cli.search import Wanted, combined, dated, search, sentence
from lead_tui.cli.search_list import search_list
from lead_tui.config.settings import Settings
from lead_tui.context import now
from lead_tui.export.csv_text import LINE_END, format_cell, format_lines
from lead_tui.export.formats import open_writer
from lead_tui.export.table import GAP, escape_cell, shared_width
from lead_tui.export.writer import Layout, Sink, Writer
from lead_tui.invocation import RunSearch
from lead_tui.leads.columns import Count, Tally, bar, share
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import SearchError
from lead_tui.leads.fields import key_of
from lead_tui.leads.formatting import label
from lead_tui.leads.lookup import no_lead_for, no_leads_match
from lead_tui.leads.page import PageSource, Part
from lead_tui.leads.query import Query
from lead_tui.leads.text import cell_width, fit, unescaped
from lead_tui.limits import MAX_ROWS

if TYPE_CHECKING:
    from lead_tui.export.exporting import WriteWhole

_MAX_BAR: Final = 30
"""Cells of the bar of the highest count."""
_MIN_BAR: Final = 6
"""Cells below which there are no bars."""
_LEAD_ID: Final = "lead_id"
_NULL: Final = "null"
"""A word, since a cell with nothing in it is an empty value, as the server has it."""


class CountOutput(Output):
    """Counts the leads that are taken. Writes the counts by *column* when it is finished; without one, ``write_number`` does.

    They go into *file*, complete or not at all, or to standard output.
    """

    def __init__(self, command: RunSearch, settings: Settings, file: WriteWhole | None, reporter: Reporter) -> None:
        sink = standard_output()
        self.column = command.by
        self.tally = Tally(command.by or _LEAD_ID, now())
        self.today = settings.today()
        self.is_whole = file is not None or not command.by
        self.counts = bool(command.by)
        self._file = file
        self._content = io.BytesIO()
        self._sink = Sink(self._content) if file is not None else sink
        self._form = command.format or ("table" if sink.terminal and file is None else "csv")
        self._raw_csv = command.raw_csv
        self._labels = settings.labels
        self._reporter = reporter

    def open(self, found_in: Mapping[int, str] | None) -> Writer:
        self._writer = _CountingWriter(self._sink, self.tally, [self.column] if self.column else [])
        return self._writer

    def write_part(self, part: Part, **more: object) -> None:
        self._writer.write(part.rows)

    def finish(self) -> None:
        if not self.column:
            return
        self._reporter.clear()
        counts, sink = self.tally.counts(), self._sink
        if self._form == "table":
            sink.write("".join(f"{line}\n" for line in table_lines(self.tally, counts, sink, self._labels)))
        elif self._form == "csv":
            cells = [
                [_NULL if each.value is None else format_cell(each.value, raw=self._raw_csv), str(each.count)] for each in counts
            ]
            sink.write(format_lines([["value", "count"], *cells], "\n" if sink.terminal else LINE_END))
        else:
            with open_writer(self._form, sink, now(), Layout()) as writer:
                writer.write(list(map(_row, counts)))
                writer.close()
        self._write_file()

    def write_number(self, number: int) -> None:
        self._reporter.clear()
        self._sink.write(f"{number}\n")
        self._write_file()

    def _write_file(self) -> None:
        if self._file is not None:
            self._file(self._content.getvalue())


class _CountingWriter(Writer):
    done = "counted"

    def __init__(self, sink: Sink, tally: Tally, columns: Sequence[str]) -> None:
        super().__init__(sink, now(), Layout(columns))
        self._tally = tally

    def write(self, rows: Sequence[Row]) -> None:
        self._tally.add(rows)
        self.unreadable = self._tally.unreadable
        self._note_columns(decode_row(row).sent for row in rows)


async def count(source: PageSource, wanted: Wanted, output: CountOutput, reporter: Reporter, *, is_list: bool) -> None:
    """Write how many leads are *wanted* to *output*, by its column if it has one.

    Raises ``OutputError`` and ``SearchError``, also where the server gives no total.
    """
    merges = wanted.look_up is not None and len(wanted.look_up.parts) > 1
    if not (output.column or is_list or merges or wanted.query.phone_codes):
        output.write_number(await _total(source, wanted, reporter))
        return
    if is_list:
        await search_list(source, wanted, output, reporter, None)
    else:
        await search(source, wanted, output, reporter)
    if not output.column:
        output.write_number(output.tally.total)


async def _total(source: PageSource, wanted: Wanted, reporter: Reporter) -> int:
    """Return how many leads match, with a request for one lead in each field where the look-up, if any, looks."""
    query, look_up = dated(wanted, reporter), wanted.look_up
    if look_up is None:
        searches, nothing = [query], no_leads_match(query, with_values=False)
    else:
        if ignored := look_up.ignored_text():
            reporter.hint(ignored)
        searches = [combined(part, query) for _, part in (*look_up.parts, *look_up.otherwise)]
        nothing = no_lead_for(look_up, with_values=False)
    for each in searches:
        totals = [await _total_of(source, field) for field in each.in_each_field]
        if each.also_in and all(totals):
            # Those who have the name in both fields are in both totals.
            totals.append(-await _total_of(source, each.with_checked([(each.also_in, each.filters[0][1])])))
        if total := sum(totals):
            return total
    reporter.note(sentence(nothing))
    return 0


async def _total_of(source: PageSource, query: Query) -> int:
    page = await source.fetch(query, 0, 1)
    total, remedy = page.total, "--count --by FIELD --all reads the leads and counts them"
    if total is None:
        raise SearchError("The server does not say how many leads match", remedy=remedy)
    contradicts = total > MAX_ROWS or total < len(page.rows) or (total and not page.rows)
    if total == 1 and not contradicts:
        # Some servers count the leads on the page.
        following = await source.fetch(query, 1, 1)
        contradicts = bool(following.rows) and following.ids != page.ids
    if contradicts:
        raise SearchError(f"The server's total of {total:,} does not agree with the leads it sends", remedy=remedy)
    return total


# Formats


def table_lines(tally: Tally, counts: Sequence[Count], sink: Sink, labels: Mapping[str, str] | None = None) -> list[str]:
    """Return a header, and a line for each of *counts*: value, name if there is any, count, share, bar; to fit *sink*."""
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
    """Return *count* as the writers take leads, with the value's name if there is any."""
    values = {"value": count.value, **({"name": count.name} if count.name else {})}
    # What UTF-8 cannot hold is replaced.
    valid = {key: value and value.encode("utf-8", "replace").decode() for key, value in values.items()}
    return Row(msgspec.json.encode({**valid, "count": count.count}))
