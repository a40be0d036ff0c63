"""``lead-tui doctor``: check the configuration, the account and the terminal, and give a remedy for each problem.

The report can be pasted into a ticket: it contains no secret, no lead and no saved query's name, and ``~`` for the home directory.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from subprocess import SubprocessError
from typing import Final

from lead_tui import __version__, limits
from lead_tui.cli.console import standard_output
from lead_tui.cli.doctor_account import Doubt, Outcome, account
from lead_tui.config.paths import Paths
from lead_tui.config.schema import KeyPath, dotted, line_of
from lead_tui.config.settings import Settings
from lead_tui.context import AppContext
from lead_tui.export.writer import Sink
from lead_tui.invocation import Command
from lead_tui.leads.errors import LeadTuiError, UsageError
from lead_tui.leads.local_time import HOST, Zones
from lead_tui.leads.permissions import Token, mask_token
from lead_tui.leads.text import counted, one_line
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.token import ENVIRONMENT, output_of
from lead_tui.terminal.capabilities import (
    Multiplexer,
    detect_multiplexer,
    dropped_by,
    is_over_mosh,
    require_terminal,
    shows_unicode,
)
from lead_tui.terminal.environment import prepare_environment

_SECRET: Final = ("auth_token_command", "redis_password", "proxy", "start")  # settings that may contain a password or a name


def run(command: Command) -> None:
    """Check everything, and print what is found. Raises the error of the first check that failed."""
    report = Report(standard_output(), os.path.expanduser("~"))
    # Read before it is removed from the environment: even an invalid token must not be shown.
    report.secrets.append(Token(os.environ.get(ENVIRONMENT, "")))
    versions = f"Python {platform.python_version()}, Textual {metadata.version('textual')}"
    report.write(f"lead-tui {__version__}, {versions}, {sys.platform}")
    context: AppContext | None = None
    report.write("\nConfiguration")
    try:
        context = AppContext.of(command.account)
        context.network()
        context.keys(plain=False)
    except LeadTuiError as error:
        report.add("settings", error)
        context = None
    else:
        report.add("settings", f"read, {context.profile.name} is the profile in use")
        report.add("account's zone", account_zone(context.settings))
    report.add("saved queries", queries(QueryStore(Paths.of(command.account.config_dir))))
    report.add("zone data", zone_data(HOST, datetime.now(UTC)))
    if context is not None:
        report.write("\nSettings")
        for setting in settings_in_effect(context):
            report.write(f"  {setting}")
        report.write("\nAccount")
        for name, outcome in account(context, report.secrets.append):
            report.add(name, outcome)
    report.write("\nTerminal")
    for name, outcome in terminal(os.environ, getattr(sys.__stderr__, "encoding", None)):
        report.add(name, outcome)
    report.write(f"\n{report.summary()}")
    if report.failure is not None:
        raise report.failure


class Report:
    """Prints each outcome immediately, since a check can take a while. The methods raise ``OutputError``."""

    def __init__(self, sink: Sink, home: str) -> None:
        self.failure: LeadTuiError | None = None  # the error of the first check that failed
        self.secrets: list[Token] = []  # which are never printed
        self._sink = sink
        self._home = home.rstrip("/")
        self._verdicts: Counter[str] = Counter()

    def write(self, line: str) -> None:
        for secret in filter(None, self.secrets):
            line = mask_token(line, secret)
        self._sink.write(f"{line.replace(f'{self._home}/', '~/') if self._home else line}\n")

    def add(self, name: str, found: Outcome) -> None:
        if isinstance(found, LeadTuiError):
            self.failure = self.failure or found
            verdict, what, remedy = "fail", found.message, found.remedy
        else:
            verdict = "warn" if isinstance(found, Doubt) else "ok"
            what, remedy = found if isinstance(found, Doubt) else (found, "")
        self._verdicts[verdict] += 1
        head = f"  {verdict:8}{name:15} "
        self._write_wrapped(head, what)
        if remedy:
            self._write_wrapped(" " * len(head) + "remedy: ", remedy)

    def _write_wrapped(self, head: str, text: str) -> None:
        # In a file, which has no width, each text is in one line: tools search line by line.
        width = max(self._sink.width, len(head) + 20) if self._sink.width else sys.maxsize
        wrapper = textwrap.TextWrapper(width, head, " " * len(head), break_long_words=False, break_on_hyphens=False)
        for line in wrapper.wrap(one_line(text)):
            self.write(line)

    def summary(self) -> str:
        """Return a line such as "16 checks: 11 ok, 2 failed, 3 warnings"."""
        count = self._verdicts
        return f"{count.total()} checks: {count['ok']} ok, {count['fail']} failed, {counted(count['warn'], 'warning')}"


def queries(store: QueryStore) -> Outcome:
    """Report the number of saved queries, but not their names: people put leads' names into them."""
    loaded = store.load()
    if loaded.problem is not None:
        return loaded.problem
    what = f"{len(loaded.queries):,}"
    notices = counted(len(loaded.notices), "notice")
    return Doubt(f"{what}, {notices}", "lead-tui queries list prints them") if loaded.notices else what


