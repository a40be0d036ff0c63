"""Blocking calls on daemon threads, awaited from the event loop.

An executor's threads are joined when the interpreter exits, so one request to a server that does not respond would delay the exit
by its timeout. Each call has its own thread: that costs 0.1 ms, and an abandoned one never blocks another.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from typing import TypeVar

from lead_tui.leads.errors import NetworkError

Result = TypeVar("Result")

IsCancelled = Callable[[], bool]  # returns whether the caller was canceled; a long call checks it from time to time


class Abandoned(BaseException):
    """The caller was canceled, and nothing is waiting for the result. Never leaves its thread, and is no error to handle."""


def start_thread(work: Callable[[], None], name: str) -> None:
    """Run *work* on a daemon thread. Raises ``NetworkError`` if the system allows no more threads."""
    try:
        threading.Thread(target=work, name=name, daemon=True).start()
    except RuntimeError:
        raise NetworkError("The system allows no more threads", remedy="close other programs, or try again later") from None


async def run_to_completion(work: Awaitable[Result], stop: Callable[[], None] | None = None) -> Result:
    """Return the result of *work*. A cancellation calls *stop*, then waits until *work* has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if stop is not None:
            stop()
        await asyncio.wait([task])
        if not task.cancelled():
            # Retrieved, so that asyncio does not log it as never retrieved.
            task.exception()
        raise


async def in_thread(call: Callable[[IsCancelled], Result], name: str) -> Result:
    """Return the result of *call*, run on a daemon thread called *name*.

    Canceling the caller's task returns immediately; the function that *call* receives then returns True, and its result is
    dropped. Raises ``NetworkError`` if the system allows no more threads.
    """
    outcome: Future[Result] = Future()
    cancelled = threading.Event()

    def work() -> None:
        try:
            settle = partial(outcome.set_result, call(cancelled.is_set))
        except BaseException as raised:  # of any kind: the caller receives it
            settle = partial(outcome.set_exception, raised)
        with suppress(InvalidStateError):  # the caller was canceled meanwhile
            settle()

    try:
        # A signal may already interrupt this, with the thread running.
        start_thread(work, name)
        return await asyncio.wrap_future(outcome)
    finally:
        cancelled.set()
