"""Start an installed lead-tui in a terminal, without the source tree: the demo, with a token, and without one.

Run as ``python -m tests.pty.installed PATH_OF_LEAD_TUI``, by ``.ci/run`` for the built wheel.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.pty.harness import Terminal, clean_environment
from tests.pty.program import NARROW, TOKEN, WIDE
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account


def start_and_quit(program: str) -> None:
    """Start *program* in each way, wait for what it shows, and quit it with ctrl+q."""
    with tempfile.TemporaryDirectory() as home, ConvosoServer(account(50, token=TOKEN)) as server:
        environ = clean_environment(Path(home))
        environ.pop("PYTHONPATH", None)
        at_server = f"--base-url={server.base_url}"
        starts = [
            ("--demo", {}, WIDE, "Row 1 of 100,000"),
            ("--demo", {}, NARROW, "Row 1 of 100,000"),
            (at_server, {"CONVOSO_AUTH_TOKEN": TOKEN}, NARROW, "Row 1 of 50"),
            (at_server, {}, NARROW, "No API token"),
        ]
        for argument, token, (columns, lines), shown in starts:
            words, variables = [program, argument], {**environ, **token}
            with Terminal(words, environ=variables, columns=columns, lines=lines, cwd=Path(home), fresh=True) as terminal:
                terminal.wait_for(shown)
                print(f"{columns}x{lines}: {shown}")
                terminal.send("\x11")
                assert terminal.wait_for_exit() == 0


if __name__ == "__main__":
    start_and_quit(sys.argv[1])
