"""The words of a command line that say which leads are wanted: filters, look-ups and columns."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from lead_tui.cli.option_parser import STANDARD_STREAM, nearest, quoted
from lead_tui.cli.options import VERBS
from lead_tui.invocation import Invocation
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK, column_named
from lead_tui.leads.lookup import look_up
from lead_tui.leads.query import FILTERS, checked_name, checked_value, with_both_ends

if TYPE_CHECKING:
    from lead_tui.leads.lookup import ListedLookUp

ID_LISTS: Final = ("lead_id", "list_id")
"""Filters that read many ids from standard input."""


def invocation_of(
    options: argparse.Namespace, words: Sequence[str], read: Callable[[bool], str], *, takes_lists: bool
) -> Invocation:
    """Return which leads are wanted. *read* reads standard input: all lines if it is true, else the only one."""
    given, others = _pairs(words)
    looked_up = options.lookup
    readers = [f"{name}=-" for name, text in given.items() if text == STANDARD_STREAM]
    readers += ["--lookup -"] if looked_up == STANDARD_STREAM else []
    if len(readers) > 1:
        raise UsageError(f"Only one value can come from standard input, not {' and '.join(readers)}")
    filters: dict[str, str] = {}
    for name, text in given.items():
        try:
            if text != STANDARD_STREAM:
                filters[name] = checked_value(name, _decodable(name, text))
            elif takes_lists and name in ID_LISTS:
                # Imported here: few command lines have a list.
                from lead_tui.leads.lookup import ids_in

                filters[name] = ids_in(name, _decodable(name, read(True)))
            else:
                filters[name] = checked_value(name, _decodable(name, read(False)))
        except FilterError as error:
            raise FilterError(name, f"{name.removeprefix(CUSTOM_MARK)}: {error}") from None
    look_ups: tuple[ListedLookUp, ...] = ()
    if others:
        if looked_up:
            raise UsageError(f"{quoted(others[0])} and --lookup are two look-ups", remedy="leave one of them out")
        looked_up = _look_up_of(others, options.demo)
    elif looked_up == STANDARD_STREAM and takes_lists:
        from lead_tui.leads.lookup import look_ups_in, only_line

        # A name is not looked up as part of a list.
        text = _decodable("--lookup", read(True))
        looked_up = only_line(text)
        if not (looked_up and look_up(looked_up).is_name):
            looked_up, look_ups = "", look_ups_in(text)
    elif looked_up:
        looked_up = _decodable("--lookup", read(False) if looked_up == STANDARD_STREAM else looked_up)
        try:
            look_up(looked_up)
        except UsageError as error:
            raise UsageError(f"--lookup: {error.message}", remedy=error.remedy) from None
    filtered = tuple(with_both_ends(filters).items())
    return Invocation(filtered, options.query, looked_up, look_ups, columns_in(options.columns), bool(readers))


def _decodable(name: str, value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise UsageError(f"The value of {name} is not text in the locale's encoding") from None
    return value


def _pairs(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the filters among *words*, by name, and the other words."""
    given: dict[str, str] = {}
    others: list[str] = []
    for word in words:
        name, is_pair, text = word.partition("=")
        if not is_pair:
            others.append(word)
            continue
        name = checked_name(name)
        if name in given:
            raise UsageError(f"{name} is given twice", remedy="all filters must match: give each once")
        given[name] = text
    return given, others


def _look_up_of(words: Sequence[str], demo: int | None) -> str:
    """Return the look-up that *words* are: phone numbers in any spelling, ids with their mark, or emails. Raises ``UsageError``."""
    text = " ".join(words)
    problem: UsageError | None = None
    if any(character.isdigit() or character == "@" for character in text):
        try:
            found = look_up(_decodable("a look-up", text))
        except UsageError as error:
            problem = error
        else:
            is_bare_id = found.parts[0][0] == "lead_id" and "#" not in text
            if not (found.is_name or found.ignored or is_bare_id):
                return text
    for word in words:
        _refuse_command(word)
    word = next((word for word in words if not word.isdigit()), words[0])
    message = f"{quoted(word)} is not a command, FIELD=VALUE, phone number, #ID or email"
    if word.isdigit() and demo is not None:
        raise UsageError(message, remedy=f"the number of sample leads is written --demo={word[:12]}")
    if word.isdigit() and len(word) < 10:
        raise UsageError(message, remedy=f"the lead id is written '#{word}'")
    if problem is not None and not any(character.isalpha() for character in text):
        raise UsageError(f"{quoted(word)}: {problem.message}", remedy=problem.remedy)
    near = nearest(word, [each.name for each in FILTERS]) if re.fullmatch("[a-z_]{3,30}", word) else ""
    raise UsageError(message, remedy=f"{near.removesuffix('?')}=…?" if near else "a name is looked up with --lookup NAME")


def _refuse_command(word: str) -> None:
    """Raise ``UsageError`` if *word* is a command in the wrong place, or nearly one."""
    if word in VERBS:
        raise UsageError(f"The command comes first, before options and filters: lead-tui {word} …")
    if re.fullmatch(r"[a-z-]{3,20}", word) and (near := nearest(word, VERBS)):
        raise UsageError(f"There is no command {word}", remedy=near)


def columns_in(text: str) -> tuple[str, ...]:
    """Return the columns in *text*, each once. A custom one may have the mark that it has as a filter."""
    if not text:
        return ()
    columns = tuple(dict.fromkeys(column_named(part.strip()) for part in text.split(",")))
    if "" in columns:
        raise UsageError("--columns has a column without a name", remedy="separate names with single commas")
    return columns
