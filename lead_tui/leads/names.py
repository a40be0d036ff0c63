"""Find what was meant: a field by any of its names, the known name most like a wrong one, and the best matches among texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeVar

from lead_tui.leads.fields import COMPUTED, FIELD_BY_KEY, PHONE_FIELDS, column_named, column_of, label_of
from lead_tui.leads.text import fold


class FieldNames:
    """The documented fields, the computed columns, the *observed* attributes of leads, and the *labels* given to any of them."""

    def __init__(self, observed: Iterable[str] = (), labels: Mapping[str, str] | None = None) -> None:
        labels = labels or {}
        self.keys = tuple(dict.fromkeys((*FIELD_BY_KEY, *COMPUTED, *map(column_of, observed), *labels)))
        """Every column, documented ones first."""
        # The first of several with the same name; "phone" means all three.
        self._by_key = {key.casefold(): key for key in reversed(self.keys)} | {key: key for key in self.keys}
        self._by_label: dict[str, tuple[str, ...]] = {_plain(label_of(key)): (key,) for key in reversed(self.keys)}
        self._by_label |= {"phone": PHONE_FIELDS, **{_plain(label): (key,) for key, label in labels.items()}}

    def find(self, name: str) -> tuple[str, ...]:
        """Return the columns of the field *name*: the API's name, or a label, in any case, with spaces or underscores."""
        stripped = column_named(name.strip())
        keys = (self._by_key[key] for key in (column_named(name), stripped, stripped.casefold()) if key in self._by_key)
        return next(((key,) for key in keys), self._by_label.get(_plain(name), ()))

    def nearest(self, name: str) -> str:
        """Return the known name most like *name*; "" if none is similar."""
        spoken = {key.casefold(): key for key in reversed(self.keys)} | {label: keys[0] for label, keys in self._by_label.items()}
        return spoken.get(nearest(name.casefold().strip(), spoken), "")


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", fold(name))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the one of *known*, in lower case, that is most like *name*; "" if none is similar."""
    # Imported here: only a mistake needs it.
    import difflib

    return next(iter(difflib.get_close_matches(name.lower(), list(known), n=1)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean NAME?``; "" if none of *known* is similar to *name*."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else ""


def within_two_edits(name: str, known: Iterable[str]) -> str:
    """Return the one of *known* that is most like *name*, if it is at most two edits away; else ""."""
    near = nearest(name, known)
    return near if near and _edits(name.lower(), near) <= 2 else ""


def _edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, its in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != its))
    return row[-1]


# Ranking texts by what is typed. Textual's fuzzy search weighs every way to find the letters, which takes a tenth of a second for
# an unlucky name of 80 characters, and more for each letter. Here the time is linear in the length of the name.

T = TypeVar("T")


class Place(IntEnum):
    """Where a word was found: as the whole name, at its start, at a word's start, inside, scattered; or in another text."""

    WHOLE, START, WORD, INSIDE, LETTERS, ELSEWHERE, INSIDE_ELSEWHERE = range(7)


class Match(NamedTuple):
    """How well a text matches: smaller is better."""

    place: Place
    order: int = 0  # the index of the name
    skipped: int = 0  # characters between scattered letters
    positions: tuple[int, ...] = ()  # of the characters found in the first name


def match(typed: str, names: Sequence[str], elsewhere: str = "", *, letters: bool = False) -> Match | None:
    """Return how *typed*, or each of its words, matches *names* or *elsewhere*; with *letters*, its letters may be scattered."""
    typed, folded = _folded(typed.strip()), [_folded(name) for name in names]
    found: list[Match] = []
    for word in [typed] if any(typed in name for name in folded) else typed.split():
        places = [each for index, name in enumerate(folded) if (each := _in_name(word, name, index, letters=letters))]
        if not places and (each := _in_name(word, _folded(elsewhere), 0)):
            places = [Match(Place.INSIDE_ELSEWHERE if each.place is Place.INSIDE else Place.ELSEWHERE)]
        if not places:
            return None
        found.append(min(places))
    positions = {at for each in found if not each.order for at in each.positions}
    if positions and not names[0].isascii():
        # Folding turns some characters into two, and drops others.
        origins = [at for at, character in enumerate(names[0]) for _ in fold(character)]
        positions = {origins[at] for at in positions}
    worst = max(found, default=Match(Place.WHOLE))
    return Match(worst.place, worst.order, sum(each.skipped for each in found), tuple(sorted(positions)))


def ranked(
    typed: str, items: Iterable[T], texts: Callable[[T], tuple[Sequence[str], str]], *, letters: bool = False
) -> list[tuple[T, Match]]:
    """Return the *items* that match *typed*, best first, equal ones in their order; *texts* returns names and another text."""
    found = [(item, each) for item in items if (each := match(typed, *texts(item), letters=letters)) is not None]
    return sorted(found, key=lambda pair: pair[1][:3])


def _folded(text: str) -> str:
    return fold(text) if text.isascii() else "".join(map(fold, text))


def _in_name(word: str, name: str, index: int, *, letters: bool = False) -> Match | None:
    at = name.find(word)
    if at >= 0:
        if at and (start := re.search(rf"(?<![^\W_]){re.escape(word)}", name)):
            at, place = start.start(), Place.WORD
        else:
            place = Place.INSIDE if at else Place.WHOLE if word and word == name else Place.START
        return Match(place, index, 0, tuple(range(at, at + len(word))))
    end = 0
    for letter in word if letters else "":
        end = name.find(letter, end) + 1
        if not end:
            return None
    # Backward from the last letter, so that the letters are as close to each other as possible.
    positions: list[int] = []
    for letter in reversed(word) if end else "":
        end = name.rfind(letter, 0, end)
        positions.insert(0, end)
    return Match(Place.LETTERS, index, positions[-1] - end + 1 - len(word), tuple(positions)) if positions else None
