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
