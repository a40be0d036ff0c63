"""Rows that all change with each key: every press of Down redraws the whole screen. ``stock``: without the project's driver."""

from __future__ import annotations

import os
import sys
from typing import ClassVar

from lead_tui.terminal import environment

environment.prepare_environment(os.environ)

from rich.segment import Segment  # noqa: E402
from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import BindingType  # noqa: E402
from textual.events import Key  # noqa: E402
from textual.strip import Strip  # noqa: E402
from textual.widget import Widget  # noqa: E402

from lead_tui.terminal.host import HostedApp  # noqa: E402


class Rows(Widget, can_focus=True):
    """Shows the rows from ``row`` on."""

    row = 1

    def on_key(self, event: Key) -> None:
        if event.key == "down":
            self.row += 1
            self.refresh()
        elif event.key == "end":
            self.row = 1_000_000
            self.refresh()

    def render_line(self, y: int) -> Strip:
        number = self.row + y
        text = f"Row {number} " if y == 0 else f"{number * 2654435761 % 2**64:020} " * (self.size.width // 21)
        return Strip([Segment(text)]).adjust_cell_length(self.size.width)


class Foot(Widget):
    """A line that resizes with the screen and never changes."""

    DEFAULT_CSS = "Foot { dock: bottom; height: 1 }"

    def render_line(self, y: int) -> Strip:
        return Strip([Segment("foot")]).adjust_cell_length(self.size.width)


def compose(self: App[None]) -> ComposeResult:
    yield Rows()
    yield Foot()


class Hosted(HostedApp[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]
    compose = compose


class Stock(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]
    compose = compose


if __name__ == "__main__":
    app: App[None] = Stock() if "stock" in sys.argv else Hosted()
    app.run()
    sys.exit(app.return_code)
