"""The values of leads, by chosen column or by observed field, and the base of formats that are created at the end."""

from __future__ import annotations

import os
import re
import sys
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, count
from operator import itemgetter
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from lead_tui.export.json_text import REFUSED, JsonLinesWriter, decoded
from lead_tui.export.partial import PartialExport
from lead_tui.export.writer import Layout, Sink
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY, headings
from lead_tui.leads.lead import Number
from lead_tui.leads.text import one_line

_NOT_PICKED: Final = re.compile('["\\\\\x00-\x1f\ud800-\udfff]').search  # msgspec accepts no key with one of these
_NO_KEY: Final = os.urandom(16).hex()  # begins a name that no key has


class LeadValues:
    """Reads the values of *names* in leads, and unless *only* those, of every field that it observes.

    *missing* stands for what was not sent. Values are picked in the order of *as_sent*, the keys as they were sent, which is
    fastest.
    """

    def __init__(self, names: Iterable[str], missing: object, as_sent: Iterable[str] = (), *, only: bool = False) -> None:
        self.names: dict[str, None] = {}
        self.as_sent: dict[str, None] = {}
        self._missing = missing
        self._only = only
        self.extend(names, as_sent)

    def extend(self, names: Iterable[str], as_sent: Iterable[str] = ()) -> None:
        """Read *names*, too, after the others."""
        self.as_sent |= dict.fromkeys(as_sent)
        self.names |= dict.fromkeys(names)
        self.as_sent |= self.names
        places = map(list(self.as_sent).index, self.names)
        self._arrange = itemgetter(*places) if len(self.names) > 1 else tuple
        # A row with a key that msgspec does not accept counts as having another key.
        keys = [f"{_NO_KEY}{place}" if _NOT_PICKED(key) else key for place, key in enumerate(self.as_sent)]
        fields = [(f"field_{place}", object, msgspec.field(name=key, default=self._missing)) for place, key in enumerate(keys)]
        # It takes a third of the time of decoding the whole row.
        self._pick = msgspec.json.Decoder(
            msgspec.defstruct("Picked", fields, gc=False, forbid_unknown_fields=not self._only), float_hook=Number
        ).decode

    def observe(self, rows: Iterable[bytes]) -> None:
        """Extend the names by the keys of *rows*."""
        try:
            for row in rows:
                self._pick(row)
        except REFUSED:
            keys = dict.fromkeys(key for row in rows for key in decoded(row) or ())
            if not keys.keys() <= self.names.keys():
                self.extend(in_order(keys), keys)

    def of(self, rows: Sequence[bytes]) -> list[Sequence[object]]:
        """Return the values of each of *rows* that is a JSON object, with new names at the end."""
        pick, as_tuple, arrange = self._pick, msgspec.structs.astuple, self._arrange
        found: list[Sequence[object]] = []
        for row in rows:
            try:
                found.append(arrange(as_tuple(pick(row))))
            except REFUSED:
                sent = decoded(row)
                if sent is None:
                    continue
                if not (self._only or sent.keys() <= self.names.keys()):
                    # The keys of all these rows together: each new one costs another look at them.
                    self.observe(rows)
                    return self.of(rows)
                found.append([sent.get(name, self._missing) for name in self.names])
        return found


def in_order(keys: Iterable[str]) -> list[str]:
    """Return observed *keys* in the order of columns: the documented ones first, then the others by name."""
    sent = set(keys)
    return [*(key for key in FIELD_BY_KEY if key in sent), *sorted(sent - FIELD_BY_KEY.keys(), key=_by_name)]


def _by_name(key: str) -> tuple[str, str]:
    """Return the sort key of *key*, the same in every export: case matters last, and ``field_9`` comes before ``field_11``."""
    return re.sub("[0-9]+", lambda digits: digits[0].zfill(8), key.casefold()), key


def distinct(names: Iterable[str], fold: Callable[[str], str] = str) -> list[str]:
    """Return *names*, with an unused number after each that equals an earlier one once folded by *fold*: ``name_2``."""
    names, found = list(names), dict[str, str]()
    given = set(map(fold, names))
    for name in names:
        choices = chain([name], (other for number in count(2) if fold(other := f"{name}_{number}") not in given))
        choice = next(each for each in choices if fold(each) not in found)
        found[fold(choice)] = choice
    return list(found.values())


def names_alike(columns: Iterable[str]) -> str:
    """Return a sentence about *columns* that differ only in case, which some programs treat as one; "" if none do."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(" ".join(column.casefold().splitlines()), []).append(one_line(column, 40))
    alike = [" and ".join(group) for group in groups.values() if len(group) > 1]
    return f"{', '.join(alike)} differ only in case" if alike else ""


class AssembledWriter(JsonLinesWriter):
    """The base of formats that cannot be streamed: leads are spooled as lines of JSON, from which ``close`` makes the result.

    The spool contains only the chosen columns, since others may be masked, and local times as of the time of the export.
    """

    finalizes_slowly = True

    missing: ClassVar[object] = ""  # stands for what was not sent

    columns_of: ClassVar[tuple[str, int]] = "A file", sys.maxsize  # what has the columns, and the most it can have

    _file: PartialExport

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport) -> None:
        super().__init__(sink, now, layout, file)
        self._stopped = threading.Event()

    @abstractmethod
    def _assemble(self, result: Path, values: LeadValues, count: int) -> None:
        """Write the file *result*, which is empty, with the *values* of *count* leads. Raises ``OSError`` and ``OutputError``."""

    def close(self) -> None:
        with self._file.rewriting() as result:
            values, leads = LeadValues(headings(self._columns), self.missing), 0
            for page in self._pages():
                leads += page.count(b"\n")
                if not self._columns:
                    values.observe(page.splitlines())
            if not self._columns:
                values = LeadValues(in_order(values.names or FIELD_BY_KEY), self.missing, values.as_sent)
            (holder, most), fields = self.columns_of, len(values.names)
            if fields > most:
                problem = f"{holder} holds {most:,} columns, and the leads have {fields:,} fields"
                raise OutputError(problem, remedy="choose columns with --columns")
            self._assemble(result.path, values, leads)

    def stop(self) -> None:
        self._stopped.set()

    def _pages(self) -> Iterator[bytes]:
        """Yield the lines of the spool, several at a time. Raises ``OSError``, and ``OutputError`` after ``stop``."""
        for page in self._file.rows.blocks():
            if self._stopped.is_set():
                raise OutputError(f"{self._file.target.name} was not completed", remedy="the leads so far are kept")
            yield page

    def _leads(self, values: LeadValues) -> Iterator[Sequence[object]]:
        """Yield the *values* of each lead."""
        return chain.from_iterable(values.of(page.splitlines()) for page in self._pages())
