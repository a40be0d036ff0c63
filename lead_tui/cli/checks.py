"""What a check of the doctor finds, and how that is printed."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from lead_tui.export.writer import Sink
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.permissions import Token, mask_token
from lead_tui.leads.text import one_line

_VERDICT_WIDTH: Final = 8
_NAME_WIDTH: Final = 15


class Verdict(Enum):
    """The value is the word that is printed."""

    OK = "ok"
    WARN = "warn"
    """It works, or cannot be known; check it yourself."""
    FAIL = "fail"
    SKIPPED = "skipped"
    """Not checked, since an earlier check failed."""


class Doubt(NamedTuple):
    """What a user should check. Every text can be shown to anyone: it has no secret, no lead, no name of a saved query."""

    what: str
    remedy: str = ""


Outcome = str | Doubt
"""What a check finds: what there is, if that is fine. A check that fails raises the error with which a command would end."""


class Report:
    """Prints what each check finds at once, since a check can take a while. The methods raise ``OutputError``."""

    def __init__(self, sink: Sink, home: str) -> None:
        self.failure: LeadTuiError | None = None
        """The error of the first check that failed."""
        self._sink = sink
        self._home = re.compile(rf"(?<![\w/.-]){re.escape(home.rstrip('/'))}(?=/)") if home.strip("/") else None
        self._secrets: list[Token] = []
        self._verdicts: Counter[Verdict] = Counter()

    def hide(self, secret: Token | None) -> None:
        """Never print *secret*."""
        if secret:
            self._secrets.append(secret)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            for secret in self._secrets:
                line = mask_token(line, secret)
            self._sink.write(f"{self._home.sub('~', line) if self._home else line}\n")

    def table(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Print *rows* with aligned columns."""
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        for one, two, three in rows:
            self.lines(wrapped(f"  {one.ljust(first)}  {two.ljust(second)}  ", three, self._sink.width))

    def check(self, name: str, check: Callable[[], Outcome]) -> bool:
        """Run *check* and print what it finds; return whether it did not fail."""
        try:
            found = check()
        except LeadTuiError as error:
            self.fail(name, error)
            return False
        if isinstance(found, Doubt):
            self._add(name, Verdict.WARN, *found)
        else:
            self._add(name, Verdict.OK, found)
        return True

    def fail(self, name: str, error: LeadTuiError) -> None:
        self.failure = self.failure or error
        self._add(name, Verdict.FAIL, error.message, error.remedy)

    def skip(self, why: str, *names: str) -> None:
        for name in names:
            self._add(name, Verdict.SKIPPED, why)

    def summary(self) -> str:
        """Return a line such as "16 checks: 11 ok, 2 failed, 3 warnings"."""
        count = self._verdicts
        words = {Verdict.FAIL: "failed", Verdict.WARN: "warning" if count[Verdict.WARN] == 1 else "warnings"}
        parts = [
            f"{count[each]} {words.get(each, each.value)}" for each in (Verdict.FAIL, Verdict.WARN, Verdict.SKIPPED) if count[each]
        ]
        return f"{count.total()} checks: {', '.join([f'{count[Verdict.OK]} ok', *parts])}"

    def _add(self, name: str, verdict: Verdict, what: str, remedy: str = "") -> None:
        self._verdicts[verdict] += 1
        head = f"  {verdict.value.ljust(_VERDICT_WIDTH)}{name.ljust(_NAME_WIDTH)} "
        self.lines(wrapped(head, what, self._sink.width))
        if remedy:
            self.lines(wrapped(" " * len(head) + "remedy: ", remedy, self._sink.width))


def wrapped(head: str, text: str, width: int) -> list[str]:
    """Return *text* after *head* in lines of at most *width* cells if a word fits; 0 is no limit."""
    text = one_line(text)
    if not width:
        return [head + text]
    room = max(width, len(head) + 20)
    return textwrap.wrap(
        text, room, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    ) or [head.rstrip()]
