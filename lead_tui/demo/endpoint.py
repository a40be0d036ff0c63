"""The demo account: answers requests as Convoso does, from leads that are computed on request and never stored.

The values of a lead follow from its index. Most come from short tables that repeat along the leads (``tables``).

A search matches text exactly except for case and surrounding blanks, as MySQL's usual collations do; a date of birth is compared by
its day. ``lead_id`` and ``list_id`` take several values separated by commas. A new search looks at every lead once; the last few
results are cached, since they are requested page by page. The responses of other endpoints follow from a lead's last call.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import compress
from typing import Any, Final

import msgspec

from lead_tui.demo.account import AGENTS, ATTRIBUTES, CAMPAIGNS, IMPORTER, LISTS, NEVER, STATUSES, SYSTEM
from lead_tui.demo.tables import Tables
from lead_tui.leads.dates import moment_in
from lead_tui.leads.fields import FIELD_BY_KEY, PHONE_FIELDS
from lead_tui.leads.query import FILTER_BY_NAME
from lead_tui.limits import DEMO_RESULTS

FIRST_ID: Final = 1_000_001  # the id of the lead with index 0

# One lead of five has the phone of an earlier one as its second phone, and one of eight as its third.
_RELATIVES_BACK: Final = 7
_OTHER_RELATIVES_BACK: Final = 12

_FICTION_LEADS: Final = 1_000
"""Leads whose phones are 555-01xx. That range has a hundred lines an area code, so later leads would share too many: their
exchange begins with 0, as in (301) 001-0000, which no subscriber has either."""

_LINES: Final = 1_000_000
_PHONE_STEP: Final = 617_323
"""From one lead's line to the next one's. It shares no divisor with the number of lines: each occurs once a round."""

_DAYS: Final = 540  # days before today on which leads were created
_DAY: Final = 24 * 3600
_LAST: Final = _DAYS * _DAY + 3 * 3600
"""Today's leads are created until 8:00. A *moment* counts the seconds since the first day, whose 24 hours are those from 6:00 to
22:00, so that there are no calls at night."""

_EMPTY: Final[dict[str, object]] = {**dict.fromkeys(FIELD_BY_KEY, ""), "object_type": "LEAD"}


class DemoLeads:
    """*count* leads as of *today*. Safe to use from several threads."""

    def __init__(self, count: int, today: date) -> None:
        self.count = count
        self._today = today
        self._first_day = datetime.combine(today - timedelta(days=_DAYS), time())
        self._computed: dict[str, Callable[[int], str]] = {
            "lead_id": lambda index: str(FIRST_ID + index),
            "phone_number": self._phone,
            "alt_phone_1": lambda index: self._relative(index, _RELATIVES_BACK, every=5),
            "alt_phone_2": lambda index: self._relative(index, _OTHER_RELATIVES_BACK, every=8),
            "created_at": lambda index: self._time(self._created(index)),
            "updated_at": lambda index: self._time(self.updated(index)),
        }

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self._today)

    def lead(self, index: int) -> dict[str, object]:
        """Return the lead as the API would send it: text by key, nested values in a few odd attributes."""
        lead = _EMPTY.copy()
        for rows in self._tables.rows:
            lead.update(rows[index % len(rows)])
        for key, compute in self._computed.items():
            lead[key] = compute(index)
        # One lead of seven has no email.
        if (number := index + 1) % 7:
            lead["email"] = f"{_letters(str(lead['first_name']))}.{_letters(str(lead['last_name']))}{number}@example.com"
        created, updated = self._created(index), self.updated(index)
        last_called = max(created, updated - 20 - index * 7919 % 240)
        lead["id"], lead["modified_at"] = lead["lead_id"], lead["updated_at"]
        lead["last_called"] = NEVER if lead["called_count"] == "0" else self._time(last_called)
        lead["first_contacted_at"] = self._time((created + last_called) // 2) if lead["is_contacted"] == "Y" else NEVER
        lead.update(self._tables.odd[index % len(self._tables.odd)])
        return {key: value for key, value in lead.items() if value is not None}

    def having(self, key: str, values: frozenset[str]) -> set[int] | None:
        """Return the indexes of all leads that may have one of *values* as *key*: an id, a phone or an email; None for others."""
        if key == "lead_id":
            indexes = {int(value) - FIRST_ID for value in values if re.fullmatch("[0-9]{1,18}", value)}
        elif key in PHONE_FIELDS:
            owners = {owner for value in values for owner in self._owners_of_phone(value)}
            indexes = {owner + back for owner in owners for back in (0, _RELATIVES_BACK, _OTHER_RELATIVES_BACK)}
        elif key == "email":
            indexes = {int(match[1]) - 1 for value in values if (match := re.search("([0-9]{1,18})@", value))}
        else:
            return None
        return {index for index in indexes if 0 <= index < self.count}

    def matching(self, key: str, matches: Callable[[object], bool]) -> bytearray:
        """Return a byte for each lead, 1 if its value of *key* *matches*: a thousand times faster than ``lead`` for each."""
        compute = self._computed.get(key)
        mask = bytearray(matches(compute(index)) for index in range(self.count)) if compute else bytearray(self.count)
        for rows in (*self._tables.rows, self._tables.odd):
            for place, row in enumerate(rows):
                if key in row:
                    mask[place :: len(rows)] = bytes([matches(row[key])]) * len(range(place, self.count, len(rows)))
        return mask

    def updated(self, index: int) -> int:
        """Return the moment at which a lead was updated last."""
        created, delays = self._created(index), self._tables.delays
        return created + min(round(delays[index % len(delays)] * _DAY), (_LAST - created) * 7 // 8)

    def _phone(self, index: int) -> str:
        """Return the ten digits of a lead's phone."""
        area = self._tables.areas[index % len(self._tables.areas)]
        if index < _FICTION_LEADS:
            return f"{area}55501{index * _PHONE_STEP % 100:02}"
        return f"{area}0{index * _PHONE_STEP % _LINES:06}"

    def _owners_of_phone(self, phone: str) -> Iterator[int]:
        """Yield the leads whose phone is *phone*."""
        areas = self._tables.areas
        for place, area in enumerate(areas):
            if phone.startswith(area):
                yield from (index for index in range(place, self.count, len(areas)) if phone == self._phone(index))

    def _relative(self, index: int, back: int, every: int) -> str:
        return self._phone(index - back) if (index - back) % every == 2 and index >= back else ""

    def _created(self, index: int) -> int:
        """Return the moment at which a lead was created."""
        # Leads do not arrive at regular intervals: each falls somewhere in its own interval.
        return index * _LAST // self.count + ((index * 2_654_435_761 & 0xFFFF_FFFF) * (_LAST // self.count) >> 32)

    def _time(self, moment: int) -> str:
        day, second = divmod(moment, _DAY)
        return (self._first_day + timedelta(day, 6 * 3600 + second * 2 // 3)).isoformat(" ")


@lru_cache(1_000)
def _letters(name: str) -> str:
    """Return the letters of *name* that an email may have."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name.lower()))


# Requests

_LIMIT = 10
_OK = 200

_UNANSWERED = STATUSES[1:6]  # statuses of calls before the last one
_SECONDS = "94"  # that a call lasted

_SEARCHED = frozenset((*FILTER_BY_NAME, *ATTRIBUTES))
_LISTS = frozenset({"lead_id", "list_id"})
_RANGE = r"(created_at|updated_at)_(start|end)_date"

_Condition = tuple[str, frozenset[str]]  # a filter: its name and the values it allows, ready to compare


class Demo:
    """A demo account of *leads* leads. Several threads may call it at the same time.

    Dates are relative to *today*, on which the last leads were created. The same *leads* and *today* give the same responses, byte
    for byte. Results are sorted by id, or by update time if there is a filter on ``updated_at``.
    """

    def __init__(self, leads: int, *, today: date) -> None:
        self._today = today
        self._leads = DemoLeads(leads, today)
        self._search = lru_cache(DEMO_RESULTS)(self._find)

    def answer(self, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """Return HTTP status and body for a search with *parameters*, whose values have been checked; unknown names are ignored."""
        offset, limit = int(parameters.get("offset", 0)), int(parameters.get("limit", _LIMIT))
        conditions = set()
        for name, value in parameters.items():
            if value.strip() and name in _SEARCHED:
                values = value.split(",") if name in _LISTS else [value]
                conditions.add((name, frozenset(_comparable(name, each) or "" for each in values)))
        indexes = self._search(frozenset(conditions))
        # Lead by lead, so that no long call keeps other threads from running.
        entries = b",".join(msgspec.json.encode(self._leads.lead(index)) for index in indexes[offset : offset + limit])
        head = f'{{"success":true,"data":{{"offset":"{offset}","limit":"{limit}","total":"{len(indexes)}","entries":['
        return _OK, b"".join((head.encode("ascii"), entries, b"]}}"))

    def records(self, endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """Return HTTP status and body for a request to another *endpoint*."""
        # Imported here: most sessions never request it.
        from lead_tui.leads.records import NOT_LISTED, Section

        indexes = self._leads.having("lead_id", frozenset([parameters.get("lead_id", "")])) or ()
        lead = next((self._leads.lead(index) for index in indexes), {})
        calls = _calls(lead)
        match endpoint:
            case Section.CALLS:
                calls = [call for call in calls if str(call["call_date"]) >= parameters.get("start_time", "")]
                return _found({"entries": len(calls), "total_found": str(len(calls)), "results": calls})
            case Section.CALLBACKS:
                when = {"callback_time": f"{self._today} 17:00:00", "status": "LIVE", "comments": "asked to be called again"}
                return _found({"results": [when | {"user": each["user"]} for each in calls[:1] if each["status"] == "CALLBK"]})
            case Section.RECORDINGS:
                return _found({"entries": [recording for call in calls for recording in call["recording"]]})
            case Section.DO_NOT_CALL:
                number = parameters.get("phone_number", "")
                if not number.isdigit() or int(number) % 8:
                    return _OK, msgspec.json.encode({"success": False, "code": NOT_LISTED, "text": "Phone Number Not Found"})
                entry = {"id": "1", "phone_number": number, "phone_code": "1", "campaign_id": "0", "insert_date": "2026-01-15"}
                return _found({"offset": 0, "limit": 10, "total": 1, "entries": [entry]})
            case Section.STATUSES:
                return _found([{"status": code, "name": name, "dnc": "Y" if "DNC" in code else "N"} for code, name, *_ in STATUSES])
            case Section.LISTS:
                return _found([{"id": each.id, "name": each.name, "status": "Y", "last_called_at": None} for each in LISTS])
            case Section.USERS:
                names = [(user.id, *user.name.split(" ", 1)) for user in (*AGENTS, IMPORTER)]
                users = {each: {"id": each, "first_name": first, "last_name": last} for each, first, last in names}
                return _found({"offset": 0, "limit": "20", "total": str(len(users)), "results": users})
            case Section.CAMPAIGNS:
                # The demo's days are this host's: it reports no time zone.
                return _found([{"id": each, "name": CAMPAIGNS[each], "status": "Y", "last_call_date": None} for each in CAMPAIGNS])
        return _OK, msgspec.json.encode({"success": False, "code": 403, "text": "Forbidden"})

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
    date_range = re.fullmatch(_RANGE, name)
    if date_range is None:
        return name, lambda value: _comparable(name, value) in values
    (bound,) = values
    first, last = (bound, "9999") if date_range[2] == "start" else ("0001", f"{bound} 23:59:59"[:19])
    return date_range[1], lambda value: isinstance(value, str) and first <= value <= last


def _comparable(key: str, value: object) -> str | None:
    """Return *value* in the form in which it is compared; None if no filter can match it."""
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    return text[:10] if key == "date_of_birth" else text


def _found(data: object) -> tuple[int, bytes]:
    return _OK, msgspec.json.encode({"success": True, "data": data})


def _calls(lead: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return as many calls as the lead counts, the last one first: only it may have reached the lead."""
    created, last = moment_in(lead.get("created_at")), moment_in(lead.get("last_called"))
    if created is None or last is None:
        return []
    calls: list[dict[str, Any]] = []
    for back in range(count := int(lead["called_count"] or 0)):
        status = _UNANSWERED[(int(lead["lead_id"]) + back) % len(_UNANSWERED)]
        call = {"id": f"{lead['lead_id']}{back:02}", "lead_id": lead["lead_id"], "status": status.code, "status_name": status.name}
        call |= {"call_date": str(last - back * timedelta((last - created).days // count, minutes=3)), "call_length": "0"}
        calls.append(call | {"user": SYSTEM.name, "user_id": SYSTEM.id, "recording": []})
    if calls:
        calls[0] |= {"status": lead["status"], "status_name": lead["status_name"]}
    if calls and lead["is_contacted"] == "Y":
        calls[0] |= {"user": lead.get("user_name"), "user_id": lead.get("user_id"), "call_length": _SECONDS}
        recording = {"recording_id": calls[0]["id"], "start_time": calls[0]["call_date"], "seconds": _SECONDS}
        recording |= {"lead_id": lead["lead_id"], "url": f"https://recordings.example.invalid/{calls[0]['id']}"}
        calls[0]["recording"] = [recording]
    return calls
