"""A restricted session in a terminal, started as sshd starts it: ways out through the real driver, and what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.pty.harness import APPS, PATIENCE, Terminal, clean_environment
from tests.pty.program import NARROW, SIZES, TOKEN, WIDE, leave
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

OTHER = "0th3r0th3r0th3r0th3r0th3r0th3r01"


@dataclass(frozen=True)
class Account:
    """A user whose only program this is."""

    path: Path

    def lay_down(self, policy: str) -> None:
        """Write the site's policy, and the token that it may name."""
        (self.path / "site").mkdir(mode=0o755, exist_ok=True)
        (self.path / "home").mkdir(mode=0o700, exist_ok=True)
        for name, text, mode in (("policy.toml", policy, 0o644), ("token", TOKEN, 0o600)):
            (self.path / "site" / name).write_text(text)
            (self.path / "site" / name).chmod(mode)

    def account_at(self, server: ConvosoServer, more: str = "") -> None:
        """Write a policy for *server*."""
        self.lay_down(
            f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_file = "token"\n[pace]\nrequests_per_second = 0\n{more}'
        )

    @property
    def environment(self) -> dict[str, str]:
        """Write all that a user could set who can set anything."""
        return clean_environment(
            self.path / "home",
            CONVOSO_AUTH_TOKEN=OTHER,
            LEAD_TUI_CONFIG_DIR=str(self.path / "elsewhere"),
            XDG_CONFIG_HOME=str(self.path / "elsewhere"),
            XDG_STATE_HOME=str(self.path / "elsewhere"),
        )

    def command(self, *arguments: str) -> list[str]:
        """The command line."""
        policy, home = self.path / "site" / "policy.toml", self.path / "home"
        return [sys.executable, "-I", str(APPS / "restricted.py"), str(policy), str(home), "--restricted", *arguments]

    def open(self, *arguments: str, size: tuple[int, int] = NARROW) -> Terminal:
        """A terminal in which it starts."""
        columns, lines = size
        return Terminal(self.command(*arguments), environ=self.environment, columns=columns, lines=lines, cwd=self.path / "home")

    def files(self) -> set[str]:
        """Return the files in the home directory and where the environment would have them."""
        found = [*(self.path / "home").rglob("*"), *(self.path / "elsewhere").rglob("*")]
        return {str(path.relative_to(self.path)) for path in found if path.is_file()}


@pytest.fixture
def person(tmp_path: Path) -> Account:
    return Account(tmp_path)


@SIZES
def test_account_token_and_masks_are_the_policys(person: Account, server: ConvosoServer, size: tuple[int, int]) -> None:
    person.account_at(server, '[mask]\nfields = ["city", "first_name"]\n')
    with person.open(size=size) as terminal:
        terminal.wait_for(" Row 1 of 1,000,000 ")
        terminal.wait_for(" · restricted ")
        terminal.wait_for("••••")
        terminal.press("enter", "u", "v", "F")
        # In one read with the keys, the text would be one without paste brackets.
        terminal.wait_for("label, key or value")
        terminal.send("new york\r")
        terminal.wait_for('No field matches "new york"')
        terminal.press("escape")
        leave(terminal)
        for hidden in (b"Dana", b"New York"):
            assert hidden not in terminal.raw
    assert {asked["auth_token"] for asked in server.requests} == {TOKEN}


def test_nothing_reaches_the_clipboard_and_nothing_stops_the_process(person: Account, server: ConvosoServer) -> None:
    person.account_at(server)
    with person.open() as terminal:
        terminal.wait_for(" Row 1 of 1,000,000 ")
        terminal.press("y")
        terminal.wait_for("Copying is not allowed here")
        terminal.press("j", "Y")
        terminal.wait_for("Copying is not allowed here")
        terminal.press("/")
        terminal.send("3010000001")
        # Textual's own inputs select, copy and cut.
        terminal.send("\x1b[1;2H\x03\x18\x0b")
        terminal.press("ctrl+z", "escape", "escape", "ctrl+z", "enter", "ctrl+z", "escape")
        terminal.signal(signal.SIGTSTP)
        terminal.press("g", "j")
        terminal.wait_for(" Row 2 of 1,000,000 ")
        assert psutil.Process(terminal.pid).status() != psutil.STATUS_STOPPED
        assert psutil.Process(terminal.pid).children() == []
        leave(terminal)
        assert terminal.clipboard == []


def test_it_leaves_saved_queries_and_state_in_the_home_directory_and_nothing_elsewhere(
    person: Account, server: ConvosoServer
) -> None:
    person.account_at(server)
    with person.open() as terminal:
        terminal.wait_for(" Row 1 of 1,000,000 ")
        terminal.press("w")
        terminal.wait_for("Save as")
        terminal.send("../../out\r")
        terminal.wait_for("../../out")
        terminal.press("enter", "z", "escape")
        terminal.wait_for(lambda t: "home/.local/state/lead-tui/state.json" in person.files())
        leave(terminal)
    kept = {name for name in person.files() if not name.endswith(".lock")}
    assert kept == {"home/.config/lead-tui/queries.toml", "home/.local/state/lead-tui/state.json"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux shows processes in this way")
def test_values_in_the_environment_are_removed_from_the_process(person: Account, server: ConvosoServer) -> None:
    person.account_at(server)
    with person.open() as terminal:
        terminal.wait_for(" Row 1 of 1,000,000 ")
        # Only root may look by then.
        with contextlib.suppress(PermissionError):
            assert OTHER.encode() not in Path(f"/proc/{terminal.pid}/environ").read_bytes()
        leave(terminal)
        assert OTHER.encode() not in terminal.raw


def test_a_refused_token_is_reported_and_no_other_is_prompted_for(person: Account, server: ConvosoServer) -> None:
    person.account_at(server)
    server.always = faults.application_error(5001, "Bad token", http_status=401)
    with person.open(size=WIDE) as terminal:
        terminal.wait_for("The server rejected the token")
        terminal.wait_for("contact the administrator of this host")
        terminal.press("r")
        terminal.wait_for(lambda t: len(server.requests) >= 2)
        terminal.send("typed\r")
        terminal.wait_for("The server rejected the token")
        assert "esc skip" not in terminal.text
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
    assert {asked["auth_token"] for asked in server.requests} == {TOKEN}


def test_without_a_terminal_it_says_how_to_have_one(person: Account) -> None:
    person.lay_down("")
    done = subprocess.run(
        person.command("--demo=10"),
        env=person.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE * 3,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "lead-tui: standard input is not a terminal: log in with a terminal, as ssh -t does\n"


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (lambda path: path.chmod(0o666), 5, "Others can write to"),
        (lambda path: path.write_text("restricted ="), 5, "this is not TOML"),
        (lambda path: path.write_text("[mask]\nfield = []"), 5, "mask.field is not a known setting"),
        (os.unlink, 3, "No API token"),
    ],
    ids=["open to others", "no TOML", "an unknown setting", "gone"],
)
def test_without_a_good_policy_no_one_gets_in(
    person: Account, server: ConvosoServer, spoil: Callable[[Path], object], code: int, said: str
) -> None:
    person.account_at(server)
    spoil(person.path / "site" / "policy.toml")
    with person.open() as terminal:
        assert terminal.wait_for_exit() == code
        assert said in terminal.raw.decode()
        assert not terminal.alternate
    assert server.requests == []
