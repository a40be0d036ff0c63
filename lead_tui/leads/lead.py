"""A lead, and the reading of a response: its bytes are split into rows, and a row is decoded into a lead when it is shown or used.

A page is kept as it was received: splitting it decodes no row (``msgspec.Raw``). If msgspec refuses the JSON (a ``NaN``, a raw
control character, a lone surrogate), Python's own reader takes it, and the rows are encoded again.
"""

from __future__ import annotations

import json
import re
from array import array
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from lead_tui.leads.errors import HtmlAnswer, UnreadableAnswer
from lead_tui.leads.fields import FIELD_BY_KEY, is_custom
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import REPLACEMENT, one_line, unescaped

_MAX_DECODED: Final = 20_000
"""Characters of a value in which entities are decoded for a cell: more than a cell shows, even if all of them are entities."""


class Number(str):
    """A JSON number with a fraction or an exponent, as the text that the server sent: ``100.10`` is not ``100.1``."""

    __slots__ = ()


def is_null(value: object) -> bool:
    """Return whether *value* is JSON null or the exact text ``null``. ``Null`` and ``NULL`` are names."""
    return value is None or value == "null"


def is_empty(value: object) -> bool:
    """Return whether *value* is null (``is_null``) or blank."""
    return is_null(value) or (isinstance(value, str) and not value.strip())


def as_text(value: object) -> str:
    """Return *value* as the text that was sent, not sanitized: "" for an empty one, nested values as JSON."""
    if isinstance(value, str):
        # ``is_empty``, inlined: nearly every value passes through here, many times.
        return "" if value == "null" or not value.strip() else value
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    try:
        return json_text(value)
    except (RecursionError, ValueError):
        return "a value nested too deep to show"


