"""Parse the command line into a command, and decide whether its session is restricted and what it then refuses.

Everything that needs no file and no network is checked here, and nothing slow is imported. A message names the word it refers to,
but never a filter's value or anything that may be a token.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lead_tui.cli.options import APP, OPTIONS, QUERY_ACTIONS, SHELLS, STANDARD_STREAM, VERBS, number_of, one_of, quoted, split
from lead_tui.config.paths import CONFIG_DIR_VARIABLE, SITE_DIRECTORY
from lead_tui.export.formats import FILE_ONLY, format_of
from lead_tui.invocation import BASE_URL_VARIABLE, Account, Command, Invocation, Options
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK, column_named
from lead_tui.leads.lookup import ListedLookUp, ids_in, look_up, look_ups_in, only_line
from lead_tui.leads.permissions import RESTRICTED, refusal
from lead_tui.leads.query import FILTERS, checked_name, checked_value, with_both_ends
from lead_tui.leads.text import did_you_mean

if TYPE_CHECKING:
    from lead_tui.config.policy import Policy

_NEEDS: Final = {
    "": "",
    "search": "may_search_outside",
    "pop": "may_receive_calls",
    "queries": "",
    "doctor": "may_diagnose",
    "where": "",
}
"""The commands that a restricted session may run, with the capability that each always needs, "" for none."""
_REMEDY: Final = "contact the administrator of this host"


def parse(arguments: Sequence[str], environment: Mapping[str, str], read: Callable[[bool], str]) -> Command:
    """Return the command that *arguments*, without the program's name, help and version, stand for. Raises ``UsageError``.

    *read* reads standard input: all lines if its argument is true, else the only one.
    """
    # Python decodes bytes that are not text as lone surrogates.
    if re.search("[\ud800-\udfff]", " ".join(arguments)):
        raise UsageError("The command line is not text in the locale's encoding", remedy="use UTF-8, in the names of files too")
    verb, rest = (arguments[0], arguments[1:]) if arguments and arguments[0] in VERBS else (APP, arguments)
    given, words = split(verb, rest)
    account, options, invocation = _account(given, environment), Options(**given), Invocation()
    match verb:
        case "setup" | "doctor" | "where":
            _check_words(verb, words)
        case "completion":
            _check_choice(verb, words if len(words) == 1 else (), SHELLS)
        case "history":
            words = [_lead_id(words)]
        case "open":
            _check_words(verb, words, "FILE")
            invocation = Invocation(columns=columns_in(options.columns))
        case "pop":
            words = [number_of(words)]
        case "queries":
            _check_choice(verb, words, tuple(QUERY_ACTIONS))
            _check_words(f"queries {words[0]}", words[1:], QUERY_ACTIONS[words[0]])
        case _:
            invocation, words = invocation_of(options, words, read, takes_lists=verb == "search"), []
            if verb == "search":
                options = _search_options(options)
    return Command(verb, account, options, tuple(words), invocation)


def _account(given: dict[str, Any], environment: Mapping[str, str]) -> Account:
    """Return the account that the options in *given* and the environment name, and remove those options."""
    # What it means has been decided before (``policy_for``).
    given.pop("restricted", None)
    account = Account(**{name: given.pop(name) for name in Account.__struct_fields__ if name in given})
    if account.demo and account.base_url:
        raise UsageError("--demo uses no server", remedy="leave out --demo or --base-url")
    base_url = account.base_url or environment.get(BASE_URL_VARIABLE, "").strip()
    return replace(account, base_url=base_url, config_dir=account.config_dir or environment.get(CONFIG_DIR_VARIABLE, ""))


def _search_options(options: Options) -> Options:
    """Return *options* with the format that a file's name stands for. Raises ``UsageError`` for those that exclude each other."""
    output = "" if options.output == STANDARD_STREAM else options.output
    is_number = options.count and not options.by
    of_leads = ("columns", "resume", "missing", "bom") if options.count else ()
    of_values = ("all", "limit", "format") if is_number else ()
    unused = next((name for name in (*of_leads, *of_values) if getattr(options, name)), "")
    form = None if is_number else options.format or format_of(output)
    for is_wrong, message, remedy in (
        (options.by and not options.count, "--by requires --count", ""),
        (unused in of_leads, "--count prints no leads", f"leave out --{unused}"),
        (unused in of_values, "--count without --by prints one number", f"leave out --{unused}, or add --by FIELD"),
        (options.count and form in FILE_ONLY, f"--count cannot write {form}", "choose table, csv, json or jsonl"),
        (options.all and options.limit, "--all has no limit", "leave out --all or --limit"),
        (options.missing == STANDARD_STREAM, "--missing requires a file", "standard output has the leads"),
        (options.missing and options.limit, "With --limit, --missing cannot know what has no lead", "leave out --limit"),
        (options.force and not (output or options.missing), "--force requires -o FILE", ""),
        (options.resume and not output, "--resume requires -o FILE", ""),
    ):
        if is_wrong:
            raise UsageError(message, remedy=remedy)
    if form is not None and form in FILE_ONLY and not output:
        raise UsageError(f"{FILE_ONLY[form]} can only be written to a file", remedy="name one with -o FILE")
    return replace(options, output=output, format=form, by=column_named(options.by.strip()))


