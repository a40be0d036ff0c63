"""Formats that are assembled once all leads are there: their base, and those with columns of text, SQLite and Parquet.

In SQLite and Parquet null differs from empty, and the file says what was exported: in the table ``export``, or as metadata.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from lead_tui import __version__, limits
from lead_tui.export.partial import PartialExport
from lead_tui.export.values import LeadValues, distinct, in_order, names_alike
from lead_tui.export.writer import ColumnsWriter
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import Row, as_text
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    import sqlite3

_MAX_COLUMNS: Final = 2_000  # SQLITE_MAX_COLUMN ("Limits in SQLite", sqlite.org)
_TEXTS: Final = frozenset({str, type(None)})


class AssembledWriter(ColumnsWriter):
    """The base: leads are spooled as lines of JSON, from which ``close`` makes the result.

    The spool contains only the chosen columns, since others may be masked, and local times as of the time of the export.
    """

    finalizes_slowly = True

    _file: PartialExport

    @abstractmethod
    def _assemble(self, result: Path, values: LeadValues) -> None:
        """Write the file *result*, which is empty, with the *values* of all leads. Raises ``OSError`` and ``OutputError``."""

    def _write_some(self, rows: Sequence[Row]) -> None:
        if leads := self._lines_of(rows):
            if not self._columns:
                self._values.observe(leads)
            self._sink.write_bytes(b"\n".join([*leads, b""]))

    def close(self) -> None:
        values = self._values
        if not self._columns:
            values = LeadValues(in_order(values.names or FIELD_BY_KEY), self.missing, values.as_sent)
        with self._file.rewriting() as result:
            self._assemble(result.path, values)

    def _full(self, message: str, remedy: str) -> OutputError:
        """Discard the export, which would end in the same way if it were resumed, and return the error to raise."""
        self._file.discard()
        return OutputError(message, remedy=remedy)

    def _leads(self, values: LeadValues) -> Iterator[Sequence[object]]:
        """Yield the *values* of each lead in the spool. Raises ``OSError``, and ``OutputError`` once it is stopped."""
        for page in self._file.rows.blocks():
            if self.stopped.is_set():
                raise OutputError(f"{self._file.target.name} was not completed", remedy="the leads so far are kept")
            yield from values.of(page.splitlines())

    def _column_names(self, keys: Sequence[str]) -> list[str]:
        """Return a column's name for each of *keys* where case does not distinguish names."""
        if alike := names_alike(keys):
            self.notes.append(f"{alike}: the columns of all but the first have a number")
        return distinct(map(one_line, keys), str.casefold)

    def _facts(self) -> dict[str, str]:
        """Return facts about the export: the search, the account's host, the time and the program; never the token."""
        request = self._file.header.request
        return {
            "program": f"lead-tui {__version__}",
            "time": self._now.isoformat(timespec="seconds"),
            "host": urlsplit(str(request.get("base_url", ""))).netloc,
            "search": json.dumps(request, ensure_ascii=False),
        }


def texts(values: Sequence[object]) -> Sequence[str | None]:
    """Return *values*, each as text or null."""
    if _TEXTS.issuperset(map(type, values)):
        return cast("Sequence[str | None]", values)
    return [None if value is None else str(value if isinstance(value, str) else as_text(value)) for value in values]


class SqliteWriter(AssembledWriter):
    """An SQLite database with the table ``leads``."""

    missing = None

    def _assemble(self, result: Path, values: LeadValues) -> None:
        # Imported here: the other formats do without it.
        import sqlite3

        if (count := len(values.names)) > _MAX_COLUMNS:
            raise self._full(f"An SQLite table has at most {_MAX_COLUMNS:,} columns, not {count:,}", "choose fewer columns")
        leads = map(texts, self._leads(values))
        try:
            with closing(sqlite3.connect(result)) as database, database:
                # An incomplete file is created again.
                database.execute("PRAGMA journal_mode = OFF")
                _fill_table(database, "leads", self._column_names(values.names), leads)
                _fill_table(database, "export", ("name", "value"), self._facts().items())
        except sqlite3.Error as error:
            raise OSError(0, str(error)) from None


def _fill_table(database: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    columns = ", ".join(f"{quoted(name)} TEXT" for name in names)
    database.execute(f"CREATE TABLE {table} ({columns})")
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608 - our own names


def quoted(name: str) -> str:
    """Return *name* as a name in SQL."""
    return '"{}"'.format(name.replace('"', '""'))


class ParquetWriter(AssembledWriter):
    """A Parquet file. pyarrow, which takes a tenth of a second to import, writes group by group, which keeps memory flat."""

    missing = None

    def _assemble(self, result: Path, values: LeadValues) -> None:
        import pyarrow
        from pyarrow import parquet

        # Its own pool takes 45 MB more, since it does not share free memory with the rest of the program.
        pyarrow.set_memory_pool(pyarrow.system_memory_pool())
        schema = pyarrow.schema([(name, pyarrow.string()) for name in self._column_names(values.names)], metadata=self._facts())
        leads = self._leads(values)
        with parquet.ParquetWriter(result, schema, compression="zstd") as writer:
            while group := list(islice(leads, limits.PARQUET_GROUP_ROWS)):
                columns = [pyarrow.array(texts(column), pyarrow.string()) for column in zip(*group, strict=True)]
                writer.write_table(pyarrow.table(columns, schema=schema))
