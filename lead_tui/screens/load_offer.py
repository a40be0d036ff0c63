"""The offer to load all leads before they are narrowed or sorted, since both hold over loaded rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from lead_tui.keys import CATALOGUE, Key, Pane, hint
from lead_tui.screens.dialog import Dialog, plain
from lead_tui.widgets.bindings import bindings_of

Answer = Literal["all", "loaded"]


class LoadOffer(Dialog[Answer | None]):
    """Asks whether to load all *total* leads, at most *limit*, of which *loaded* are here; *total* is None while nobody knows it.

    Gives "all", "loaded" for those that are here, or None where the person leaves.
    """

    DEFAULT_CSS = """
    LoadOffer {
        & > .box { width: auto; min-width: 40; max-width: 100%; }
        & Static { width: auto; max-width: 100%; }
        & .question { text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(Pane.OFFER)]

    def __init__(self, loaded: int, total: int | None, limit: int, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.OFFER, keys)
        self._loaded = loaded
        if total is None:
            self._question = f"Load all, at most {limit:,}, first?"
            self._detail = f"{loaded:,} leads are loaded; nobody knows how many there are."
        elif total > limit:
            self._question = f"Load the first {limit:,} of {total:,} first?"
            self._detail = f"{loaded:,} are loaded, and at most {limit:,} are held. Only what is loaded is narrowed or sorted."
        else:
            self._question = f"Load all {total:,} first?"
            self._detail = f"{loaded:,} are loaded. Only what is loaded is narrowed or sorted."

    def compose(self) -> ComposeResult:
        """The question, why it is asked, and the keys."""
        hints = [
            hint(self.keys, "offer.all", "load"),
            hint(self.keys, "offer.loaded", f"only the {self._loaded:,} loaded") if self._loaded else "",
            hint(self.keys, "dialog.close", "leave"),
        ]
        with Vertical(classes="box"):
            yield Static(plain(self._question), classes="question")
            yield Static(plain(self._detail))
            yield Static(plain(" · ".join(filter(None, hints))), classes="hints")

    def on_mount(self) -> None:
        """Keys act from here on."""
        self.be_ready()

    def action_all(self) -> None:
        """Load all of them."""
        self.finish("all")

    def action_loaded(self) -> None:
        """Take what is here."""
        if self._loaded:
            self.finish("loaded")

    def action_close(self) -> None:
        """Leave things as they are."""
        self.finish(None)
