"""One question with a key for each answer: whether to load all leads first, and which leads to export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.ui.dialogs.base import Dialog, plain


class Offer(Dialog[str]):
    """Asks *question*, with *detail* below it; the result is one of *answers*, which are labels by action, or None on cancel."""

    DEFAULT_CSS = """
    Offer {
        & > .box { width: auto; min-width: 40; max-width: 100%; }
        & Static { width: auto; max-width: 100%; }
        & .question { text-style: bold; }
    }
    """

    answers: Mapping[str, str]

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str, answers: Mapping[str, str]) -> None:
        super().__init__(pane, keys)
        self._question = question
        self._detail = Static(plain(detail))
        self.answers = answers

    def hints(self) -> list[list[str]]:
        """Return what stands below, a list for each line."""
        answers = [hint(self.keys, f"{self.pane.value}.{action}", label) for action, label in self.answers.items()]
        return [[*answers, hint(self.keys, "dialog.close", "cancel")]]

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(plain(self._question), classes="question")
            yield self._detail
            for hints in self.hints():
                yield Static(plain(" · ".join(filter(None, hints))), classes="hints")


class LoadOffer(Offer):
    """Asks whether to load all leads before they are narrowed or sorted, since both hold over loaded ones alone.

    There are *total* leads, None while that is unknown, *loaded* of them here; at most *limit* can be loaded.
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
        answers = {"loaded": f"the {loaded:,} loaded"} if loaded else {}
        super().__init__(Pane.OFFER, keys, question, detail, answers | {"all": "load first"})

    def action_loaded(self) -> None:
        # Nothing is loaded, but Enter has this action.
        self.finish("all")


class ExportOffer(Offer):
    """Asks which of *answers* to export; ``by_columns`` says whether with the table's columns alone, else with every field."""

    def __init__(self, answers: Mapping[str, str], *, may_have_all_fields: bool = True, keys: Sequence[Key] = CATALOGUE) -> None:
        super().__init__(Pane.EXPORT, keys, "Export which leads?", "", answers)
        self._may_have_all_fields = may_have_all_fields
        self._show_fields(by_columns=not may_have_all_fields)

    def _show_fields(self, *, by_columns: bool) -> None:
        self.by_columns = by_columns
        self._detail.update("With the table's columns." if by_columns else "With every field.")

    def hints(self) -> list[list[str]]:
        [[first, *others, close]] = super().hints()
        first = hint(self.keys, "export.first", next(iter(self.answers.values())))
        fields = hint(self.keys, "export.columns", "changes the fields") if self._may_have_all_fields else ""
        return [[first, *others], [fields, close]]

    def action_first(self) -> None:
        self.finish(next(iter(self.answers)))

    def action_columns(self) -> None:
        if self._may_have_all_fields:
            self._show_fields(by_columns=not self.by_columns)
