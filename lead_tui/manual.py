"""The commands and options, each with its sentence: the one source of what is accepted, and of the help.

Data and its layout; nothing is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from lead_tui import tuning
from lead_tui.export.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM: Final = "lead-tui"
APP: Final = ""
"""The verb of the app, which has none."""
SEARCH: Final = "search"
QUERIES: Final = "queries"
DOCTOR: Final = "doctor"
WHERE: Final = "where"
COMPLETION: Final = "completion"

QUERY_ACTIONS: Final = ("list", "show", "delete", "import", "export")
"""What ``queries`` does."""

THEMES: Final = ("terminal", "dark", "light")
"""The names of the themes, the default first."""

SHELLS: Final = ("bash", "zsh", "fish")
"""Shells for which there is completion."""

PROFILES: Final = "profiles"
"""What ``completion`` takes besides: its scripts ask for them."""

WIDTH: Final = 80
_INDENT: Final = 26


class Command(NamedTuple):
    """A verb."""

    verb: str
    usage: tuple[str, ...]
    """Lines after the program's name."""
    sentence: str
    takes_filters: bool = True


class Option(NamedTuple):
    """An option of the commands *of*, without its dashes."""

    name: str
    sentence: str
    of: tuple[str, ...]
    value: str = ""
    """What stands for the value in the help; "" for an option that takes none."""
    default: str | None = None
    """The value where the option stands alone; then a value comes only after ``=``. None where it must have one."""
    choices: tuple[str, ...] = ()
    short: str = ""
    """One letter that stands for the name behind one dash; "" for none."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What may be typed for it, dashes included."""
        return (f"-{self.short}", f"--{self.name}") if self.short else (f"--{self.name}",)

    @property
    def written(self) -> str:
        """The option as the help shows it."""
        flags = ", ".join(self.flags)
        if not self.value:
            return flags
        return f"{flags}[={self.value}]" if self.default is not None else f"{flags} {self.value}"


