"""The command line, read into one frozen value: what is wanted, checked as far as that needs no file and no network.

Nothing heavy is imported: a wrong argument needs none of it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from os.path import abspath
from typing import TYPE_CHECKING, Final, NoReturn

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.export.formats import FORMATS, NAME_A_FILE, ONLY_INTO_A_FILE, Format, format_of
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import column_named
from lead_tui.leads.filters import CUSTOM_MARK, checked_name, checked_value, with_both_ends
from lead_tui.leads.lookup import look_up
from lead_tui.leads.query import Query
from lead_tui.manual import (
    APP,
    COMMANDS,
    COMPLETION,
    DOCTOR,
    OPTIONS,
    PROFILES,
    QUERIES,
    QUERY_ACTIONS,
    SEARCH,
    SHELLS,
    THEMES,
    WHERE,
    one_of,
    options_of,
)

if TYPE_CHECKING:
    from lead_tui.config.policy import Policy
    from lead_tui.leads.value_lists import ListedLookUp

BASE_URL_VARIABLE: Final = "LEAD_TUI_BASE_URL"
CONFIG_DIR_VARIABLE: Final = "LEAD_TUI_CONFIG_DIR"
TO_STANDARD_OUTPUT: Final = "-"
FROM_STANDARD_INPUT: Final = "-"
"""Stands for a value that is read from standard input, since command lines are visible to others."""
ID_LISTS: Final = ("lead_id", "list_id")
"""Filters that take many ids from there."""


class Account(Struct, frozen=True):
    """Whose leads, and which configuration."""

    profile: str = ""
    """"" for the one that the configuration names."""
    base_url: str = ""
    """As given by option or environment, not checked; "" for the profile's."""
    config_dir: str = ""
    """As given by option or environment; "" for the platform's."""
    demo: int | None = None
    """Leads of an invented account; None for a real one."""
    log: str = ""
    """The path of a file for what went wrong; "" for none."""
    policy: Policy | None = None
    """The site's, where it restricts this session; the command line cannot set it."""


class Invocation(Struct, frozen=True):
    """Which leads, and which of their fields."""

    filters: tuple[tuple[str, str], ...] = ()
    """Checked names and values, as given; an empty value takes the filter away from a saved query."""
    query_name: str = ""
    """The saved query to start from; "" for none."""
    look_up: str = ""
    """What is looked up, which ``leads.lookup.look_up`` understands; "" for nothing."""
    look_ups: tuple[ListedLookUp, ...] = ()
    """What is looked up one after the other: a list from standard input."""
    columns: tuple[str, ...] = ()
    """Keys of leads, ``name`` and ``local_time``; none for the usual ones."""
    from_standard_input: bool = False
    """Whether one of the values came from there, which is at its end now."""

    def over(self, saved: Query) -> Query:
        """The filters of *saved*, with those of the command line in their place where both have one."""
        return saved.with_checked(self.filters)

    @property
    def query(self) -> Query:
        """The filters of the command line alone."""
        return self.over(Query())


class RunApp(Struct, frozen=True):
    """The app is to be started."""

    account: Account = field(default_factory=Account)
    asked: Invocation = field(default_factory=Invocation)
    theme: str = ""
    """"" for the configuration's."""
    ascii: bool = False
    mouse: bool = True


class Search(Struct, frozen=True):
    """Leads are to be printed."""

    account: Account = field(default_factory=Account)
    asked: Invocation = field(default_factory=Invocation)
    format: Format | None = None
    """None for a table on a terminal and CSV elsewhere."""
    limit: int | None = limits.SEARCH_LIMIT
    """Leads at most; None for all."""
    has_limit: bool = False
    """Whether the command line says so: otherwise a list of ids or look-ups has all its leads."""
    raw_csv: bool = False
    output: str = ""
    """The path of the file to write; "" for standard output."""
    force: bool = False
    """Whether to write over what is there."""
    resume: bool = False
    """Whether to go on where an earlier run was interrupted."""
    missing: str = ""
    """The path of a file for the values of a list that have no lead; "" for none."""


