"""The demo's leads: each is computed from its index when it is requested, and never stored.

A lead belongs to a *person*, who also has an index. Most people have only one lead; some leads repeat an earlier person, in
another list and with another history, as in real accounts. Names, phones and addresses belong to the person. Most values come from
short tables that repeat along the leads (``tables``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Final, TypeVar

from lead_tui.demo.account import NEVER
from lead_tui.demo.tables import DELAYS, Rows, Tables, deal
from lead_tui.leads.fields import FIELD_BY_KEY, PHONE_FIELDS

T = TypeVar("T")

FIRST_ID: Final = 1_000_001  # the id of the lead with index 0

_REPEATS_PERIOD: Final = 37
_REPEATS: Final[dict[int, int]] = {31: 319, 34: 421, 36: 620}
"""Leads that repeat the person of an earlier lead, by index modulo the period, and how far back that lead is."""

# Of every 41 people: who has a relative's phone as the second one, and who as the third.
_ALTERNATES: Final = 41
_RELATIVES: Final = frozenset({3, 4, 9, 11, 15, 19, 27, 38})
_RELATIVES_BACK: Final = 7
_OTHER_RELATIVES: Final = frozenset({1, 8, 14, 20, 33})
_OTHER_RELATIVES_BACK: Final = 12

_FICTION_PEOPLE: Final = 1_000
"""People whose phones are 555-01xx. That range has a hundred lines an area code, so later people would share too many: their
exchange begins with 0, as in (301) 001-0000, which no subscriber has either."""

_LINES: Final = 1_000_000
_PHONE_STEP: Final = 617_323
"""From one person's line to the next one's. It shares no divisor with the number of lines: each occurs once a round."""
_FIRST_LINE: Final = 425_101

_ID_KEYS: Final = ("id", "lead_id")

_EMAILS: Final[tuple[tuple[str, float], ...]] = (
    ("", 14),
    ("{first}.{last}{number}@example.com", 52),
    ("{initial}{last}{number}@example.org", 16),
    ("{first}_{last}{number}@example.com", 10),
    ("{first}{number}@example.org", 8),
)

_DAYS: Final = 540  # days before today on which leads were created

_OPENS: Final = 6 * 3600
_OPEN: Final = 16 * 3600
"""Leads arrive from 6:00 for 16 hours a day; a *moment* counts the seconds of these hours since the first day."""

_LAST: Final = _DAYS * _OPEN + 2 * 3600
"""Today's leads are created until 8:00."""

_EMPTY: Final[dict[str, object]] = {**dict.fromkeys(FIELD_BY_KEY, ""), "object_type": "LEAD"}


