"""The man page: current, complete, and rendered by man page viewers without errors."""

from __future__ import annotations

import shutil
import subprocess
import tomllib

import pytest

from docs.generate import MAN_PAGE, ROOT
from docs.man_page import man_page
from lead_tui.cli.options import COMMANDS, ENVIRONMENT, EXIT_CODES, OPTIONS
from lead_tui.leads.query import FILTERS


def test_it_is_current() -> None:
    assert MAN_PAGE.read_text() == man_page(), "python -m docs.generate brings it up to date"


def test_it_is_installed_with_the_wheel() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["shared-data"] == {str(MAN_PAGE.relative_to(ROOT)): "share/man/man1/lead-tui.1"}
    assert "/docs" in build["sdist"]["include"]


def test_every_character_is_written_as_any_roff_reads_it() -> None:
    text = man_page()
    assert text.isascii()
    assert not [line for line in text.splitlines() if line.startswith("'")]


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed here")
def test_groff_shows_everything_and_complains_of_nothing() -> None:
    ran = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", "-rLL=200n"],
        input=man_page(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    shown = " ".join(ran.stdout.split())
    for word in (
        *(f"{option.written} " for option in OPTIONS),
        *(usage for command in COMMANDS.values() for usage in command.usage),
        *(each.name for each in FILTERS),
        *(name for name, _ in ENVIRONMENT),
        *(sentence for _, sentence in EXIT_CODES),
        "~/.config/lead-tui/config.toml",
        "lead-tui 301-555-0123",
    ):
        assert word in shown, word
