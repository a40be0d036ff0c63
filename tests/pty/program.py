"""The program in a terminal: its home directory, the command to start, and what tests read off its screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.pty.harness import PATIENCE, Terminal, clean_environment, module_command, script_command
from tests.servers.convoso_server import ConvosoServer, Invocation
from tests.servers.leads import lead_id, phone

TOKEN: Final = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3yk3"
MILLION: Final = 1_000_000

NARROW: Final = (80, 24)
WIDE: Final = (120, 40)
SIZES: Final = pytest.mark.parametrize("size", [NARROW, pytest.param(WIDE, marks=pytest.mark.long)], ids=["80x24", "120x40"])
"""What is narrow for every screen; and the size at which most tests without a terminal run."""

_POSITION: Final = re.compile(r" Row ([\d,]+) of ([\d,]+\+?)")


def command(*arguments: str) -> list[str]:
    """Return the installed command, or the equivalent module if the checkout is not installed."""
    installed = (Path(sys.executable).parent / "lead-tui").exists()
    return script_command(*arguments) if installed else module_command(*arguments)


@dataclass(frozen=True)
class Home:
    """A user's home directory with the program's configuration. Requests are not paced."""

    path: Path

    @property
    def config_dir(self) -> Path:
        """Where ``config.toml`` and ``queries.toml`` are."""
        return self.path / "config"

    @property
    def queries_file(self) -> Path:
        """The saved queries."""
        return self.config_dir / "queries.toml"

    def write(self, name: str, text: str) -> None:
        """Write a file of the configuration."""
        self.config_dir.mkdir(mode=0o700, exist_ok=True)
        (self.config_dir / name).write_text(text)
        (self.config_dir / name).chmod(0o600)

    def remember(self, text: str) -> None:
        """Write the state of an earlier session."""
        state = self.config_dir / "state"
        state.mkdir(mode=0o700, exist_ok=True)
        (state / "state.json").write_text(text)
        (state / "state.json").chmod(0o600)

    def environment(self, **more: str) -> dict[str, str]:
        """What the program gets."""
        return clean_environment(self.path, LEAD_TUI_CONFIG_DIR=str(self.config_dir), **{"CONVOSO_AUTH_TOKEN": TOKEN, **more})

    def open(
        self,
        server: ConvosoServer | None,
        *arguments: str,
        size: tuple[int, int] = NARROW,
        stdin: int | None = None,
        environ: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> Terminal:
        """A terminal in which the program starts, for the leads of *server* or, without one, for a small demo.

        *environ* is set on top of ``environment``; *fresh* is as of ``Terminal``, and runs the installed command.
        """
        where = f"--base-url={server.base_url}" if server is not None else "--demo=1000"
        columns, lines = size
        words = (command if fresh else module_command)(where, *arguments)
        given = self.environment(**(environ or {}))
        return Terminal(words, environ=given, columns=columns, lines=lines, stdin=stdin, fresh=fresh)


def position(terminal: Terminal) -> tuple[int, str]:
    """R and T of ``Row R of T``."""
    found = _POSITION.search(terminal.text)
    assert found is not None, terminal.text
    return int(found[1].replace(",", "")), found[2]


def written(row: int) -> str:
    """Return the phone of the lead in row *row* (from 1) of all leads, formatted."""
    digits = phone(row - 1)
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def at_row(row: int, total: int = MILLION) -> str:
    """Return the status line with the cursor in row *row*."""
    return f" Row {row:,} of {total:,}"


def title(row: int) -> str:
    """Return the title of the detail of row *row* of all leads."""
    return f" Lead {lead_id(row - 1)} "


def cursor_line(terminal: Terminal) -> str:
    """Return the table line that has the cursor, "" while none is in view."""
    return next((line for line in terminal.lines if re.search("│▌[ ⊘*]", line)), "")


def wait_for_row(terminal: Terminal, row: int, total: int = MILLION, patience: float = PATIENCE) -> None:
    """Wait until the cursor is on row *row* of all leads, that lead is in it, and the status line says so."""

    def there(now: Terminal) -> bool:
        return written(row) in cursor_line(now) and at_row(row, total) in now.text

    terminal.wait_for(there, patience)


def question(terminal: Terminal, label: str) -> str:
    """Return the line that prompts for a text after *label* (``Look up``, ``Row``, ``Save as``), "" while none does."""
    return next((line for line in terminal.lines if line.startswith(f" {label}") and not _POSITION.match(line)), "")


def rows_asked_for(requests: Iterable[Invocation]) -> int:
    """Return the total number of leads that *requests* requested."""
    return sum(int(asked["limit"]) for asked in requests)


def start(
    home: Home,
    server: ConvosoServer,
    *arguments: str,
    size: tuple[int, int] = NARROW,
    environ: Mapping[str, str] | None = None,
    fresh: bool = False,
) -> Terminal:
    """Start the program at the first of all leads, with nothing in progress: what it reads ahead has arrived."""
    terminal = home.open(server, *arguments, size=size, environ=environ, fresh=fresh)
    terminal.wait_for(at_row(1))
    wait_for_first_page(terminal)
    return terminal


def wait_for_first_page(terminal: Terminal) -> None:
    """Wait until the rows around the first one have arrived, including those read ahead, so that no further request is made."""
    terminal.wait_for(lambda t: " 200 loaded " in t.text)


def leave(terminal: Terminal) -> None:
    """Quit as a user does, from the table. Nothing is left on a terminal without an alternate screen."""
    terminal.press("q")
    assert terminal.wait_for_exit() == 0
    assert not terminal.text.strip(), terminal.text
