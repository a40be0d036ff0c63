"""Take the terminal over and restore it: the first frame, drawn before Textual is imported; signals and hang-ups.

The first frame, title and borders, appears in a third of the startup time.

Textual handles neither SIGHUP nor SIGTERM: both would leave the terminal in its alternate screen. One thread, asleep in ``poll``,
watches for both and for the end of standard input. It is a thread because the event loop itself may hang, blocked by a terminal
that accepts no more output, or by a thread that does not end.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from lead_tui.leads.text import one_line
from lead_tui.limits import LEAVE_SECONDS, MIN_COLUMNS, MIN_LINES, WIDE_COLUMNS
from lead_tui.terminal.process import end_at_once

if TYPE_CHECKING:
    import asyncio

HANDLED: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
"""Hang-up, terminate, and an interrupt from another process: in the interface ctrl+c is a key and sends no signal."""

RESTORE: Final = (
    "\x1b[?2026l"  # a frame that was begun
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # the mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # paste brackets, focus and size reports
    "\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"  # line wrap, style, the main screen, the cursor
)
"""Undoes every terminal mode that the interface may have set. Harmless for a mode that is not set."""

ERASE: Final = "\x1b[0m\x1b[2;1H\x1b[J\x1b[1;1H\x1b[2K"
"""Erases the screen: without an alternate screen (mosh, GNU screen by default) the leads would stay on it.

The first line separately: some terminals move a screen that is erased as a whole to the scrollback.
"""

_STDIN, _STDERR = 0, 2  # keys come from the one, and Textual draws on the other

# The first frame

ALTERNATE_SCREEN: Final = "\x1b[?1049h"

_FILTERS_COLUMNS: Final = 27  # as in ``styles.tcss``; the detail has a third of the columns

RowsIn = Callable[[int], Sequence[str]]  # returns the first rows of the table as lines of that many cells


def first_frame(columns: int, lines: int, account: str, message: str, *, plain: bool, rows_in: RowsIn = lambda _: ()) -> str:
    """Return the frame, with *message* or rows in the table; "" if the terminal is too small. *plain* is ASCII."""
    if columns < MIN_COLUMNS or lines < MIN_LINES:
        return ""
    upper_left, upper_right, lower_left, lower_right, line, side = "++++-|" if plain else "╭╮╰╯─│"
    panes, left = {"Leads": columns}, 0
    if columns >= WIDE_COLUMNS:
        detail = max(40, min(columns * 33 // 100, 60))
        panes, left = {"Filters": _FILTERS_COLUMNS, "Leads": columns, "Lead": detail}, _FILTERS_COLUMNS
        panes["Leads"] -= _FILTERS_COLUMNS + detail
    top = "".join(f"{upper_left}{f'{line} {title} '.ljust(width - 2, line)}{upper_right}" for title, width in panes.items())
    bottom = "".join(f"{lower_left}{line * (width - 2)}{lower_right}" for width in panes.values())
    indent = f"\x1b[{left}C" if left else ""
    sides = f"{indent}{side}\x1b[{panes['Leads'] - 2}C{side}"
    rows = rows_in(panes["Leads"] - 2)[: lines - 5]
    return (
        f"{ALTERNATE_SCREEN}\x1b[?25l\x1b[H\x1b[2J \x1b[1mlead-tui\x1b[m  {one_line(account, columns // 3)}\r\n{top}"
        + (f"\r\n{sides}" * (lines - 4) if columns <= 140 and lines <= 50 else "")  # a larger frame would take 2 KB
        + f"\x1b[{lines - 1};1H{bottom}\x1b[5;{left + 4}H{one_line(message, columns // 2 - left)}"
        + "".join(f"\x1b[{place};{left + 2}H{row}" for place, row in enumerate(rows, 4))
    )


class FirstFrame:
    """The terminal from the start until the interface takes it over."""

    attributes: list[Any] | None = None  # the terminal's earlier settings, while the frame is shown and nothing else restores them

    def show(self, account: str, message: str, *, plain: bool, rows_in: RowsIn = lambda _: ()) -> None:
        """Draw the frame on standard error, which is a terminal; a signal then restores it, and ends the process.

        From now on every key but ctrl+c, which still ends a start that hangs, waits for the interface: the terminal shows none, and
        takes none for a command of its own, such as ctrl+q.
        """
        with contextlib.suppress(OSError, termios.error, UnicodeEncodeError):
            text = first_frame(*os.get_terminal_size(_STDERR), account, message, plain=plain, rows_in=rows_in)
            if not text:
                return
            data = text.encode(sys.__stderr__.encoding if sys.__stderr__ else "ascii", "replace")
            self.attributes = termios.tcgetattr(_STDIN)
            quiet = termios.tcgetattr(_STDIN)
            quiet[0] &= ~(termios.IXON | termios.IXOFF)
            quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
            # A process that is stopped or killed now would leave the frame to the shell.
            quiet[6][termios.VSUSP] = quiet[6][termios.VQUIT] = b"\0"
            atexit.register(self.remove)
            for number in HANDLED:
                signal.signal(number, end_at_once)
            termios.tcsetattr(_STDIN, termios.TCSANOW, quiet)
            os.write(_STDERR, data)

    def remove(self) -> None:
        """Restore the terminal, unless the interface has taken it over."""
        attributes, self.attributes = self.attributes, None
        if attributes is not None:
            _restore(attributes, ERASE)


def _restore(attributes: list[Any] | None, erase: str) -> None:
    """Give the terminal its *attributes* and its modes back, unless it is the shell's, as after ctrl+z."""
    with contextlib.suppress(OSError):
        if os.tcgetpgrp(_STDIN) != os.getpgrp():
            return  # a process that changes the settings then is stopped
    with contextlib.suppress(OSError, termios.error):
        if attributes is not None:
            termios.tcsetattr(_STDIN, termios.TCSANOW, attributes)
    with contextlib.suppress(OSError):
        if os.isatty(_STDERR):
            os.write(_STDERR, f"{erase}{RESTORE}".encode("ascii"))


