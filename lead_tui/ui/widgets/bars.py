"""The title bar above the panes, the status line below them, and the notice that covers everything in a window that is too
small."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip

from lead_tui import limits
from lead_tui.leads.text import ELLIPSIS, cell_width, fit, one_line, truncate, wrap, wrap_hints
from lead_tui.ui.widgets.drawn_list import Drawn

_SEPARATOR = " · "

_MIN_ACCOUNT = 20
_MIN_SUMMARY = 34
"""Cells of a narrow title for the program's name and the filters."""

_MIN_CALL_ACCOUNT = 8  # cells of the account beside the banner of an incoming call
_MIN_OUTCOME = 6  # cells for what is known of the caller; with fewer it is left out
_MAX_MESSAGE_LINES = 3  # below the position: a window of 15 lines still shows seven leads


class TitleBar(Drawn):
    """One line: name and account at the left, the saved query's name in the middle, the filters at the right."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        dock: top;
        background: $panel;
        & > .title--bold { text-style: bold; }
        & > .title--call { text-style: bold reverse; }
    }
    """

    STYLES = "title--"

    search: Reactive[tuple[str, str]] = Reactive(("", ""))
    """The saved query's name, "" for none, and the filters in one line. Clean text."""
    call: Reactive[tuple[str, str, str] | None] = Reactive(None)
    """An incoming call, which is shown in their place: the caller, what is known, and the key that opens it."""

    def __init__(self, account: str) -> None:
        super().__init__()
        self._account = account

    def render_line(self, y: int) -> Strip:
        width, (name, summary) = self.size.width, self.search
        if self.call is not None:
            return self._call_line(*self.call)
        # The account matters most: if even that does not fit, its start is shown.
        left = f"  {truncate(self._account, max(_MIN_ACCOUNT, width - _MIN_SUMMARY))}"
        left_cells = cell_width(" lead-tui" + left)
        right = truncate(summary, max(0, width - left_cells - 3))
        room = max(0, width - left_cells - 3) - cell_width(right) - 2
        middle = name if 0 < cell_width(name) <= room else ""
        gap = width - left_cells - cell_width(middle + right) - 1
        before = max(1, gap // 2) if middle else max(0, gap)
        after = max(0, gap - before) if middle else 0
        return self.strip([("bold", " lead-tui"), ("", left + " " * before), ("bold", middle), ("", " " * after + right)])

    def _call_line(self, caller: str, outcome: str, hint: str) -> Strip:
        """Draw the banner after the account; what is known of the caller is cut first, then the account."""
        width, account = self.size.width, f" {self._account} "
        fixed = cell_width(f" {caller}{_SEPARATOR}{hint} ") if hint else cell_width(f" {caller} ")
        room = width - fixed - min(cell_width(account), _MIN_CALL_ACCOUNT) - cell_width(_SEPARATOR)
        parts = (caller, truncate(outcome, room) if room >= _MIN_OUTCOME else "", hint)
        banner = truncate(f" {_SEPARATOR.join(filter(None, parts))} ", width)
        return self.strip([("", truncate(account, width - cell_width(banner))), ("call", banner)])


class StatusLine(Drawn):
    """Where the cursor is, what is loaded, and key hints or a message, which gets lines of its own if it needs them."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        dock: bottom;
        background: $panel;
        & > .status--hints { color: $text-muted; }
        & > .status--alert { color: $text-error; text-style: bold; }
    }
    """

    STYLES = "status--"

    def __init__(self, standing: str = "") -> None:
        """*standing* is always the first of the facts; "" for nothing."""
        super().__init__()
        self._standing = standing
        self._position = ""
        self._position_cells = 0
        self._facts = f"{_SEPARATOR}{standing}" if standing else ""
        self._hints: tuple[str, ...] = ()
        self._message = ""
        self._alert = False
        self._below: list[str] = []  # the lines of a message that does not fit beside the rest

    def show_position(self, row: int, length: int, total: str) -> None:
        """Show ``Row R of T``: *row* counts from 1, 0 for none; *total* is T, formatted."""
        self._position = f" Row {row:,} of {total}"
        # As wide as the last row's would be, so that what follows it keeps its place.
        self._position_cells = max(map(cell_width, (self._position, f" Row {length:,} of {total}")))
        self._fit()

    def show_facts(self, *facts: str) -> None:
        """Show what is loaded or loading, and the last answer's time. Clean text."""
        self._facts = "".join(f"{_SEPARATOR}{fact}" for fact in (self._standing, *facts) if fact)
        self._fit()

    def show_hints(self, *hints: str) -> None:
        """Show the keys worth knowing here, the most useful first, as many as fit; the last one is dropped last. "" for none."""
        self._hints = tuple(filter(None, hints))
        self.refresh()

    def show_message(self, text: str, *, alert: bool = False) -> None:
        """Show *text* in place of the hints; "" for nothing. An *alert* is marked with ``!``."""
        # Messages quote what users typed or pasted.
        self._message, self._alert = one_line(f"! {text}" if alert and text else text), alert
        self._fit()

    @property
    def text(self) -> str:
        return "".join(self.render_line(y).text for y in range(self.size.height))

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        width = self.size.width
        fits = self._position_cells + cell_width(self._facts) + 3 + cell_width(self._message) <= width
        self._below = wrap_hints(self._message, width - 2) if self._message and width and not fits else []
        if len(self._below) > _MAX_MESSAGE_LINES:
            # What happened is at the start, what to do at the end.
            self._below[_MAX_MESSAGE_LINES - 2 : -1] = [self._below[_MAX_MESSAGE_LINES - 2] + ELLIPSIS]
        self.styles.height = 1 + len(self._below)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        look = "alert" if self._alert else "" if self._message else "hints"
        if y:
            return self.strip([(look, fit(f" {self._below[y - 1]}" if y <= len(self._below) else "", width))])
        position = fit(self._position, min(self._position_cells, width))
        room = max(0, width - cell_width(position))
        last = f"  {self._hints[-1]} " if self._hints and not self._message else ""
        facts = truncate(self._facts, room - cell_width(last))
        room -= cell_width(facts)
        right = "" if self._below else self._message or self._fitting_hints(room - 3)
        gap = max(0, room - cell_width(right) - 1) if right else room
        return self.strip([("", position + facts + " " * gap), (look, fit(f"{right} ", room - gap))])

    def _fitting_hints(self, room: int) -> str:
        """Return the first hints that fit with the last one, which is dropped last."""
        counts = range(len(self._hints) - 1, -1, -1)
        lines = ("  ".join((*self._hints[:count], self._hints[-1])) for count in counts)
        return next((line for line in lines if cell_width(line) <= room), "")


class TooSmall(Drawn):
    """The notice, above everything else on its screen."""

    DEFAULT_CSS = """
    TooSmall {
        layer: notice;
        dock: top;
        width: 100%;
        height: 100%;
        background: $background;
    }
    """

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = [*wrap(f"This window is {width}×{height}: lead-tui needs {limits.MIN_COLUMNS}×{limits.MIN_LINES}", width)]
        return self.strip([("", lines[y] if y < len(lines) else "")])


def is_too_small(size: Size) -> bool:
    return size.width < limits.MIN_COLUMNS or size.height < limits.MIN_LINES


def cover_if_too_small(screen: Screen[object]) -> None:
    notices = screen.query(TooSmall)
    if not is_too_small(screen.app.size):
        notices.remove()
    elif screen.is_mounted and screen.is_attached and not notices:
        screen.mount(TooSmall())
