"""The app over the real client and a real server on loopback, on a simulated clock: waits end at once, and are counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from lead_tui.api.client import Client
from lead_tui.api.pace import Clock
from lead_tui.api.retry import Waiting
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.permissions import Token
from lead_tui.paging.searches import EarlyLookUps
from tests.app.bench import Bench, running
from tests.servers.clocks import InstantClock
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation

TOKEN = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3yk3"
WHOLE = (200, 30)
"""A screen on which every sentence fits."""


class Account:
    """The account that the app uses: its address, the client's settings, and the requests made."""

    def __init__(self, base_url: str, network: Network = Network(), pace: Pace = Pace()) -> None:  # noqa: B008  # frozen
        self.base_url = base_url
        self.network = network
        self.pace = pace
        self.clock = InstantClock()
        self.waits: list[Waiting] = []
        """Those between attempts, in order."""
        self.asked_at: list[float] = []
        """The times of the requests to the server."""

    @contextmanager
    def watching(self, server: ConvosoServer) -> Iterator[None]:
        """Record the time of each request to *server*."""

        def note(asked: Invocation) -> Fault | None:
            self.asked_at.append(self.clock.now())
            return None

        server.fault_for = note
        yield

    def kept_to_the_pace(self) -> bool:
        """Return whether no period had more requests than the pace allows."""
        times = self.asked_at
        return all(
            last - first < self.pace.burst + self.pace.requests_per_second * (times[last] - times[first]) + 1e-6
            for first in range(len(times))
            for last in range(first, len(times))
        )

    def client(self, clock: Clock | None = None) -> Client:
        """Return a client on the account's clock, unless another is given."""
        client = Client(self.base_url, Token(TOKEN), pace=self.pace, network=self.network, clock=clock or self.clock)
        wait = client.waits.wait

        async def noted(waiting: Waiting) -> None:
            self.waits.append(waiting)
            await wait(waiting)

        client.waits.wait = noted  # type: ignore[method-assign]
        return client


@asynccontextmanager
async def online(
    tmp_path: Path,
    account: Account,
    *,
    first: str = "Row 1 of",
    size: tuple[int, int] = WHOLE,
    clock: Clock | None = None,
    early: bool = False,
    **session_fields: Any,
) -> AsyncIterator[Bench]:
    """Run the app on the leads of *account*; *first* is what to wait for. With *early*, phones are looked up before Enter.

    *session_fields* is for ``Session``.
    """
    client = account.client(clock)
    look_ups = EarlyLookUps(client, client.fetch_once, client.permits_in_hand) if early else None
    with closing(client):
        async with running(
            tmp_path,
            size,
            source=look_ups or client,  # type: ignore[arg-type]  # any PageSource will do
            client=client,
            early=look_ups,
            first=first,
            records=client,
            **session_fields,
        ) as bench:
            yield bench
