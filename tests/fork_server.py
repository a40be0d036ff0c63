"""Start the program by forking a process that has imported it: a quarter of the processor time of a new interpreter.

The forked process gets the arguments, environment, folder and streams of a new one, and leads its own session, whose terminal
is its standard error. What a fork cannot have is what an interpreter reads when it starts (``PYTHON…``, the locale) or a library
when it is imported (``TEXTUAL_…``): ``can_fork`` decides. Its command line in ``/proc`` is the server's.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import fcntl
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

ROOT: Final = Path(__file__).resolve().parents[1]

_MAX_REQUEST: Final = 1 << 20
"""Bytes of a request: arguments and environment."""

_READ_ONCE: Final = ("PYTHON", "TEXTUAL", "COVERAGE", "LC_", "LANG", "TERM_PROGRAM")
"""Beginnings of the variables that are read before a fork; those of ``ENVIRONMENT`` are what was read."""

ENVIRONMENT: Final = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}


def can_fork(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return whether *command* runs the program or a test script with Python, in an *environ* that a fork can have."""
    read = {name: value for name, value in environ.items() if name.startswith(_READ_ONCE)}
    return command[0] == sys.executable and (command[1] == "-m" or command[1].endswith(".py")) and read == ENVIRONMENT


class ForkedProcess:
    """A process that the server forked, with the methods of ``subprocess.Popen`` that tests use."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        """The exit code (negative: the signal that ended it), None while it runs, as far as the server's reports have been read."""
        self._server = server

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        self._server.wait_for(self, 0.0)
        return self.code

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code. Raises ``subprocess.TimeoutExpired`` after *timeout* seconds."""
        self._server.wait_for(self, timeout)
        if self.code is None:
            raise subprocess.TimeoutExpired("forked", timeout or 0.0)
        return self.code

    def send_signal(self, number: int) -> None:
        """Send the signal *number* while it runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process that forks, one for each process that runs tests."""

    def __init__(self) -> None:
        self._socket, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fork_server", str(its.fileno())],
                pass_fds=[its.fileno()],
                env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", **ENVIRONMENT},
                cwd=ROOT,
                start_new_session=True,
            )
        # Those that run, as far as is known: a process that has ended leaves its id to a later one.
        self._running: dict[int, ForkedProcess] = {}
        atexit.register(self.close)

    def close(self) -> None:
        """End the server; its forked processes continue."""
        self._socket.close()
        self._process.wait()

    def start(
        self, command: Sequence[str], streams: tuple[int, int, int], environ: Mapping[str, str], folder: Path
    ) -> ForkedProcess:
        """Fork *command*, with *streams* as its standard input, output and error."""
        request = json.dumps([command[1:], dict(environ), str(folder)]).encode()
        assert len(request) < _MAX_REQUEST
        self._socket.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))])
        while (told := self._read(None)) is None or "started" not in told:
            pass
        started = self._running[told["started"]] = ForkedProcess(self, told["started"])
        return started

    def wait_for(self, process: ForkedProcess, timeout: float | None) -> None:
        """Return once *process* has its exit code, or after *timeout* seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while process.code is None:
            left = None if until is None else max(0.0, until - time.monotonic())
            if self._read(left) is None:
                return

    def _read(self, timeout: float | None) -> dict[str, int] | None:
        if not select.select([self._socket], [], [], timeout)[0]:
            return None
        told: dict[str, int] = json.loads(self._socket.recv(_MAX_REQUEST))
        if "ended" in told:
            self._running.pop(told["ended"]).code = told["code"]
        return told


@cache
def fork_server() -> ForkServer:
    """Return the server of this process, started on first use."""
    return ForkServer()


# In the server


def _import_program() -> None:
    from lead_tui.terminal import environment

    # As in the program: Textual reads the environment while it is imported.
    environment.prepare_environment(os.environ)
    for path in sorted((ROOT / "lead_tui").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not module.endswith(("__main__", "__init__")):
            __import__(module)
    for module in ("h11", "truststore", "textual.app", "textual.drivers.linux_driver", "tomlkit", "zoneinfo"):
        __import__(module)


def _serve(control: socket.socket) -> tuple[list[str], dict[str, str], str, list[int]] | None:
    """Fork for each request, and report each exit. Returns in each forked process what it must run; None at the end."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    running, ended = set[int](), set[int]()
    while True:
        ready = select.select([control.fileno(), woken], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            ended |= _report_ends(control, running)
            running -= ended
        if control.fileno() in ready:
            data, streams, *_ = socket.recv_fds(control, _MAX_REQUEST, 3)
            if not data:
                return None
            # Not before: a process exists, as Popen's do, until a test has looked at it, however soon it ends.
            while ended:
                os.waitpid(ended.pop(), 0)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (woken, wake):
                    os.close(descriptor)
                control.close()
                words, environ, folder = json.loads(data)
                return words, environ, folder, streams
            running.add(pid)
            for stream in streams:
                os.close(stream)
            control.send(json.dumps({"started": pid}).encode())


def _report_ends(control: socket.socket, running: Iterable[int]) -> set[int]:
    """Report those of *running* that have ended, and return them; they are still to be waited for."""
    found = {pid: os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) for pid in running}
    ends = {pid: end for pid, end in found.items() if end is not None}
    for pid, end in ends.items():
        code = end.si_status if end.si_code == os.CLD_EXITED else -end.si_status
        control.send(json.dumps({"ended": pid, "code": code}).encode())
    return set(ends)


def _become(words: Sequence[str], environ: Mapping[str, str], folder: str, streams: Sequence[int]) -> None:
    """Become the requested process, and run it. Raises ``SystemExit`` as the program does."""
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if os.isatty(2):
        fcntl.ioctl(2, termios.TIOCSCTTY, 0)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.stdin = sys.__stdin__ = _stream(0, "r")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "w", errors="backslashreplace")  # type: ignore[misc]
    if words[0] == "-m":
        sys.argv = [words[1], *words[2:]]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(words)
        sys.path[0] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")


def _leave(code: int) -> NoReturn:
    """End as an interpreter does, but without freeing each object: that would copy all memory shared with the server."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _stream(number: int, mode: str, **arguments: Any) -> Any:
    return open(number, mode, buffering=1 if os.isatty(number) else -1, encoding="utf-8", closefd=False, **arguments)


if __name__ == "__main__":
    # The signals of a terminal are for what is forked.
    _import_program()
    gc.collect()
    gc.freeze()
    if asked := _serve(socket.socket(fileno=int(sys.argv[1]))):
        try:
            _become(*asked)
        except SystemExit as end:
            if not isinstance(end.code, int | None):
                raise
            _leave(end.code or 0)
