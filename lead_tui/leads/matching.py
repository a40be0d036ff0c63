"""Filters that are compared on our side, for leads from a file: as the API compares them, as far as that is known.

Text is equal but for case, accents and space around it; phones by their digits; a range by days. Ids may be several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from lead_tui.leads.coercion import digits_in, folded, moment_in
from lead_tui.leads.fields import CUSTOM_MARK
from lead_tui.leads.filters import FILTER_BY_NAME, RANGE_STARTS, FilterKind, phone_of
from lead_tui.leads.lead import first_id
from lead_tui.leads.phones import NANP_DIGITS
from lead_tui.leads.query import Query

_Test = Callable[[object], bool]
Holds = Callable[[Sequence[object]], bool]
"""Whether a lead with these values matches."""


def matcher(query: Query) -> tuple[list[str], Holds]:
    """Return the keys that *query*, whose dates have been fixed, looks at, and whether their values in a lead match.

    Country codes are not compared.
    """
    tests = [_test(name, value) for name, value in query]
    keys = list(dict.fromkeys(key for key, _ in tests))
    places = [(keys.index(key), test) for key, test in tests]
    return keys, lambda values: all(test(values[place]) for place, test in places)


def needle(query: Query) -> bytes:
    """Return bytes that are in each row of text that matches *query*, however it writes its numbers; b"" for none."""
    for name, value in query:
        known = FILTER_BY_NAME.get(name)
        if known is not None and known.kind is FilterKind.PHONE and len(value) == NANP_DIGITS and value.isdigit():
            return value[-4:].encode()
        if known is not None and known.kind in (FilterKind.ID, FilterKind.IDS) and "," not in value:
            return value.encode()
    return b""


def _test(name: str, value: str) -> tuple[str, _Test]:
    """Return the key that the filter *name* looks at, and what its values must be."""
    known = FILTER_BY_NAME.get(name)
    match known.kind if known is not None else FilterKind.TEXT:
        case FilterKind.PHONE:
            phone = phone_of(value)
            digits = frozenset((phone.national, digits_in(phone.national), phone.country_code + phone.national))
            return name, lambda sent: digits_in(sent) in digits
        case FilterKind.ID | FilterKind.IDS:
            ids = frozenset(value.split(","))
            return name, lambda sent: first_id(sent) in ids
        case FilterKind.FIRST_DAY | FilterKind.LAST_DAY:
            return name[: name.index("_at_") + 3], _in_range(date.fromisoformat(value), is_end=name in RANGE_STARTS)
        case FilterKind.DAY:
            return name, lambda sent: (moment := moment_in(sent)) is not None and moment.date().isoformat() == value
    text = folded(value)
    return name.removeprefix(CUSTOM_MARK), lambda sent: folded(sent) == text


def _in_range(day: date, *, is_end: bool) -> _Test:
    def test(sent: object) -> bool:
        moment = moment_in(sent)
        return moment is not None and (moment.date() <= day if is_end else moment.date() >= day)

    return test