def json_text(value: object) -> str:
    """Return *value* as JSON, each ``Number`` with the text that was sent. Raises ``RecursionError`` for deep nesting."""
    if isinstance(value, Number):
        # JSON has neither NaN nor Infinity.
        return value if value[-1:].isdigit() else "null"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {json_text(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def first_id(*values: object) -> str:
    """Return the first of *values* that is an id, as text, not sanitized, ``12`` for ``12.0``; "" if none is. 0 is not an id."""
    return next((text for value in values if (text := _whole_text(value)).strip("0")), "")


def _whole_text(value: object) -> str:
    """Return *value* as text, ``12`` for ``12.0``."""
    text = as_text(value).strip()
    whole, _, fraction = text.partition(".")
    return whole if whole.isdigit() and not fraction.strip("0") else text


class Lead(msgspec.Struct, eq=False):
    """A lead's values by key, in the order in which they were sent.

    *sent* is for exports and copies; everything shown goes through ``line`` or ``leads.values``, which sanitize it. A row that
    cannot be decoded has no values but a *problem*.

    *masked* fields are treated as if they had not been sent, also in other values: a phone is shown with its country code.
    """

    sent: dict[str, object]
    problem: str = ""
    masked: frozenset[str] = frozenset()

    def with_masked(self, keys: frozenset[str]) -> Lead:
        """Return this lead with the values of *keys* masked, and no others."""
        return self if keys == self.masked else Lead(self.sent, self.problem, keys)

    @property
    def lead_id(self) -> str:
        """The public id, from ``lead_id`` or else ``id``; "" without either."""
        return one_line(first_id(self.sent.get("lead_id"), self.sent.get("id")), 200)

    @property
    def name(self) -> str:
        """First and last name on one line, with one space between words; "" without either."""
        return " ".join(f"{self.line('first_name')} {self.line('last_name')}".split())

    @property
    def country_code(self) -> str:
        """The country code of its phones; "1" if none was sent."""
        return read_country_code(self.line("phone_code")) or "1"

    def line(self, key: str, most: int = 200) -> str:
        """Return the value of *key* for a cell: clean, one line, at most *most* characters."""
        value = self.sent.get(key)
        if value is None or key in self.masked:
            return ""
        text = as_text(value)
        return one_line(unescaped(text[:_MAX_DECODED]) if "&" in text else text, most)

    def custom_keys(self) -> list[str]:
        return [key for key in self.sent if is_custom(key)]

    def documented_keys(self) -> list[str]:
        return [key for key in FIELD_BY_KEY if key in self.sent]


def read_country_code(text: str) -> str:
    """Return the country code in *text*, ``44`` in ``+44`` and ``0044``; "" without one. ``1-809`` is in North America."""
    digits = re.sub("[^0-9]", "", text).lstrip("0")
    return "1" if digits.startswith("1") else digits


def key_text(key: str) -> str:
    """Return the *key* of an attribute, which may be anything, as one clean line of at most 80 characters."""
    return one_line(key, 80)


# Responses

Row = msgspec.Raw  # a lead as it was received: a slice of the response's bytes

_ADDRESS = "check the base URL, or try again later"

MAX_SERVER_TEXT = 200  # characters of the server's own words that a message quotes

_Other = str | int | float | bool | None


class _Data(msgspec.Struct, gc=False):
    total: object = None
    entries: list[msgspec.Raw] | dict[str, msgspec.Raw] | _Other = None


class _Body(msgspec.Struct, gc=False):
    success: object = None
    code: object = None
    text: object = None
    error: object = None
    message: object = None
    # PHP writes an empty object as an empty list.
    data: _Data | list[msgspec.Raw] | _Other = None


class _Ids(msgspec.Struct, gc=False):
    lead_id: object = None
    id: object = None


_body_decoder = msgspec.json.Decoder(_Body, float_hook=Number)
_decode_ids = msgspec.json.Decoder(_Ids).decode
_decode_values = msgspec.json.Decoder(dict[str, object], float_hook=Number).decode
decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_MAX_DIGITS = 18  # of an id or a count: what fits into eight bytes
REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what decoding a row strictly raises


class Answer(msgspec.Struct):
    """The envelope of a response, and its rows, not decoded."""

    success: bool | None  # None if it is missing
    code: int | None = None
    text: str = ""  # the server's message, cleaned
    total: int | None = None  # number of matching leads; None if it is missing or not a count
    rows: list[Row] = msgspec.field(default_factory=list)
    has_data: bool = False
    misshapen: bool = False  # whether the data or the entries have another type, which does not mean an empty result


def split(body: bytes) -> Answer:
    """Split *body* into envelope and rows. Raises as ``decode_values``."""
    try:
        parsed = _body_decoder.decode(body.removeprefix(BOM_UTF8))
    except REFUSED:
        try:
            repaired = re.sub("[\ud800-\udfff]", REPLACEMENT, json_text(decode_values(body)))
            parsed = _body_decoder.decode(repaired.encode())
        except REFUSED:
            raise undocumented() from None
    data = parsed.data
    texts = (as_text(each).strip() for each in (parsed.text, parsed.error, parsed.message))
    answer = Answer(
        success=None if parsed.success is None else _whole_text(parsed.success).lower() not in ("false", "0", ""),
        code=count_in(parsed.code),
        text=one_line(next(filter(None, texts), ""), MAX_SERVER_TEXT),
    )
    answer.has_data = isinstance(data, _Data | list)
    entries: object = data
    if isinstance(data, _Data):
        answer.total, entries = count_in(data.total), data.entries
        if isinstance(entries, dict):
            entries = list(entries.values())
        if isinstance(entries, list):
            answer.rows, entries = entries, None
    answer.misshapen = bool(entries)
    return answer


def decode_row(row: Row) -> Lead:
    """Decode *row*; an unreadable one becomes a lead with a ``problem``. Never raises."""
    try:
        return Lead(decode_values(bytes(row)))
    except UnreadableAnswer:
        return Lead({}, "This lead cannot be read: it is not a JSON object")


def decode_values(body: bytes) -> dict[str, object]:
    """Decode the JSON object *body*; what may follow it is ignored. Raises ``HtmlAnswer`` or ``UnreadableAnswer``."""
    try:
        return _decode_values(body.removeprefix(BOM_UTF8))
    except REFUSED:
        text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n\0")
    if not text:
        raise UnreadableAnswer("The server's response was empty", remedy="try again")
    if text.startswith("<"):
        raise HtmlAnswer("The server answered with a web page instead of data", remedy=_ADDRESS, needs=SETTING_UP)
    try:
        values, _ = _tolerant_decoder.raw_decode(text)
    except (ValueError, RecursionError):
        values = None
        if text.startswith("{") and not text.endswith("}"):
            raise UnreadableAnswer("The server's response was cut off", remedy="try again") from None
    if not isinstance(values, dict):
        raise undocumented()
    return values


def undocumented() -> UnreadableAnswer:
    return UnreadableAnswer("The server's response is not the documented JSON", remedy=_ADDRESS, needs=SETTING_UP)


_tolerant_decoder = json.JSONDecoder(strict=False, parse_float=Number, parse_constant=lambda _: None)


def decoder_of(
    keys: Iterable[str], kind: object, missing: object = None, *, refuses_others: bool = False
) -> Callable[[bytes], msgspec.Struct]:
    """Return a decoder of rows that reads only *keys*, as *kind*. Raises ``ValueError`` for a key that needs an escape."""
    fields = [(f"field_{place}", kind, msgspec.field(name=key, default=missing)) for place, key in enumerate(keys)]
    partial = msgspec.defstruct("Partial", fields, gc=False, forbid_unknown_fields=refuses_others)
    return msgspec.json.Decoder(partial, float_hook=Number).decode


def row_ids(rows: Sequence[Row]) -> array[int]:
    """Return a number for the id of each row, to find duplicates; 0 for a row without one. Eight bytes a lead."""
    return array("q", map(_row_id, rows))


def row_number(row: Row) -> int:
    """Return a number by which *row* is recognized: its id's, or a digest of its bytes if it has none. Never 0."""
    return _row_id(row) or id_number(f"row {bytes(row)!r}")


def id_number(text: str) -> int:
    """Return a number for the lead id *text*: its own, or a negative digest of one that is not a number; 0 for ""."""
    if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return int(text)
    if not text:
        return 0
    # Imported here: the documented ids are numbers.
    import hashlib

    return -1 - (int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1)


def _row_id(row: Row) -> int:
    try:
        ids = _decode_ids(row)
    except REFUSED:
        return id_number(decode_row(row).lead_id)
    lead_id = ids.lead_id
    if lead_id.__class__ is str and lead_id.isdigit() and lead_id.isascii() and len(lead_id) <= _MAX_DIGITS:
        # Nearly every row comes here. Inline, since this runs 2,000 times a page while the user types.
        number = int(lead_id)
        if number:
            return number
    return id_number(first_id(lead_id, ids.id))


def count_in(value: object) -> int | None:
    """Return the count that *value* is or is written as; None for anything else."""
    text = _whole_text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None
