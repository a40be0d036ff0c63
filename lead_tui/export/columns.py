"""Columns of an export: a lead's own value for a key, and the columns that are made from several."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.local_time import local_time


def computed(column: str, lead: Lead, now: datetime) -> str:
    """The text of a column that no key stands for, "" where what it is made from did not come. *now* is aware, in UTC.

    Raises ``KeyError`` for a column that is not in ``fields.COMPUTED``.
    """
    return _COMPUTING[column](lead, now)


def _name(lead: Lead, _now: datetime) -> str:
    return f"{as_text(lead.sent.get('first_name'))} {as_text(lead.sent.get('last_name'))}".strip()


def _local_time(lead: Lead, now: datetime) -> str:
    time = local_time(lead, now)
    return "" if time.minutes is None else time.clock()


_COMPUTING: dict[str, Callable[[Lead, datetime], str]] = {"name": _name, "local_time": _local_time}


def documented_first(keys: Iterable[str]) -> list[str]:
    """*keys* with the documented ones first, in the document's order, then the others as they were met."""
    met = dict.fromkeys(keys)
    return [key for key in FIELD_BY_KEY if key in met] + [key for key in met if key not in FIELD_BY_KEY]
