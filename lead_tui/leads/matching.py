"""Compare filters with leads of a file, as the API compares them, as far as that is known.

Text is equal but for case, accents and space around it; phones by their digits; a range by days. Ids may be several.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from lead_tui.leads.coercion import digits_in, folded, moment_in
from lead_tui.leads.fields import CUSTOM_MARK
from lead_tui.leads.filters import RANGE_STARTS, FilterKind, kind_of, phone_of
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
        kind = kind_of(name)
        if kind is FilterKind.PHONE and len(value) == NANP_DIGITS and value.isdigit():
            return value[-4:].encode()
        if kind in (FilterKind.ID, FilterKind.IDS) and "," not in value:
            return value.encode()
    return b""


def _test(name: str, value: str) -> tuple[str, _Test]:
    """Return the key that the filter *name* looks at, and what its values must be."""
    match kind_of(name):
        case FilterKind.PHONE:
            phone = phone_of(value)
            digits = frozenset((phone.national, digits_in(phone.national), phone.country_code + phone.national))
            return name, lambda sent: digits_in(sent) in digits
        case FilterKind.ID | FilterKind.IDS:
            ids = frozenset(value.split(","))
            return name, lambda sent: first_id(sent) in ids
        case FilterKind.FIRST_DAY | FilterKind.LAST_DAY:
            compare = operator.le if name in RANGE_STARTS else operator.ge
            return name[: name.index("_at_") + 3], lambda sent: (day := _day(sent)) != "" and compare(day, value)
        case FilterKind.DAY:
            return name, lambda sent: _day(sent) == value
    text = folded(value)
    return name.removeprefix(CUSTOM_MARK), lambda sent: folded(sent) == text


def _day(sent: object) -> str:
    """Return the day of the moment *sent*, as filters write it; "" for what is none."""
    moment = moment_in(sent)
    return "" if moment is None else moment.date().isoformat()
