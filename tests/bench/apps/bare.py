"""The smallest Textual app: a word and a number that Down increments. Its cost is the minimum for any Textual app."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class Bare(App[None]):
    """Down changes one line; q leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit"), ("down", "count", "Count")]
    count = 0

    def compose(self) -> ComposeResult:
        """A word, and the number."""
        yield Static("ready")
        yield Static("0", id="number")

    def action_count(self) -> None:
        """Count up."""
        self.count += 1
        self.query_one("#number", Static).update(f"{self.count}")


if __name__ == "__main__":
    Bare().run()
