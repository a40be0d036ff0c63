"""The pace that the hosts of one account share: a token bucket in a Redis or Valkey server, counted by the server's clock.

The bucket is throttled-py's ("generic cell rate algorithm", a Lua script, so that each decision is atomic). Redis holds one number
under a keyed hash: no lead data, no token. While it does not answer, each host keeps to its share of the pace by itself.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.pace import Clock, Permits, Urgency, permits_in_hand
from lead_tui.api.redaction import logger
from lead_tui.api.threads import in_thread
from lead_tui.config.settings import Pace

if TYPE_CHECKING:
    from throttled import Throttled

REMEDY: Final = "run: pip install 'lead-tui[redis]'"

_REASONS: Final = {
    "AuthenticationError": "refuses the password",
    "AuthorizationError": "refuses this user",
    "NoPermissionError": "refuses this user",
    "OutOfMemoryError": "is full",
    "ReadOnlyError": "is read-only",
    "TimeoutError": "does not answer",
}
"""What the exceptions of redis-py mean; the others are its ``ConnectionError`` and errors of the server."""


class RedisUnavailable(Exception):
    """Redis has not answered as it should; the text follows its name: "is full". *is_late* if it may only be slow."""

    def __init__(self, reason: str, *, is_late: bool = False) -> None:
        super().__init__(reason)
        self.is_late = is_late


class Answer(NamedTuple):
    """What the bucket says: seconds until a permit is worth another try, 0.0 if one was taken; and until it is full."""

    wait: float
    until_full: float


class RedisBucket:
    """The account's bucket of *pace* under *name*, a keyed hash.

    Its methods are for one thread at a time, block for at most two ``REDIS_TIMEOUT``, and raise ``RedisUnavailable``.
    """

    def __init__(self, pace: Pace, name: str) -> None:
        self.host = urlsplit(pace.redis).hostname or ""
        self.interval = 1 / pace.requests_per_second
        self.burst = pace.burst
        self.bulk_cost = pace.bulk_cost
        # Smaller than the server's by the margin, since requests of several hosts travel for different times.
        self.capacity = max(1, int(pace.burst - limits.SHARED_MARGIN_SECONDS / self.interval))
        self._pace = pace
        self._key = f"lead-tui:{name}"
        self._throttled: Throttled | None = None

    def connect(self) -> Answer:
        """Load the library and ask for the state of the bucket, without taking a permit."""
        return self._answered(lambda bucket: Answer(0.0, bucket.peek(self._key).reset_after))

    def acquire(self, urgency: Urgency) -> Answer:
        """Take a permit if there is one, and *urgency* leaves enough of them for more urgent requests."""

        def take(bucket: Throttled) -> Answer:
            if urgency:
                until_full = bucket.peek(self._key).reset_after
                if (wait := until_full - (self.capacity - self._least(urgency)) * self.interval) > 0:
                    return Answer(wait, until_full)
            result = bucket.limit()
            wait = max(result.state.retry_after, limits.REDIS_POLL_SECONDS) if result.limited else 0.0
            return Answer(wait, result.state.reset_after)

        return self._answered(take)

    def _least(self, urgency: Urgency) -> float:
        """The permits, fractions included, from which one may be taken: those who wait for fewer come first.

        For an export that is a bucket which is almost full, so that the next look-up has three.
        """
        return 1 + max(0.0, self.capacity - 1.1) * urgency / Urgency.BULK

    def _answered(self, ask: Callable[[Throttled], Answer]) -> Answer:
        try:
            if self._throttled is None:
                self._throttled = self._bucket()
            return ask(self._throttled)
        except ImportError:
            raise RedisUnavailable(f"cannot be used: {REMEDY}") from None
        except Exception as raised:  # whatever the library raises, an agent can continue
            # throttled-py wraps what redis-py raised.
            error = raised.__cause__ or raised
            names = {each.__name__ for each in type(error).__mro__}
            logger.debug("redis: %s", type(error).__name__)
            known = next((reason for name, reason in _REASONS.items() if name in names), "")
            other = "cannot be reached" if "ConnectionError" in names else "answers with an error"
            raise RedisUnavailable(known or other, is_late="TimeoutError" in names) from None

    def _bucket(self) -> Throttled:
        # Imported here: it takes 0.13 s.
        from datetime import timedelta

        from redis.backoff import NoBackoff
        from redis.exceptions import ConnectionError as Broken
        from redis.retry import Retry
        from throttled import Throttled
        from throttled.rate_limiter import Quota, Rate
        from throttled.store import RedisStore

        connection = {
            "socket_timeout": limits.REDIS_TIMEOUT,
            "socket_connect_timeout": limits.REDIS_TIMEOUT,
            # A server may have closed a connection that was idle; one that is late is asked no second time.
            "retry": Retry(NoBackoff(), 1, supported_errors=(Broken,)),
            "password": self._pace.redis_password or None,
        }
        if self._pace.redis_ca_file:
            connection["ssl_ca_certs"] = str(self._pace.redis_ca_file)
        rate = Rate(timedelta(hours=1), max(1, round(3_600 * self._pace.requests_per_second)))
        # Else the first store of the process for this address decides on the options of all.
        options = {"CONNECTION_POOL_KWARGS": connection, "REUSE_CONNECTION": False}
        store = RedisStore(self._pace.redis, options)
        return Throttled(self._key, using="gcra", quota=Quota(rate, burst=self.capacity), store=store)


class RedisPermits:
    """Permits of *bucket*; those of *of_host* until Redis is connected, and while it does not answer.

    Belongs to the running event loop. *on_change* is called with a sentence for the user when that changes. Redis is asked in a
    thread, and waited for no longer than ``MAX_LATE_ANSWERS`` times ``REDIS_TIMEOUT``.
    """

    def __init__(self, bucket: RedisBucket, of_host: Permits, clock: Clock, on_change: Callable[[str], None]) -> None:
        self._bucket = bucket
        self._of_host = of_host
        self._clock = clock
        self._on_change = on_change
        self._is_connected = False
        self._has_failed = False
        self._retry_at = math.inf
        self._question: asyncio.Future[Answer] | None = None
        self._asked_for = Urgency.LOOK_UP
        self._asked_at = 0.0
        self._late_answers = 0
        self._waits_since: float | None = None
        """When the first of the urgent requests that wait was denied a permit."""
        self._full_at = self._rests_until = self._bulk_at = 0.0
        asyncio.get_running_loop().call_later(limits.REDIS_START_SECONDS, self._ask, self._bucket.connect)

    def acquire(self, cost: float = 1.0, *, urgency: Urgency = Urgency.LOOK_UP, waiting: int = 1) -> float:
        now = self._clock.now()
        answer = self._answer(now)
        if not self._is_connected and self._question is None and now >= self._retry_at:
            self._ask(self._bucket.connect)
        if urgency is Urgency.BULK and now < self._bulk_at:
            return min(self._bulk_at - now, limits.REDIS_RETRY_SECONDS)
        if not self._is_connected:
            cost *= self._bucket.bulk_cost if urgency is Urgency.BULK else 1
            return self._of_host.acquire(cost, urgency=urgency, waiting=waiting)
        if answer is not None and not answer.wait:
            # A session that was refused takes no more than one permit at a time, but fewer of them.
            self._rests_until = now + (cost - 1) * self._bucket.interval
            return 0.0
        if answer is not None and urgency >= self._asked_for:
            return answer.wait + self._delay(now, urgency)
        if now < self._rests_until:
            return self._rests_until - now
        if self._question is None:
            self._asked_for = urgency
            self._ask(partial(self._bucket.acquire, urgency))
        return limits.REDIS_POLL_SECONDS

    def release_unused(self) -> None:
        self._waits_since = None
        self._of_host.release_unused()

    def in_hand(self) -> float:
        if not self._is_connected:
            return self._of_host.in_hand()
        # Of the server's whole bucket: the margin is for permits that are used together with another host's.
        slack = (self._bucket.burst - 1) * self._bucket.interval
        return permits_in_hand(self._full_at - self._clock.now(), slack, self._bucket.interval)

    def _delay(self, now: float, urgency: Urgency) -> float:
        """Return the seconds by which to ask for a permit later than others may: the longer the user has waited, the fewer."""
        if urgency is Urgency.BULK:
            self._waits_since = None
            return random.uniform(0, limits.BULK_JITTER_SECONDS)  # noqa: S311
        if self._waits_since is None:
            self._waits_since = now
        return limits.BULK_JITTER_SECONDS / (1 + now - self._waits_since)

    def _ask(self, question: Callable[[], Answer]) -> None:
        self._asked_at = self._clock.now()
        self._question = asyncio.ensure_future(in_thread(lambda _: question(), "redis"))
        # The last answer of a session may never be looked at.
        self._question.add_done_callback(lambda answered: answered.cancelled() or answered.exception())

    def _answer(self, now: float) -> Answer | None:
        """Return the answer if it has come, and note whether Redis answers at all."""
        question = self._question
        if question is None:
            return None
        if not question.done():
            longest = limits.MAX_LATE_ANSWERS * limits.REDIS_TIMEOUT
            if self._is_connected and now - self._asked_at > longest:
                self._fail("does not answer")
            return None
        self._question = None
        try:
            answer = question.result()
        except RedisUnavailable as error:
            self._late_answers += 1
            if self._is_connected and error.is_late and self._late_answers < limits.MAX_LATE_ANSWERS:
                return None
            self._fail(str(error))
            return None
        self._late_answers = 0
        self._full_at = now + answer.until_full
        if not self._is_connected:
            self._is_connected = True
            if self._has_failed:
                self._pause_bulk()
                self._on_change("The pace is shared by all hosts again")
            # What connected has taken no permit.
            return None
        return answer

    def _fail(self, reason: str) -> None:
        if self._is_connected or not self._has_failed:
            self._on_change(f"Redis on {self._bucket.host} {reason}: this host keeps to its share of the pace")
        self._has_failed = True
        self._is_connected = False
        self._retry_at = self._clock.now() + limits.REDIS_RETRY_SECONDS
        self._pause_bulk()

    def _pause_bulk(self) -> None:
        """Leave the rate to users for a while: some sessions still go by the other limiter."""
        self._bulk_at = self._clock.now() + limits.BULK_PAUSE_SECONDS
