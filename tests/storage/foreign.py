"""Files of other users."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def make_foreign(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give *path* to another user, other than root."""
    if os.geteuid() == 0:
        os.chown(path, 12_345, 12_345, follow_symlinks=False)
    else:
        stranger = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: stranger)
