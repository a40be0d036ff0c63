"""Small accounts whose leads once caused errors, as ``answer`` functions that filter exactly, as the strictest server would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tests.servers.leads import Answer, page

BASE: Final = {"status": "NEW", "status_name": "New Lead", "phone_code": "1", "state": "CA", "country": "US"}

PHONES: Final = (
    {"first_name": "Ann", "last_name": "Plain", "phone_number": "3015550123"},
    {"first_name": "Bea", "last_name": "Alt", "phone_number": "3015550100", "alt_phone_1": "3015550124"},
    {"first_name": "Cyn", "last_name": "London", "phone_number": "2079460018", "phone_code": "44"},
    {"first_name": "Dov", "last_name": "LondonWhole", "phone_number": "442079460019", "phone_code": "44"},
    {"first_name": "Eli", "last_name": "WithOne", "phone_number": "13015550125"},
    {"first_name": "Fay", "last_name": "Berlin", "phone_number": "3012345678", "phone_code": "49"},
    {"first_name": "Gus", "last_name": "Zero", "phone_number": "02079460020", "phone_code": "44"},
    {"first_name": "Hal", "last_name": "Maine", "phone_number": "2079460018"},
)

NAMES: Final = (
    {"first_name": "Jane", "last_name": "O'Brien", "email": "jane@example.com"},
    {"first_name": "Jos\u00e9", "last_name": "N\u00fa\u00f1ez", "email": "Jose.Nunez@Example.com"},
    {"first_name": "Anna", "last_name": "van der Berg", "state": "NSW", "gender": "X", "postal_code": "02134"},
    {"first_name": "Madonna", "last_name": "", "state": "Greater London", "country": "GB"},
)


def case(leads: Sequence[Mapping[str, str]]) -> Answer:
    """Return the answer of an account with *leads*, whose ids are 1000 plus the index."""
    whole = [{"lead_id": str(1000 + index), **BASE, **lead} for index, lead in enumerate(leads)]

    def matches(lead: Mapping[str, str], name: str, value: str) -> bool:
        held = lead.get(name, "").lower()
        return held in value.lower().split(",") if name in ("lead_id", "list_id") else held == value.lower()

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        sent = {name: value for name, value in parameters.items() if name not in ("offset", "limit", "auth_token")}
        offset, limit = int(parameters.get("offset", "0")), int(parameters.get("limit", "10"))
        found = [lead for lead in whole if all(matches(lead, name, value) for name, value in sent.items())]
        return page(found[offset : offset + limit], total=len(found), offset=offset, limit=limit)

    return answer
