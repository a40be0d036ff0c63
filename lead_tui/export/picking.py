"""The values of chosen columns of a row, without decoding the rest of it: a third of the time that a whole lead takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from lead_tui.export.columns import computed
from lead_tui.export.rows import compact
from lead_tui.leads.decode import Row
from lead_tui.leads.fields import COMPUTED, key_of
from lead_tui.leads.lead import Lead, Number
from lead_tui.leads.local_time import LOCAL_TIME_KEYS

_NEEDED: Final = {"name": ("first_name", "last_name"), "local_time": LOCAL_TIME_KEYS}
"""What a computed column is made from."""

REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Picker:
    """Picks *columns*, keys of leads and computed ones. *now*, aware, in UTC, is when a lead's local time is told."""

    def __init__(self, columns: Sequence[str], now: datetime) -> None:
        self._columns = columns
        self._now = now
        self._own = _picking([key_of(column) for column in columns if column not in COMPUTED], "")
        self._made = [(place, column) for place, column in enumerate(columns) if column in COMPUTED]
        self._needed = tuple(dict.fromkeys(key for _, column in self._made for key in _NEEDED[column]))
        self._for_made = _picking(self._needed, None)

    def values(self, row: Row) -> Sequence[object] | None:
        """The values in the columns' order, "" for one that did not come; None where *row* is no JSON object."""
        try:
            values = self._own(row)
            if not self._made:
                return values
            lead = Lead(dict(zip(self._needed, self._for_made(row), strict=True)))
        except REFUSED:
            whole_row = whole(row)
            if whole_row is None:
                return None
            lead = Lead(whole_row)
            values = tuple(lead.sent.get(key_of(column), "") for column in self._columns if column not in COMPUTED)
        found = list(values)
        for place, column in self._made:
            found.insert(place, computed(column, lead, self._now))
        return found


def whole(row: Row) -> dict[str, object] | None:
    """All values of *row* by key; None where it is no JSON object. Never raises."""
    try:
        return _decode_whole(row)
    except REFUSED:
        repaired = compact(row)
        return None if repaired is None else _decode_whole(repaired)


def all_of(keys: Sequence[str]) -> Callable[[Row], tuple[object, ...]]:
    """What gives the values of *keys* in their order, "" for those that did not come.

    It raises one of ``REFUSED`` for a row that has other keys, or cannot be read. Fastest where a row has its keys in that order.
    """
    return _picking(keys, "", forbids_others=True)


def _picking(keys: Sequence[str], missing: object, *, forbids_others: bool = False) -> Callable[[Row], tuple[object, ...]]:
    fields = [(f"field_{place}", object, msgspec.field(name=key, default=missing)) for place, key in enumerate(keys)]
    try:
        picked = msgspec.defstruct("Picked", fields, gc=False, forbid_unknown_fields=forbids_others)
        decode = msgspec.json.Decoder(picked, float_hook=Number).decode
    except ValueError:
        # Some characters cannot stand in a name that is decoded by.
        known = frozenset(keys)

        def picked_from_whole(row: Row) -> tuple[object, ...]:
            found = _decode_whole(row)
            if forbids_others and not known.issuperset(found):
                raise msgspec.ValidationError
            return tuple(found.get(key, missing) for key in keys)

        return picked_from_whole
    as_tuple = msgspec.structs.astuple
    return lambda row: as_tuple(decode(row))


_decode_whole = msgspec.json.Decoder(dict[str, object], float_hook=Number).decode
