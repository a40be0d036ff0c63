"""What ``.ci/run`` asks of the built wheel holds for the installed command of this checkout, too."""

from __future__ import annotations

from tests.pty.installed import start_and_quit
from tests.pty.program import command


def test_the_installed_command_starts_in_each_way_and_quits() -> None:
    start_and_quit(command()[0])