def _lead_id(words: Sequence[str]) -> str:
    found = re.fullmatch("#?0*([1-9][0-9]{0,17})", " ".join(words))
    if found is None:
        wrong = f", not {quoted(' '.join(words))}" if words else ""
        remedy = "find it with lead-tui search 2135550100 --columns lead_id,name"
        raise UsageError(f"history takes exactly one lead id{wrong}", remedy=remedy)
    return found[1]


def _check_choice(command: str, words: Sequence[str], choices: Sequence[str]) -> None:
    word = words[0] if words else ""
    if word not in choices:
        near = did_you_mean(word, choices) or f"lead-tui {command} --help shows what it takes"
        raise UsageError(f"{command} takes {one_of(choices)}{f', not {quoted(word)}' if word else ''}", remedy=near)


def _check_words(command: str, words: Sequence[str], what: str = "") -> None:
    """Raise ``UsageError`` unless *words* are one *what*, or also none if that is in brackets; none at all if it is ""."""
    is_optional = what.startswith("[")
    if (len(words) == bool(what) or (is_optional and not words)) and all(word.strip() for word in words):
        return
    takes = f"{'at most' if is_optional else 'exactly'} one {what.strip('[]')}" if what else f"no {quoted(words[0])}"
    remedy = f"lead-tui {command.split()[0]} --help shows what it takes"
    if what and len(words) > 1:
        remedy = "quote a name that has spaces"
    raise UsageError(f"{command} takes {takes}", remedy=remedy)


def invocation_of(options: Options, words: Sequence[str], read: Callable[[bool], str], *, takes_lists: bool) -> Invocation:
    """Return which leads are wanted. *read* is as in ``parse``."""
    given, others = _pairs(words)
    looked_up = options.lookup
    readers = [f"{name}=-" for name, text in given.items() if text == STANDARD_STREAM]
    readers += ["--lookup -"] if looked_up == STANDARD_STREAM else []
    if len(readers) > 1:
        raise UsageError(f"Only one value can come from standard input, not {' and '.join(readers)}")
    filters: dict[str, str] = {}
    for name, text in given.items():
        is_read = text == STANDARD_STREAM
        is_list = is_read and takes_lists and name in ("lead_id", "list_id")
        try:
            value = read(is_list) if is_read else text
            filters[name] = (ids_in if is_list else checked_value)(name, value)
        except FilterError as error:
            raise FilterError(name, f"{name.removeprefix(CUSTOM_MARK)}: {error}") from None
    look_ups: tuple[ListedLookUp, ...] = ()
    if others:
        if looked_up:
            raise UsageError(f"{quoted(others[0])} and --lookup are two look-ups", remedy="leave one of them out")
        looked_up = _look_up_of(others)
    elif looked_up == STANDARD_STREAM and takes_lists:
        # A name can be looked up alone, but not as part of a list.
        text = read(True)
        looked_up = only_line(text)
        if not (looked_up and look_up(looked_up).is_name):
            looked_up, look_ups = "", look_ups_in(text)
    elif looked_up:
        looked_up = read(False) if looked_up == STANDARD_STREAM else looked_up
        try:
            look_up(looked_up)
        except UsageError as error:
            raise UsageError(f"--lookup: {error.message}", remedy=_for_shell(error.remedy)) from None
    filtered = tuple(with_both_ends(filters).items())
    return Invocation(filtered, options.query, looked_up, look_ups, columns_in(options.columns), bool(readers))


