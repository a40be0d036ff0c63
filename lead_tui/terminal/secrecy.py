"""Protect the process's memory and files from other users of the host."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_ENV_START: Final = 50
_ENV_END: Final = 51
"""Numbers of fields of ``/proc/self/stat``."""


def harden() -> None:
    """Make new files 0600 and directories 0700, and allow no core dump. Cheap; call it first of all."""
    import resource

    os.umask(0o077)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    # Where the system hands cores to a program the limit does not count (core(5)); then the core holds no memory.
    with suppress(OSError), open("/proc/self/coredump_filter", "wb") as filtering:
        filtering.write(b"0")


def blank_in_environment(name: str) -> bool:
    """Overwrite the value of *name* in the environment that this process was started with; whether that was done. Linux only.

    Taking a variable out of ``os.environ`` leaves it in ``/proc/PID/environ``, which the user's other processes and root can read.
    The strings lie on this process's own stack (proc_pid_stat(5)), and nothing refers to this one once it has been taken out.
    """
    mark = f"\0{name}=".encode()
    try:
        # The program's name, in brackets, may hold spaces; fields count from 1, and the one after it is the third.
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


def stay_in_front() -> None:
    """Ignore the signal with which a terminal suspends a process on ctrl+z."""
    import signal

    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


def forbid_tracing() -> bool:
    """Make this process's memory and its first environment root's alone; whether that was done. Linux only.

    Imports ``ctypes``, which takes 6 ms: for after the first paint.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (ImportError, OSError, AttributeError):
        return False