def account_zone(settings: Settings) -> Outcome:
    if zone := settings.zone_in_doubt():
        what = f'not set, and this host is on {zone}: "today" and "-7d" are days of {zone}'
        return Doubt(what, 'set timezone under [account], such as "America/Los_Angeles"')
    return settings.account.timezone or f"this host's, {time.strftime('%Z')} (UTC{time.strftime('%z')})"


def zone_data(zones: Zones, now: datetime) -> Outcome:
    """Check the version of the zone data, which decides whether a lead's local time is trusted."""
    if zones.is_current(now):
        return zones.version
    what = f"{zones.version or 'of an unknown version'}, not current: some local times are doubtful"
    return Doubt(what, "update this host's time zone data (the package tzdata)")


def settings_in_effect(context: AppContext) -> Iterator[str]:
    """Yield configuration, profile and address, and each setting in the file with its line; the others have their defaults."""
    source = context.settings.source
    yield f"config-dir: {context.paths.config_dir}"
    yield f"profile: {context.profile.name}"
    yield f"base-url: {context.base_url}"
    for path, value in _settings_in(source.parsed()):
        shown = "set, not shown" if path[-1] in _SECRET else one_line(str(value), 60)
        yield one_line(f"{dotted(path)} = {shown} ({source.path.name}, line {line_of(source.text, path)})")


