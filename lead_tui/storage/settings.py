"""The settings of ``config.toml``: what there is, what each means, and what holds where nothing is set.

A setting is declared by a line here, with its docstring below; the configuration reference is made from both
(``lead_tui.storage.reference``).
"""

from __future__ import annotations

import time as clocks
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Final

from lead_tui import tuning
from lead_tui.leads.calling_hours import CallingHours
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, UsageError
from lead_tui.leads.fields import DEFAULT_COLUMNS
from lead_tui.leads.text import one_line
from lead_tui.storage import declared, values
from lead_tui.storage.calling_window import CallingWindow, calling_hours
from lead_tui.storage.declared import Declared
from lead_tui.storage.files import read_trusted
from lead_tui.storage.schema import Source, read_settings

BASE_URL: Final = "https://api.convoso.com/v1"
"""Where Convoso answers (the API's document)."""

MAIN_PROFILE: Final = "main"
"""The profile that is there without a table of its own."""


def _action_ids() -> tuple[str, ...]:
    # Imported here: few change keys.
    from lead_tui.keys import CATALOGUE

    return tuple(key.id for key in CATALOGUE)


class Profile(Declared):
    """``[profiles.NAME]``: an account, where it answers and where its token comes from.

    A profile's token goes to its base URL only. Without a file or a command the token is asked for; the environment's
    ``CONVOSO_AUTH_TOKEN`` is for the default profile only, and comes before its file and its command.
    """

    name: str = ""
    base_url: str = declared.setting(values.web_address(), BASE_URL)
    """Where the API answers, up to and with its version. ``http://`` is for loopback alone."""
    auth_token_file: Path | None = declared.setting(values.path(), None)
    """A file that holds the token and nothing else, your own, mode 0600. A relative path counts from this file's directory."""
    auth_token_command: tuple[str, ...] = declared.setting(values.command(), (), hidden=True)
    """A program, and its arguments, that prints the token: a list of words, run without a shell, for at most 10 seconds."""


class Account(Declared):
    """``[account]``: what holds for the account."""

    timezone: str = declared.setting(values.time_zone(), "")
    """The zone whose days ``today`` and ``-7d`` count in, as ``America/Los_Angeles``. The host's zone unless set."""


class Pace(Declared):
    """``[pace]``: how fast the server is asked."""

    requests_per_second: float = declared.setting(values.number(0, 1_000), tuning.REQUESTS_PER_SECOND)
    """Requests a second; 0 is no limit."""
    burst: int = declared.setting(values.whole(1, 1_000), tuning.REQUEST_BURST)
    """Requests that may leave at once after a rest."""
    in_flight: int = declared.setting(values.whole(1, 100), tuning.REQUESTS_IN_FLIGHT)
    """Requests under way at a time."""
    shared: bool = declared.setting(values.yes_no(), True)
    """Whether your sessions of one account on this host share the pace; without it each session has its own."""
    directory: Path | None = declared.setting(values.path(), None)
    """A directory, writable for a group, in which the sessions of all its users share the pace: for a site's policy. Without it,
    your own sessions share it in your runtime directory."""
    account: str = declared.setting(values.line(), "")
    """A name for the account there, if its users have different tokens."""


class Network(Declared):
    """``[network]``: how the server is reached. Nothing of it is taken from the environment."""

    connect_timeout: float = declared.setting(values.number(0.1, 600), tuning.CONNECT_TIMEOUT)
    """Seconds to connect."""
    read_timeout: float = declared.setting(values.number(0.1, 3_600), tuning.READ_TIMEOUT)
    """Seconds without a byte of the answer."""
    proxy: str = declared.setting(values.web_address(), "", hidden=True)
    """A proxy to go through, as ``http://proxy.example.com:3128``. None unless set."""
    ca_file: Path | None = declared.setting(values.path(), None)
    """A file of certificates (PEM) to trust in place of the host's. A relative path counts from this file's directory."""


class Table(Declared):
    """``[table]``: the table of leads."""

    scroll: str = declared.setting(values.one_of("half", "line"), "half")
    """How the view moves when the cursor runs over its edge: by half a page, which a slow line is grateful for, or by a line."""
    columns: tuple[str, ...] = declared.setting(values.columns(DEFAULT_COLUMNS), DEFAULT_COLUMNS)
    """The columns at the first start: names of the API's fields, custom attributes included, and ``name`` and ``local_time``; an
    attribute of such a name is ``+name``. An empty list stands for the default."""
    load_all_limit: int = declared.setting(values.whole(1, 1_000_000), tuning.LOAD_ALL_LIMIT)
    """Leads loaded at most to be narrowed or sorted."""
    cache_mb: int = declared.setting(values.whole(1, 4_096), tuning.CACHE_MB)
    """Megabytes of pages kept in memory. Pages that were let go are fetched again when they come into sight."""


class Dates(Declared):
    """``[dates]``: how days are counted and sent."""

    week_start: str = declared.setting(values.one_of("monday", "sunday"), "monday")
    """The day on which ``this week`` and ``last week`` start."""

    with_time: bool = declared.setting(values.yes_no(), False)
    """Whether ``00:00:00`` and ``23:59:59`` go with the ends of a range, where the server cuts the last day at midnight."""


class Mask(Declared):
    """``[mask]``: what a passer-by should not read."""

    fields: tuple[str, ...] = declared.setting(values.words("field names"), ())
    """Fields, custom attributes included, whose values are hidden until a key shows them."""


class Theme(Declared):
    """``[theme]``: how it looks."""

    name: str = declared.setting(values.line(), "")
    """The theme, as ``--theme`` takes it. The one chosen last unless set."""
    ascii: bool = declared.setting(values.yes_no(), False)
    """Whether borders and marks are drawn in ASCII."""
    mouse: bool = declared.setting(values.yes_no(), True)
    """Whether the mouse works; without it the terminal's own selection does."""


