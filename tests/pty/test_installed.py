"""The checks that ``.ci/run`` makes on the built wheel, for this checkout's installed command."""

from __future__ import annotations

from tests.pty.installed import start_and_quit
from tests.pty.program import command


def test_the_installed_command_starts_in_each_way_and_quits() -> None:
    start_and_quit(command()[0])
