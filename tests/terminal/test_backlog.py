from __future__ import annotations

from lead_tui.limits import LINE_WINDOW_BYTES, PROBE_BYTES, UNWRITTEN_BYTES
from lead_tui.terminal.driver import OutputBacklog


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
