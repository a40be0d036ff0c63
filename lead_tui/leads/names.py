"""Fields by whatever a person calls them: the API's name, a label, or the account's own label; custom attributes included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lead_tui.leads.fields import COMPUTED, FIELDS, PHONE_FIELDS, column_named, column_of, label_of
from lead_tui.leads.text import fold

_SIMILAR = 0.6


class FieldNames:
    """Knows the documented fields, the computed columns, the attributes *met* in leads, and the *labels* given to any of them."""

    def __init__(self, met: Iterable[str] = (), labels: Mapping[str, str] | None = None) -> None:
        known = [*(field.key for field in FIELDS), *COMPUTED]
        self.keys: tuple[str, ...] = tuple(dict.fromkeys([*known, *map(column_of, met), *(labels or ())]))
        """Every column, documented ones first."""
        self._by_key = {key.casefold(): (key,) for key in reversed(self.keys)}
        self._by_key |= {key: (key,) for key in self.keys}
        self._by_label: dict[str, tuple[str, ...]] = {}
        for key in self.keys:
            self._by_label.setdefault(_plain(label_of(key)), (key,))
        # Whoever asks for a phone means any of the three.
        self._by_label["phone"] = PHONE_FIELDS
        for key, label in (labels or {}).items():
            self._by_label[_plain(label)] = (key,)

    def find(self, name: str) -> tuple[str, ...]:
        """Return the columns of the field *name*: by the API's name, else by a label, in any case, with spaces or underscores.

        A custom attribute may carry its mark (``fields.column_named``).
        """
        if (column := column_named(name)) in self._by_key:
            return self._by_key[column]
        name = name.strip()
        by_key = self._by_key.get(column_named(name)) or self._by_key.get(column_named(name).casefold())
        return by_key or self._by_label.get(_plain(name), ())

    def nearest(self, name: str) -> str:
        """The name most like *name*, "" where none is."""
        # Imported here: only a slip needs it.
        import difflib

        spoken = {key.casefold(): key for key in reversed(self.keys)} | {label: keys[0] for label, keys in self._by_label.items()}
        found = difflib.get_close_matches(name.casefold().strip(), spoken, 1, _SIMILAR)
        return spoken[found[0]] if found else ""


def _plain(name: str) -> str:
    return "".join(fold(name).replace("_", " ").replace("-", " ").split())
