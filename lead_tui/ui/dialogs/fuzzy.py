"""Fuzzy search of names: a few letters in their order match, better matches first. Pure.

Textual's own fuzzy search weighs every way in which the letters can be found: a tenth of a second for one unlucky name of 80
characters, and more with each letter. Here a name costs as much as it is long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from lead_tui.leads.text import fold

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """How well a text matches: the less the better, among equals the one with fewer characters skipped."""

    rank: int
    skipped: int
    positions: tuple[int, ...] = ()
    """Of the characters found in the name."""


_START, _WORD, _INSIDE, _LETTERS, _ELSEWHERE = range(5)


def match(typed: str, name: str, elsewhere: str = "") -> Match | None:
    """How the words of *typed* are found in *name*, each for itself; one that is not is sought whole in *elsewhere*."""
    folded, other = _folded(name), _folded(elsewhere)
    rank = skipped = 0
    positions: set[int] = set()
    for word in _folded(typed).split():
        found = _in_name(word, folded)
        if found is None:
            if word not in other:
                return None
            found = Match(_ELSEWHERE, 0)
        rank = max(rank, found.rank)
        skipped += found.skipped
        positions.update(found.positions)
    return Match(rank, skipped, tuple(sorted(positions)))


def ranked(typed: str, items: Iterable[T], texts: Callable[[T], tuple[str, str]]) -> list[tuple[T, Match]]:
    """Those of *items* that match *typed*, best first, among equals in their order; *texts* gives an item's name and the rest."""
    found = [(item, each) for item in items if (each := match(typed, *texts(item))) is not None]
    return sorted(found, key=lambda pair: (pair[1].rank, pair[1].skipped))


def _folded(text: str) -> str:
    # A character for a character, so that positions stay: "İ" would become two.
    return "".join(folded if len(folded := fold(character)) == 1 else character for character in text)


def _in_name(word: str, name: str) -> Match | None:
    at = name.find(word)
    if at >= 0:
        starts = [at for at in _places(word, name) if at == 0 or not name[at - 1].isalnum()]
        at = starts[0] if starts else at
        rank = _START if at == 0 else _WORD if starts else _INSIDE
        return Match(rank, 0, tuple(range(at, at + len(word))))
    positions: list[int] = []
    at = -1
    for letter in word:
        at = name.find(letter, at + 1)
        if at < 0:
            return None
        positions.append(at)
    # Back from where the last letter was found, so that the letters lie as close together as they can before it.
    end = positions[-1] + 1
    for index in range(len(word) - 1, -1, -1):
        end = name.rfind(word[index], 0, end)
        positions[index] = end
    return Match(_LETTERS, positions[-1] - positions[0] + 1 - len(word), tuple(positions))


def _places(word: str, name: str) -> Iterable[int]:
    at = name.find(word)
    while at >= 0:
        yield at
        at = name.find(word, at + 1)
