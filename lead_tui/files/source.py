"""The pages of an opened file, with filters applied here. Rows are read when they are requested; nothing is kept.

A thread that reads the file once, from start to end, finds where rows begin; another finds the leads that match.
"""

from __future__ import annotations

import asyncio
import operator
import os
import threading
from array import array
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from lead_tui import limits
from lead_tui.api.threads import IsCancelled, in_thread
from lead_tui.files.readers import CsvFile, JsonLines, Reader
from lead_tui.leads.errors import SearchError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK, DEFAULT_COLUMNS, Kind, column_of, fields_of
from lead_tui.leads.lead import Lead, Row, decode_row, first_id, row_ids
from lead_tui.leads.page import Page
from lead_tui.leads.query import RANGE_STARTS, FilterKind, Query, kind_of, phone_of
from lead_tui.leads.text import one_line
from lead_tui.leads.values import digits_in, folded, quantity_in
from lead_tui.safe_files import open_regular, reason


class _Found:
    """Rows that a thread finds while others already use them: blocks of the file, by position, or single rows, by number."""

    def __init__(self) -> None:
        self.numbers = array("q")
        self.count = 0  # rows found so far
        self.is_whole = False  # whether there are no more
        self.error: Exception | None = None  # why the work ended early
        self._firsts = array("q")
        self._grown = threading.Condition()

    def add(self, number: int, rows: int = 1) -> None:
        with self._grown:
            self._firsts.append(self.count)
            self.numbers.append(number)
            self.count += rows
            self._grown.notify_all()

    def end(self) -> None:
        """Note that there are no more."""
        with self._grown:
            self.is_whole = True
            self._grown.notify_all()

    def wait_for(self, count: int, is_cancelled: IsCancelled) -> None:
        """Return once *count* rows or all have been found, or the caller is canceled."""
        with self._grown:
            while not (self.is_whole or self.count >= count or is_cancelled()):
                self._grown.wait(limits.FILE_POLL_SECONDS)

    def block_of(self, row: int) -> tuple[int, int | None]:
        """Return the first row and the number of the block with *row*, or of the last block before it; else 0 and None."""
        with self._grown:
            at = bisect_right(self._firsts, row) - 1
            return (0, None) if at < 0 else (self._firsts[at], self.numbers[at])


