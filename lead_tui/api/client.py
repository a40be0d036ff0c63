"""The client of the API: the ``PageSource`` that turns a query, an offset and a limit into a page.

Nothing blocks the event loop: waits are asyncio's; each request and the parsing of its response run in a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from msgspec.structs import replace

from lead_tui import __version__, limits
from lead_tui.api.connections import Connections, RequestState, request_head
from lead_tui.api.pace import Bucket, BucketPermits, Clock, Gate, SharedBucket, Urgency, bucket_name
from lead_tui.api.parsing import ENDPOINT, Reply, parse_page, parse_records
from lead_tui.api.retry import Bisection, RetryWaits, with_retries
from lead_tui.api.threads import IsCancelled, in_thread
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import SearchError, TokenMissing, TooManyRequests
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import EVERYTHING, Token, mask_token, word_remedy
from lead_tui.leads.query import Query

if TYPE_CHECKING:
    from lead_tui.leads.records import Records, RecordsQuery

Result = TypeVar("Result")


class Client:
    """Requests pages of the leads of one account. Belongs to one event loop; ``close`` it in the end."""

    def __init__(
        self,
        base_url: str,
        token: Token | None = None,
        *,
        pace: Pace = Pace(),  # noqa: B008  # frozen
        pace_directory: Path | None = None,
        network: Network = Network(),  # noqa: B008  # frozen
        with_time: bool = False,
        handler: Callable[[str, Mapping[str, str]], tuple[int, bytes]] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """*base_url* has been checked (``settings.checked_base_url``). A *handler* is the server, in this process, called with
        the endpoint and the parameters of a request; it returns the status and the body of the response.

        *pace_directory* is the user's directory in which the sessions of an account share their pace, unless *pace* names another;
        without one the process has a pace of its own. *with_time* is the setting ``[dates] with_time``. *clock* is for tests.
        """
        self._base_url = base_url
        self._pace = pace
        self._pace_directory = pace.directory_shared(pace_directory)
        self._clock = clock = clock or Clock()
        self._with_time = with_time
        self._handler = handler
        self._connections = Connections(base_url, network, pace.in_flight)
        self._gate = Gate(pace, clock)
        self.waits = RetryWaits(clock)
        self._gate.on_wait = self.waits.report_pace
        self.permits_in_hand = self._gate.permits_in_hand
        self._bisection = Bisection(self.fetch_once, self.waits)
        self.on_notice: Callable[[str], None] = lambda _: None
        """Called once with what the server sends besides the data, and when the pace is no longer shared, or is shared again."""
        self._has_noticed = False
        self.setup_remedy = "run lead-tui setup, or set CONVOSO_AUTH_TOKEN"  # how the user can store a token
        self.capabilities = EVERYTHING  # what the user may do, to which the remedies of errors are limited
        self.use_token(token)

    def use_token(self, token: Token | None) -> None:
        """Use *token* for the next requests, retries included."""
        self._token = token
        pace, name = self._pace, bucket_name(self._base_url, token, self._pace.account)
        # The sessions of the account have this share together.
        share = pace.share(limits.REFRESH_SHARE / (pace.hosts if pace.is_shared_by_hosts else 1), burst=1)
        self._refreshes = BucketPermits(self._bucket(f"refresh-{name}"), share, self._clock)
        if pace.is_shared_by_hosts:
            # Imported here: few accounts are shared by several hosts.
            from lead_tui.api.redis_pace import RedisBucket, RedisPermits

            exports = BucketPermits(self._bucket(f"exports-{name}"), pace.exports_of_host(), self._clock)
            bucket, on_change = self._bucket(name), lambda text: self.on_notice(text)
            self._gate.permits = RedisPermits(RedisBucket(pace, name), bucket, exports, pace, self._clock, on_change)
        else:
            self._gate.permits = BucketPermits(self._bucket(name), pace, self._clock)

    def warm(self, count: int) -> None:
        """Open connections for the next *count* requests in the background, without a request. Returns at once."""
        if self._token:
            self._connections.warm(count)

    def request_ahead(self, query: Query, limit: int) -> None:
        """Send the request for the first *limit* leads of *query* in the background, if the pace has a permit, else only connect.

        Returns at once, and needs no event loop: ``fetch`` of the same takes the response.
        """
        if not self._token:
            return
        ahead = []
        if not self._pace.is_shared_by_hosts and self._gate.take_ahead():
            parameters = {**self._parameters(query, 0, limit), "auth_token": self._token.reveal()}
            ahead.append(_get_request(self._base_url, ENDPOINT, parameters))
        self._connections.warm(1, *ahead)

    def close(self) -> None:
        """Close the connections at once. Requests in progress fail; their threads never delay the program's exit."""
        self._connections.close()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """Return the page at *offset* of the leads that match *query*, whose dates are fixed; at most ``limits.MAX_LIMIT`` leads.

        Canceling the caller's task frees the place of its request at once. Raises ``SearchError``, which never contains the token.
        """
        return await self._bisection.fetch(query, max(0, offset), min(max(1, limit), limits.MAX_LIMIT))

    async def refresh(self, query: Query, offset: int, limit: int) -> Page | None:
        """Return the page as from ``fetch_once``; None if refreshes have used up their share."""
        used_up = self._refreshes.acquire(urgency=Urgency.BULK)
        return None if used_up else await self.fetch_once(query, offset, limit, Urgency.BULK)

    async def records(self, query: RecordsQuery) -> Records:
        """Return the records of *query*, names without retries. Raises ``SearchError``; ``SectionForbidden`` without access."""
        # Imported here: few sessions read more than leads.
        from lead_tui.leads.records import NAMES

        if query.section in NAMES:
            return await self.records_once(query)
        return await with_retries(lambda _number, _before: self.records_once(query), self.waits)

    async def records_once(self, query: RecordsQuery) -> Records:
        """Return the records as from ``records``, by one request."""
        parse = partial(parse_records, section=query.section)
        return await self.request(query.section, query.parameters(), query.limit, parse)

    async def fetch_once(self, query: Query, offset: int, limit: int, urgency: Urgency | None = None) -> Page:
        """Return the page as from ``fetch``, by one request without retries. Raises ``SearchError``."""

        def parse(reply: Reply, is_cancelled: IsCancelled) -> Page:
            page = parse_page(reply, offset, limit, is_cancelled)
            if page.text or page.notice:
                # The server may echo the request.
                page = replace(page, text=mask_token(page.text, self._token), notice=mask_token(page.notice, self._token))
            return page

        if urgency is None:
            first = Urgency.LOOK_UP if query.is_look_up else Urgency.FIRST_PAGE
            urgency = Urgency.BULK if limit > limits.BULK_ROWS else Urgency.MORE_ROWS if offset else first
        page = await self.request(ENDPOINT, self._parameters(query, offset, limit), limit, parse, urgency)
        if page.notice and not self._has_noticed:
            self._has_noticed = True
            self.on_notice(page.notice)
        return page

    def _parameters(self, query: Query, offset: int, limit: int) -> dict[str, str]:
        values = {name: value for name, value in query.parameters(with_time=self._with_time).items() if value}
        return values | {"offset": str(offset), "limit": str(limit)}

    async def request(
        self,
        endpoint: str,
        parameters: Mapping[str, str],
        limit: int,
        parse: Callable[[Reply, IsCancelled], Result],
        urgency: Urgency = Urgency.FIRST_PAGE,
    ) -> Result:
        """Send one request when it is its turn; return what *parse* makes of the reply, in its thread. Raises ``SearchError``."""
        if not (self._handler or self._token):
            raise TokenMissing("No API token", remedy=self.setup_remedy)
        async with self._gate.turn(urgency):
            token = self._token

            def receive(state: RequestState, is_cancelled: IsCancelled) -> Result | SearchError:
                sent = {**parameters, "auth_token": token.reveal()} if token else parameters
                try:
                    if self._handler:
                        started = time.perf_counter()
                        reply = Reply(*self._handler(endpoint, sent), time.perf_counter() - started)
                    else:
                        # Imported here, since h11 takes some milliseconds: the first request may have been sent ahead.
                        from lead_tui.api.transport import send

                        request = _get_request(self._base_url, endpoint, sent)
                        reply = send(self._connections, request, limit, is_cancelled, state)
                    return parse(reply, is_cancelled)
                except SearchError as error:
                    # Returned, not raised, and without its causes: a traceback would keep the frames, and with them the token.
                    error.__cause__ = error.__context__ = None
                    error.message, error.remedy = mask_token(error.message, token), mask_token(error.remedy, token)
                    error.args = (error.message,)
                    return error.with_traceback(None)

            outcome = await self._outcome(receive, f"{endpoint} {parameters.get('offset', '')}", urgency)
        if isinstance(outcome, TooManyRequests):
            self._gate.slow_down()
        if isinstance(outcome, SearchError):
            word_remedy(outcome, self.capabilities)
            raise outcome
        self._gate.speed_up()
        return outcome

    def _bucket(self, name: str) -> Bucket:
        """Return the bucket *name*, shared by the sessions of this host if they have a directory for it."""
        if self._pace_directory is None:
            return Bucket(self._clock.now)
        return SharedBucket(self._pace_directory / name, self._pace.file_mode, self._clock.now)

    async def _outcome(
        self, receive: Callable[[RequestState, IsCancelled], Result | SearchError], name: str, urgency: Urgency
    ) -> Result | SearchError:
        """Return the result of *receive*; send again immediately, on another connection, if a kept one turns out to be dead.

        It may break before the response begins; or, after a pause, nothing arrives, because a firewall has forgotten it: then a
        look-up or a first page is sent again, and the first response counts.
        """
        state = RequestState()
        replies: list[asyncio.Future[Result | SearchError]] = []

        def start(state: RequestState) -> None:
            replies.append(asyncio.ensure_future(in_thread(partial(receive, state), name)))

        start(state)
        try:
            if urgency <= Urgency.FIRST_PAGE:
                await asyncio.wait(replies, timeout=limits.SUSPECT_SILENCE_SECONDS)
                is_suspect = not state.is_answered and (state.idle_seconds or 0.0) >= limits.SUSPECT_IDLE_SECONDS
                if is_suspect and not replies[0].done():
                    await self._gate.permit()
                    start(RequestState(replaces=state))
            for reply in asyncio.as_completed(replies):
                outcome = await reply
                if not (isinstance(outcome, SearchError) and outcome.retryable):
                    break
            if state.was_dead and len(replies) == 1:
                await self._gate.permit()
                start(RequestState(replaces=state))
                outcome = await replies[-1]
            return outcome
        finally:
            for reply in replies:
                reply.cancel()


def _get_request(base_url: str, endpoint: str, parameters: Mapping[str, str]) -> bytes:
    """Return the request for *endpoint* as it is sent. *base_url* has been checked (``settings.checked_base_url``)."""
    server = urlsplit(base_url)
    # Values may contain what cannot be encoded: an argument's stray byte is a lone surrogate.
    query = urlencode(parameters, quote_via=quote, safe=",", errors="replace")
    headers = {
        "Host": server.netloc,
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Connection": "keep-alive",
        "User-Agent": f"lead-tui/{__version__}",
    }
    return request_head(f"GET {server.path}/{endpoint}?{query}", headers)
