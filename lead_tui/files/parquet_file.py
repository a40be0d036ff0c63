"""Parquet files, read group by group with pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from lead_tui.files.reader import Problems
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import UsageError

_ROWS_A_BLOCK: Final = 500
_SPAN: Final = 1 << 32
"""A position is a group's number times this, and a row in the group."""

_encode = msgspec.json.Encoder(enc_hook=str).encode


class ParquetFile:
    """The rows of a file in their order. To reach one, those before it in its group are unpacked, in a fraction of a second."""

    def __init__(self, path: Path) -> None:
        try:
            # Imported here: it takes a third of a second.
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise UsageError(f"{path.name} needs pyarrow", remedy="pip install pyarrow") from None
        self.problems = Problems("row")
        self._parquet = parquet
        try:
            # Several threads may read from it.
            self._source = pyarrow.OSFile(str(path), "r")
            self._metadata = parquet.read_metadata(self._source)
        except ValueError:
            raise UsageError(f"{path.name} cannot be read as a Parquet file") from None
        self.keys: Sequence[str] = self._metadata.schema.to_arrow_schema().names

    def blocks(self) -> Iterator[tuple[int, int]]:
        for group in range(self._metadata.num_row_groups):
            rows = self._metadata.row_group(group).num_rows
            for start in range(0, rows, _ROWS_A_BLOCK):
                yield group * _SPAN + start, min(_ROWS_A_BLOCK, rows - start)

    def records(self, position: int | None) -> Iterator[dict[str, object]]:
        for batch in self._batches(position or 0, None):
            yield from batch.to_pylist()

    def values(self, keys: Sequence[str], needed: bytes) -> Iterator[Sequence[object]]:
        present = [key for key in keys if key in self.keys]
        for batch in self._batches(0, present):
            columns = dict(zip(present, (column.to_pylist() for column in batch.columns), strict=True))
            yield from zip(*(columns.get(key) or [None] * batch.num_rows for key in keys), strict=True)

    def row(self, record: dict[str, object]) -> Row:
        return Row(_encode(record))

    def close(self) -> None:
        self._source.close()

    def _batches(self, position: int, columns: Sequence[str] | None) -> Iterator[Any]:
        first, skip = divmod(position, _SPAN)
        file = self._parquet.ParquetFile(self._source, metadata=self._metadata)
        for group in range(first, self._metadata.num_row_groups):
            for batch in file.iter_batches(_ROWS_A_BLOCK, [group], columns, use_threads=False):
                if skip < batch.num_rows:
                    yield batch.slice(skip)
                skip = max(0, skip - batch.num_rows)
