"""Processing data, compared with a plain loop of httpx and json: a page, a whole snapshot, narrowing and sorting it."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.config.settings import Pace
from lead_tui.leads.columns import run
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import parse as parse_narrowing
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import LoadAll, in_turns
from lead_tui.paging.snapshot import SnapshotRows, arrange, take_snapshot
from tests.bench import pages
from tests.bench.figures import Figure
from tests.bench.order import TODAY, loaded
from tests.paging.arranged import order_of
from tests.servers.leads import MAX_LIMIT

LEADS: Final = 50_000
_WORD, _ORDER = "stone", "-created_at last_name"

Lead = dict[str, Any]


def page_figures(rounds: int) -> list[Figure]:
    """A page of 2,000 leads from its bytes, and the event loop's longest stall while four such pages arrive."""
    found = asyncio.run(pages.measured(rounds, MAX_LIMIT))
    base = found["json.loads (base)"]

    def beside(name: str, what: str, limit: float | None) -> Figure:
        return Figure(name, "ms", found[what], "json.loads of one", base, limit)

    return [
        beside("page of 2,000 leads: bytes to the first usable row", "bytes to the first usable row", 0.3),
        beside("the same, with all ids", "bytes to rows and all ids", None),
        beside("longest stall of the loop while four such pages arrive", pages.BUSY, 0.6),
        beside("longest stall of an idle loop", pages.IDLE, None),
    ]


def plain_load(base_url: str) -> list[bytes]:
    """Return the answers with the first ``LEADS`` leads from a plain loop: one request after another, each answer decoded whole."""
    bodies: list[bytes] = []
    with httpx.Client() as client:
        for offset in range(0, LEADS, MAX_LIMIT):
            asked: dict[str, str | int] = {"auth_token": "benchmark", "offset": offset, "limit": MAX_LIMIT}
            bodies.append(client.get(f"{base_url}/leads/search", params=asked).content)
            plain_leads(bodies[-1:])
    return bodies


def plain_leads(bodies: list[bytes]) -> list[Lead]:
    """The leads of *bodies*."""
    return [lead for body in bodies for lead in json.loads(body)["data"]["entries"]]


def plain_narrow(leads: list[Lead]) -> list[Lead]:
    """Return the leads that have the word anywhere."""
    return [lead for lead in leads if any(_WORD in str(value).lower() for value in lead.values())]


def plain_sort(leads: list[Lead]) -> list[Lead]:
    """Return the leads sorted by ``_ORDER``, ignoring case."""
    by_name = sorted(leads, key=lambda lead: lead["last_name"].lower())
    return sorted(by_name, key=lambda lead: lead["created_at"], reverse=True)


async def snapshot_figures(rounds: int) -> list[Figure]:
    """Loading 50,000 leads from a server that takes 100 ms a page, narrowing and sorting them, all in turns with the loop."""
    held = run(take_snapshot(loaded(LEADS), LEADS))
    names = FieldNames(held.observed_keys)
    # As the app does at its start: permanent objects are not scanned again.
    gc.freeze()

    async def load() -> None:
        loading = LoadAll(client, Query(), SnapshotRows(LEADS, is_compressed=LEADS > limits.PLAIN_ROWS), LEADS)
        await loading.run()

    def arranged(narrowing: str, order: str) -> Callable[[], Awaitable[object]]:
        return lambda: in_turns(arrange(held, parse_narrowing(narrowing, names, TODAY), order_of(order)))

    with pages.server() as base_url:
        bodies = await asyncio.to_thread(plain_load, base_url)
        work: dict[str, tuple[Callable[[], Awaitable[object]], Callable[[], object]]] = {
            "load": (load, lambda: plain_load(base_url)),
            "narrow": (arranged(_WORD, ""), lambda: plain_narrow(plain_leads(bodies))),
            "sort": (arranged("", _ORDER), lambda: plain_sort(plain_leads(bodies))),
        }
        ours: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
        base: dict[str, list[float]] = {name: [] for name in work}
        client = Client(base_url, Token("benchmark"), pace=Pace(0, 1, limits.REQUESTS_IN_FLIGHT))
        await client.fetch(Query(), 0, 1)
        for _ in range(rounds):
            for name, (do, plain) in work.items():
                ours[name].append(await pages.felt(do))
                started = time.perf_counter()
                await asyncio.to_thread(plain)
                base[name].append(time.perf_counter() - started)
        client.close()
    said = {
        "load": "loading 50,000 leads, 100 ms a request",
        "narrow": f"narrowing them: {_WORD}",
        "sort": f"sorting them: {_ORDER}",
    }
    figures = []
    for name, what in said.items():
        seconds, stalls = [each for each, _ in ours[name]], [stall for _, stall in ours[name]]
        figures.append(Figure(what, "s", seconds, "httpx and json in a loop" if name == "load" else "json in a loop", base[name]))
        figures.append(Figure("the loop's longest stall meanwhile", "ms", stalls))
    return figures


def measured(rounds: int) -> list[Figure]:
    """Run all measurements of data."""
    return [*page_figures(3 * rounds), *asyncio.run(snapshot_figures(rounds))]
