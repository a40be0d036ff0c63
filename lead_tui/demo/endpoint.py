"""The demo account: answers requests as Convoso does, from leads that are computed on request.

A search matches text exactly except for case and surrounding blanks, as MySQL's usual collations do; a date of
birth is compared by its day. ``lead_id`` and ``list_id`` take several values separated by commas. A new search looks at every lead
once; the last few results are cached, since they are requested page by page. The responses of other endpoints follow from a lead's
last call.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import compress
from typing import Any

import msgspec

from lead_tui.demo.account import AGENTS, CAMPAIGNS, IMPORTER, LISTS, STATUSES, SYSTEM
from lead_tui.demo.leads import DemoLeads
from lead_tui.leads.fields import is_custom
from lead_tui.leads.query import FILTER_BY_NAME
from lead_tui.limits import DEMO_LEADS, DEMO_RESULTS

_LIMIT = 10
_OK = 200

_TIME = "%Y-%m-%d %H:%M:%S"
_MAX_CALLS = 12
_OUTCOMES = ("NA", "AA", "N", "B", "A", "NA", "AM")
"""The statuses of calls before the last one."""

_LISTS = frozenset({"lead_id", "list_id"})
_RANGE = re.compile(r"(created_at|updated_at)_(start|end)_date")

_Condition = tuple[str, frozenset[str]]  # a filter: its name and the values it allows, ready to compare


class Demo:
    """A demo account of *leads* leads. Several threads may call it at the same time.

    Dates are relative to *today*, the real one by default: the last leads were created on it. The same *leads* and *today* give the
    same responses, byte for byte. Results are sorted by id, or by update time if there is a filter on ``updated_at``.
    """

    def __init__(self, leads: int = DEMO_LEADS, *, today: date | None = None) -> None:
        self._leads = DemoLeads(leads, today or date.today())
        self._search = lru_cache(DEMO_RESULTS)(self._find)

    def answer(self, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """Return HTTP status and body for a search with *parameters*, whose values have been checked.

        ``auth_token`` and names that are neither a documented filter nor a custom attribute of these leads are ignored.
        """
        offset, limit = int(parameters.get("offset", 0)), int(parameters.get("limit", _LIMIT))
        indexes = self._search(self._conditions(parameters))
        # Lead by lead, so that no long call keeps other threads from running.
        entries = b",".join(msgspec.json.encode(self._leads.lead(index)) for index in indexes[offset : offset + limit])
        head = f'{{"success":true,"data":{{"offset":"{offset}","limit":"{limit}","total":"{len(indexes)}","entries":['
        return _OK, b"".join((head.encode("ascii"), entries, b"]}}"))

    def records(self, endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """Return HTTP status and body for a request to another *endpoint*."""
        # Imported here: most sessions never request it.
        from lead_tui.leads.records import Section

        indexes = self._leads.having("lead_id", frozenset([parameters.get("lead_id", "")])) or ()
        lead = next((self._leads.lead(index) for index in indexes), {})
        calls = _calls(lead)
        match endpoint:
            case Section.CALLS:
                calls = [call for call in calls if str(call["call_date"]) >= parameters.get("start_time", "")]
                return _found({"entries": len(calls), "total_found": str(len(calls)), "results": calls})
            case Section.CALLBACKS:
                return _found({"results": _callbacks(lead)})
            case Section.RECORDINGS:
                return _found({"entries": [recording for call in calls for recording in call["recording"]]})
            case Section.DO_NOT_CALL:
                number = parameters.get("phone_number", "")
                if not number.isdigit() or int(number) % 8:
                    return _refused(6003, "Phone Number Not Found")
                entry = {"id": "1", "phone_number": number, "phone_code": "1", "campaign_id": "0", "insert_date": "2026-01-15"}
                return _found({"offset": 0, "limit": 10, "total": 1, "entries": [entry]})
            case Section.STATUSES:
                return _found([{"status": code, "name": name, "dnc": "Y" if "DNC" in code else "N"} for code, name, *_ in STATUSES])
            case Section.LISTS:
                return _found([{"id": each.id, "name": each.name, "status": "Y", "last_called_at": None} for each in LISTS])
            case Section.USERS:
                names = {user.id: user.name.split(" ", 1) for user in (*AGENTS, IMPORTER)}
                users = {
                    user_id: {"id": user_id, "first_name": first, "last_name": last} for user_id, (first, last) in names.items()
                }
                return _found({"offset": 0, "limit": "20", "total": str(len(users)), "results": users})
            case Section.CAMPAIGNS:
                # The demo's days are this host's: it reports no time zone.
                found = [
                    {"id": each, "name": name, "status": "Y", "last_call_date": None} for each, name in CAMPAIGNS.items() if each
                ]
                return _found(found)
        return _refused(403, "Forbidden")

    @cached_property
    def _custom_keys(self) -> frozenset[str]:
        return frozenset(filter(is_custom, self._leads.tables.keys()))

    def _conditions(self, parameters: Mapping[str, str]) -> frozenset[_Condition]:
        conditions = set()
        for name, value in parameters.items():
            if value.strip() and (name in FILTER_BY_NAME or name in self._custom_keys):
                values = value.split(",") if name in _LISTS else [value]
                conditions.add((name, frozenset(text for each in values if (text := _comparable(name, each)))))
        return frozenset(conditions)

    def _find(self, conditions: frozenset[_Condition]) -> Sequence[int]:
        """Return the indexes of the leads that meet all *conditions*, in the order of the response."""
        leads = self._leads
        if not conditions:
            return range(leads.count)
        tests = [_test(name, values) for name, values in conditions]
        indexes: Iterable[int]
        listed = [few for name, values in conditions if (few := leads.having(name, values)) is not None]
        if listed:
            candidates = ((index, leads.lead(index)) for index in sorted(set.intersection(*listed)))
            indexes = [index for index, lead in candidates if all(matches(lead.get(key)) for key, matches in tests)]
        else:
            masks = [leads.matching(key, matches) for key, matches in tests]
            indexes = compress(range(leads.count), map(all, zip(*masks, strict=True)))
        if any(key == "updated_at" for key, _ in tests):
            indexes = sorted(indexes, key=leads.updated)
        return array("Q", indexes)


def _test(name: str, values: frozenset[str]) -> tuple[str, Callable[[object], bool]]:
    """Return the lead's key to which the filter *name* applies, and whether one of *values* allows what a lead has there."""
    date_range = _RANGE.fullmatch(name)
    if date_range is None:
        return name, lambda value: _comparable(name, value) in values
    (bound,) = values
    first, last = max(bound, "0001"), "9999"
    if date_range[2] == "end":
        first, last = "0001", f"{bound} 23:59:59" if len(bound) == len("2026-03-02") else bound
    return date_range[1], lambda value: isinstance(value, str) and first <= value <= last


