"""Colored marks beside statuses, by rules such as ``NEW = "green"`` and ``"CB*" = "yellow !"``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lead_tui.leads.lead import Lead

COLORS: Final = ("red", "yellow", "green", "blue")
MARK: Final = "●"

RULES: Final[Mapping[str, str]] = MappingProxyType({"NEW": "green", "CALLBK": "yellow", "CB*": "yellow", "SALE": "blue"})
"""The default rules."""


class StatusMark(NamedTuple):
    """A character before a status, and its color."""

    color: str
    mark: str

    @property
    def parts(self) -> tuple[str, str]:
        """What is drawn in the color, and what in that of text, since no other can be read on every palette."""
        return (MARK, f"{self.mark} ") if self.mark.isascii() else (self.mark, " ")


StatusMarks = Mapping[str, StatusMark]
"""Marks by the code or name of a status, in upper case; a final ``*`` stands for any characters."""


def marks_width(marks: StatusMarks) -> int:
    """Return the cells before a status for its mark."""
    return max((len("".join(mark.parts)) for mark in marks.values()), default=0)


def parse_rules(rules: Mapping[str, str]) -> StatusMarks:
    """Return the marks of *rules*: a color, and after a space a character of one cell in place of ``MARK``."""
    parts = {pattern.upper(): rule.partition(" ") for pattern, rule in rules.items()}
    return {pattern: StatusMark(color, mark or MARK) for pattern, (color, _, mark) in parts.items()}


def status_mark(lead: Lead, marks: StatusMarks) -> StatusMark | None:
    """Return the mark of the status of *lead*; None if no rule matches, or if the status is masked."""
    if not marks:
        return None
    for key in ("status", "status_name"):
        text = lead.line(key).upper()
        if text and (mark := marks.get(text)):
            return mark
        for pattern, mark in marks.items():
            if text and pattern.endswith("*") and text.startswith(pattern[:-1]):
                return mark
    return None
