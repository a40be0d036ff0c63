"""Leads as a Parquet file in which every column is text; its metadata has what was exported.

pyarrow writes group after group, which keeps memory flat. polars writes whole frames or merges files, with 90 MB more, and DuckDB
takes names that differ only in case for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from lead_tui.export.typed import Column, TypedWriter

PAGES_A_GROUP: Final = 10
"""Pages of up to 2,000 leads: smaller groups make a larger file, larger ones take more memory."""


class ParquetWriter(TypedWriter):
    """The chosen columns, or every observed field, in a Parquet file."""

    def _fill(self, names: Sequence[str], pages: Iterator[Sequence[Column]]) -> None:
        # Imported here: it takes a third of a second, and only a complete export needs it.
        import pyarrow
        from pyarrow import parquet

        schema = pyarrow.schema([(name, pyarrow.string()) for name in names], metadata=dict(self._facts()))
        rewritten = self._file.rewritten
        rewritten.open(appending=False)
        with parquet.ParquetWriter(rewritten.path, schema, compression="zstd") as writer:
            group: list[Any] = []
            for page in pages:
                columns = [pyarrow.array(values, pyarrow.string()) for values in page]
                group.append(pyarrow.record_batch(columns, schema=schema))
                if len(group) == PAGES_A_GROUP:
                    writer.write_table(pyarrow.Table.from_batches(group))
                    group.clear()
            writer.write_table(pyarrow.Table.from_batches(group, schema))
