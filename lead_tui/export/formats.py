"""The export formats by name, and the writer for each. Imports nothing slow, since every command line is parsed with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os.path import splitext
from typing import TYPE_CHECKING, Final, Literal, get_args

from lead_tui import limits
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import counted

if TYPE_CHECKING:
    from datetime import datetime

    from lead_tui.export.partial import PartialExport
    from lead_tui.export.writer import Layout, Sink, Writer

Format = Literal["table", "csv", "json", "jsonl", "xlsx", "sqlite", "parquet"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

FORMAT_BY_EXTENSION: Final[dict[str, Format]] = {
    ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table", ".xlsx": "xlsx",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite", ".parquet": "parquet",
}  # fmt: skip
EXTENSIONS_TEXT: Final = ".csv .json .jsonl .parquet .sqlite .txt .xlsx"
FILE_ONLY: Final[Mapping[Format, str]] = {"xlsx": "An Excel workbook", "sqlite": "An SQLite database", "parquet": "A Parquet file"}
"""Formats that cannot be written to a stream, and what they are called."""
STREAM_FORMATS: Final = tuple(each for each in FORMATS if each not in FILE_ONLY)


def open_writer(name: Format, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> Writer:
    """Return the writer for the format *name*; the other arguments are those of ``Writer``. ``FILE_ONLY`` needs a *file*."""
    if name == "csv":
        from lead_tui.export.csv_text import CsvWriter

        return CsvWriter(sink, now, layout, file)
    if name == "xlsx":
        from lead_tui.export.workbook import WorkbookWriter

        return WorkbookWriter(sink, now, layout, file)
    if name in FILE_ONLY:
        from lead_tui.export.assembled import ParquetWriter, SqliteWriter

        return (SqliteWriter if name == "sqlite" else ParquetWriter)(sink, now, layout, file)
    from lead_tui.export.writer import JsonLinesWriter, JsonWriter, TableWriter

    simple: dict[str, Callable[..., Writer]] = {"table": TableWriter, "json": JsonWriter, "jsonl": JsonLinesWriter}
    return simple[name](sink, now, layout, file)


def large_workbook(leads: int) -> str:
    """Return a sentence about the space and the time that a workbook of *leads* leads takes; "" if they are few."""
    if leads <= limits.MANY_LEADS_OF_WORKBOOK:
        return ""
    if leads > limits.MAX_LEADS_OF_WORKBOOK:
        return f"An Excel sheet has at most {limits.MAX_LEADS_OF_WORKBOOK:,} leads, not {leads:,}"
    megabytes = leads * limits.WORKBOOK_BYTES_A_LEAD / 1e6
    minutes = max(1, round(leads / (limits.REQUESTS_PER_SECOND * limits.MAX_LIMIT) / 60))
    takes = f"about {megabytes:,.0f} MB and {counted(minutes, 'minute')}"
    return f"A workbook of {leads:,} leads takes {takes}, and is slow to open; .parquet, .sqlite and .csv open faster"


def check_installed(name: Format) -> None:
    """Raise ``UsageError`` if the library that writes the format *name* is not installed."""
    if name == "parquet":
        # Imported here: few use it.
        from importlib.util import find_spec

        if find_spec("pyarrow") is None:
            raise UsageError("Parquet needs pyarrow, which is not installed", remedy="pip install 'lead-tui[parquet]' installs it")


def format_of(path: str) -> Format | None:
    """Return the format of the extension of *path*; None without one. Raises ``UsageError`` for an unknown one."""
    extension = splitext(path)[1].lower()
    if not extension:
        return None
    if extension not in FORMAT_BY_EXTENSION:
        raise UsageError(f"The extension {extension[:20]} is unknown", remedy=f"choose one of {EXTENSIONS_TEXT}, or add --format")
    return FORMAT_BY_EXTENSION[extension]


def conflict(path: str, form: Format) -> str:
    """Return a warning if the extension of *path* stands for another format than *form*; else ""."""
    extension = splitext(path)[1].lower()
    if FORMAT_BY_EXTENSION.get(extension, form) == form:
        return ""
    return f"The file holds {form}, as --format says, although its name ends in {extension}"
