"""A terminal for tests: runs a command in a pseudo-terminal, types into it, and reads the screen it draws.

Everything waits for events, with a timeout that only a failure reaches. There is no thread: the command's output is
read while the test waits for something, or requests the screen.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psutil
import pyte
from wcwidth import wcwidth

from tests.fork_server import ForkedProcess, can_fork, fork_server

ROOT: Final = Path(__file__).resolve().parents[2]
APPS: Final = Path(__file__).resolve().parent / "apps"

PATIENCE: Final = 60.0
"""Timeout in seconds for what a test waits for. Two busy cores are slow; a test that passes never waits so long."""

AT_ONCE: Final = 2.0
"""Seconds within which the program must have ended, not counting those in which it waits for a core."""

QUIET: Final = 0.2
"""Seconds after which nothing more is expected: twice those for which an Escape may begin a sequence, the longest pause."""

_POLL: Final = 0.02

KEYS: Final[Mapping[str, str]] = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~", "insert": "\x1b[2~",
    "ctrl+home": "\x1b[1;5H", "ctrl+end": "\x1b[1;5F", "ctrl+left": "\x1b[1;5D", "ctrl+right": "\x1b[1;5C",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~",
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "space": " ", "backspace": "\x7f",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}  # fmt: skip
"""What xterm sends. The names are Textual's."""

