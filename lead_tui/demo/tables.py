"""The account's tables dealt out as facets: whose values belong together stand in one row.

Periods are 961 (31 times 31, so that a row knows its class of ``times``) and primes other than 31 and 37 (``invented.REPEATS``).
"""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from lead_tui.demo import account, attributes, oddities, people, places, times
from lead_tui.demo.facets import Facet, Row, dealt, dice, facet

FIRST_NAMES, LAST_NAMES, PLACES, ADDRESSES, BIRTHDAYS, CARRIERS, ODD_PEOPLE = 397, 409, 521, 701, 601, 113, 367
HISTORIES, LISTS, NOTES, ODD_RECORDS = times.CLASSES * times.CLASSES, 71, 149, 353


class Tables(NamedTuple):
    """Facets in the order in which they are laid over each other, and what phones and emails are made of."""

    of_people: tuple[Facet, ...]
    of_leads: tuple[Facet, ...]
    """The last one, of lists, takes away what a list's form does not ask for."""
    odd: Facet
    """Laid over everything, what is computed included."""
    areas: list[str]
    """Area codes, with the period ``PLACES``."""
    first_parts: list[str]
    last_parts: list[str]
    """Names as emails write them, with the periods ``FIRST_NAMES`` and ``LAST_NAMES``."""
    odd_parts: dict[int, str]
    """The part before the email's number, by residue of ``ODD_PEOPLE``."""


def tables(today: date) -> Tables:
    """The tables as they are on *today*: offsets, birthdays and the dates of attributes depend on it."""
    first_names = dealt("first", FIRST_NAMES, _first_names())
    last_names = dealt("last", LAST_NAMES, [(name.replace("De-La-", "De La "), 1) for name in people.LAST_NAMES.split()])
    place_rows, areas = _places(today)
    odd_people = _spread("odd people", ODD_PEOPLE, len(people.ODD_PEOPLE))
    of_people = (
        facet([{"first_name": name, "gender": gender} for name, gender in first_names]),
        facet([{"last_name": name} for name in last_names]),
        facet(place_rows),
        facet(_addresses()),
        facet(_birthdays(today)),
        facet([{"carrier_name": name, "carrier_type": kind} for name, kind in dealt("carrier", CARRIERS, account.CARRIERS)]),
        facet([people.ODD_PEOPLE[odd_people[residue]][0] if residue in odd_people else {} for residue in range(ODD_PEOPLE)]),
    )
    odd_records = _spread("odd records", ODD_RECORDS, len(oddities.ODD_RECORDS))
    of_leads = (
        facet(_histories()),
        facet(attributes.slot_rows(today)),
        facet(attributes.named_rows(today)),
        facet(attributes.auto_rows(today)),
        facet([{"notes": note} for note in dealt("notes", NOTES, attributes.NOTES)]),
        facet(_lists()),
    )
    return Tables(
        of_people=of_people,
        of_leads=of_leads,
        odd=facet([oddities.ODD_RECORDS[odd_records[residue]] if residue in odd_records else {} for residue in range(ODD_RECORDS)]),
        areas=areas,
        first_parts=[_folded(name) for name, _ in first_names],
        last_parts=[_folded(name) for name in last_names],
        odd_parts={residue: people.ODD_PEOPLE[number][1] for residue, number in odd_people.items()},
    )


