"""A search for the token in everything that the program wrote or showed in sessions in which everything fails."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from tests.pty.harness import PATIENCE, Terminal
from tests.pty.program import TOKEN, WIDE, Home, command, cursor_line
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault
from tests.servers.leads import account
from tests.servers.tls import CA_FILE, server_side

LEADS = 1_000
TYPED = "typedtypedtypedtypedtypedtypedty"
"""A token that is given when the first one is refused."""

SPELLINGS = [
    spelling
    for token in (TOKEN, TYPED)
    for spelling in (
        token,
        quote(token, safe=""),
        base64.b64encode(token.encode()).decode().rstrip("="),
        token.encode().hex(),
        token[::-1],
    )
]


@pytest.fixture
def elsewhere() -> Iterator[ConvosoServer]:
    with ConvosoServer(account(10)) as server:
        yield server


def repeats_the_token(elsewhere: ConvosoServer) -> list[tuple[Fault, str]]:
    """Answers that contain the token, none of which is retried automatically; and the message about each."""
    # Not the one that is typed later: no server knows that yet, and the program cannot mask it.
    said = f"the token {TOKEN} is bad"
    return [
        (faults.redirect(f"{elsewhere.base_url}/leads/search?auth_token={TOKEN}", 307), "redirects to 127.0.0.1"),
        (faults.redirect(f"https://{TOKEN}.example.com/"), ".example.com"),
        (faults.application_error(9999, said), "the token ••••••"),
        (faults.status(404, said.encode()), "404"),
        (faults.application_error(9998, f"long words, {said * 1_000}"), "long words"),
        (faults.status(403, f"<html>{said}</html>".encode()), "403"),
    ]


def assert_nowhere(*written: bytes) -> None:
    for text in written:
        for spelling in SPELLINGS:
            at = text.lower().find(spelling.lower().encode())
            assert at < 0, text[max(0, at - 80) : at + 80]


def everything_in(folder: Path) -> list[bytes]:
    """Return the files below *folder*, names included."""
    return [str(path).encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") for path in sorted(folder.rglob("*"))]


def written_by(terminal: Terminal) -> list[bytes]:
    """Return the terminal output, also without the sequences between its letters, and what went to its clipboard."""
    raw = bytes(terminal.raw)
    return [raw, re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", raw), *(base64.b64decode(each) for each in terminal.clipboard)]


def seen_by_others(pid: int) -> list[bytes]:
    """Return what the system shows of a process, if it does: its command line and its environment."""
    told: list[bytes] = []
    for name in ("cmdline", "environ", "stat", "status"):
        with contextlib.suppress(PermissionError):
            told.append(Path(f"/proc/{pid}/{name}").read_bytes())
    return told


def test_a_session_in_which_everything_fails_leaks_no_token(home: Home, elsewhere: ConvosoServer) -> None:
    with ConvosoServer(account(LEADS)) as server:
        environ = {"SSLKEYLOGFILE": str(home.path / "keys"), "TEXTUAL_LOG": str(home.path / "textual"), "HTTPX_LOG_LEVEL": "trace"}
        with home.open(server, f"--log={home.path}/log", size=WIDE, environ=environ, fresh=True) as terminal:
            terminal.wait_for(" Row 1 of 1,000 ")
            terminal.wait_for(lambda t: bool(cursor_line(t)))
            assert_nowhere(*seen_by_others(terminal.pid))
            assert psutil.Process(terminal.pid).rlimit(resource.RLIMIT_CORE)[0] == 0
            for fault, told in repeats_the_token(elsewhere):
                server.always = fault
                terminal.press("r")
                terminal.wait_for(told)
                assert_nowhere(terminal.text.encode())
            server.always = faults.application_error(5001, f"Bad token {TOKEN}", http_status=401)
            terminal.press("f", "enter")
            terminal.wait_for("esc skip")
            terminal.press("enter")
            terminal.wait_for("sign in")
            terminal.send(TYPED)
            terminal.wait_for("••••••••")
            server.always = None
            terminal.press("enter")
            terminal.wait_for(lambda t: bool(cursor_line(t)) and "esc skip" not in t.text)
            terminal.press("Y", "j")
            terminal.wait_for("Sent to clipboard")
            terminal.press("Y", "c")
            terminal.wait_for("curl for")
            terminal.press("w")
            terminal.wait_for("Save as")
            terminal.send("All\r")
            terminal.wait_for("Saved as All")
            terminal.press("enter", "z", "escape")
            terminal.press("ctrl+q")
            assert terminal.wait_for_exit() == 0
            assert len(terminal.clipboard) == 2
            assert {asked["auth_token"] for asked in server.requests} == {TOKEN, TYPED}
            assert elsewhere.requests == []
            assert_nowhere(*written_by(terminal), *everything_in(home.path))
            assert not (home.path / "keys").exists()
            assert not (home.path / "textual").exists()
            assert home.queries_file.exists()


def test_retries_leak_no_token_either(home: Home) -> None:
    with ConvosoServer(account(LEADS)) as server:
        server.always = faults.status(500, f"the token {TOKEN}".encode())
        with home.open(server, f"--log={home.path}/log", fresh=True) as terminal:
            for _ in range(3):
                terminal.wait_for(re.compile(r"trying again|r tries|in \d+ s"))
                terminal.press("r")
            terminal.wait_for(lambda t: len(server.requests) >= 4)
            terminal.press("ctrl+q")
            assert terminal.wait_for_exit() == 0
            assert_nowhere(*written_by(terminal), *everything_in(home.path))


SEARCHES: dict[str, tuple[tuple[str, ...], Fault | None, int]] = {
    "leads": ((), None, 0),
    "a file": (("-o", "leads.csv", "--all"), None, 0),
    "a refusal": ((), faults.application_error(5001, f"Bad token {TOKEN}", http_status=401), 3),
    "a redirect": ((), faults.redirect(f"https://{TOKEN}.example.com/?auth_token={TOKEN}"), 4),
    "its own words": (("--format=json",), faults.application_error(9999, f"the token {TOKEN}"), 4),
    "an interrupted file": (("-o", "leads.csv"), faults.application_error(9999, f"the token {TOKEN}"), 4),
}


@pytest.mark.parametrize(("arguments", "fault", "code"), SEARCHES.values(), ids=SEARCHES)
def test_a_search_prints_and_writes_it_nowhere(home: Home, arguments: tuple[str, ...], fault: Fault | None, code: int) -> None:
    with ConvosoServer(account(LEADS)) as server:
        server.always = fault
        words = command("search", f"--base-url={server.base_url}", f"--log={home.path}/log", *arguments)
        done = subprocess.run(words, env=home.environment(), cwd=home.path, capture_output=True, timeout=PATIENCE * 3, check=False)
        assert done.returncode == code, done.stderr
        assert {asked["auth_token"] for asked in server.requests} == {TOKEN}
    assert_nowhere(done.stdout, done.stderr, *everything_in(home.path))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux shows processes in this way")
def test_while_a_search_waits_the_system_shows_it_to_no_one(home: Home) -> None:
    release = threading.Event()
    with ConvosoServer(account(LEADS)) as server:
        server.always = faults.held(release)
        pipe = subprocess.PIPE
        words = command("search", f"--base-url={server.base_url}")
        with subprocess.Popen(words, env=home.environment(), cwd=home.path, stdout=pipe, stderr=pipe) as process:
            until = time.monotonic() + PATIENCE
            while not server.requests and time.monotonic() < until:
                time.sleep(0.01)
            assert server.requests
            assert_nowhere(*seen_by_others(process.pid))
            # A process that the user's other processes cannot inspect belongs to root.
            assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0
            release.set()
            process.communicate(timeout=PATIENCE * 3)
        assert process.returncode == 0


def trust(home: Home, mode: int) -> None:
    """Have the tests' certificates trusted, from a file of *mode*."""
    home.write("ca.pem", Path(CA_FILE).read_text())
    (home.config_dir / "ca.pem").chmod(mode)
    home.write("config.toml", '[network]\nca_file = "ca.pem"\n')


