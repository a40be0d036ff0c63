"""``lead-tui doctor``: configuration, account and terminal looked at one by one, each with a remedy where it is not fine.

What is written is fit to be pasted into a ticket: no secret, no lead, no name of a search, and ``~`` for the person's home.
"""

from __future__ import annotations

import platform
import re
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from lead_tui import __version__
from lead_tui.api import probe
from lead_tui.api.redaction import masked
from lead_tui.cli import doctor_account, doctor_terminal, doctor_time
from lead_tui.cli.checks import Finding, Verdict, conclusion, doubtful, failed, fine, lines_of, table
from lead_tui.cli.doctor_terminal import Terminal
from lead_tui.cli.effective_settings import resolved
from lead_tui.config.paths import Paths
from lead_tui.config.settings import Network, Profile, Settings
from lead_tui.export.sink import Sink
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, TokenError
from lead_tui.leads.token import Token
from lead_tui.leads.zones import HOST
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.token import FoundToken

if TYPE_CHECKING:
    from lead_tui.invocation import Account

LIBRARIES: Final = ("textual", "httpx", "msgspec", "truststore", "xlsxwriter")
"""Those whose version a ticket should name; the last one is an extra, and may not be there."""


class Subject(Protocol):
    """An account as the configuration has it."""

    @property
    def settings(self) -> Settings:
        """The configuration."""
        ...

    @property
    def paths(self) -> Paths:
        """The user's files and directories."""
        ...

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        ...

    @property
    def base_url(self) -> str:
        """Checked."""
        ...

    def find_token(self) -> FoundToken:
        """The token, or none and why. Raises ``ConfigurationError`` and ``TokenError``."""
        ...

    def network(self) -> Network:
        """How the server is reached. Raises ``ConfigurationError``."""
        ...


class Report:
    """What is found, written as it is found: a step may take its time."""

    def __init__(self, sink: Sink, home: str, secrets: Iterable[Token] = ()) -> None:
        """*home* is the person's home directory, *secrets* what must not be written whatever happens."""
        self.findings: list[Finding] = []
        self._sink = sink
        self._home = re.compile(rf"(?<![\w/.-]){re.escape(home.rstrip('/'))}(?=/)") if home.strip("/") else None
        self._secrets = list(secrets)

    def hide(self, secret: Token | None) -> None:
        """Never write *secret*."""
        if secret:
            self._secrets.append(secret)

    def title(self, text: str) -> None:
        """What comes next."""
        self.lines([text])

    def lines(self, lines: Iterable[str]) -> None:
        """*lines* as they are, but for what must not be written. Raises ``OutputError``."""
        for line in lines:
            for secret in self._secrets:
                line = masked(line, secret)
            self._sink.write(f"{self._home.sub('~', line) if self._home else line}\n")
        self._sink.flush()

    def table(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """*rows*, one below the other. Raises ``OutputError``."""
        self.lines(table(rows, self._sink.width))

    def tell(self, finding: Finding) -> Finding:
        """*finding*, written. Raises ``OutputError``."""
        self.findings.append(finding)
        self.lines(lines_of(finding, self._sink.width))
        return finding

    @property
    def failure(self) -> LeadTuiError | None:
        """The error of the first thing that is bad."""
        return next((finding.error for finding in self.findings if finding.error is not None), None)


def examine(
    report: Report,
    paths: Paths,
    account: Account,
    subject: Callable[[], Subject],
    terminal: Terminal,
    environ: Mapping[str, str],
) -> None:
    """Look at everything and tell *report*. *subject* is called once; it raises ``LeadTuiError`` where there is none."""
    report.title(about())
    report.title("\nConfiguration")
    for finding in files(paths):
        report.tell(finding)
    found: Subject | None = None
    network: Network | None = None
    try:
        found = subject()
        network = found.network()
    except LeadTuiError as error:
        report.tell(failed(_about_what(error), error))
    else:
        report.tell(fine("settings", f"read, {found.profile.name} is the profile in use"))
    report.tell(queries(QueryStore(paths)))
    report.tell(doctor_time.zone_data(HOST, datetime.now(UTC)))
    if found is not None:
        report.tell(doctor_time.account_zone(found.settings))
        report.title("\nSettings")
        report.table(resolved(paths.config_dir, found.settings, found.profile, account, found.base_url, environ))
    report.title("\nAccount")
    if found is not None and network is not None:
        _account(report, found, network)
    else:
        _not_tried(report, "the settings come first", "token", "server's name", "TLS", "search", "clock")
    report.title("\nTerminal")
    for finding in doctor_terminal.examine(terminal):
        report.tell(finding)
    report.title(f"\n{conclusion(report.findings)}")


def about() -> str:
    """The program, what it runs on, and the libraries that matter."""
    versions = ", ".join(map(_version, LIBRARIES))
    return f"lead-tui {__version__}, Python {platform.python_version()}, {sys.platform} {platform.machine()}\n{versions}"


def _version(library: str) -> str:
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:
        return f"no {library}"


def files(paths: Paths) -> list[Finding]:
    """The files that people write, each with its mode where it is there."""
    return [
        file("config.toml", paths.config_file),
        file("queries.toml", paths.queries_file),
        file("site's policy", paths.policy_file),
        file("site's queries", paths.site_queries_dir),
    ]


def file(name: str, path: Path) -> Finding:
    """Whether *path* is there, and its mode. Whether it may be used is told where it is read."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return fine(name, f"{path}, not there")
    except OSError as error:
        return doubtful(
            name, f"{path}, no access ({(error.strerror or '').lower()})", "look at the modes of the directories above it"
        )
    return fine(name, f"{path}, mode {mode:04o}")


def queries(store: QueryStore) -> Finding:
    """How many saved queries there are. Their names stay out: people write names into them."""
    loaded = store.load()
    if loaded.problem is not None:
        return failed("saved queries", loaded.problem)
    own = sum(not saved.read_only for saved in loaded.queries)
    what = f"{own:,} of one's own, {len(loaded.queries) - own:,} of the site"
    if loaded.notices:
        return doubtful("saved queries", f"{what}, {len(loaded.notices):,} remarks", "lead-tui queries list tells them")
    return fine("saved queries", what)


def _account(report: Report, subject: Subject, network: Network) -> None:
    found = FoundToken(None, "")
    try:
        found = subject.find_token()
        report.hide(found.token)
        report.tell(doctor_account.token(found, subject.profile))
    except LeadTuiError as error:
        report.tell(failed("token", error))
    url = subject.base_url
    report.tell(doctor_account.pace(subject.settings.pace, subject.paths.pace_dir, url, found.token))
    name = report.tell(doctor_account.name(url, network, probe.resolve))
    if name.verdict is Verdict.BAD:
        _not_tried(report, "the name comes first", "TLS", "search", "clock")
        return
    tls = report.tell(doctor_account.tls(url, network, probe.connect, datetime.now(UTC)))
    if tls.verdict is Verdict.BAD:
        _not_tried(report, "the connection comes first", "search", "clock")
        return
    if not found.token:
        _not_tried(report, "there is no token", "search", "clock")
        return
    searched = probe.search(url, found.token, network)
    report.tell(doctor_account.search(searched))
    report.tell(doctor_account.clock(searched, subject.settings))


def _not_tried(report: Report, why: str, *names: str) -> None:
    for name in names:
        report.tell(doctor_account.not_tried(name, why))


def _about_what(error: LeadTuiError) -> str:
    if isinstance(error, ConfigurationError):
        return "settings"
    return "token" if isinstance(error, TokenError) else "command line"