def _spread(name: str, period: int, count: int) -> dict[int, int]:
    """*count* numbers at residues of *period* that lie apart, each in a stretch of its own; by residue."""
    edges = [number * period // count for number in range(count + 1)]
    chance = dice(name)
    return {chance.randrange((low + high) // 2, high): number for number, (low, high) in enumerate(pairwise(edges))}


def _folded(name: str) -> str:
    """*name* as an email writes it: ASCII letters only."""
    plain = unicodedata.normalize("NFKD", name.lower().translate({ord("ø"): "o", ord("ł"): "l", ord("đ"): "d"}))
    return "".join(character for character in plain if character.isascii() and character.isalpha())


def _first_names() -> list[tuple[tuple[str, str], float]]:
    blank = ("Dana", "Kim", "Robin")
    women = [((name, "F"), 1.0) for name in people.WOMEN.split()]
    men = [((name, "M"), 1.0) for name in people.MEN.split()]
    others = [((name, "U"), 1.0) for name in people.OTHERS.split()]
    return [*women, *men, *others, *(((name, ""), 3.0) for name in blank)]


def _places(today: date) -> tuple[list[Row], list[str]]:
    chance = dice("place")
    chosen = dealt("places", PLACES, [(place, place.weight) for place in places.places()])
    rows: list[Row] = []
    for place in chosen:
        locale, now = places.offsets(place.zone, today)
        rows.append(
            {
                "city": place.city,
                "state": place.state,
                "province": place.province,
                "country": place.country,
                "postal_code": chance.choice(place.postal),
                "phone_code": place.phone_code,
                "locale_gmt": locale,
                "gmt_offset_now": now,
            }
        )
    return rows, [chance.choice(place.areas) for place in chosen]


def _addresses() -> list[Row]:
    chance = dice("addresses")
    streets, lines = people.STREETS.split("|"), dealt("lines", ADDRESSES, people.SECOND_LINES)
    return [
        {
            "address1": f"{chance.choice((chance.randint(1, 99), chance.randint(100, 9999)))} {chance.choice(streets)}",
            "address2": line,
        }
        for line in lines
    ]


def _birthdays(today: date) -> list[Row]:
    chance = dice("birthdays")
    rows: list[Row] = []
    for _ in range(BIRTHDAYS):
        day = (today.replace(month=1, day=1) - timedelta(days=chance.randint(19 * 365, 88 * 365))).isoformat()
        rows.append({"date_of_birth": chance.choice(("", "", day, day, day, day, day, day, day, f"{day} 00:00:00"))})
    return rows


def _user(prefix: str, uid: str, name: str, user: account.User) -> dict[str, str]:
    return {prefix: user.id, uid: user.uid, name: user.name}


def _histories() -> list[Row]:
    """What happened to a lead: nothing in the classes that nobody touched, else calls that led to its status."""
    chance = dice("histories")
    statuses = iter(dealt("statuses", HISTORIES, [(status, status.weight) for status in account.STATUSES]))
    agents = dealt("agents", HISTORIES, [(agent, agent.weight) for agent in account.AGENTS])
    rows: list[Row] = []
    for residue in range(HISTORIES):
        called = residue % times.CLASSES not in times.UNTOUCHED
        status = next(statuses) if called else account.NEW
        agent = agents[residue]
        owner = agent if called and chance.random() < 0.7 else account.NOBODY
        user = agent if called and status.reached else account.SYSTEM
        calls = chance.randint(*status.calls)
        rows.append(
            {
                "status": status.code,
                "status_name": status.name,
                "called_count": str(calls),
                "called_count_inbound": str(int(called and chance.random() < 0.08)),
                "called_since_last_reset": "Y" if called and chance.random() < 0.6 else "N",
                "is_contacted": "Y" if status.reached else "N",
                **_user("owner_id", "owner_uid", "owner_name", owner),
                **_user("user_id", "user_uid", "user_name", user),
                **_user("last_modified_by", "last_modified_by_uid", "last_modified_by_name", user if called else account.NOBODY),
            }
        )
    return rows


def _lists() -> list[Row]:
    chance = dice("lists")
    rows: list[Row] = []
    for each in dealt("list", LISTS, [(each, each.weight) for each in account.LISTS]):
        source = each if chance.random() < 0.85 else account.LISTS[0]
        rows.append(
            {
                "list_id": each.id,
                "directory_uid": each.uid,
                "directory_name": each.name,
                "source_id": source.id,
                "source_uid": source.uid,
                "source_name": source.name,
                "campaign_uid": each.campaign.uid,
                "campaign_name": each.campaign.name,
                **_user("created_by", "created_by_user_uid", "created_by_user_name", each.creator),
                **attributes.hidden_by(each.form),
            }
        )
    return rows