def _settings_in(table: Mapping[str, object], above: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _settings_in(value, (*above, key))
        else:
            yield (*above, key), value


def terminal(environ: Mapping[str, str], encoding: str | None) -> Iterator[tuple[str, Outcome]]:
    """Yield each check of this process's terminal by its name; *encoding* is that of the stream to draw on."""
    yield "terminal", place(environ)
    characters: Outcome = one_line(encoding or "no encoding", 20)
    if not shows_unicode(environ, encoding):
        remedy = "set LANG to a UTF-8 locale, such as C.UTF-8, unless the terminal has only these characters"
        characters = Doubt(f"{characters}: borders and marks are ASCII", remedy)
    yield "characters", characters
    yield "colors", colors(environ)
    version, escape_time = tmux(environ)
    between = detect_multiplexer(environ)
    multiplexer: Outcome = between or "none"
    if escape_time > limits.MAX_ESCAPE_TIME:
        multiplexer = Doubt(f"tmux, which delays esc by {escape_time:,} ms", "set -sg escape-time 10 in ~/.tmux.conf")
    yield "multiplexer", multiplexer
    yield "clipboard", clipboard(environ, between, version)
    if environ.get("SSH_CONNECTION"):
        yield "lost connection", lost_connection()


def colors(environ: Mapping[str, str]) -> str:
    """Report how many colors are sent."""
    # Imported here, as with the app: no other command needs it.
    from rich.console import Console

    # https://no-color.org says "when present and not an empty string"; Textual honors it even if it is empty.
    if "NO_COLOR" in environ:
        return "none: NO_COLOR is set"
    prepared = dict(environ)
    prepare_environment(prepared)
    found = Console(force_terminal=True, _environ=prepared).color_system
    return {"truecolor": "16 million", "256": "256"}.get(found or "", "16")


def place(environ: Mapping[str, str]) -> Outcome:
    """Report whether the app can run here."""
    try:
        require_terminal(environ)
    except UsageError as error:
        return Doubt(error.message, error.remedy)
    columns, lines = os.get_terminal_size(2)
    what = f"{one_line(environ.get('TERM', ''), 40)}, {columns}x{lines} cells"
    if columns < limits.MIN_COLUMNS or lines < limits.MIN_LINES:
        remedy = f"make the window larger, or the font smaller: the app needs {limits.MIN_COLUMNS}x{limits.MIN_LINES}"
        return Doubt(what, remedy)
    return what


def tmux(environ: Mapping[str, str]) -> tuple[tuple[int, int], int]:
    """Return tmux's version, (0, 0) if it is not known, and the milliseconds for which it holds back an Escape."""
    # Only a tmux server on this host can be asked: TERM alone may come from a tmux on the user's side of an SSH login.
    if environ.get("TMUX"):
        with suppress(OSError, SubprocessError):
            words = "tmux", "display-message", "-p", "#{version} #{escape-time}"
            output = output_of(words, environ, seconds=limits.MULTIPLEXER_PATIENCE).decode("utf-8", "replace")
            if found := re.search(r"(\d+)\.(\d+)\S* (\d+)", output):
                return (int(found[1]), int(found[2])), int(found[3])
    return (0, 0), 0


def clipboard(environ: Mapping[str, str], between: Multiplexer, tmux_version: tuple[int, int]) -> Outcome:
    """Report whether a copy can arrive; no terminal acknowledges one."""
    if between == "tmux":
        # Which has ``load-buffer -w``.
        if tmux_version >= (3, 2):
            return "by a command of tmux, which sends OSC 52; some terminals want it allowed in their settings"
        return Doubt("OSC 52, which tmux may drop", "set -s set-clipboard on in ~/.tmux.conf, or use tmux 3.2 or later")
    if is_over_mosh():
        return f"OSC 52 through mosh, {limits.MAX_MOSH_CLIPBOARD_BYTES:,} bytes at most, the same text only once"
    if dropping := dropped_by(environ):
        what = f"OSC 52, which {dropping} drops unless it is set up otherwise"
        return Doubt(what, "allow it in the terminal's settings if there is such a setting, or use another terminal")
    return "OSC 52, which no terminal acknowledges; some want it allowed in their settings"


def lost_connection(folder: Path = Path("/etc/ssh")) -> Outcome:
    """Report whether sshd ends a session whose connection died silently (sshd_config(5)): by itself, TCP takes two hours."""
    text = ""
    with suppress(OSError):
        files = folder / "sshd_config", *sorted(folder.glob("sshd_config.d/*.conf"))
        text = "\n".join(path.read_text("utf-8", "replace") for path in files)
    # Also in a ``Match`` block, since only sshd knows whether that applies.
    if interval := re.search(r'^\s*ClientAliveInterval[\s=]+"?([1-9]\w*)', text, re.IGNORECASE | re.MULTILINE):
        return f"sshd ends silent sessions (ClientAliveInterval {interval[1]})"
    what = "no ClientAliveInterval in sshd's configuration: for two hours after a silent loss, leads and the token stay in memory"
    return Doubt(what, "ClientAliveInterval 15 and ClientAliveCountMax 4 in sshd_config, or [terminal] idle_exit")