SEQUENCE: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[PX^_\]].*?(?:\x07|\x1b\\)|[ -/]*[0-OQ-WYZ\\`-~])", re.DOTALL)
"""Complete sequences that a terminal obeys."""

_QUESTION_ABOUT_MODE: Final = re.compile(rb"\x1b\[\?(\d+)\$p")
_CLIPBOARD: Final = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")

What = str | re.Pattern[str] | Callable[["Terminal"], bool]


def module_command(*arguments: str) -> list[str]:
    """``python -m lead_tui …`` with the interpreter of the tests."""
    return [sys.executable, "-m", "lead_tui", *arguments]


def script_command(*arguments: str) -> list[str]:
    """The installed ``lead-tui …`` of the same environment."""
    return [str(Path(sys.executable).parent / "lead-tui"), *arguments]


def app_command(name: str, *arguments: str) -> list[str]:
    """``tests/pty/apps/NAME.py …``."""
    return [sys.executable, str(APPS / f"{name}.py"), *arguments]


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """Return what a login shell over SSH sets, and nothing from this machine but its ``PATH``."""
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE_")}
    return {
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(ROOT),
        **more,
    }


class Screen(pyte.Screen):
    """A screen that draws and reads a run of one-column characters at once, in less than half of the emulator's time."""

    def draw(self, data: str) -> None:
        shown = data.translate(self.g1_charset if self.charset else self.g0_charset)
        x = self.cursor.x
        if x + len(shown) > self.columns or pyte.modes.IRM in self.mode or not _is_one_column_each(shown):
            super().draw(data)
            # A combining character at the edge changes the line above, which the emulator does not say.
            self.dirty.add(max(0, self.cursor.y - 1))
            return
        looks = self.cursor.attrs[1:]
        cells = {each: pyte.screens.Char(each, *looks) for each in set(shown)}
        self.buffer[self.cursor.y].update(zip(range(x, x + len(shown)), map(cells.__getitem__, shown), strict=True))
        self.cursor.x += len(shown)
        self.dirty.add(self.cursor.y)

    def line(self, y: int) -> str:
        """Return line *y* of ``display``: the cell after a wide character is hidden by it."""
        row = self.buffer[y]
        cells = [row[x].data for x in range(self.columns)]
        if _is_one_column_each(text := "".join(cells)):
            return text
        shown: list[str] = []
        hidden = False
        for cell in cells:
            if not hidden:
                shown.append(cell)
            hidden = not hidden and wcwidth(cell[:1]) == 2
        return "".join(shown)


def _is_one_column_each(text: str) -> bool:
    return all(wcwidth(each) == 1 for each in set(text))


class Terminal:
    """A terminal with *command* in it. A context manager: leaving it ends what still runs.

    *answers*: whether it answers the queries that programs send to a terminal (attributes, status, modes, size, colors).
    *stdin*: a descriptor for the command's standard input in place of the terminal. *fresh*: in a new interpreter, where a
    process forked by ``tests.fork_server`` would differ: in its memory, its start and its entry in ``/proc``.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        columns: int = 80,
        lines: int = 24,
        answers: bool = True,
        cwd: Path | None = None,
        stdin: int | None = None,
        fresh: bool = False,
    ) -> None:
        self.raw = bytearray()
        """Every byte the command has written."""
        self.alternate = False
        """Whether the alternate screen is shown."""
        self.clipboard: list[bytes] = []
        """The bodies of OSC 52 that reached this terminal, still in base64."""
        self.last_output = time.monotonic()
        self.gone = False
        """Whether the command's side of the terminal is closed."""
        self.answers = answers
        """Whether it answers; may be changed at any time."""
        self.emulates = True
        """Whether what comes is drawn; a long time without is much faster, and a change of the size draws everything again."""
        self._screen = Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._unread = b""
        self._drawing = False
        self._lines: list[str] = []
        self._master: int | None
        self._master, slave = pty.openpty()
        self._name = os.ttyname(slave)
        self._set_size(columns, lines)
        self.attributes_before = termios.tcgetattr(slave)
        self.started = time.monotonic()
        self._process: subprocess.Popen[bytes] | ForkedProcess
        streams = (slave if stdin is None else stdin, slave, slave)
        if can_fork(command, environ) and not fresh:
            self._process = fork_server().start(command, streams, environ, cwd or ROOT)
        else:
            self._process = subprocess.Popen(
                list(command),
                stdin=streams[0],
                stdout=slave,
                stderr=slave,
                env=dict(environ),
                cwd=cwd or ROOT,
                preexec_fn=_own_terminal,
            )
        os.close(slave)
        os.set_blocking(self._master, False)
        self.pid = self._process.pid
        self.process = psutil.Process(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End any running process, and the terminal."""
        if self._process.poll() is None:
            with contextlib.suppress(psutil.Error):
                for child in self.process.children(recursive=True):
                    child.kill()
            self._process.kill()
            self._process.wait()
        self.hang_up()

    # Typing

    def press(self, *keys: str) -> None:
        """Press *keys*, by name (``"pagedown"``) or by the character itself, in one write."""
        self.send("".join(KEYS.get(key, key) for key in keys))

    def send(self, text: str | bytes) -> None:
        """Type *text* as it is, in one write as far as the terminal takes it."""
        data = text.encode() if isinstance(text, str) else text
        until = time.monotonic() + PATIENCE
        while data:
            assert self._master is not None, "the terminal is closed"
            assert time.monotonic() < until, "the command does not read what is typed"
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self.pump(0.01)

    def paste(self, text: str) -> None:
        """Paste *text* as a terminal that brackets pastes."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, which sends the command a SIGWINCH."""
        self._set_size(columns, lines)
        self._screen.resize(lines, columns)

    def hang_up(self) -> None:
        """Close the terminal's own end, as a dropped connection does."""
        if self._master is not None:
            os.close(self._master)
            self._master = None
            self.gone = True

    def signal(self, number: signal.Signals) -> None:
        """Send the command a signal."""
        self._process.send_signal(number)

    # Reading

    @property
    def lines(self) -> list[str]:
        """The screen as drawn so far, a string per line, without trailing blanks. Waits for a frame that has begun."""
        until = time.monotonic() + PATIENCE
        while self.pump(_POLL if self._drawing else 0.0) or (self._drawing and not self.over and time.monotonic() < until):
            pass
        return [line.rstrip() for line in self._display()]

    @property
    def text(self) -> str:
        """The screen's lines, joined."""
        return "\n".join(self.lines)

    @property
    def cells(self) -> pyte.Screen:
        """The emulated screen, for colors and the cursor."""
        return self._screen

    @property
    def ended(self) -> bool:
        """Whether the command has ended."""
        return self._process.poll() is not None

    @property
    def over(self) -> bool:
        """Whether no more output can come."""
        return self.gone

    def wait_for(self, what: What, patience: float = PATIENCE) -> None:
        """Return when *what* is true: a text or a pattern on the screen, or a predicate; checked between frames.

        Raises:
            AssertionError: it is not true after *patience* seconds, or when the command ended; with the screen.
        """
        until = time.monotonic() + patience
        while True:
            if not self._drawing and self._holds(what):
                return
            left = until - time.monotonic()
            if left <= 0 or self.over:
                name = what if isinstance(what, str) else what.pattern if isinstance(what, re.Pattern) else what.__name__
                why = "the command has ended" if self.over else f"not within {patience:g} s"
                raise AssertionError(f"{name!r} is not on the screen ({why}):\n{self._picture()}")
            # A predicate may check more than the output.
            self.pump(min(left, _POLL) if callable(what) else left)

    def wait_for_bytes(self, data: bytes, since: int = 0, patience: float = PATIENCE) -> None:
        """Return when *data* is in what was written after the first *since* bytes."""
        until = time.monotonic() + patience
        while self.raw.find(data, since) < 0:
            left = until - time.monotonic()
            if left <= 0 or self.over:
                raise AssertionError(f"{data!r} was not written:\n{self._picture()}")
            self.pump(left)

    def settle(self, quiet: float = QUIET, patience: float = PATIENCE) -> None:
        """Return after *quiet* seconds without output or work: for what gives no sign that it is done.

        A command that is waiting for a core is not quiet.
        """
        used, active = -1.0, 0.0
        until = time.monotonic() + patience
        while not self.over and (now := time.monotonic()) < until:
            if self.pump(min(_POLL, until - now)):
                continue
            now = time.monotonic()
            if used != (used := _cpu_seconds([self.process])) or not _sleep([self.process]):
                active = now
            elif now - max(active, self.last_output) >= quiet:
                # What the command wrote before it slept can be read by now.
                if _sleep(_tree(self.process)) and not self.pump(0.0):
                    return
                active = now

    def watch(self, seconds: float) -> None:
        """Read output for *seconds*, to check that something does not come."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.over:
            self.pump(left)

    def stop_output(self) -> None:
        """Stop reading, as a terminal whose user pressed ctrl+s."""
        slave = os.open(self._name, os.O_RDWR | os.O_NOCTTY)
        termios.tcflow(slave, termios.TCOOFF)
        os.close(slave)

    def wait_until_at_rest(self, rest: float = 0.1) -> None:
        """Return when the command is at rest, as ``wait_until_at_rest``. Does not read its output."""
        wait_until_at_rest(self.process, rest)

    def wait_for_exit(self, patience: float = PATIENCE) -> int:
        """Return the exit code (negative: the signal that ended it), having read all its output."""
        until = time.monotonic() + patience
        while (code := self._process.poll()) is None:
            assert time.monotonic() < until, f"the command still runs:\n{self._picture()}"
            if self.gone:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(max(0.0, until - time.monotonic()))
            else:
                self.pump(0.02)
        while self.pump(0.0):
            pass
        return code

    def wait_for_exit_at_once(self) -> int:
        """Return the exit code of a command that ends within ``AT_ONCE``, as ``wait_for_exit``.

        Only time in which it worked or slept counts: on a busy machine, a process that is ready waits for a core.
        """
        used, slept = _cpu_seconds([self.process]), 0
        until = time.monotonic() + PATIENCE
        while not self.ended:
            own = _cpu_seconds([self.process]) - used + slept * _POLL
            assert own < AT_ONCE, f"after {own:.1f} s of its own the command still runs:\n{self._picture()}"
            assert time.monotonic() < until, f"the command still runs:\n{self._picture()}"
            slept += _sleep([self.process])
            if self.over:
                time.sleep(_POLL)
            else:
                self.watch(_POLL)
        return self.wait_for_exit()

    def assert_restored(self) -> None:
        """Check that the terminal is as the shell had it, and that nothing was printed that only developers understand."""
        assert not self.alternate
        assert self.attributes() == self.attributes_before
        for mode in (b"1000", b"1003", b"1004", b"1006", b"1015", b"2004"):
            assert self.raw.rfind(b"\x1b[?%sl" % mode) > self.raw.rfind(b"\x1b[?%sh" % mode)
        assert self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")
        assert self.raw.rfind(b"\x1b[?7h") > self.raw.rfind(b"\x1b[?7l")
        assert b"Traceback" not in self.raw
        # The emulator has no alternate screen: what the interface drew would still be there.
        assert "│" not in self.text, self.text
        assert " Row " not in self.text, self.text

    # Measures

    def attributes(self) -> list[Any]:
        """Return the terminal's current settings, to compare with ``attributes_before``."""
        assert self._master is not None
        return termios.tcgetattr(self._master)

    def cpu_seconds(self) -> float:
        """Return the processor time in seconds of the command and its children so far."""
        return _cpu_seconds(_tree(self.process))

    def memory_bytes(self) -> int:
        """Return the resident memory of the command and its children."""
        return sum(int(process.memory_info().rss) for process in _tree(self.process))

    # Inside

    def pump(self, wait: float) -> int:
        """Read once, waiting up to *wait* seconds; return the number of bytes."""
        data = self._read(wait)
        if data:
            self._take(data)
        return len(data)

    def _read(self, wait: float) -> bytes:
        if self._master is None or self.gone:
            return b""
        if not select.select([self._master], [], [], max(0.0, wait))[0]:
            return b""
        try:
            data = os.read(self._master, 1 << 18)
        except BlockingIOError:
            return b""
        except OSError:  # Linux: the other end is closed
            data = b""
        if not data:
            self.gone = True
        return data

    def _take(self, data: bytes) -> None:
        self.last_output = time.monotonic()
        self.raw += data
        data = self._unread + data
        plain = bytearray()
        position = 0
        while (escape := data.find(b"\x1b", position)) >= 0:
            plain += data[position:escape]
            found = SEQUENCE.match(data, escape)
            if found is None:
                position = escape
                break
            position = found.end()
            if self._obey(found.group()):
                plain += found.group()
            if found.group() == b"\x1b[6n" and self.emulates:
                # The answer is the cursor's position, so all before it must be drawn.
                self._stream.feed(bytes(plain))
                plain.clear()
                self._answer(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
        else:
            plain += data[position:]
            position = len(data)
        self._unread = data[position:]
        if self.emulates:
            self._stream.feed(bytes(plain))

    def _obey(self, sequence: bytes) -> bool:
        """Record or answer *sequence*; return whether the emulator should get it too."""
        if sequence[:2] != b"\x1b[":
            if found := _CLIPBOARD.search(sequence):
                self.clipboard.append(found.group(1))
            elif sequence.startswith((b"\x1b]10;?", b"\x1b]11;?")):
                self._answer(f"\x1b]{sequence[2:4].decode()};rgb:0000/0000/0000\x1b\\")
            return sequence[1:2] not in b"PX^_]"
        if mode := _QUESTION_ABOUT_MODE.fullmatch(sequence):
            self._answer(f"\x1b[?{mode.group(1).decode()};{2 if mode.group(1) == b'2026' else 0}$y")
            return False
        match sequence:
            case b"\x1b[c" | b"\x1b[0c":
                self._answer("\x1b[?64;1;2;6;22c")
            case b"\x1b[>c" | b"\x1b[>0c":
                self._answer("\x1b[>41;390;0c")
            case b"\x1b[5n":
                self._answer("\x1b[0n")
            case b"\x1b[18t":
                self._answer(f"\x1b[8;{self._screen.lines};{self._screen.columns}t")
            case b"\x1b[?1049h" | b"\x1b[?1049l":
                self.alternate = sequence.endswith(b"h")
            case b"\x1b[?2026h" | b"\x1b[?2026l":
                self._drawing = sequence.endswith(b"h")
            case _:
                pass
        # The emulator takes no private and no intermediate characters beyond "?".
        return sequence[2:3] not in (b"<", b">", b"=") and not re.search(rb"[ -/]|^\x1b\[\?.*[^hl]$|n$|c$|t$", sequence)

    def _answer(self, text: str) -> None:
        if self.answers and self._master is not None:
            with contextlib.suppress(OSError):
                os.write(self._master, text.encode())

    def _holds(self, what: What) -> bool:
        if isinstance(what, str):
            return what in "\n".join(self._display())
        if isinstance(what, re.Pattern):
            return what.search("\n".join(line.rstrip() for line in self._display())) is not None
        return what(self)

    def _display(self) -> list[str]:
        """The emulated screen's lines, each cached until it changes."""
        screen = self._screen
        if len(self._lines) != screen.lines:
            self._lines = [""] * screen.lines
            screen.dirty.update(range(screen.lines))
        for y in screen.dirty.intersection(range(screen.lines)):
            self._lines[y] = screen.line(y)
        screen.dirty.clear()
        return self._lines

    def _picture(self) -> str:
        width = self._screen.columns
        shown = "\n".join(f"|{line}|" for line in self._screen.display)
        return f"+{'-' * width}+\n{shown}\n+{'-' * width}+\nlast bytes: {bytes(self.raw[-200:])!r}"

    def _set_size(self, columns: int, lines: int) -> None:
        assert self._master is not None
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _own_terminal() -> None:
    # As a shell with job control starts what it runs; a test beside this one may have this process ignore it.
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.setsid()
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)


def wait_until_at_rest(process: psutil.Process, rest: float = 0.1) -> None:
    """Return when *process* and its children have done nothing for *rest* seconds, and are not waiting for a core."""
    used = -1.0
    while used != (used := _cpu_seconds(_tree(process))) or not _sleep(_tree(process)):
        time.sleep(rest)


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Return the processor time in seconds of those of *processes* that exist."""
    used = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def _sleep(processes: Iterable[psutil.Process]) -> bool:
    """Return whether no thread of *processes* is running, or waiting for a core or its disk."""
    return not any(state in "RD" for process in processes for state in _states(process))


def _states(process: psutil.Process) -> list[str]:
    """Return a state letter for each thread of *process* on Linux; on other systems, one for them all."""
    states = []
    for thread in Path(f"/proc/{process.pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):
            # The state follows the name, which may contain anything.
            states.append(thread.read_text().rpartition(")")[2].split()[0])
    with contextlib.suppress(psutil.NoSuchProcess):
        if not states and process.status() == psutil.STATUS_RUNNING:
            return ["R"]
    return states
