"""The settings of ``config.toml``: their types, limits, defaults and descriptions; and the addresses that they may name.

A setting is declared on one line, with its docstring below it; the configuration reference is generated from both
(``docs.settings_reference``).
"""

from __future__ import annotations

import re
import time as clocks
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, field
from msgspec.structs import asdict, force_setattr, replace

from lead_tui import limits
from lead_tui.config import screen_settings as screen
from lead_tui.config.schema import PRINTABLE, InvalidValue, Line, SettingsTable, Source, WebAddress, read_settings, read_text
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import MADE_OF
from lead_tui.leads.text import did_you_mean, one_line

if TYPE_CHECKING:
    import ssl

BASE_URL: Final = "https://api.convoso.com/v1"  # Convoso's (the API's documentation)
MAIN_PROFILE: Final = "main"  # exists without a table of its own

_DEFAULT_PORTS = {"https": 443, "http": 80}
_REDIS = "an address that starts with rediss://, or with redis:// for this host, without a password"
Command = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[^\0]*\Z")], ...],
    Meta(min_length=1, description='a list of words, such as ["pass", "show", "convoso"]: no shell reads it'),
]


def is_loopback(host: str) -> bool:
    """Return whether *host*, a name or an address without brackets, is this machine."""
    return re.fullmatch(r"localhost|127(\.\d{1,3}){3}|::1", host.lower()) is not None


def checked_base_url(text: str) -> str:
    """Return *text* as the base URL of the API: scheme and host in lower case, no default port, no slash at the end.

    It is ``https://``, or ``http://`` for loopback only, and ends in a version. Raises ``ValueError`` with a sentence for the
    user that does not repeat *text*, which may contain a password.
    """
    pattern = r"https?://([\w.-]+|\[[\da-f:.]+\])(:[1-9]\d*)?(/[\w~][\w.~-]*)*/v\d+(\.\d+)?/?"
    if not re.fullmatch(pattern, text.strip(), re.ASCII | re.IGNORECASE):
        raise ValueError(f"The base URL must be https://, a host and a path that ends in the version, as in {BASE_URL}")
    if not (host := host_of(text.strip())):
        raise ValueError("The base URL has no usable host or port")
    parts = urlsplit(text.strip())
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("The base URL must be https://: the token could be read on the way; http:// is for this machine alone")
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def host_of(url: str) -> str:
    """Return the host of *url* for messages, with its port unless it is the default; "" without one. Never user, path or query."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if ":" in host:
        host = f"[{host}]"
    return host if not host or port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"


def ca_file_context(ca_file: Path) -> ssl.SSLContext:
    """Return a context that trusts only the certificates in *ca_file*. Raises ``OSError``."""
    import ssl

    # ``ssl.create_default_context`` writes the keys of every connection to ``SSLKEYLOGFILE``, with which the token can be read.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=ca_file)
    return context


class ProfileTable(SettingsTable, frozen=True):
    """``[profiles.NAME]``: an account, its address and the source of its token.

    A profile's token is sent to its base URL only. Without a file or a command, lead-tui asks for the token. ``CONVOSO_AUTH_TOKEN``
    in the environment is for the default profile only, and takes precedence over its file and its command.
    """

    base_url: WebAddress = BASE_URL
    """The API's address, including its version. ``http://`` is for loopback only."""
    auth_token_file: Path | None = None
    """A file that contains only the token, owned by you, mode 0600. A relative path starts at this file's directory."""
    auth_token_command: Command = ()
    """A command that prints the token: a list of words, run without a shell for at most 10 seconds."""

    def __post_init__(self) -> None:
        try:
            force_setattr(self, "base_url", checked_base_url(self.base_url))
        except ValueError as error:
            raise InvalidValue(f"cannot be used: {error}") from None


class Profile(ProfileTable, frozen=True):
    name: str = MAIN_PROFILE


class AccountSettings(SettingsTable, frozen=True):
    """``[account]``: the account."""

    timezone: Annotated[str, Meta(description="a time zone's name, such as America/Los_Angeles")] = ""
    """The time zone of ``today`` and ``-7d``, such as ``America/Los_Angeles``. Default: the host's zone."""
    learn_names: bool = True
    """Whether suggestions and labels use the account's own statuses, lists, users and campaigns, as far as the token may read them:
    each is requested at most once per session, when it is first needed."""

    def __post_init__(self) -> None:
        if not self.timezone:
            return
        # Imported here: most sessions use the host's zone.
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            near = did_you_mean(self.timezone.replace(" ", "_"), available_timezones()) or "for example America/Los_Angeles"
            raise InvalidValue(f"must be a time zone that this host knows: {near}") from None


