"""The base of formats with a value for each chosen column or each observed field, and of those that are created at the end.

Observed fields are the documented ones first, then the others by name. Their number grows with each lead that has a new key.
"""

from __future__ import annotations

import os
import re
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, count
from operator import itemgetter
from pathlib import Path
from typing import ClassVar, Final, cast

import msgspec

from lead_tui.export.json_text import REFUSED, computed, decoded, json_lines, with_columns
from lead_tui.export.partial import PartialExport, read_parts, whole_records
from lead_tui.export.writer import Layout, Sink, Writer
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import COMPUTED_IN_FILES, FIELD_BY_KEY, LOCAL_TIME_AT, MADE_OF, headings, key_of
from lead_tui.leads.lead import Lead, Number, is_empty
from lead_tui.leads.local_time import LOCAL_TIME_KEYS
from lead_tui.leads.text import one_line

_SOURCE_KEYS = {
    "name": MADE_OF["name"],
    "local_time": LOCAL_TIME_KEYS,
    LOCAL_TIME_AT: LOCAL_TIME_KEYS,
    "lead_id": ("lead_id", "id"),
}
"""The fields from which a column is made, if that is not only the field with its name."""

_Values = Sequence[object]


class ValuesWriter(Writer):
    """Reads the values of ``names`` in leads."""

    STATE = Writer.STATE | {"observed": list[str]}

    missing: ClassVar[object] = ""  # stands for what was not sent

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> None:
        super().__init__(sink, now, layout, file)
        self.names = tuple(headings(self._columns))  # of the values, in their order; the next lead may add others
        self._keys: dict[str, None] = {}
        if self._columns:
            sources = (_SOURCE_KEYS.get(column, (key_of(column),)) for column in self._columns)
            self._keys = dict.fromkeys(key for keys in sources for key in keys)
            self._pick = _picker(self._keys, self.missing)
            has_computed = any(column in COMPUTED_IN_FILES for column in self._columns)
            self._arrange = self._computed if has_computed else self._in_order(map(key_of, self._columns))
            if "lead_id" in self._keys:
                self._arrange = self._with_id(self._arrange)
        else:
            self.observe(())

    @property
    def observed(self) -> list[str]:
        """The fields in the order in which they were observed; none if columns are chosen."""
        return [] if self._columns else list(self._keys)

    @observed.setter
    def observed(self, keys: Sequence[str]) -> None:
        self.observe(keys)

    def observe(self, keys: Iterable[str]) -> None:
        """Pick the values of *keys* as well, unless columns are chosen."""
        if self._columns:
            return
        # Picked in the order in which keys were observed, which is the server's and thus fastest.
        self._keys |= dict.fromkeys(keys)
        known = FIELD_BY_KEY.keys()
        self.names = (*(key for key in known if key in self._keys), *sorted(self._keys.keys() - known, key=_by_name))
        self._pick = _picker(self._keys, self.missing, forbid_others=True)
        self._arrange = self._in_order(self.names)

    def observe_fields(self, rows: Iterable[Row]) -> None:
        """Observe the keys of *rows*."""
        self.observe(key for row in rows for key in decoded(row) or ())

    def _values_of(self, rows: Sequence[Row]) -> list[_Values]:
        """Return the values of each of *rows* that is a JSON object."""
        pick, as_tuple, arrange = self._pick, msgspec.structs.astuple, self._arrange
        found: list[_Values] = []
        for row in rows:
            try:
                values: _Values = as_tuple(pick(row))
            except REFUSED:
                sent = decoded(row)
                if sent is None:
                    continue
                if not (self._columns or sent.keys() <= self._keys.keys()):
                    # The keys of all these rows together: each change of the names is another section to rewrite.
                    self.observe_fields(rows)
                    return self._values_of(rows)
                values = [sent.get(key, self.missing) for key in self._keys]
            found.append(arrange(values))
        return found

    def _in_order(self, keys: Iterable[str]) -> Callable[[_Values], _Values]:
        """Return a function that puts the picked values into the order of *keys*."""
        picked = list(self._keys)
        places = list(map(picked.index, keys))
        return itemgetter(*places) if len(places) > 1 else lambda values: [values[place] for place in places]

    def _with_id(self, arrange: Callable[[_Values], _Values]) -> Callable[[_Values], _Values]:
        """Return *arrange* for values whose public id may only be in ``id``."""
        keys = list(self._keys)
        lead_id, other = keys.index("lead_id"), keys.index("id")

        def arranged(values: _Values) -> _Values:
            if is_empty(values[lead_id]):
                values = [*values[:lead_id], values[other], *values[lead_id + 1 :]]
            return arrange(values)

        return arranged

    def _computed(self, values: _Values) -> _Values:
        lead = Lead(dict(zip(self._keys, values, strict=True)))
        return [
            computed(column, lead, self._now) if column in COMPUTED_IN_FILES else lead.sent[key_of(column)]
            for column in self._columns
        ]


