"""An invented lead: all its values, computed from its index; and from a phone, an email or an id back to the leads.

A lead belongs to a *person*, who is told by an index too. Most leads are their person's only one; some repeat an earlier person,
in another list and with another history, as accounts do. Names, phones and addresses are the person's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from lead_tui.demo import tables as dealt_tables
from lead_tui.demo.facets import Facet, dealt
from lead_tui.demo.numbers import email_number, local_number, people_with, person_of_email
from lead_tui.demo.oddities import NEVER
from lead_tui.demo.tables import FIRST_NAMES, LAST_NAMES, ODD_PEOPLE, PLACES, Tables
from lead_tui.demo.times import Clock

FIRST_ID = 1_000_001
"""The id of the lead of index 0."""

ROUND = 37
REPEATS: dict[int, int] = {31: 319, 34: 421, 36: 620}
"""Leads that repeat an earlier one's person, by residue of ``ROUND``, and how far back that is. The first and the last go back to
the same residue (8), so that three leads share a person; none goes back to one that repeats itself."""

# Of every 41 people, who has another phone, and whose: the line after their own, or the phone of one so many before.
_ALTERNATES = 41
_NEXT_LINE = frozenset({4, 11, 19, 22, 30, 36})
_KIN = frozenset({3, 9, 15, 27, 38})
_KIN_BACK = 7
_SECOND_KIN = frozenset({1, 8, 14, 20, 33})
_SECOND_KIN_BACK = 12

_EMAIL_KINDS = 43
_EMAILS: tuple[tuple[str, float], ...] = (
    ("", 14),
    ("{first}.{last}{number}@example.com", 52),
    ("{initial}{last}{number}@example.org", 16),
    ("{first}_{last}{number}@example.com", 10),
    ("{first}{number}@example.org", 8),
)

COMPUTED = frozenset({"lead_id", "email", "phone_number", "alt_phone_1", "alt_phone_2"})
"""Keys that no table tells and a filter may ask for: ``candidates`` finds their leads."""

_KEYS = (
    "id created_at modified_at first_name last_name email status owner_id source_id list_id locale_gmt "
    "called_since_last_reset phone_code phone_number alt_phone_2 postal_code alt_phone_1 called_count called_count_inbound "
    "state object_type created_by last_modified_by carrier_name carrier_type updated_at last_called gmt_offset_now lead_id "
    "address1 address2 city province country gender owner_uid owner_name last_modified_by_uid last_modified_by_name "
    "created_by_user_uid created_by_user_name directory_uid directory_name source_uid source_name campaign_uid "
    "campaign_name status_name date_of_birth user_id user_uid user_name is_contacted first_contacted_at notes"
)
_EMPTY: dict[str, object] = {**dict.fromkeys(_KEYS.split(), ""), "object_type": "LEAD"}
"""Every documented key in the order in which the API sends them."""


class InventedLeads:
    """*leads* leads as they are on *today*. Nothing is computed before it is asked for; fit to be used by several threads."""

    def __init__(self, leads: int, today: date) -> None:
        self.leads = leads
        self.today = today

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.leads, self.today)

    @cached_property
    def tables(self) -> Tables:
        return dealt_tables.tables(self.today)

    @cached_property
    def _emails(self) -> list[str]:
        return dealt("emails", _EMAIL_KINDS, _EMAILS)

    @property
    def facets_of_leads(self) -> tuple[Facet, ...]:
        """The facets of leads, the odd ones last."""
        return (*self.tables.of_leads, self.tables.odd)

    def person(self, index: int) -> int:
        """The person of the lead *index*."""
        back = REPEATS.get(index % ROUND, 0)
        return index - back if index >= back else index

    def leads_of(self, person: int) -> Iterator[int]:
        """The leads of *person*; none where that is no person's index."""
        for index in (person, *(person + back for back in REPEATS.values())):
            if 0 <= index < self.leads and self.person(index) == person:
                yield index

    def phone(self, person: int, further: int = 0) -> str:
        """The ten digits of *person*'s phone, *further* lines on."""
        return self.tables.areas[person % PLACES] + local_number(person, further)

    def email(self, person: int) -> str:
        """The email of *person*, "" without one. Its number is nobody else's."""
        tables = self.tables
        number = email_number(person)
        odd = tables.odd_parts.get(person % ODD_PEOPLE)
        if odd is not None:
            domain = "EXAMPLE.COM" if odd.isupper() else "example.com"
            return f"{odd}{number}@{domain}" if odd else ""
        first = tables.first_parts[person % FIRST_NAMES]
        last = tables.last_parts[person % LAST_NAMES]
        return self._emails[person % _EMAIL_KINDS].format(first=first, initial=first[0], last=last, number=number)

    def lead(self, index: int) -> dict[str, object]:
        """The lead *index*, as the API would send it: text by key, nested in a few odd attributes."""
        tables, clock = self.tables, self.clock
        person = self.person(index)
        lead = _EMPTY.copy()
        for rows, _, _ in tables.of_people:
            lead.update(rows[person % len(rows)])
        for rows, _, _ in tables.of_leads:
            lead.update(rows[index % len(rows)])
        lists = tables.of_leads[-1].taken
        for key in lists[index % len(lists)]:
            del lead[key]
        lead["id"] = lead["lead_id"] = str(FIRST_ID + index)
        lead["email"] = self.email(person)
        lead["phone_number"] = self.phone(person)
        alternate = person % _ALTERNATES
        if alternate in _NEXT_LINE:
            lead["alt_phone_1"] = self.phone(person, 1)
        elif alternate in _KIN and person >= _KIN_BACK:
            lead["alt_phone_1"] = self.phone(person - _KIN_BACK)
        if alternate in _SECOND_KIN and person >= _SECOND_KIN_BACK:
            lead["alt_phone_2"] = self.phone(person - _SECOND_KIN_BACK)
        created, updated = clock.moment(index), clock.moment(clock.rank(index))
        last_called = max(created, updated - 20 - index * 7919 % 240)
        lead["created_at"] = clock.text(created)
        lead["updated_at"] = lead["modified_at"] = clock.text(updated)
        lead["last_called"] = NEVER if lead["called_count"] == "0" else clock.text(last_called)
        lead["first_contacted_at"] = clock.text((created + last_called) // 2) if lead["is_contacted"] == "Y" else NEVER
        odd, _, taken = tables.odd
        lead.update(odd[index % len(odd)])
        for key in taken[index % len(odd)]:
            del lead[key]
        return lead

    def candidates(self, key: str, value: str) -> Iterator[int]:
        """Leads among which are all that have *value* in *key*, one of ``COMPUTED``. *value* is casefolded."""
        if key == "lead_id":
            index = int(value) - FIRST_ID if value.isascii() and value.isdigit() and len(value) <= 18 else -1
            yield from (index,) if 0 <= index < self.leads else ()
            return
        for person in self._people(key, value):
            yield from self.leads_of(person)

    def _people(self, key: str, value: str) -> Iterator[int]:
        if key == "email":
            person = person_of_email(value)
            yield from () if person is None else (person,)
            return
        if len(value) != 10 or not (value.isascii() and value.isdigit()):
            return
        if key == "phone_number":
            yield from people_with(value[3:], self.leads)
        elif key == "alt_phone_1":
            yield from people_with(value[3:], self.leads, 1)
            yield from (person + _KIN_BACK for person in people_with(value[3:], self.leads))
        elif key == "alt_phone_2":
            yield from (person + _SECOND_KIN_BACK for person in people_with(value[3:], self.leads))
