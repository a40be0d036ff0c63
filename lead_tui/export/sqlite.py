"""Leads as an SQLite database: a table in which every column is text, and null is not empty.

The rows are spooled as JSON lines; the database is made of them at the end, when all fields are known.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from lead_tui import __version__
from lead_tui.export.assembled import ROWS_BETWEEN_CHECKS, AssembledWriter
from lead_tui.export.json_text import JsonWriter
from lead_tui.export.partial import PartialExport
from lead_tui.export.rows import REFUSED, decoded, documented_first, pick_keys
from lead_tui.export.sink import Sink, read_parts
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY, headings
from lead_tui.leads.lead import as_text
from lead_tui.leads.text import one_line
from lead_tui.safe_files import cannot_write

MAX_COLUMNS: Final = 2_000
"""SQLITE_MAX_COLUMN, "Limits in SQLite", sqlite.org."""


class SqliteWriter(AssembledWriter):
    """The chosen columns, or every observed field, in the table ``leads``; what was searched for, in the table ``export``."""

    def __init__(self, file: PartialExport, columns: Sequence[str], now: datetime) -> None:
        """*now* is aware, in UTC: the time for local times, and the export's."""
        super().__init__(file, JsonWriter(Sink(file.rows), columns, now, lines=True), columns)
        self._now = now
        self._observed: dict[str, None] = {}
        self._observe(())

    def write(self, rows: Sequence[Row]) -> None:
        super().write(rows)
        if self._columns:
            return
        for row in rows:
            try:
                self._pick_observed(row)
            except REFUSED:
                self._observe(decoded(row) or ())

    def state(self) -> dict[str, object]:
        return {**super().state(), "observed": list(self._observed)}

    def restore(self, state: Mapping[str, object]) -> None:
        super().restore(state)
        observed = state["observed"]
        if not isinstance(observed, list):
            raise ValueError("invalid state")
        self._observe(observed)

    def _observe(self, keys: Iterable[str]) -> None:
        self._observed.update(dict.fromkeys(keys))
        self._pick_observed = pick_keys(list(self._observed), None, forbid_others=True)

    def _assemble(self) -> None:
        keys = headings(self._columns) or documented_first(self._observed) or list(FIELD_BY_KEY)
        if len(keys) > MAX_COLUMNS:
            raise OutputError(
                f"A table of SQLite has {MAX_COLUMNS:,} columns, and the leads have {len(keys):,} fields",
                remedy="--columns chooses",
            )
        names = column_names(keys)
        for key, name in zip(keys, names, strict=True):
            if name != one_line(key):
                self.notes.append(f"{one_line(key, 40)} is in the column {name[:40]}: SQLite does not distinguish it from another")
        rewritten = self._file.rewritten
        rewritten.open(appending=False)
        try:
            # A file that is not complete is made again: no journal is needed.
            with closing(sqlite3.connect(rewritten.path, isolation_level=None)) as database:
                for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"):
                    database.execute(statement)
                self._fill(database, "leads", names, self._rows(keys))
                self._fill(database, "export", ("name", "value"), self._facts())
                database.execute("COMMIT")
        except BaseException as error:
            self._file.drop_rewritten()
            if isinstance(error, sqlite3.Error):
                number = errno.ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else 0
                raise cannot_write(rewritten.path, OSError(number, str(error))) from None
            raise

    @staticmethod
    def _fill(database: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        columns = ", ".join('"{}" TEXT'.format(name.replace('"', '""')) for name in names)
        database.execute(f"CREATE TABLE {table} ({columns})")
        database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608 - our own names

    def _rows(self, keys: Sequence[str]) -> Iterator[list[str | None]]:
        """Yield the values of each lead in the order of *keys*: None for null, and for what was not sent."""
        pick, rest, count = pick_keys(keys, None), b"", 0
        for part in read_parts(self._file.rows, 0, self._file.rows.length):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                if count % ROWS_BETWEEN_CHECKS == 0:
                    self.check()
                count += 1
                yield [None if value is None else _text(value) for value in pick(msgspec.Raw(line))]

    def _facts(self) -> list[tuple[str, str]]:
        """Return what was exported: the search, the account's host, the time and the program; never the token."""
        request = self._file.header.request
        return [
            ("program", f"lead-tui {__version__}"),
            ("time", self._now.isoformat(timespec="seconds")),
            ("host", urlsplit(str(request.get("base_url", ""))).netloc),
            ("search", json.dumps(request, ensure_ascii=False)),
        ]


def column_names(keys: Sequence[str]) -> list[str]:
    """Return a name for each of *keys*, on one line; one that differs from an earlier one only in case gets a number: ``…_2``."""
    taken: set[str] = set()
    names = []
    for key in keys:
        plain = name = one_line(key)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _text(value: object) -> str:
    return value if isinstance(value, str) else as_text(value)
