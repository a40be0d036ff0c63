"""The doctor's report, and its checks of versions, files, settings and time zones."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, ParamSpec

from lead_tui import __version__
from lead_tui.cli.parser import MIN_MISTYPED
from lead_tui.config.paths import Paths
from lead_tui.config.schema import dotted, line_of
from lead_tui.config.settings import Settings
from lead_tui.context import AppContext
from lead_tui.export.writer import Sink
from lead_tui.invocation import Account
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, UsageError
from lead_tui.leads.fields import COMPUTED, FIELD_BY_KEY, key_of
from lead_tui.leads.local_time import HOST, RULES_VERSION, Zones
from lead_tui.leads.permissions import Token, mask_token
from lead_tui.leads.text import counted, one_line, within_two_edits
from lead_tui.safe_files import reason
from lead_tui.storage.query_store import QueryStore

if TYPE_CHECKING:
    from lead_tui.config.schema import KeyPath

P = ParamSpec("P")

LIBRARIES: Final = ("textual", "msgspec", "truststore")  # libraries whose version a ticket should name
_PROBE: Final = "America/New_York"

_VERDICT_WIDTH: Final = 8
_NAME_WIDTH: Final = 15
_MAX_VALUE: Final = 60  # characters shown of a value: the rest of a long list of columns helps no one

_SECRET: Final = ("auth_token_command", "redis_password", "proxy", "start")  # settings that may contain a password or a name
_SHOWN: Final = ("profile", "base_url")  # settings that are reported even if they have their defaults
_COUNTED: Final = ("labels", "types", "keys", "colors.status")  # tables of which only the size is reported

Row = tuple[str, str, str]  # key of a setting, where it comes from, and its value


class Doubt(NamedTuple):
    """What a user should check. Anyone may see the texts: they contain no secret, no lead and no saved query's name."""

    what: str
    remedy: str = ""


Outcome = str | Doubt
"""What a check returns: a sentence if all is well, else a ``Doubt``. A failed check raises the error that a command would."""


class Report:
    """Prints each outcome immediately, since a check can take a while. The methods raise ``OutputError``."""

    def __init__(self, sink: Sink, home: str) -> None:
        self.failure: LeadTuiError | None = None  # the error of the first check that failed
        self._sink = sink
        self._home = re.compile(rf"(?<![\w/.-]){re.escape(home.rstrip('/'))}(?![\w.-])") if home.strip("/") else None
        self._secrets: list[Token] = []
        self._verdicts: Counter[str] = Counter()

    def hide(self, secret: Token | None) -> None:
        """Never print *secret*."""
        if secret:
            self._secrets.append(secret)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            for secret in self._secrets:
                line = mask_token(line, secret)
            self._sink.write(f"{self._home.sub('~', line) if self._home else line}\n")

    def table(self, rows: Sequence[tuple[str, str, str]]) -> None:
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        for one, two, three in rows:
            self.lines(wrapped(f"  {one.ljust(first)}  {two.ljust(second)}  ", three, self._sink.width))

    def check(self, name: str, check: Callable[P, Outcome], *given: P.args, **named: P.kwargs) -> bool:
        """Call *check* with the other arguments, and print what it finds; return whether it did not fail."""
        try:
            found = check(*given, **named)
        except LeadTuiError as error:
            self.fail(name, error)
            return False
        if isinstance(found, Doubt):
            self._add("warn", name, *found)
        else:
            self._add("ok", name, found)
        return True

    def fail(self, name: str, error: LeadTuiError) -> None:
        self.failure = self.failure or error
        self._add("fail", name, error.message, error.remedy)

    def skip(self, why: str, *names: str) -> None:
        """Report checks that were not made, since an earlier one failed."""
        for name in names:
            self._add("skipped", name, why)

    def summary(self) -> str:
        """Return a line such as "16 checks: 11 ok, 2 failed, 3 warnings"."""
        count = self._verdicts
        words = {"fail": "failed", "warn": "warning" if count["warn"] == 1 else "warnings", "skipped": "skipped"}
        others = "".join(f", {count[each]} {word}" for each, word in words.items() if count[each])
        return f"{count.total()} checks: {count['ok']} ok{others}"

    def _add(self, verdict: str, name: str, what: str, remedy: str = "") -> None:
        self._verdicts[verdict] += 1
        head = f"  {verdict.ljust(_VERDICT_WIDTH)}{name.ljust(_NAME_WIDTH)} "
        self.lines(wrapped(head, what, self._sink.width))
        if remedy:
            self.lines(wrapped(" " * len(head) + "remedy: ", remedy, self._sink.width))


def wrapped(head: str, text: str, width: int) -> list[str]:
    """Return *text* after *head* in lines of at most *width* cells if a word fits; 0 is no limit."""
    text = one_line(text)
    if not width:
        return [head + text]
    room = max(width, len(head) + 20)
    return textwrap.wrap(
        text, room, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    ) or [head.rstrip()]


# The configuration


def examine_configuration(report: Report, account: Account, now: datetime) -> AppContext | str:
    """Return the context of *account*, whose network settings are valid, or a word for what failed."""
    paths = Paths.of(account.config_dir)
    report.lines([about(), "\nConfiguration"])
    report.check("config.toml", file, paths.config_file)
    report.check("queries.toml", file, paths.queries_file)
    report.check("site's policy", file, paths.policy_file)
    report.check("site's queries", file, paths.site_queries_dir)
    context: AppContext | str
    try:
        context = AppContext.of(account)
        context.network()
    except LeadTuiError as error:
        context = "settings" if isinstance(error, ConfigurationError) else "command line"
        report.fail(context, error)
    else:
        report.check("settings", settings, context)
    report.check("saved queries", queries, QueryStore(paths), "" if isinstance(context, str) else context.settings.queries.start)
    report.check("zone data", zone_data, HOST, now)
    if not isinstance(context, str):
        report.check("account's zone", account_zone, context.settings)
        report.lines(["\nSettings"])
        report.table(settings_in_effect(context, os.environ))
    return context


