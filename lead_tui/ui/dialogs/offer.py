"""The base class of dialogs that ask one question, with details and the keys that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ScreenResultType
from textual.widgets import Static

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.ui.dialogs.base import Dialog, plain


class Offer(Dialog[ScreenResultType]):
    """Asks *question*, with *detail* below it; *answers* are lines of hints, without the empty ones."""

    DEFAULT_CSS = """
    Offer {
        & > .box { width: auto; min-width: 40; max-width: 100%; }
        & Static { width: auto; max-width: 100%; }
        & .question { text-style: bold; }
    }
    """

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str, *answers: Iterable[str]) -> None:
        super().__init__(pane, keys)
        self._question = question
        self._detail = Static(plain(detail))
        self._answers = [" · ".join(filter(None, line)) for line in answers]

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(plain(self._question), classes="question")
            yield self._detail
            for line in self._answers:
                yield Static(plain(line), classes="hints")

    def on_mount(self) -> None:
        self.be_ready()

    def show_detail(self, detail: str) -> None:
        """Replace the details by *detail*."""
        self._detail.update(plain(detail))
