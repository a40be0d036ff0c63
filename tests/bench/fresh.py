"""A fresh virtual environment with only the package and its dependencies.

Tests bring anyio, which httpcore imports where it is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pty.harness import ROOT


@contextmanager
def environment(tree: Path = ROOT) -> Iterator[str]:
    """Yield the interpreter of an environment in which the checkout *tree* is installed."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", str(tree)], check=True)
        yield python
