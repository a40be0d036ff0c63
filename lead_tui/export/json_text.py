"""Leads as JSON, an array or one lead per line, with values exactly as the server sent them; and how exports read rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Final, cast

import msgspec

from lead_tui.export.writer import ROWS_AT_ONCE, Writer
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import COMPUTED_IN_FILES, LOCAL_TIME_AT, headings, key_of
from lead_tui.leads.lead import Lead, Number, as_text, json_text
from lead_tui.leads.local_time import local_time

REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what decoding a row strictly raises
_NO_ID: Final = (b"null", b'""', b'"null"')
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


def decoded(row: Row) -> dict[str, object] | None:
    """Return all values of *row* by key; None if it is not a JSON object.

    What no JSON parser accepts (``NaN``, a raw control character, a lone surrogate, bytes that are not UTF-8) becomes valid JSON:
    null, escaped, or replaced.
    """
    try:
        return _decode_strictly(row)
    except REFUSED:
        lead = decode_row(row)
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
        return in_zone.isoformat(timespec="minutes") if time.is_known and not time.others else ""
    return "" if time.minutes is None else time.clock()


def with_columns(lead: bytes, columns: Sequence[str], now: datetime) -> bytes:
    """Return a lead, a JSON object, with those of *columns* that were sent, in their order; *now* is as in ``computed``."""
    members = decode_members(lead)
    if "id" in members and bytes(members.get("lead_id", b"null")) in _NO_ID:
        members["lead_id"] = members["id"]
    parts: dict[str, msgspec.Raw] = {}
    for column, heading in zip(columns, headings(columns), strict=True):
        if column in COMPUTED_IN_FILES:
            parts[heading] = msgspec.Raw(msgspec.json.encode(computed(column, decode_row(msgspec.Raw(lead)), now)))
        elif (sent := members.get(key_of(column))) is not None:
            parts[heading] = sent
    return msgspec.json.encode(parts)


class JsonWriter(Writer):
    """Writes one array with a line for each lead; with chosen columns, only those that were sent."""

    STATE = Writer.STATE | {"begun": bool}

    begun = False

    def write(self, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            leads = json_lines(some)
            self.unreadable += len(some) - len(leads)
            if self._columns:
                self._note_columns(map(decode_members, leads))
                leads = [with_columns(lead, self._columns, self._now) for lead in leads]
            if leads:
                self._sink.write_json(self._joined(leads))
                self.begun = True

    def close(self) -> None:
        self._sink.write_json(b"\n]\n" if self.begun else b"[]\n")

    def _joined(self, leads: Sequence[bytes]) -> bytes:
        return (b",\n" if self.begun else b"[\n") + b",\n".join(leads)


class JsonLinesWriter(JsonWriter):
    """Writes the same leads without the array, each on a line."""

    def close(self) -> None:
        return

    def _joined(self, leads: Sequence[bytes]) -> bytes:
        return b"\n".join([*leads, b""])
