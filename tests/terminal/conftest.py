"""Hooks of the interpreter, put back after a test that installs others."""

from __future__ import annotations

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
