"""Lists of values, such as a call list: the ids of a filter, or one text to look up per line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.filters import checked_value
from lead_tui.leads.lookup import LookUp, look_up

MAX_VALUES = 20_000
"""Values of a list: ids take 50 requests; phones, at three requests each and three a second, five and a half hours."""

_LINE_END = re.compile(r"\r\n?|\n")
_BETWEEN_IDS = re.compile(r"[\s,;]+")
_SPLIT = "split the list, as split -l does"


class ListedLookUp(Struct, frozen=True):
    """A line of a list of look-ups."""

    line: int
    """Counted from 1."""
    text: str
    """As it was given, without the space around it."""
    look_up: LookUp | None
    """None where *text* is neither a phone nor an email nor a lead id."""


def ids_in(name: str, text: str) -> str:
    """Return the ids in *text*, each once, as a value of the filter *name*: separated by line breaks, commas, spaces or tabs.

    Raises ``FilterError``, which names the line of an invalid id.
    """
    ids: dict[str, None] = {}
    for number, line in _lines(text):
        try:
            ids |= dict.fromkeys(_ids_of(name, line))
        except FilterError:
            raise FilterError(name, f"Line {number:,} is not an id") from None
        _refuse_long(len(ids), "ids")
    if not ids:
        raise FilterError(name, "Standard input contains no id")
    return ",".join(ids)


def _ids_of(name: str, line: str) -> list[str]:
    try:
        # As a whole first: it may be words and a number, as in "lead id 12".
        value = checked_value(name, line)
    except FilterError:
        value = checked_value(name, ",".join(_BETWEEN_IDS.split(line)))
    return value.split(",")


def look_ups_in(text: str) -> tuple[ListedLookUp, ...]:
    """Return the look-ups in *text*, one per line that is not blank; what is looked up twice comes once.

    Raises ``UsageError`` where no line can be understood, or where there are too many.
    """
    listed: dict[object, ListedLookUp] = {}
    for number, line in _lines(text):
        parsed = _parsed(line)
        listed.setdefault(line if parsed is None else parsed.parts, ListedLookUp(number, line, parsed))
        _refuse_long(len(listed), "values")
    if all(each.look_up is None for each in listed.values()):
        raise UsageError("No line of standard input is a phone number, an email or a lead id", remedy="put one on each line")
    return tuple(listed.values())


def only_line(text: str) -> str:
    """Return the one line of *text* that is not blank; "" where there are several, or none."""
    lines = [line for _, line in _lines(text)]
    return lines[0] if len(lines) == 1 else ""


def _parsed(line: str) -> LookUp | None:
    try:
        parsed = look_up(line)
    except UsageError:
        return None
    # A heading or a comment looks like a name.
    return None if parsed.is_name else parsed


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of *text* that are not blank, with their numbers."""
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        if line := line.strip():
            yield number, line


def _refuse_long(count: int, what: str) -> None:
    if count > MAX_VALUES:
        raise UsageError(f"Standard input contains more than {MAX_VALUES:,} {what}", remedy=_SPLIT)
