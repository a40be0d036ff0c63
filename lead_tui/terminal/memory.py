"""Tell the C library whether to return the memory of pages to the system, or to keep it for the next ones."""

from __future__ import annotations

from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""Parameters of glibc's ``mallopt``."""

_MAPPED_FROM_BYTES: Final = 64 * 1024
"""What is at least so large, as a page of leads is, is mapped on its own, and given back whole when it is freed.

Left alone, glibc raises this to what it has seen, and pages then lie scattered in heaps that never shrink.
"""
_REUSED_BYTES: Final = 32 * 1024 * 1024
"""The most that glibc takes as the size from which blocks are mapped: a page of 2,000 leads is a tenth of it."""


def keep_memory_flat() -> None:
    """Have large blocks given back when they are freed, and one heap for all threads. Does nothing where there is no glibc.

    Imports ctypes, which takes 6 ms: to be called after the start.
    """
    _set({_M_MMAP_THRESHOLD: _MAPPED_FROM_BYTES})


def reuse_memory() -> None:
    """Have large blocks used again, and one heap for all threads: new memory for each page takes a fifth of an export."""
    _set({_M_MMAP_THRESHOLD: _REUSED_BYTES, _M_TRIM_THRESHOLD: 2 * _REUSED_BYTES})


def _set(parameters: dict[int, int]) -> None:
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for name, value in {_M_ARENA_MAX: 1, **parameters}.items():
        mallopt(name, value)