# The watch


class Lifeline:
    """The watch over one run of the interface."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, leave: Callable[[int], None], *, attributes: list[Any] | None = None
    ) -> None:
        """*leave* is called on *loop*, once, with 128 + the signal's number (129 if the terminal is gone), and ends the interface
        in ``LEAVE_SECONDS``, or the process is ended. *attributes* are the terminal's settings to restore, by default those of now.
        """
        self.shows_interface = False  # whether the interface is on the screen, which must then be erased
        self._loop = loop
        self._leave = leave
        self._deadline = math.inf
        self.code: int | None = None  # the exit code, by the first of keys, signals and crashes; None until something ends it
        self._attributes = attributes
        if attributes is None:
            with contextlib.suppress(termios.error):
                self._attributes = termios.tcgetattr(_STDIN)
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._thread = threading.Thread(target=self._watch, name="lifeline", daemon=True)

    def leave(self, code: int) -> None:
        """End the interface, from any thread or signal handler, and the process soon after, with *code* or the one decided on."""
        if self.code is None:
            self.arm(code)
            with contextlib.suppress(RuntimeError):  # the loop is closed: the interface has ended
                self._loop.call_soon_threadsafe(self._leave, code)

    def arm(self, code: int) -> None:
        """Give the process ``LEAVE_SECONDS`` to end by itself; then restore the terminal and end it, with *code* or an earlier one.

        This bounds every exit, whatever the terminal, a server or a disk does.
        """
        if self.code is None:
            self.code = code
            self._deadline = time.monotonic() + LEAVE_SECONDS
            with contextlib.suppress(OSError):
                os.write(self._wake_write, b"\0")

    def start(self) -> None:
        """Take the signals over and begin the watch. Main thread only."""
        for each in HANDLED:
            # Not loop.add_signal_handler: its callbacks wait for the loop, which may hang.
            signal.signal(each, lambda number, _: self.leave(128 + number))
        self._thread.start()

    def _watch(self) -> None:
        # The terminal's settings may be restored from the background.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU, signal.SIGTTIN})
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        poll.register(_STDIN, 0)  # a hang-up is always reported
        while (left := self._deadline - time.monotonic()) > 0:
            for descriptor, events in poll.poll(None if left == math.inf else left * 1000):
                if descriptor == self._wake_read:
                    os.read(self._wake_read, 64)
                else:
                    poll.unregister(descriptor)
                    if events & (select.POLLHUP | select.POLLERR):
                        self.leave(128 + signal.SIGHUP)
        self._end()

    def _end(self) -> None:
        erase = f"\x1b[?2026l{ERASE}" if self.shows_interface else ""
        # In a thread: a terminal that accepts nothing would block this one.
        restoring = threading.Thread(target=_restore, args=(self._attributes, erase), name="restore", daemon=True)
        restoring.start()
        restoring.join(0.2)
        os._exit(1 if self.code is None else self.code)


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """Make signals raise, in commands without an interface, so that ``finally`` runs: SIGHUP and SIGTERM
    ``SystemExit(128 + number)``, SIGINT ``KeyboardInterrupt``.

    Signals that are ignored stay ignored: ``nohup`` does that so that a command survives the end of its session.
    """

    def stop(number: int, _: FrameType | None) -> None:
        try:
            # Imported here: few commands need it.
            from asyncio import get_running_loop

            # An exception inside the loop could replace a callback, for which a task would wait forever.
            get_running_loop().call_soon_threadsafe(sys.exit, 128 + number)
        except (ImportError, RuntimeError):
            sys.exit(128 + number)

    heeded = [each for each in HANDLED if signal.getsignal(each) is not signal.SIG_IGN]
    earlier = {each: signal.signal(each, signal.default_int_handler if each == signal.SIGINT else stop) for each in heeded}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
