"""Find a field by any of its names, and the nearest name to one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lead_tui.leads.fields import COMPUTED, FIELDS, PHONE_FIELDS, column_named, column_of, label_of
from lead_tui.leads.text import fold


class FieldNames:
    """The documented fields, the computed columns, the *observed* attributes of leads, and the *labels* given to any of them."""

    def __init__(self, observed: Iterable[str] = (), labels: Mapping[str, str] | None = None) -> None:
        known = [*(field.key for field in FIELDS), *COMPUTED]
        self.keys: tuple[str, ...] = tuple(dict.fromkeys([*known, *map(column_of, observed), *(labels or ())]))
        """Every column, documented ones first."""
        self._by_key = {key.casefold(): (key,) for key in reversed(self.keys)}
        self._by_key |= {key: (key,) for key in self.keys}
        self._by_label: dict[str, tuple[str, ...]] = {}
        for key in self.keys:
            self._by_label.setdefault(_plain(label_of(key)), (key,))
        # A phone means any of the three.
        self._by_label["phone"] = PHONE_FIELDS
        for key, label in (labels or {}).items():
            self._by_label[_plain(label)] = (key,)

    def find(self, name: str) -> tuple[str, ...]:
        """Return the columns of the field *name*: by the API's name, else by a label, in any case, with spaces or underscores.

        A custom attribute may carry its mark (``fields.column_named``).
        """
        stripped = column_named(name.strip())
        keys = (key for key in (column_named(name), stripped, stripped.casefold()) if key in self._by_key)
        return self._by_key.get(next(keys, "")) or self._by_label.get(_plain(name), ())

    def nearest(self, name: str) -> str:
        """Return the name most like *name*; "" if none is."""
        spoken = {key.casefold(): key for key in reversed(self.keys)} | {label: keys[0] for label, keys in self._by_label.items()}
        return spoken.get(nearest(name.casefold().strip(), spoken), "")


def _plain(name: str) -> str:
    return "".join(fold(name).replace("_", " ").replace("-", " ").split())


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the one of *known*, in lower case, that is most like *name*; "" if none is."""
    # Imported here: it is needed for a mistake only.
    import difflib

    return next(iter(difflib.get_close_matches(name.lower(), list(known), n=1)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean NAME?``; "" if none of *known* is like *name*."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else ""


def within_two_edits(name: str, known: Iterable[str]) -> str:
    """Return the one of *known* at the smallest edit distance from *name*, at most 2; "" if none is."""
    distance, best = min(((_edits(name.lower(), each), each) for each in known), default=(3, ""))
    return best if distance <= 2 else ""


def _edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, its in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != its))
    return row[-1]
