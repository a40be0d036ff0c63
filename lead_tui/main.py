"""The entry point of installations made before it moved to ``lead_tui.cli.main``."""

from __future__ import annotations

from lead_tui.cli.main import main

__all__ = ["main"]
