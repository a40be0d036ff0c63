"""The endpoint ``leads/search``, answered from invented leads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock

import msgspec

from lead_tui.demo.invented import InventedLeads
from lead_tui.demo.matching import Matches, Search, match, search
from lead_tui.limits import DEMO_LEADS, DEMO_MATCH_BYTES, MAX_LIMIT

_LIMIT = 10
_INVALID_LIMIT, _INVALID_OFFSET = 7230, 7231
_OK = 200


class Demo:
    """An embedded Convoso that holds *leads* invented leads, computed when they are asked for. Several threads may ask at once.

    Dates are relative to *today*, the real one unless given: the last leads were created on it. The same *leads* and *today* give
    the same answers, byte for byte. How filters match is told in ``matching``; the answer ascends by id, with an ``updated_at``
    filter by update time.
    """

    def __init__(self, leads: int = DEMO_LEADS, *, today: date | None = None) -> None:
        if leads < 0:
            raise ValueError("a demo has no fewer than 0 leads")
        self.leads = InventedLeads(leads, today or date.today())
        self._kept: OrderedDict[Search, Matches] = OrderedDict()
        self._most_kept = max(1, DEMO_MATCH_BYTES // max(1, leads))
        self._lock = Lock()

    def answer(self, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """HTTP status and body for the *parameters* of a request to ``leads/search``, as documented: errors with status 200 too.

        ``auth_token`` and names that are neither a documented filter nor a custom attribute of these leads are ignored. Never
        raises.
        """
        limit = _count(parameters.get("limit", ""), _LIMIT)
        if limit is None or not 0 < limit <= MAX_LIMIT:
            return _OK, _error(_INVALID_LIMIT, "Invalid limit value")
        offset = _count(parameters.get("offset", ""), 0)
        if offset is None:
            return _OK, _error(_INVALID_OFFSET, "Invalid offset value")
        matches = self._matches(search(self.leads, parameters))
        # Lead by lead, so that no long call keeps the other threads from running.
        entries = b",".join(msgspec.json.encode(self.leads.lead(index)) for index in matches.page(offset, limit))
        head = f'{{"success":true,"data":{{"offset":"{offset}","limit":"{limit}","total":"{matches.total}","entries":['
        return _OK, b"".join((head.encode("ascii"), entries, b"]}}"))

    def _matches(self, asked: Search) -> Matches:
        """The matches of *asked*; the last few are kept, since they are asked for page by page."""
        with self._lock:
            if (kept := self._kept.get(asked)) is not None:
                self._kept.move_to_end(asked)
                return kept
        found = match(self.leads, asked)
        with self._lock:
            self._kept[asked] = found
            while len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return found


def _count(text: str, otherwise: int) -> int | None:
    """The number in *text*; *otherwise* for a blank one, None for what is no count."""
    text = text.strip()
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _error(code: int, text: str) -> bytes:
    return msgspec.json.encode({"success": False, "code": code, "text": text})
