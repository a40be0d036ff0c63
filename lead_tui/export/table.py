"""Leads as a table for reading: as wide as the terminal, or in a file or a pipe as wide as its contents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from lead_tui.export.values import computed
from lead_tui.export.writer import Writer
from lead_tui.leads.fields import LOCAL_TIME_AT
from lead_tui.leads.lead import Lead, Row, decode_row, id_number
from lead_tui.leads.text import cell_width, fit, one_line, unprintable_escaped
from lead_tui.leads.values import column_text, label

MAX_CELL_CHARACTERS: Final = 200  # of a value: the rest of a longer one is in the other formats
GAP: Final = "  "
MIN_WIDTH: Final = 4  # cells of the narrowest column that is still readable


def escape_cell(text: str) -> str:
    """Return *text* for a cell: one line, unprintable characters as escapes, cut to ``MAX_CELL_CHARACTERS``."""
    text = text[: MAX_CELL_CHARACTERS + 1].replace("\r\n", "\n").replace("\t", " ")
    return one_line(unprintable_escaped(text), MAX_CELL_CHARACTERS)


def shared_width(natural: Sequence[int], room: int) -> list[int]:
    """Return a width for each column, to fit *room* cells including the gaps: the widest columns shrink first.

    There may be fewer widths than columns: columns on the right are left out if the others would be too narrow to read.
    """
    count = len(natural)
    while count > 1 and sum(min(width, MIN_WIDTH) for width in natural[:count]) + len(GAP) * (count - 1) > room:
        count -= 1
    room -= len(GAP) * (count - 1)
    most = max(natural[:count])
    while most > 1 and sum(min(width, most) for width in natural[:count]) > room:
        most -= 1
    widths = [min(width, most) for width in natural[:count]]
    for index, width in enumerate(natural[:count]):
        # The cells left over, one for each, from the left.
        if width > most and sum(widths) < room:
            widths[index] += 1
    return widths


class TableWriter(Writer):
    """Writes a header and a line for each lead. The first ``write`` determines the widths: pass it a whole page."""

    STATE = (*Writer.STATE, "widths")
    needs_sample = True
    widths: Sequence[int] = ()  # of the columns; none before the first lead

    @cached_property
    def _titles(self) -> list[str]:
        titles = [label(column, self._layout.labels) for column in self._columns]
        return titles if self._layout.found_in is None else [*titles, "Found in"]

    @property
    def hidden(self) -> Sequence[str]:
        return self._titles[len(self.widths) :] if self.widths else ()

    def write(self, rows: Sequence[Row]) -> None:
        # The widths are those of a page.
        self._write_some(rows)

    def _write_some(self, rows: Sequence[Row]) -> None:
        leads = [lead for lead in map(decode_row, rows) if not lead.problem]
        self.unreadable += len(rows) - len(leads)
        self._note_columns(lead.sent for lead in leads)
        lines = list(map(self._cells, leads))
        if not lines:
            return
        if not self.widths:
            lines.insert(0, self._titles)
            natural = [max(1, *map(cell_width, column)) for column in zip(*lines, strict=True)]
            self.widths = shared_width(natural, self._sink.width) if self._sink.width else natural
        self._sink.write("".join(self._line(cells) for cells in lines))

    def _cells(self, lead: Lead) -> list[str]:
        escaped = Lead({key: _escaped(value) for key, value in lead.sent.items()})
        cells = [
            computed(column, lead, self._now) if column == LOCAL_TIME_AT else column_text(escaped, column, self._now)
            for column in self._columns
        ]
        if self._layout.found_in is not None:
            cells.append(self._layout.found_in.get(id_number(lead.lead_id), ""))
        return cells

    def _line(self, cells: Sequence[str]) -> str:
        return GAP.join(map(fit, cells, self.widths)).rstrip() + "\n"


def _escaped(value: object) -> object:
    # The app shows a symbol for such a character; here an escape shows which one it was.
    return escape_cell(value) if isinstance(value, str) and not value.isprintable() else value
