"""Which modules each command imports: the user waits for the start."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lead_tui import __version__
from tests.cli.command import PATIENCE, Command

HEAVY = (
    "argparse",
    "textual",
    "rich",
    "http",
    "platformdirs",
    "asyncio",
    "tomlkit",
    "truststore",
    "phonenumbers",
    "ssl",
)
HEAVY_FOR_SEARCH = ("textual", "rich", "tomlkit", "phonenumbers")

PROBE = """
import json, sys
from lead_tui.cli.main import main
code = main(sys.argv[1:])
sys.stderr.write("\\n" + json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def imported(command: Command, *arguments: str) -> tuple[int, set[str]]:
    """Return the exit code of *arguments* in a fresh interpreter, and the top-level packages imported by then."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, env=command.environment(), timeout=PATIENCE, check=True
    )
    code, names = json.loads(done.stderr.splitlines()[-1])
    return code, set(names)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--version",), 0),
        (("--help",), 0),
        (("search", "--help"), 0),
        (("stat=NEW",), 2),
        (("search", "owner_id=Atlantis"), 2),
        (("--tokn",), 2),
        (("serach",), 2),
        ((), 2),
    ],
)
def test_version_help_and_wrong_arguments_import_nothing_heavy(command: Command, arguments: tuple[str, ...], code: int) -> None:
    ended, names = imported(command, *arguments)
    assert ended == code
    assert not names & set(HEAVY)


def test_the_version_needs_no_parser(command: Command) -> None:
    _, names = imported(command, "--version")
    assert not names & {"argparse", "dataclasses", "difflib", "inspect", "typing", "pathlib"}


def test_the_help_needs_no_parser(command: Command) -> None:
    _, names = imported(command, "--help")
    assert not names & {"argparse", "difflib", "pathlib", "calendar", "dataclasses"}


def test_a_search_imports_nothing_of_the_app(command: Command) -> None:
    code, names = imported(command, "search", "--demo=50", "--limit=1")
    assert code == 0
    assert not names & {*HEAVY_FOR_SEARCH, "http"}


def test_where_imports_no_client(command: Command) -> None:
    code, names = imported(command, "where")
    assert code == 0
    assert not names & (set(HEAVY) - {"platformdirs"})


@pytest.mark.parametrize("arguments", [("--version",), ("search", "--version"), ("status=NEW", "--version")])
def test_the_version_is_reported_wherever_it_is_requested(command: Command, arguments: tuple[str, ...]) -> None:
    done = command.call(*arguments)
    assert (done.code, done.text, done.err) == (0, f"lead-tui {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "usage"), [(("--help",), "lead-tui ["), (("-h",), "lead-tui ["), (("search", "-h"), "lead-tui search")]
)
def test_the_help_is_reported(command: Command, arguments: tuple[str, ...], usage: str) -> None:
    done = command.call(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.text.startswith(f"Usage: {usage}")


def test_the_help_can_be_written_in_any_encoding(command: Command) -> None:
    done = command.run("--help", PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert done.out.isascii()
