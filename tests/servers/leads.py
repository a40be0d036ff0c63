"""A small account of invented leads as an ``answer`` function: any number of them, made on request, quickly.

Lead *i* has the id ``1000000 + i`` and the phone ``301`` and *i* in seven digits, ``(301) 001-0000`` for lead 10,000. Everything
else repeats every ``PERIOD`` leads, so that any filter is answered by arithmetic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

Answer = Callable[[Mapping[str, str]], tuple[int, bytes]]
"""Maps the parameters of a request to the answer's status and body."""

PERIOD = 200
FIRST_ID = 1_000_000
MAX_LIMIT = 2_000

_FIRST_NAMES = ("Dana", "Luis", "Ana", "Ola", "Jane", "Priya", "Tom", "Wei", "Zoë", "Sam")
_LAST_NAMES = ("Okafor", "Moreno", "Stone", "Public")
_STATUSES = (
    ("NEW", "New Lead"),
    ("CB", "Requested Callback"),
    ("NI", "Not Interested"),
    ("NA", "No Answer AutoDial"),
    ("DNC", "Do NOT Call"),
)
_PLACES = (
    ("NY", "New York", "10013", "-5.00"),
    ("CA", "Los Angeles", "90012", "-7.00"),
    ("FL", "Miami", "33101", "-5.00"),
    ("OH", "Columbus", "43004", "-5.00"),
    ("TX", "Austin", "73301", "-6.00"),
    ("WA", "Seattle", "98101", "-7.00"),
    ("IL", "Chicago", "60601", "-6.00"),
    ("AZ", "Phoenix", "85001", "-7.00"),
)
_FIRST_DAY = date(2026, 1, 1)
_ID, _PHONE = "@@@@@@@", "##########"


def lead_id(index: int) -> str:
    """The id of lead *index*, from 0."""
    return str(FIRST_ID + index)


def phone(index: int) -> str:
    """The phone of lead *index*, from 0."""
    return f"301{index:07d}"


def refusal(code: int, text: str) -> tuple[int, bytes]:
    """An application error, with HTTP 200 as the real server sends it."""
    return 200, json.dumps({"success": False, "code": code, "text": text}).encode()


def page(leads: Sequence[object], *, total: object = None, offset: int = 0, limit: int = 10) -> tuple[int, bytes]:
    """Return an answer with *leads*, its numbers as text as documented; *total* is their number unless given."""
    found = str(len(leads)) if total is None else total
    return 200, json.dumps(
        {"success": True, "data": {"offset": str(offset), "limit": str(limit), "total": found, "entries": leads}}
    ).encode()


def account(count: int, *, token: str = "") -> Answer:
    """An account of *count* leads, which supports every filter on its fields. With *token*, any other token is rejected."""

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        asked = dict(parameters)
        if token and asked.get("auth_token") != token:
            return refusal(5001, "Auth token is invalid")
        asked.pop("auth_token", None)
        offset, limit = asked.pop("offset", "0"), asked.pop("limit", "10")
        if not limit.isdigit() or not 0 < int(limit) <= MAX_LIMIT:
            return refusal(7230, "Invalid limit value")
        if not offset.isdigit():
            return refusal(7231, "Invalid offset value")
        return 200, _page(count, asked, int(offset), int(limit))

    return answer


