"""The formats of an export by name, and the writer for each. Imports nothing heavy, since every command line is parsed with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import splitext
from typing import TYPE_CHECKING, Final, Literal, TypedDict, Unpack, get_args

from lead_tui import limits

if TYPE_CHECKING:
    from datetime import datetime

    from lead_tui.export.sink import Sink, Spool
    from lead_tui.export.writer import Writer
    from lead_tui.leads.errors import UsageError

    class Layout(TypedDict, total=False):
        """How leads are written."""

        columns: Sequence[str]
        """A table must have some. Without any, CSV has every observed field, and JSON the leads as the server sent them."""
        raw_csv: bool
        """Whether CSV leaves spreadsheet formulas alone."""
        bom: bool
        """Whether CSV begins with a byte order mark."""
        labels: Mapping[str, str] | None
        """Of custom attributes, by key, for a table's header."""
        types: Mapping[str, str] | None
        """Of custom attributes, by key, for a workbook: ``number`` or ``date``."""
        found_in: Mapping[int, str] | None
        """Where a look-up found a lead, by its id as a number (``decode.id_number``): one more column in a table."""


Format = Literal["table", "csv", "json", "jsonl", "xlsx", "sqlite", "parquet"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

FORMAT_BY_EXTENSION: Final[dict[str, Format]] = {
    ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table", ".xlsx": "xlsx",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite", ".parquet": "parquet",
}  # fmt: skip
EXTENSIONS_TEXT: Final = ".csv .json .jsonl .parquet .sqlite .txt .xlsx"

FILE_ONLY: Final[Mapping[Format, str]] = {"xlsx": "An Excel workbook", "sqlite": "An SQLite database", "parquet": "A Parquet file"}
"""Formats that are no stream, by what they are called."""
STREAM_FORMATS: Final = tuple(each for each in FORMATS if each not in FILE_ONLY)


PARQUET_INSTALL: Final = "pip install 'lead-tui[parquet]'"


def open_writer(name: Format, sink: Sink, now: datetime, *, spool: Spool | None = None, **layout: Unpack[Layout]) -> Writer:
    """Return the writer for the format *name*, a context. *now*, aware, in UTC, is used for a lead's local time; *spool* is as in
    ``CsvWriter``.

    ``exporting.FileExport`` writes formats that are no stream; here they raise ``UsageError``.
    """
    columns = layout.get("columns", ())
    match name:
        case "table":
            from lead_tui.export.table import TableWriter

            return TableWriter(sink, columns, now, labels=layout.get("labels"), found_in=layout.get("found_in"))
        case "csv":
            from lead_tui.export.csv_writers import CsvWriter

            return CsvWriter(sink, columns, now, raw=layout.get("raw_csv", False), bom=layout.get("bom", False), spool=spool)
        case "json" | "jsonl":
            from lead_tui.export.json_text import JsonWriter

            return JsonWriter(sink, columns, now, lines=name == "jsonl")
        case "xlsx" | "sqlite" | "parquet":
            raise only_into_a_file(name)


def large_workbook(leads: int) -> str:
    """Return a sentence about the space and the time that a workbook of so many *leads* takes; "" if they are few."""
    if leads <= limits.MANY_LEADS_OF_WORKBOOK:
        return ""
    megabytes = leads * limits.WORKBOOK_BYTES_A_LEAD / 1e6
    minutes = max(1, round(leads / (limits.REQUESTS_PER_SECOND * limits.MAX_LIMIT) / 60))
    takes = f"about {megabytes:,.0f} MB and {minutes} minute{'' if minutes == 1 else 's'}"
    return f"A workbook of {leads:,} leads takes {takes}, and long to open; .parquet, .sqlite and .csv open sooner"


def only_into_a_file(name: Format) -> UsageError:
    from lead_tui.leads.errors import UsageError

    return UsageError(f"{FILE_ONLY[name]} is written into a file only", remedy="-o FILE names it")


def check_installed(name: Format) -> None:
    """Raise ``UsageError`` if the library that writes the format *name* is not installed."""
    if name == "parquet":
        # Imported here: few export to it.
        from importlib.util import find_spec

        if find_spec("pyarrow") is None:
            from lead_tui.leads.errors import UsageError

            raise UsageError("Parquet needs pyarrow, which is not installed", remedy=f"{PARQUET_INSTALL} installs it")


def format_of(path: str) -> Format | None:
    """Return the format of the extension of *path*; None without one. Raises ``UsageError`` for an unknown one."""
    extension = splitext(path)[1].lower()
    if not extension:
        return None
    if extension not in FORMAT_BY_EXTENSION:
        from lead_tui.leads.errors import UsageError

        raise UsageError(f"The extension {extension[:20]} is unknown", remedy=f"choose one of {EXTENSIONS_TEXT}, or add --format")
    return FORMAT_BY_EXTENSION[extension]


def conflict(path: str, form: Format) -> str:
    """Return a warning if the extension of *path* stands for another format than *form*; else ""."""
    extension = splitext(path)[1].lower()
    if FORMAT_BY_EXTENSION.get(extension, form) == form:
        return ""
    return f"The file holds {form}, as --format says, although its name ends in {extension}"
