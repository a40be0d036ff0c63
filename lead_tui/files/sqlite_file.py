"""SQLite databases with a table of leads: ``leads``, as this program writes it, or else the first one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from lead_tui.files.reader import Problems
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import UsageError

_ROWS_A_BLOCK: Final = 100


class SqliteFile:
    """The rows of a table in the order of their row ids, which are the positions. The database is not changed."""

    def __init__(self, path: Path) -> None:
        self.problems = Problems("row")
        # Immutable: nothing is written beside it, and no lock is waited for.
        self._database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._database.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            self._database.execute("PRAGMA trusted_schema = OFF")
            tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            names = [name for (name,) in self._database.execute(tables)]
            if not names:
                raise UsageError(f"{path.name} has no table")
            self._table = _quoted("leads" if "leads" in names else names[0])
            columns = self._select("*", "LIMIT 0").description
            self.keys: Sequence[str] = [name for name, *_ in columns]
            self._select("_rowid_", "LIMIT 0")
        except sqlite3.Error as error:
            self._database.close()
            raise UsageError(f"{path.name} cannot be read as an SQLite database", remedy=str(error)) from None
        except UsageError:
            self._database.close()
            raise

    def blocks(self) -> Iterator[tuple[int, int]]:
        count = 0
        try:
            ids = self._select("_rowid_", "ORDER BY _rowid_")
            while block := ids.fetchmany(_ROWS_A_BLOCK):
                yield block[0][0], len(block)
                count += len(block)
        except sqlite3.Error as error:
            self.problems.add(count + 1, f"and those behind it cannot be read: {error}")

    def records(self, position: int | None) -> Iterator[tuple[object, ...]]:
        return self._rows("*", "" if position is None else f"WHERE _rowid_ >= {position:d}")

    def _rows(self, what: str, where: str) -> Iterator[tuple[object, ...]]:
        try:
            yield from self._select(what, f"{where} ORDER BY _rowid_")
        except sqlite3.Error as error:
            raise ValueError(str(error)) from None

    def values(self, keys: Sequence[str], needed: bytes) -> Iterator[Sequence[object]]:
        names = (_quoted(key) if key in self.keys else "NULL" for key in keys)
        return self._rows(", ".join(names), "")

    def row(self, record: tuple[object, ...]) -> Row:
        return Row(msgspec.json.encode(dict(zip(self.keys, record, strict=True))))

    def _select(self, what: str, rest: str) -> sqlite3.Cursor:
        return self._database.execute(f"SELECT {what} FROM {self._table} {rest}")  # noqa: S608 - the name is quoted

    def close(self) -> None:
        self._database.close()


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
