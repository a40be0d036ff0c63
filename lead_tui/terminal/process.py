"""The process: its environment, access to its memory and files, and how it frees memory.

Call ``prepare_environment`` before Textual is imported, which reads most of the environment at import.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from lead_tui.limits import LEAVE_SECONDS
from lead_tui.terminal.capabilities import misreads_true_color

OURS: Final = {
    # A dropped connection would leave the user's terminal in the kitty keyboard protocol; no key here needs it.
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    # Nothing is animated on this program's screens, and every frame of an animation would be sent over the line.
    "TEXTUAL_ANIMATIONS": "none",
    # "Smooth scrolling" reports the mouse by the pixel: some ten reports instead of one, over the same line.
    "TEXTUAL_SMOOTH_SCROLL": "0",
}
"""Variables to set, as Textual 8.2.8 names them."""

_DROPPED: Final = ("TEXTUAL", "COLUMNS", "LINES")
_KEPT: Final = frozenset({"TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "TMUX", "STY"})
_KEPT_PREFIX: Final = "LC_"
"""Variables that describe terminal, language and clock. Others can change what programs do."""

_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOWHERE: Final = "/nonexistent"

_PR_SET_DUMPABLE: Final = 4
_ENV_START: Final = 50
_ENV_END: Final = 51
"""Numbers of fields of ``/proc/self/stat``."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""Parameters of glibc's ``mallopt``."""
_MAPPED_FROM_BYTES: Final = 64 * 1024
"""Blocks of at least this size, such as a page of leads, are mapped separately, and returned to the system when they are freed.

By default, glibc raises this limit to the sizes it has seen, and pages are then scattered in heaps that never shrink.
"""
_REUSED_BYTES: Final = 32 * 1024 * 1024
"""The maximum that glibc accepts as the size from which blocks are mapped: a page of 2,000 leads is a tenth of it."""


# The environment


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Set Textual's variables in *environ* as this program needs them, and drop those that would control or watch it.

    Other variables of Textual import any module, switch its debugger on, write the screen to a file or press keys. ``COLUMNS`` and
    ``LINES``, if a shell exports them, hide the terminal's own size and its changes. ``COLORTERM`` goes where 24-bit colors are
    misread.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL_") or name in _DROPPED]:
        del environ[name]
    if misreads_true_color(environ):
        environ.pop("COLORTERM", None)
    environ.update(OURS)


def scrub_environment(environ: MutableMapping[str, str]) -> None:
    """Remove everything from *environ* with which a user could influence a restricted start, and prepare it.

    Only variables for terminal, language and clock are kept. ``PATH`` becomes the system's default, and ``HOME`` the user's in the
    system's database. ``PYTHONPATH`` and ``LD_PRELOAD`` have already affected this process: a restricted start must be
    ``python -I -m lead_tui`` from a server that accepts no variables.
    """
    for name in list(environ):
        if name not in _KEPT and not name.startswith(_KEPT_PREFIX):
            del environ[name]
    environ["PATH"] = _PATH
    environ["HOME"] = home_directory()
    prepare_environment(environ)


def home_directory() -> str:
    """Return the home directory in the system's user database, whatever the environment says."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir or _NOWHERE
    except KeyError:
        return _NOWHERE


def blank_in_environment(name: str) -> bool:
    """Overwrite the value of *name* in the environment that this process was started with; return whether it succeeded. Linux only.

    A variable removed from ``os.environ`` is still in ``/proc/PID/environ``, which the user's other processes and root can read.
    The strings are on this process's own stack (proc_pid_stat(5)), and nothing refers to this one once it has been removed.
    """
    mark = f"\0{name}=".encode()
    try:
        # The program's name, in parentheses, may contain spaces; fields count from 1, and the one after it is the third.
        numbers = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, end = int(numbers[_ENV_START - 3]), int(numbers[_ENV_END - 3])
        content = b"\0" + Path("/proc/self/environ").read_bytes()
        value = content.index(mark) + len(mark)
        length = content.index(b"\0", value) - value
        if len(content) - 1 > end - start:
            return False
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start + value - 1)
            return memory.write(b"\0" * length) == length
    except (OSError, ValueError, IndexError):
        return False


# Other users, and the shell


def harden() -> None:
    """Make new files 0600 and directories 0700, allow no core dump, and end at once on an interrupt. Cheap; call it first."""
    import resource

    # An interrupt that is ignored, as in the background of a script, stays ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # If the system pipes cores to a program, the limit does not apply (core(5)); then the core contains no memory.
    with suppress(OSError), open("/proc/self/coredump_filter", "wb") as filtering:
        filtering.write(b"0")


def end_at_once(number: int, _: FrameType | None) -> NoReturn:
    """Handle the signal *number* before anything could be lost: run what is registered with ``atexit``, and end the process, after
    ``LEAVE_SECONDS`` also if the terminal accepts nothing.

    An exception would be raised in whatever code is interrupted, which may ignore it: msgspec 0.23.0 does while it is imported, and
    then crashes when it is used.
    """
    signal.signal(signal.SIGALRM, lambda *_: os._exit(128 + number))
    signal.setitimer(signal.ITIMER_REAL, LEAVE_SECONDS)
    atexit._run_exitfuncs()
    if number == signal.SIGINT:
        os.write(2, b"lead-tui: interrupted\n")
    os._exit(128 + number)


def forbid_tracing() -> bool:
    """Let only root read this process's memory and its initial environment; return whether that succeeded. Linux only.

    Like ``keep_memory_flat`` and ``reuse_memory`` it imports ``ctypes``, which takes 6 ms: call it after the first paint.
    """
    return sys.platform.startswith("linux") and _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0) == 0


def stay_in_front() -> None:
    """Ignore the signal with which a terminal suspends a process on ctrl+z."""
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


# Memory


def keep_memory_flat() -> None:
    """Return large blocks to the system when they are freed, and use one heap for all threads. Does nothing without glibc."""
    _set_allocator({_M_MMAP_THRESHOLD: _MAPPED_FROM_BYTES})


def reuse_memory() -> None:
    """Reuse large blocks, and use one heap for all threads: new memory for each page takes a fifth of an export's time."""
    _set_allocator({_M_MMAP_THRESHOLD: _REUSED_BYTES, _M_TRIM_THRESHOLD: 2 * _REUSED_BYTES})


def _set_allocator(parameters: dict[int, int]) -> None:
    for name, value in {_M_ARENA_MAX: 1, **parameters}.items():
        _call("mallopt", name, value)


def _call(function: str, *arguments: int) -> int | None:
    """Call *function* of the C library; return None if it does not exist."""
    try:
        import ctypes

        return int(getattr(ctypes.CDLL(None), function)(*arguments))
    except (ImportError, OSError, AttributeError):
        return None