def one_of(words: Sequence[str]) -> str:
    """``a, b or c``."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


COMMANDS: Final = {
    command.verb: command
    for command in (
        Command(APP, ("[FIELD=VALUE …] [OPTIONS]",), "Find a lead in a Convoso account: a table, its filters, the whole lead."),
        Command(SEARCH, ("search [FIELD=VALUE …] [OPTIONS]",), "Print the leads that match, for people or for programs."),
        Command(
            QUERIES,
            ("queries list", "queries show NAME", "queries delete NAME", "queries import FILE", "queries export [FILE]"),
            "List the saved queries, or carry them from one configuration to another.",
            takes_filters=False,
        ),
        Command(DOCTOR, ("doctor [OPTIONS]",),
                "Look at configuration, account and terminal, and say what to do where something is wrong.", takes_filters=False),
        Command(WHERE, ("where [OPTIONS]",), "Print which files are used and whether they exist.", takes_filters=False),
        Command(COMPLETION, tuple(f"completion {each}" for each in (*SHELLS, PROFILES)),
                "Print what a shell needs to complete these commands.", takes_filters=False),
    )
}  # fmt: skip

_LEADS: Final = (APP, SEARCH)
_ACCOUNT: Final = (APP, SEARCH, DOCTOR, WHERE)
_FILES: Final = (APP, SEARCH, QUERIES, DOCTOR, WHERE)
_ALL: Final = (*_FILES, COMPLETION)

OPTIONS: Final = (
    Option("lookup", "look up a phone, an email, a lead id or a name; - reads it from standard input, for search one on each line",
           _LEADS, "TEXT"),
    Option("query", "start from this saved query; what else is given here wins over its filters", _LEADS, "NAME"),
    Option("columns", "columns to show: the API's field names, name, local_time, custom attributes", _LEADS, "A,B,…"),
    Option("format",
           f"{one_of(FORMATS)}, which needs -o; unless said, a table on a terminal and csv elsewhere",
           (SEARCH,), "FORMAT", choices=FORMATS),
    Option("limit", f"print at most so many leads; unless said {tuning.SEARCH_LIMIT}, and all of a list of ids or look-ups",
           (SEARCH,), "N"),
    Option("all", "print every lead that matches", (SEARCH,)),
    Option("output", "write FILE, whole or not at all; what is there is asked about, or refused", (SEARCH,), "FILE", short="o"),
    Option("resume", "go on with FILE where an earlier run of the same search was interrupted", (SEARCH,)),
    Option("missing", "write the ids or look-ups of a list that have no lead to FILE, one a line", (SEARCH,), "FILE"),
    Option("raw-csv", "leave values in CSV that a spreadsheet would run as formulas", (SEARCH,)),
    Option("demo", "an invented account, without a token or a network; N leads", _LEADS, "N", default=str(tuning.DEMO_LEADS)),
    Option("profile", "the account to use, one of [profiles] in config.toml", _ACCOUNT, "NAME"),
    Option("base-url", "the API's address, as https://api.convoso.com/v1", _ACCOUNT, "URL"),
    Option("config-dir", "where config.toml and queries.toml are", _ALL, "DIR"),
    Option("force", "write over what is there: a file, or saved queries of the same name", (SEARCH, QUERIES)),
    Option("theme", f"the colours: {one_of(THEMES)}; unless said, those chosen last", (APP,), "NAME",
           choices=THEMES),
    Option("ascii", "borders and marks of ASCII alone", (APP,)),
    Option("no-mouse", "leave the mouse to the terminal", (APP,)),
    Option("restricted", "only look at leads, as the site's policy has it: no copy, no export, no other account", _ALL),
    Option("log", "append to FILE what went wrong", _ALL, "FILE"),
    Option("version", "print the version", _ALL),
    Option("help", "print this", _ALL),
)  # fmt: skip

EXAMPLES: Final = {
    APP: (
        ("lead-tui --demo", f"look around in {tuning.DEMO_LEADS:,} invented leads"),
        ("lead-tui --lookup '(301) 555-0123'", "who is calling"),
        ("lead-tui status=NEW state=CA created_at_start_date=-7d", "this week's new leads in California"),
        ("lead-tui --query 'New in California' state=NV", "a saved query, elsewhere"),
        ("lead-tui +member_id=77", "a parameter of the account's own"),
    ),
    SEARCH: (
        ("lead-tui search status=NEW --limit 500 --format csv > new.csv", "for a spreadsheet"),
        ("lead-tui search list_id=2705 --columns name,phone_number", "a table of two columns"),
        ("lead-tui search status=NEW --all -o new.csv", "all of them; once interrupted, the same with --resume goes on"),
        ("lead-tui search status=NEW --all --format xlsx -o new.xlsx", "an Excel workbook, all values as text"),
        ("lead-tui search --lookup - --format jsonl < number.txt", "a number that no process list shows"),
        ("lead-tui search --lookup - --missing new.txt -o known.csv < calls.txt",
         "a call list checked against the account, a number on each line"),
    ),
    QUERIES: (
        ("lead-tui queries export mine.toml", "a copy of one's own saved queries, without the site's"),
        ("lead-tui queries import mine.toml", "those that are not there yet; --force writes over the others"),
        ("lead-tui queries delete 'New in California'", "asks first where somebody can answer"),
    ),
    DOCTOR: (
        ("lead-tui doctor > ticket.txt", "for whoever helps: no secret and no lead is in it"),
        ("lead-tui doctor --profile west", "another account"),
    ),
    COMPLETION: (
        ("lead-tui completion bash > ~/.local/share/bash-completion/completions/lead-tui",
         'or, without that package, in ~/.bashrc: eval "$(lead-tui completion bash)"'),
        ("lead-tui completion zsh > ~/.zfunc/_lead-tui", "with fpath+=~/.zfunc before compinit in ~/.zshrc"),
        ("lead-tui completion fish > ~/.config/fish/completions/lead-tui.fish", ""),
        ("lead-tui completion profiles", "what those ask: the profiles of config.toml, one a line"),
    ),
    WHERE: (("lead-tui where --profile west", "what that profile uses"),),
}  # fmt: skip

EXIT_CODES: Final = (
    ("0", "done, also when nothing matched"),
    ("2", "wrong usage, a filter that cannot be sent, an unknown query, no terminal"),
    ("3", "the token is missing or refused"),
    ("4", "the server or the network failed, or one part of a look-up"),
    ("5", "the configuration cannot be used"),
    ("6", "output cannot be written, or is there already and --force is not given"),
    ("129", "the terminal hung up"),
    ("130", "interrupted"),
    ("143", "terminated"),
)

ENVIRONMENT: Final = (
    ("CONVOSO_AUTH_TOKEN", "the token, which no option takes"),
    ("LEAD_TUI_BASE_URL", "as --base-url"),
    ("LEAD_TUI_CONFIG_DIR", "as --config-dir"),
)

DATES: Final = (
    "YYYY-MM-DD, M/D/YYYY, today, yesterday, -7d, -2w, -3m, -1y; for both ends of a range: this week, last week, this month, "
    "last month, this year, last year, last 7 days"
)


def options_of(verb: str) -> tuple[Option, ...]:
    """The options that *verb* takes."""
    return tuple(option for option in OPTIONS if verb in option.of)


def help_text(verb: str = APP) -> str:
    """The help for *verb*, lines of at most ``WIDTH`` characters."""
    command = COMMANDS[verb]
    usages = [line for other in COMMANDS.values() if verb in (APP, other.verb) for line in other.usage]
    lines = [f"{'       ' if index else 'Usage: '}{PROGRAM} {line}" for index, line in enumerate(usages)]
    lines += ["", *_wrapped(command.sentence, "")]
    if verb == APP:
        lines += ["", "Commands:"]
        lines += [line for other in COMMANDS.values() if other.verb for line in _entry(other.verb, other.sentence)]
        lines += _wrapped(f"{PROGRAM} COMMAND --help has more about each.", "  ")
    lines += ["", "Options:"]
    lines += [line for option in options_of(verb) for line in _entry(option.written, option.sentence)]
    if command.takes_filters:
        lines += ["", *_filters()]
    lines += ["", "Examples:"]
    for written, sentence in EXAMPLES[verb]:
        lines += [f"  {written}", *([f"      {sentence}"] if sentence else [])]
    lines += ["", "Exit codes:", *(line for code, sentence in EXIT_CODES for line in _entry(code, sentence, 8))]
    if verb == APP:
        lines += ["", "Environment:"]
        lines += [line for name, sentence in ENVIRONMENT for line in _entry(name, sentence)]
    return "\n".join(lines) + "\n"


def _filters() -> list[str]:
    # Imported here: the names are for the help alone.
    from lead_tui.leads.filters import FILTERS, GROUPS

    lines = ["Filters (FIELD=VALUE; FIELD=- reads it, or many ids, from standard input):"]
    for group in GROUPS:
        names = ", ".join(each.name for each in FILTERS if each.group == group)
        lines += _entry(group, names, 20)
    lines += _entry("+NAME", "any other parameter, such as a custom attribute's", 20)
    lines += _entry("dates", DATES, 20)
    lines += _entry("phones", "in any punctuation, abroad as +44…; phone_number==44… sends exactly these digits", 20)
    return lines


def _entry(term: str, sentence: str, indent: int = _INDENT) -> list[str]:
    lines = _wrapped(sentence, " " * indent)
    if len(term) + 4 > indent:
        return [f"  {term}", *lines]
    return [f"  {term}".ljust(indent) + lines[0].lstrip(), *lines[1:]]


def _wrapped(text: str, indent: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
