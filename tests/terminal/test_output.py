"""Output to the terminal: what writes it, and the backlog of what the terminal has not shown yet."""

from __future__ import annotations

import io
import os
import threading
from typing import TextIO

from lead_tui.limits import LINE_WINDOW_BYTES, PROBE_BYTES, UNWRITTEN_BYTES
from lead_tui.terminal.driver import OutputBacklog, TerminalWriter


class Stream(io.StringIO):
    """A text stream over a descriptor, with a given encoding."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._chosen = encoding

    def fileno(self) -> int:
        return self._descriptor

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._chosen


def stream(descriptor: int, encoding: str = "utf-8") -> TextIO:
    return Stream(descriptor, encoding)


def test_flushed_output_arrives_and_is_counted(pipe: tuple[int, int]) -> None:
    taken: list[int] = []
    outlet = TerminalWriter(stream(pipe[1]), taken.append)
    outlet.write("Müller ")
    outlet.write("│")
    assert taken == []
    outlet.flush()
    assert os.read(pipe[0], 100) == "Müller │".encode()
    assert taken == [8]
    outlet.flush()
    assert taken == [8]
    assert outlet.fileno() == pipe[1]


def test_output_after_the_terminal_is_gone_is_dropped(pipe: tuple[int, int]) -> None:
    taken: list[int] = []
    outlet = TerminalWriter(stream(pipe[1]), taken.append)
    os.close(pipe[0])
    for _ in range(3):
        outlet.write("frame")
        outlet.flush()
    assert taken == [5, 5, 5]


def test_a_descriptor_that_was_set_non_blocking_is_waited_for(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[1], False)
    outlet = TerminalWriter(stream(pipe[1]), lambda _: None)
    text = "0123456789" * 100_000
    outlet.write(text)
    writer = threading.Thread(target=outlet.flush)
    writer.start()
    received = bytearray()
    while len(received) < len(text):
        received += os.read(pipe[0], 65_536)
    writer.join()
    assert received.decode() == text


def test_a_character_that_the_encoding_lacks_is_a_question_mark(pipe: tuple[int, int]) -> None:
    outlet = TerminalWriter(stream(pipe[1], "iso8859-1"), lambda _: None)
    outlet.write("é漢▌|")
    outlet.flush()
    assert os.read(pipe[0], 100) == b"\xe9??|"


def drawn(line: OutputBacklog, amount: int) -> None:
    """Draw *amount*, which the near side accepts."""
    line.sent += amount
    line.taken += amount


def test_what_the_near_side_has_not_taken_holds_frames_back() -> None:
    line = OutputBacklog()
    line.sent += UNWRITTEN_BYTES + 1
    assert line.is_behind
    line.taken += 1
    assert not line.is_behind


def test_a_question_follows_each_kilobyte_of_drawing() -> None:
    line = OutputBacklog()
    drawn(line, PROBE_BYTES - 1)
    assert not line.wants_probe
    drawn(line, 1)
    assert line.wants_probe
    line.probed()
    assert not line.wants_probe


def test_a_terminal_that_never_answered_is_not_waited_for() -> None:
    line = OutputBacklog()
    drawn(line, 10 * LINE_WINDOW_BYTES)
    line.probed()
    assert not line.is_behind


def test_a_terminal_that_answers_is_waited_for_once_more_than_the_window_is_in_progress() -> None:
    line = OutputBacklog()
    drawn(line, PROBE_BYTES)
    line.probed()
    line.answered()
    drawn(line, LINE_WINDOW_BYTES)
    line.probed()
    assert not line.is_behind
    drawn(line, 1)
    assert line.is_behind
    line.answered()
    assert not line.is_behind


def test_a_terminal_that_stopped_answering_is_abandoned_until_it_answers_again() -> None:
    line = OutputBacklog()
    line.probed()
    line.answered()
    for _ in range(2):
        drawn(line, LINE_WINDOW_BYTES + 1)
        line.probed()
    assert line.is_behind
    line.answers = False
    assert not line.is_behind
    line.answered()
    assert line.answers
    assert len(line.questions) == 1
    drawn(line, 1)
    assert line.is_behind


def test_a_silent_terminal_is_queried_only_a_few_times() -> None:
    line = OutputBacklog()
    asked = 0
    for _ in range(1_000):
        drawn(line, PROBE_BYTES)
        if line.wants_probe:
            line.probed()
            asked += 1
    assert asked < 50
    assert len(line.questions) == asked


def test_an_answer_that_was_not_asked_for_counts_nothing() -> None:
    line = OutputBacklog()
    drawn(line, PROBE_BYTES)
    line.answered()
    assert not line.answers
    assert line.seen == 0
