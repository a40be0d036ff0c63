"""Questions with a key for each answer: yes or no, whether to load all leads first, and which leads to export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partialmethod
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ScreenResultType
from textual.widgets import Static

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.text import counted, joined
from lead_tui.ui.dialogs.base import Dialog, plain


class Question(Dialog[ScreenResultType]):
    """Asks *question*, with *detail* below it. Both may contain untrusted input."""

    DEFAULT_CSS = """
    Question {
        & > .box { width: auto; min-width: 40; }
        & Static { width: auto; max-width: 100%; }
        & .question { text-style: bold; }
    }
    """

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str) -> None:
        super().__init__(pane, keys)
        self._question = Static(plain(question), classes="question")
        self._detail = Static(plain(detail), classes="detail")
        self._detail.display = bool(detail)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield self._question
            yield self._detail
            yield from self.compose_answers()

    def compose_answers(self) -> ComposeResult:
        raise NotImplementedError


class _Answer(Static, can_focus=True):
    """An answer in words after its key, reversed while it is the marked one."""

    ALLOW_SELECT: ClassVar[bool] = False


class Confirm(Question[bool]):
    """Asks for yes or no; the result is True only for yes. ``no`` is marked at first, so closing or an accidental enter means no.

    *yes* and *no* label the answers in a word or two.
    """

    DEFAULT_CSS = """
    Confirm {
        & > .box { max-width: 76; }
        & .question, & .detail { max-height: 6; }
        & .answers { width: auto; height: 1; margin: 1 0 0 0; }
        & _Answer { margin: 0 2 0 0; }
        & _Answer:focus { text-style: reverse; }
    }
    """

    AUTO_FOCUS = ".no"

    def __init__(
        self, question: str, detail: str = "", yes: str = "yes", no: str = "no", *, keys: Sequence[Key] = CATALOGUE
    ) -> None:
        super().__init__(Pane.CONFIRM, keys, question, detail)
        self._yes = _Answer(plain(f" {hint(keys, 'confirm.yes', yes) or yes} "))
        self._no = _Answer(plain(f" {hint(keys, 'confirm.no', no) or no} "), classes="no")

    def compose_answers(self) -> ComposeResult:
        yield Horizontal(self._yes, self._no, classes="answers")

    def on_click(self, event: events.Click) -> None:
        for answer in (self._yes, self._no):
            if event.get_content_offset(answer) is not None:
                self.finish(answer is self._yes)

    def _answer(self, yes: bool) -> None:
        self.finish(yes)

    action_yes = partialmethod(_answer, True)
    action_no = action_close = partialmethod(_answer, False)

    def action_choose(self) -> None:
        self.finish(self.focused is self._yes)

    def action_next_answer(self) -> None:
        self.focus_next(_Answer)

    def action_previous_answer(self) -> None:
        self.focus_previous(_Answer)


class ConfirmQuit(Confirm):
    """The question before quitting."""

    fits_any_window = True


class Offer(Question[str]):
    """Offers *answers*, which are labels by action; the result is one of the actions, or None on cancel."""

    answers: Mapping[str, str]

    def __init__(self, pane: Pane, keys: Sequence[Key], question: str, detail: str, answers: Mapping[str, str]) -> None:
        super().__init__(pane, keys, question, detail)
        self.answers = answers

    def hints(self) -> list[list[str]]:
        """Return the hints below the answers, a list for each line."""
        answers = [self.hint(f"{self.pane.value}.{action}", label) for action, label in self.answers.items()]
        return [[*answers, self.hint("dialog.close", "cancel")]]

    def compose_answers(self) -> ComposeResult:
        for hints in self.hints():
            yield Static(plain(joined(*hints)), classes="hints")


class LoadOffer(Offer):
    """Asks whether to load all leads before they are narrowed or sorted, since both use only loaded leads.

    There are *total* leads (None if unknown), *loaded* of them are here, and at most *limit* can be loaded.
    """

    def __init__(self, loaded: int, total: int | None, limit: int, keys: Sequence[Key] = CATALOGUE) -> None:
        leads = f"all {total:,}" if total is not None and total <= limit else f"up to {limit:,}"
        of_total = f" of {total:,}" if total is not None and total > limit else ""
        here = f"{counted(loaded)} loaded{'; the total is unknown' if total is None else ''}."
        answers = {"loaded": f"the {loaded:,} loaded"} if loaded else {}
        detail = f"{here} Narrow and sort use the loaded leads only."
        super().__init__(Pane.OFFER, keys, f"Load {leads}{of_total} leads first?", detail, answers | {"all": "load first"})

    def action_loaded(self) -> None:
        # Nothing is loaded by this answer, but Enter has this action.
        self.finish("all")


class ExportOffer(Offer):
    """Asks which of *answers* to export; ``by_columns`` is whether to export only the table's columns, else every field."""

    def __init__(self, answers: Mapping[str, str], *, may_have_all_fields: bool = True, keys: Sequence[Key] = CATALOGUE) -> None:
        self.by_columns, self._may_have_all_fields = not may_have_all_fields, may_have_all_fields
        super().__init__(Pane.EXPORT, keys, "Export which leads?", self._fields, answers)

    @property
    def _fields(self) -> str:
        return "With the table's columns." if self.by_columns else "With every field."

    def hints(self) -> list[list[str]]:
        [[first, *others, close]] = super().hints()
        first = self.hint("export.first", next(iter(self.answers.values())))
        fields = self.hint("export.columns", "change fields") if self._may_have_all_fields else ""
        return [[first, *others], [fields, close]]

    def action_first(self) -> None:
        self.finish(next(iter(self.answers)))

    def action_columns(self) -> None:
        if self._may_have_all_fields:
            self.by_columns = not self.by_columns
            self._detail.update(plain(self._fields))
