"""The parser of the command line: an argparse parser for each command, built from the options in ``options.py``.

It checks what needs no file and no network, and imports nothing heavy. A message names the word it refers to, but no value of a
filter and nothing that may be a token.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os.path import abspath, splitext
from typing import NoReturn

from lead_tui import limits
from lead_tui.cli.options import APP, OPTIONS, QUERY_ACTIONS, SHELLS, VERBS, Option, one_of, options_of
from lead_tui.cli.words import STANDARD_STREAM, columns_in, invocation_of, nearest, quoted
from lead_tui.export.formats import FILE_ONLY, FORMAT_BY_EXTENSION, Format, format_of, only_into_a_file
from lead_tui.invocation import (
    BASE_URL_VARIABLE,
    CONFIG_DIR_VARIABLE,
    Account,
    Command,
    Completion,
    Doctor,
    History,
    Invocation,
    OpenFile,
    Queries,
    RunApp,
    RunSearch,
    Setup,
    Where,
)
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import column_named


def parse(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    read_standard_input: Callable[[], str],
    read_list: Callable[[], str] | None = None,
) -> Command:
    """Return what *arguments*, the command line without the program's name, ask for.

    *read_standard_input* returns the one value that may come from there, one line; *read_list* all lines, for ``search``. Raises
    ``UsageError``. Help and version are answered before (``main``).
    """
    verb, rest = (arguments[0], arguments[1:]) if arguments and arguments[0] in VERBS else (APP, arguments)
    options, words = _split(verb, rest)
    account = _account(options, environment)
    match verb:
        case "setup" | "doctor" | "where":
            if words:
                raise UsageError(f"{verb} takes no {quoted(words[0])}", remedy=f"lead-tui {verb} --help shows what it takes")
            return {"setup": Setup, "doctor": Doctor, "where": Where}[verb](account)
        case "completion":
            if len(words) != 1 or words[0] not in SHELLS:
                wrong = [word for word in words if word not in SHELLS]
                raise UsageError(f"completion takes {one_of(SHELLS)}{f', not {quoted(wrong[0])}' if wrong else ''}")
            return Completion(account, words[0])
        case "history":
            return _history(account, words, options)
        case "open":
            return _open(account, words, options)
        case "queries":
            return _queries(account, words, options.force)
        case "search":
            return _search(account, invocation_of(options, words, read_standard_input, read_list or read_standard_input), options)
    invocation = invocation_of(options, words, read_standard_input, None)
    return RunApp(account, options.theme or "", options.ascii, not options.no_mouse, invocation=invocation)


# Options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse's message may repeat a value; the names of the option come first: "argument -o/--output: expected one argument".
        name = message.removeprefix("argument ").partition(": ")[0].rpartition("/")[2]
        if message.endswith("expected one argument"):
            raise UsageError(f"{name} needs a value", remedy=f"one that starts with a dash is written {name}=VALUE")
        raise UsageError(f"{name} takes no value")


def build_parser(verb: str) -> tuple[argparse.ArgumentParser, list[tuple[Option, argparse.Action]]]:
    """Return the parser of the options of *verb*, and its actions."""
    # With a width: argparse makes a formatter for each option, which otherwise imports shutil, with archives, to find it.
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


def _split(verb: str, arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the options, those of the other commands unset, and the words between them in their order."""
    parser, _ = build_parser(verb)
    known = options_of(verb)
    unset = argparse.Namespace(**{option.dest: None if option.value else False for option in OPTIONS})
    defaults = {f"--{option.name}": f"--{option.name}={option.default}" for option in known if option.default is not None}
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, words = parser.parse_known_args([defaults.get(each, each) for each in arguments[:end]], unset)
    for word in words:
        if word.startswith("-") and word != STANDARD_STREAM:
            _refuse_option(verb, word.partition("=")[0], [f"--{option.name}" for option in known])
    return options, [*words, *arguments[end + 1 :]]


def _converter(option: Option) -> Callable[[str], str | int]:
    """Return the ``type=`` of *option*. argparse lets a ``UsageError`` through."""

    def convert(text: str) -> str | int:
        if option.value == "N":
            digits = text.replace(",", "").replace("_", "")
            if not (digits.isascii() and digits.isdigit() and len(digits) <= 12 and int(digits)):
                raise UsageError(f"--{option.name} requires a whole number of at least 1, not {quoted(text)}")
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


# Commands


def _account(options: argparse.Namespace, environment: Mapping[str, str]) -> Account:
    if options.demo and options.base_url:
        raise UsageError("--demo uses no server", remedy="leave out --demo or --base-url")
    return Account(
        profile=options.profile or "",
        base_url=options.base_url or environment.get(BASE_URL_VARIABLE, "").strip(),
        config_dir=options.config_dir or environment.get(CONFIG_DIR_VARIABLE, ""),
        demo=options.demo,
        log=options.log or "",
    )


