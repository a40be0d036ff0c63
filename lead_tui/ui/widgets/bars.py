"""The lines around the panes: title bar and prompt above, the status line below; and the notice in a window too small."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from lead_tui import limits
from lead_tui.leads.text import ELLIPSIS, cell_width, fit, joined, one_line, truncate, wrap, wrap_hints
from lead_tui.ui.widgets.drawn_list import Drawn

ALERT = "! "  # before a message that is an alert
_SEPARATOR = " · "

_MIN_ACCOUNT = 20
_MIN_SUMMARY = 34  # cells of a narrow title for the program's name and the filters
_MIN_CALL_ACCOUNT = 8  # cells of the account beside the banner of an incoming call
_MIN_PROMPT_ROOM = 24  # cells for the text, which the hint leaves free: a formatted phone, and the cursor
_MAX_MESSAGE_LINES = 3  # below the position: a window of 15 lines still shows seven leads


class TitleBar(Drawn):
    """One line: name and account at the left, the saved query's name in the middle, the filters at the right."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        dock: top;
        background: $panel;
    }
    """

    search: Reactive[tuple[str, str]] = Reactive(("", ""))  # the saved query's name, "" for none, and the filters: clean text
    call: Reactive[tuple[str, str, str] | None] = Reactive(None)  # an incoming call: the caller, what is known, and its key

    def __init__(self, account: str) -> None:
        super().__init__()
        self._account = account

    def render_line(self, y: int) -> Strip:
        width, (name, summary) = self.size.width, self.search
        if self.call is not None:
            # What is known of the caller is cut first, then the account.
            caller, outcome, hint = self.call
            room = width - cell_width(f"  {_SEPARATOR}{joined(caller, hint)}") - _MIN_CALL_ACCOUNT
            banner = truncate(f" {joined(caller, truncate(outcome, max(0, room)), hint)} ", width)
            return self.strip(("", truncate(f" {self._account} ", width - cell_width(banner))), ("call", banner))
        # The account matters most: if even that does not fit, its start is shown.
        left = f"  {truncate(self._account, max(_MIN_ACCOUNT, width - _MIN_SUMMARY))}"
        gap = width - cell_width(" lead-tui" + left) - 1
        right = truncate(summary, max(0, gap - 2))
        gap -= cell_width(right)
        middle = name if cell_width(name) + 2 <= gap else ""
        before = " " * ((gap - cell_width(middle)) // 2)
        return self.strip(("bold", " lead-tui"), ("", left + before), ("bold", middle), end=("", f"{right} "))


class StatusLine(Drawn):
    """Where the cursor is, what is loaded, and key hints or a message, which gets lines of its own if it needs them."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        dock: bottom;
        background: $panel;
    }
    """

    def __init__(self, standing: str = "") -> None:
        """*standing* is always the first of the facts; "" for nothing."""
        super().__init__()
        self._standing = standing
        self._position = self._facts = self._message = ""
        self._hints: list[str] = []  # what is shown if there is room for it, from all hints to only the last one
        self._below: list[str] = []  # the lines of a message that does not fit beside the rest

    def show_position(self, row: int, length: int, total: str) -> None:
        """Show ``Row R of T``: *row* counts from 1, 0 for none; *total* is T, formatted."""
        # As wide as the last row's would be, so that what follows it keeps its place.
        self._position = f" Row {row:,} of {total}".ljust(len(f" Row {length:,} of {total}"))
        self._fit()

    def show_facts(self, *facts: str) -> None:
        """Show what is loaded or loading, and how long a slow response took. Clean text."""
        self._facts = "".join(f"{_SEPARATOR}{fact}" for fact in (self._standing, *facts) if fact)
        self._fit()

    def show_hints(self, *hints: str) -> None:
        """Show the keys worth knowing here, the most useful first, as many as fit; the last one is dropped last. "" for none."""
        shown = [*filter(None, hints)]
        self._hints = ["  ".join((*shown[:count], shown[-1])) for count in reversed(range(len(shown)))]
        self.refresh()

    def show_message(self, text: str) -> None:
        """Show *text*, which may begin with ``ALERT``, in place of the hints; "" for nothing."""
        # Messages quote what users typed or pasted.
        self._message = one_line(text)
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        width = self.size.width
        fits = cell_width(self._position + self._facts + self._message) + 3 <= width
        self._below = wrap_hints(self._message, width - 2) if self._message and width and not fits else []
        if len(self._below) > _MAX_MESSAGE_LINES:
            # What happened is at the start, what to do at the end.
            self._below[_MAX_MESSAGE_LINES - 2 : -1] = [self._below[_MAX_MESSAGE_LINES - 2] + ELLIPSIS]
        self.styles.height = 1 + len(self._below)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        look = "muted" if not self._message else "alert" if self._message.startswith(ALERT) else ""
        if y:
            return self.strip((look, fit(f" {self._below[y - 1]}" if y <= len(self._below) else "", width)))
        position = truncate(self._position, width)
        room = width - cell_width(position)
        last = f"  {self._hints[-1]} " if self._hints and not self._message else ""
        facts = truncate(self._facts, room - cell_width(last))
        room -= cell_width(facts)
        hints = next((each for each in self._hints if cell_width(each) <= room - 3), "")
        right = "" if self._below else self._message or hints
        return self.strip(("", position + facts), end=(look, truncate(f"{right} ", room) if right else ""))


class Prompt(Drawn):
    """Asks for one text at a time; ``purpose`` says what for.

    It is hidden until ``show`` is called, and again after ``hide`` or a cancel, which return the focus. Submitted text stays until
    ``hide``, or ``fail`` if it is not accepted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._history: Sequence[str] = ()  # earlier answers, the latest last, for the arrow keys
        self._at = 0  # the index of the earlier answer in the line; their number for the draft, the text that was typed
        self._draft = ""
        self.purpose = ""  # what is being asked for; "" for nothing
        self._submit_text: Callable[[str], object] = lambda _: None
        self._on_text: Callable[[str], object] | None = None
        self._label = self._hint = self._right = ""  # the last is the parts of the hint that fit
        self._below: list[str] = []  # the lines of the error
        self.came_from: Widget | None = None  # what gets the focus back; None while nothing is asked
        self._may_be_blank = False

    def show(
        self,
        purpose: str,
        label: str,
        submit: Callable[[str], object],
        text: str = "",
        *,
        history: Sequence[str] = (),
        hint: str = "",
        typed: bool = False,
        may_be_blank: bool = False,
        read_paste: Callable[[str], str] | None = None,
        on_text: Callable[[str], object] | None = None,
    ) -> None:
        """Ask for *purpose* after *label*, with *text* to start from and *hint* on the right; the answer goes to *submit*.

        *text* is selected, so that typing replaces it, unless the user has *typed* it. An empty answer cancels, unless it
        *may_be_blank*. *read_paste* makes one line of pasted text; without it only the first line is used.
        *on_text* is called with the text whenever it changes, and with "" when the user cancels.

        The focus is here immediately, so that keys already on their way find it. If the same purpose is asked for again, *text* is
        put after the text there: it was typed before the prompt had the focus. Without *text*, the text there is selected.
        """
        editor = self.editor
        if self.purpose == purpose:
            editor.put(editor.value + one_line(text), select=not text)
        else:
            if not self.purpose:
                self.came_from = self.screen.focused
            if self.app.has_class("-ascii"):
                hint = hint.replace("⏎", "enter").replace("↑", "Up")
            self.purpose, self._label, self._hint = purpose, f" {one_line(label)}  ", one_line(hint)
            self._history, self._at, self._draft = history, len(history), ""
            self._may_be_blank, self._submit_text, self._on_text = may_be_blank, submit, on_text
            editor.read_paste = read_paste
            self._below = []
            editor.put(one_line(text), select=bool(text) and not typed)
        self.display = True
        self._draw()
        self.screen.set_focus(editor, scroll_visible=False)
        editor.resume_input()

    def hide(self, purpose: str = "") -> None:
        """Stop asking, and forget what was typed; with a *purpose* only if that is being asked for."""
        if not self.purpose or purpose not in ("", self.purpose):
            return
        self.purpose, self._on_text = "", None
        self._history, self._at, self._draft = (), 0, ""
        editor, came_from, self.came_from = self.editor, self.came_from, None
        editor.put("")
        if self.screen.focused is editor:
            self.screen.set_focus(came_from if came_from is not None and came_from.is_attached else None, scroll_visible=False)
        self.display = False
        editor.resume_input()

    def fail(self, message: str) -> None:
        """Show why the text was not accepted, until it changes."""
        if self.purpose:
            lines = wrap(one_line(message), self.app.size.width - 4)
            self._below = [f" {' ' if number else '!'} {text}" for number, text in enumerate(lines)]
            self._draw()
            self.screen.set_focus(self.editor, scroll_visible=False)
            self.editor.resume_input()

    def key_pressed(self, key: str) -> bool:
        match key:
            case "enter":
                self._submit()
            case "escape":
                self._cancel()
            case "up" | "down":
                self._recall(-1 if key == "up" else 1)
            case _:
                # The focus stays until the question is answered.
                return key in ("tab", "shift+tab")
        return True

    def text_changed(self, text: str) -> None:
        if self._below:
            self._below = []
            self._draw()
        if self._on_text is not None:
            self._on_text(text)

    def _submit(self) -> None:
        text = self.editor.value.strip()
        if text or self._may_be_blank:
            # Until the text is accepted or rejected, keys wait: they are for whatever has the focus then.
            self.editor.keys_wait = True
            self._submit_text(text)
        else:
            self._cancel()

    def _cancel(self) -> None:
        if self._on_text is not None:
            self._on_text("")
        self.hide()

    def _recall(self, step: int) -> None:
        """Put the next answer into the line, or with a *step* of -1 the one before."""
        if self._at == len(self._history):
            self._draft = self.editor.value
        before, self._at = self._at, max(0, min(self._at + step, len(self._history)))
        if self._at != before:
            self.editor.put(one_line([*self._history, self._draft][self._at]))

    def _draw(self) -> None:
        """Draw the line, with the editor between the label and the parts of the hint that fit."""
        width, hint = self.app.size.width, self._hint
        while hint and cell_width(self._label + hint) + _MIN_PROMPT_ROOM + 3 > width:
            hint = hint.rpartition(_SEPARATOR)[0]  # the most useful part is the first
        self._right = f" {hint} " if hint else ""
        start = min(cell_width(self._label), width // 2)
        self.editor.styles.offset = (start, 0)
        self.editor.styles.width = max(1, width - start - cell_width(self._right) - 1)
        self.styles.height = 1 + len(self._below)
        self.refresh()

    def on_resize(self) -> None:
        if self.purpose:
            self._draw()

    def render_line(self, y: int) -> Strip:
        if y:
            return self.strip(("alert", self._below[y - 1] if y <= len(self._below) else ""))
        return self.strip(("bold", truncate(self._label, self.size.width // 2)), end=("muted", self._right))


class TooSmall(Drawn):
    """The notice, above everything else on its screen."""

    DEFAULT_CSS = """
    TooSmall {
        layer: notice;
        dock: top;
        background: $background;
    }
    """

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = [*wrap(f"This window is {width}×{height}: lead-tui needs {limits.MIN_COLUMNS}×{limits.MIN_LINES}", width)]
        return self.strip(("", lines[y] if y < len(lines) else ""))


def is_too_small(size: Size) -> bool:
    return size.width < limits.MIN_COLUMNS or size.height < limits.MIN_LINES


def cover_if_too_small(screen: Screen[object]) -> None:
    notices = screen.query(TooSmall)
    if not is_too_small(screen.app.size):
        notices.remove()
    elif screen.is_mounted and screen.is_attached and not notices:
        screen.mount(TooSmall())
