"""Incoming calls with the installed command: from a dialer, by the recipes of docs/incoming-calls.md, to the screen."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.pty.harness import PATIENCE, ROOT, Terminal
from tests.pty.program import Home, command, leave
from tests.pty.test_sshd import SSHD, USER, reason_to_skip
from tests.servers.ports import free_port

PAGE: Final = (ROOT / "docs" / "incoming-calls.md").read_text()
NUMBER: Final = "213-555-0100"
BANNER: Final = "Incoming (213) 555-0100 · "


def recipe(name: str) -> str:
    """Return the block of the page with the mark *name*."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def pop(home: Home, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    words = command("pop", *arguments)
    return subprocess.run(words, env=home.environment(), input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.fixture
def terminal(home: Home) -> Iterator[Terminal]:
    with home.open(None) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        yield terminal


def test_a_call_opens_over_a_half_typed_look_up_and_b_returns_to_it(home: Home, terminal: Terminal) -> None:
    terminal.press("/")
    terminal.wait_for("Look up")
    terminal.send("Jan")
    terminal.wait_for("Look up  Jan")
    threads, idle = terminal.process.num_threads(), terminal.text
    assert pop(home, "-", stdin=f"{NUMBER}\n").returncode == 0
    terminal.wait_for(BANNER)
    assert terminal.text.partition("\n")[2] == idle.partition("\n")[2]
    terminal.press("f4")
    terminal.wait_for("Found in Phone")
    terminal.press("b")
    terminal.wait_for("Look up  Jan")
    terminal.send("e")
    terminal.wait_for("Look up  Jane")
    # Where the pool of threads that read the demo has not grown by itself.
    assert terminal.process.num_threads() <= threads + 1


def test_sessions_are_distinguished_and_that_of_a_killed_one_is_gone(home: Home, terminal: Terminal) -> None:
    with home.open(None) as second:
        second.wait_for("Row 1 of 1,000")
        several = pop(home, NUMBER)
        assert (several.returncode, f"demo-{second.pid}" in several.stderr) == (2, True)
        assert pop(home, NUMBER, "--session", str(second.pid)).returncode == 0
        second.wait_for(BANNER)
        assert "Incoming" not in terminal.text
        os.kill(second.pid, signal.SIGKILL)
        second.wait_for_exit()
    assert pop(home, NUMBER).returncode == 0
    terminal.wait_for(BANNER)
    (folder,) = (home.config_dir / "state").glob("sessions*")
    assert [path.name for path in folder.iterdir()] == [f"demo-{terminal.pid}.socket"]
    leave(terminal)
    assert pop(home, NUMBER).returncode == 4
    assert list(folder.iterdir()) == []


# The recipes


def installed(home: Home) -> str:
    """Return the command as a word for a shell without the tests' environment."""
    words = [f"{name}={value}" for name, value in home.environment().items() if name in ("LEAD_TUI_CONFIG_DIR", "PYTHONPATH")]
    return " ".join(["env", *words, *command()])


def test_a_fifo_passes_each_line(home: Home, terminal: Terminal) -> None:
    script = recipe("fifo").replace("lead-tui pop", f"{installed(home)} pop")
    with subprocess.Popen(["sh", "-c", script], env=home.environment()) as loop:
        try:
            fifo = home.path / "calls"
            until(fifo.exists)
            fifo.write_text(f"nobody\n{NUMBER}\n")
            terminal.wait_for(BANNER)
        finally:
            loop.kill()


def test_the_forced_command_passes_numbers_for_one_word_and_otherwise_starts_the_app(tmp_path: Path) -> None:
    shown = tmp_path / "python"
    shown.write_text('#!/bin/sh\necho "$@"\n')
    shown.chmod(0o700)
    script = recipe("forced_command").replace("/opt/lead-tui/bin/python", str(shown))
    for asked, started in (
        ("pop", "pop - --restricted"),
        ("", "--restricted"),
        ("pop 1; touch x", "--restricted"),
        ("$(touch x)", "--restricted"),
    ):
        given = {"SSH_ORIGINAL_COMMAND": asked} if asked else {}
        done = subprocess.run(["sh", "-c", script], env=given, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout == f"-I -m lead_tui {started}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["python"]


@pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip() or "it can be tried")
def test_a_web_hook_calls_ssh_with_a_key_that_can_do_nothing_else(home: Home, terminal: Terminal, tmp_path: Path) -> None:
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    line = recipe("authorized_keys").replace("/opt/lead-tui/bin/lead-tui", installed(home))
    allowed, public = line.split(" ssh-ed25519 ")[0], (tmp_path / "key.pub").read_text()
    assert allowed.startswith('restrict,command="')
    (tmp_path / "authorized_keys").write_text(f"{allowed} {public}")
    port, address = free_port(), ("127.0.0.1", free_port())
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nPidFile {tmp_path}/pid\n"
        f"AuthorizedKeysFile {tmp_path}/authorized_keys\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nSetEnv HOME={home.path}\n"
    )
    (tmp_path / "secret").write_text("s3cret\n")
    client = ["-F", "none", "-p", str(port), "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={tmp_path}/known"]
    script = recipe("web_hook").replace("/etc/call-hook", str(tmp_path)).replace('"leads.example.com"', '"127.0.0.1"')
    script = (
        script.replace('("127.0.0.1", 8470)', repr(address)).replace('"ann"', repr(USER)).replace('["ssh",', f'["ssh", *{client},')
    )
    (tmp_path / "hook.py").write_text(script)
    assert SSHD is not None
    with contextlib.ExitStack() as stack:
        for words in ([SSHD, "-D", "-e", "-f", str(tmp_path / "sshd_config")], [sys.executable, str(tmp_path / "hook.py")]):
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        url = f"http://127.0.0.1:{address[1]}/"
        form = "secret=s3cret&agent=1001&number=%2B1+213+555+0100"
        until(lambda: ask(url, "secret=wrong&agent=1001&number=1") == 403)
        assert ask(url, "secret=s3cret&agent=9&number=1") == 403
        until(lambda: ask(url, form) == 204)
        terminal.wait_for(BANNER)
        words = ["ssh", *client, "-o", "BatchMode=yes", "-i", str(tmp_path / "key"), "-l", USER, "127.0.0.1", "echo", "outside"]
        other = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert (other.returncode, other.stdout, "Standard input is empty" in other.stderr) == (2, "", True)


def ask(url: str, form: str) -> int:
    """Return the status of a request, 0 if there is no answer yet."""
    try:
        with urllib.request.urlopen(url, form.encode(), timeout=PATIENCE) as answer:  # loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def until(holds: object) -> None:
    """Wait until *holds* returns true."""
    assert callable(holds)
    patience = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)
