"""Long work on the event loop in short turns, so that keys and responses are handled in between."""

from __future__ import annotations

import asyncio
import time
from typing import TypeVar

from lead_tui import limits
from lead_tui.leads.columns import Steps

T = TypeVar("T")


async def in_turns(steps: Steps[T]) -> T:
    """Run *steps*, ``TURN_SECONDS`` at a time. Cancelling the caller's task ends them."""
    until = time.perf_counter() + limits.TURN_SECONDS
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if time.perf_counter() >= until:
            # A key goes through several queues before it is seen: each is a pass of the loop, and costs next to nothing while idle.
            for _ in range(limits.PASSES_BETWEEN_TURNS):
                await asyncio.sleep(0)
            until = time.perf_counter() + limits.TURN_SECONDS


def report_failure(task: asyncio.Task[None]) -> None:
    """Hand an unexpected error of *task*, which is done, to the event loop's handler."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "a task failed", "exception": error, "task": task})
