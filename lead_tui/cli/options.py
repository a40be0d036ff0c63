"""The commands and options with their descriptions: the single source for the parser, the help, completion and the documents.

A command line is split by them here, without the model of leads, so that ``pop`` is fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, NoReturn

from lead_tui import limits
from lead_tui.export.formats import FORMATS, STREAM_FORMATS
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import nearest, one_line

PROGRAM: Final = "lead-tui"
APP: Final = ""  # the verb of the app, which has none
QUERY_ACTIONS: Final = {"list": "", "show": "NAME", "delete": "NAME", "import": "FILE", "export": "[FILE]"}  # with their words
SHELLS: Final = ("bash", "zsh", "fish")  # shells with completion
STANDARD_STREAM: Final = "-"  # a value is read from standard input, since others can see command lines; or standard output
WIDTH: Final = 80  # characters of a line of the help


class Verb(NamedTuple):
    """A command, named by its first word."""

    verb: str
    usage: tuple[str, ...]  # lines after the program's name
    sentence: str
    examples: tuple[tuple[str, str], ...]  # command lines, and what each is for
    takes_filters: bool = False


class Option(NamedTuple):
    """An option of the commands *of*, without its dashes."""

    name: str
    sentence: str
    of: tuple[str, ...]
    value: str = ""  # the placeholder of the value in the help; "" for a flag
    default: str | None = None  # the value of the option without ``=VALUE``; None if a value is required
    choices: tuple[str, ...] = ()
    short: str = ""  # the letter of the short option; "" for none

    @property
    def flags(self) -> tuple[str, ...]:
        return (f"-{self.short}", f"--{self.name}") if self.short else (f"--{self.name}",)

    @property
    def written(self) -> str:
        flags = ", ".join(self.flags)
        if not self.value:
            return flags
        return f"{flags}[={self.value}]" if self.default is not None else f"{flags} {self.value}"


def one_of(words: Sequence[str], conjunction: str = "or") -> str:
    """``a, b or c``."""
    return f" {conjunction} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


COMMANDS: Final = {
    command.verb: command
    for command in (
        Verb(APP, ("[PHONE|#ID|EMAIL] [FIELD=VALUE …] [OPTIONS]",),
             "Find a lead in a Convoso account: a table, its filters, the whole lead.",
             (("lead-tui --demo", f"explore {limits.DEMO_LEADS:,} sample leads"),
              ("lead-tui 301-555-0123", "who is calling; other users of the host can see the number"),
              ("lead-tui --lookup - < number.txt", "the same, without showing the number to others"),
              ("lead-tui status=NEW state=CA created_at_start_date=-7d", "this week's new leads in California"),
              ("lead-tui +member_id=77", "a custom parameter of the account")), takes_filters=True),
        Verb("search", ("search [PHONE|#ID|EMAIL] [FIELD=VALUE …] [OPTIONS]",),
             "Print matching leads, for people or for programs.",
             (("lead-tui search status=NEW --limit 500 --format csv > new.csv", "for a spreadsheet"),
              ("lead-tui search status=NEW --all -o new.csv", "all of them; --resume continues after an interruption"),
              ("lead-tui search list_id=2705 --count --by status --all", "how many of them have each status"),
              ("lead-tui search --lookup - --missing new.txt -o known.csv < calls.txt",
               "checks a call list, one number per line, against the account")), takes_filters=True),
        Verb("history", ("history LEAD_ID [OPTIONS]",), "Print the calls, callbacks and recordings of a lead, the newest first.",
             (("lead-tui history 700102", "who called, when, and the outcome"),)),
        Verb("open", ("open FILE [OPTIONS]",),
             "Show a file of leads (JSON lines, CSV, SQLite, Parquet) in the app, without an account.",
             (("lead-tui open new.jsonl", "scroll, narrow, sort, count, mark and export it; nothing is sent anywhere"),)),
        Verb("pop", ("pop NUMBER|- [OPTIONS]",), "Show the number of an incoming call in the running session, which looks it up.",
             (("lead-tui pop - < number.txt", "keeps the number out of the process list"),)),
        Verb("queries", tuple(f"queries {action} {word}".rstrip() for action, word in QUERY_ACTIONS.items()),
             "List, show, delete, import or export saved queries.",
             (("lead-tui queries export mine.toml", "your own saved queries, without the site's"),
              ("lead-tui queries import mine.toml", "adds new queries; --force overwrites existing ones"),
              ("lead-tui queries delete 'New in California'", "asks first, on a terminal"))),
        Verb("setup", ("setup [OPTIONS]",),
             "Ask for address, token and time zone, test them, and write config.toml and the token file.",
             (("lead-tui setup", "overwrites nothing; ctrl+c cancels"),)),
        Verb("doctor", ("doctor [OPTIONS]",), "Check configuration, account and terminal, and say how to fix what is wrong.",
             (("lead-tui doctor > ticket.txt", "for your help desk: contains no secret and no lead"),)),
        Verb("where", ("where [OPTIONS]",), "Print which files are used and whether they exist.",
             (("lead-tui where --profile west", "the files of that profile"),)),
        Verb("completion", tuple(f"completion {each}" for each in SHELLS),
             "Print a script that lets a shell complete these commands.",
             (("lead-tui completion bash > ~/.local/share/bash-completion/completions/lead-tui",
               'or, without that package, in ~/.bashrc: eval "$(lead-tui completion bash)"'),
              ("lead-tui completion zsh > ~/.zfunc/_lead-tui", "with fpath+=~/.zfunc before compinit in ~/.zshrc"),
              ("lead-tui completion fish > ~/.config/fish/completions/lead-tui.fish", ""))),
    )
}  # fmt: skip

VERBS: Final = tuple(verb for verb in COMMANDS if verb)

_LEADS: Final = (APP, "search")
_ACCOUNT: Final = (APP, "search", "history", "doctor", "where")
_FILES: Final = (APP, "search", "history", "open", "queries", "doctor", "where")
_LOGGED: Final = (*_FILES, "setup", "completion")
_ALL: Final = (*_LOGGED, "pop")

OPTIONS: Final = (
    Option("lookup", "look up a phone number, email, lead id or name; - reads it from standard input (search: one per line)",
           _LEADS, "TEXT"),
    Option("query", "start with this saved query; filters given here override its filters", _LEADS, "NAME"),
    Option("columns", "columns to show: the API's field names, name, local_time (in files also local_time_at), custom attributes",
           (*_LEADS, "open"), "A,B,…"),
    Option("format",
           f"{one_of(FORMATS)} (the last three require -o); default: by the extension of -o, or table on a terminal, else csv",
           ("search",), "FORMAT", choices=FORMATS),
    Option("limit", f"print at most N leads (default: {limits.SEARCH_LIMIT}, or all of a list of ids or look-ups)",
           ("search",), "N"),
    Option("all", "print all matching leads", ("search",)),
    Option("count", "print how many leads match, in place of the leads", ("search",)),
    Option("by", "with --count: how many leads have each value of FIELD, read within --limit or --all", ("search",), "FIELD"),
    Option("output", "write to FILE, completely or not at all; ask before overwriting", ("search",), "FILE", short="o"),
    Option("resume", "resume the interrupted export of the same search to FILE", ("search",)),
    Option("missing", "write the ids or look-ups of a list that have no lead to FILE, one per line", ("search",), "FILE"),
    Option("raw-csv", "do not protect CSV values that a spreadsheet would run as formulas", ("search",)),
    Option("bom", "begin CSV with a byte order mark, by which Excel knows UTF-8", ("search",)),
    Option("format", f"{one_of(STREAM_FORMATS)} (default: table on a terminal, csv elsewhere)", ("history",), "FORMAT",
           choices=STREAM_FORMATS),
    Option("days", f"how many days back to look for calls (default: {limits.HISTORY_DAYS})", ("history",), "N"),
    Option("session", "the session, if several are running: its id, or its profile's name", ("pop",), "ID"),
    Option("demo", "a demo account with N sample leads; needs no token or network", (*_LEADS, "history"), "N",
           default=str(limits.DEMO_LEADS)),
    Option("profile", "the account to use, one of [profiles] in config.toml", _ACCOUNT, "NAME"),
    Option("base-url", "the API's address, such as https://api.convoso.com/v1", _ACCOUNT, "URL"),
    Option("config-dir", "the directory of config.toml and queries.toml", _ALL, "DIR"),
    Option("force", "overwrite an existing file, or saved queries of the same name", ("search", "queries")),
    Option("theme", f"the colors: {one_of(limits.THEMES)} (default: the last choice)", (APP, "open"), "NAME",
           choices=limits.THEMES),
    Option("ascii", "draw borders and marks in ASCII", (APP, "open")),
    Option("no-mouse", "let the terminal handle the mouse", (APP, "open")),
    Option("restricted", "view leads only, under the site's policy: no copy, no export, no other account", _ALL),
    Option("log", "append errors to FILE", _LOGGED, "FILE"),
    Option("version", "print the version", _ALL),
    Option("help", "print this help", _ALL),
)  # fmt: skip

EXIT_CODES: Final = (
    ("0", "success, including when nothing matched"),
    ("2", "wrong usage, an invalid filter, an unknown query, no terminal"),
    ("3", "the token is missing or rejected"),
    ("4", "server, network or part of a look-up failed; leads or session missing"),
    ("5", "the configuration is invalid"),
    ("6", "output cannot be written, or exists and --force is not given"),
    ("129", "the terminal hung up"),
    ("130", "interrupted"),
    ("143", "terminated"),
)

ENVIRONMENT: Final = (
    ("CONVOSO_AUTH_TOKEN", "the token (there is no option for it)"),
    ("LEAD_TUI_BASE_URL", "same as --base-url"),
    ("LEAD_TUI_CONFIG_DIR", "same as --config-dir"),
)

DATES: Final = (
    "YYYY-MM-DD, M/D/YYYY, today, yesterday, -7d, -2w, -3m, -1y; ranges: this week, last week, this month, "
    "last month, this year, last year, last 7 days"
)


def options_of(verb: str) -> tuple[Option, ...]:
    return tuple(option for option in OPTIONS if verb in option.of)


def help_text(verb: str = APP) -> str:
    """Return the help for *verb* in lines of at most ``WIDTH`` characters."""
    command = COMMANDS[verb]
    usages = [line for other in COMMANDS.values() if verb in (APP, other.verb) for line in other.usage]
    lines = [f"{'       ' if index else 'Usage: '}{PROGRAM} {line}" for index, line in enumerate(usages)]
    lines += ["", *_wrapped(command.sentence, "")]
    if verb == APP:
        lines += ["", "Commands:"]
        lines += [line for other in COMMANDS.values() if other.verb for line in _entry(other.verb, other.sentence)]
        lines += _wrapped(f"{PROGRAM} COMMAND --help describes each command.", "  ")
    lines += ["", "Options:"]
    lines += [line for option in options_of(verb) for line in _entry(option.written, option.sentence)]
    if command.takes_filters:
        lines += ["", *_filters()]
    lines += ["", "Examples:"]
    for written, sentence in command.examples:
        lines += [f"  {written}", *([f"      {sentence}"] if sentence else [])]
    lines += ["", "Exit codes:", *(line for code, sentence in EXIT_CODES for line in _entry(code, sentence, 8))]
    lines += ["", "Environment:", *(line for name, sentence in ENVIRONMENT for line in _entry(name, sentence))]
    return "\n".join(lines) + "\n"


def _filters() -> list[str]:
    # Imported here: the names are for the help alone.
    from lead_tui.leads.query import FILTERS, GROUPS

    lines = ["Filters (FIELD=VALUE; FIELD=- reads it, or many ids, from standard input):"]
    for group in GROUPS:
        names = ", ".join(each.name for each in FILTERS if each.group == group)
        lines += _entry(group, names, 20)
    lines += _entry("+NAME", "any other parameter, such as a custom attribute", 20)
    lines += _entry("dates", DATES, 20)
    lines += _entry("phones", "in any punctuation, foreign ones as +44…; phone_number==44… sends exactly these digits", 20)
    return lines


def _entry(term: str, sentence: str, indent: int = 26) -> list[str]:
    lines = _wrapped(sentence, " " * indent)
    if len(term) + 4 > indent:
        return [f"  {term}", *lines]
    return [f"  {term}".ljust(indent) + lines[0].lstrip(), *lines[1:]]


def _wrapped(text: str, indent: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


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
    remedy = ""
    if text is None:
        text = option.default or next(rest, "")
        if text.startswith("-") and text != STANDARD_STREAM:
            text, remedy = "", f"one that starts with a dash is written --{option.name}=VALUE"
    if not text.strip():
        raise UsageError(f"--{option.name} needs a value", remedy=remedy)
    if option.value == "N":
        digits = re.sub("[,_]", "", text)
        if not re.fullmatch("0*[1-9][0-9]{0,11}", digits):
            raise UsageError(f"--{option.name} must be a whole number from 1 to 999,999,999,999, not {quoted(text)}")
        return int(digits)
    if option.choices and text not in option.choices:
        raise UsageError(f"--{option.name} must be {one_of(option.choices)}, not {quoted(text)}")
    return text


def number_of(words: Sequence[str]) -> str:
    """Return the number in *words*, which spaces may have split. Raises ``UsageError``."""
    if not any(word.strip() for word in words):
        raise UsageError("pop requires a number", remedy="add it, or - to read it from standard input")
    return " ".join(words)


def _refuse_option(verb: str, name: str, known: Iterable[str]) -> NoReturn:
    if name in ("--token", "--auth-token", "--auth_token"):
        remedy = "set CONVOSO_AUTH_TOKEN, or auth_token_file"
        raise UsageError("The command line takes no token, since other users can see it", remedy=remedy)
    command = f"lead-tui {verb}".strip()
    near = nearest(name.lstrip("-"), [flag[2:] for flag in known if flag.startswith("--")])
    # A word with digits may be a token.
    what = f"option {name}" if re.fullmatch("[A-Za-z-]+", name) else "such option"
    raise UsageError(f"{command} has no {what}", remedy=f"did you mean --{near}?" if near else f"{command} --help shows them")


def quoted(word: str) -> str:
    """Return *word* as a message may contain it: a filter without its value, and nothing that may be a token."""
    name, is_pair, _ = word.partition("=")
    word = f"{name}=…" if is_pair else word
    # A long word of letters and digits may be a token that was typed in the wrong place.
    if len(word) >= 16 and re.search("[0-9]", word) and re.search("[A-Za-z]", word) and "@" not in word:
        return f"a word of {len(word)} characters"
    return f'"{one_line(word, 40)}"'
