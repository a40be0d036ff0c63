"""The tables that repeat along the demo's leads: the lead, or person, of index *i* has the row ``i % len(rows)`` of each.

Values that belong together are in one row. No two lengths share a divisor (they are 961 and primes), nor do they with the
repeats of people (37), which makes the values of different tables look independent.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from lead_tui.demo import account
from lead_tui.leads.local_time import HOST, STATES

T = TypeVar("T")

Row = Mapping[str, object]  # values by key; None removes the key from the lead

Rows = Sequence[Row]

DELAYS: Final = (
    *(0, 3.4, 8.7, 0, 1.3, 40.2, 0, 0.1, 5.6, 2.3, 0, 20.5, 1.7, 0.5, 0, 60.4),
    *(12.3, 7.2, 0, 0.2, 3.8, 30.6, 0, 2.6, 10.1, 0.05, 5.3, 0, 25.7, 14.2, 0.8),
)
"""Days between a lead's creation and its last update, by index modulo 31; 0 for leads that were never called."""

_HISTORIES: Final = len(DELAYS) ** 2


class Tables:
    """All tables as of *today*, on which offsets, birthdays and the dates of attributes depend."""

    def __init__(self, today: date) -> None:
        places = deal("places", 521, [(city, city.weight) for city in account.CITIES])
        chance = _random("place")
        statuses = iter(deal("statuses", _HISTORIES, [(status, status.weight) for status in account.STATUSES]))
        agents = deal("agents", _HISTORIES, [(agent, agent.weight) for agent in account.AGENTS])
        not_called = account.NEW, account.NO_USER
        calls = [(next(statuses), agent) if DELAYS[place % len(DELAYS)] else not_called for place, agent in enumerate(agents)]
        grades = zip(deal("solidity", 263, account.SOLIDITY), deal("grades", 263, account.GRADES), strict=True)
        self.of_people: list[Rows] = [
            [{"first_name": name, "gender": gender} for name, gender in deal("first", 397, account.FIRST_NAMES)],
            [{"last_name": name} for name in deal("last", 409, account.LAST_NAMES)],
            [_place(chance, city, today) for city in places],
            _rows("addresses", deal("lines", 701, account.SECOND_LINES), _address),
            _rows("birthdays", [today] * 601, _birthday),
            [{"carrier_name": name, "carrier_type": kind} for name, kind in deal("carrier", 113, account.CARRIERS)],
            _spread(367, account.ODD_PEOPLE),
        ]
        """Applied in this order."""
        self.of_leads: list[Rows] = [
            _rows("histories", calls, _history),
            _rows("slots", grades, lambda chance, values: _slots(chance, *values, today)),
            _rows("names", deal("plans", 307, account.PLANS), lambda chance, plan: _named_attributes(chance, plan, today)),
            [{"notes": note} for note in deal("notes", 149, account.NOTES)],
            _rows("lists", deal("list", 71, [(each, each.weight) for each in account.LISTS]), _list),
        ]
        """Applied after those of people."""
        self.odd = _spread(353, account.ODD_RECORDS)
        """Applied after everything, including computed values."""
        self.areas = [chance.choice(city.areas) for city in places]  # area codes, by person


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


def _spread(period: int, rows: Rows) -> Rows:
    """Return *period* rows: *rows* at regular intervals, and empty ones between them."""
    spread: list[Row] = [{}] * period
    for number, row in enumerate(rows):
        spread[(2 * number + 1) * period // (2 * len(rows))] = row
    return spread


# People


def _place(chance: random.Random, city: account.City, today: date) -> Row:
    zone = STATES[city.state].zones[0] if city.state else "Asia/Kolkata"
    days = today.replace(month=1, day=1), today
    usual, now = (HOST.offset(zone, datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) or 0 for day in days)
    return {
        **{key: getattr(city, key) for key in ("city", "state", "province", "country", "phone_code")},
        "postal_code": chance.choice(city.postal),
        "locale_gmt": f"{usual / 60:.2f}",
        "gmt_offset_now": f"{now / 60:.2f}",
    }


def _address(chance: random.Random, second_line: str) -> Row:
    return {"address1": f"{chance.randint(1, 9999)} {chance.choice(account.STREETS)}", "address2": second_line}


def _birthday(chance: random.Random, today: date) -> Row:
    day = (today.replace(month=1, day=1) - timedelta(days=chance.randint(19 * 365, 88 * 365))).isoformat()
    return {"date_of_birth": chance.choice(("", "", *[day] * 7, f"{day} 00:00:00"))}


# What happened to leads, and what a list says of them


def _history(chance: random.Random, call: tuple[account.CallStatus, account.User]) -> Row:
    status, agent = call
    is_called = status is not account.NEW
    owner = agent if is_called and chance.random() < 0.7 else account.NO_USER
    user = agent if status.reached else account.SYSTEM
    return {
        "status": status.code,
        "status_name": status.name,
        "called_count": str(chance.randint(*status.calls)),
        "called_count_inbound": str(int(is_called and chance.random() < 0.08)),
        "called_since_last_reset": "Y" if is_called and chance.random() < 0.6 else "N",
        "is_contacted": "Y" if status.reached else "N",
        **_user("owner_id", "owner_uid", "owner_name", owner),
        **_user("user_id", "user_uid", "user_name", user),
        **_user("last_modified_by", "last_modified_by_uid", "last_modified_by_name", user if is_called else account.NO_USER),
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
        **{key: None for key in account.ATTRIBUTES if key not in each.attributes},
    }


# Custom attributes


def _slots(chance: random.Random, solidity: str, grade: str, today: date) -> Row:
    return {
        "field_1": chance.choice(("Gold", "Silver", "Bronze")),
        "field_2": solidity,
        "field_3": grade,
        "field_11": (today + timedelta(days=chance.randint(-200, 90))).isoformat() if chance.random() > 0.2 else "0000-00-00",
        "field_84": f"{chance.randint(0, 90_000) / 100:.2f}" if chance.random() > 0.4 else "0.00",
        "field_101": chance.choice(account.REMARKS) if chance.random() > 0.5 else "",
    }


def _named_attributes(chance: random.Random, plan: str, today: date) -> Row:
    day = today - timedelta(days=chance.randint(1, 60))
    return {
        "member_id": f"{chance.randint(10_000_000, 99_999_999)}" if chance.random() > 0.5 else "",
        "policy_number": f"QX-{chance.randint(1, 9999):04}" if chance.random() > 0.4 else "",
        "plan_sold": plan,
        "household_income": f"{chance.randint(18, 160) * 500}.00" if chance.random() > 0.25 else "0.00",
        "carrier_and_plan_1": f"{chance.choice(account.INSURERS)} / {plan}" if plan not in ("", "null") else "",
        "preferred_language": chance.choice(("English", "English", "English", "Español", "中文", "Tiếng Việt", "")),
        "std_company_name": chance.choice(account.COMPANIES) if chance.random() > 0.6 else "",
        "publisher_name": chance.choice(account.PUBLISHERS),
        "last_viewed": f"{day} {chance.randint(8, 20):02}:{chance.randint(0, 59):02}:00",
    }
