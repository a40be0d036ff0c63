"""The welcome of the first start: two lines above the status line, until the first key or paste."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

_LINES = "Paste a phone number to find its lead, or press / to look one up.\n? shows the keys, ctrl+p finds every command by name."


class Welcome(Static):
    """Tells a new user the three things to begin with."""

    DEFAULT_CSS = """
    Welcome {
        layer: prompt;
        dock: bottom;
        width: 100%;
        height: 2;
        padding: 0 1;
        margin: 0 0 1 0;
        text-style: bold;
        background: $background;
    }
    """

    def render(self) -> Content:
        return Content(_LINES)
