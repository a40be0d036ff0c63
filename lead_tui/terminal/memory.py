"""Giving pages of leads back to the system: where the C library can be told how to keep what is freed, it is told."""

from __future__ import annotations

from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""Parameters of glibc's ``mallopt``."""

_MAPPED_FROM_BYTES: Final = 64 * 1024
"""What is at least so large, as a page of leads is, is mapped on its own, and given back whole when it is freed.

Left alone, glibc raises this to what it has seen, and pages then lie scattered in heaps that never shrink.
"""


def keep_memory_flat() -> None:
    """Have large blocks given back when they are freed, and one heap for all threads. Does nothing where there is no glibc.

    Imports ctypes, which takes 6 ms: to be called after the start.
    """
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)
    mallopt(_M_ARENA_MAX, 1)
