"""Leads as JSON, an array or one lead per line, with values exactly as the server sent them; and how exports read rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, cast

import msgspec

from lead_tui.export.writer import ROWS_AT_ONCE, Layout, Sink, Writer
from lead_tui.leads.fields import COMPUTED_IN_FILES, LOCAL_TIME_AT, MADE_OF, headings, key_of
from lead_tui.leads.lead import Lead, Number, Row, as_text, decode_row, json_text
from lead_tui.leads.local_time import LOCAL_TIME_KEYS, local_time

if TYPE_CHECKING:
    from lead_tui.export.partial import PartialExport

REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what decoding a row strictly raises
_NO_ID: Final = rb'null|"(?:null|(?: |\\[fnrt])*)"'  # an id that is null or blank
_NOT_JSON: Final = ("NaN", "Infinity", "-Infinity")  # numbers that JSON does not have


class AnyObject(msgspec.Struct, gc=False):
    """Any JSON object."""


_decode_objects = msgspec.json.Decoder(list[AnyObject]).decode
_decode_strictly = msgspec.json.Decoder(dict[str, object], float_hook=Number).decode
decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def json_lines(rows: Sequence[Row]) -> list[bytes]:
    """Return each of *rows* that is a JSON object as ``as_line`` does.

    Nearly always every row is such a line already; checking all of them together takes a third of the time.
    """
    joined = b",".join(rows)
    try:
        joined.decode()
        if not (b"\n" in joined or b"\r" in joined) and len(_decode_objects(b"[%b]" % joined)) == len(rows):
            return cast("list[bytes]", rows)
    except REFUSED:
        pass
    return [line for row in rows if (line := as_line(row)) is not None]


def as_line(row: Row) -> bytes | None:
    """Return *row* on one line, each number and escape as it was sent; None if it is not a JSON object.

    If it has line breaks, the space between its parts is left out. What no JSON parser accepts is written as in ``decoded``.
    """
    raw = bytes(row)
    try:
        raw.decode()  # the formatter does not check that
        formatted = msgspec.json.format(raw, indent=-1)
    except REFUSED:
        values = decoded(row)
        try:
            return None if values is None else json_text(values).encode()
        except RecursionError:
            return None
    if not formatted.startswith(b"{"):
        return None
    return formatted if b"\n" in raw or b"\r" in raw else raw


def decoded(row: bytes) -> dict[str, object] | None:
    """Return all values of *row* by key; None if it is not a JSON object.

    What no JSON parser accepts (``NaN``, a raw control character, a lone surrogate, bytes that are not UTF-8) becomes valid JSON:
    null, escaped, or replaced.
    """
    try:
        return _decode_strictly(row)
    except REFUSED:
        lead = decode_row(msgspec.Raw(row))
        try:
            return None if lead.problem else cast("dict[str, object]", _representable(lead.sent))
        except RecursionError:
            return None


def _representable(value: object) -> object:
    """Return *value*, replacing what JSON in UTF-8 cannot represent. Raises ``RecursionError``."""
    match value:
        case Number():
            return None if value in _NOT_JSON else value
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {_representable(key): _representable(member) for key, member in value.items()}
        case list():
            return list(map(_representable, value))
        case _:
            return value


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


_SOURCE_KEYS: Final = {
    "name": MADE_OF["name"],
    "local_time": LOCAL_TIME_KEYS,
    LOCAL_TIME_AT: LOCAL_TIME_KEYS,
    "lead_id": ("lead_id", "id"),
}
"""The fields from which a column is made, if that is not only the field with its name."""


def column_picker(columns: Sequence[str], now: datetime) -> Callable[[bytes], bytes]:
    """Return a function that returns a lead, a JSON object, with those of *columns* that were sent, in their order.

    *now* is as in ``computed``.
    """
    keys = list(dict.fromkeys(key for column in columns for key in _SOURCE_KEYS.get(column, (key_of(column),))))
    fields = [(f"field_{place}", msgspec.Raw, msgspec.field(name=key, default=None)) for place, key in enumerate(keys)]
    try:
        # Reading all members takes ten times as long.
        decode = msgspec.json.Decoder(msgspec.defstruct("Picked", fields, gc=False)).decode
    except ValueError:
        decode = None  # a key needs an escape
    parts = list(zip(columns, headings(columns), strict=True))

    def pick(lead: bytes) -> bytes:
        sent = decode_members(lead) if decode is None else dict(zip(keys, msgspec.structs.astuple(decode(lead)), strict=True))
        if sent.get("id") is not None and re.fullmatch(_NO_ID, sent.get("lead_id") or b"null"):
            sent["lead_id"] = sent["id"]
        picked: dict[str, object] = {}
        for column, heading in parts:
            if column in COMPUTED_IN_FILES:
                source = {key: value for key in _SOURCE_KEYS[column] if (value := sent.get(key)) is not None}
                picked[heading] = computed(column, decode_row(msgspec.Raw(msgspec.json.encode(source))), now)
            elif (value := sent.get(key_of(column))) is not None:
                picked[heading] = value
        return msgspec.json.encode(picked)

    return pick


class LinesWriter(Writer):
    """The base of formats that are made from lines of JSON."""

    def __init__(self, sink: Sink, now: datetime, layout: Layout, file: PartialExport | None = None) -> None:
        super().__init__(sink, now, layout, file)
        self._pick_columns = column_picker(self._columns, now)

    def _lines_of(self, rows: Sequence[Row]) -> list[bytes]:
        """Return each of *rows* that is a JSON object as a line, with only the chosen columns if there are any."""
        leads = json_lines(rows)
        self.unreadable += len(rows) - len(leads)
        self._note_columns(map(decode_members, leads))
        return list(map(self._pick_columns, leads)) if self._columns else leads


class JsonLinesWriter(LinesWriter):
    """Writes each lead on a line; with chosen columns, only those that were sent."""

    def write(self, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            if leads := self._lines_of(rows[start : start + ROWS_AT_ONCE]):
                self._sink.write_json(self._joined(leads))

    def _joined(self, leads: Sequence[bytes]) -> bytes:
        return b"\n".join([*leads, b""])


class JsonWriter(JsonLinesWriter):
    """Writes the same lines as one array."""

    STATE = Writer.STATE | {"begun": bool}

    begun = False

    def close(self) -> None:
        self._sink.write_json(b"\n]\n" if self.begun else b"[]\n")

    def _joined(self, leads: Sequence[bytes]) -> bytes:
        joined = (b",\n" if self.begun else b"[\n") + b",\n".join(leads)
        self.begun = True
        return joined