class Where(Struct, frozen=True):
    """The files in use are to be printed."""

    account: Account = field(default_factory=Account)


class Doctor(Struct, frozen=True):
    """Everything is to be looked at."""

    account: Account = field(default_factory=Account)


class Completion(Struct, frozen=True):
    """What a shell needs to complete the commands is to be printed."""

    account: Account = field(default_factory=Account)
    shell: str = SHELLS[0]
    """One of ``manual.SHELLS``, or ``manual.PROFILES``, which a script asks for."""


class Queries(Struct, frozen=True):
    """Something is to be done with the saved queries."""

    account: Account = field(default_factory=Account)
    action: str = "list"
    """One of ``manual.QUERY_ACTIONS``."""
    target: str = ""
    """A query's name, or a file; "-" and, for an export, "" are the standard streams."""
    force: bool = False


Asking = RunApp | Search | Queries | Doctor | Where | Completion
"""What a command line can ask for."""


def parse(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    read_standard_input: Callable[[], str],
    read_list: Callable[[], str] | None = None,
) -> Asking:
    """What *arguments*, the command line without the program's name, ask for.

    *read_standard_input* returns the one value that may come from there, one line; *read_list* all lines, for ``search``. Raises
    ``UsageError``; its message repeats no value. Help and version are answered before (``cli``).
    """
    verb, rest = verb_and_rest(arguments)
    options, words = _split(verb, rest)
    account = _account(options, environment)
    if verb in (WHERE, DOCTOR):
        if words:
            raise UsageError(f"{verb} takes no filters", remedy=f"lead-tui {verb} --help shows what it takes")
        return Where(account) if verb == WHERE else Doctor(account)
    if verb == COMPLETION:
        if len(words) != 1 or words[0] not in (*SHELLS, PROFILES):
            raise UsageError(f"completion takes {one_of(SHELLS)}, or {PROFILES}")
        return Completion(account, words[0])
    if verb == QUERIES:
        return _queries(account, words, "force" in options)
    asked = _asked(options, words, read_standard_input, (read_list or read_standard_input) if verb == SEARCH else None)
    if verb == SEARCH:
        return _search(account, asked, options)
    return RunApp(
        account,
        asked,
        theme=_theme(options.get("theme", "")),
        ascii="ascii" in options,
        mouse="no-mouse" not in options,
    )


def _search(account: Account, asked: Invocation, options: Mapping[str, str]) -> Search:
    if "all" in options and "limit" in options:
        raise UsageError("--all has no limit", remedy="leave out --all or --limit")
    output = _given(options, "output")
    if output == TO_STANDARD_OUTPUT:
        output = ""
    missing = _missing(options, output)
    for name, file in (("force", output or missing), ("resume", output)):
        if name in options and not file:
            raise UsageError(f"--{name} is about a file", remedy="-o FILE names it")
    form = _format(options.get("format")) or format_of(output)
    if form == "xlsx" and not output:
        raise UsageError(ONLY_INTO_A_FILE, remedy=NAME_A_FILE)
    return Search(
        account,
        asked,
        form,
        None if "all" in options else _limit(options.get("limit")),
        "limit" in options,
        "raw-csv" in options,
        output,
        "force" in options,
        "resume" in options,
        missing,
    )


def _missing(options: Mapping[str, str], output: str) -> str:
    missing = _given(options, "missing")
    if missing == TO_STANDARD_OUTPUT:
        raise UsageError("--missing takes a file", remedy="standard output has the leads")
    if missing and output and abspath(missing) == abspath(output):
        raise UsageError("--missing and -o name the same file", remedy="choose another one")
    if missing and "limit" in options:
        raise UsageError("With --limit, --missing cannot know what has no lead", remedy="leave out --limit")
    return missing


