"""Leads as an SQLite database: the table ``leads`` with a column of text for every field, and what was exported in ``export``."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Final

import msgspec

from lead_tui.export.typed import Column, TypedWriter, texts
from lead_tui.leads.errors import OutputError
from lead_tui.safe_files import cannot_write

MAX_COLUMNS: Final = 2_000
"""SQLITE_MAX_COLUMN, "Limits in SQLite", sqlite.org."""


class _Page(msgspec.Struct, array_like=True):
    names: Sequence[str]
    leads: int
    columns: list[Column]


_decode_page = msgspec.msgpack.Decoder(_Page).decode


class SqliteWriter(TypedWriter[Column]):
    """The chosen columns, or every observed field, in an SQLite database."""

    def _encode(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        return msgspec.msgpack.encode(_Page(names, len(rows), [texts(values) for values in zip(*rows, strict=True)]))

    def _decode(self, data: bytes) -> tuple[Sequence[str], Sequence[Column], Column]:
        page = _decode_page(data)
        return page.names, page.columns, [None] * page.leads

    def _fill(self, names: Sequence[str], pages: Iterator[Sequence[Column]]) -> None:
        if len(names) > MAX_COLUMNS:
            raise OutputError(
                f"A table of SQLite has {MAX_COLUMNS:,} columns, and the leads have {len(names):,} fields",
                remedy="--columns chooses",
            )
        rewritten = self._file.rewritten
        rewritten.open(appending=False)
        rows = chain.from_iterable(zip(*page, strict=True) for page in pages)
        try:
            # A file that is not complete is made again: no journal is needed.
            with closing(sqlite3.connect(rewritten.path, isolation_level=None)) as database:
                for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"):
                    database.execute(statement)
                _fill_table(database, "leads", names, rows)
                _fill_table(database, "export", ("name", "value"), self._facts().items())
                database.execute("COMMIT")
        except sqlite3.Error as error:
            number = errno.ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else 0
            raise cannot_write(rewritten.path, OSError(number, str(error))) from None


def _fill_table(database: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    columns = ", ".join('"{}" TEXT'.format(name.replace('"', '""')) for name in names)
    database.execute(f"CREATE TABLE {table} ({columns})")
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608 - our own names
