"""The values of the chosen columns, or of every observed field, whose number grows with each lead that brings a new key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import itemgetter

from lead_tui.export.rows import COMPUTED_IN_FILES, REFUSED, SOURCE_KEYS, computed, decoded, pick_keys
from lead_tui.leads.decode import Row
from lead_tui.leads.fields import FIELD_BY_KEY, headings, key_of
from lead_tui.leads.lead import Lead
from lead_tui.leads.text import one_line

Arrange = Callable[[Sequence[object]], Sequence[object]]


class FieldPicker:
    """Picks the values of *columns*; without any, those of every observed field, documented ones first, then the others by name.

    *now*, aware, in UTC, is used for local times; *missing* stands for what was not sent.
    """

    def __init__(self, columns: Sequence[str], now: datetime, missing: object = "") -> None:
        self.columns = tuple(headings(columns)) if columns else ()
        """The names of the values, in their order; others may come with the next lead."""
        self._chosen = columns
        self._now = now
        self._missing = missing
        self._keys: Sequence[str] = ()
        if columns:
            self._keys = list(dict.fromkeys(key for column in columns for key in SOURCE_KEYS.get(column, (key_of(column),))))
            self._pick = pick_keys(self._keys, missing)
            has_computed = any(column in COMPUTED_IN_FILES for column in columns)
            self._arrange = self._computed if has_computed else self._in_order([key_of(column) for column in columns])
        else:
            self.observe(())

    @property
    def observed(self) -> list[str]:
        """The fields in the order in which they were observed; none where columns are chosen."""
        return [] if self._chosen else list(self._keys)

    def observe(self, keys: Iterable[str]) -> None:
        """Pick the values of *keys* as well, unless columns are chosen."""
        if self._chosen:
            return
        # Picked in the order in which keys were observed, as the server sends them: that is fastest.
        self._keys = list(dict.fromkeys([*self._keys, *keys]))
        self.columns = tuple(documented_first(self._keys))
        self._pick = pick_keys(self._keys, self._missing, forbid_others=True)
        self._arrange = self._in_order(self.columns)

    def pick(self, rows: Sequence[Row]) -> list[Sequence[object]]:
        """Return the values of each of *rows* that is a JSON object."""
        found = self._picked(rows)
        if found is None:
            # The keys of all these rows at once: with each change of the columns, a file has more to rewrite.
            self.observe(key for row in rows for key in decoded(row) or ())
            found = self._picked(rows) or []
        return found

    def _picked(self, rows: Sequence[Row]) -> list[Sequence[object]] | None:
        """Return the values of *rows*; None if a row has a key that has not been observed."""
        pick, arrange = self._pick, self._arrange
        found: list[Sequence[object]] = []
        for row in rows:
            try:
                values = pick(row)
            except REFUSED:
                sent = decoded(row)
                if sent is None:
                    continue
                if not (self._chosen or sent.keys() <= set(self._keys)):
                    return None
                values = [sent.get(key, self._missing) for key in self._keys]
            found.append(arrange(values))
        return found

    def _in_order(self, keys: Sequence[str]) -> Arrange:
        """Return what puts the values picked into the order of *keys*."""
        places = [self._keys.index(key) for key in keys]
        return itemgetter(*places) if len(places) > 1 else lambda values: [values[place] for place in places]

    def _computed(self, values: Sequence[object]) -> Sequence[object]:
        lead = Lead(dict(zip(self._keys, values, strict=True)))
        return [
            computed(column, lead, self._now) if column in COMPUTED_IN_FILES else lead.sent[key_of(column)]
            for column in self._chosen
        ]


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
