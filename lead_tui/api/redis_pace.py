"""The pace that the hosts of one account share: a token bucket in a Redis or Valkey server, by the server's clock.

The bucket is throttled-py's ("generic cell rate algorithm", a Lua script, so that each decision is atomic). Redis holds one number
under a keyed hash: no lead data, no token. While it does not answer, each host limits its requests by itself.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.pace import Bucket, BucketPermits, Clock, Reserved, Urgency
from lead_tui.api.threads import in_thread
from lead_tui.config.settings import Pace
from lead_tui.leads.errors import NetworkError

if TYPE_CHECKING:
    from throttled import Throttled


class RedisUnavailable(Exception):
    """Redis did not answer as it should; the text follows its name: "does not answer"."""


class BucketAnswer(NamedTuple):
    """The bucket's answer: seconds until it is full, and until the next try for permits; 0.0 if they were taken."""

    until_full: float
    retry_after: float = 0.0


class RedisBucket:
    """The account's bucket of *pace* under *name*, a keyed hash.

    Its methods must be called by one thread at a time, block for at most two ``REDIS_TIMEOUT``, and raise ``RedisUnavailable``.
    """

    def __init__(self, pace: Pace, name: str) -> None:
        self.host = urlsplit(pace.redis).hostname or ""
        self._rate = pace.requests_per_second * limits.REDIS_RATE_USED
        self.interval = 1 / self._rate
        self.burst = pace.burst
        # Look-ups queue for future permits; of other requests, the less urgent ones leave more permits.
        queue = limits.MAX_RESERVED + int(limits.MAX_QUEUE_SECONDS * pace.requests_per_second)
        self.bursts = [max(1, pace.burst - 1 - urgency) if urgency else pace.burst + queue for urgency in Urgency]
        self._pace = pace
        self._key = f"lead-tui:{name}"

    def connect(self) -> BucketAnswer:
        """Load the library and read the state of the bucket, without taking a permit."""
        return self.acquire(Urgency.LOOK_UP, 0)

    def acquire(self, urgency: Urgency, count: int) -> BucketAnswer:
        """Reserve the next *count* permits for look-ups; for other requests, take them only if enough remain."""
        try:
            if not count:
                return BucketAnswer(self._limiters[0].peek(self._key).reset_after)
            state = self._limiters[urgency].limit(cost=count).state
            return BucketAnswer(state.reset_after, state.retry_after)
        except ImportError:
            raise RedisUnavailable("cannot be used: run: pip install 'lead-tui[redis]'") from None
        except Exception as raised:  # of any kind: the limiter must never stop an agent
            # throttled-py wraps what redis-py raised.
            error = raised.__cause__ or raised
            is_late = any(each.__name__ == "TimeoutError" for each in type(error).__mro__)
            reason = "does not answer" if is_late else f"cannot be used ({type(error).__name__})"
            raise RedisUnavailable(reason) from None

    @cached_property
    def _limiters(self) -> list[Throttled]:
        """By urgency: all use one bucket, from which less urgent requests may take fewer permits."""
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
            # The server may have closed an idle connection.
            "retry": Retry(NoBackoff(), 1, supported_errors=(Broken,)),
            "password": self._pace.redis_password or None,
        }
        if self._pace.redis_ca_file:
            connection["ssl_ca_certs"] = str(self._pace.redis_ca_file)
        rate = Rate(timedelta(hours=1), max(1, round(3_600 * self._rate)))
        # Otherwise the first store of the process for this address determines the options of all.
        options = {"CONNECTION_POOL_KWARGS": connection, "REUSE_CONNECTION": False}
        store = RedisStore(self._pace.redis, options)
        return [Throttled(self._key, using="gcra", quota=Quota(rate, burst=burst), store=store) for burst in self.bursts]


