"""Leads as a Parquet file in which every column is text; its metadata has what was exported.

pyarrow writes group after group, which keeps memory flat. polars writes whole frames or merges files, with 90 MB more, and DuckDB
takes names that differ only in case for one. It is imported in functions: that takes a third of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from lead_tui.export.typed import TypedWriter, texts

if TYPE_CHECKING:
    from pyarrow import Array

LEADS_A_GROUP: Final = 20_000
"""Smaller groups make a larger file, larger ones take more memory."""

_NO_COLUMN: Final = "\0"
"""The name of a column of nulls where leads have no field: a page without columns would have no rows."""


class ParquetWriter(TypedWriter["Array"]):
    """The chosen columns, or every observed field, in a Parquet file. A page in the spool is a stream of Arrow."""

    def _encode(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        import pyarrow

        columns = [_array(values) for values in zip(*rows, strict=True)] or [pyarrow.nulls(len(rows), pyarrow.string())]
        batch = pyarrow.record_batch(columns, names=list(names) or [_NO_COLUMN])
        stream = pyarrow.BufferOutputStream()
        with pyarrow.ipc.new_stream(stream, batch.schema) as writer:
            writer.write_batch(batch)
        return bytes(stream.getvalue())

    def _decode(self, data: bytes) -> tuple[Sequence[str], Sequence[Array], Array]:
        import pyarrow

        batch = pyarrow.ipc.open_stream(data).read_next_batch()
        return batch.schema.names, batch.columns, pyarrow.nulls(batch.num_rows, pyarrow.string())

    def _fill(self, names: Sequence[str], pages: Iterator[Sequence[Array]]) -> None:
        import pyarrow
        from pyarrow import parquet

        schema = pyarrow.schema([(name, pyarrow.string()) for name in names], metadata=dict(self._facts()))
        rewritten = self._file.rewritten
        rewritten.open(appending=False)
        with parquet.ParquetWriter(rewritten.path, schema, compression="zstd") as writer:
            group = []
            for page in pages:
                group.append(pyarrow.record_batch(page, schema=schema))
                if sum(batch.num_rows for batch in group) >= LEADS_A_GROUP:
                    writer.write_table(pyarrow.Table.from_batches(group))
                    group.clear()
            if group:
                writer.write_table(pyarrow.Table.from_batches(group))


def _array(values: Sequence[object]) -> Array:
    import pyarrow

    try:
        return pyarrow.array(values, pyarrow.string())
    except pyarrow.ArrowException:
        return pyarrow.array(texts(values), pyarrow.string())
