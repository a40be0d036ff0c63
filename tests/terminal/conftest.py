"""A pipe and a terminal, closed after a test, and the hooks of the interpreter, put back after a test that installs others."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture
def hooks() -> Iterator[None]:
    """Put back the hooks for exceptions that nothing caught."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = before


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    _close(ends)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ends = pty.openpty()
    yield ends
    _close(ends)


def _close(ends: tuple[int, int]) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)
