"""The process: what other users and the shell can do to it, and how it frees memory."""

from __future__ import annotations

import atexit
import os
import signal
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from lead_tui.limits import LEAVE_SECONDS

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of glibc's ``mallopt``


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


def forbid_tracing() -> None:
    """Let only root read this process's memory and its initial environment. Linux only.

    Like ``keep_memory_flat`` and ``reuse_memory`` it imports ``ctypes``, which takes 6 ms: call it after the first paint.
    """
    _call("prctl", 4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def stay_in_front() -> None:
    """Ignore the signal with which a terminal suspends a process on ctrl+z."""
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


def keep_memory_flat() -> None:
    """Return blocks of 64 KB, such as a page of leads, to the system when they are freed. Does nothing without glibc.

    By default, glibc raises this limit to the sizes it has seen, and pages are then scattered in heaps that never shrink.
    """
    _set_allocator({_M_MMAP_THRESHOLD: 64 * 1024})


def reuse_memory() -> None:
    """Reuse blocks up to glibc's maximum of 32 MB: new memory for each page takes a fifth of an export's time."""
    _set_allocator({_M_MMAP_THRESHOLD: 32 * 1024 * 1024, _M_TRIM_THRESHOLD: 64 * 1024 * 1024})


def _set_allocator(parameters: dict[int, int]) -> None:
    for name, value in {_M_ARENA_MAX: 1, **parameters}.items():  # one heap for all threads
        _call("mallopt", name, value)


def _call(function: str, *arguments: int) -> None:
    """Call *function* of the C library, if it exists."""
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        getattr(ctypes.CDLL(None), function)(*arguments)
