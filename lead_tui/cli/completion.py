"""Shell completion, by argcomplete: the script a shell loads, and the words it is offered for the line being typed.

The shell runs ``lead-tui`` with the line in its environment on each Tab; argcomplete parses that with an argparse parser.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from argcomplete.completers import ChoicesCompleter, DirectoriesCompleter, FilesCompleter
from argcomplete.finders import CompletionFinder
from argcomplete.lexers import split_line
from argcomplete.shell_integration import shellcode

from lead_tui.cli.console import standard_output
from lead_tui.cli.options import APP, COMMANDS, QUERY_ACTIONS, SHELLS, VERBS, options_of
from lead_tui.config.paths import CONFIG_DIR_VARIABLE, Paths
from lead_tui.config.settings import load_settings
from lead_tui.invocation import Command
from lead_tui.leads import dates
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.fields import COMPUTED_IN_FILES, FIELDS, GENDER_NAMES, KNOWN_STATUSES, STATE_NAMES
from lead_tui.leads.query import FILTERS, FilterKind
from lead_tui.storage.query_store import QueryStore

_VALUES: Final[dict[FilterKind, Iterable[str]]] = {
    FilterKind.GENDER: GENDER_NAMES,
    FilterKind.STATE: STATE_NAMES,
    FilterKind.STATUS: KNOWN_STATUSES,
    FilterKind.FIRST_DAY: (*dates.SUGGESTED_DAYS, *dates.SUGGESTED_SPANS),
    FilterKind.LAST_DAY: dates.SUGGESTED_DAYS,
}
_COLUMNS: Final = (*COMPUTED_IN_FILES, *(field.key for field in FIELDS))


def run(command: Command) -> None:
    standard_output().write(shellcode(["lead-tui"], shell=command.words[0]))


def complete() -> None:
    """Print the words for the line in the environment, and end the process."""
    _, word, _, words, _ = split_line(os.environ["COMP_LINE"], int(os.environ["COMP_POINT"]))
    verb = words[1] if len(words) > 1 and words[1] in VERBS else APP
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    for option in options_of(verb):
        kind: dict[str, Any] = {"nargs": None if option.default is None else "?"} if option.value else {"action": "store_true"}
        argument: Any = parser.add_argument(*option.flags, **kind, help=option.sentence)
        known = _COMPLETERS.get(option.name) or _COMPLETERS.get(option.value)
        argument.completer = known or ChoicesCompleter(dict.fromkeys(option.choices, ""))
    typed: Any = parser.add_argument("words", nargs="*")
    # argcomplete takes the value of an option that may stand without one for a word, too.
    next_words = partial(_next_words, verb, is_first=len(words) == 1)
    typed.completer = ChoicesCompleter({}) if word.startswith("-") else next_words
    CompletionFinder()(parser, always_complete_options=False)


def _next_words(verb: str, *, is_first: bool, prefix: str, parsed_args: Namespace, **more: Any) -> Iterable[str]:
    """Return what can stand at the cursor other than an option; *is_first* is whether that is the first word."""
    before = (parsed_args.words or [])[1:]
    if COMMANDS[verb].takes_filters:
        name, is_pair, _ = prefix.partition("=")
        if is_pair:
            return [f"{name}={value}" for each in FILTERS if each.name == name for value in _VALUES.get(each.kind, ())]
        verbs = {verb: COMMANDS[verb].sentence for verb in VERBS} if is_first else {}
        return {**verbs, **{f"{each.name}=": each.label for each in FILTERS}}
    match verb, before:
        case "completion", []:
            return SHELLS
        case "queries", []:
            return QUERY_ACTIONS
        case "queries", ["show" | "delete"]:
            return _query_names(parsed_args=parsed_args)
        case ("queries", ["import" | "export"]) | ("open", []):
            return list(FilesCompleter()(prefix=prefix, **more))
    return ()


def _columns(*, prefix: str, **_: Any) -> Iterable[str]:
    chosen, comma, _last = prefix.rpartition(",")
    return [f"{chosen}{comma}{column}" for column in _COLUMNS if column not in chosen.split(",")]


def _query_names(*, parsed_args: Namespace, **_: Any) -> Iterable[str]:
    return [saved.name for saved in QueryStore(_paths(parsed_args)).load().queries]


def _profile_names(*, parsed_args: Namespace, **_: Any) -> Iterable[str]:
    with suppress(LeadTuiError):
        return load_settings(_paths(parsed_args).config_file).profile_names
    return ()


def _paths(typed: Namespace) -> Paths:
    return Paths.of(typed.config_dir or os.environ.get(CONFIG_DIR_VARIABLE, ""))


# By the name of an option, or else by the placeholder of its value.
_COMPLETERS: Final[dict[str, Callable[..., Iterable[str]]]] = {
    "query": _query_names,
    "profile": _profile_names,
    "columns": _columns,
    "by": lambda **_: _COLUMNS,
    "FILE": FilesCompleter(),
    "DIR": DirectoriesCompleter(),
}