class RedisPermits(BucketPermits):
    """Permits of *redis*; until it is connected and while it does not answer, those of the host's *bucket* and of *exports*.

    The host's bucket has the whole *pace*, since look-ups are rare and must not wait for a share of it, and is as empty as that of
    Redis, which may fail. *exports* has a host's share for exports.

    Belongs to the running event loop. *on_change* is called with a sentence for the user when that changes. Redis is queried in a
    thread, and waited for no longer than ``REDIS_TIMEOUT``.
    """

    def __init__(
        self,
        redis: RedisBucket,
        bucket: Bucket,
        exports: BucketPermits,
        pace: Pace,
        clock: Clock,
        on_change: Callable[[str], None],
    ) -> None:
        super().__init__(bucket, pace, clock)
        self._redis = redis
        self._exports = exports
        self._on_change = on_change
        self._is_connected = self._has_failed = False
        self._retry_at = math.inf
        self._question: asyncio.Future[BucketAnswer] | None = None
        self._asked_for, self._asked_count, self._asked_at = Urgency.LOOK_UP, 0, 0.0
        self._of_redis = Reserved()
        self._rests_until = 0.0
        self._exports_at = math.inf  # when exports may be sent again

    def in_hand(self) -> float:
        self._connect_soon()
        return super().in_hand()

    def _connect_soon(self) -> None:
        """Connect to Redis once leads are on the screen, if this is the first use of the permits; until then, exports wait."""
        if self._exports_at == math.inf:
            self._exports_at = self._clock.now() + limits.REDIS_START_SECONDS + limits.REDIS_TIMEOUT
            asyncio.get_running_loop().call_later(limits.REDIS_START_SECONDS, self._ask, self._redis.connect)

    def acquire(self, cost: float = 1.0, *, urgency: Urgency = Urgency.LOOK_UP, waiting: int = 1) -> float:
        now = self._clock.now()
        self._connect_soon()
        answer = self._answer(now)
        is_bulk = urgency is Urgency.BULK
        if not self._is_connected and self._question is None and now >= self._retry_at:
            self._ask(self._redis.connect)
        if now < self._rests_until:
            return self._rests_until - now
        if (wait := self._of_redis.take(now)) is not None:
            # A session that the server refused waits longer between its permits.
            self._rests_until = 0.0 if wait else now + (cost - 1) * self._redis.interval
            return wait
        if is_bulk and now < self._exports_at:
            return min(self._exports_at - now, limits.REDIS_RETRY_SECONDS)
        if not self._is_connected:
            if not is_bulk:
                return super().acquire(cost, urgency=urgency, waiting=waiting)
            # Tried again soon: until all exports are back on Redis, two limiters let requests pass.
            return min(self._exports.acquire(cost, urgency=urgency), limits.REDIS_RETRY_SECONDS)
        if answer is not None and urgency >= self._asked_for:
            return answer.retry_after + random.uniform(0, limits.BULK_JITTER_SECONDS)
        if self._question is None:
            self._asked_for = urgency
            # The requests of a look-up have their turn together.
            self._asked_count = min(waiting, limits.MAX_RESERVED) if urgency is Urgency.LOOK_UP else 1
            self._ask(partial(self._redis.acquire, urgency, self._asked_count))
        return limits.REDIS_POLL_SECONDS

    def _ask(self, question: Callable[[], BucketAnswer]) -> None:
        self._asked_at = self._clock.now()
        self._question = asyncio.ensure_future(in_thread(lambda _: question(), "redis"))
        # The last answer of a session may never be looked at.
        self._question.add_done_callback(lambda answered: answered.cancelled() or answered.exception())

    def _answer(self, now: float) -> BucketAnswer | None:
        """Return a negative answer if one has arrived; reserve the permits of a positive one; note whether Redis answers at all."""
        question = self._question
        if question is None:
            return None
        if not question.done():
            if self._is_connected and now - self._asked_at > limits.REDIS_TIMEOUT:
                self._fail("does not answer")
            return None
        self._question = None
        try:
            answer = question.result()
        except (RedisUnavailable, NetworkError) as error:
            # The latter if the system allows no more threads.
            self._fail(str(error) if isinstance(error, RedisUnavailable) else "cannot be queried")
            return None
        self.drain(answer.until_full)
        if not self._is_connected:
            # Connecting takes no permit.
            self._is_connected = True
            self._exports_at = 0.0
            if self._has_failed:
                # Until the other hosts are back, and the account's bucket is as full as Redis thinks.
                self._exports_at = now + limits.REDIS_RETRY_SECONDS + self._redis.burst * self._redis.interval
                self._on_change("The pace is shared by all hosts again")
            return None
        if answer.retry_after:
            return answer
        interval = self._redis.interval
        slack = max(0.0, (self._redis.burst - 1) * interval - limits.SHARED_MARGIN_SECONDS)
        first = answer.until_full - slack - self._asked_count * interval
        self._of_redis.extend(now + max(0.0, first + place * interval) for place in range(self._asked_count))
        return None

    def _fail(self, reason: str) -> None:
        now = self._clock.now()
        if self._is_connected or not self._has_failed:
            self._on_change(f"Redis on {self._redis.host} {reason}: this host keeps its own pace")
        if self._is_connected:
            # Random, so that the hosts do not resume their exports together.
            self._exports_at = now + limits.BULK_PAUSE_SECONDS * random.uniform(1, 1.2)
        self._has_failed = True
        self._is_connected = False
        self._retry_at = now + limits.REDIS_RETRY_SECONDS
