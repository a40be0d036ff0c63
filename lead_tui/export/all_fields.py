"""Leads as CSV with every field met: the header is known when the last lead has come, since that may bring a new key.

So the lines are kept until then: in memory, then in a file without a name that nobody else can open, or in the file that is being
written. They are lines of CSV already. New keys begin a new section with more columns; where there is one section only, as there
nearly always is, it is the whole; else all are read once more and written with the columns that the last one has.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from types import TracebackType
from typing import Final

from lead_tui.export.columns import documented_first
from lead_tui.export.comma_separated import LINE_END, encoded, header, lines
from lead_tui.export.picking import REFUSED, all_of, whole
from lead_tui.export.reading_back import parts_of, rows_of
from lead_tui.export.sink import Sink, Stream
from lead_tui.export.writer import Writer
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY

SPOOLED_IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of lines kept in memory until the header is known; more go into an unlinked file."""

LINES_AT_ONCE: Final = 2_000
"""Lines of a spool that are written at a time with other columns."""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that have the same columns."""

    columns: tuple[str, ...]
    start: int
    """The byte at which its first line begins, behind the header where it has one."""


class AllFieldsCsvWriter(Writer):
    """Every field met, documented ones first. *raw* leaves formulas alone.

    Where *spool* is given, it is to become the whole: the first section's header is written into it too, and nothing goes to the
    sink if it is the only one (``is_spool_whole``).
    """

    def __init__(self, sink: Sink, *, raw: bool = False, spool: Stream | None = None) -> None:
        super().__init__(sink)
        self._raw = raw
        self._own: tempfile.SpooledTemporaryFile[bytes] | None = None
        if spool is None:
            spool = self._own = tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY)  # noqa: SIM115 - lives as long as the writer
        self._spool = spool
        self._length = 0
        self._met: dict[str, None] = {}
        self._columns: tuple[str, ...] = ()
        self._sections: list[Section] = []
        self._pick: Callable[[Row], tuple[object, ...]] = all_of(())
        self._order: Callable[[tuple[object, ...]], Sequence[object]] = tuple

    @property
    def is_spool_whole(self) -> bool:
        """Whether what was spooled is all there is to write, header included."""
        return len(self._sections) == 1 and bool(self._columns)

    def write(self, rows: Sequence[Row]) -> None:
        """Some more leads. Raises ``OutputError``."""
        found = self._picked(rows)
        if found:
            self._keep(encoded(found, raw=self._raw))

    def close(self) -> None:
        """Write the header and every lead, unless they stand in the spool as they are to; the documented fields where no lead came.

        Raises ``OutputError``.
        """
        if not self._columns and not self._length:
            self._met = dict.fromkeys(FIELD_BY_KEY)
            self._begin_section(tuple(FIELD_BY_KEY))
        if not self._columns or (self._own is None and self.is_spool_whole):
            return
        try:
            if self.is_spool_whole and not self._sink.terminal:
                for part in parts_of(self._spool, 0, self._length):
                    self._sink.write_bytes(part)
            else:
                self._write_anew()
        except OSError as error:
            raise _spool_failed(error) from None
        self._sink.flush()

    def state(self) -> dict[str, object]:
        """As of ``Writer``."""
        sections = [[list(section.columns), section.start] for section in self._sections]
        return {**super().state(), "met": list(self._met), "sections": sections, "length": self._length}

    def restore(self, state: Mapping[str, object]) -> None:
        """As of ``Writer``."""
        super().restore(state)
        met, sections, length = state["met"], state["sections"], state["length"]
        if not (isinstance(met, list) and isinstance(sections, list) and isinstance(length, int)):
            raise ValueError("no state")
        self._met = dict.fromkeys(met)
        self._sections = [Section(tuple(columns), start) for columns, start in sections]
        self._columns = self._sections[-1].columns if self._sections else ()
        self._length = length
        self._pick_by_columns()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Lets go of the spool."""
        if self._own is not None:
            self._own.close()

    def _picked(self, rows: Sequence[Row]) -> list[Sequence[object]]:
        """The values of *rows*, in the order of the columns, which are more afterwards where there are keys not met before."""
        met, pick, order = self._met, self._pick, self._order
        found: list[Sequence[object]] = []
        unread = 0
        for row in rows:
            try:
                found.append(order(pick(row)))
            except REFUSED:
                lead = whole(row)
                if lead is None:
                    unread += 1
                elif lead.keys() <= met.keys():
                    found.append([lead.get(column, "") for column in self._columns])
                else:
                    break
        else:
            self.unreadable += unread
            return found
        # Once for all rows: each section more has to be written anew in the end.
        for row in rows:
            met.update(dict.fromkeys(whole(row) or ()))
        self._begin_section(tuple(documented_first(met)))
        return self._picked(rows)

    def _begin_section(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._pick_by_columns()
        if not self._sections:
            self._keep(lines([self._header()]).encode("utf-8", "replace"))
        self._sections.append(Section(columns, self._length))

    def _pick_by_columns(self) -> None:
        """Rows are picked from in the order in which keys were met, as the server sends them: that is fastest."""
        met = list(self._met)
        self._pick = all_of(met)
        places = [met.index(column) for column in self._columns]
        self._order = itemgetter(*places) if len(places) > 1 else tuple

    def _header(self) -> list[str]:
        return header(self._columns, raw=self._raw)

    def _keep(self, data: bytes) -> None:
        try:
            self._spool.write(data)
        except OSError as error:
            if self._own is None:
                raise
            raise _spool_failed(error) from None
        self._length += len(data)

    def table(self) -> Iterator[list[str]]:
        """The header, and every lead so far with a cell for each field met; nothing where no field came.

        Raises ``OSError``.
        """
        if not self._columns:
            return
        yield self._header()
        stops = [section.start for section in self._sections[1:]] + [self._length]
        for section, stop in zip(self._sections, stops, strict=True):
            rows = rows_of(self._spool, section.start, stop)
            if section.columns == self._columns:
                yield from rows
                continue
            places = [section.columns.index(column) if column in section.columns else None for column in self._columns]
            for row in rows:
                # A lead without a single key has an empty line.
                yield ["" if place is None or not row else row[place] for place in places]

    def _write_anew(self) -> None:
        end = "\n" if self._sink.terminal else LINE_END
        table = self.table()
        while some := list(islice(table, LINES_AT_ONCE)):
            self._sink.write(lines(some, end))


def _spool_failed(error: OSError) -> OutputError:
    return OutputError(
        f"The leads cannot be kept until all have come ({error.strerror or 'no reason given'})",
        remedy="make room in the directory for temporary files, or choose --columns",
    )