def _search(account: Account, invocation: Invocation, options: argparse.Namespace) -> RunSearch:
    _refuse_with_count(options)
    if options.all and options.limit:
        raise UsageError("--all has no limit", remedy="leave out --all or --limit")
    output = "" if options.output in (None, STANDARD_STREAM) else options.output
    missing = options.missing or ""
    if missing == STANDARD_STREAM:
        raise UsageError("--missing requires a file", remedy="standard output has the leads")
    if missing and output and abspath(missing) == abspath(output):
        raise UsageError("--missing and -o name the same file", remedy="choose another one")
    if missing and options.limit:
        raise UsageError("With --limit, --missing cannot know what has no lead", remedy="leave out --limit")
    if options.force and not (output or missing):
        raise UsageError("--force requires -o FILE")
    if options.resume and not output:
        raise UsageError("--resume requires -o FILE")
    is_number = options.count and not options.by
    form: Format | None = None if is_number else options.format or format_of(output)
    if form is not None and form in FILE_ONLY:
        if options.count:
            raise UsageError(f"--count cannot write {form}", remedy="choose table, csv, json or jsonl")
        if not output:
            raise only_into_a_file(form)
    return RunSearch(
        account,
        invocation,
        form,
        None if options.all or is_number else options.limit or limits.SEARCH_LIMIT,
        has_limit=options.limit is not None,
        raw_csv=options.raw_csv,
        bom=options.bom,
        output=output,
        force=options.force,
        resume=options.resume,
        count=options.count,
        by=column_named((options.by or "").strip()),
        missing=missing,
    )


def _refuse_with_count(options: argparse.Namespace) -> None:
    """Raise ``UsageError`` for options that mean nothing together with ``--count`` and ``--by``, or without it."""
    if not options.count:
        if options.by:
            raise UsageError("--by requires --count")
        return
    for name in ("columns", "resume", "missing", "bom"):
        if getattr(options, name):
            raise UsageError("--count prints no leads", remedy=f"leave out --{name}")
    if options.by:
        if "," in options.by:
            raise UsageError(f"--by takes one field, not {quoted(options.by)}")
        return
    for name in ("all", "limit"):
        if getattr(options, name):
            raise UsageError("--count without --by counts all matching leads", remedy=f"leave out --{name}, or add --by FIELD")
    if options.format or FORMAT_BY_EXTENSION.get(splitext(options.output or "")[1].lower()) in FILE_ONLY:
        raise UsageError("--count without --by prints one number", remedy="leave out the format, or add --by FIELD")


def _history(account: Account, words: Sequence[str], options: argparse.Namespace) -> History:
    if len(words) != 1 or not re.fullmatch(r"#?0*[1-9][0-9]{0,17}", words[0], re.ASCII):
        wrong = f", not {quoted(words[-1])}" if words else ""
        raise UsageError(f"history takes one lead id{wrong}", remedy="lead-tui search 2135550100 --columns lead_id,name finds it")
    return History(account, words[0].lstrip("#"), options.format, options.days or limits.HISTORY_DAYS)


def _open(account: Account, words: Sequence[str], options: argparse.Namespace) -> OpenFile:
    if len(words) != 1 or not words[0]:
        wrong = f", and {quoted(words[1])} is another word" if len(words) > 1 else ""
        raise UsageError(f"open takes one FILE{wrong}", remedy="lead-tui open --help shows what it takes")
    columns = columns_in(options.columns)
    return OpenFile(account, options.theme or "", options.ascii, not options.no_mouse, path=words[0], columns=columns)


def _queries(account: Account, words: Sequence[str], force: bool) -> Queries:
    usage = "lead-tui queries --help shows what it takes"
    if not words or words[0] not in QUERY_ACTIONS:
        near = nearest(words[0], QUERY_ACTIONS) if words else ""
        wrong = f", not {quoted(words[0])}" if words else ""
        raise UsageError(f"queries takes {one_of(QUERY_ACTIONS)}{wrong}", remedy=near or usage)
    action, *rest = words
    if action == "list":
        if rest:
            raise UsageError(f"queries list takes no {quoted(rest[0])}", remedy=usage)
        return Queries(account, action, force=force)
    what = "NAME" if action in ("show", "delete") else "FILE"
    if len(rest) > 1 or (not rest and action != "export") or (rest and not rest[0].strip()):
        number = "at most one" if action == "export" else "exactly one"
        raise UsageError(
            f"queries {action} takes {number} {what}", remedy="quote a name that has spaces" if what == "NAME" else usage
        )
    target = rest[0] if rest else ""
    return Queries(account, action, "" if action == "export" and target == STANDARD_STREAM else target, force)