class Pace(SettingsTable, frozen=True):
    """``[pace]``: the rate of requests."""

    requests_per_second: Annotated[float, Meta(ge=0, le=1_000)] = limits.REQUESTS_PER_SECOND
    """Requests per second; 0 means no limit."""
    burst: Annotated[int, Meta(ge=1, le=1_000)] = limits.REQUEST_BURST
    """Requests that may be sent at once after a pause."""
    in_flight: Annotated[int, Meta(ge=1, le=100)] = limits.REQUESTS_IN_FLIGHT
    """Requests in progress at the same time."""
    shared: bool = True
    """Whether your sessions of one account on this host share the pace; otherwise each session has its own."""
    directory: Path | None = None
    """An existing directory, writable by a group, in which the sessions of all users in the group share the pace. Default: your own
    sessions share it in your runtime directory."""
    account: Line = ""
    """A name for the account in that directory and in Redis, needed if its users have different tokens."""
    redis: Annotated[str, Meta(description=_REDIS)] = ""
    """The address of a Redis or Valkey server through which all hosts share the pace, such as
    ``rediss://redis.example.com:6379``. Needs ``lead-tui[redis]``."""
    redis_password_file: Path | None = None
    """A file that contains only the server's password, owned by you or root, and closed to others."""
    redis_password: Annotated[str, Meta(max_length=1_000, pattern=PRINTABLE, description="a line of text")] = ""
    """The password itself, in a file that others cannot read."""
    redis_ca_file: Path | None = None
    """A file of certificates (PEM) to trust for that server instead of the host's."""
    hosts: Annotated[int, Meta(ge=1, le=1_000)] = 4
    """How many hosts share the pace: while Redis does not respond, the exports of each have a quarter of its equal share."""

    def __post_init__(self) -> None:
        address = urlsplit(self.redis)
        is_open = address.scheme == "redis" and not is_loopback(address.hostname or "")
        if self.redis and (is_open or not address.hostname or "@" in address.netloc or address.scheme not in ("redis", "rediss")):
            raise ValueError

    def directory_shared(self, own: Path | None) -> Path | None:
        """Return the directory in which sessions share the pace: the group's, or else the user's *own*; None if they do not."""
        return (self.directory or own) if self.shared and self.requests_per_second > 0 else None

    @property
    def is_shared_by_hosts(self) -> bool:
        return bool(self.redis) and self.shared and self.requests_per_second > 0

    def share(self, part: float, burst: int) -> Pace:
        """Return *part* of this pace, with *burst* requests at once."""
        return replace(self, requests_per_second=part * self.requests_per_second, burst=burst)

    def exports_of_host(self) -> Pace:
        """Return each host's share of the pace for its exports while the hosts cannot share a limiter."""
        return self.share(limits.EXPORTS_ALONE / self.hosts, burst=1)

    @property
    def file_mode(self) -> int:
        """The mode of the files in that directory."""
        return 0o660 if self.directory else 0o600


class Network(SettingsTable, frozen=True):
    """``[network]``: the connection to the server. None of it is taken from the environment."""

    connect_timeout: Annotated[float, Meta(ge=0.1, le=600)] = limits.CONNECT_TIMEOUT
    """Seconds to wait for a connection."""
    read_timeout: Annotated[float, Meta(ge=0.1, le=3_600)] = limits.READ_TIMEOUT
    """Seconds to wait for the next byte of a response."""
    proxy: Annotated[str, Meta(pattern=r"^(?i:http)://[^\s/?#]+[!-~]*\Z", description="an address that starts with http://")] = ""
    """A proxy, such as ``http://proxy.example.com:3128``. Default: none."""
    ca_file: Path | None = None
    """A file of certificates (PEM) to trust instead of the host's. A relative path starts at this file's directory."""

    def __post_init__(self) -> None:
        if self.proxy and not host_of(self.proxy):
            raise InvalidValue("must be an address with a host and a port, as http://proxy.example.com:3128")

    def patience(self, limit: int) -> float:
        """Return how many seconds may pass without a byte of a response of *limit* leads."""
        return self.read_timeout * (limits.BULK_READ_TIMEOUT / limits.READ_TIMEOUT if limit > limits.BULK_ROWS else 1)

    def deadline(self, limit: int) -> float:
        """Return in how many seconds a response of *limit* leads must be complete: one that trickles in forever times out, too."""
        return self.connect_timeout + limits.ANSWER_PATIENCE * self.patience(limit)


class Dates(SettingsTable, frozen=True):
    """``[dates]``: how dates are read and sent."""

    week_start: Literal["monday", "sunday"] = "monday"
    """The day on which ``this week`` and ``last week`` start."""
    with_time: bool = False
    """Whether ``00:00:00`` and ``23:59:59`` are sent with the ends of a range, for servers that leave out the last day."""


