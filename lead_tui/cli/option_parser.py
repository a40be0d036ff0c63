"""An argparse parser for the options of each command, built from ``options.py``; and how messages quote a word.

It does not import the model of leads, so that ``pop`` is fast.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, NoReturn

from lead_tui.cli.options import OPTIONS, Option, one_of, options_of
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line

STANDARD_STREAM: Final = "-"
"""Stands for a value read from standard input, since other users can see command lines, or for standard output."""
MAX_QUOTED_CHARACTERS: Final = 40  # characters of a word that a message repeats
MIN_TOKEN_CHARACTERS: Final = 16
"""A word of letters and digits of this length may be a token that was typed in the wrong place: no message repeats it."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse's message may repeat a value. It begins with the option: "argument -o/--output: expected one argument".
        name = message.removeprefix("argument ").partition(": ")[0].rpartition("/")[2]
        if message.endswith("expected one argument"):
            raise UsageError(f"{name} needs a value", remedy=f"one that starts with a dash is written {name}=VALUE")
        raise UsageError(f"{name} takes no value")


def build_parser(verb: str) -> tuple[argparse.ArgumentParser, list[tuple[Option, argparse.Action]]]:
    """Return the parser of the options of *verb*, and its actions."""
    # With a width: to find one, the formatter that argparse creates for each option would import shutil.
    parser = _Parser(add_help=False, allow_abbrev=False, formatter_class=partial(argparse.HelpFormatter, width=80))
    actions = []
    for option in options_of(verb):
        if option.value:
            number = None if option.default is None else "?"
            action = parser.add_argument(*option.flags, type=_converter(option), nargs=number, help=option.sentence)
        else:
            action = parser.add_argument(*option.flags, action="store_true", help=option.sentence)
        actions.append((option, action))
    return parser, actions


def split(verb: str, arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the options, those of other commands unset, and the other words in their order."""
    parser, _ = build_parser(verb)
    known = options_of(verb)
    unset = argparse.Namespace(**{option.name.replace("-", "_"): option.unset for option in OPTIONS})
    defaults = {f"--{option.name}": f"--{option.name}={option.default}" for option in known if option.default is not None}
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for each in arguments[:end]:
        # argparse takes the dashes for the end of the options, and the option for one without a value.
        if dashes := re.fullmatch("(-[a-z]|--[a-z-]+)=?--", each):
            raise UsageError(f"{dashes[1]} needs a value")
    options, words = parser.parse_known_args([defaults.get(each, each) for each in arguments[:end]], unset)
    for word in words:
        if word.startswith("-") and word != STANDARD_STREAM:
            _refuse_option(verb, word.partition("=")[0], [f"--{option.name}" for option in known])
    return options, [*words, *arguments[end + 1 :]]


def number_of(words: Sequence[str]) -> str:
    """Return the number in *words*, which spaces may have split. Raises ``UsageError``."""
    if not any(word.strip() for word in words):
        raise UsageError("pop requires a number", remedy="add it, or - to read it from standard input")
    return " ".join(words)


def _converter(option: Option) -> Callable[[str], str | int]:
    """Return the ``type=`` of *option*. argparse lets a ``UsageError`` through."""

    def convert(text: str) -> str | int:
        if option.value == "N":
            digits = text.replace(",", "").replace("_", "")
            if not (re.fullmatch("[0-9]{1,12}", digits) and int(digits)):
                raise UsageError(f"--{option.name} must be a whole number from 1 to 999,999,999,999, not {quoted(text)}")
            return int(digits)
        if option.choices and text not in option.choices:
            raise UsageError(f"--{option.name} must be {one_of(option.choices)}, not {quoted(text)}")
        if not text.strip():
            raise UsageError(f"--{option.name} needs a value")
        return text

    return convert


def _refuse_option(verb: str, name: str, known: Sequence[str]) -> NoReturn:
    command = f"lead-tui {verb}".strip()
    if name in ("--token", "--auth-token", "--auth_token"):
        raise UsageError(
            "The command line takes no token, since other users can see it", remedy="set CONVOSO_AUTH_TOKEN, or auth_token_file"
        )
    if not re.fullmatch(r"--?[A-Za-z][A-Za-z-]{0,30}", name):
        raise UsageError(f"{command} has no such option", remedy=f"{command} --help shows them")
    remedy = nearest(name, known) or f"{command} --help shows them"
    for option in OPTIONS:
        if name == f"--{option.name}":
            remedy = f"it belongs to {' and '.join(f'lead-tui {other}'.strip() for other in option.of)}"
    raise UsageError(f"{command} has no option {name}", remedy=remedy)


# Words in messages


def quoted(word: str) -> str:
    """Return *word* as a message may contain it: a filter without its value, and nothing that may be a token."""
    name, is_pair, _ = word.partition("=")
    word = f"{name}=…" if is_pair else word
    if len(word) >= MIN_TOKEN_CHARACTERS and re.search("[0-9]", word) and re.search("[A-Za-z]", word) and "@" not in word:
        return f"a word of {len(word)} characters"
    return f'"{one_line(word, MAX_QUOTED_CHARACTERS)}"'


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean NAME?`` for the one of *known* that is most like *name*; "" if none is."""
    # Imported here: it is needed for a mistake only.
    from lead_tui.leads.names import did_you_mean

    return did_you_mean(name, known)
