"""What a command line asks for, as frozen values: the command, the account, and which leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.export.formats import Format
from lead_tui.leads.query import Query

if TYPE_CHECKING:
    from lead_tui.config.policy import Policy
    from lead_tui.leads.lookup import ListedLookUp

BASE_URL_VARIABLE: Final = "LEAD_TUI_BASE_URL"


class Account(Struct, frozen=True):
    """The account, and the configuration. An empty text means the default."""

    profile: str = ""
    base_url: str = ""  # from the option or the environment, not checked yet
    config_dir: str = ""
    demo: int | None = None  # the number of sample leads of a demo; None for a real account
    log: str = ""  # the file to which errors are appended; "" for none
    policy: Policy | None = None  # the site's policy if it restricts this session; the command line cannot set it


class Invocation(Struct, frozen=True):
    """Which leads, and which of their columns."""

    filters: tuple[tuple[str, str], ...] = ()  # checked names and values; an empty value removes the filter of a saved query
    query_name: str = ""  # the saved query to start from
    look_up: str = ""
    look_ups: tuple[ListedLookUp, ...] = ()  # a list of look-ups, from standard input, in place of one
    columns: tuple[str, ...] = ()  # field names, ``name`` and ``local_time``; none for the usual columns
    from_standard_input: bool = False  # whether a value was read from standard input, which is at its end now

    def over(self, saved: Query) -> Query:
        """Return the filters of *saved*, overridden by those of the command line."""
        return saved.with_checked(self.filters)

    @property
    def query(self) -> Query:
        """The filters of the command line alone."""
        return self.over(Query())


class Command(Struct, frozen=True):
    """The base of every command."""

    account: Account = field(default_factory=Account)


class Screen(Command, frozen=True):
    """A command that starts the app, and the app's appearance."""

    theme: str = ""  # "" for the configuration's
    ascii: bool = False
    mouse: bool = True


class RunApp(Screen, frozen=True):
    """Start the app."""

    invocation: Invocation = field(default_factory=Invocation)


class OpenFile(Screen, frozen=True):
    """Show a file of leads in the app."""

    path: str = ""
    columns: tuple[str, ...] = ()


class RunSearch(Command, frozen=True):
    """Print leads, or write them to a file."""

    invocation: Invocation = field(default_factory=Invocation)
    format: Format | None = None  # None for a table on a terminal and CSV elsewhere
    limit: int | None = limits.SEARCH_LIMIT  # None for all leads
    has_limit: bool = False  # whether the user gave a limit: without one, all leads of a list of ids or look-ups are written
    raw_csv: bool = False
    bom: bool = False  # whether CSV begins with a byte order mark
    output: str = ""  # the file to write; "" for standard output
    force: bool = False
    resume: bool = False
    count: bool = False  # whether to print how many leads match instead of the leads
    by: str = ""  # the column to count by; "" for the number alone
    missing: str = ""  # the file for those values of a list that have no lead; "" for none


class History(Command, frozen=True):
    """Print the history of a lead."""

    lead_id: str = ""
    format: Format | None = None  # None for a table on a terminal and CSV elsewhere
    days: int = limits.HISTORY_DAYS


class Pop(Command, frozen=True):
    """Give the number of an incoming call to the running session."""

    number: str = ""
    session: str = ""  # the session's id; "" for the only one


class Queries(Command, frozen=True):
    """List, show, delete, import or export saved queries."""

    action: str = "list"  # one of ``options.QUERY_ACTIONS``
    target: str = ""  # the name of a query, or a file; "-" and, for an export, "" are the standard streams
    force: bool = False


class Doctor(Command, frozen=True):
    """Check configuration, account and terminal."""


class Setup(Command, frozen=True):
    """Ask for address, token and time zone, and write the configuration."""


class Where(Command, frozen=True):
    """Print the paths of the files in use."""


class Completion(Command, frozen=True):
    """Print the completion script of a shell."""

    shell: str = "bash"  # one of ``options.SHELLS``