def prebuilt(count: int) -> Answer:
    """The same, for benchmarks: the leads are made once, 1.4 KB each, and a page of all leads is a slice of their bytes."""
    made = [_row(index).encode() for index in range(count)]
    starts = [0, *accumulate(len(row) + 1 for row in made)]
    rows, answer = memoryview(b",".join([*made, b""])), account(count)

    def slice_of(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        if not parameters.keys() <= {"auth_token", "offset", "limit"}:
            return answer(parameters)
        offset, limit = int(parameters["offset"]), int(parameters["limit"])
        first, last = (starts[min(place, count)] for place in (offset, offset + limit))
        return 200, b"".join((_head(offset, limit, count), rows[first : max(first, last - 1)], b"]}}"))

    return slice_of


def _page(count: int, filters: dict[str, str], offset: int, limit: int) -> bytes:
    picked = _picked(filters.pop("lead_id", ""), filters.pop("phone_number", ""), count)
    residues = [residue for residue in range(PERIOD) if _matches(residue, filters)]
    if picked is not None:
        found: Sequence[int] = [index for index in picked if index % PERIOD in residues]
        total, shown = len(found), found[offset : offset + limit]
    else:
        whole, rest = divmod(count, PERIOD)
        total = whole * len(residues) + sum(residue < rest for residue in residues)
        shown = [
            place // len(residues) * PERIOD + residues[place % len(residues)] for place in range(offset, min(total, offset + limit))
        ]
    return b"%b%b]}}" % (_head(offset, limit, total), ",".join(map(_row, shown)).encode())


def _head(offset: int, limit: int, total: int) -> bytes:
    return f'{{"success":true,"data":{{"offset":"{offset}","limit":"{limit}","total":"{total}","entries":['.encode()


def _row(index: int) -> str:
    return _template(index % PERIOD).replace(_ID, lead_id(index)).replace(_PHONE, phone(index))


def _picked(ids: str, number: str, count: int) -> list[int] | None:
    """Return the leads requested by id or phone, in order; None if neither is requested."""
    if not ids and not number:
        return None
    indexes = {int(each) - FIRST_ID for each in ids.split(",") if each.isdigit()}
    if number:
        one = {int(number[3:])} if number.startswith("301") and number.isdigit() and len(number) == 10 else set()
        indexes = indexes & one if ids else one
    return sorted(index for index in indexes if 0 <= index < count)


def _matches(residue: int, filters: Mapping[str, str]) -> bool:
    lead = _lead(residue)
    for name, value in filters.items():
        for end, holds in (("_start_date", str.__ge__), ("_end_date", str.__le__)):
            if name.endswith(end):
                if not holds(str(lead.get(name.removesuffix(end), ""))[:10], value[:10]):
                    return False
                break
        else:
            if str(lead.get(name, "")).lower() != value.lower():
                return False
    return True


@cache
def _template(residue: int) -> str:
    return json.dumps(_lead(residue))


@cache
def _lead(residue: int) -> dict[str, str]:
    status, status_name = _STATUSES[residue % 5]
    state, city, postal_code, offset = _PLACES[residue % 8]
    first, last = _FIRST_NAMES[residue % 10], _LAST_NAMES[residue // 10 % 4]
    created = f"{_FIRST_DAY + timedelta(days=residue)} 09:14:05"
    updated = f"{_FIRST_DAY + timedelta(days=residue + 7)} 16:40:12"
    return {
        "id": _ID,
        "created_at": created,
        "modified_at": updated,
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}@example.com".lower() if residue % 3 else "",
        "status": status,
        "owner_id": "0",
        "source_id": "4107",
        "list_id": "4107",
        "locale_gmt": offset,
        "called_since_last_reset": "N",
        "phone_code": "1",
        "phone_number": _PHONE,
        "alt_phone_2": "",
        "postal_code": postal_code,
        "alt_phone_1": "",
        "called_count": str(residue % 7),
        "called_count_inbound": "0",
        "state": state,
        "object_type": "LEAD",
        "created_by": "0",
        "last_modified_by": "0",
        "carrier_name": "EXAMPLE WIRELESS",
        "carrier_type": "mobile",
        "updated_at": updated,
        "last_called": "0000-00-00 00:00:00",
        "gmt_offset_now": offset,
        "lead_id": _ID,
        "address1": f"{residue} Sample St",
        "address2": "",
        "city": city,
        "province": "",
        "country": "US",
        "gender": "FMU"[residue % 3],
        "owner_uid": "",
        "owner_name": "",
        "last_modified_by_uid": "",
        "last_modified_by_name": "",
        "created_by_user_uid": "",
        "created_by_user_name": "",
        "directory_uid": "list-4107",
        "directory_name": "Spring Web Leads",
        "source_uid": "list-4107",
        "source_name": "Spring Web Leads",
        "campaign_uid": "camp-12",
        "campaign_name": "Main Outbound",
        "status_name": status_name,
        "plan_sold": ("Gold PPO", "HMO Silver", "")[residue % 3],
        "member_id": f"QX-{residue:04d}",
        "household_income": f"{residue * 500}.00",
        "currently_insured": "",
        "publisher_name": f"web-{residue % 20}",
        "field_3": f"tier-{residue % 4}",
        "field_84": "0.00",
        "notes": "Called after 5pm\nask for Sam" if residue % 4 == 0 else "",
    }
