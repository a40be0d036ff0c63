"""Match leads with a query, and find the query for the leads with the same value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import CUSTOM_MARK, IDENTITIES, PHONE_FIELDS, Kind, column_of
from lead_tui.leads.filter_language import exactly
from lead_tui.leads.lead import Lead, as_text, first_id
from lead_tui.leads.lookup import LookUp, look_up_phones
from lead_tui.leads.phones import MAX_EXACT_DIGITS, Phone, as_written, digits_of, parse_phone
from lead_tui.leads.query import RANGE_STARTS, FilterKind, Query, kind_of, phone_of
from lead_tui.leads.values import digits_in, folded, quantity_in

_Test = Callable[[object], bool]
Holds = Callable[[Sequence[object]], bool]  # whether a lead with these values matches


def matcher(query: Query) -> tuple[list[str], Holds]:
    """Return the keys that *query*, dated, filters by, and a test of a lead's values of these. Country codes are not compared."""
    tests = [_test(name, value) for name, value in query]
    keys = list(dict.fromkeys(key for key, _ in tests))
    places = [(keys.index(key), test) for key, test in tests]
    return keys, lambda values: all(test(values[place]) for place, test in places)


def prefilter(query: Query) -> Callable[[bytes], object]:
    """Return a test of the text of a row, true for every lead that matches: it costs a tenth of reading the row's values."""
    for name, value in query:
        kind = kind_of(name)
        if kind is FilterKind.PHONE:
            # A program may write anything between the digits.
            return re.compile(rb"\D*".join(b"%c" % digit for digit in digits_in(phone_of(value).national).encode())).search
        if kind in (FilterKind.ID, FilterKind.IDS) and "," not in value:
            return re.compile(re.escape(value.encode())).search
    return lambda _: True


def _test(name: str, value: str) -> tuple[str, _Test]:
    """Return the key that the filter *name* is for, and a test of its value."""
    match kind_of(name):
        case FilterKind.PHONE:
            phone = phone_of(value)
            digits = frozenset((phone.national, digits_in(phone.national), phone.country_code + phone.national))
            return name, lambda sent: digits_in(sent) in digits
        case FilterKind.ID | FilterKind.IDS:
            ids = frozenset(value.split(","))
            return name, lambda sent: first_id(sent).lstrip("0") in ids
        case FilterKind.FIRST_DAY | FilterKind.LAST_DAY:
            compare = operator.le if name in RANGE_STARTS else operator.ge
            return name[: name.index("_at_") + 3], lambda sent: (day := _day(sent)) != "" and compare(day, value)
        case FilterKind.DAY:
            return name, lambda sent: _day(sent, Kind.DATE) == value
    text = folded(value)
    return name.removeprefix(CUSTOM_MARK), lambda sent: folded(sent) == text


def _day(sent: object, kind: Kind = Kind.DATE_TIME) -> str:
    """Return the day of the moment *sent*, as filters write it; "" if it is not a moment."""
    moment = quantity_in(sent, kind, None)
    return moment.date().isoformat() if isinstance(moment, datetime) else ""


# Finding leads with the same value

_ID_OF = {field: fields[0] for fields in (("lead_id", "id"), *IDENTITIES) for field in fields}
"""The field to search by, which is also the name of the filter, by the field under the cursor."""

_DAYS = ("created_at", "updated_at")


def same_value(lead: Lead, key: str) -> Query | LookUp | str:
    """Return what finds the leads with the same value of *key* as *lead*: a query, the look-up of a phone, which may be in any of
    three fields, or the text that narrows the loaded leads.
    """
    text = as_text(lead.sent.get(key)).strip()
    if key in PHONE_FIELDS:
        if phone := _look_up(text, lead.country_code):
            return phone
    elif filters := _filters(lead, key, text):
        # The filter may not accept the value, or mean another one by it: an address within a text, a code for a name.
        with suppress(UsageError):
            query = Query.of(filters)
            if dict(query) == filters:
                return query
    return exactly(column_of(key), lead.sent.get(key))


def _filters(lead: Lead, key: str, text: str) -> dict[str, str]:
    """Return the filters for the value *text* of *key*; none if the API has none."""
    if name := _ID_OF.get(key):
        filters = {name: first_id(lead.sent.get(name), lead.sent.get("id") if name == "lead_id" else "")}
    elif key in _DAYS:
        filters = dict.fromkeys((f"{key}_start_date", f"{key}_end_date"), _day(text[:10]))
    else:
        kind = kind_of(key)
        filters = {key: _day(text[:10]) if kind is FilterKind.DAY else text} if kind is not None else {}
    return {name: value for name, value in filters.items() if value}


def _look_up(text: str, country_code: str) -> LookUp | None:
    """Return the look-up of the phone *text*, by exact digits if parsing would change the stored ones; None without a number."""
    digits = digits_of(text)
    bare = digits.removeprefix("+")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= MAX_EXACT_DIGITS):
        return None
    phone = Phone(bare, is_exact=True)
    with suppress(ValueError):
        parsed = parse_phone(f"+{country_code}{bare}" if country_code != "1" and digits == bare else digits)
        if digits != bare or parsed.national == bare:
            phone = parsed
    written = phone.national if phone.is_exact else as_written(phone.national, phone.country_code)
    return look_up_phones((phone,), written)