def _queries(account: Account, words: Sequence[str], force: bool) -> Queries:
    usage = "lead-tui queries --help shows what it takes"
    if not words or words[0] not in QUERY_ACTIONS:
        near = _nearest(words[0], QUERY_ACTIONS) if words else ""
        raise UsageError(f"queries takes {one_of(QUERY_ACTIONS)}", remedy=near or usage)
    action, *rest = words
    most = {"list": 0, "show": 1, "delete": 1, "import": 1, "export": 1}[action]
    if len(rest) > most:
        remedy = "a name with spaces stands in quotes" if action in ("show", "delete") else usage
        raise UsageError(f"queries {action} takes {'one word' if most else 'nothing'} more", remedy=remedy)
    if not rest and action not in ("list", "export"):
        raise UsageError(f"queries {action} needs {'a file' if action == 'import' else 'the name of a saved query'}", remedy=usage)
    target = rest[0] if rest else ""
    if rest and not target.strip():
        raise UsageError(f"queries {action} needs {'a file' if action in ('import', 'export') else 'a name'}", remedy=usage)
    return Queries(account, action, "" if action == "export" and target == FROM_STANDARD_INPUT else target, force)


def verb_and_rest(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The command, "" for the app, and what comes after it. It comes first: argparse's own sub-commands clash with free words."""
    if arguments and arguments[0] != APP and arguments[0] in COMMANDS:
        return arguments[0], arguments[1:]
    return APP, arguments


# Options and words


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # The message may repeat a value.
        name = re.match(r"argument (?:-[a-z]/)?(--[a-z-]+): (expected|ignored)", message)
        if name is None:
            raise UsageError("These options cannot be read", remedy="lead-tui --help shows them")
        if name[2] == "expected":
            raise UsageError(f"{name[1]} needs a value", remedy=f"one that starts with a dash is written {name[1]}=VALUE")
        raise UsageError(f"{name[1]} takes no value")


def _split(verb: str, arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The options by name, and the words between them in their order."""
    parser = _Parser(add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    known = options_of(verb)
    for option in known:
        if option.value:
            parser.add_argument(*option.flags, dest=option.name)
        else:
            parser.add_argument(*option.flags, dest=option.name, action="store_const", const="")
    alone = {f"--{option.name}": option.default for option in known if option.default is not None}
    end = arguments.index("--") if "--" in arguments else len(arguments)
    read, words = parser.parse_known_args([f"{each}={alone[each]}" if each in alone else each for each in arguments[:end]])
    for word in words:
        if word.startswith("-") and word != FROM_STANDARD_INPUT:
            _refuse_option(verb, word.partition("=")[0], [f"--{option.name}" for option in known])
    return dict(vars(read)), [*words, *arguments[end + 1 :]]


def _refuse_option(verb: str, name: str, known: Sequence[str]) -> NoReturn:
    command = f"lead-tui {verb}".strip()
    if name in ("--token", "--auth-token", "--auth_token"):
        raise UsageError(
            "A token is not taken from the command line, which others can see", remedy="set CONVOSO_AUTH_TOKEN, or auth_token_file"
        )
    if not re.fullmatch(r"--?[A-Za-z][A-Za-z-]{0,30}", name):
        raise UsageError(f"{command} has no such option", remedy=f"{command} --help shows them")
    elsewhere = next((option for option in OPTIONS if name == f"--{option.name}"), None)
    if elsewhere is not None:
        others = " and ".join(f"lead-tui {other}".strip() for other in elsewhere.of)
        raise UsageError(f"{command} has no option {name}", remedy=f"it belongs to {others}")
    raise UsageError(f"{command} has no option {name}", remedy=_nearest(name, known) or f"{command} --help shows them")


def _nearest(name: str, known: Iterable[str]) -> str:
    # Imported here, where a mistake was made.
    from lead_tui.leads.nearest import did_you_mean

    return did_you_mean(name, known)


# Values


def _account(options: Mapping[str, str], environment: Mapping[str, str]) -> Account:
    if "demo" in options and "base-url" in options:
        raise UsageError("--demo asks no server", remedy="leave out --demo or --base-url")
    return Account(
        profile=_given(options, "profile"),
        base_url=_given(options, "base-url") or environment.get(BASE_URL_VARIABLE, "").strip(),
        config_dir=_given(options, "config-dir") or environment.get(CONFIG_DIR_VARIABLE, ""),
        demo=_count("demo", options["demo"]) if "demo" in options else None,
        log=_given(options, "log"),
    )


def _given(options: Mapping[str, str], name: str) -> str:
    """The value of the option *name*, "" where it was not given: one that was is not empty."""
    if name in options and not options[name].strip():
        raise UsageError(f"--{name} needs a value")
    return options.get(name, "")


def _asked(
    options: Mapping[str, str], words: Sequence[str], read_standard_input: Callable[[], str], read_list: Callable[[], str] | None
) -> Invocation:
    """*read_list* is for commands that take lists."""
    given = _pairs(words)
    looked_up = _given(options, "lookup")
    from_standard_input = [*given.values(), looked_up].count(FROM_STANDARD_INPUT)
    if from_standard_input > 1:
        raise UsageError("Only one value can come from standard input")
    filters: dict[str, str] = {}
    for name, text in given.items():
        try:
            if text != FROM_STANDARD_INPUT:
                filters[name] = checked_value(name, _text(text))
            elif read_list is not None and name in ID_LISTS:
                # Imported here: few command lines ask for a list.
                from lead_tui.leads.value_lists import ids_in

                filters[name] = ids_in(name, _text(read_list()))
            else:
                filters[name] = checked_value(name, _text(read_standard_input()))
        except FilterError as error:
            raise FilterError(name, f"{name.removeprefix(CUSTOM_MARK)}: {error}") from None
    look_ups: tuple[ListedLookUp, ...] = ()
    if looked_up == FROM_STANDARD_INPUT and read_list is not None:
        looked_up, look_ups = _listed(_text(read_list()))
    elif looked_up:
        looked_up = _text(read_standard_input() if looked_up == FROM_STANDARD_INPUT else looked_up)
        look_up(looked_up)
    return Invocation(
        tuple(with_both_ends(filters).items()),
        _given(options, "query"),
        looked_up,
        look_ups,
        _columns(_given(options, "columns")),
        from_standard_input > 0,
    )


def _listed(text: str) -> tuple[str, tuple[ListedLookUp, ...]]:
    """What *text* asks for: a name, which stands alone, or a list."""
    from lead_tui.leads.value_lists import look_ups_in, only_line

    if (only := only_line(text)) and look_up(only).is_name:
        return only, ()
    return "", look_ups_in(text)


def _text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise UsageError("A value is not text in the locale's encoding") from None
    return value


def _pairs(words: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in words:
        name, is_pair, text = word.partition("=")
        if not is_pair:
            _refuse_word(word)
        name = checked_name(name)
        if name in given:
            raise UsageError(f"{name} is given twice", remedy="filters are all to match: give each once")
        given[name] = text
    return given


def _refuse_word(word: str) -> NoReturn:
    if word and word in COMMANDS:
        raise UsageError(f"The command comes first, before options and filters: lead-tui {word} …")
    if re.fullmatch(r"[a-z-]{3,20}", word) and (near := _nearest(word, [verb for verb in COMMANDS if verb])):
        raise UsageError(f"There is no command {word}", remedy=near)
    # The word may be a phone number: it is not repeated.
    raise UsageError("A word that is neither a command nor FIELD=VALUE", remedy="--lookup TEXT looks something up")


def _columns(text: str) -> tuple[str, ...]:
    """The columns in *text*, each once. A custom one may carry the mark it has as a filter."""
    columns = dict.fromkeys(column_named(part.strip()) for part in text.split(","))
    if text and "" in columns:
        raise UsageError("--columns has a column without a name", remedy="names are separated by single commas")
    return tuple(columns) if text else ()


def _theme(text: str) -> str:
    if text and text not in THEMES:
        raise UsageError(f"--theme is {one_of(THEMES)}")
    return text


def _format(text: str | None) -> Format | None:
    if text is None:
        return None
    for known in FORMATS:
        if known == text:
            return known
    raise UsageError(f"--format is {one_of(FORMATS)}")


def _limit(text: str | None) -> int:
    return limits.SEARCH_LIMIT if text is None else _count("limit", text)


def _count(name: str, text: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12 and int(digits)):
        raise UsageError(f"--{name} takes a whole number from 1 on")
    return int(digits)
