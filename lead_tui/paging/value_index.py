"""Values observed in leads, for suggestions: codes with their names, and attributes with few different values.

Memory is bounded: so many keys, so many values of each, and an attribute with more different values than a category has, such as
names or numbers, is dropped. Nothing of it is ever written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lead_tui import limits
from lead_tui.leads.fields import NAME_OF, STATE_NAMES, is_custom
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.text import one_line

_CATEGORIES: Final = frozenset(
    {"campaign_name", "campaign_uid", "source_name", "source_id", "directory_name", "owner_name", "user_name", "carrier_type"}
)
"""Documented fields without a documented filter, which a free filter may be for."""


class ValueIndex:
    """The observed values. Fields in *masked* are ignored."""

    def __init__(self, masked: frozenset[str] = frozenset()) -> None:
        self._masked = masked
        self._values: dict[str, dict[str, int] | None] = {}  # with the number of leads; None for a key with too many values
        self._names: dict[tuple[str, str], str] = {}
        self._custom: dict[str, None] = {}
        self._counted: set[int] = set()  # hashes of the leads counted

    def add(self, lead: Lead) -> None:
        """Count the values of *lead*, unless it has already been counted in its present state."""
        seen = hash((lead.lead_id, lead.sent.get("status"), as_text(lead.sent.get("updated_at"))))
        if lead.lead_id and seen in self._counted:
            return
        if len(self._counted) >= limits.MAX_SEEN_LEADS:
            self._counted.clear()
        self._counted.add(seen)
        for key in lead.sent:
            if is_custom(key) and len(self._custom) < limits.MAX_SEEN_KEYS:
                self._custom[key] = None
            if (is_custom(key) or key in _CATEGORIES or key in NAME_OF) and key not in self._masked:
                self._count(key, lead)

    def _count(self, key: str, lead: Lead) -> None:
        value, values = _sent(lead, key), self._values.get(key, {})
        if not value or values is None or (key not in self._values and len(self._values) >= limits.MAX_SEEN_KEYS):
            return
        is_field = key in NAME_OF
        most = limits.MAX_SEEN_VALUES if is_field else limits.MAX_SEEN_CATEGORIES
        if len(value) > limits.MAX_SEEN_CHARACTERS or (value not in values and len(values) >= most):
            # The values of a filter's field are codes, and are kept; an attribute with so many or so long ones is no category.
            self._values[key] = values if is_field else None
        elif not (is_field and value == "0"):
            if value not in values and (name := self._name(key, value, lead)) not in ("", value):
                self._names[key, value] = name
            values[value] = values.get(value, 0) + 1
            self._values[key] = values

    def _name(self, key: str, value: str, lead: Lead) -> str:
        if key == "state":
            return STATE_NAMES.get(value, "")
        field = NAME_OF.get(key, "")
        return lead.line(field, limits.MAX_SEEN_CHARACTERS) if field and field not in self._masked else ""

    @property
    def custom_keys(self) -> tuple[str, ...]:
        """The observed custom attributes, in the order in which they appeared."""
        return tuple(self._custom)

    @property
    def keys(self) -> Iterator[str]:
        """The keys that a free filter may be for: campaigns, sources and the like first, then the custom attributes."""
        yield from (key for key in self._values if key in _CATEGORIES)
        yield from self._custom

    def observed(self, key: str) -> list[tuple[str, str, int]]:
        """Return the observed values of *key*, the most frequent first: each clean, with its name or "" and the number of leads."""
        values = self._values.get(key) or {}
        return [
            (value, self._names.get((key, value), ""), count) for value, count in sorted(values.items(), key=lambda each: -each[1])
        ]

    def values(self, key: str) -> list[tuple[str, str]]:
        """Return the observed values of *key*, each with its name or "", the most frequent first."""
        return [(value, name) for value, name, _ in self.observed(key)]


def _sent(lead: Lead, key: str) -> str:
    """Return the value of *key* as a filter sends it: clean, but with entities, as the server stores it."""
    return one_line(as_text(lead.sent.get(key)), limits.MAX_SEEN_CHARACTERS + 1)
