"""What an examination finds: one thing looked at, whether it is fine, and what to do where it is not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line

_VERDICT_WIDTH: Final = 7
_NAME_WIDTH: Final = 15


class Verdict(Enum):
    """Whether something is fine; the value is the word for it."""

    OK = "ok"
    DOUBT = "doubt"
    """It works, or nobody can know; somebody should look at it."""
    BAD = "bad"
    """It does not work."""


class Finding(NamedTuple):
    """One thing that was looked at. Every text is fit to be shown to anybody: no secret, no lead, no name of a saved query."""

    name: str
    verdict: Verdict
    what: str
    """What there is, or what is wrong with it."""
    remedy: str = ""
    """What to do; "" where everything is fine."""
    error: LeadTuiError | None = None
    """Of what is bad: the error that a command would end with, and so the exit code."""


def fine(name: str, what: str) -> Finding:
    """All is well."""
    return Finding(name, Verdict.OK, what)


def doubtful(name: str, what: str, remedy: str = "") -> Finding:
    """It works, or nobody can know."""
    return Finding(name, Verdict.DOUBT, what, remedy)


def failed(name: str, error: LeadTuiError) -> Finding:
    """*error* is what a command ends with."""
    return Finding(name, Verdict.BAD, error.message, error.remedy, error)


def lines_of(finding: Finding, width: int = 0) -> list[str]:
    """*finding* in lines of at most *width* cells where there is space for a word; 0 is no limit."""
    head = f"  {finding.verdict.value.ljust(_VERDICT_WIDTH)}{finding.name.ljust(_NAME_WIDTH)} "
    lines = _wrapped(head, finding.what, width)
    if finding.remedy:
        lines += _wrapped(" " * len(head) + "remedy: ", finding.remedy, width)
    return lines


def table(rows: Sequence[tuple[str, str, str]], width: int = 0) -> list[str]:
    """*rows* with their columns one below the other, the last one wrapped to *width* cells where there is space; 0 is no limit."""
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [line for one, two, three in rows for line in _wrapped(f"  {one.ljust(first)}  {two.ljust(second)}  ", three, width)]


def conclusion(findings: Iterable[Finding]) -> str:
    """How many things are not fine, in a sentence."""
    found = list(findings)
    bad = sum(finding.verdict is Verdict.BAD for finding in found)
    doubts = sum(finding.verdict is Verdict.DOUBT for finding in found)
    if not bad and not doubts:
        return f"All {len(found)} are fine."
    return f"Of {len(found)}, {bad} bad, {doubts} in doubt."


def _wrapped(head: str, text: str, width: int) -> list[str]:
    text = one_line(text)
    if not width:
        return [head + text]
    room = max(width, len(head) + 20)
    return textwrap.wrap(
        text, room, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    ) or [head.rstrip()]
