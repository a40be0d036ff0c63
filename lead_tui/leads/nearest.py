"""What somebody may have meant by a name that there is not. Needed for a mistake only: to be imported where one was made."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of *known*, in lower case, that is most like *name*; "" where none is like it."""
    return next(iter(difflib.get_close_matches(name.lower(), list(known), n=1)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``did you mean NAME``, or "" where nothing *known* is near *name*."""
    near = nearest(name, known)
    return f"did you mean {near}" if near else ""


def within_edits(name: str, known: Iterable[str], most: int = 2) -> str:
    """The one of *known* that *name* becomes with the fewest letters added, dropped or replaced, at most *most*; "" for none."""
    distances = {each: _edits(name.lower(), each) for each in known if abs(len(each) - len(name)) <= most}
    best = min(distances, key=lambda each: distances[each], default="")
    return best if best and distances[best] <= most else ""


def _edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, its in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != its))
    return row[-1]