class FileSource:
    """A ``PageSource`` over the file at *path*. Raises ``UsageError`` if it cannot be opened."""

    def __init__(self, path: Path) -> None:
        # Called on the event loop once it is known how many leads match a query, and with the problems in the file, if it has any.
        self.on_total: Callable[[Query, int], None] = lambda _query, _total: None
        self.on_notice: Callable[[str], None] = lambda _: None
        self._path = path
        self._reader = open_reader(path)
        self.name = one_line(path.name, 60)
        self._status = os.stat(path)
        self.title = f"file of {datetime.fromtimestamp(self._status.st_mtime):%Y-%m-%d %H:%M}"
        self._index = _Found()
        self._matches: dict[Query, _Found] = {}
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def columns(self, usual: Sequence[str]) -> tuple[str, ...]:
        """Return the columns for the table: all fields if they are few, else those of *usual* that the file has, if it has any."""
        usual, most = tuple(usual) or DEFAULT_COLUMNS, limits.MAX_FILE_COLUMNS
        own = tuple(map(column_of, self._reader.keys))
        if own and len(own) <= most:
            return own
        present = tuple(column for column in usual if not set(fields_of(column)).isdisjoint(self._reader.keys))
        return present if len(present) > 1 else own[:most] or usual

    def first_leads(self, most: int) -> list[Lead]:
        """Return the first leads, at most *most*; none if they cannot be read, which ``fetch`` reports."""
        with suppress(OSError, ValueError):
            return list(map(decode_row, self._rows_at(range(most), lambda: False)))
        return []

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        if not self._threads:
            self._start(Query(), self._index, self._reader.blocks())
        if query and query not in self._matches:
            matches = self._matches[query] = _Found()
            self._start(query, matches, self._matching(query))
            if len(self._matches) > limits.FILE_SEARCHES_KEPT:
                del self._matches[next(iter(self._matches))]
        found = self._matches[query] if query else self._index
        try:
            return await in_thread(lambda is_cancelled: self._page(found, offset, limit, is_cancelled), "read file")
        except (OSError, ValueError) as error:
            raise SearchError(f"{self.name} cannot be read", remedy=str(error)) from None

    def close(self) -> None:
        self._is_closed = True
        for thread in self._threads:
            thread.join()
        self._reader.close()

    def _page(self, found: _Found, offset: int, limit: int, is_cancelled: IsCancelled) -> Page:
        now, was = os.stat(self._path), self._status
        if (now.st_size, now.st_mtime_ns) != (was.st_size, was.st_mtime_ns):
            raise ValueError("it has changed since it was opened; open it again")
        numbers: Sequence[int] = range(offset, offset + limit)
        if found is not self._index:
            found.wait_for(offset + limit, is_cancelled)
            numbers = found.numbers[offset : offset + limit]
        rows = list(self._rows_at(numbers, is_cancelled))
        if found.error is not None:
            raise found.error
        total = found.count if found.is_whole else None
        return Page(offset, limit, rows, row_ids(rows), total, is_fixed=True)

    def _rows_at(self, numbers: Iterable[int], is_cancelled: IsCancelled) -> Iterator[Row]:
        """Yield the rows with these ascending *numbers*."""
        records: Iterator[Any] = iter(())
        begin: int | None = None
        at = -1
        for number in numbers:
            if number != at:
                if number:
                    self._index.wait_for(number + 1, is_cancelled)
                first, position = self._index.block_of(number)
                if position != begin or position is None:
                    begin, at, records = position, first, self._reader.records(position)
            for record in islice(records, number - at, number - at + 1):
                yield self._reader.row(record)
            at = number + 1

    def _start(self, query: Query, found: _Found, rows: Iterator[tuple[int, int]]) -> None:
        """Add *rows* to *found* in a thread."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            try:
                for number, count in rows:
                    if count:
                        found.add(number, count)
                    if self._is_closed:
                        break
            except Exception as error:
                # Of any kind: a search that failed must not look like one that found nothing.
                found.error = error
            found.end()
            if not self._is_closed:
                loop.call_soon_threadsafe(self._report, query, found)

        thread = threading.Thread(target=run, name="index file", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _report(self, query: Query, found: _Found) -> None:
        if found.error is None and not query.phone_codes:
            self.on_total(query, found.count)
        if found is self._index and (sentence := self._reader.problems()):
            self.on_notice(sentence)

    def _matching(self, query: Query) -> Iterator[tuple[int, int]]:
        """Yield the number of each row, and 1 if it matches, else 0."""
        keys, holds = matcher(query)
        return ((number, bool(values) and holds(values)) for number, values in enumerate(self._reader.values(keys)))


def open_reader(path: Path) -> Reader:
    """Return the reader of the file at *path*. Raises ``UsageError``."""
    try:
        with open_regular(path) as file:
            start = file.read(4096)
        if start.startswith((b"SQLite format 3\0", b"PAR1")):
            # Imported here: only these formats need it.
            from lead_tui.files.tables import ParquetFile, SqliteFile

            return (ParquetFile if start.startswith(b"PAR1") else SqliteFile)(path)
        if b"\0" in start:
            raise UsageError(f"{path.name} is not text", remedy="open JSON lines, CSV, SQLite or Parquet")
        begins_like_json = start.removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"["))
        is_json = begins_like_json or path.suffix.lower() in (".json", ".jsonl", ".ndjson")
        return (JsonLines if is_json else CsvFile)(path)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read", remedy=reason(error)) from None


def matcher(query: Query) -> tuple[list[str], Callable[[Sequence[object]], bool]]:
    """Return the keys that *query*, dated, filters by, and a test of their values as the API does it: without the country code."""
    tests = [_test(name, value) for name, value in query]
    keys = list(dict.fromkeys(key for key, _ in tests))
    return keys, lambda values: all(test(values[keys.index(key)]) for key, test in tests)


def _test(name: str, value: str) -> tuple[str, Callable[[object], bool]]:
    """Return the key that the filter *name* is for, and a test of its value."""
    match kind_of(name):
        case FilterKind.PHONE:
            phone = phone_of(value)
            digits = frozenset((phone.national, digits_in(phone.national), phone.country_code + phone.national))
            return name, lambda sent: digits_in(sent) in digits
        case FilterKind.ID | FilterKind.IDS:
            ids = frozenset(value.split(","))
            return name, lambda sent: first_id(sent).lstrip("0") in ids
        case FilterKind.FIRST_DAY | FilterKind.LAST_DAY:
            compare = operator.le if name in RANGE_STARTS else operator.ge
            return name[: name.index("_at_") + 3], lambda sent: (day := _day(sent)) != "" and compare(day, value)
        case FilterKind.DAY:
            return name, lambda sent: _day(sent, Kind.DATE) == value
    text = folded(value)
    return name.removeprefix(CUSTOM_MARK), lambda sent: folded(sent) == text


def _day(sent: object, kind: Kind = Kind.DATE_TIME) -> str:
    """Return the day of the moment *sent*, as filters write it; "" if it is not a moment."""
    moment = quantity_in(sent, kind, None)
    return moment.date().isoformat() if isinstance(moment, datetime) else ""
