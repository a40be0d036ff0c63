"""The offer to load all leads before they are narrowed or sorted, since both hold over loaded rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.ui.dialogs.offer import Offer

Answer = Literal["all", "loaded"]


class LoadOffer(Offer[Answer | None]):
    """Asks whether to load all *total* leads, at most *limit*, of which *loaded* are here; *total* is None while it is unknown.

    Gives "all", "loaded" for those that are here, or None if the user cancels.
    """

    def __init__(self, loaded: int, total: int | None, limit: int, keys: Sequence[Key] = CATALOGUE) -> None:
        if total is None:
            question = f"Load all, at most {limit:,}, first?"
            detail = f"{loaded:,} leads are loaded; the total is unknown."
        elif total > limit:
            question = f"Load the first {limit:,} of {total:,} first?"
            detail = f"{loaded:,} are loaded, and at most {limit:,} are held. Only what is loaded is narrowed or sorted."
        else:
            question = f"Load all {total:,} first?"
            detail = f"{loaded:,} are loaded. Only what is loaded is narrowed or sorted."
        answers = (
            hint(keys, "offer.loaded", f"the {loaded:,} loaded") if loaded else "",
            hint(keys, "offer.all", "load first"),
            hint(keys, "dialog.close", "cancel"),
        )
        super().__init__(Pane.OFFER, keys, question, detail, answers)
        self._loaded = loaded

    def action_all(self) -> None:
        self.finish("all")

    def action_loaded(self) -> None:
        self.finish("loaded" if self._loaded else "all")
