"""What offers share: a question, what there is to know for it, and the keys that answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ScreenResultType
from textual.widgets import Static

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.ui.dialogs.base import Dialog, plain


class Offer(Dialog[ScreenResultType]):
    """Asks *question*, told more of in *detail*; *answers* are lines of hints, of which empty ones are left out."""

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
        """The question, what there is to know, and the keys."""
        with Vertical(classes="box"):
            yield Static(plain(self._question), classes="question")
            yield self._detail
            for line in self._answers:
                yield Static(plain(line), classes="hints")

    def on_mount(self) -> None:
        """Keys act from here on."""
        self.be_ready()

    def tell(self, detail: str) -> None:
        """Say *detail* in place of what was told."""
        self._detail.update(plain(detail))
