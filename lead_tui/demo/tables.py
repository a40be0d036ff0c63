"""The tables that repeat along the demo's leads: the lead, or person, of index *i* has the row ``i % len(rows)`` of each.

Values that belong together are in one row. No two lengths share a divisor (they are 961 and primes), nor do they with the
repeats of people (37), which makes the values of different tables look independent.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Final, TypeVar

from lead_tui.demo import account
from lead_tui.leads.fields import is_custom

T = TypeVar("T")

Row = Mapping[str, object]  # values by key; None removes the key from the lead

Rows = Sequence[Row]

CLASSES: Final = 31
DELAYS: Final = (
    *(0, 3.4, 8.7, 0, 1.3, 40.2, 0, 0.1, 5.6, 2.3, 0, 20.5, 1.7, 0.5, 0, 60.4),
    *(12.3, 7.2, 0, 0.2, 3.8, 30.6, 0, 2.6, 10.1, 0.05, 5.3, 0, 25.7, 14.2, 0.8),
)
"""Days between a lead's creation and its last update, by index modulo ``CLASSES``; 0 for leads that were never called."""

_WINTER_OFFSETS = (
    "eastern -5|central -6|mountain -7|arizona -7|pacific -8|alaska -9|hawaii -10|puerto rico -4|atlantic -4|"
    "newfoundland -3.5|manitoba -6|alberta -7|british columbia -8|india 5.5"
)
_ZONES = dict(account.weighted(_WINTER_OFFSETS))  # hours from UTC in winter
_WITHOUT_SUMMER_TIME = ("arizona", "hawaii", "puerto rico", "india")
_WITHOUT_WINTER_TIME, _LAST_CHANGE = ("manitoba", "alberta", "british columbia"), date(2026, 11, 1)
"""Zones whose clocks no longer fall back, and since when."""

_SPENDING: Final = "what_are_you_spending_with_that_carrier"
_HISTORIES: Final = CLASSES * CLASSES


class Tables:
    """All tables as of *today*, on which offsets, birthdays and the dates of attributes depend."""

    def __init__(self, today: date) -> None:
        first_names = deal("first", 397, account.FIRST_NAMES)
        last_names = deal("last", 409, account.LAST_NAMES)
        places = deal("places", 521, [(city, city.weight) for city in cities()])
        chance = _random("place")
        city_rows = [_city(chance, city, today) for city in places]
        odd_people = _spread(367, account.ODD_PEOPLE, ({}, None))
        self.of_people: list[Rows] = [
            [{"first_name": name, "gender": gender} for name, gender in first_names],
            [{"last_name": name} for name in last_names],
            city_rows,
            _rows("addresses", deal("lines", 701, account.SECOND_LINES), _address),
            _rows("birthdays", [today] * 601, _birthday),
            [{"carrier_name": name, "carrier_type": kind} for name, kind in deal("carrier", 113, account.CARRIERS)],
            [row for row, _ in odd_people],
        ]
        """Applied in this order."""
        slots = zip(deal("solidity", 263, account.SOLIDITY), deal("grades", 263, account.GRADES), strict=True)
        self.of_leads: list[Rows] = [
            _histories(),
            _rows("slots", slots, lambda chance, values: _slots(chance, values, today)),
            _rows("names", deal("plans", 307, account.PLANS), lambda chance, plan: _named_attributes(chance, plan, today)),
            [{"notes": note} for note in deal("notes", 149, account.NOTES)],
            _rows("lists", deal("list", 71, [(each, each.weight) for each in account.LISTS]), _list),
        ]
        """Applied after those of people."""
        self.odd: Rows = _spread(353, account.ODD_RECORDS, {})
        """Applied after everything, including computed values."""
        self.areas = [chance.choice(city.areas) for city in places]  # area codes, by person
        self.email_first_names = [_email_name(name) for name, _ in first_names]
        self.email_last_names = list(map(_email_name, last_names))
        self.odd_emails = [email for _, email in odd_people]
        """The part before an email's number, by person; None for ordinary people."""

    @cached_property
    def custom_keys(self) -> set[str]:
        return {key for rows in (*self.of_people, *self.of_leads, self.odd) for row in rows for key in row if is_custom(key)}


