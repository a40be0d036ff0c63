"""``lead-tui doctor``: checks configuration, account and terminal one by one, and gives a remedy for what is wrong.

The report can be pasted into a ticket: it has no secret, no lead, no name of a saved query, and ``~`` for the home directory.
"""

from __future__ import annotations

import platform
import re
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from lead_tui import __version__
from lead_tui.api import probe
from lead_tui.api.redaction import mask_token
from lead_tui.cli import doctor_account, doctor_sections, doctor_terminal
from lead_tui.cli.checks import Finding, Verdict, fail, lines_of, ok, summary, table, warn
from lead_tui.cli.doctor_terminal import Terminal
from lead_tui.cli.effective_settings import resolved
from lead_tui.config.paths import Paths
from lead_tui.config.settings import Network
from lead_tui.context import AppContext
from lead_tui.export.sink import Sink
from lead_tui.invocation import Account
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, TokenError
from lead_tui.leads.token import Token
from lead_tui.leads.zones import HOST
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.token import FoundToken

LIBRARIES: Final = ("textual", "httpcore", "msgspec", "truststore")
"""Libraries whose version a ticket should name."""


class Report:
    """Prints each finding at once, since a check can take a while. The methods raise ``OutputError``."""

    def __init__(self, sink: Sink, home: str, secrets: Iterable[Token] = ()) -> None:
        """*secrets* are never printed."""
        self.findings: list[Finding] = []
        self._sink = sink
        self._home = re.compile(rf"(?<![\w/.-]){re.escape(home.rstrip('/'))}(?=/)") if home.strip("/") else None
        self._secrets = list(secrets)

    def hide(self, secret: Token | None) -> None:
        if secret:
            self._secrets.append(secret)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            for secret in self._secrets:
                line = mask_token(line, secret)
            self._sink.write(f"{self._home.sub('~', line) if self._home else line}\n")
        self._sink.flush()

    def table(self, rows: Sequence[tuple[str, str, str]]) -> None:
        self.lines(table(rows, self._sink.width))

    def add(self, finding: Finding) -> Finding:
        self.findings.append(finding)
        self.lines(lines_of(finding, self._sink.width))
        return finding

    @property
    def failure(self) -> LeadTuiError | None:
        return next((finding.error for finding in self.findings if finding.error is not None), None)


def examine(report: Report, account: Account, terminal: Terminal, environ: Mapping[str, str]) -> None:
    paths = Paths.of(account.config_dir)
    report.lines([about()])
    report.lines(["\nConfiguration"])
    for name, path in (
        ("config.toml", paths.config_file),
        ("queries.toml", paths.queries_file),
        ("site's policy", paths.policy_file),
        ("site's queries", paths.site_queries_dir),
    ):
        report.add(file(name, path))
    found: AppContext | None = None
    network: Network | None = None
    try:
        found = AppContext.of(account)
        network = found.network()
    except LeadTuiError as error:
        is_settings, is_token = isinstance(error, ConfigurationError), isinstance(error, TokenError)
        report.add(fail("settings" if is_settings else "token" if is_token else "command line", error))
    else:
        report.add(ok("settings", f"read, {found.profile.name} is the profile in use"))
    report.add(queries(QueryStore(paths)))
    report.add(doctor_account.zone_data(HOST, datetime.now(UTC)))
    if found is not None:
        report.add(doctor_account.account_zone(found.settings))
        report.lines(["\nSettings"])
        report.table(resolved(paths.config_dir, found.settings, found.profile, account, found.base_url, environ))
    report.lines(["\nAccount"])
    if found is not None and network is not None:
        _account(report, found, network)
    else:
        _skip(report, "settings failed", "token", "server's name", "TLS", "search", "clock")
    report.lines(["\nTerminal"])
    for finding in doctor_terminal.examine(terminal):
        report.add(finding)
    report.lines([f"\n{summary(report.findings)}"])


def about() -> str:
    versions = ", ".join(map(_version, LIBRARIES))
    return f"lead-tui {__version__}, Python {platform.python_version()}, {sys.platform} {platform.machine()}\n{versions}"


def _version(library: str) -> str:
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:
        return f"no {library}"


def file(name: str, path: Path) -> Finding:
    """Report whether *path* exists, and its mode; those who read it check whether it can be used."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return ok(name, f"{path}, not found")
    except OSError as error:
        return warn(name, f"{path}, no access ({(error.strerror or '').lower()})", "look at the modes of the directories above it")
    return ok(name, f"{path}, mode {mode:04o}")


def queries(store: QueryStore) -> Finding:
    """Report the number of saved queries, without their names: people write names of leads into them."""
    loaded = store.load()
    if loaded.problem is not None:
        return fail("saved queries", loaded.problem)
    own = sum(not saved.read_only for saved in loaded.queries)
    what = f"{own:,} of your own, {len(loaded.queries) - own:,} of the site"
    if loaded.notices:
        return warn("saved queries", f"{what}, {len(loaded.notices):,} notices", "lead-tui queries list prints them")
    return ok("saved queries", what)


def _account(report: Report, context: AppContext, network: Network) -> None:
    found = FoundToken(None, "")
    try:
        found = context.find_token()
        report.hide(found.token)
        report.add(doctor_account.token(found, context.profile))
    except LeadTuiError as error:
        report.add(fail("token", error))
    url = context.base_url
    try:
        report.add(doctor_account.pace(context.pace(), context.paths.pace_dir, url, found.token))
    except LeadTuiError as error:
        report.add(fail("pace", error))
    name = report.add(doctor_account.name(url, network, probe.resolve))
    if name.verdict is Verdict.FAIL:
        _skip(report, "DNS failed", "TLS", "search", "clock")
        return
    tls = report.add(doctor_account.tls(url, network, probe.connect, datetime.now(UTC)))
    if tls.verdict is Verdict.FAIL:
        _skip(report, "no connection", "search", "clock")
        return
    if not found.token:
        _skip(report, "no token", "search", "clock")
        return
    searched = probe.search(url, found.token, network)
    report.add(doctor_account.search(searched))
    report.add(doctor_account.clock(searched, context.settings))
    if searched.error is not None:
        return
    token = found.token
    findings, records = doctor_sections.sections(searched.page, lambda queries: probe.records(url, token, network, queries))
    if zone := doctor_sections.zone(records, context.settings, datetime.now(UTC)):
        findings.append(zone)
    for finding in findings:
        report.add(finding)


def _skip(report: Report, why: str, *names: str) -> None:
    for name in names:
        report.add(Finding(name, Verdict.SKIPPED, why))
