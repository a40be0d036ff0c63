"""The values of the chosen columns, or of every observed field, whose number grows with each lead that brings a new key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import itemgetter

from lead_tui.export.rows import REFUSED, Picker, decoded, pick_keys
from lead_tui.leads.decode import Row
from lead_tui.leads.fields import FIELD_BY_KEY, headings
from lead_tui.leads.text import one_line


class FieldPicker:
    """Picks the values of *columns*; without any, those of every observed field, documented ones first, then the others by name.

    *now*, aware, in UTC, is used for local times; *missing* stands for what was not sent.
    """

    def __init__(self, columns: Sequence[str], now: datetime, missing: object = "") -> None:
        self.columns = tuple(headings(columns)) if columns else ()
        """The names of the values, in their order; others may come with the next lead."""
        self._missing = missing
        self._observed: dict[str, None] = {}
        self._chosen = Picker(columns, now, missing).values if columns else None
        self.observe(())

    @property
    def observed(self) -> list[str]:
        """The fields in the order in which they were observed; none where columns are chosen."""
        return list(self._observed)

    def pick(self, rows: Sequence[Row]) -> list[Sequence[object]]:
        """Return the values of each of *rows* that is a JSON object."""
        if self._chosen is not None:
            return [values for values in map(self._chosen, rows) if values is not None]
        found = self._picked(rows)
        if found is None:
            # The keys of all these rows at once: with each change of the columns, a file has more to rewrite.
            self.observe(key for row in rows for key in decoded(row) or ())
            found = self._picked(rows) or []
        return found

    def observe(self, keys: Iterable[str]) -> None:
        """Pick the values of *keys* as well, unless columns are chosen."""
        if self._chosen is not None:
            return
        self._observed.update(dict.fromkeys(keys))
        self.columns = tuple(documented_first(self._observed))
        # Picked in the order in which keys were observed, as the server sends them: that is fastest.
        keys = list(self._observed)
        self._pick = pick_keys(keys, self._missing, forbid_others=True)
        places = [keys.index(column) for column in self.columns]
        self._order: Callable[[Sequence[object]], Sequence[object]] = itemgetter(*places) if len(places) > 1 else tuple

    def _picked(self, rows: Sequence[Row]) -> list[Sequence[object]] | None:
        """Return the values of *rows*; None if a row has a key that has not been observed."""
        pick, order = self._pick, self._order
        found: list[Sequence[object]] = []
        for row in rows:
            try:
                found.append(order(pick(row)))
            except REFUSED:
                sent = decoded(row)
                if sent is None:
                    continue
                if not sent.keys() <= self._observed.keys():
                    return None
                found.append([sent.get(column, self._missing) for column in self.columns])
        return found


def documented_first(keys: Iterable[str]) -> list[str]:
    """Return *keys*, the documented ones in the document's order, then the others by name: two exports agree."""
    observed = set(keys)
    return [key for key in FIELD_BY_KEY if key in observed] + sorted(observed - FIELD_BY_KEY.keys(), key=_by_name)


def _by_name(key: str) -> tuple[str, str]:
    """Return what to sort *key* by: case decides last, and ``field_9`` comes before ``field_11``."""
    return re.sub("[0-9]+", lambda digits: digits[0].zfill(8), key.casefold()), key


def names_alike(columns: Iterable[str]) -> str:
    """Return a sentence about *columns* that differ only in case, which some programs take for one; "" if none do."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(" ".join(column.casefold().splitlines()), []).append(one_line(column, 40))
    alike = [" and ".join(group) for group in groups.values() if len(group) > 1]
    return f"{', '.join(alike)} differ only in case" if alike else ""
