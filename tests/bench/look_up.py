"""Look-ups of a server far away, over TLS: ``python -m tests.bench.look_up --base DIR``.

The program of this checkout and that of the checkout DIR take turns, in a terminal of 120×40. The relay between them and the server
delays every packet; the server closes connections that rest for 5 s. A look-up is a number typed in the box, then Enter.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bench.timed import Timed
from tests.pty.harness import ROOT, clean_environment
from tests.servers import tls
from tests.servers.convoso_server import ConvosoServer, Exchange
from tests.servers.far_relay import FarRelay
from tests.servers.leads import account, phone

_TOKEN: Final = "benchmark" * 4
_BETWEEN_KEYS: Final = 0.08
"""Seconds between two digits: a quick typist's."""
_SETTINGS: Final = f'[network]\nca_file = "{tls.CA_FILE}"\n'


class _Impatient(Exchange):
    timeout = 5.0


def one_session(tree: Path, home: Path, relay: FarRelay, idle: float, before_enter: float) -> dict[str, float]:
    """Milliseconds to the first row, from Enter to the lead, and of eight jumps the connections that they open."""
    config = home / "config"
    environ = {**clean_environment(home), "LEAD_TUI_CONFIG_DIR": str(config), "CONVOSO_AUTH_TOKEN": _TOKEN, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-P", "-m", "lead_tui", f"--base-url=https://127.0.0.1:{relay.port}/v1"]
    started = time.monotonic()
    with Timed(command, environ=environ, columns=120, lines=40) as terminal:
        found = {"first row": (terminal.wait_for_frame(rb"Row 1 of") - started) * 1_000}
        _rest(terminal, 2.0)
        before = relay.connections
        for jump in range(1, 9):
            for key in f":{20 * jump}000":
                terminal.press(key)
                _rest(terminal, 0.01)
            terminal.press("\r")
            _rest(terminal, 0.12 - 0.01 * len(f":{20 * jump}000"))
        _rest(terminal, 2.0)
        found["connections of eight jumps"] = relay.connections - before
        _rest(terminal, idle)
        terminal.press("/")
        for digit in phone(7):
            _rest(terminal, _BETWEEN_KEYS)
            terminal.press(digit)
        _rest(terminal, before_enter)
        since = len(terminal.raw)
        entered = time.monotonic()
        terminal.press("\r")
        found["look-up"] = (terminal.wait_for_frame(rb"Found in Phone", since=since) - entered) * 1_000
        terminal.press("q")
        terminal.wait_for_exit()
    return found


def _rest(terminal: Timed, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        terminal.pump(left)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.look_up", description="Measure look-ups far away.")
    parser.add_argument("--base", type=Path, help="the checkout to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--round-trip-ms", type=float, default=80.0)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds before the look-up")
    parser.add_argument("--before-enter", type=float, default=0.0, help="seconds between the last digit and Enter")
    given = parser.parse_args()
    trees = {"this": ROOT, **({"base": given.base.resolve()} if given.base else {})}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in trees}
    with (
        tempfile.TemporaryDirectory() as folder,
        ConvosoServer(account(1_000_000), tls=tls.server_side("good"), exchange=_Impatient) as server,
        FarRelay(server.port, given.round_trip_ms / 1_000) as relay,
    ):
        home = Path(folder)
        (home / "config").mkdir(mode=0o700)
        settings = home / "config" / "config.toml"
        settings.write_text(_SETTINGS)
        settings.chmod(0o600)
        for _ in range(given.rounds):
            for name, tree in trees.items():
                found[name].append(one_session(tree, home, relay, given.idle, given.before_enter))
    for figure in found["this"][0]:
        medians = {name: statistics.median(each[figure] for each in rounds) for name, rounds in found.items()}
        text = ", ".join(f"{name} {median:.0f}" for name, median in medians.items())
        ratios = [
            ours[figure] / base[figure] for ours, base in zip(found["this"], found.get("base", ()), strict=False) if base[figure]
        ]
        print(f"{figure}: {text}{f', {statistics.median(ratios):.2f}x' if ratios else ''}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