def _comparable(key: str, value: object) -> str | None:
    """Return *value* in the form in which it is compared; None if no filter can match it."""
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    return text[:10] if key == "date_of_birth" else text


def _found(data: object) -> tuple[int, bytes]:
    return _OK, msgspec.json.encode({"success": True, "data": data})


def _refused(code: int, text: str) -> tuple[int, bytes]:
    return _OK, msgspec.json.encode({"success": False, "code": code, "text": text})


def _calls(lead: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return as many calls as the lead counts, the last one first; its outcome is the lead's current status."""
    if (last := _last_call(lead)) is None:
        return []
    number = int(str(lead["lead_id"]))
    names = {status.code: status.name for status in STATUSES}
    calls = []
    for back in range(min(int(str(lead["called_count"] or 0)), _MAX_CALLS)):
        code = _OUTCOMES[(number + back) % len(_OUTCOMES)] if back else str(lead["status"])
        is_agents = not back and code not in _OUTCOMES
        user = AGENTS[number % len(AGENTS)] if is_agents else SYSTEM
        seconds = str(20 + number * 7 % 400 if is_agents else 0)
        call = {"id": f"{number}{back:02}", "lead_id": str(number), "status": code, "status_name": names.get(code, code)}
        call |= {"call_date": (last - back * timedelta(days=2, minutes=37)).strftime(_TIME), "call_length": seconds}
        recording = {"recording_id": call["id"], "lead_id": call["lead_id"], "start_time": call["call_date"], "seconds": seconds}
        recording["url"] = f"https://recordings.example.invalid/{call['id']}"
        calls.append({**call, "user": user.name, "user_id": user.id, "recording": [recording] if is_agents else []})
    return calls


def _callbacks(lead: Mapping[str, object]) -> list[dict[str, str]]:
    last = _last_call(lead)
    if last is None or lead["status"] not in ("CALLBK", "CB"):
        return []
    number = int(str(lead["lead_id"]))
    when = (last + timedelta(days=1 + number % 3)).strftime(_TIME)
    user = AGENTS[number % len(AGENTS)].name
    return [{"callback_time": when, "status": "LIVE", "user": user, "comments": "asked to be called again"}]


def _last_call(lead: Mapping[str, object]) -> datetime | None:
    try:
        return datetime.strptime(str(lead.get("last_called")), _TIME)
    except ValueError:
        return None
