"""What a command line asks for, as frozen values: the command, the account, and which leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.export.formats import Format

if TYPE_CHECKING:
    from lead_tui.config.policy import Policy
    from lead_tui.leads.lookup import ListedLookUp

BASE_URL_VARIABLE: Final = "LEAD_TUI_BASE_URL"


class Account(Struct, frozen=True):
    """The account, and the configuration, by the options of these names. An empty text means the default."""

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


class Options(Struct, frozen=True):
    """The other options, by their names in ``cli.options``, which describes them; with what they are if not given."""

    lookup: str = ""
    query: str = ""
    columns: str = ""
    format: Format | None = None  # None for a table on a terminal and CSV elsewhere
    limit: int | None = None
    all: bool = False
    count: bool = False
    by: str = ""
    output: str = ""  # the file to write; "" for standard output
    resume: bool = False
    missing: str = ""
    raw_csv: bool = False
    bom: bool = False
    days: int = limits.HISTORY_DAYS
    session: str = ""
    force: bool = False
    theme: str = ""
    ascii: bool = False
    no_mouse: bool = False


class Command(Struct, frozen=True):
    """A whole command line, checked."""

    verb: str = ""  # one of ``cli.options.COMMANDS``; "" for the app
    account: Account = field(default_factory=Account)
    options: Options = field(default_factory=Options)
    words: tuple[str, ...] = ()  # those that are neither options nor about leads: an id, a file, a number, a shell, an action
    invocation: Invocation = field(default_factory=Invocation)
