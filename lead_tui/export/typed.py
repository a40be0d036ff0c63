"""Formats with typed columns, SQLite and Parquet: every column is text, null differs from empty, and names are known at the end.

The file also says what was exported: in the table ``export``, or as metadata.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from lead_tui import __version__
from lead_tui.export.values import AssembledWriter, LeadValues, distinct
from lead_tui.leads.lead import as_text
from lead_tui.leads.text import one_line

LEADS_A_GROUP: Final = 20_000  # smaller groups make a larger Parquet file, larger ones take more memory
_TEXTS: Final = frozenset({str, type(None)})


class TypedWriter(AssembledWriter):
    """Writes the chosen columns, or every observed field, as columns of text."""

    missing = None

    @abstractmethod
    def _fill(self, path: Path, names: Sequence[str], values: LeadValues) -> None:
        """Write the *values* of leads to *path*, with the columns *names*. Raises ``OSError`` and ``OutputError``."""

    def _assemble(self, result: Path, values: LeadValues, count: int) -> None:
        names = distinct(map(one_line, values.names), str.casefold)
        for key, name in zip(values.names, names, strict=True):
            if name != one_line(key):
                self.notes.append(f"{one_line(key, 40)} is in the column {name[:40]}: another's name differs only in case")
        self._fill(result, names, values)

    def _facts(self) -> Mapping[str, str]:
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


class SqliteWriter(TypedWriter):
    """An SQLite database with the table ``leads``."""

    columns_of = "A table of SQLite", 2_000  # SQLITE_MAX_COLUMN, "Limits in SQLite", sqlite.org

    def _fill(self, path: Path, names: Sequence[str], values: LeadValues) -> None:
        leads = map(texts, self._leads(values))
        try:
            # An incomplete file is created again, so no journal is needed.
            with closing(sqlite3.connect(path, isolation_level=None)) as database:
                for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"):
                    database.execute(statement)
                _fill_table(database, "leads", names, leads)
                _fill_table(database, "export", ("name", "value"), self._facts().items())
                database.execute("COMMIT")
        except sqlite3.Error as error:
            number = errno.ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else 0
            raise OSError(number, str(error)) from None


def _fill_table(database: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    columns = ", ".join(f"{quoted(name)} TEXT" for name in names)
    database.execute(f"CREATE TABLE {table} ({columns})")
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608 - our own names


def quoted(name: str) -> str:
    """Return *name* as a name in SQL."""
    return '"{}"'.format(name.replace('"', '""'))


class ParquetWriter(TypedWriter):
    """A Parquet file.

    pyarrow writes group by group, which keeps memory flat. polars writes whole frames or merges files, which takes 90 MB more, and
    DuckDB treats names that differ only in case as one. It is imported in functions, since that takes a tenth of a second.
    """

    def _fill(self, path: Path, names: Sequence[str], values: LeadValues) -> None:
        import pyarrow
        from pyarrow import parquet

        # Its own pool takes 45 MB more, since it does not share free memory with the rest of the program.
        pyarrow.set_memory_pool(pyarrow.system_memory_pool())
        schema = pyarrow.schema([(name, pyarrow.string()) for name in names], metadata=dict(self._facts()))
        with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            group = []
            for page in self._pages():
                columns = zip(*values.of(page.splitlines()), strict=True)
                group.append(pyarrow.table([pyarrow.array(texts(column), pyarrow.string()) for column in columns], schema=schema))
                if sum(map(len, group)) >= LEADS_A_GROUP:
                    writer.write_table(pyarrow.concat_tables(group))
                    group.clear()
            if group:
                writer.write_table(pyarrow.concat_tables(group))