def _picker(keys: Iterable[str], missing: object, *, forbid_others: bool = False) -> Callable[[Row], msgspec.Struct]:
    """Return a function that decodes a row as a struct of *keys* in their order, with *missing* for those that were not sent.

    It takes a third of the time of decoding the whole row, and least if a row has its keys in that order. It raises one of
    ``REFUSED`` for a row that it cannot read, or with *forbid_others* for a row that has other keys.
    """
    names = list(keys)
    if forbid_others:
        # A row with such a key then counts as having another key.
        names = [f"{_NO_KEY}{place}" if _NOT_PICKED(key) else key for place, key in enumerate(names)]
    elif any(map(_NOT_PICKED, names)):
        return _refuse
    fields = [(f"field_{place}", object, msgspec.field(name=name, default=missing)) for place, name in enumerate(names)]
    picked = msgspec.defstruct("Picked", fields, gc=False, forbid_unknown_fields=forbid_others)
    return msgspec.json.Decoder(picked, float_hook=Number).decode


_NOT_PICKED: Final = re.compile('["\\\\\x00-\x1f\ud800-\udfff]').search  # msgspec accepts no key with one of these
_NO_KEY: Final = os.urandom(16).hex()  # begins a name that no key has


def _refuse(_: Row) -> msgspec.Struct:
    raise msgspec.ValidationError


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


class AssembledWriter(ValuesWriter):
    """The base of formats that cannot be streamed: leads are spooled as lines of JSON, from which ``close`` makes the result.

    The spool contains only the chosen columns, since others may be masked, and local times as of the time of the export.
    """

    STATE = ValuesWriter.STATE | {"leads": int}

    finalizes_slowly = True

    bytes_at_once: ClassVar = 256 * 1024  # of the spool

    leads = 0  # how many are in the spool

    _file: PartialExport

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport) -> None:
        super().__init__(sink, now, layout, file)
        if self._columns:
            self._keys = dict.fromkeys(self.names)
            self._pick = _picker(self._keys, self.missing)
            self._arrange = self._in_order(self.names)
        self._stopped = threading.Event()

    def write(self, rows: Sequence[Row]) -> None:
        data = b"\n".join([*rows, b""])
        if self._columns or data.count(b"\n") > len(rows) or b"\r" in data or not self._are_known(rows):
            leads = cast("list[Row]", json_lines(rows))
            self.unreadable += len(rows) - len(leads)
            self._note_columns(decode_row(lead).sent for lead in leads)
            self.observe_fields(leads)
            lines = [with_columns(lead, self._columns, self._now) for lead in leads] if self._columns else leads
            data = b"\n".join([*lines, b""])
        self.leads += data.count(b"\n")
        self._sink.write_bytes(data)

    def _are_known(self, rows: Sequence[Row]) -> bool:
        """Return whether all *rows* are JSON objects with only observed fields."""
        try:
            for row in rows:
                self._pick(row)
        except REFUSED:
            return False
        return True

    @abstractmethod
    def _assemble(self, result: Path) -> None:
        """Write the file *result*, which is empty. Raises ``OSError`` and ``OutputError``."""

    def close(self) -> None:
        with self._file.rewriting() as result:
            self._assemble(result.path)

    def stop(self) -> None:
        self._stopped.set()

    def _pages(self) -> Iterator[bytes]:
        """Yield the lines of the spool, several at a time. Raises ``OSError``, and ``OutputError`` after ``stop``."""
        for page in whole_records(read_parts(self._file.rows.file, 0, self._file.rows.length, self.bytes_at_once), b"\n"):
            if self._stopped.is_set():
                raise OutputError(f"{self._file.target.name} was not completed", remedy="the leads so far are kept")
            yield page

    def _leads_in(self, page: bytes) -> Sequence[_Values]:
        """Return the values of each lead of *page*."""
        return self._values_of(cast("list[Row]", page.splitlines()))
