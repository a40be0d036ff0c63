"""The time that loading, narrowing and sorting a whole snapshot take, and how much they stall the event loop.

    python -m tests.bench.order [--rounds N] [--leads N]

The leads are the tests' account's, with custom attributes; everything runs in turns, as in the app, on one core. They are
loaded from a server in a separate process. Prints for each the seconds, and the event loop's longest stall and that of an idle
loop.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
from collections.abc import Awaitable, Callable
from datetime import date

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.config.settings import Pace
from lead_tui.leads.columns import run
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import parse as parse_narrowing
from lead_tui.leads.lead import row_ids, split
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import LoadAll, in_turns
from lead_tui.paging.result import Result
from lead_tui.paging.snapshot import SnapshotRows, arrange, take_snapshot
from tests.bench.pages import felt, server
from tests.paging.arranged import order_of
from tests.servers.leads import MAX_LIMIT, account

TODAY = date(2026, 3, 9)

NARROWINGS = ("stone", "1448", '-stone "new lead"', "created_at>=2026-03-01", "plan_sold:gold household_income>50000")
ORDERS = ("lead_id", "-created_at last_name", "name", "local_time", "phone_number", "-household_income plan_sold name")
BOTH = ("plan_sold:gold", "-member_id")


def loaded(leads: int) -> Result:
    """The result of all of the account's leads, loaded."""
    answer = account(leads)
    found = Result(Query(), sys.maxsize)
    for offset in range(0, leads, MAX_LIMIT):
        _, body = answer({"offset": str(offset), "limit": str(min(MAX_LIMIT, leads - offset))})
        rows = list(split(body).rows)
        found.add_page(Page(offset, MAX_LIMIT, rows, row_ids(rows), leads))
    return found


async def measured(rounds: int, leads: int) -> dict[str, list[tuple[float, float]]]:
    """Return seconds and longest stalls by step."""
    result = loaded(leads)
    held = run(take_snapshot(result, leads))
    # As the app does at its start: permanent objects are not scanned again.
    gc.freeze()
    names = FieldNames(held.observed_keys)

    def arranged(narrowing: str, order: str) -> Callable[[], Awaitable[object]]:
        return lambda: in_turns(arrange(held, parse_narrowing(narrowing, names, TODAY), order_of(order)))

    async def load() -> SnapshotRows:
        loading = LoadAll(client, Query(), SnapshotRows(leads, is_compressed=leads > limits.PLAIN_ROWS), leads)
        await loading.run()
        return loading.rows

    work: dict[str, Callable[[], Awaitable[object]]] = {
        "idle": lambda: asyncio.sleep(0.5),
        "load, the server taking 100 ms a page": load,
        "hold": lambda: in_turns(take_snapshot(result, leads)),
    }
    work |= {f"narrow {text}": arranged(text, "") for text in NARROWINGS}
    work |= {f"sort {text}": arranged("", text) for text in ORDERS}
    work[f"narrow {BOTH[0]}, sort {BOTH[1]}"] = arranged(*BOTH)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
    with server() as base_url:
        client = Client(base_url, Token("benchmark"), pace=Pace(0, 1, limits.REQUESTS_IN_FLIGHT))
        await client.fetch(Query(), 0, 1)
        for _ in range(rounds):
            for name, each in work.items():
                found[name].append(await felt(each))
        client.close()
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.order", description="Narrowing and sorting a snapshot.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--leads", type=int, default=50_000)
    given = parser.parse_args()
    show(asyncio.run(measured(given.rounds, given.leads)), given.leads)
    return 0


def show(found: dict[str, list[tuple[float, float]]], leads: int) -> None:
    """Print medians and worst of the seconds and stalls in *found*."""
    print(f"{f'{leads:,} leads':52}{'median s':>10}{'worst s':>10}{'stall ms':>10}{'worst ms':>10}")
    for name, times in found.items():
        seconds, stalls = [each for each, _ in times], [stall for _, stall in times]
        print(
            f"{name:52}{statistics.median(seconds):10.2f}{max(seconds):10.2f}{statistics.median(stalls):10.1f}{max(stalls):10.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
