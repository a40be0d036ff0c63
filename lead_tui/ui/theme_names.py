"""The names of the color themes, apart from the themes so that the command line knows them without importing Textual."""

from __future__ import annotations

from typing import Final

THEMES: Final = ("terminal", "dark", "light")
"""The default first."""
