"""Files with tables: SQLite databases, and Parquet files, which pyarrow reads group by group."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from lead_tui import limits
from lead_tui.export.assembled import quoted
from lead_tui.export.formats import check_installed
from lead_tui.files.readers import Reader
from lead_tui.leads.errors import UsageError

_SPAN: Final = 1 << 32  # a position in a Parquet file is a group's number times this, and a row in the group


class SqliteFile(Reader):
    """The table ``leads`` in the order of its row ids, which are the positions. The database is not changed."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False)
        try:
            self._database.execute("PRAGMA trusted_schema = OFF")
            pages, size = (self._database.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
            if pages * size > os.stat(path).st_size:
                # SQLite reads the rest of the last page as zeros, and values in it as null.
                raise sqlite3.DatabaseError("its end is missing")
            # A table without row ids is refused here.
            self.keys = [name for name, *_ in self._select("*, _rowid_", "LIMIT 0").description[:-1]]
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self.close()
            raise UsageError(f"{path.name} cannot be read as an SQLite database", remedy=str(error)) from None

    def blocks(self) -> Iterator[tuple[int, int]]:
        count = 0
        try:
            ids = self._select("_rowid_", "ORDER BY _rowid_")
            while block := ids.fetchmany(limits.FILE_TABLE_ROWS):
                yield block[0][0], len(block)
                count += len(block)
        except sqlite3.Error as error:
            self.note(f"Row {count + 1:,} and the rows after it cannot be read: {error}")

    def records(self, position: int | None) -> Iterator[tuple[object, ...]]:
        return self._rows("*", "" if position is None else f"WHERE _rowid_ >= {position:d}")

    def values(self, keys: Sequence[str]) -> Iterator[Sequence[object]]:
        return self._rows(", ".join(f"CAST({quoted(key)} AS TEXT)" if key in self.keys else "NULL" for key in keys))

    def close(self) -> None:
        self._database.close()

    def _rows(self, what: str, where: str = "") -> Iterator[tuple[object, ...]]:
        try:
            yield from self._select(what, f"{where} ORDER BY _rowid_")
        except sqlite3.Error as error:
            raise ValueError(str(error)) from None

    def _select(self, what: str, rest: str) -> sqlite3.Cursor:
        return self._database.execute(f"SELECT {what} FROM leads {rest}")  # noqa: S608 - names are quoted


class ParquetFile(Reader):
    """The rows of a file in their order. To reach one, those before it in its group are decoded, in a fraction of a second."""

    def __init__(self, path: Path) -> None:
        check_installed("parquet")
        # Imported here: it takes a third of a second.
        from pyarrow import parquet

        try:
            self._metadata = parquet.read_metadata(path)
        except ValueError:
            raise UsageError(f"{path.name} cannot be read as a Parquet file") from None
        # A file for each iteration: several threads may read.
        self._open = partial(parquet.ParquetFile, path, metadata=self._metadata)
        self.keys = self._metadata.schema.to_arrow_schema().names

    def blocks(self) -> Iterator[tuple[int, int]]:
        for group in range(self._metadata.num_row_groups):
            rows = self._metadata.row_group(group).num_rows
            for start in range(0, rows, limits.FILE_PARQUET_ROWS):
                yield group * _SPAN + start, min(limits.FILE_PARQUET_ROWS, rows - start)

    def records(self, position: int | None) -> Iterator[tuple[object, ...]]:
        for batch in self._batches(position or 0, None):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def values(self, keys: Sequence[str]) -> Iterator[Sequence[object]]:
        present = [key for key in keys if key in self.keys]
        for batch in self._batches(0, present):
            columns = {key: batch.column(key).cast("string").to_pylist() for key in present}
            yield from zip(*(columns.get(key) or [None] * batch.num_rows for key in keys), strict=True)

    def _batches(self, position: int, columns: Sequence[str] | None) -> Iterator[Any]:
        first, skip = divmod(position, _SPAN)
        file = self._open()
        for group in range(first, self._metadata.num_row_groups):
            for batch in file.iter_batches(limits.FILE_PARQUET_ROWS, [group], columns, use_threads=False):
                if skip < batch.num_rows:
                    yield batch.slice(skip)
                skip = max(0, skip - batch.num_rows)
