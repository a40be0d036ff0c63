"""The client of the API: a query, an offset and a limit become a page. The port ``PageSource``, over HTTP or in this process.

Nothing blocks the event loop: waiting (for a turn, between attempts) is asyncio's, each single request and the splitting of its
answer is a thread's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lead_tui import limits
from lead_tui.api.address import host_of
from lead_tui.api.bisection import Bisection
from lead_tui.api.exchange import ENDPOINT, Reply, Sending
from lead_tui.api.pace import Clock, Gate, LoopClock
from lead_tui.api.parsing import page_of
from lead_tui.api.redaction import bare, logger, masking
from lead_tui.api.retry import OnWaiting, Waiting, Waits, with_retries
from lead_tui.api.threads import GivenUp, in_thread
from lead_tui.api.transport import Answering, Connection, Http, InProcess, RecordsAnswering, forbidden
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import NetworkError, SearchError, TimeOutError, TokenError, TooManyRequests
from lead_tui.leads.page import Page
from lead_tui.leads.query import Query
from lead_tui.leads.token import Token

if TYPE_CHECKING:
    from lead_tui.leads.records import Records, RecordsQuery

__all__ = ["Answering", "Client", "OnWaiting", "Waiting"]

Result = TypeVar("Result")

Parse = Callable[[Reply, GivenUp], Result]
"""Makes the result of a reply, in the request's thread. Raises ``SearchError``."""

Send = Callable[[Sending, GivenUp], Result | SearchError]
"""One request, in a thread."""


