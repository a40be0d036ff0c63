"""Split a command line into the options of ``options.py`` and other words; and how messages quote a word.

It does not import the model of leads, so that ``pop`` is fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NoReturn

from lead_tui.cli.options import OPTIONS, Option, one_of, options_of
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line

STANDARD_STREAM: Final = "-"
"""Stands for a value read from standard input, since other users can see command lines, or for standard output."""
MAX_QUOTED_CHARACTERS: Final = 40  # characters of a word that a message repeats
MIN_TOKEN_CHARACTERS: Final = 16
"""A word of letters and digits of this length may be a token that was typed in the wrong place: no message repeats it."""


def split(verb: str, arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the options that are given, by their names as attributes, and the other words in their order."""
    known = {flag: option for option in options_of(verb) for flag in option.flags}
    options, words, rest = dict[str, Any](), list[str](), iter(arguments)
    for word in rest:
        if word == "--":
            words += rest
        elif word == STANDARD_STREAM or not word.startswith("-"):
            words.append(word)
        else:
            name, mark, text = word.partition("=")
            if word[:2] in known and len(word) > 2:
                # The value may follow the letter: -oFILE, -o=FILE.
                name, mark, text = word[:2], "=", word[2:].removeprefix("=")
            option = known.get(name) or _refuse_option(verb, name, known)
            options[option.name.replace("-", "_")] = _value(option, text if mark else None, rest)
    return options, words


def _value(option: Option, text: str | None, rest: Iterator[str]) -> str | int | bool:
    """Return the value of *option*: *text*, or if that is None, the option's default or the next word of *rest*."""
    if not option.value:
        if text is not None:
            raise UsageError(f"--{option.name} takes no value")
        return True
    if text is None:
        text = option.default or next(rest, "--")
        if text.startswith("-") and text != STANDARD_STREAM:
            remedy = f"one that starts with a dash is written --{option.name}=VALUE"
            raise UsageError(f"--{option.name} needs a value", remedy=remedy)
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


def number_of(words: Sequence[str]) -> str:
    """Return the number in *words*, which spaces may have split. Raises ``UsageError``."""
    if not any(word.strip() for word in words):
        raise UsageError("pop requires a number", remedy="add it, or - to read it from standard input")
    return " ".join(words)


def _refuse_option(verb: str, name: str, known: Iterable[str]) -> NoReturn:
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