def deal(name: str, period: int, weighted: Sequence[tuple[T, float]]) -> list[T]:
    """Return *period* values, shuffled: each as often as its weight says, and at least once."""
    chance = _random(name)
    whole = sum(weight for _, weight in weighted)
    shares = [weight * period / whole for _, weight in weighted]
    counts = [max(1, int(share)) for share in shares]
    # What rounding left over goes to those that lost most by it, in random order if several lost the same.
    losers = chance.sample(range(len(shares)), len(shares))
    losers.sort(key=lambda each: counts[each] - shares[each])
    for each in losers[: period - sum(counts)]:
        counts[each] += 1
    values = [value for (value, _), count in zip(weighted, counts, strict=True) for _ in range(count)]
    chance.shuffle(values)
    return values


def _random(name: str) -> random.Random:
    return random.Random(f"lead-tui {name}")  # sample data is no secret


def _rows(name: str, values: Iterable[T], make: Callable[[random.Random, T], Row]) -> Rows:
    chance = _random(name)
    return [make(chance, value) for value in values]


def _spread(period: int, items: Sequence[T], otherwise: T) -> list[T]:
    """Return a list of length *period* with *items* at regular intervals, and *otherwise* between them."""
    spread = [otherwise] * period
    for number, item in enumerate(items):
        spread[(2 * number + 1) * period // (2 * len(items))] = item
    return spread


def _email_name(name: str) -> str:
    """Return the ASCII letters of *name*, for emails."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(str.maketrans("øłđ", "old")))
    return "".join(character for character in plain if character.isascii() and character.isalpha())


# People


def _city(chance: random.Random, city: account.City, today: date) -> Row:
    usual, now = offsets(city.zone, today)
    return {
        **{key: getattr(city, key) for key in ("city", "state", "province", "country", "phone_code")},
        "postal_code": chance.choice(city.postal),
        "locale_gmt": usual,
        "gmt_offset_now": now,
    }


def cities() -> list[account.City]:
    found = []
    for zone, lines in account.USA.items():
        for line in lines.split("|"):
            city, state, postal, areas, weight = line.rsplit(" ", 4)
            first, _, count = postal.partition("+")
            codes = tuple(f"{int(first) + step:05}" for step in range(int(count)))
            found.append(account.City(city, state, "", "US", "1", codes, tuple(areas.split(",")), zone, float(weight)))
    return [*found, *account.ABROAD]


def offsets(zone: str, day: date) -> tuple[str, str]:
    """``locale_gmt`` and ``gmt_offset_now`` of *zone* on *day*: ``-8.00`` and ``-7.00``."""
    usual = _ZONES[zone] + (zone in _WITHOUT_WINTER_TIME and day >= _LAST_CHANGE)
    has_summer_time = usual == _ZONES[zone] and zone not in _WITHOUT_SUMMER_TIME
    is_summer = _sunday_from(date(day.year, 3, 8)) <= day < _sunday_from(date(day.year, 11, 1))
    return f"{usual:.2f}", f"{usual + (has_summer_time and is_summer):.2f}"


def _sunday_from(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _address(chance: random.Random, second_line: str) -> Row:
    number = chance.choice((chance.randint(1, 99), chance.randint(100, 9999)))
    return {"address1": f"{number} {chance.choice(account.STREETS)}", "address2": second_line}


def _birthday(chance: random.Random, today: date) -> Row:
    day = (today.replace(month=1, day=1) - timedelta(days=chance.randint(19 * 365, 88 * 365))).isoformat()
    return {"date_of_birth": chance.choice(("", "", *[day] * 7, f"{day} 00:00:00"))}


# What happened to leads, and what a list says of them


def _histories() -> Rows:
    """Return rows of calls that led to the status, or of none where there is no delay."""
    statuses = iter(deal("statuses", _HISTORIES, [(status, status.weight) for status in account.STATUSES]))
    agents = deal("agents", _HISTORIES, [(agent, agent.weight) for agent in account.AGENTS])
    calls = ((next(statuses), agent) if DELAYS[place % CLASSES] else None for place, agent in enumerate(agents))
    return _rows("histories", calls, _history)


def _history(chance: random.Random, calls: tuple[account.CallStatus, account.User] | None) -> Row:
    status, agent = calls or (account.NEW, account.NO_USER)
    owner = agent if calls and chance.random() < 0.7 else account.NO_USER
    user = agent if calls and status.reached else account.SYSTEM
    return {
        "status": status.code,
        "status_name": status.name,
        "called_count": str(chance.randint(*status.calls)),
        "called_count_inbound": str(int(calls is not None and chance.random() < 0.08)),
        "called_since_last_reset": "Y" if calls and chance.random() < 0.6 else "N",
        "is_contacted": "Y" if status.reached else "N",
        **_user("owner_id", "owner_uid", "owner_name", owner),
        **_user("user_id", "user_uid", "user_name", user),
        **_user("last_modified_by", "last_modified_by_uid", "last_modified_by_name", user if calls else account.NO_USER),
    }


def _user(user_id: str, uid: str, name: str, user: account.User) -> dict[str, str]:
    return {user_id: user.id, uid: user.uid, name: user.name}


def _list(chance: random.Random, each: account.LeadList) -> Row:
    source = each if chance.random() < 0.85 else account.LISTS[0]
    return {
        **{"list_id": each.id, "directory_uid": each.uid, "directory_name": each.name},
        **{"source_id": source.id, "source_uid": source.uid, "source_name": source.name},
        "campaign_uid": each.campaign and f"demo-campaign-{each.campaign}",
        "campaign_name": account.CAMPAIGNS.get(each.campaign, ""),
        **_user("created_by", "created_by_user_uid", "created_by_user_name", each.creator),
        **{key: None for key in account.ATTRIBUTES if key not in account.FORMS[each.form]},
    }


# Custom attributes


def _some(chance: random.Random, values: Sequence[str], blank: float) -> str:
    return "" if chance.random() < blank else chance.choice(values)


def _day(chance: random.Random, today: date, first: int, last: int) -> str:
    return (today + timedelta(days=chance.randint(first, last))).isoformat()


def _slots(chance: random.Random, values: tuple[str, str], today: date) -> Row:
    solidity, grade = values
    return {
        "field_1": chance.choice(("Gold", "Silver", "Bronze")),
        "field_2": solidity,
        "field_3": grade,
        "field_11": _day(chance, today, -200, 90) if chance.random() > 0.2 else "0000-00-00",
        "field_84": f"{chance.randint(0, 90_000) / 100:.2f}" if chance.random() > 0.4 else "0.00",
        "field_101": _some(chance, account.REMARKS, 0.5),
    }


def _named_attributes(chance: random.Random, plan: str, today: date) -> Row:
    insured = chance.choice(("Yes", "No", ""))
    has_plan = insured == "Yes"
    return {
        "member_id": f"{chance.randint(10_000_000, 99_999_999)}" if chance.random() > 0.5 else "",
        "policy_number": f"QX-{chance.randint(1, 9999):04}" if chance.random() > 0.4 else "",
        "plan_sold": plan,
        "household_income": f"{chance.randint(18, 160) * 500}.00" if chance.random() > 0.25 else "0.00",
        "currently_insured": insured,
        "carrier_and_plan_1": f"{chance.choice(account.INSURERS)} / {chance.choice(account.PLANS[1:-1])[0]}" if has_plan else "",
        _SPENDING: f"{chance.randint(80, 900)}.{chance.choice(('00', '25', '50'))}" if has_plan else "",
        "preferred_language": chance.choice(("English", "English", "English", "Español", "中文", "Tiếng Việt", "")),
        "std_company_name": _some(chance, account.COMPANIES, 0.6),
        "publisher_name": chance.choice(account.PUBLISHERS),
        "last_viewed": f"{_day(chance, today, -60, -1)} {chance.randint(8, 20):02}:{chance.randint(0, 59):02}:00",
    }
