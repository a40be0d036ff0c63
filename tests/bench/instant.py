"""Starts and look-ups over TLS, near and far, compared with another checkout: ``python -m tests.bench instant --base DIR``.

Each runs in its own environment, in terminals of 120×40, and they take turns. The relay between them and the server delays every
packet. A look-up is a number typed in the box, then Enter. About nine minutes with five rounds, most of which is idle time.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from tests.bench.figures import Figure
from tests.bench.programs import environment
from tests.bench.timed import Timed
from tests.pty.harness import clean_environment
from tests.servers import tls
from tests.servers.convoso_server import ConvosoServer, Exchange, Invocation
from tests.servers.far_relay import FarRelay
from tests.servers.leads import account, phone

_TOKEN: Final = "benchmark" * 4
_SETTINGS: Final = f'[network]\nca_file = "{tls.CA_FILE}"\n'
_LEADS: Final = 1_000_000
_BETWEEN_KEYS: Final = 0.08
"""Seconds between two digits: a quick typist's."""
_ROUND_TRIPS: Final = (0.08, 0.02, 0.0)
_RESTS: Final = ((10.0, 5.0), (60.0, 75.0))
"""Seconds before a look-up, and for how long the server keeps idle connections."""
_BEFORE_ENTER: Final = (0.0, 0.3)
_SESSIONS: Final = 40
_QUIET: Final = 0.3
_DIALOGS: Final = {"help": "?", "palette": "ctrl+p", "columns": "c"}
_FIRST_ROW: Final = {0.08: 0.7, 0.02: 0.8, 0.0: 0.95}
"""The limits, by round trip."""

Values = dict[str, float]


class Build(NamedTuple):
    """A build of the program."""

    python: str
    home: Path

    @classmethod
    def of(cls, python: str, folder: Path, name: str) -> Build:
        config = folder / name / "config"
        config.mkdir(mode=0o700, parents=True)
        settings = config / "config.toml"
        settings.write_text(_SETTINGS)
        settings.chmod(0o600)
        return cls(python, folder / name)

    def open(self, port: int, columns: int = 120, lines: int = 40) -> Timed:
        environ = clean_environment(
            self.home, LEAD_TUI_CONFIG_DIR=str(self.home / "config"), CONVOSO_AUTH_TOKEN=_TOKEN, PYTHONPATH=""
        )
        command = [self.python, "-P", "-m", "lead_tui", f"--base-url=https://127.0.0.1:{port}/v1"]
        return Timed(command, environ=environ, columns=columns, lines=lines)


Builds = Sequence[Build]
"""This one, and its base."""


@contextmanager
def far_server(round_trip: float, keeps_seconds: float = 75.0) -> Iterator[tuple[ConvosoServer, FarRelay]]:
    class Keeping(Exchange):
        timeout = keeps_seconds

    with (
        ConvosoServer(account(_LEADS), tls=tls.server_side("good"), exchange=Keeping) as server,
        FarRelay(server.port, round_trip) as relay,
    ):
        yield server, relay


def measured(this: str, base: Path, rounds: int) -> list[Figure]:
    """The interpreter *this* has this build, the checkout *base* the other one."""
    with environment(base) as other, tempfile.TemporaryDirectory() as folder:
        builds = [Build.of(this, Path(folder), "this"), Build.of(other, Path(folder), "base")]
        found: list[tuple[Values, ...]] = []
        for round_trip in _ROUND_TRIPS:
            with far_server(round_trip) as (server, relay):
                found += [tuple(_start(build, server, relay, round_trip) for build in builds) for _ in range(rounds + 1)][1:]
                if not round_trip:
                    found += [tuple(_dialogs(build, relay) for build in builds)]
                    found += [tuple(_side_by_side(build, relay) for build in builds)]
        for _ in range(rounds):
            found += zip(*_after_rests(builds), strict=True)
    return [*_figures(found)]


def _figures(found: Sequence[tuple[Values, ...]]) -> Iterator[Figure]:
    def beside(name: str, key: str, unit: str, limit: float) -> Figure:
        rounds = [(ours[key], base[key]) for ours, base in found if key in ours]
        return Figure(name, unit, [ours for ours, _ in rounds], "base", [base for _, base in rounds], limit)

    for seconds, _ in _RESTS:
        for before_enter in _BEFORE_ENTER:
            when = f"Enter {before_enter * 1_000:.0f} ms after the tenth digit" if before_enter else "Enter at once"
            name = f"80 ms away: look-up after {seconds:.0f} s of rest, {when}"
            yield beside(name, f"{seconds} {before_enter}", "ms", 0.25 if before_enter else 0.5)
    yield beside("80 ms away: first look-up after the start", "first look-up", "ms", 0.55)
    for round_trip, limit in _FIRST_ROW.items():
        yield beside(f"{round_trip * 1_000:.0f} ms away: first row from the shell", f"row {round_trip}", "ms", limit)
    yield beside("0 ms away: Enter to the first request at the server", "request", "ms", 0.5)
    jumps = [ours["jumps"] for ours, _ in found if "jumps" in ours]
    yield Figure("80 ms away: connections of eight jumps 120 ms apart", "", jumps, limit=1)
    yield beside("memory with the first row", "memory", "MB", 1.0)
    yield beside(f"the same in part (PSS), {_SESSIONS} sessions side by side", "pss", "MB", 1.0)
    for name in _DIALOGS:
        yield beside(f"bytes of opening and closing {name} at 80×24", name, "B", 0.5)