class Client:
    """Answers for the leads of one account. Belongs to one event loop; ``close`` it in the end."""

    def __init__(
        self,
        base_url: str,
        token: Token | None = None,
        *,
        pace: Pace = Pace(),  # noqa: B008  # frozen
        pace_directory: Path | None = None,
        network: Network = Network(),  # noqa: B008  # frozen
        with_time: bool = False,
        answering: Answering | None = None,
        records_answering: RecordsAnswering = forbidden,
        on_waiting: OnWaiting | None = None,
        clock: Clock | None = None,
    ) -> None:
        """*base_url* has been checked (``address.checked_base_url``); where *answering* is given, that function is the server, with
        *records_answering* for its other endpoints, nothing is sent anywhere and no token is needed.

        *pace_directory* is the user's directory in which the sessions of an account share their pace, unless *pace* names another;
        without one the process has a pace of its own.
        *with_time* is the setting ``[dates] with_time``. *on_waiting* is told of waits between attempts. *clock* is for tests.
        """
        clock = clock or LoopClock()
        self._base_url = base_url
        self._host = host_of(base_url)
        self._pace = pace
        self._pace_directory = pace.directory_shared(pace_directory)
        self._clock = clock
        self._network = network
        self._with_time = with_time
        self._needs_token = answering is None
        self._connection: Connection = (
            InProcess(answering, records_answering) if answering else Http(base_url, network, pace.in_flight)
        )
        self._gate = Gate(pace, clock)
        self._waits = Waits(clock, on_waiting)
        self._gate.on_wait = self._waits.for_pace
        self._bisection = Bisection(self._request, self._waits)
        self._splitting = threading.Lock()
        self.on_notice: Callable[[str], None] | None = None
        """Told, once, what the server sends beside the data."""
        self._has_noticed = False
        self._token: Token | None = None
        self.use_token(token)

    def use_token(self, token: Token | None) -> None:
        """Send *token* from the next request on, second attempts included."""
        self._token = token
        self._has_permits = False
        masking.hide(token)

    @property
    def on_waiting(self) -> OnWaiting | None:
        """Who is told of waits between attempts; may be set at any time."""
        return self._waits.on_waiting

    @on_waiting.setter
    def on_waiting(self, listener: OnWaiting | None) -> None:
        self._waits.on_waiting = listener

    def retry_now(self) -> None:
        """Cut every wait between attempts short. The pace holds all the same."""
        self._waits.cut_short()

    def close(self) -> None:
        """Let go of the connections, at once. Requests under way fail; their threads never hold up the program's end."""
        self._connection.close()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """The page at *offset* of the leads that match *query*, whose dates have been fixed; at most ``limits.MAX_LIMIT`` leads.

        Cancelling the caller's task gives the request up: its place is free at once. Raises ``SearchError``, which holds neither
        the token nor a foreign object.
        """
        return await self._bisection.fetch(query, max(0, offset), min(max(1, limit), limits.MAX_LIMIT))

    async def records(self, query: RecordsQuery) -> Records:
        """The records of *query*, in one request, with retries. Raises ``SearchError``; ``SectionForbidden`` for lack of access."""
        # Imported here: few sessions read more than leads.
        from lead_tui.api.records import records_of

        parameters = query.parameters()

        async def attempt(_number: int, _before: SearchError | None) -> Records:
            return await self._send_in_turn(query.section, parameters, 0, query.limit, partial(records_of, section=query.section))

        return await with_retries(attempt, self._waits)

    async def _request(self, query: Query, offset: int, limit: int) -> Page:
        """One request, in its turn. Raises ``SearchError``."""
        parameters = {name: value for name, value in query.parameters(with_time=self._with_time).items() if value}
        parameters |= {"offset": str(offset), "limit": str(limit)}

        def parse(reply: Reply, given_up: GivenUp) -> Page:
            return page_of(reply, offset, limit, given_up, self._splitting)

        page = await self._send_in_turn(ENDPOINT, parameters, offset, limit, parse)
        if page.notice and not self._has_noticed and self.on_notice is not None:
            self._has_noticed = True
            self.on_notice(page.notice)
        return page

    async def _send_in_turn(
        self, endpoint: str, parameters: dict[str, str], offset: int, limit: int, parse: Parse[Result]
    ) -> Result:
        """One request for *endpoint*, in its turn; *parse* makes the result of its reply. Raises ``SearchError``."""
        self._share_pace()
        async with self._gate.turn(in_order=limit > limits.BULK_ROWS):
            token = self._token
            if self._needs_token and not token:
                raise TokenError("No API token", remedy="set CONVOSO_AUTH_TOKEN, or auth_token_file in the profile of config.toml")
            send = partial(self._send, endpoint, parameters, token, limit, parse)
            outcome = await self._in_time(self._outcome(send, offset, limit), self._network.deadline(limit))
        if isinstance(outcome, TooManyRequests):
            self._gate.slow_down()
        if isinstance(outcome, SearchError):
            logger.debug("%s at %d, %d leads: %s", endpoint, offset, limit, type(outcome).__name__)
            raise outcome
        self._gate.speed_up()
        return outcome

    def _share_pace(self) -> None:
        """Take permits from the bucket of the account; called before each request, since the token may be given late."""
        if self._pace_directory is None or self._has_permits:
            return
        # Imported here: the first paint needs no request.
        from lead_tui.api.permits import SharedPermits
        from lead_tui.api.shared_bucket import bucket_name

        name = bucket_name(self._base_url, self._token, self._pace.account)
        self._gate.permits = SharedPermits(self._pace_directory / name, self._pace.file_mode, self._pace, self._clock)
        self._has_permits = True

    async def _outcome(self, send: Send[Result], offset: int, limit: int) -> Result | SearchError:
        """What comes of *send*, which is called once more at once, with a new connection, if a kept one turns out to be dead.

        It breaks before the reply begins; or, after a rest, nothing comes, as when a firewall has forgotten it: then a look-up or a
        first page is sent again, and the first reply counts.
        """

        def sent(sending: Sending) -> asyncio.Future[Result | SearchError]:
            return asyncio.ensure_future(in_thread(partial(send, sending), f"{ENDPOINT} {offset}"))

        sending = Sending()
        replies = [sent(sending)]
        try:
            if offset == 0 and limit <= limits.BULK_ROWS:
                await asyncio.wait(replies, timeout=limits.SUSPECT_SILENCE_SECONDS)
                if not replies[0].done() and sending.is_forgotten:
                    await self._gate.permit()
                    replies.append(sent(Sending(fresh=True)))
            outcome = await _first_good(replies)
            if isinstance(outcome, NetworkError) and outcome.on_kept_connection:
                await self._gate.permit()
                replies.append(sent(Sending(fresh=True)))
                outcome = await replies[-1]
            return outcome
        finally:
            for reply in replies:
                reply.cancel()

    async def _in_time(self, outcome: Awaitable[Result | SearchError], seconds: float) -> Result | SearchError:
        try:
            async with asyncio.timeout(seconds):
                return await outcome
        except TimeoutError:
            return TimeOutError(
                f"The answer of {self._host} did not come whole within {seconds:g} s", remedy="try again, or narrow the search"
            )

    def _send(
        self,
        endpoint: str,
        parameters: dict[str, str],
        token: Token | None,
        limit: int,
        parse: Parse[Result],
        sending: Sending,
        given_up: GivenUp,
    ) -> Result | SearchError:
        """One request, in a thread. An error is returned, not raised: a traceback would hold the frames, and they the token."""
        try:
            sent = {**parameters, "auth_token": token.reveal()} if token else parameters
            reply = self._connection.get(sent, limit, given_up, sending, endpoint)
            logger.debug(
                "%s at %s, %d leads: %d bytes in %.3f s", endpoint, sent.get("offset", "0"), limit, len(reply.body), reply.seconds
            )
            return parse(reply, given_up)
        except SearchError as error:
            return bare(error, token)


async def _first_good(replies: Collection[asyncio.Future[Result | SearchError]]) -> Result | SearchError:
    """The first result that comes, or the last error."""
    waiting = set(replies)
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        outcomes = [each.result() for each in done]
        good = [each for each in outcomes if not isinstance(each, SearchError)]
        if good or not waiting:
            return (good or outcomes)[0]
