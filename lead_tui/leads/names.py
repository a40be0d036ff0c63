"""Find what was meant: a field by any of its names, the known name most like a wrong one, and the best matches among texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple, TypeVar

from lead_tui.leads.fields import COMPUTED, FIELD_BY_KEY, PHONE_FIELDS, column_named, column_of, label_of
from lead_tui.leads.text import fold


class FieldNames:
    """The documented fields, the computed columns, the *observed* attributes of leads, and the *labels* given to any of them."""

    def __init__(self, observed: Iterable[str] = (), labels: Mapping[str, str] | None = None) -> None:
        labels = labels or {}
        self.keys = tuple(dict.fromkeys((*FIELD_BY_KEY, *COMPUTED, *map(column_of, observed), *labels)))
        """Every column, documented ones first."""
        # The first of several with the same name; a key before a label. "phone" means all three.
        self._by_name: dict[str, tuple[str, ...]] = {_plain(label_of(key)): (key,) for key in reversed(self.keys)}
        self._by_name |= {"phone": PHONE_FIELDS, **{_plain(label): (key,) for key, label in labels.items()}}
        self._by_name |= {_plain(key): (key,) for key in reversed(self.keys)}

    def find(self, name: str) -> tuple[str, ...]:
        """Return the columns of the field *name*: the API's name, or a label, in any case, with spaces or underscores."""
        named = column_named(name), column_named(name.strip())
        return next(((key,) for key in named if key in self.keys), self._by_name.get(_plain(named[1]), ()))

    def nearest(self, name: str) -> str:
        """Return the known name most like *name*; "" if none is similar."""
        return self._by_name.get(nearest(_plain(name), self._by_name), ("",))[0]


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", fold(name))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the one of *known*, in lower case, that is most like *name*; "" if none is similar."""
    # Imported here: only a mistake needs it.
    import difflib

    return next(iter(difflib.get_close_matches(name.lower(), list(known), n=1)), "")


def within_two_edits(name: str, known: Iterable[str]) -> str:
    """Return the one of *known* that is most like *name*, if at most two letters are wrong, missing or too many; else ""."""
    # Imported here: only a mistake needs it.
    import difflib

    near = nearest(name, known)
    steps = difflib.SequenceMatcher(None, name.lower(), near).get_opcodes()
    edits = sum(max(end - start, near_end - near_start) for step, start, end, near_start, near_end in steps if step != "equal")
    return near if edits <= 2 else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean NAME?``; "" if none of *known* is similar to *name*."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else ""


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


def match(typed: str, names: Sequence[str], elsewhere: str = "", *, letters: bool = False) -> Match | None:
    """Return how *typed*, or each of its words, matches *names* or *elsewhere*; with *letters*, its letters may be scattered."""
    typed, folded = fold(typed.strip()), list(map(fold, names))
    found: list[Match] = []
    for word in [typed] if any(typed in name for name in folded) else typed.split():
        places = [each for index, name in enumerate(folded) if (each := _in_name(word, name, index, letters=letters))]
        if not places and (each := _in_name(word, fold(elsewhere), 0)):
            places = [Match(Place.INSIDE_ELSEWHERE if each.place is Place.INSIDE else Place.ELSEWHERE)]
        if not places:
            return None
        found.append(min(places))
    return max(found, default=Match(Place.WHOLE))._replace(skipped=sum(each.skipped for each in found))


def ranked(typed: str, items: Iterable[T], texts: Callable[[T], tuple[Sequence[str], str]], *, letters: bool = False) -> list[T]:
    """Return the *items* that match *typed*, best first, equal ones in their order; *texts* returns names and another text."""
    found = [(each, item) for item in items if (each := match(typed, *texts(item), letters=letters)) is not None]
    return [item for _, item in sorted(found, key=itemgetter(0))]


def _in_name(word: str, name: str, index: int, *, letters: bool = False) -> Match | None:
    at = name.find(word)
    if at > 0:
        return Match(Place.WORD if re.search(rf"(?<![^\W_]){re.escape(word)}", name) else Place.INSIDE, index)
    if at == 0:
        return Match(Place.WHOLE if word and word == name else Place.START, index)
    last = -1
    for letter in word if letters else "":
        last = name.find(letter, last + 1)
        if last < 0:
            return None
    # Backward from the last letter, so that the letters are as close to each other as possible.
    first = last + 1
    for letter in reversed(word):
        first = name.rfind(letter, 0, first)
    return Match(Place.LETTERS, index, last - first + 1 - len(word)) if last >= 0 else None