def _start(build: Build, server: ConvosoServer, relay: FarRelay, round_trip: float) -> Values:
    """A session that looks up a number and jumps around."""
    with build.open(relay.port) as terminal:
        found = {f"row {round_trip}": (terminal.wait_for_frame(rb"Row 1 of") - terminal.started) * 1_000}
        terminal.wait_for_quiet(_QUIET)
        if not round_trip:
            found["memory"] = psutil.Process(terminal.pid).memory_info().rss / 1_000_000
            arrived: list[float] = []

            def note(_: Invocation) -> None:
                arrived.append(time.monotonic())

            _type(terminal, phone(7))
            server.fault_for = note
            entered, _ = _enter(terminal)
            server.fault_for = lambda _: None
            found["request"] = (arrived[0] - entered) * 1_000
        elif round_trip == _ROUND_TRIPS[0]:
            _rest(terminal, 1.0)
            _type(terminal, phone(7))
            entered, seen = _enter(terminal)
            found["first look-up"] = (seen - entered) * 1_000
            terminal.press("escape", "b")
            _rest(terminal, 2.0)
            before = relay.connections
            for jump in range(1, 9):
                text = f":{20 * jump}000"
                for key in text:
                    terminal.press(key)
                    _rest(terminal, 0.01)
                terminal.press("\r")
                _rest(terminal, 0.12 - 0.01 * len(text))
            _rest(terminal, 3.0)
            found["jumps"] = relay.connections - before
        _leave(terminal)
    return found


def _after_rests(builds: Builds) -> list[list[Values]]:
    """Look-ups of idle sessions in parallel; for each build, one by idle time and by when Enter is pressed."""
    found: list[list[Values]] = [[] for _ in builds]
    with ExitStack() as stack:
        resting: list[tuple[float, str, Timed, list[Values], float]] = []
        for seconds, keeps in _RESTS:
            _, relay = stack.enter_context(far_server(_ROUND_TRIPS[0], keeps))
            for before_enter in _BEFORE_ENTER:
                for build, values in zip(builds, found, strict=True):
                    terminal = stack.enter_context(build.open(relay.port))
                    terminal.wait_for_frame(rb"Row 1 of")
                    terminal.wait_for_quiet(_QUIET)
                    resting.append((time.monotonic() + seconds, f"{seconds} {before_enter}", terminal, values, before_enter))
        for until, name, terminal, values, before_enter in resting:
            _rest(terminal, until - time.monotonic())
            _type(terminal, phone(7))
            _rest(terminal, before_enter)
            entered, seen = _enter(terminal)
            values.append({name: (seen - entered) * 1_000})
            _leave(terminal)
    return found


def _dialogs(build: Build, relay: FarRelay) -> Values:
    with build.open(relay.port, 80, 24) as terminal:
        terminal.wait_for_frame(rb"Row 1 of")
        terminal.wait_for_quiet(_QUIET)
        # The first time, some print more.
        for key in (*_DIALOGS.values(), "down"):
            terminal.answer_to(key, quiet=_QUIET)
            terminal.answer_to("escape", quiet=_QUIET) if key != "down" else None
        found = {
            name: float(sum(terminal.answer_to(each, quiet=_QUIET)[1] for each in (key, "escape")))
            for name, key in _DIALOGS.items()
        }
        _leave(terminal)
    return found


def _side_by_side(build: Build, relay: FarRelay) -> Values:
    with ExitStack() as stack:
        terminals = []
        for _ in range(_SESSIONS):
            terminals.append(stack.enter_context(build.open(relay.port)))
            terminals[-1].wait_for_frame(rb"Row 1 of")
            terminals[-1].wait_for_quiet(_QUIET)
        pss = statistics.fmean(psutil.Process(each.pid).memory_full_info().pss for each in terminals)
    return {"pss": pss / 1_000_000}


def _type(terminal: Timed, number: str) -> None:
    terminal.press("/")
    for digit in number:
        _rest(terminal, _BETWEEN_KEYS)
        terminal.press(digit)


def _enter(terminal: Timed) -> tuple[float, float]:
    """Press Enter; return the times of that and of the lead's appearance."""
    since, entered = len(terminal.raw), time.monotonic()
    terminal.press("\r")
    return entered, terminal.wait_for_frame(rb"Found in Phone", since=since)


def _leave(terminal: Timed) -> None:
    terminal.press("q")
    terminal.wait_for_exit()


def _rest(terminal: Timed, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        terminal.pump(left)
