"""The programs that are measured: this one, and those it is compared with; and a fresh environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.pages import server
from tests.bench.rows import write_csv, write_lines
from tests.bench.timed import Timed, TimedSlow
from tests.pty.harness import ROOT, clean_environment
from tests.servers.leads import lead_id

COLUMNS, LINES = 120, 40
USUAL_ROWS: Final = 2_000
"""Of the DataTable: it takes 16 s to show 100,000."""
OTHERS_ROWS: Final = 100_000
"""Of ``less`` and visidata."""
LEADS: Final = 1_000_000
_TOKEN: Final = "benchmark" * 4


@dataclass(frozen=True)
class Program:
    """A command, and byte patterns that show what it has drawn."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    painted: bytes
    """In the first frame of the whole interface."""
    first_row: bytes
    """In the frame with the first row of data."""
    rows: int = 0
    """Of data, 0 for none."""
    begins: bytes = b""
    """In what is drawn before that; "" for nothing."""
    leaves: str = "q"
    marks_cursor: bool = False
    """Whether ``row``, ``at_cursor`` and ``detail_of`` show where the cursor is."""

    def open(self) -> Timed:
        """Start it in a terminal of 120x40."""
        return Timed(self.command, environ=self.environ, columns=COLUMNS, lines=LINES)

    def open_far_away(self) -> TimedSlow:
        """Start it at the other end of a line with a round trip of 100 ms and 1 Mbit/s."""
        return TimedSlow(self.command, environ=self.environ, columns=COLUMNS, lines=LINES, rate=125_000, delay=0.05)


def command(python: str) -> list[str]:
    """Return this program as installed in *python*'s environment, or else the module of this checkout."""
    installed = Path(python).parent / "lead-tui"
    return [str(installed)] if installed.exists() else [python, "-m", "lead_tui"]


def row(number: int) -> bytes:
    """Return the pattern that shows that the cursor is on row *number*, from 1."""
    return f"Row {number:,} of".encode()


def at_cursor(number: int) -> bytes:
    """The pattern of the cursor's own line on row *number* of this program's table."""
    index = number - 1
    # Between them are the name and a mark, which may have a color.
    return f"▌.{{1,80}}\\(301\\) {index // 10_000:03}-{index % 10_000:04}".encode()


def detail_of(number: int) -> bytes:
    """The pattern of the detail's title for row *number*."""
    return f"Lead {lead_id(number - 1)} ".encode()


@dataclass(frozen=True)
class Programs:
    """The programs that are available."""

    ours: Program
    bare: Program
    usual: Program
    less: Program | None
    visidata: Program | None

    @property
    def all(self) -> tuple[Program, ...]:
        """All programs, in the order of measurement."""
        return tuple(each for each in (self.ours, self.bare, self.usual, self.visidata, self.less) if each is not None)

    @property
    def others(self) -> tuple[Program, ...]:
        """The other programs that show rows."""
        return tuple(each for each in self.all if each.rows and each is not self.ours)


@contextmanager
def programs(python: str) -> Iterator[Programs]:
    """The programs, run by the interpreter *python*, with a server of a million leads that answers at once."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        config = home / "config"
        config.mkdir(mode=0o700)
        settings = config / "config.toml"
        settings.write_text("[pace]\nrequests_per_second = 0\n")
        settings.chmod(0o600)
        lines, table = home / "leads.txt", home / "leads.csv"
        write_lines(lines, OTHERS_ROWS)
        write_csv(table, OTHERS_ROWS)
        base_url = stack.enter_context(server(delay_ms=0))
        environ = clean_environment(home, LESSHISTFILE="-")
        apps = ROOT / "tests" / "bench" / "apps"
        number = rb"\(301\) 000-0000"
        less, visidata = shutil.which("less"), shutil.which("vd")
        yield Programs(
            Program(
                "lead-tui",
                [*command(python), "--base-url", base_url],
                {**environ, "LEAD_TUI_CONFIG_DIR": str(config), "CONVOSO_AUTH_TOKEN": _TOKEN},
                rb"\? help",
                number,
                LEADS,
                begins=b"lead-tui",
                marks_cursor=True,
            ),
            Program("bare Textual app", [python, str(apps / "bare.py")], environ, b"ready", b"ready"),
            Program("DataTable", [python, str(apps / "data_table.py"), str(USUAL_ROWS)], environ, number, number, USUAL_ROWS),
            Program("less", [less, str(lines)], environ, number, number, OTHERS_ROWS) if less else None,
            Program("visidata", [visidata, "-N", str(table)], environ, b"leads", number, OTHERS_ROWS) if visidata else None,
        )


@contextmanager
def environment(*packages: str | Path) -> Iterator[str]:
    """Yield the interpreter of a fresh environment with only *packages*, by default this checkout, and what they need."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run(
            [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *map(str, packages or [ROOT])], check=True
        )
        yield python
