"""The socket of a session: what reaches it, from whom, and the remains of a killed session."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from lead_tui import limits
from lead_tui.leads.errors import SessionError, UsageError
from lead_tui.terminal.session_socket import SessionSocket, send

NOBODY = 65_534


class Listener:
    """Sessions in one folder, and what they received."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received: list[str] = []
        self.came = asyncio.Event()
        self.sessions: list[SessionSocket] = []

    def listen(self, name: str = "main", process: int = 0) -> SessionSocket:
        with patch("os.getpid", return_value=process or os.getpid()):
            session = SessionSocket(self.folder, name, asyncio.get_running_loop(), lambda text: self._receive(f"{name}: {text}"))
        self.sessions.append(session)
        return session

    def _receive(self, text: str) -> None:
        self.received.append(text)
        self.came.set()

    async def next(self) -> str:
        async with asyncio.timeout(60):
            await self.came.wait()
        self.came.clear()
        return self.received[-1]


@pytest.fixture(params=["short", "x" * 120])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    """Run in folders whose path does and does not fit into a socket's address."""
    listener = Listener(tmp_path / request.param / "sessions")
    yield listener
    for session in listener.sessions:
        session.close()


async def test_a_text_arrives_cut_and_the_latest_of_several_wins(listener: Listener) -> None:
    listener.listen()
    send(listener.folder, "(301) 555-0123 \N{SNOWMAN}")
    assert await listener.next() == "main: (301) 555-0123 \N{SNOWMAN}"
    for number in range(9):
        send(listener.folder, str(number))
    send(listener.folder, "y" * 5_000)
    assert await listener.next() == f"main: {'y' * limits.MAX_CALL_BYTES}"
    assert len(listener.received) == 2


async def test_two_sessions_are_distinguished(listener: Listener) -> None:
    listener.listen("main", 41)
    listener.listen("west/../side", 42)
    for wanted in ("main", "main-41", "41"):
        send(listener.folder, wanted, wanted)
        assert await listener.next() == f"main: {wanted}"
    send(listener.folder, "1", "42")
    assert await listener.next() == "west/../side: 1"
    assert sorted(each.name for each in listener.folder.iterdir()) == ["main-41.socket", "west____side-42.socket"]
    with pytest.raises(UsageError, match="2 sessions are running: choose one by --session: main-41, west____side-42"):
        send(listener.folder, "1")
    with pytest.raises(SessionError, match="No such session is running: these are running: main-41, west____side-42"):
        send(listener.folder, "1", "east")


async def test_a_stale_socket_is_removed_by_the_command_and_by_the_next_session(listener: Listener) -> None:
    for _ in range(2):
        listener.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        killed = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        folder = os.open(listener.folder, os.O_RDONLY)
        killed.bind(f"/proc/self/fd/{folder}/main-7.socket")
        os.close(folder)
        killed.close()
        if listener.received:
            listener.listen()
        else:
            with pytest.raises(SessionError, match="No session is running"):
                send(listener.folder, "1")
            listener.received.append("")
        assert not (listener.folder / "main-7.socket").exists()
    session = listener.sessions[-1]
    session.close()
    assert list(listener.folder.iterdir()) == []


async def fill(folder: Path) -> None:
    while True:
        send(folder, "1")


async def test_a_session_that_does_not_read_makes_the_command_fail(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALL_TIMEOUT", 0.01)
    listener.listen()
    with pytest.raises(SessionError, match="takes no calls now"):
        await fill(listener.folder)


async def test_both_are_the_users_alone_and_a_folder_that_is_not_is_refused(listener: Listener) -> None:
    listener.listen()
    (path,) = listener.folder.iterdir()
    assert (listener.folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    listener.folder.chmod(0o755)
    with pytest.raises(SessionError, match="make it private"):
        send(listener.folder, "1")
    with pytest.raises(PermissionError):
        listener.listen()
    listener.folder.chmod(0o700)


SEND = """
import os, socket, sys
os.setgid({0})
os.setuid({0})
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"666", sys.argv[1])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
async def test_another_user_cannot_reach_it(short_path: Path) -> None:
    os.chmod(short_path, 0o711)
    listener = Listener(short_path / "sessions")
    session = listener.listen()
    (path,) = listener.folder.iterdir()
    command = [sys.executable, "-c", SEND.format(NOBODY), str(path)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
    session.close()
