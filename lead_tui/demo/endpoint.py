"""The demo account: answers requests to ``leads/search`` as Convoso does, from leads that are computed on request.

Text matches exactly but for upper and lower case and blanks around it, as the usual collations of MySQL have it; a date of birth
is compared by its day. ``lead_id`` and ``list_id`` take several values separated by commas. A new search looks at every lead once;
the last few results are cached, since they are requested page by page.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache

import msgspec

from lead_tui.demo.generator import FIRST_ID, DemoLeads
from lead_tui.leads.fields import is_custom
from lead_tui.leads.filters import FILTER_BY_NAME
from lead_tui.limits import DEMO_LEADS, DEMO_RESULTS, MAX_LIMIT

_LIMIT = 10
_INVALID_LIMIT, _INVALID_OFFSET = 7230, 7231
_OK = 200

_LISTS = frozenset({"lead_id", "list_id"})
_RANGE = re.compile(r"(created_at|updated_at)_(start|end)_date")
_TIME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t](\d{1,2}):(\d{2})(?::(\d{2}))?)?")

_Condition = tuple[str, frozenset[str]]
"""A filter: its name and the values it allows, ready to compare."""


class Demo:
    """A demo account of *leads* leads. Several threads may call it at the same time.

    Dates are relative to *today*, the real one by default: the last leads were created on it. The same *leads* and *today* give the
    same answers, byte for byte. Results are sorted by id, with a filter on ``updated_at`` by update time.
    """

    def __init__(self, leads: int = DEMO_LEADS, *, today: date | None = None) -> None:
        if leads < 0:
            raise ValueError("a demo has no fewer than 0 leads")
        self._leads = DemoLeads(leads, today or date.today())
        self._search = lru_cache(DEMO_RESULTS)(self._find)

    def answer(self, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """Return HTTP status and body for a request's *parameters*. As documented, errors have status 200 too. Never raises.

        ``auth_token`` and names that are neither a documented filter nor a custom attribute of these leads are ignored.
        """
        limit = _number(parameters.get("limit", ""), _LIMIT)
        if limit is None or not 0 < limit <= MAX_LIMIT:
            return _OK, _error(_INVALID_LIMIT, "Invalid limit value")
        offset = _number(parameters.get("offset", ""), 0)
        if offset is None:
            return _OK, _error(_INVALID_OFFSET, "Invalid offset value")
        indexes = self._search(self._conditions(parameters))
        # Lead by lead, so that no long call keeps the other threads from running.
        entries = b",".join(msgspec.json.encode(self._leads.lead(index)) for index in indexes[offset : offset + limit])
        head = f'{{"success":true,"data":{{"offset":"{offset}","limit":"{limit}","total":"{len(indexes)}","entries":['
        return _OK, b"".join((head.encode("ascii"), entries, b"]}}"))

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
        """Return the indexes of the leads that meet all *conditions*, in the order of the answer."""
        leads = self._leads
        by_update = any(name.startswith("updated_at") for name, _ in conditions)
        if not conditions:
            return range(leads.count)
        candidates: Iterable[int]
        if ids := [values for name, values in conditions if name == "lead_id"]:
            candidates = sorted(_indexes(ids[0], leads.count), key=leads.rank if by_update else None)
        else:
            candidates = leads.by_update() if by_update else range(leads.count)
        for name, values in conditions:
            candidates = filter(self._test(name, values), candidates)
        return array("Q", candidates)

    def _test(self, name: str, values: frozenset[str]) -> Callable[[int], bool]:
        """Return the predicate of one condition, which takes a lead's index."""
        if date_range := _RANGE.fullmatch(name):
            read = self._leads.reader(date_range[1])
            is_end = date_range[2] == "end"
            bound = _bound(*values, is_end=is_end)
            if bound is None:
                return lambda _: False
            if is_end:
                return lambda index: "0001" <= str(read(index)) <= bound
            return lambda index: str(read(index)) >= max(bound, "0001")
        read = self._leads.reader(name)
        return lambda index: _comparable(name, read(index)) in values


def _comparable(key: str, value: object) -> str | None:
    """Return *value* as it is compared; None if no filter can match it."""
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    return text[:10] if key == "date_of_birth" else text


def _bound(text: str, *, is_end: bool) -> str | None:
    """Return the first or last time of a range as text that compares with the leads' times; None for what is no date."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return None
    try:
        day = date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
    except ValueError:
        return None
    if parts[4]:
        return f"{day} {int(parts[4]):02}:{parts[5]}:{parts[6] or '00'}"
    return f"{day} 23:59:59" if is_end else day


def _indexes(ids: Iterable[str], count: int) -> Iterable[int]:
    numbers = (int(text) - FIRST_ID for text in ids if text.isascii() and text.isdigit() and len(text) <= 18)
    return (index for index in numbers if 0 <= index < count)


def _number(text: str, default: int) -> int | None:
    """Return the number in *text*, *default* if it is blank, None if it is not a number."""
    text = text.strip()
    if not text:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _error(code: int, text: str) -> bytes:
    return msgspec.json.encode({"success": False, "code": code, "text": text})