class QuerySettings(SettingsTable, frozen=True):
    """``[queries]``: saved queries."""

    start: Line = ""
    """The name of the saved query (yours or the site's) that runs at startup, instead of the one with ``start = true``."""


class ConfigurationFile(SettingsTable, frozen=True):
    """The tables of ``config.toml``."""

    profile: Line = MAIN_PROFILE
    """The default profile, used unless ``--profile`` names another. ``main`` needs no table."""
    profiles: Mapping[Line, ProfileTable] = field(default_factory=dict)
    account: AccountSettings = AccountSettings()
    pace: Pace = Pace()
    network: Network = Network()
    table: screen.TableSettings = screen.TableSettings()
    dates: Dates = Dates()
    calling_window: screen.CallingWindowSettings = screen.CallingWindowSettings()
    labels: Annotated[Mapping[str, Line], Meta(description="a table of labels by field name")] = field(default_factory=dict)
    """``[labels]``: labels of custom attributes on the screen, by their keys: ``field_3 = "Solidity"``."""
    types: Annotated[Mapping[str, Literal["number", "date"]], Meta(description="a table of number or date by field name")] = field(
        default_factory=dict
    )
    """``[types]``: custom attributes that are numbers or dates in a workbook, by their keys: ``premium = "number"``."""
    mask: screen.Mask = screen.Mask()
    keys: screen.KeyChanges = field(default_factory=dict)
    """``[keys]``: keys by the id of the action: ``"table.down" = ["j", "down"]``; ``[]`` means no key."""
    theme: screen.Theme = screen.Theme()
    colors: screen.Colors = screen.Colors()
    terminal: screen.TerminalSettings = screen.TerminalSettings()
    lookup: screen.LookUpSettings = screen.LookUpSettings()
    lead: screen.LeadSettings = screen.LeadSettings()
    incoming: screen.IncomingSettings = screen.IncomingSettings()
    refresh: screen.RefreshSettings = screen.RefreshSettings()
    copy: screen.CopySettings = screen.CopySettings()
    queries: QuerySettings = QuerySettings()


class Settings(ConfigurationFile, frozen=True):
    """The settings in effect, and the file that they come from."""

    source: Source = Source()

    def profile_named(self, name: str = "") -> Profile:
        """Return the profile *name*, "" for the default one. Raises ``UsageError`` if there is none of that name."""
        name = name or self.profile
        if name in self.profile_names:
            return Profile(**asdict(self.profiles.get(name, ProfileTable())), name=name)
        remedy = did_you_mean(name, self.profile_names) or f"choose {' or '.join(self.profile_names)}"
        raise UsageError(f"There is no profile {one_line(name, 40)}", remedy=remedy)

    @property
    def profile_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((MAIN_PROFILE, *self.profiles)))

    def is_default(self, profile: Profile) -> bool:
        """Whether *profile* is the default one, which the environment's token is for."""
        return profile.name == self.profile

    def zone(self) -> tzinfo | None:
        """Return the account's time zone; None for the host's."""
        if not self.account.timezone:
            return None
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.account.timezone)

    @property
    def masked(self) -> frozenset[str]:
        """The fields to mask, with those that they are made of: hiding the name hides first and last name."""
        return frozenset(part for key in self.mask.fields for part in (key, *MADE_OF.get(key, ())))

    def zone_in_doubt(self) -> str:
        """Return "UTC", to show it with relative dates, if no zone is set and the host is on UTC all year; else ""."""
        return "UTC" if not self.account.timezone and clocks.timezone == 0 and not clocks.daylight else ""

    def today(self) -> date:
        return datetime.fromtimestamp(clocks.time(), self.zone()).date()


def load_settings(path: Path) -> Settings:
    """Return the settings in *path*; the defaults if it does not exist. Raises as ``read_text`` and ``read_settings``."""
    source = Source(path, read_text(path) or "")
    return settings_of(source, source.parsed())


def settings_of(source: Source, given: Mapping[str, object]) -> Settings:
    """Return the settings in *given*, read from *source*. Raises as ``load_settings``."""
    if isinstance(keys := given.get("keys"), dict):
        # To TOML, an id without quotes is a table within a table.
        nested = {f"{pane}.{name}": each for pane, ids in keys.items() if isinstance(ids, dict) for name, each in ids.items()}
        given = {**given, "keys": {name: each for name, each in keys.items() if not isinstance(each, dict)} | nested}
    settings = Settings(**asdict(read_settings(ConfigurationFile, given, source)), source=source)
    try:
        settings.profile_named()
    except UsageError as error:
        raise source.wrong(("profile",), "names no table [profiles.NAME]", error.remedy) from None
    return settings
