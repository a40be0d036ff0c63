"""Output to the terminal: a writer that survives the terminal's end, and the backlog of what the terminal has not shown yet."""

from __future__ import annotations

import codecs
import os
import select
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

from lead_tui.limits import LINE_WINDOW_BYTES, PROBE_BYTES, UNWRITTEN_BYTES

_CHUNK: Final = 16 * 1024
_MARKS: Final = "lead-tui.marks"
"""The handler of encoding errors that keeps columns in place."""

PROBE: Final = "\x1b[5n"
"""The question. Answered ``ESC [ 0 n``."""

_MAX_UNANSWERED: Final = 32


class TerminalWriter:
    """The file that Textual's writer thread writes to; *taken* is called there with the number of characters that were taken.

    Unlike ``sys.stderr`` itself: a terminal that is gone swallows all that follows, where an ``OSError`` would end the thread and
    then hold the event loop at a full queue; a descriptor that another process set non-blocking is waited for; a character that the
    encoding lacks leaves as many ``?`` as it has cells.
    """

    def __init__(self, stream: TextIO, taken: Callable[[int], None]) -> None:
        self.gone = False
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding or "utf-8"
        self._taken = taken
        self._waiting = ""

    def write(self, text: str) -> int:
        """Keep *text* for the next flush, or flush at once when much is waiting."""
        self._waiting += text
        if len(self._waiting) >= _CHUNK:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Write what is waiting; returns when the terminal's side has taken it."""
        text, self._waiting = self._waiting, ""
        if not text:
            return
        data = memoryview(text.encode(self._encoding, _MARKS))
        while data and not self.gone:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError:
                self.gone = True
        self._taken(len(text))

    def fileno(self) -> int:
        return self._descriptor


def _marks(error: UnicodeError) -> tuple[str, int]:
    """Return as many ``?`` as what cannot be encoded has cells, and where it ends."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101  # for the type checker
    from rich.cells import cell_len

    return "?" * cell_len(error.object[error.start : error.end]), error.end


codecs.register_error(_MARKS, _marks)


class OutputBacklog:
    """How much of what was drawn is still on its way to the terminal, in characters.

    The operating system does not say: a pseudo-terminal's output queue always counts as empty, and behind it sshd, the network and
    multiplexers keep megabytes of their own. So two things are counted. What the writer has not written yet shows a terminal that
    is slow at this end. And after each kilobyte of drawing the terminal is asked for its status (``ESC [ 5 n``), which it answers
    when it has come to the question: that shows the whole way.

    Each counter has one writer (the loop ``sent``, the writer thread ``taken``, the input thread ``seen``), so none needs a lock.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.taken = 0
        self.seen = 0
        self.answers = False
        """Whether the terminal answers. One that never did, or stopped to, is not waited for."""
        self.questions: deque[int] = deque()
        """What had been sent before each question without an answer."""
        self._asked_at = 0

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has so much before it that another frame should wait."""
        if self.sent - self.taken > UNWRITTEN_BYTES:
            return True
        return self.answers and bool(self.questions) and self.sent - self.seen > LINE_WINDOW_BYTES

    @property
    def wants_probe(self) -> bool:
        """Whether enough has been drawn since the last question, and not too many stand unanswered."""
        return self.sent - self._asked_at >= PROBE_BYTES and len(self.questions) < _MAX_UNANSWERED

    def probed(self) -> None:
        self._asked_at = self.sent
        self.questions.append(self.sent)

    def answered(self) -> None:
        """Count an answer: they come in the order of the questions. One that was not asked for counts nothing."""
        if self.questions:
            self.seen = self.questions.popleft()
            self.answers = True
