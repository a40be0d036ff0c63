"""``lead-tui doctor``: checks configuration, account and terminal one by one, and gives a remedy for what is wrong.

The report can be pasted into a ticket: it has no secret, no lead, no name of a saved query, and ``~`` for the home directory.
"""

from __future__ import annotations

import os
import platform
import stat
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from lead_tui import __version__
from lead_tui.api import probe
from lead_tui.cli import doctor_account, doctor_terminal
from lead_tui.cli.checks import Doubt, Outcome, Report
from lead_tui.cli.console import standard_output
from lead_tui.cli.effective_settings import resolved
from lead_tui.config.paths import Paths
from lead_tui.config.settings import Network
from lead_tui.context import AppContext
from lead_tui.invocation import Account
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, TokenError
from lead_tui.leads.permissions import Token
from lead_tui.leads.zones import HOST
from lead_tui.safe_files import reason
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.token import ENVIRONMENT, FoundToken

LIBRARIES: Final = ("textual", "httpcore", "msgspec", "truststore")
"""Libraries whose version a ticket should name."""


def run_doctor(account: Account) -> None:
    """Check everything, and print what is found. Raises the error of the first check that failed."""
    report = Report(standard_output(), os.environ.get("HOME", ""))
    # Read before it is removed: even an invalid token must not be shown.
    report.hide(Token(os.environ.get(ENVIRONMENT, "")))
    paths, now = Paths.of(account.config_dir), datetime.now(UTC)
    report.lines([about(), "\nConfiguration"])
    for name, path in (
        ("config.toml", paths.config_file),
        ("queries.toml", paths.queries_file),
        ("site's policy", paths.policy_file),
        ("site's queries", paths.site_queries_dir),
    ):
        report.check(name, lambda: file(path))  # noqa: B023 - called at once
    context = _context(report, account)
    report.check("saved queries", lambda: queries(QueryStore(paths)))
    report.check("zone data", lambda: doctor_account.zone_data(HOST, now))
    if context is None:
        report.lines(["\nAccount"])
        report.skip("settings failed", "token", "server's name", "TLS", "search", "clock")
    else:
        found, network = context
        report.check("account's zone", lambda: doctor_account.account_zone(found.settings))
        report.lines(["\nSettings"])
        report.table(resolved(paths.config_dir, found.settings, found.profile, account, found.base_url, os.environ))
        report.lines(["\nAccount"])
        _account(report, found, network, now)
    report.lines(["\nTerminal"])
    doctor_terminal.examine(report, os.environ, getattr(sys.__stderr__, "encoding", None))
    report.lines([f"\n{report.summary()}"])
    if report.failure is not None:
        raise report.failure


def about() -> str:
    versions = ", ".join(map(_version, LIBRARIES))
    return f"lead-tui {__version__}, Python {platform.python_version()}, {sys.platform} {platform.machine()}\n{versions}"


def _version(library: str) -> str:
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:
        return f"no {library}"


def file(path: Path) -> Outcome:
    """Report whether *path* exists, and its mode; those who read it check whether it can be used."""
    try:
        return f"{path}, mode {stat.S_IMODE(path.stat().st_mode):04o}"
    except FileNotFoundError:
        return f"{path}, not found"
    except OSError as error:
        return Doubt(f"{path}, no access ({reason(error)})", "look at the modes of the directories above it")


def _context(report: Report, account: Account) -> tuple[AppContext, Network] | None:
    """Report whether the settings can be read; return what they say."""
    try:
        context = AppContext.of(account)
        network = context.network()
    except LeadTuiError as error:
        is_settings, is_token = isinstance(error, ConfigurationError), isinstance(error, TokenError)
        report.fail("settings" if is_settings else "token" if is_token else "command line", error)
        return None
    report.check("settings", lambda: f"read, {context.profile.name} is the profile in use")
    return context, network


def queries(store: QueryStore) -> Outcome:
    """Report the number of saved queries, without their names: people write names of leads into them."""
    loaded = store.load()
    if loaded.problem is not None:
        raise loaded.problem
    own = sum(not saved.read_only for saved in loaded.queries)
    what = f"{own:,} of your own, {len(loaded.queries) - own:,} of the site"
    return Doubt(f"{what}, {len(loaded.notices):,} notices", "lead-tui queries list prints them") if loaded.notices else what


def _account(report: Report, context: AppContext, network: Network, now: datetime) -> None:
    url, found = context.base_url, FoundToken(None, "")

    def token() -> Outcome:
        nonlocal found
        found = context.find_token()
        report.hide(found.token)
        return doctor_account.token(found, context.profile)

    report.check("token", token)
    report.check("pace", lambda: doctor_account.pace(context.pace(), context.paths.pace_dir, url, found.token))
    if not report.check("server's name", lambda: doctor_account.name(url, network)):
        report.skip("DNS failed", "TLS", "search", "clock")
    elif not report.check("TLS", lambda: doctor_account.tls(url, network, now)):
        report.skip("no connection", "search", "clock")
    elif not found.token:
        report.skip("no token", "search", "clock")
    else:
        searched = probe.search(url, found.token, network)
        report.check("search", lambda: doctor_account.search(searched))
        report.check("clock", lambda: doctor_account.clock(searched, context.settings))
        if searched.error is None:
            records = probe.records(url, found.token, network, doctor_account.section_queries(searched.page))
            doctor_account.sections(report, records, context.settings, now)
