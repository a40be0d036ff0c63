"""What keeps the process's memory and files from others on a shared host."""

from __future__ import annotations

import os
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def harden() -> None:
    """Files of this process are 0600 and directories 0700, and it leaves no core dump. Cheap; call it first of all."""
    import resource

    os.umask(0o077)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def forbid_tracing() -> bool:
    """Close this process's memory and environment to other processes of the same user, as well as to dump collectors.

    ``/proc/PID/environ`` goes on showing the environment a process was started with, whatever it has dropped since; this
    makes it root's alone. Linux only; returns whether it took. Imports ``ctypes`` (6 ms): fit for after the first paint.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (ImportError, OSError, AttributeError):
        return False
