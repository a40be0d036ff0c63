"""The event loop's longest stall in the whole app, step by step, while it loads, sorts and narrows 50,000 leads.

    python -m tests.bench.arranging [--rounds N] [--leads N]

The app runs without a terminal, over a client of a server in a separate process; keys are those of a user. A stall is
the most that a task due every millisecond is late.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual import events

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.config.paths import Paths
from lead_tui.config.screen_settings import TableSettings
from lead_tui.config.settings import Pace, Settings
from lead_tui.leads.permissions import Token
from lead_tui.storage.query_store import QueryStore
from lead_tui.ui.app import LeadTui
from lead_tui.ui.screens.session import Session
from tests.app.bench import NOW, TODAY, WIDE
from tests.bench import order
from tests.bench.pages import felt as feel
from tests.bench.pages import server
from tests.drawn import text_of

SORTED_BY = "field_3"
SORTED_KEYS = ("end", "up", "space", "space")
"""The keys that choose it, downwards, in the dialog."""

NARROWED_TO = 'plan_sold:"Gold PPO"'

_CHARACTERS = {"enter": None, "escape": None, "end": None, "up": None, "space": " "}

_PATIENCE = 60
"""Seconds after which a step is abandoned."""


@dataclass(frozen=True)
class Step:
    """Keys, and how to see at once, without drawing the screen, that they have acted."""

    name: str
    keys: tuple[str, ...]
    done: Callable[[LeadTui], bool]


def _dialog(name: str) -> Callable[[LeadTui], bool]:
    return lambda app: type(app.screen).__name__ == name


def _says(text: str) -> Callable[[LeadTui], bool]:
    return lambda app: text in text_of(app.main.status_line)


def steps(leads: int) -> tuple[Step, ...]:
    """The steps of an agent: load all, sort by a custom attribute, narrow by another, go back to all leads."""
    return (
        Step("asks whether to load all", ("s",), _dialog("LoadOffer")),
        Step("loads all, the server taking 100 ms a page", ("a",), _dialog("Sorting")),
        Step(f"sorts by {SORTED_BY}", (*SORTED_KEYS, "enter"), _says(f"sorted by {SORTED_BY}")),
        Step("asks what to narrow to", ("n",), lambda app: bool(app.main.prompt.purpose)),
        Step(f"narrows by {NARROWED_TO}", (*NARROWED_TO, "enter"), _says("esc show all  ? help")),
        Step("shows the whole again", ("escape",), lambda app: "narrowed" not in text_of(app.main.status_line)),
    )


@asynccontextmanager
async def app_on(base_url: str, leads: int, home: Path) -> AsyncIterator[LeadTui]:
    """The app over a client of *base_url*, its first rows shown."""
    client = Client(base_url, Token("benchmark"), pace=Pace(0, 1, limits.REQUESTS_IN_FLIGHT))
    session = Session(
        source=client,
        store=QueryStore(Paths.of(home)),
        account="bench",
        today=lambda: TODAY,
        now=lambda: NOW,
        settings=Settings(table=TableSettings(load_all_limit=leads)),
    )
    app = LeadTui(session)
    async with app.run_test(size=WIDE):
        await so(app, _says("Row 1 of "))
        gc.freeze()
        yield app
    client.close()


async def so(app: LeadTui, done: Callable[[LeadTui], bool]) -> None:
    """Return when *done*."""
    async with asyncio.timeout(_PATIENCE):
        while not done(app):
            await asyncio.sleep(0.005)


async def felt(app: LeadTui, step: Step) -> tuple[float, float]:
    """Return the seconds until *step* is done, and the loop's longest stall until then in milliseconds."""

    async def carried_out() -> None:
        for key in step.keys:
            app.post_message(events.Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None)))
        await so(app, step.done)
        # Drawing the result counts, too.
        await asyncio.sleep(0.1)

    seconds, stall = await feel(carried_out)
    return seconds - 0.1, stall


async def measured(rounds: int, leads: int) -> dict[str, list[tuple[float, float]]]:
    """Return seconds and longest stalls by step; each round in a new app."""
    found: dict[str, list[tuple[float, float]]] = {"idle": []}
    with server() as base_url:
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as home:
                async with app_on(base_url, leads, Path(home)) as app:
                    found["idle"].append(await feel(lambda: asyncio.sleep(0.5)))
                    for step in steps(leads):
                        found.setdefault(step.name, []).append(await felt(app, step))
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.arranging", description="Sorting and narrowing in the whole app.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--leads", type=int, default=50_000)
    given = parser.parse_args()
    order.show(asyncio.run(measured(given.rounds, given.leads)), given.leads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
