"""Messages for an empty result: what was searched for, and hints for the next attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lead_tui.leads.codes import KNOWN_STATUSES
from lead_tui.leads.fields import PHONE_FIELDS, label_of
from lead_tui.leads.filters import CUSTOM_MARK, FILTER_BY_NAME, remark_on
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.query import Query
from lead_tui.leads.text import one_line

_QUOTE = '"'
_MAX_VALUE = 60
_MAX_STATUSES = 30
_MIN_PHONE_LIKE = 7
"""Digits from which a lead id may have been meant as a phone without its area code."""


def no_lead_for(look_up: LookUp, *, with_values: bool = True) -> tuple[str, ...]:
    """Sentences about the look-up *look_up*, which found nothing; *with_values* repeats what was looked up."""
    names = [name for name, _ in (*look_up.parts, *look_up.otherwise)]
    values = look_up.values_text()

    def the(label: str, value: str, quote: str = "") -> str:
        return f"{label} {quote}{one_line(value, 2 * _MAX_VALUE)}{quote}" if with_values else f"this {label}"

    if names[0] == "lead_id":
        may_be_phone = look_up.text == values and len(values) >= _MIN_PHONE_LIKE
        return f"No lead with {the('id', values)}", *(["a phone number needs all 10 digits"] if may_be_phone else [])
    if names[0] in ("last_name", "first_name"):
        return (f"No lead with {the('last or first name', values, _QUOTE)}",)
    if names[0] == "name":
        given = (the(label_of(name).lower(), value, _QUOTE) for name, value in look_up.parts[0][1])
        return (f"No lead with {' and '.join(given)}",)
    kinds = [kind for kind, is_there in (("phone", names[0] in PHONE_FIELDS), ("email", "email" in names)) if is_there]
    fields = f" ({look_up.fields_text()})" if names[0] in PHONE_FIELDS else ""
    return (f"No lead with {the(' or '.join(kinds), values)}{fields}",)


def no_leads_match(query: Query, observed: Sequence[tuple[str, str]] = (), *, with_values: bool = True) -> tuple[str, ...]:
    """Sentences about the search *query*, which found nothing; *with_values* repeats what was searched for.

    *observed* are the account's statuses, codes with labels.
    """
    filters = (f'{_label(name)} "{one_line(value, _MAX_VALUE)}"' if with_values else _label(name) for name, value in query)
    text = ", ".join(filters) if with_values else f"({', '.join(filters)})"
    return (
        f"No leads match {text}" if query else "No leads match",
        *(f"{_label(name)}: {remark}" for name, value in query if with_values and (remark := remark_on(name, value))),
        *_known_statuses(query.value("status"), observed),
    )


def _known_statuses(status: str, observed: Sequence[tuple[str, str]]) -> list[str]:
    if not status or status in KNOWN_STATUSES or status in dict(observed):
        return []
    known: Iterable[tuple[str, str]] = observed or KNOWN_STATUSES.items()
    shown = [f"{one_line(code)} ({one_line(label)})" if label else one_line(code) for code, label in known]
    return [f"known statuses: {', '.join(shown[:_MAX_STATUSES])}"]


def _label(name: str) -> str:
    known = FILTER_BY_NAME.get(name)
    return known.label.lower() if known is not None else one_line(name.removeprefix(CUSTOM_MARK), _MAX_VALUE)
