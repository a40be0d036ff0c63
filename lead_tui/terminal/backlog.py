"""How much of what was drawn is still on its way to the terminal.

The operating system does not say: a pseudo-terminal's output queue always counts as empty, and behind it sshd, the network
and a multiplexer keep megabytes of their own. So two things are counted here. What the writer has not got rid of yet tells
of a terminal that is slow at this end. And after each kilobyte of drawing the terminal itself is asked for its status
(``ESC [ 5 n``), which it answers when it has come to the question: that tells of the whole way.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from lead_tui.limits import LINE_WINDOW_BYTES, PROBE_BYTES, UNWRITTEN_BYTES

PROBE: Final = "\x1b[5n"
"""The question. Answered ``ESC [ 0 n``."""

_MAX_UNANSWERED: Final = 32


class Line:
    """The account. Amounts are characters, which for what is drawn are nearly bytes.

    Each counter has one writer (the loop ``sent``, the writer thread ``taken``, the input thread ``seen``), so none needs a lock.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.taken = 0
        self.seen = 0
        self.answers = False
        """Whether the terminal answers. One that never did, or stopped to, is not waited for."""
        self._marks: deque[int] = deque()
        self._last_mark = 0

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has so much before it that another frame should wait."""
        if self.sent - self.taken > UNWRITTEN_BYTES:
            return True
        return self.answers and bool(self._marks) and self.sent - self.seen > LINE_WINDOW_BYTES

    @property
    def wants_probe(self) -> bool:
        """Whether enough has been drawn since the last question, and not too many stand unanswered."""
        return self.sent - self._last_mark >= PROBE_BYTES and len(self._marks) < _MAX_UNANSWERED

    @property
    def unanswered(self) -> int:
        """Questions under way."""
        return len(self._marks)

    def probed(self) -> None:
        """A question has been sent."""
        self._last_mark = self.sent
        self._marks.append(self.sent)

    def answered(self) -> None:
        """An answer has come: they come in the order of the questions. One that was not asked for counts nothing."""
        if self._marks:
            self.seen = self._marks.popleft()
            self.answers = True

    def gave_up(self) -> None:
        """No answer came in time. Late ones are still matched, and make the terminal count as answering again."""
        self.answers = False
