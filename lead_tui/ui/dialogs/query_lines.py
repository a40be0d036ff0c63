"""The lines of the list of saved queries: digit, name, what the query searches for, and its marks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from lead_tui.leads.cells import cell_width, fit
from lead_tui.leads.text import one_line
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.widgets.drawn_list import DrawnLine

_GAP = "  "
NAME_AT = 1 + len(_GAP)
"""The cell at which names begin, behind the digit."""

_MIN_NAME = 8
_MIN_SUMMARY = 12


def marks_of(saved: SavedQuery) -> str:
    """``start``, ``read-only``, both or ""."""
    return " ".join(mark for mark, is_set in (("start", saved.start), ("read-only", saved.read_only)) if is_set)


def summary_of(saved: SavedQuery) -> str:
    """What the query searches for, in a line."""
    return one_line(saved.query.summary()) or "all leads"


class QueryLines:
    """Makes the lines of *queries*, whose columns are the same whichever of them a search finds."""

    def __init__(self, queries: Sequence[SavedQuery] = ()) -> None:
        self._longest_name = max((cell_width(one_line(each.name)) for each in queries), default=0)
        self._longest_marks = max((len(marks_of(each)) for each in queries), default=0)

    def line(self, saved: SavedQuery, width: int, found: Sequence[int] = ()) -> DrawnLine:
        """Return the line of *saved*: marks whole, the name in up to half of the rest, then the summary where there is room.

        *found* are the positions of the characters of its name that a search found.
        """
        marks = f"{_GAP}{marks_of(saved):>{self._longest_marks}}" if self._longest_marks else ""
        rest = max(1, width - NAME_AT - len(marks))
        name_width = min(max(self._longest_name, _MIN_NAME), max(_MIN_NAME, rest // 2))
        summary_width = rest - name_width - len(_GAP)
        summary = f"{_GAP}{fit(summary_of(saved), summary_width)}" if summary_width >= _MIN_SUMMARY else ""
        name = one_line(saved.name)
        shown = fit(name, name_width if summary else min(rest, self._longest_name))
        # The ellipsis of a name that was cut is no character of it.
        whole = len(shown.rstrip()) - (cell_width(name) > cell_width(shown))
        looks = (("found" if at in found and at < whole else "bold", character) for at, character in enumerate(shown))
        runs = [(look, "".join(character for _, character in run)) for look, run in groupby(looks, key=lambda each: each[0])]
        return DrawnLine((("", f"{saved.key or ' '}{_GAP}"), *runs, ("", summary + marks)))
