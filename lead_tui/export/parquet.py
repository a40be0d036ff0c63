"""Leads as a Parquet file in which every column is text; its metadata has what was exported.

pyarrow writes group after group, which keeps memory flat. polars writes whole frames or merges files, with 90 MB more, and DuckDB
takes names that differ only in case for one. It is imported in functions: that takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from lead_tui.export.typed import TypedWriter, texts

if TYPE_CHECKING:
    from pyarrow import Array, ChunkedArray, Table

    from lead_tui.leads.decode import Row


LEADS_A_GROUP: Final = 20_000
"""Smaller groups make a larger file, larger ones take more memory."""

_NO_COLUMN: Final = "\0"
"""The name of a column of nulls where leads have no field: a page without columns would have no rows."""


class ParquetWriter(TypedWriter["ChunkedArray"]):
    """The chosen columns, or every observed field, in a Parquet file. A page in the spool is a stream of Arrow."""

    def write(self, rows: Sequence[Row]) -> None:
        import pyarrow

        # Its own pool takes 45 MB more: it does not share what is free with the rest of the program.
        pyarrow.set_memory_pool(pyarrow.system_memory_pool())
        page = self._read_json(rows)
        if page is None:
            super().write(rows)
        else:
            self._append(_in_stream(page))

    def _read_json(self, rows: Sequence[Row]) -> Table | None:
        """Return *rows* if all their values are text or null, and of fields observed before; else None.

        pyarrow reads JSON in less time than it takes to make its arrays of our values, and on all processors.
        """
        from pyarrow import ArrowInvalid, BufferReader, json, schema, string

        if self._columns or not self._fields.columns:
            return None
        lines = b"\n".join(rows)
        # A null, which pyarrow takes for a lead without values.
        if not lines.startswith(b"{") or lines.count(b"\n{") != len(rows) - 1:
            return None
        # In the order in which they are sent, in which the parser looks for them first.
        fields = json.ParseOptions(schema([(name, string()) for name in self._fields.observed]), unexpected_field_behavior="error")
        try:
            lines.decode()
            table = json.read_json(BufferReader(lines), parse_options=fields)
        except (ArrowInvalid, UnicodeDecodeError):
            return None
        return table if table.num_rows == len(rows) else None

    def _encode(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        import pyarrow

        columns = [_array(values) for values in zip(*rows, strict=True)] or [pyarrow.nulls(len(rows), pyarrow.string())]
        return _in_stream(pyarrow.table(columns, names=list(names) or [_NO_COLUMN]))

    def _decode(self, data: bytes) -> tuple[Sequence[str], Sequence[ChunkedArray], ChunkedArray]:
        import pyarrow

        page = pyarrow.ipc.open_stream(data).read_all()
        return page.column_names, page.columns, pyarrow.nulls(page.num_rows, pyarrow.string())

    def _fill(self, names: Sequence[str], pages: Iterator[Sequence[ChunkedArray]]) -> None:
        import pyarrow
        from pyarrow import parquet

        schema = pyarrow.schema([(name, pyarrow.string()) for name in names], metadata=dict(self._facts()))
        rewritten = self._file.rewritten
        rewritten.open(appending=False)
        with parquet.ParquetWriter(rewritten.path, schema, compression="zstd") as writer:
            group = []
            for page in pages:
                group.append(pyarrow.table(page, schema=schema))
                if sum(map(len, group)) >= LEADS_A_GROUP:
                    writer.write_table(pyarrow.concat_tables(group))
                    group.clear()
            if group:
                writer.write_table(pyarrow.concat_tables(group))


def _in_stream(page: Table) -> bytes:
    import pyarrow

    stream = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(stream, page.schema) as writer:
        writer.write_table(page)
    return bytes(stream.getvalue())


def _array(values: Sequence[object]) -> Array:
    import pyarrow

    try:
        return pyarrow.array(values, pyarrow.string())
    except pyarrow.ArrowException:
        return pyarrow.array(texts(values), pyarrow.string())