def about() -> str:
    versions = ", ".join(f"{library} {metadata.version(library)}" for library in LIBRARIES)
    return f"lead-tui {__version__}, Python {platform.python_version()}, {sys.platform} {platform.machine()}\n{versions}"


def file(path: Path) -> Outcome:
    """Report whether *path* exists, and its mode. The code that reads it checks whether it can be used."""
    try:
        return f"{path}, {mode_of(path)}"
    except FileNotFoundError:
        return f"{path}, not found"
    except OSError as error:
        return Doubt(f"{path}, no access ({reason(error)})", "look at the modes of the directories above it")


def mode_of(path: Path) -> str:
    return f"mode {stat.S_IMODE(path.stat().st_mode):04o}"


def settings(context: AppContext) -> Outcome:
    """Report that the settings were read, and names in them that may be misspelled: a misspelled field is not masked."""
    context.check_screen()
    found, said = context.settings, f"read, {context.profile.name} is the profile in use"
    known = (*FIELD_BY_KEY, *COMPUTED)
    named = dict.fromkeys(map(key_of, (*found.mask.fields, *found.table.columns, *found.labels, *found.types)))
    unknown = (name for name in named if name not in known and len(name) >= MIN_MISTYPED)
    near = {name: like for name in unknown if (like := within_two_edits(name, known))}
    if not near:
        return said
    names = ", ".join(f"{one_line(name, 40)} is not {like}" for name, like in near.items())
    return Doubt(f"{said}, but {names}", "correct the name in config.toml, unless your account has an attribute of that name")


def queries(store: QueryStore, start: str) -> Outcome:
    """Report the number of saved queries, but not their names: people put leads' names into them. *start* has to be one."""
    loaded = store.load()
    if loaded.problem is not None:
        raise loaded.problem
    try:
        if start:
            loaded.named(start)
    except UsageError:
        raise UsageError("[queries] start names no saved query", remedy="lead-tui queries list shows them all") from None
    own = sum(not saved.read_only for saved in loaded.queries)
    what = f"{own:,} of your own, {len(loaded.queries) - own:,} of the site"
    notices = counted(len(loaded.notices), "notice")
    return Doubt(f"{what}, {notices}", "lead-tui queries list prints them") if loaded.notices else what


def account_zone(settings: Settings) -> Outcome:
    """Check in which zone the account's days begin."""
    if zone := settings.zone_in_doubt():
        what = f'not set, and this host is on {zone}: "today" and "-7d" are days of {zone}'
        return Doubt(what, 'set timezone under [account], such as "America/Los_Angeles"')
    return settings.account.timezone or f"this host's, {time.strftime('%Z')} (UTC{time.strftime('%z')})"


def zone_data(zones: Zones, now: datetime) -> Outcome:
    """Check the version of the zone data, which decides whether a lead's local time is trusted."""
    problems = [] if zones.is_current(now) else ["older than a year"]
    problems += [f"without the rule changes of {RULES_VERSION}"] if zones.version < RULES_VERSION else []
    if zones.offset(_PROBE, now) is None:
        doubt = "none: every local time in North America is doubtful"
    elif not zones.version:
        doubt = "its version is not known: it may be old"
    elif problems:
        doubt = f"{zones.version}, {' and '.join(problems)}: some local times are doubtful"
    else:
        return zones.version
    return Doubt(doubt, "update this host's time zone data (the package tzdata)")


# Settings in effect


def settings_in_effect(context: AppContext, environ: Mapping[str, str]) -> list[Row]:
    """Return where configuration, profile and address come from, and each setting in the file; the others have their defaults."""
    account, profile, source = context.account, context.profile.name, context.settings.source
    given = dict(_settings_in(source.parsed(), profile))

    def origin(where: KeyPath) -> str:
        return f"{source.path.name}, line {line_of(source.text, where)}" if where in given else "default"

    rows = []
    for option, chosen, where, value in (
        ("config-dir", account.config_dir, ("config_dir",), str(context.paths.config_dir)),
        ("profile", account.profile, ("profile",), profile),
        ("base-url", account.base_url, ("profiles", profile, "base_url"), context.base_url),
    ):
        variable = f"LEAD_TUI_{option.replace('-', '_').upper()}"
        given_by = variable if environ.get(variable, "").strip() == chosen.strip() else f"--{option}"
        rows.append((where[-1], given_by if chosen else origin(where), value))
    rows += [(dotted(where), origin(where), _written(where, value)) for where, value in given.items() if where[-1] not in _SHOWN]
    return [(one_line(key), by, one_line(value)) for key, by, value in rows]


def _settings_in(table: Mapping[str, object], profile: str, above: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Yield the settings in *table*, except those of profiles other than *profile*."""
    for key, value in table.items():
        where = (*above, key)
        if where[:1] == ("profiles",) and where[1:2] not in ((), (profile,)):
            continue
        if isinstance(value, dict) and ".".join(where) not in _COUNTED:
            yield from _settings_in(value, profile, where)
        else:
            yield where, value


def _written(where: KeyPath, value: object) -> str:
    if where[-1] in _SECRET:
        return "set, not shown"
    if isinstance(value, dict):
        return f"{len(value)} of your own"
    if isinstance(value, bool):
        return str(value).lower()
    return one_line(", ".join(map(str, value)) if isinstance(value, list) else str(value), _MAX_VALUE) or "none"
