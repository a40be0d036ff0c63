"""How exports read rows: as lines of JSON, with chosen columns, or as the values of fields."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from itertools import chain, count
from operator import itemgetter
from typing import Final, cast

import msgspec
from msgspec.structs import astuple

from lead_tui.leads.columns import values_reader
from lead_tui.leads.errors import UnreadableAnswer
from lead_tui.leads.fields import COMPUTED_IN_FILES, FIELD_BY_KEY, LOCAL_TIME_AT, MADE_OF, headings, key_of
from lead_tui.leads.lead import REFUSED, Lead, Row, as_text, decode_members, decode_values, decoder_of, json_text
from lead_tui.leads.local_time import LOCAL_TIME_KEYS, local_time
from lead_tui.leads.text import one_line

_NO_ID: Final = rb'null|"(?:null|(?: |\\[fnrt])*)"'  # an id that is null or blank


class AnyObject(msgspec.Struct, gc=False):
    """Any JSON object."""


_decode_objects = msgspec.json.Decoder(list[AnyObject]).decode


def json_lines(rows: Sequence[Row]) -> list[bytes]:
    """Return each of *rows* that is a JSON object on one line (``as_line``): nearly always all are, which one look shows faster."""
    joined = b",".join(rows)
    with suppress(*REFUSED):
        joined.decode()
        if not (b"\n" in joined or b"\r" in joined) and len(_decode_objects(b"[%b]" % joined)) == len(rows):
            return cast("list[bytes]", rows)
    return [line for row in rows if (line := as_line(row)) is not None]


def as_line(row: Row) -> bytes | None:
    """Return *row* on one line, each number and escape as it was sent; None if it is not a JSON object.

    If it has line breaks, the space between its parts is left out. What no JSON parser accepts (``NaN``, a raw control character, a
    lone surrogate, bytes that are not UTF-8) becomes valid JSON: null, escaped, or replaced.
    """
    raw = bytes(row)
    try:
        raw.decode()  # the formatter does not check that
        formatted = msgspec.json.format(raw, indent=-1)
    except REFUSED:
        values = decoded(row)
        return None if values is None else json_text(values).encode("utf-8", "replace")
    if not formatted.startswith(b"{"):
        return None
    return formatted if b"\n" in raw or b"\r" in raw else raw


def decoded(row: bytes) -> dict[str, object] | None:
    """Return all values of *row* by key; None if it is not a JSON object."""
    try:
        return decode_values(bytes(row))
    except UnreadableAnswer:
        return None


def computed(column: str, lead: Lead, now: datetime) -> str:
    """Return the text of the computed *column*, "" if its fields were not sent. *now* is aware, in UTC.

    ``LOCAL_TIME_AT`` is the lead's date, time and offset at *now* in ISO 8601; "" if the time is unknown or doubtful.
    """
    if column == "name":
        return f"{as_text(lead.sent.get('first_name'))} {as_text(lead.sent.get('last_name'))}".strip()
    time = local_time(lead, now)
    if column == LOCAL_TIME_AT:
        in_zone = now.astimezone(timezone(timedelta(minutes=time.offset)))
        return in_zone.isoformat(timespec="minutes") if time.is_known else ""
    return "" if time.minutes is None else time.clock()


_SOURCE_KEYS: Final = {"name": MADE_OF["name"], "local_time": LOCAL_TIME_KEYS, LOCAL_TIME_AT: LOCAL_TIME_KEYS}
"""The fields from which a computed column is made."""


def column_reader(columns: Sequence[str], now: datetime) -> Callable[[Row], Sequence[object]]:
    """Return a function that returns the values of *columns* in a row: None for what was not sent, () if it is not a lead."""
    keys = tuple(dict.fromkeys(key for column in columns for key in _SOURCE_KEYS.get(column, (key_of(column),))))
    read = values_reader(keys)
    if set(COMPUTED_IN_FILES).isdisjoint(columns) and len(keys) == len(columns):
        return read

    def read_columns(row: Row) -> Sequence[object]:
        if not (values := read(row)):
            return ()
        lead = Lead({key: value for key, value in zip(keys, values, strict=True) if value is not None})
        return [computed(each, lead, now) if each in COMPUTED_IN_FILES else lead.sent.get(key_of(each)) for each in columns]

    return read_columns


def column_picker(columns: Sequence[str], now: datetime) -> Callable[[bytes], bytes]:
    """Return a function that returns a lead, a JSON object, with those of *columns* that were sent, in their order."""
    keys = list(dict.fromkeys([*map(key_of, columns), "id"]))
    try:
        # Reading all members takes ten times as long.
        decode = decoder_of(keys, msgspec.Raw)
    except ValueError:
        decode = None
    parts = list(zip(columns, map(key_of, columns), headings(columns), strict=True))
    made = [column for column in columns if column in COMPUTED_IN_FILES]
    read_made = column_reader(made, now)

    def pick(lead: bytes) -> bytes:
        sent = decode_members(lead) if decode is None else dict(zip(keys, astuple(decode(lead)), strict=True))
        if sent.get("id") is not None and re.fullmatch(_NO_ID, sent.get("lead_id") or b"null"):
            sent["lead_id"] = sent["id"]
        texts = dict(zip(made, read_made(Row(lead)), strict=True)) if made else {}
        picked = {heading: value for column, key, heading in parts if (value := texts.get(column, sent.get(key))) is not None}
        return msgspec.json.encode(picked)

    return pick


_NOT_PICKED: Final = re.compile('["\\\\\x00-\x1f\ud800-\udfff]').search  # msgspec accepts no key with one of these
_NO_KEY: Final = os.urandom(16).hex()  # begins a name that no key has


class LeadValues:
    """Reads the values of *names* in leads, and of every other field that it observes.

    *missing* stands for what was not sent. *as_sent* are the names in the order of the leads, in which they are read fastest.
    """

    def __init__(self, names: Iterable[str], missing: object, as_sent: Iterable[str] = ()) -> None:
        self.names: list[str] = []
        self.as_sent = dict.fromkeys(as_sent)
        self._missing = missing
        self.extend(names)

    def extend(self, names: Iterable[str], as_sent: Iterable[str] = ()) -> None:
        """Read *names*, too, after the others."""
        self.names = list(dict.fromkeys([*self.names, *names]))
        self.as_sent |= dict.fromkeys([*as_sent, *self.names])
        self._arrange = itemgetter(*map(list(self.as_sent).index, self.names)) if len(self.names) > 1 else tuple
        # A row with a key that msgspec does not accept counts as having another key.
        keys = [f"{_NO_KEY}{place}" if _NOT_PICKED(key) else key for place, key in enumerate(self.as_sent)]
        # It takes a third of the time of decoding the whole row.
        self._pick = decoder_of(keys, object, self._missing, refuses_others=True)

    def observe(self, rows: Iterable[bytes]) -> None:
        """Extend the names by the keys of *rows*."""
        try:
            for row in rows:
                self._pick(row)
        except REFUSED:
            keys = dict.fromkeys(key for row in rows for key in decoded(row) or ())
            if not set(keys).issubset(self.names):
                self.extend(in_order(keys), keys)

    def of(self, rows: Sequence[bytes]) -> list[Sequence[object]]:
        """Return the values of each of *rows* that is a JSON object, with new names at the end."""
        pick, arrange = self._pick, self._arrange
        found: list[Sequence[object]] = []
        for row in rows:
            try:
                found.append(arrange(astuple(pick(row))))
            except REFUSED:
                if (sent := decoded(row)) is None:
                    continue
                if not sent.keys() <= set(self.names):
                    # The keys of all these rows together: each new one costs another look at them.
                    self.observe(rows)
                    return self.of(rows)
                found.append([sent.get(name, self._missing) for name in self.names])
        return found


def in_order(keys: Iterable[str]) -> list[str]:
    """Return observed *keys* in the order of columns: the documented ones first, then the others by name."""

    def by_name(key: str) -> tuple[str, str]:
        # The same in every export: case matters last, and ``field_9`` comes before ``field_11``.
        return re.sub("[0-9]+", lambda digits: digits[0].zfill(8), key.casefold()), key

    sent = set(keys)
    return [*(key for key in FIELD_BY_KEY if key in sent), *sorted(sent - FIELD_BY_KEY.keys(), key=by_name)]


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
