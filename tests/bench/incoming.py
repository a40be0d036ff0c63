"""Incoming calls: ``python -m tests.bench.incoming``: from the start of ``lead-tui pop`` to the banner, and to the name in it.

The session, the server and the command are on this machine; each call is from another lead, more than 5 s after the one before.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil

from tests.bench.timed import Timed
from tests.pty.harness import clean_environment, module_command, script_command
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account, phone

_TOKEN: Final = "benchmark" * 4
_BETWEEN_CALLS: Final = 5.2
"""Seconds: a number is looked up 5 s after the one before at the earliest."""
_AT_MOST: Final = {"start of the command": 60, "banner": 100, "name": 150}


def _call(terminal: Timed, environ: dict[str, str], number: int) -> dict[str, float]:
    """Return the milliseconds of one call, which is opened and closed again, and the megabytes that its screen takes."""
    written = phone(number)
    since, started = len(terminal.raw), time.monotonic()
    command = subprocess.Popen(script_command("pop", written), env=environ)
    banner = terminal.wait_for_frame(rb"Incoming", since=since)
    name = terminal.wait_for_frame(rb"Okafor|Moreno|Stone|Public", since=since)
    command.wait()
    terminal.wait_for_quiet(0.3)
    memory, since, pressed = psutil.Process(terminal.pid).memory_info().rss, len(terminal.raw), time.monotonic()
    terminal.press("f4")
    opened = terminal.wait_for_frame(b"Found in", since=since)
    terminal.wait_for_quiet(0.3)
    memory = psutil.Process(terminal.pid).memory_info().rss - memory
    terminal.press("b")
    terminal.wait_for_quiet(_BETWEEN_CALLS - (time.monotonic() - started))
    times = {"banner": banner - started, "name": name - started, "F4 to the lead": opened - pressed}
    return {**{what: seconds * 1_000 for what, seconds in times.items()}, "memory of its screen, MB": memory / 1e6}


def _start(environ: dict[str, str]) -> float:
    """Return the milliseconds that the command takes for a text that is not a number."""
    started = time.monotonic()
    subprocess.run(script_command("pop", "unknown"), env=environ, check=True)
    return (time.monotonic() - started) * 1_000


def _show(what: str, values: Sequence[float]) -> None:
    most = f", at most {_AT_MOST[what]}" if what in _AT_MOST else ""
    print(f"{what}: {statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f}){most}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.incoming", description="Measure incoming calls.")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, ConvosoServer(account(1_000_000)) as server:
        environ = {**clean_environment(Path(folder)), "LEAD_TUI_CONFIG_DIR": f"{folder}/config", "CONVOSO_AUTH_TOKEN": _TOKEN}
        command = module_command(f"--base-url={server.base_url}")
        with Timed(command, environ=environ, columns=120, lines=40) as terminal:
            terminal.wait_for_frame(rb"Row 1 of")
            terminal.wait_for_quiet(1.0)
            calls = [_call(terminal, environ, 1_000 + number) for number in range(rounds)]
            for what in calls[0]:
                _show(what, [call[what] for call in calls])
            _show("start of the command", [_start(environ) for _ in range(rounds)])
            terminal.press("q")
            terminal.wait_for_exit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
