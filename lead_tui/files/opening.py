"""Opening a file of leads: which reader it needs is decided by how it begins."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lead_tui.files.reader import Reader
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import COMPUTED, DEFAULT_COLUMNS, MADE_OF, column_of, key_of
from lead_tui.leads.text import one_line
from lead_tui.safe_files import open_regular, reason

_FORMATS: Final = "open JSON lines, CSV, SQLite or Parquet"
_OTHERS: Final = (
    (b"PK\x03\x04", "is a workbook or an archive"),
    (b"\x1f\x8b", "is compressed"),
    (b"\xff\xfe", "is text in UTF-16"),
    (b"\xfe\xff", "is text in UTF-16"),
)
_MAX_KEYS_SHOWN: Final = 12
"""Fields of a file up to which the table shows all of them: someone chose them."""


def open_reader(path: Path) -> Reader:
    """Return the reader of the file at *path*. Raises ``UsageError``."""
    name = one_line(path.name, 80)
    try:
        with open_regular(path) as file:
            start = file.read(4096)
            # What is imported here is needed for one format only.
            if start.startswith(b"SQLite format 3\0"):
                from lead_tui.files.sqlite_file import SqliteFile

                return SqliteFile(path)
            if start.startswith(b"PAR1"):
                from lead_tui.files.parquet_file import ParquetFile

                return ParquetFile(path)
            if problem := next((problem for mark, problem in _OTHERS if start.startswith(mark)), ""):
                raise UsageError(f"{name} {problem}", remedy=_FORMATS)
            if b"\0" in start:
                raise UsageError(f"{name} is not text", remedy=_FORMATS)
            from lead_tui.files.csv_file import CsvFile
            from lead_tui.files.text_files import BOM, JsonLines

            is_json = start.removeprefix(BOM).lstrip()[:1] in (b"{", b"[")
            is_json = path.suffix.lower() in (".json", ".jsonl", ".ndjson") or (
                is_json and path.suffix.lower() not in (".csv", ".tsv")
            )
            return (JsonLines if is_json else CsvFile)(path, os.dup(file.fileno()))
    except OSError as error:
        raise UsageError(f"{name} cannot be read", remedy=reason(error)) from None


def suited_columns(usual: Sequence[str], keys: Sequence[str]) -> tuple[str, ...]:
    """Return the columns for a file with the fields *keys*: all of them if they are few, else those of *usual* that it has."""
    own = tuple(map(column_of, keys))
    if len(own) <= _MAX_KEYS_SHOWN:
        return own
    present = tuple(column for column in usual or DEFAULT_COLUMNS if not _fields_of(column).isdisjoint(keys))
    return present if len(present) > 1 else own[:_MAX_KEYS_SHOWN]


def _fields_of(column: str) -> set[str]:
    return set(MADE_OF[column]) if column in COMPUTED else {key_of(column)}
