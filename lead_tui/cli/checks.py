"""What a check of the doctor finds, and how it is printed."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line

_VERDICT_WIDTH: Final = 8
_NAME_WIDTH: Final = 15


class Verdict(Enum):
    """The value is the word that is printed."""

    OK = "ok"
    WARN = "warn"
    """It works, or cannot be known; a person should look at it."""
    FAIL = "fail"
    SKIPPED = "skipped"
    """Not checked, since an earlier check failed."""


class Finding(NamedTuple):
    """The result of one check. Every text can be shown to anyone: it has no secret, no lead, no name of a saved query."""

    name: str
    verdict: Verdict
    what: str
    """What there is, or what is wrong with it."""
    remedy: str = ""
    error: LeadTuiError | None = None
    """Of a failed check: the error with which a command would end, and so the exit code."""


def ok(name: str, what: str) -> Finding:
    return Finding(name, Verdict.OK, what)


def warn(name: str, what: str, remedy: str = "") -> Finding:
    return Finding(name, Verdict.WARN, what, remedy)


def fail(name: str, error: LeadTuiError) -> Finding:
    return Finding(name, Verdict.FAIL, error.message, error.remedy, error)


def lines_of(finding: Finding, width: int = 0) -> list[str]:
    """Return *finding* in lines of at most *width* cells if a word fits; 0 is no limit."""
    head = f"  {finding.verdict.value.ljust(_VERDICT_WIDTH)}{finding.name.ljust(_NAME_WIDTH)} "
    lines = _wrapped(head, finding.what, width)
    if finding.remedy:
        lines += _wrapped(" " * len(head) + "remedy: ", finding.remedy, width)
    return lines


def table(rows: Sequence[tuple[str, str, str]], width: int = 0) -> list[str]:
    """Return *rows* with aligned columns, the last one wrapped to *width* cells if a word fits; 0 is no limit."""
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [line for one, two, three in rows for line in _wrapped(f"  {one.ljust(first)}  {two.ljust(second)}  ", three, width)]


def summary(findings: Iterable[Finding]) -> str:
    """Return a line such as "16 checks: 11 ok, 2 failed, 3 warnings"."""
    count = Counter(finding.verdict for finding in findings)
    parts = [f"{count[Verdict.OK]} ok"]
    if count[Verdict.FAIL]:
        parts.append(f"{count[Verdict.FAIL]} failed")
    if count[Verdict.WARN]:
        parts.append(f"{count[Verdict.WARN]} warning{'' if count[Verdict.WARN] == 1 else 's'}")
    if count[Verdict.SKIPPED]:
        parts.append(f"{count[Verdict.SKIPPED]} skipped")
    return f"{count.total()} checks: {', '.join(parts)}"


def _wrapped(head: str, text: str, width: int) -> list[str]:
    text = one_line(text)
    if not width:
        return [head + text]
    room = max(width, len(head) + 20)
    return textwrap.wrap(
        text, room, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    ) or [head.rstrip()]
