"""Suggestions: known values that complete what is typed into a line, and the choice of the best ones. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from lead_tui.leads.text import fold, one_line


class Suggestion(Struct, frozen=True):
    """A *value* that may be typed, its *label*, and in how many leads it was observed: ``2705``, ``API Lead Insert``, 37."""

    value: str
    label: str = ""
    count: int = 0

    @property
    def shown(self) -> str:
        return " · ".join(filter(None, map(one_line, (self.value, self.label))))


Suggest = Callable[[str, str], Sequence[Suggestion]]
"""Returns what may complete the text typed (second argument) into the line of that name (first argument), best first.

It is called at each change of the text, in the event loop, so it must answer from memory. ``matching`` chooses among the result.
"""


def matching(suggestions: Iterable[Suggestion], typed: str, most: int) -> tuple[Suggestion, ...]:
    """Return at most *most* of *suggestions* whose value or label matches *typed*, best first, among equals in their order.

    A value that could not be typed (it holds control or invisible characters) is left out.
    """
    # Imported here: the first paint does without it.
    from lead_tui.leads.ranking import ranked

    typable = (each for each in suggestions if each.value and one_line(each.value) == each.value)
    return tuple(each for each, _ in ranked(typed, typable, lambda each: ((each.value, each.label), "")))[:most]


class SuggestionList(Struct):
    """The list below a field: what completes the text *typed*, and which line of it is highlighted."""

    suggestions: tuple[Suggestion, ...] = ()
    typed: str = ""
    is_open: bool = False
    """Whether it was opened, even if it is empty."""
    highlighted: int = -1
    """The index of a suggestion; -1 while the cursor is in the text."""
    top: int = 0
    """The first suggestion in view."""

    @property
    def best(self) -> Suggestion | None:
        return self.suggestions[max(0, self.highlighted)] if self.suggestions else None

    def move(self, by: int) -> None:
        """Move the highlight by *by* lines; above the first one is the text."""
        self.highlighted = max(-1, min(self.highlighted + by, len(self.suggestions) - 1))

    def in_view(self, lines: int) -> range:
        """Return the indexes of the suggestions shown on *lines* lines, the highlighted one among them."""
        self.top = min(max(self.top, self.highlighted - lines + 1), max(0, self.highlighted))
        return range(self.top, min(self.top + lines, len(self.suggestions)))


def rest(suggestion: Suggestion, typed: str) -> str:
    """Return the dim text after *typed* for *suggestion*: the rest of the value, or all of it."""
    label = f" · {one_line(suggestion.label)}" if suggestion.label else ""
    if fold(suggestion.value[: len(typed)]) == fold(typed):
        return suggestion.value[len(typed) :] + label
    return f" {suggestion.shown}"
