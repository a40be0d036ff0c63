"""What there is to complete: commands, their options and the words that these take. No shell's way to say so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, NamedTuple

from lead_tui.cli.options import APP, COMMANDS, QUERY_ACTIONS, SHELLS, Option, options_of
from lead_tui.leads.fields import COMPUTED, FIELDS
from lead_tui.leads.filters import FILTERS, FilterKind


class Value(Enum):
    """What an option takes."""

    NOTHING = auto()
    """Also where a value comes only after ``=``: nobody must give one."""
    ANYTHING = auto()
    WORD = auto()
    """One of ``Flag.words``."""
    QUERY = auto()
    """The name of a saved query."""
    PROFILE = auto()
    """The name of a profile."""
    COLUMNS = auto()
    """Columns between commas."""
    FILE = auto()
    DIRECTORY = auto()


class Flag(NamedTuple):
    """An option."""

    name: str
    """As it is typed."""
    sentence: str
    value: Value = Value.NOTHING
    words: tuple[str, ...] = ()


class Verb(NamedTuple):
    """A command; the name of the app itself is ""."""

    name: str
    sentence: str
    flags: tuple[Flag, ...]
    takes_filters: bool


class CompletionData(NamedTuple):
    """All of it. Every text is the program's own, of letters, digits and plain punctuation."""

    verbs: tuple[Verb, ...]
    """The app first."""
    filters: Mapping[str, tuple[str, ...]]
    """Names, each with the values that can be told beforehand."""
    columns: tuple[str, ...]
    actions: Mapping[str, Value]
    """Of ``queries``, each with what comes behind it."""
    shells: tuple[str, ...]


_DAYS: Final = ("today", "yesterday", "-7d", "-2w", "-3m", "-1y")
_SPANS: Final = ("this week", "last week", "last 7 days", "last 30 days", "this month", "last month", "this year")

_VALUES: Final[Mapping[FilterKind, tuple[str, ...]]] = {
    FilterKind.GENDER: ("M", "F", "U"),
    FilterKind.FIRST_DAY: (*_DAYS, *_SPANS),
    FilterKind.LAST_DAY: _DAYS,
}

_BY_NAME: Final[Mapping[str, Value]] = {"query": Value.QUERY, "profile": Value.PROFILE}

_BY_PLACEHOLDER: Final[Mapping[str, Value]] = {"FILE": Value.FILE, "DIR": Value.DIRECTORY, "A,B,…": Value.COLUMNS}


def completed() -> CompletionData:
    """All there is, from the manual and the documented names."""
    return CompletionData(
        verbs=tuple(
            Verb(
                command.verb,
                command.sentence,
                tuple(flag for option in options_of(command.verb) for flag in _flags(option)),
                command.takes_filters,
            )
            for command in COMMANDS.values()
        ),
        filters={each.name: _VALUES.get(each.kind, ()) for each in FILTERS},
        columns=(*COMPUTED, *(field.key for field in FIELDS)),
        actions={
            action: {"show": Value.QUERY, "delete": Value.QUERY, "list": Value.NOTHING}.get(action, Value.FILE)
            for action in QUERY_ACTIONS
        },
        shells=SHELLS,
    )


def names(found: CompletionData) -> list[str]:
    """The names of the commands."""
    return [verb.name for verb in found.verbs if verb.name != APP]


def filled(script: str, found: CompletionData, parts: Mapping[str, str]) -> str:
    """*script* with *parts*, and what is the same in every shell, in the place of their names, each between two ``@``."""
    everywhere = {
        "COLUMNS": " ".join(found.columns),
        "FILTER_NAMES": " ".join(f"{name}=" for name in found.filters),
        "VERB_NAMES": " ".join(names(found)),
        "ACTION_NAMES": " ".join(found.actions),
        "SHELLS": " ".join(found.shells),
    }
    for name, part in {**everywhere, **parts}.items():
        script = script.replace(f"@{name}@", part)
    return script


def _flags(option: Option) -> list[Flag]:
    """*option* under each of its names."""
    typed = re.split(r",? |\[", option.written)
    return [Flag(name, option.sentence, _value(option), option.choices) for name in typed if name.startswith("-")]


def _value(option: Option) -> Value:
    if not option.value or option.default is not None:
        return Value.NOTHING
    if option.choices:
        return Value.WORD
    if option.name in _BY_NAME:
        return _BY_NAME[option.name]
    return _BY_PLACEHOLDER.get(option.value, Value.ANYTHING)
