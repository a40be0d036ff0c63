"""Asking again: four attempts, longer waits, what the server asked for on top (the contract's "Retries")."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from lead_tui import tuning
from lead_tui.convoso.pace import Clock
from lead_tui.leads.errors import SearchError, ServerError

if TYPE_CHECKING:
    import tenacity

Result = TypeVar("Result")


class Waiting(NamedTuple):
    """A request is asked again after a while."""

    attempt: int
    """The number of the attempt that follows, from 2 on."""
    seconds: float
    """Until then, counted from when this is told."""
    error: SearchError
    """Why the attempt before failed."""


OnWaiting = Callable[[Waiting | None], None]
"""Told which wait ends next, whenever that changes; None when nothing waits any more."""


class Waits:
    """The waits under way between attempts. Belongs to one event loop."""

    def __init__(self, clock: Clock, on_waiting: OnWaiting | None) -> None:
        self.on_waiting = on_waiting
        self._clock = clock
        self._under_way: dict[asyncio.Event, tuple[float, Waiting]] = {}
        self._told: Waiting | None = None

    async def wait(self, waiting: Waiting) -> None:
        """Return after ``waiting.seconds``, or as soon as ``cut_short`` is called."""
        cut = asyncio.Event()
        self._under_way[cut] = (self._clock.now() + waiting.seconds, waiting)
        self._tell()
        cutting, passing = asyncio.ensure_future(cut.wait()), asyncio.ensure_future(self._clock.sleep(waiting.seconds))
        try:
            await asyncio.wait((cutting, passing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            cutting.cancel()
            passing.cancel()
            del self._under_way[cut]
            self._tell()

    def cut_short(self) -> None:
        """End every wait now."""
        for cut in self._under_way:
            cut.set()

    def _tell(self) -> None:
        ends, soonest = min(self._under_way.values(), key=lambda each: each[0], default=(0.0, None))
        if soonest is self._told:
            return
        self._told = soonest
        if self.on_waiting is not None:
            left = max(0.0, ends - self._clock.now())
            self.on_waiting(soonest and Waiting(soonest.attempt, left, soonest.error))


async def with_retries(ask: Callable[[], Awaitable[Result]], waits: Waits) -> Result:
    """What *ask* returns, asked again while it raises a ``SearchError`` that is ``retryable``. Raises the last one."""
    try:
        return await ask()
    except SearchError as error:
        if not error.retryable:
            raise
        failure = error
    # Only now: importing tenacity takes 5 ms, and most requests are asked once. Its first attempt is the one just made.
    import tenacity

    made: SearchError | None = failure
    spent = 0.0
    waiting: Waiting
    backoff = tenacity.wait_exponential(multiplier=tuning.RETRY_FIRST_WAIT) + tenacity.wait_random(0, tuning.RETRY_FIRST_WAIT)

    async def attempt() -> Result:
        nonlocal made
        if made is not None:
            known, made = made, None
            raise known
        return await ask()

    def seconds_to_wait(state: tenacity.RetryCallState) -> float:
        nonlocal spent, waiting
        assert state.outcome is not None  # noqa: S101  # tenacity waits after an outcome only
        error = state.outcome.exception()
        assert isinstance(error, SearchError)  # noqa: S101  # nothing else is retried
        own = min(backoff(state), tuning.RETRY_WAIT_IN_ALL - spent)
        spent += own
        asked = error.retry_after if isinstance(error, ServerError) else None
        waiting = Waiting(state.attempt_number + 1, own + min(asked or 0.0, tuning.MOST_RETRY_AFTER), error)
        return waiting.seconds

    async def sleep(_seconds: float) -> None:
        await waits.wait(waiting)

    retrying = tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(tuning.ATTEMPTS),
        wait=seconds_to_wait,
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, SearchError) and error.retryable),
        sleep=sleep,
        reraise=True,
    )
    return await retrying(attempt)
