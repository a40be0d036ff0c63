"""The prompt: one line that asks for a text, such as what to look up, the number of a row, or a name to save under."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from lead_tui.leads.text import cell_width, one_line, truncate, wrap
from lead_tui.ui.widgets.drawn_list import Drawn

if TYPE_CHECKING:
    from lead_tui.ui.widgets.line_input import LineInput

_SEPARATOR = " · "
_MIN_ROOM = 24
"""Cells for the text, which the hint leaves free: a formatted phone, and the cursor."""


def with_latest(history: Sequence[str], text: str) -> list[str]:
    """Return *history* with *text* as its latest entry, and only there."""
    return [*(each for each in history if each != text), text]


class Prompt(Drawn):
    """Asks for one text at a time; ``purpose`` says what for.

    It is hidden until ``show`` is called, and again after ``hide`` or a cancel, which return the focus. Submitted text stays until
    ``hide``, or ``fail`` if it is not accepted.
    """

    DEFAULT_CSS = """
    Prompt {
        display: none;
        height: 1;
        overflow: hidden hidden;
        & > .prompt--label { text-style: bold; }
        & > .prompt--hint { color: $text-disabled; }
        & > .prompt--error { color: $text-error; text-style: bold; }
        & > LineInput { position: absolute; }
    }
    """

    STYLES = "prompt--"

    def __init__(self) -> None:
        super().__init__()
        self.history: Sequence[str] = ()
        """Earlier answers, the latest last, for the arrow keys; ``show`` sets it. Kept by the caller, in memory only."""
        self.purpose = ""  # what is being asked for; "" for nothing
        self._submit_text: Callable[[str], None] = lambda _: None
        self._on_text: Callable[[str], None] | None = None
        self._label = ""
        self._hint = ""
        self._error = ""
        self._right = ""  # the parts of the hint that fit
        self._below: list[str] = []  # the lines of the error
        self._made_editor: LineInput | None = None
        self.came_from: Widget | None = None
        """What gets the focus back; None while nothing is asked."""
        self._may_be_blank = False
        self._back = 0  # how far back in the history the text is; 0 for text that was typed
        self._draft = ""

    # What it asks

    def show(
        self,
        purpose: str,
        label: str,
        submit: Callable[[str], None],
        text: str = "",
        *,
        history: Sequence[str] = (),
        hint: str = "",
        typed: bool = False,
        may_be_blank: bool = False,
        read_paste: Callable[[str], str] | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        """Ask for *purpose* after *label*, with *text* to start from and *hint* on the right; the answer goes to *submit*.

        *text* is selected, so that typing replaces it, unless the user has *typed* it. An empty answer cancels, unless it
        *may_be_blank*. *read_paste* makes one line of pasted text; without it only the first line is used.
        *on_text* is called with the text whenever it changes, and with "" when the user cancels.

        The focus is here immediately, so that keys already on their way find it. If the same purpose is asked for again, *text* is
        put after the text there: it was typed before the prompt had the focus. Without *text*, the text there is selected.
        """
        editor = self._editor
        if self.purpose == purpose:
            editor.put(editor.value + one_line(text), select=not text)
        else:
            if not self.purpose:
                self.came_from = self.screen.focused
            if self.app.has_class("-ascii"):
                hint = hint.replace("⏎", "enter").replace("↑", "Up")
            self.purpose, self._label, self._hint = purpose, f" {one_line(label)}  ", one_line(hint)
            self.history, self._back, self._draft = history, 0, ""
            self._may_be_blank, self._submit_text, self._on_text = may_be_blank, submit, on_text
            editor.read_paste = read_paste
            editor.put(one_line(text), select=bool(text) and not typed)
            self._show_error("")
        self.display = True
        self._draw()
        self.screen.set_focus(editor, scroll_visible=False)
        editor.resume_input()

    @property
    def waits(self) -> bool:
        """Whether a submitted text is neither accepted nor rejected yet."""
        return bool(self.purpose) and self._editor.waits

    def hide(self, purpose: str = "") -> None:
        """Stop asking, and forget what was typed; with a *purpose* only if that is being asked for."""
        if not self.purpose or purpose not in ("", self.purpose):
            return
        self.purpose, self._on_text = "", None
        self.history, self._draft, self._error = (), "", ""
        editor, came_from, self.came_from = self._editor, self.came_from, None
        editor.put("")
        if self.screen.focused is editor:
            self.screen.set_focus(came_from if came_from is not None and came_from.is_attached else None, scroll_visible=False)
        self.display = False
        editor.resume_input()

    def fail(self, message: str) -> None:
        """Show why the text was not accepted, until it changes."""
        if self.purpose:
            self._show_error(one_line(message))
            self.screen.set_focus(self._editor, scroll_visible=False)
            self._editor.resume_input()

    # The line

    def key_pressed(self, key: str) -> bool:
        """Handle *key* if it is one of the prompt's, and return whether it was. Called by the editor."""
        match key:
            case "enter":
                self._submit()
            case "escape":
                self._cancel()
            case "up":
                self._recall(self._back + 1)
            case "down":
                self._recall(self._back - 1)
            case "tab" | "shift+tab":
                # The focus stays until the question is answered.
                pass
            case _:
                return False
        return True

    def text_changed(self, text: str) -> None:
        if self._error:
            self._show_error("")
        if self._on_text is not None:
            self._on_text(text)

    def _submit(self) -> None:
        text = self._editor.value.strip()
        if text or self._may_be_blank:
            # Until the text is accepted or rejected, keys wait: they are for whatever has the focus then.
            self._editor.pause_input()
            self._submit_text(text)
        else:
            self._cancel()

    def _cancel(self) -> None:
        if self._on_text is not None:
            self._on_text("")
        self.hide()

    def _recall(self, back: int) -> None:
        """Put the answer *back* steps earlier into the line; 0 is what was typed."""
        back = max(0, min(back, len(self.history)))
        if back == self._back:
            return
        if not self._back:
            self._draft = self._editor.value
        self._back = back
        self._editor.put(one_line(self.history[-back]) if back else self._draft)

    def _show_error(self, error: str) -> None:
        self._error = error
        self._draw()

    # Drawing

    @property
    def _editor(self) -> LineInput:
        """The editor, made when it is first needed."""
        if self._made_editor is None:
            from lead_tui.ui.widgets.line_input import LineInput

            self._made_editor = LineInput(self)
            # Out of view until its width is known.
            self._made_editor.styles.offset = (0, -3)
            self.mount(self._made_editor)
        return self._made_editor

    def lay_out(self) -> None:
        room, hint = self.size.width - cell_width(self._label) - _MIN_ROOM - 3, self._hint
        while cell_width(hint) > max(0, room):
            # The most useful part is the first.
            hint = hint.rpartition(_SEPARATOR)[0]
        self._right = f" {hint} " if hint else ""
        lines = wrap(self._error, self.size.width - 4) if self._error else ()
        self._below = [f" {' ' if number else '!'} {text}" for number, text in enumerate(lines)]

    def _draw(self) -> None:
        """Draw the line, with the editor between the label and the text on the right."""
        editor, width = self._made_editor, self.size.width
        if editor is None or not width:
            return
        self.lay_out()
        start = min(cell_width(self._label), width // 2)
        editor.styles.offset = (start, 0)
        editor.styles.width = max(1, width - start - cell_width(self._right) - 1)
        self.styles.height = 1 + len(self._below)
        self.refresh()

    def on_resize(self) -> None:
        self._draw()

    def render_line(self, y: int) -> Strip:
        if y:
            return self.strip([("error", self._below[y - 1] if y <= len(self._below) else "")])
        label = truncate(self._label, self.size.width // 2)
        gap = self.size.width - cell_width(label) - cell_width(self._right)
        return self.strip([("label", label), ("", " " * gap), ("hint", self._right)])
