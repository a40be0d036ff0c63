"""``python -m tests.servers.real``: how the client handles real servers, and when they close connections, as a table.

It installs what is missing from Debian's packages, so it runs as root; ``--idle`` takes five minutes more. ``--readme`` writes the
table into the README beside this file. The exit code is 1 if a server was not understood as the README says.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, Final, NamedTuple

from lead_tui.api.client import Client
from lead_tui.config.settings import Network, Pace
from lead_tui.leads.errors import SearchError
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches
from tests.servers.clocks import InstantClock
from tests.servers.real import idle
from tests.servers.real.rig import FIRST_ID, HERE, LEADS, TOKEN, UNSENDABLE, RealServer, install, servers

README: Final = HERE / "README.md"
IDLE_SECONDS: Final = 320.0
"""Longer than the longest: Caddy keeps connections for 300 s."""

NOTICE, BAD, FATAL, DOWN = (Query((("province", case),)) for case in ("notice", "bad", "fatal", "down"))


class Case(NamedTuple):
    """Something that happens behind real servers."""

    name: str
    observe: Callable[[RealServer], Coroutine[Any, Any, str]]
    expected: str
    """A regular expression for what is observed, whatever the server."""


def client(server: RealServer, under: str = "") -> Client:
    """Return a client without waits between attempts."""
    return Client(server.base_url(under), Token(TOKEN), pace=Pace(requests_per_second=0), network=Network(), clock=InstantClock())


async def fetched(server: RealServer, query: Query = Query(), limit: int = 50, under: str = "") -> str:  # noqa: B008  # frozen
    """Return how many leads arrived, or the message of the error."""
    one = client(server, under)
    noticed: list[str] = []
    one.on_notice = noticed.append
    try:
        page = await CombinedSearches(one).fetch(query, 0, limit)
    except SearchError as error:
        return f"{type(error).__name__}: {error.message}"
    finally:
        one.close()
    lost = f", without rows {', '.join(str(offset + 1) for offset in page.unsendable)}" if page.unsendable else ""
    said = f", reported: {noticed[0]}" if noticed else ""
    return f"{len(page.rows) - len(page.unsendable):,} of {page.total:,}{lost}{said}"


async def all_sendable(server: RealServer) -> str:
    """A page of 2,000 leads of which PHP cannot encode one, and those around it."""
    return await fetched(server, BAD, 2_000)


async def nine_hundred_ids(server: RealServer) -> str:
    """Too many ids for one request line."""
    ids = ",".join(str(FIRST_ID + number) for number in range(1, 901))
    return await fetched(server, Query((("lead_id", ids),)), 2_000)


async def after_idle_close(server: RealServer) -> str:
    """A look-up on a connection that the server has since closed, if it closes within seconds."""
    one = client(server)
    try:
        await one.fetch(Query(), 0, 1)
        await asyncio.sleep(6)
        began = time.perf_counter()
        await one.fetch(Query(), 0, 1)
        return f"answered {'at once' if time.perf_counter() - began < 1 else 'late'}"
    finally:
        one.close()


def at(under: str) -> Callable[[RealServer], Coroutine[Any, Any, str]]:
    """A search at a path that the server answers itself."""
    return lambda server: fetched(server, under=under)


def searched(query: Query) -> Callable[[RealServer], Coroutine[Any, Any, str]]:
    """A search for *query*."""
    return lambda server: fetched(server, query)


CASES: Final = (
    Case("a page of 50 leads", searched(Query()), rf"50 of {LEADS:,}"),
    Case("2,000 leads, one of which PHP cannot encode", all_sendable, rf"1,999 of {LEADS:,}, without rows {UNSENDABLE[0]:}"),
    Case("a PHP warning before the data", searched(NOTICE), rf"50 of {LEADS:,}, reported: .*notice.*"),
    Case("a PHP fatal error", searched(FATAL), r"(?!HtmlAnswer).*PHP.*"),
    Case("503 without a body", searched(DOWN), r"ServerError: .*503.*"),
    Case("900 ids of ten digits", nine_hundred_ids, r"900 of 900"),
    Case("403 by the server itself", at("/forbidden"), r".*in front of the API refuses this machine \(HTTP 403\).*"),
    Case("301 to another path", at("/moved"), r"SearchError: .*301.*"),
    Case("the backend is gone", at("/gone"), r"ServerError: .*50[23].*"),
    Case("a look-up after 6 s of rest", after_idle_close, r"answered at once"),
)


def _brief(row: Sequence[str]) -> list[str]:
    """Return *row*, with what all servers have in common only once."""
    name, *cells = row
    said = [cell for cell in cells if cell != "–"]
    if len(set(said)) > 1:
        return [name, *cells]
    first = cells.index(said[0])
    return [name, *(cell if place <= first or cell == "–" else "the same" for place, cell in enumerate(cells))]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers.real", description=__doc__)
    parser.add_argument("--idle", action="store_true", help="measure when idle connections are closed too")
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    given = parser.parse_args(arguments)
    install()
    failures = 0
    with servers() as found, ThreadPoolExecutor(2 * len(found)) as pool:
        if given.idle:
            closes = [
                (pool.submit(idle.after_a_request, server, IDLE_SECONDS), pool.submit(idle.before_a_request, server, IDLE_SECONDS))
                for server in found
            ]
        rows = [["", *(f"{server.name} {server.version}" for server in found)]]
        for case in CASES:
            row = [case.name]
            for server in found:
                # PHP's own server hands every path to the endpoint.
                if server.name == "PHP" and case.name in ("403 by the server itself", "301 to another path", "the backend is gone"):
                    row.append("–")
                    continue
                observed = re.sub(r"127\.0\.0\.1:\d+", "SERVER", asyncio.run(case.observe(server)))
                is_right = re.fullmatch(case.expected, observed) is not None
                failures += not is_right
                row.append(observed if is_right else f"**{observed}**")
                print(f"{'ok    ' if is_right else 'FAILED'} {server.name}: {case.name}: {observed}", flush=True)
            rows.append(_brief(row))
        if given.idle:
            rows.append(["closes an idle connection after a request", *(str(after.result()) for after, _ in closes)])
            rows.append(["closes a connection without any request", *(str(before.result()) for _, before in closes)])
    table = "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ["---"] * len(rows[0]), *rows[1:]])
    print(table)
    if given.readme:
        text = README.read_text()
        begin, end = "<!-- table -->\n", "<!-- end of table -->"
        head, tail = text.partition(begin)[0], text.partition(end)[2]
        README.write_text(f"{head}{begin}\nObserved on {date.today().isoformat()}, Debian 12.\n\n{table}\n\n{end}{tail}")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
