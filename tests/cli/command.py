"""Run the command ``lead-tui`` as scripts do: in its own process, with only the environment that a test gives it."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from unittest.mock import patch

from lead_tui.cli.main import main
from tests.pty.harness import Terminal, clean_environment, module_command

TOKEN = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3yk3"
PATIENCE = 60.0
"""Seconds after which a process that does not end is a failure."""


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output."""
        return self.out.decode()

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.text.splitlines()


@dataclass(frozen=True)
class Command:
    """The command at *home*, which holds its configuration too."""

    home: Path

    @property
    def config_dir(self) -> Path:
        """Where ``config.toml`` and ``queries.toml`` are."""
        return self.home / "config"

    def configure(self, text: str) -> None:
        """Write ``config.toml``."""
        self.write("config.toml", text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the configuration."""
        self.config_dir.mkdir(mode=0o700, exist_ok=True)
        (self.config_dir / name).write_text(text)
        (self.config_dir / name).chmod(0o600)

    def environment(self, **more: str) -> dict[str, str]:
        """What the process gets."""
        return clean_environment(self.home, LEAD_TUI_CONFIG_DIR=str(self.config_dir), **more)

    def start(self, *arguments: str, token: str = TOKEN, program: str = "", **environment: str) -> subprocess.Popen[bytes]:
        """Return a running process, its three streams pipes; *program*, in Python, replaces the command."""
        pipe = subprocess.PIPE
        given = self.environment(**({"CONVOSO_AUTH_TOKEN": token} if token else {}), **environment)
        words = [sys.executable, "-c", program, *arguments] if program else module_command(*arguments)
        return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, env=given, cwd=self.home)

    def open(self, *arguments: str, columns: int = 80, token: str = TOKEN, stdin: int | None = None) -> Terminal:
        """Return a terminal in which the command runs; *stdin* is its standard input in place of the terminal."""
        given = self.environment(**({"CONVOSO_AUTH_TOKEN": token} if token else {}))
        return Terminal(module_command(*arguments), environ=given, columns=columns, stdin=stdin)

    def run(self, *arguments: str, stdin: bytes = b"", token: str = TOKEN, **environment: str) -> Ended:
        """Run a process to its end."""
        with self.start(*arguments, token=token, **environment) as process:
            out, err = process.communicate(stdin, PATIENCE)
        return ended(process, out, err)

    def run_on_a_full_disk(self, *arguments: str) -> Ended:
        """Run a process to its end, with a standard output that accepts nothing."""
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                module_command(*arguments),
                stdout=full,
                stderr=subprocess.PIPE,
                env=self.environment(),
                timeout=PATIENCE,
                check=False,
            )
        return checked(Ended(done.returncode, b"", done.stderr.decode()))

    def call(self, *arguments: str, stdin: bytes = b"", token: str = TOKEN, **environment: str) -> Ended:
        """Run the command in this process, in a tenth of the time: for what does not depend on how a process ends."""
        given = self.environment(**({"CONVOSO_AUTH_TOKEN": token} if token else {}), **environment)
        out = io.BytesIO()
        code, err = _main(arguments, given, stdin, out)
        return checked(Ended(code, out.getvalue(), err))

    def call_on_a_full_disk(self, *arguments: str) -> Ended:
        """The same in this process."""
        with open("/dev/full", "wb", buffering=0) as full:
            code, err = _main(arguments, self.environment(), b"", full)
        return checked(Ended(code, b"", err))


def _main(arguments: tuple[str, ...], environment: dict[str, str], stdin: bytes, stdout: BinaryIO) -> tuple[int, str]:
    """Return the command's exit code, and what it wrote to standard error."""
    streams = [io.TextIOWrapper(each, encoding="utf-8", newline="") for each in (io.BytesIO(stdin), stdout, io.BytesIO())]
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]),
        patch("lead_tui.terminal.process.harden"),
        patch("lead_tui.terminal.crash_report.report_uncaught"),
    ):
        try:
            code = main(arguments)
        finally:
            gc.enable()
        for stream in streams[1:]:
            stream.flush()
    streams[1].detach()
    streams[2].seek(0)
    return code, streams[2].read()


def ended(process: subprocess.Popen[bytes], out: bytes, err: bytes) -> Ended:
    """Return how *process* ended, having written *out* and *err*."""
    return checked(Ended(process.returncode, out, err.decode()))


def checked(done: Ended) -> Ended:
    """Return *done*, having checked that it shows no traceback and no token."""
    assert "Traceback" not in done.err
    assert TOKEN not in done.err
    assert TOKEN.encode() not in done.out
    return done


def refused(done: Ended, code: int, said: str = "") -> None:
    """Check that *done* ended with *code*, nothing on standard output and one sentence that contains *said*."""
    assert (done.code, done.out) == (code, b""), done.err
    assert done.err.startswith("lead-tui: ")
    assert done.err.count("\n") == 1
    assert said in done.err