class DemoLeads:
    """*count* leads as of *today*. Safe to use from several threads."""

    def __init__(self, count: int, today: date) -> None:
        self.count = count
        self._today = today
        self._emails = deal("emails", 43, _EMAILS)
        self._computed: dict[str, Callable[[int], str]] = {
            **dict.fromkeys(_ID_KEYS, lambda index: str(FIRST_ID + index)),
            "email": self._email,
            "phone_number": lambda index: self._phone(self._person(index)),
            "alt_phone_1": lambda index: self._relative(self._person(index), _RELATIVES, _RELATIVES_BACK),
            "alt_phone_2": lambda index: self._relative(self._person(index), _OTHER_RELATIVES, _OTHER_RELATIVES_BACK),
            "created_at": lambda index: self._time(self._created(index)),
            "updated_at": lambda index: self._time(self.updated(index)),
        }

    @cached_property
    def tables(self) -> Tables:
        return Tables(self._today)

    @cached_property
    def _days(self) -> list[str]:
        return [(self._today - timedelta(days=days)).isoformat() for days in range(_DAYS, -1, -1)]

    def lead(self, index: int) -> dict[str, object]:
        """Return the lead as the API would send it: text by key, nested values in a few odd attributes."""
        tables = self.tables
        person = self._person(index)
        lead = _EMPTY.copy()
        for rows in tables.of_people:
            lead.update(_at(person, rows))
        for rows in tables.of_leads:
            lead.update(_at(index, rows))
        for key, compute in self._computed.items():
            lead[key] = compute(index)
        created, updated = self._created(index), self.updated(index)
        last_called = max(created, updated - 20 - index * 7919 % 240)
        lead["modified_at"] = lead["updated_at"]
        lead["last_called"] = NEVER if lead["called_count"] == "0" else self._time(last_called)
        lead["first_contacted_at"] = self._time((created + last_called) // 2) if lead["is_contacted"] == "Y" else NEVER
        lead.update(_at(index, tables.odd))
        return {key: value for key, value in lead.items() if value is not None}

    def having(self, key: str, values: frozenset[str]) -> set[int] | None:
        """Return the indexes of all leads that may have one of *values* as *key*, an id or a phone; None for other keys."""
        if key in _ID_KEYS:
            indexes = {int(value) - FIRST_ID for value in values if value.isascii() and value.isdigit() and len(value) <= 18}
        elif key in PHONE_FIELDS:
            owners = {person for value in values for person in self._owners_of_phone(value)}
            owners |= {person + back for person in owners for back in (_RELATIVES_BACK, _OTHER_RELATIVES_BACK)}
            indexes = {person + back for person in owners for back in (0, *_REPEATS.values())}
        else:
            return None
        return {index for index in indexes if 0 <= index < self.count}

    def matching(self, key: str, matches: Callable[[object], bool]) -> bytearray:
        """Return a byte for each lead, 1 if its value of *key* *matches*: a thousand times faster than ``lead`` for each."""
        if compute := self._computed.get(key):
            mask = bytearray(matches(compute(index)) for index in range(self.count))
        else:
            mask = bytearray(self.count)
            for rows in self.tables.of_people:
                _lay(rows, key, matches, mask)
            if any(mask):
                mask = bytearray(mask[self._person(index)] for index in range(self.count))
            for rows in self.tables.of_leads:
                _lay(rows, key, matches, mask)
        _lay(self.tables.odd, key, matches, mask)
        return mask

    def updated(self, index: int) -> int:
        """Return the moment at which a lead was updated last."""
        created = self._created(index)
        return created + min(round(_at(index, DELAYS) * _OPEN), (_LAST - created) * 7 // 8)

    def _person(self, index: int) -> int:
        back = _REPEATS.get(index % _REPEATS_PERIOD, 0)
        return index - back if index >= back else index

    def _email(self, index: int) -> str:
        """Return the email of a lead's person, "" for none. No two people share the number in it."""
        tables, person = self.tables, self._person(index)
        number, odd = person + 1, _at(person, tables.odd_emails)
        if odd is not None:
            return f"{odd}{number}@example.com" if odd else ""
        first, last = _at(person, tables.email_first_names), _at(person, tables.email_last_names)
        return _at(person, self._emails).format(first=first, initial=first[0], last=last, number=number)

    def _phone(self, person: int) -> str:
        """Return the ten digits of a person's phone."""
        area = _at(person, self.tables.areas)
        if person < _FICTION_PEOPLE:
            return f"{area}55501{person * _PHONE_STEP % 100:02}"
        # (301) 001-0000, the number in examples, belongs to one lead only, 1003914.
        return f"{area}0{(person * _PHONE_STEP + _FIRST_LINE) % _LINES:06}"

    def _owners_of_phone(self, phone: str) -> Iterator[int]:
        """Yield the people whose phone is *phone*."""
        areas = self.tables.areas
        for place, area in enumerate(areas):
            if phone.startswith(area):
                yield from (person for person in range(place, self.count, len(areas)) if phone == self._phone(person))

    def _relative(self, person: int, which: frozenset[int], back: int) -> str:
        return self._phone(person - back) if person % _ALTERNATES in which and person >= back else ""

    def _created(self, index: int) -> int:
        """Return the moment at which a lead was created."""
        # Leads do not arrive at regular intervals: each falls somewhere in its own interval.
        return index * _LAST // self.count + ((index * 2_654_435_761 & 0xFFFF_FFFF) * (_LAST // self.count) >> 32)

    def _time(self, moment: int) -> str:
        """Return *moment* as the API writes it: ``YYYY-MM-DD HH:MM:SS``."""
        day, second = divmod(moment, _OPEN)
        minute, second = divmod(second + _OPENS, 60)
        return f"{self._days[day]} {minute // 60:02}:{minute % 60:02}:{second:02}"


def _at(index: int, values: Sequence[T]) -> T:
    return values[index % len(values)]


def _lay(rows: Rows, key: str, matches: Callable[[object], bool], mask: bytearray) -> None:
    """Set the bytes of *mask*, one for each index, where *rows*, which repeat along the indexes, have *key*."""
    for place, row in enumerate(rows):
        if key in row:
            mask[place :: len(rows)] = bytes([matches(row[key])]) * len(range(place, len(mask), len(rows)))
