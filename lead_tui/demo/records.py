"""The demo's other endpoints: calls and callbacks made up from a lead's last call, the do-not-call list, the account's names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from lead_tui.demo.account import AGENTS, IMPORTER, LISTS, STATUSES, SYSTEM, User
from lead_tui.leads.records import Section

_MAX_CALLS = 12
_CALLBACKS = ("CALLBK", "CB")
_NAMES = {status.code: status.name for status in STATUSES}
_OUTCOMES = ("NA", "AA", "N", "B", "A", "NA", "AM")
_TIME = "%Y-%m-%d %H:%M:%S"


def answer(endpoint: str, parameters: Mapping[str, str], lead: Mapping[str, object] | None) -> tuple[int, bytes]:
    """Return HTTP status and body for *endpoint*; *lead* is the one that *parameters* name."""
    match endpoint:
        case Section.CALLS:
            calls = [call for call in _calls(lead) if str(call["call_date"]) >= parameters.get("start_time", "")]
            return _found({"entries": len(calls), "total_found": str(len(calls)), "results": calls})
        case Section.CALLBACKS:
            return _found({"results": _callbacks(lead)})
        case Section.RECORDINGS:
            return _found({"entries": [recording for call in _calls(lead) for recording in call["recording"]]})
        case Section.DO_NOT_CALL:
            return _do_not_call(parameters.get("phone_number", ""))
        case Section.STATUSES:
            flags = [{"status": each.code, "name": each.name, "dnc": "Y" if "DNC" in each.code else "N"} for each in STATUSES]
            return _found(flags)
        case Section.LISTS:
            return _found([{"id": each.id, "name": each.name, "status": "Y", "last_called_at": None} for each in LISTS])
        case Section.USERS:
            users = {each.id: _user(each) for each in (*AGENTS, IMPORTER)}
            return _found({"offset": 0, "limit": "20", "total": str(len(users)), "results": users})
        case Section.CAMPAIGNS:
            # The days of a demo are this host's: it tells no time zone.
            campaigns = sorted({each.campaign for each in LISTS if each.campaign.uid})
            return _found([{"id": each.uid[-2:], "name": each.name, "status": "Y", "last_call_date": None} for each in campaigns])
    return 200, b'{"success":false,"code":403,"text":"Forbidden"}'


def _do_not_call(number: str) -> tuple[int, bytes]:
    """Every eighth number is listed."""
    if not number.isdigit() or int(number) % 8:
        return 200, b'{"success":false,"code":6003,"text":"Phone Number Not Found"}'
    entry = {"id": "1", "phone_number": number, "phone_code": "1", "campaign_id": "0", "insert_date": "2026-01-15"}
    return _found({"offset": 0, "limit": 10, "total": 1, "entries": [entry]})


def _user(user: User) -> dict[str, str]:
    first, _, last = user.name.partition(" ")
    return {"id": user.id, "first_name": first, "last_name": last, "email": f"{first.lower()}@example.com"}


def _found(data: object) -> tuple[int, bytes]:
    return 200, msgspec.json.encode({"success": True, "data": data})


def _calls(lead: Mapping[str, object] | None) -> list[dict[str, Any]]:
    """Return as many calls as the lead counts, the last one first: that one had the outcome that the lead has now."""
    last = _last_call(lead)
    if lead is None or last is None:
        return []
    number = int(str(lead["lead_id"]))
    calls = []
    for back in range(min(int(str(lead["called_count"] or 0)), _MAX_CALLS)):
        code = str(lead["status"]) if not back else _OUTCOMES[(number + back) % len(_OUTCOMES)]
        is_agents = not back and code not in ("NA", "AA", "N")
        user = AGENTS[number % len(AGENTS)] if is_agents else SYSTEM
        seconds = 20 + number * 7 % 400 if is_agents else 0
        when = last - timedelta(days=back * 2 + number % 2, minutes=back * 37) if back else last
        call_id = f"{number}{back:02}"
        recording = {
            "recording_id": call_id,
            "lead_id": str(number),
            "start_time": when.strftime(_TIME),
            "seconds": str(seconds),
            "url": f"https://recordings.example.invalid/{call_id}",
        }
        calls.append(
            {
                "id": call_id,
                "lead_id": str(number),
                "call_date": when.strftime(_TIME),
                "user": user.name,
                "user_id": user.id,
                "status": code,
                "status_name": _NAMES.get(code, code),
                "call_length": str(seconds),
                "agent_comment": "",
                "recording": [recording] if seconds else [],
            }
        )
    return calls


def _callbacks(lead: Mapping[str, object] | None) -> list[dict[str, str]]:
    last = _last_call(lead)
    if lead is None or last is None or lead["status"] not in _CALLBACKS:
        return []
    number = int(str(lead["lead_id"]))
    when = last + timedelta(days=1 + number % 3)
    user = AGENTS[number % len(AGENTS)].name
    return [{"callback_time": when.strftime(_TIME), "status": "LIVE", "user": user, "comments": "asked to be called again"}]


def _last_call(lead: Mapping[str, object] | None) -> datetime | None:
    try:
        return datetime.strptime(str((lead or {}).get("last_called")), _TIME)
    except ValueError:
        return None
