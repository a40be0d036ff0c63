"""The demo's other endpoints: a lead's calls and callbacks, made up from its last call, and the account's statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from lead_tui.demo.account import AGENTS, STATUSES, SYSTEM
from lead_tui.leads.records import Section

_MAX_CALLS = 12
_CALLBACKS = ("CALLBK", "CB")
_NAMES = {status.code: status.name for status in STATUSES}
_OUTCOMES = ("NA", "AA", "N", "B", "A", "NA", "AM")
_TIME = "%Y-%m-%d %H:%M:%S"


def answer(endpoint: str, lead: Mapping[str, object] | None, start: str) -> tuple[int, bytes]:
    """Return HTTP status and body for *endpoint*; *lead* is the one asked for, *start* the first time of calls."""
    match endpoint:
        case Section.CALLS:
            calls = [call for call in _calls(lead) if call["call_date"] >= start]
            return _found({"entries": len(calls), "total_found": str(len(calls)), "results": calls})
        case Section.CALLBACKS:
            return _found({"results": _callbacks(lead)})
        case Section.RECORDINGS:
            return _found({"entries": []})
        case Section.STATUSES:
            flags = [{"status": each.code, "name": each.name, "dnc": "Y" if "DNC" in each.code else "N"} for each in STATUSES]
            return _found(flags)
    return 200, b'{"success":false,"code":403,"text":"Forbidden"}'


def _found(data: object) -> tuple[int, bytes]:
    return 200, msgspec.json.encode({"success": True, "data": data})


def _calls(lead: Mapping[str, object] | None) -> list[dict[str, str]]:
    """Return as many calls as the lead counts, the last one first: that one had the outcome that the lead has now."""
    last, count = _last_call(lead), int(str((lead or {}).get("called_count") or 0))
    if lead is None or last is None:
        return []
    number = int(str(lead["lead_id"]))
    calls = []
    for back in range(min(count, _MAX_CALLS)):
        code = str(lead["status"]) if not back else _OUTCOMES[(number + back) % len(_OUTCOMES)]
        is_agents = not back and code not in ("NA", "AA", "N")
        who = AGENTS[number % len(AGENTS)] if is_agents else SYSTEM
        seconds = 20 + number * 7 % 400 if is_agents else 0
        when = last - timedelta(days=back * 2 + number % 2, minutes=back * 37) if back else last
        calls.append(
            {
                "id": f"{number}{back:02}",
                "lead_id": str(number),
                "call_date": when.strftime(_TIME),
                "user": who.name,
                "user_id": who.id,
                "status": code,
                "status_name": _NAMES.get(code, code),
                "call_length": str(seconds),
                "agent_comment": "",
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