class Terminal(Declared):
    """``[terminal]``: the session and its terminal."""

    idle_exit: float = declared.setting(values.number(0, 10_080), 0.0)
    """Minutes without a key or a click after which the session ends, unless a load or an export is running; 0 is never."""


class Queries(Declared):
    """``[queries]``: saved queries."""

    start: str = declared.setting(values.line(), "")
    """The name of the saved query that runs at the start, the site's included, in place of the one marked ``start = true``."""


class Settings(Declared):
    """``config.toml``, whole."""

    profile: str = declared.setting(values.line(), MAIN_PROFILE)
    """The default profile: the one used unless ``--profile`` names another. ``main`` needs no table."""
    profiles: Mapping[str, Profile] = declared.tables(Profile)
    account: Account = declared.table(Account)
    pace: Pace = declared.table(Pace)
    network: Network = declared.table(Network)
    table: Table = declared.table(Table)
    dates: Dates = declared.table(Dates)
    calling_window: CallingWindow = declared.table(CallingWindow)
    labels: Mapping[str, str] = declared.setting(values.table_of(values.line(), "labels by field name"), {})
    """``[labels]``: what a custom attribute is called on the screen, by its key: ``field_3 = "Solidity"``."""
    mask: Mask = declared.table(Mask)
    keys: Mapping[str, tuple[str, ...]] = declared.setting(values.keys_by_id(_action_ids), {})
    """``[keys]``: keys of one's own by the id of the action: ``"table.down" = ["j", "down"]``; ``[]`` is none."""
    theme: Theme = declared.table(Theme)
    terminal: Terminal = declared.table(Terminal)
    queries: Queries = declared.table(Queries)
    source: Source = declared.aside(Source())

    def profile_named(self, name: str = "") -> Profile:
        """The profile *name*, the default one where it is "". Raises ``UsageError`` where there is none of that name."""
        name = name or self.profile
        if declared := self.profiles.get(name):
            return declared
        if name == MAIN_PROFILE:
            return Profile(MAIN_PROFILE)
        # Imported here, where a mistake was made.
        from lead_tui.leads.nearest import did_you_mean

        remedy = did_you_mean(name, self.profile_names) or f"there are {', '.join(self.profile_names)}"
        raise UsageError(f"There is no profile {one_line(name, 40)}", remedy=remedy)

    @property
    def profile_names(self) -> tuple[str, ...]:
        """The names that ``profile_named`` knows."""
        return tuple(dict.fromkeys((MAIN_PROFILE, *self.profiles)))

    def is_default(self, profile: Profile) -> bool:
        """Whether *profile* is the one used where none is named: the one that the environment's token is for."""
        return profile.name == self.profile

    def zone(self) -> tzinfo | None:
        """The account's time zone; None is the host's."""
        if not self.account.timezone:
            return None
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.account.timezone)

    def zone_in_doubt(self) -> str:
        """The zone to show with relative dates: "UTC" where none is set and the host is on UTC all year; else ""."""
        return "UTC" if not self.account.timezone and clocks.timezone == 0 and not clocks.daylight else ""

    def today(self, clock: Callable[[], float] = clocks.time) -> date:
        """The account's day; *clock* gives seconds since the epoch."""
        return datetime.fromtimestamp(clock(), self.zone()).date()

    def calling_hours(self) -> CallingHours:
        """The hours of ``[calling_window]``, by day and by state. Raises ``ConfigurationError`` for impossible ones."""
        return calling_hours(self.calling_window, self.wrong)

    def wrong(self, key: str | tuple[str, ...], problem: str, remedy: str = "") -> ConfigurationError:
        """What to raise where another floor finds the setting *key* ("theme.name") unfit; it names file, line and key.

        *problem* is said to stand after the key: "must be one of dark, light". A key with a dot in one of its parts is a tuple.
        """
        return self.source.wrong(tuple(key.split(".")) if isinstance(key, str) else key, problem, remedy)


def load_settings(path: Path, *, check_base_url: Callable[[str], object] | None = None) -> Settings:
    """The settings in *path*; the defaults where it is not there.

    *check_base_url* is called with every profile's base URL, and what it raises of ``LeadTuiError`` or ``ValueError`` is told with
    the place of the setting. Raises ``ConfigurationError``, which names file, line and key, for the first mistake; and where
    others can write to the file or to its directory.
    """
    text = read_trusted(path)
    if text is None:
        return Settings(source=Source(path))
    source = Source(path, text)
    return settings_of(source, source.parsed(), check_base_url=check_base_url)


def settings_of(source: Source, given: Mapping[str, object], *, check_base_url: Callable[[str], object] | None = None) -> Settings:
    """The settings that *given*, read from *source*, holds; *check_base_url* and errors as of ``load_settings``."""
    settings = read_settings(Settings, given, source).replaced(source=source)
    if settings.profile != MAIN_PROFILE and settings.profile not in settings.profiles:
        from lead_tui.leads.nearest import did_you_mean

        near = did_you_mean(settings.profile, settings.profile_names)
        raise settings.wrong("profile", f"names no table [profiles.NAME]{f': {near}' if near else ''}")
    settings.calling_hours()
    if check_base_url is not None:
        for name, profile in settings.profiles.items():
            _check_base_url(settings, name, profile, check_base_url)
    return settings


def _check_base_url(settings: Settings, name: str, profile: Profile, check: Callable[[str], object]) -> None:
    try:
        check(profile.base_url)
    except (LeadTuiError, ValueError) as error:
        raise settings.wrong(("profiles", name, "base_url"), f"cannot be used: {error}") from None
