"""Values observed in leads, remembered for suggesting them: codes with their names, and attributes with few different values.

Memory is bounded whatever comes: so many keys, so many values of each, and an attribute with more different values than a category
has (a name, a number) is given up. Nothing of it is ever written anywhere.
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
"""Documented fields that no documented filter is for, and that a free one may be."""


class ValueIndex:
    """The observed values. Values of the fields in *masked* are not looked at."""

    def __init__(self, masked: frozenset[str] = frozenset()) -> None:
        self._masked = masked
        self._values: dict[str, dict[str, int]] = {field: {} for field in NAME_OF if field not in masked}
        self._names: dict[str, dict[str, str]] = {field: {} for field in NAME_OF}
        self._others: dict[str, dict[str, int] | None] = {}  # None for a key with too many different values
        self._custom: dict[str, None] = {}
        self._counted: set[int] = set()  # hashes of the leads counted

    def add(self, lead: Lead) -> None:
        """Count the values of *lead*, unless it was counted as it is now."""
        seen = hash((lead.lead_id, lead.sent.get("status"), as_text(lead.sent.get("updated_at"))))
        if lead.lead_id and seen in self._counted:
            return
        if len(self._counted) >= limits.MAX_SEEN_LEADS:
            self._counted.clear()
        self._counted.add(seen)
        for field, values in self._values.items():
            value = _sent(lead, field)
            if value in ("", "0") or len(value) > limits.MAX_SEEN_CHARACTERS:
                continue
            if value in values:
                values[value] += 1
            elif len(values) < limits.MAX_SEEN_VALUES:
                values[value] = 1
                self._name(field, value, lead)
        for key in lead:
            if is_custom(key):
                if key not in self._custom and len(self._custom) < limits.MAX_SEEN_KEYS:
                    self._custom[key] = None
            elif key not in _CATEGORIES:
                continue
            self._take_other(key, lead)

    def _name(self, field: str, value: str, lead: Lead) -> None:
        if field == "state":
            name = STATE_NAMES.get(value, "")
        else:
            name_field = NAME_OF[field]
            name = lead.line(name_field, limits.MAX_SEEN_CHARACTERS) if name_field and name_field not in self._masked else ""
        if name and name != value:
            self._names[field][value] = name

    def _take_other(self, key: str, lead: Lead) -> None:
        if key in self._masked:
            return
        values = self._others.get(key, {})
        if values is None:
            return
        value = _sent(lead, key)
        if not value:
            return
        if key not in self._others:
            if len(self._others) >= limits.MAX_SEEN_KEYS:
                return
            self._others[key] = values
        values[value] = values.get(value, 0) + 1
        if len(values) > limits.MAX_SEEN_CATEGORIES or len(value) > limits.MAX_SEEN_CHARACTERS:
            self._others[key] = None

    @property
    def custom_keys(self) -> tuple[str, ...]:
        """The custom attributes observed, in the order in which they were."""
        return tuple(self._custom)

    @property
    def keys(self) -> Iterator[str]:
        """The keys that a free filter may be for: those of campaigns, sources and the like first, then the custom attributes."""
        yield from (key for key in self._others if not is_custom(key))
        yield from self._custom

    def observed(self, key: str) -> list[tuple[str, str, int]]:
        """Return the observed values of *key*, the most frequent first: clean, with the name or "", and the number of leads."""
        values = self._values.get(key)
        if values is None:
            values = self._others.get(key) or {}
        names = self._names.get(key, {})
        return [(value, names.get(value, ""), values[value]) for value in sorted(values, key=lambda value: -values[value])]

    def values(self, key: str) -> list[tuple[str, str]]:
        """Return the observed values of *key*, each with its name or "", the most frequent first."""
        return [(value, name) for value, name, _ in self.observed(key)]


def _sent(lead: Lead, key: str) -> str:
    """The value of *key* as a filter sends it: clean, but with the entities that the server has."""
    return one_line(as_text(lead.sent.get(key)), limits.MAX_SEEN_CHARACTERS + 1)
