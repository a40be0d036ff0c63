"""The tables that repeat along the demo's leads: the lead of index *i* has the row ``i % len(rows)`` of each.

Values that belong together are in one row. The lengths are primes, which makes the values of different tables look independent.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from lead_tui.demo import account
from lead_tui.leads.fields import IDENTITIES
from lead_tui.leads.local_time import HOST, STATES

Row = Mapping[str, object]  # values by key; None removes the key from the lead

Rows = Sequence[Row]

_SEED: Final = 66_067_989  # with it, the first leads have the numbers in README


class Tables:
    """All tables as of *today*, on which offsets, birthdays and the dates of attributes depend."""

    def __init__(self, today: date) -> None:
        chance = random.Random(_SEED)  # sample data is no secret
        places = chance.choices(account.CITIES, k=521)
        values = {city: _place(city, today) for city in account.CITIES}
        self.areas = [chance.choice(city.areas.split(",")) for city in places]  # area codes
        names = [(name, gender) for gender, names in account.NAMES_BY_GENDER.items() for name in names.split()]
        calls = chance.choices(account.STATUSES, [status.weight for status in account.STATUSES], k=953)
        self.delays = [status.calls and status.calls + chance.expovariate(0.1) for status in calls]
        """Days between a lead's creation and its last update; 0 for leads that were never called."""
        self.rows: list[Rows] = [
            [{"first_name": name, "gender": gender} for name, gender in chance.choices(names, k=397)],
            [{"last_name": name} for name in chance.choices(account.LAST_NAMES.split(), k=409)],
            [values[city] for city in places],
            [_address(chance) for _ in range(701)],
            [_birthday(chance, today) for _ in range(601)],
            [{"carrier_name": name, "carrier_type": kind} for name, kind in chance.choices(account.CARRIERS, k=113)],
            [_history(chance, status) for status in calls],
            [_slots(chance, today) for _ in range(263)],
            [_named_attributes(chance, today) for _ in range(307)],
            [{"notes": note} for note in chance.choices(account.NOTES, k=149)],
            [_list(chance.choice(account.LISTS)) for _ in range(71)],
        ]
        """Applied in this order."""
        self.odd: list[Row] = [{}] * 353
        """Applied after everything, including computed values."""
        for number, row in enumerate(account.ODD_RECORDS):
            self.odd[(number + 1) * len(self.odd) // len(account.ODD_RECORDS) - 1] = row


def _place(city: account.City, today: date) -> Row:
    zone = STATES[city.state].zones[0] if city.state else "Asia/Kolkata"
    days = today.replace(month=1, day=1), today
    usual, now = (HOST.offset(zone, datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) or 0 for day in days)
    values = {key: value for key, value in city._asdict().items() if key != "areas"}
    return {**values, "locale_gmt": f"{usual / 60:.2f}", "gmt_offset_now": f"{now / 60:.2f}"}


def _address(chance: random.Random) -> Row:
    street = f"{chance.randint(1, 9999)} {chance.choice(account.STREETS)}"
    return {"address1": street, "address2": chance.choice(account.SECOND_LINES)}


def _birthday(chance: random.Random, today: date) -> Row:
    day = (today.replace(month=1, day=1) - timedelta(days=chance.randint(19 * 365, 88 * 365))).isoformat()
    return {"date_of_birth": chance.choice(("", "", *[day] * 7, f"{day} 00:00:00"))}


def _history(chance: random.Random, status: account.CallStatus) -> Row:
    is_called, agent = status.calls > 0, chance.choice(account.AGENTS)
    owner = agent if is_called and chance.random() < 0.7 else account.NO_USER
    user = agent if status.reached else account.SYSTEM
    return {
        "status": status.code,
        "status_name": status.name,
        "called_count": str(chance.randint(1, status.calls) if is_called else 0),
        "called_count_inbound": str(int(is_called and chance.random() < 0.08)),
        "called_since_last_reset": "Y" if is_called and chance.random() < 0.6 else "N",
        "is_contacted": "Y" if status.reached else "N",
        **_user("owner_id", owner),
        **_user("user_id", user),
        **_user("last_modified_by", user if is_called else account.NO_USER),
    }


def _user(key: str, user: account.User) -> dict[str, str]:
    _, name, uid = next(each for each in IDENTITIES if each[0] == key)
    return {key: user.id, name: user.name, uid: f"demo-user-{user.id}" if user != account.NO_USER else ""}


def _list(each: account.LeadList) -> Row:
    return {
        **dict.fromkeys(("list_id", "source_id"), each.id),
        **dict.fromkeys(("directory_name", "source_name"), each.name),
        **dict.fromkeys(("directory_uid", "source_uid"), f"demo-list-{each.id}"),
        "campaign_uid": each.campaign and f"demo-campaign-{each.campaign}",
        "campaign_name": account.CAMPAIGNS.get(each.campaign, ""),
        **_user("created_by", each.creator),
        **dict.fromkeys(set(account.ATTRIBUTES).difference(each.attributes)),
    }


def _slots(chance: random.Random, today: date) -> Row:
    return {
        "field_1": chance.choice(("Gold", "Silver", "Bronze")),
        "field_2": chance.choice(account.SOLIDITY),
        "field_3": chance.choice(account.GRADES),
        "field_11": (today + timedelta(days=chance.randint(-200, 90))).isoformat() if chance.random() > 0.2 else "0000-00-00",
        "field_84": f"{chance.randint(0, 90_000) / 100:.2f}" if chance.random() > 0.4 else "0.00",
        "field_101": chance.choice(account.REMARKS),
    }


def _named_attributes(chance: random.Random, today: date) -> Row:
    plan = chance.choice(account.PLANS)
    day = today - timedelta(days=chance.randint(1, 60))
    return {
        "member_id": f"{chance.randint(10_000_000, 99_999_999)}" if chance.random() > 0.5 else "",
        "policy_number": f"QX-{chance.randint(1, 9999):04}" if chance.random() > 0.4 else "",
        "plan_sold": plan,
        "household_income": f"{chance.randint(18, 160) * 500}.00" if chance.random() > 0.25 else "0.00",
        "carrier_and_plan_1": f"{chance.choice(account.INSURERS)} / {plan}" if plan else "",
        "preferred_language": chance.choice(("English", "English", "English", "Español", "中文", "Tiếng Việt", "")),
        "std_company_name": chance.choice(account.COMPANIES),
        "publisher_name": chance.choice(account.PUBLISHERS),
        "last_viewed": f"{day} {chance.randint(8, 20):02}:{chance.randint(0, 59):02}:00",
    }
