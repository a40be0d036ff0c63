"""A row's bytes for JSON output: the lead as the server sent it, without the space between its parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from lead_tui.export.columns import computed
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import COMPUTED, headings, key_of
from lead_tui.leads.lead import Number, json_text

_members_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()

_NO_JSON = ("NaN", "Infinity", "-Infinity")
"""Numbers that JSON does not have."""


def compact(row: Row) -> bytes | None:
    """*row* on one line, number for number and escape for escape as it was sent; None where it is no JSON object.

    What no JSON parser takes (``NaN``, a raw control character, a lone surrogate, bytes that are no UTF-8) is written as JSON
    allows it: null, escaped, replaced.
    """
    raw = bytes(row)
    try:
        raw.decode()  # the formatter does not look at that
        formatted = msgspec.json.format(raw, indent=-1)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _repaired(row)
    return formatted if formatted.startswith(b"{") else None


def picked(row: Row, columns: Sequence[str], now: datetime) -> bytes | None:
    """An object of those *columns* of *row* that came, in their order, each value as it was sent; None where it is no object.

    *now*, aware, in UTC, is when the lead's local time is told.
    """
    whole = compact(row)
    if whole is None:
        return None
    members = _members_decoder.decode(whole)
    parts: dict[str, msgspec.Raw] = {}
    for column, heading in zip(columns, headings(columns), strict=True):
        if column in COMPUTED:
            parts[heading] = msgspec.Raw(_encoder.encode(computed(column, decode_row(row), now)))
        elif (sent := members.get(key_of(column))) is not None:
            parts[heading] = sent
    return _encoder.encode(parts)


def _repaired(row: Row) -> bytes | None:
    lead = decode_row(row)
    if lead.problem:
        return None
    try:
        return json_text(_representable(lead.sent)).encode()
    except RecursionError:
        return None


def _representable(value: object) -> object:
    """*value* with what JSON in UTF-8 cannot hold replaced. Raises ``RecursionError``."""
    if isinstance(value, Number):
        return None if value in _NO_JSON else value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_representable(key): _representable(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_representable(member) for member in value]
    return value
