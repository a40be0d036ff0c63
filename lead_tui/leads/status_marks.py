"""Colored marks beside statuses, by rules such as ``NEW = "green"`` and ``"CB*" = "yellow !"``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from lead_tui.leads.lead import Lead

COLORS: Final = ("red", "yellow", "green", "blue")
MARK: Final = "●"
MAX_REMEMBERED: Final = 1_000
"""Statuses whose mark is remembered: an account has a hundred."""

RULES: Final[Mapping[str, str]] = MappingProxyType({"NEW": "green", "CALLBK": "yellow", "CB*": "yellow", "SALE": "blue"})
"""The default rules."""


class StatusMark(Struct, frozen=True):
    """A character before a status, and its color."""

    color: str
    mark: str

    @property
    def parts(self) -> tuple[str, str]:
        """What is drawn in the color, and what in that of text, since no other can be read on every palette."""
        return (MARK, f"{self.mark} ") if self.mark.isascii() else (self.mark, " ")


class StatusMarks(dict[str, StatusMark | None]):
    """Marks by the code or name of a status, in upper case, each found once; a final ``*`` of a rule stands for any characters."""

    def __init__(self, rules: Mapping[str, StatusMark] = MappingProxyType({})) -> None:
        super().__init__(rules)
        self.width = max((len("".join(mark.parts)) for mark in rules.values()), default=0)
        """The cells before a status for its mark."""
        self._prefixes = {pattern[:-1]: mark for pattern, mark in rules.items() if pattern.endswith("*")}

    def __missing__(self, text: str) -> StatusMark | None:
        mark = next((mark for prefix, mark in self._prefixes.items() if text.startswith(prefix)), None)
        if len(self) < MAX_REMEMBERED:
            self[text] = mark
        return mark


def parse_rules(rules: Mapping[str, str]) -> StatusMarks:
    """Return the marks of *rules*: a color, and after a space a character of one cell in place of ``MARK``."""
    parts = {pattern.upper(): rule.partition(" ") for pattern, rule in rules.items()}
    return StatusMarks({pattern: StatusMark(color, mark or MARK) for pattern, (color, _, mark) in parts.items()})


def status_mark(lead: Lead, marks: StatusMarks) -> StatusMark | None:
    """Return the mark of the status of *lead*; None if no rule matches, or if the status is masked."""
    texts = (lead.line(key).upper() for key in ("status", "status_name"))
    return next((mark for text in texts if text and (mark := marks[text])), None)