def test_the_keys_of_its_connections_are_written_to_no_file(home: Home) -> None:
    keys = home.path / "keys"
    trust(home, 0o600)
    with ConvosoServer(account(9), tls=server_side("good")) as server:
        words = command("search", f"--base-url={server.base_url}")
        done = subprocess.run(words, env=home.environment(SSLKEYLOGFILE=str(keys)), cwd=home.path, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert len(server.requests) == 1
    assert not keys.exists()


def test_certificates_that_others_can_change_are_not_trusted(home: Home) -> None:
    trust(home, 0o666)
    with ConvosoServer(account(10), tls=server_side("good")) as server:
        words = command("search", f"--base-url={server.base_url}")
        done = subprocess.run(words, env=home.environment(), cwd=home.path, capture_output=True, text=True, check=False)
        assert server.requests == []
    assert (done.returncode, done.stdout) == (5, "")
    assert "Others can write to" in done.stderr


def test_a_token_never_leaves_without_encryption_for_another_machine(home: Home) -> None:
    for address in ("http://api.example.com/v1", "http://192.0.2.1/v1", "http://127.0.0.1.example.com/v1", "http://0.0.0.0/v1"):
        done = subprocess.run(
            command("search", f"--base-url={address}"),
            env=home.environment(),
            cwd=home.path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "must be https://" in done.stderr


KEPT: dict[str, tuple[str, int, str, int, str]] = {
    "another address": ("[profiles.main]\nauth_token_file = 'token'\n", 0o600, "", 3, "for its own base URL only"),
    "another profile's": ("[profiles.west]\nauth_token_file = 'token'\n", 0o600, "", 3, "No API token"),
    "a file open to others": (
        "[profiles.main]\nauth_token_file = 'token'\nbase_url = '{url}'\n",
        0o640,
        "",
        5,
        "is open to others",
    ),
    "a configuration open to others": (
        "[profiles.main]\nauth_token_file = 'token'\n",
        0o600,
        "config.toml",
        5,
        "Others can write to",
    ),
}


@pytest.mark.parametrize(("settings", "mode", "opened", "code", "said"), KEPT.values(), ids=KEPT)
def test_no_server_gets_a_profiles_token_that_is_not_meant_for_it(
    home: Home, elsewhere: ConvosoServer, settings: str, mode: int, opened: str, code: int, said: str
) -> None:
    home.write("config.toml", settings.replace("{url}", elsewhere.base_url))
    home.write("token", TOKEN)
    (home.config_dir / "token").chmod(mode)
    if opened:
        (home.config_dir / opened).chmod(0o666)
    environ = home.environment()
    del environ["CONVOSO_AUTH_TOKEN"]
    done = subprocess.run(
        command("search", f"--base-url={elsewhere.base_url}"),
        env=environ,
        cwd=home.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert elsewhere.requests == []
    assert_nowhere(done.stderr.encode())


def test_the_environments_token_is_not_for_a_profile_that_is_named(home: Home, elsewhere: ConvosoServer) -> None:
    home.write("config.toml", f'[profiles.west]\nbase_url = "{elsewhere.base_url}"\n')
    words = command("search", "--profile=west")
    done = subprocess.run(words, env=home.environment(), cwd=home.path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "CONVOSO_AUTH_TOKEN is for the default profile" in done.stderr
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "fault", [None, faults.application_error(5001, f"Bad token {TOKEN}", http_status=401)], ids=["well", "refused"]
)
def test_the_doctor_shows_it_to_no_one(home: Home, fault: Fault | None) -> None:
    with ConvosoServer(account(10, token=TOKEN)) as server:
        server.always = fault
        words = command("doctor", f"--base-url={server.base_url}", f"--log={home.path}/log")
        done = subprocess.run(words, env=home.environment(), cwd=home.path, capture_output=True, timeout=PATIENCE * 3, check=False)
        assert done.returncode == (0 if fault is None else 3), done.stderr
        assert {asked["auth_token"] for asked in server.requests} == {TOKEN}
    assert_nowhere(done.stdout, done.stderr, *everything_in(home.path))