def _pairs(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the filters among *words*, by name, and the other words."""
    given: dict[str, str] = {}
    others: list[str] = []
    for word in words:
        name, _, text = word.partition("=")
        # ``=442079460019`` is the exact digits of a phone.
        if not name or name == word:
            others.append(word)
            continue
        if any(name == option.name for option in OPTIONS):
            raise UsageError(f"{name} is not a filter", remedy=f"did you mean --{name}?")
        name = checked_name(name)
        if name in given:
            raise UsageError(f"{name} is given twice", remedy="give each filter once, since all must match")
        given[name] = text
    return given, others


def _look_up_of(words: Sequence[str]) -> str:
    """Return *words* as a look-up: phone numbers in any form, ids with ``#``, or emails. Raises ``UsageError`` for others."""
    text = " ".join(words)
    if any(character.isdigit() or character == "@" for character in text):
        try:
            found = look_up(text)
        except UsageError as error:
            if not any(character.isalpha() for character in text):
                raise UsageError(f"{quoted(text)}: {error.message}", remedy=_for_shell(error.remedy)) from None
        else:
            is_bare_id = found.parts[0][0] == "lead_id" and "#" not in text
            if is_bare_id:
                raise UsageError(f"{quoted(text)} is not a phone number", remedy=f"type '#{text}' for the lead id")
            if not (found.is_name or found.ignored):
                return text
    if verb := next((word for word in words if word in VERBS), ""):
        raise UsageError(f"The command comes first, before options and filters: lead-tui {verb} …")
    word = next((word for word in words if not word.isdigit()), words[0])
    near = did_you_mean(word, [*VERBS, *(each.name for each in FILTERS), *(f"--{each.name}" for each in OPTIONS)])
    message = f"{quoted(word)} is not a command, FIELD=VALUE, phone number, #ID or email"
    raise UsageError(message, remedy=near or "a name is looked up with --lookup NAME")


def _for_shell(remedy: str) -> str:
    """Return *remedy* with quotes around lead ids: to a shell, the rest of the line after a ``#`` is a comment."""
    return re.sub("#[0-9]+", r"'\g<0>'", remedy)


def columns_in(text: str) -> tuple[str, ...]:
    """Return the columns in *text*, each once. A custom one may have the ``+`` that it has as a filter."""
    if not text:
        return ()
    names = [part.strip() for part in text.split(",")]
    if "" in names:
        raise UsageError("--columns has a column without a name", remedy="separate names with single commas")
    return tuple(dict.fromkeys(map(column_named, names)))


def policy_for(given: Sequence[str], environ: MutableMapping[str, str]) -> Policy | None:
    """Return the policy that restricts a start with *given*; then *environ* is scrubbed. Raises ``ConfigurationError``."""
    options = given[: given.index("--")] if "--" in given else given
    policy = _read_site_policy()
    if "--restricted" in options:
        from lead_tui.config.policy import Policy

        # Without a file nothing is allowed and there is no token, but a demo can be viewed.
        policy = policy._replace(restricted=True) if policy is not None else Policy()
    if policy is None or not policy.restricted:
        return None
    # Imported here: most starts are not restricted.
    from lead_tui.storage.token import ENVIRONMENT
    from lead_tui.terminal.environment import blank_in_environment, scrub_environment
    from lead_tui.terminal.process import stay_in_front

    scrub_environment(environ)
    blank_in_environment(ENVIRONMENT)
    if not policy.capabilities.may_suspend:
        stay_in_front()
    return policy


def _read_site_policy() -> Policy | None:
    try:
        os.lstat(SITE_DIRECTORY)
    except FileNotFoundError:
        # As on most hosts.
        return None
    except OSError:
        # The reader reports what is wrong.
        pass
    from lead_tui.config.policy import read_policy

    return read_policy()


def apply_policy(policy: Policy | None, command: Command) -> Command:
    """Return *command* with *policy* in its account. Raises ``UsageError`` for what *policy* forbids."""
    if policy is None:
        return command
    account, needs = command.account, _NEEDS.get(command.verb)
    if needs is None:
        raise UsageError(f"This command is not allowed here: this session is {RESTRICTED}", remedy=_REMEDY)
    for capability, is_needed in (
        (needs, needs),
        ("may_export", command.options.output or command.options.missing),
        ("may_exchange_queries", command.verb == "queries" and command.words[0] in ("import", "export")),
        ("may_choose_account", account.profile or account.base_url),
        ("may_choose_configuration", account.config_dir),
        ("may_write_log", account.log),
    ):
        if is_needed and not getattr(policy.capabilities, capability):
            raise UsageError(refusal(capability), remedy=_REMEDY)
    return replace(command, account=replace(account, policy=policy))
