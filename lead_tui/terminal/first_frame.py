"""The first frame: title and borders, drawn before Textual is imported, in a third of the startup time.

Echo is off meanwhile, so that a number that is already being typed does not appear on it: the interface reads it later.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Final

from lead_tui.leads.text import one_line
from lead_tui.limits import MIN_COLUMNS, MIN_LINES, WIDE_COLUMNS

ALTERNATE_SCREEN: Final = "\x1b[?1049h"

_FILTERS_COLUMNS: Final = 27
_MIN_DETAIL_COLUMNS: Final = 40
_MAX_DETAIL_COLUMNS: Final = 60
_DETAIL_PERCENT: Final = 33
"""The widths in ``styles.tcss``."""
_MAX_BYTES: Final = 2_000  # of a frame. If it would be more, the sides of the table are left out.
_BORDERS: Final = "╭╮╰╯─│"
_ASCII_BORDERS: Final = "++++-|"


RowsIn = Callable[[int], Sequence[str]]  # returns the first rows of the table as lines of that many cells


def first_frame(columns: int, lines: int, account: str, message: str, *, plain: bool, rows_in: RowsIn = lambda _: ()) -> str:
    """Return the frame, with *message* or rows in the table; "" if the terminal is too small. *plain* is ASCII."""
    if columns < MIN_COLUMNS or lines < MIN_LINES:
        return ""
    upper_left, upper_right, lower_left, lower_right, line, side = _ASCII_BORDERS if plain else _BORDERS
    panes, left = {"Leads": columns}, 0
    if columns >= WIDE_COLUMNS:
        detail = max(_MIN_DETAIL_COLUMNS, min(columns * _DETAIL_PERCENT // 100, _MAX_DETAIL_COLUMNS))
        panes, left = {"Filters": _FILTERS_COLUMNS, "Leads": columns, "Lead": detail}, _FILTERS_COLUMNS
        panes["Leads"] -= _FILTERS_COLUMNS + detail
    top = "".join(f"{upper_left}{f'{line} {title} '.ljust(width - 2, line)}{upper_right}" for title, width in panes.items())
    bottom = "".join(f"{lower_left}{line * (width - 2)}{lower_right}" for width in panes.values())
    indent = f"\x1b[{left}C" if left else ""
    sides = f"{indent}{side}\x1b[{panes['Leads'] - 2}C{side}"
    parts = [
        f"{ALTERNATE_SCREEN}\x1b[?25l\x1b[H\x1b[2J \x1b[1mlead-tui\x1b[m  {one_line(account, columns // 3)}\r\n{top}",
        f"\r\n{sides}" * (lines - 4),
        f"\x1b[{lines - 1};1H{bottom}\x1b[5;{left + 4}H{one_line(message, columns // 2 - left)}",
    ]
    whole = "".join(parts)
    rows = rows_in(panes["Leads"] - 2)[: lines - 5]
    drawn = "".join(f"\x1b[{place};{left + 2}H{row}" for place, row in enumerate(rows, 4))
    return (whole if len(whole.encode()) <= _MAX_BYTES else parts[0] + parts[2]) + drawn


class FirstFrame:
    """The terminal from the first frame until the interface takes it over."""

    def __init__(self) -> None:
        self.attributes: list[Any] | None = None
        """The terminal's settings as they were before, while the frame is shown."""

    def show(self, account: str, message: str, *, plain: bool, rows_in: RowsIn = lambda _: ()) -> None:
        """Draw the frame on standard error, which is a terminal; SIGHUP and SIGTERM then raise ``SystemExit``."""
        with contextlib.suppress(OSError, termios.error, UnicodeEncodeError):
            text = first_frame(*os.get_terminal_size(2), account, message, plain=plain, rows_in=rows_in)
            if not text:
                return
            data = text.encode(sys.__stderr__.encoding if sys.__stderr__ else "ascii", "replace")
            self.attributes = termios.tcgetattr(0)
            quiet = termios.tcgetattr(0)
            quiet[3] &= ~termios.ECHO
            # A process that is stopped or killed now would leave the frame to the shell.
            quiet[6][termios.VSUSP] = quiet[6][termios.VQUIT] = b"\0"
            for number in (signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, _leave)
            termios.tcsetattr(0, termios.TCSANOW, quiet)
            os.write(2, data)

    def take_over(self) -> list[Any] | None:
        """Leave the terminal to the caller; return the settings to restore at the end, None if no frame is shown."""
        attributes, self.attributes = self.attributes, None
        return attributes

    def remove(self) -> None:
        """Restore the terminal, unless it has been taken over."""
        if (attributes := self.take_over()) is not None:
            from lead_tui.terminal.lifeline import ERASE, RESTORE

            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(0, termios.TCSANOW, attributes)
                os.write(2, f"{ERASE}{RESTORE}".encode("ascii"))


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
