"""The progress of an export or a load."""

from __future__ import annotations

from lead_tui.leads.page import Progress


def test_what_another_run_has_done_does_not_make_this_one_faster() -> None:
    now = 0.0
    progress = Progress(clock=lambda: now)
    progress.resume(900)
    progress.total, progress.done, now = 1_000, 950, 10.0
    assert progress.parts() == ["950 of 1,000 leads", "5/s", "10 s left"]


def test_anything_can_be_counted() -> None:
    progress = Progress()
    progress.noun, progress.done = "look-up", 1
    assert progress.counted() == "1 look-up"
    progress.done = 1_200
    assert progress.counted() == "1,200 look-ups"
