"""The app for tests: without a terminal, over a source that tests can delay and make fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace
from textual.pilot import Pilot

from lead_tui.config.paths import Paths
from lead_tui.config.screen_settings import Colors, Mask
from lead_tui.config.settings import AccountSettings, Settings
from lead_tui.demo.endpoint import Demo
from lead_tui.leads.errors import SearchError
from lead_tui.leads.lead import row_ids, split
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import EVERYTHING, Token
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import CombinedSearches
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.storage.state import ScreenState
from lead_tui.ui.app import LeadTui
from lead_tui.ui.screens.session import Session
from tests.drawn import strips_of
from tests.key_feeder import press, press_at_once, settled

TODAY = date(2026, 3, 9)
NOW = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)

SETTINGS = Settings(account=AccountSettings(learn_names=False), colors=Colors(status={}))
"""The tests' own: no request but those that a test makes, and no marks beside the statuses."""

PATIENCE = 60.0
"""Timeout in seconds for what a test waits for."""

WIDE, NARROW, TINY = (120, 40), (80, 24), (50, 20)


@cache
def _demo(leads: int) -> Demo:
    """Return the demo, cached: its tables take a quarter of the time that an app takes to start."""
    return Demo(leads, today=TODAY)


@lru_cache(100)
def _answer(leads: int, parameters: frozenset[tuple[str, str]]) -> tuple[int, bytes]:
    """Return what the demo answers, which most tests begin with."""
    return _demo(leads).answer(dict(parameters))


class DemoSource:
    """Pages of the demo's leads. ``asked`` holds the requests."""

    def __init__(self, leads: int = 3_000) -> None:
        self.asked: list[tuple[Query, int, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.refuses: Callable[[Query, int], SearchError | None] = lambda query, offset: None
        self.answer: Callable[[dict[str, str]], tuple[int, bytes]] = lambda asked: _answer(leads, frozenset(asked.items()))

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        self.asked.append((query, offset, limit))
        await self.gate.wait()
        if error := self.refuses(query, offset):
            raise error
        _, body = self.answer({**query.parameters(), "offset": str(offset), "limit": str(limit)})
        answer = split(body)
        return Page(offset, limit, answer.rows, row_ids(answer.rows), answer.total, answer.text, seconds=0.084)


class FakeClient:
    """A session's client beside the pages: tokens that the user enters go to *tokens*, and nothing is sent."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.waits = SimpleNamespace(on_waiting=None)
        self.setup_remedy = "run lead-tui setup"
        self.on_notice: Callable[[str], None] | None = None

    def use_token(self, token: Token) -> None:
        self.tokens.append(token)

    def warm(self, count: int) -> None:
        return


class Bench:
    """A running app and its environment."""

    def __init__(self, app: LeadTui, pilot: Pilot[int], source: DemoSource, store: QueryStore, tokens: list[Token]) -> None:
        self.app = app
        self.pilot = pilot
        self.source = source
        self.store = store
        self.tokens = tokens
        self.start_is_over = asyncio.Event()

    @property
    def main(self):  # type: ignore[no-untyped-def]
        return self.app.main

    def screen(self) -> str:
        """Return the screen as text."""
        return "\n".join(strip.text for strip in strips_of(self.app))

    async def sees(self, *texts: str) -> None:
        """Wait until all of *texts* are on the screen."""
        await self.reaches(lambda: all(text in self.screen() for text in texts), lambda: f"not all of {texts} came on the screen")

    async def sees_no_more(self, text: str) -> None:
        """Wait until *text* is gone from the screen."""
        await self.reaches(lambda: text not in self.screen(), lambda: f"{text} stayed on the screen")

    async def reaches(self, is_reached: Callable[[], bool], complaint: Callable[[], str]) -> None:
        """Wait until *is_reached* is true. Raises ``AssertionError`` with the *complaint* and the screen."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not is_reached():
                    await asyncio.sleep(0.005)
                    await settled(self.app)
        except TimeoutError:
            raise AssertionError(f"{complaint()}:\n{self.screen()}") from None

    async def press(self, *keys: str) -> None:
        """Press *keys*, and wait until the app is idle."""
        await press(self.app, *keys)

    async def press_at_once(self, *keys: str) -> None:
        """Press *keys*, none of which waits for the one before, and wait until the app is idle."""
        await press_at_once(self.app, *keys)

    async def type(self, text: str) -> None:
        """Type *text* as a user does."""
        await press(self.app, *text)

    async def settled(self) -> None:
        """Wait until the app is idle."""
        await settled(self.app)

    async def started(self) -> None:
        """Wait until the work that the start postponed is done."""
        await self.start_is_over.wait()
        await self.app.workers.wait_for_complete()
        await settled(self.app)


def session_of(
    tmp_path: Path,
    source: DemoSource,
    tokens: list[Token] | None = None,
    beginning: SavedQuery | str | None = None,
    *,
    settings: Settings = SETTINGS,
    masked: Collection[str] = (),
    **session_fields: Any,
) -> Session:
    """Return a session over *source* on a fixed day, with its files in *tmp_path*; tokens that the user enters go to *tokens*."""
    given: dict[str, Any] = {
        "source": CombinedSearches(source),
        "store": QueryStore(Paths.of(tmp_path)),
        "account": "Convoso main",
        "settings": replace(settings, mask=Mask(tuple(masked))) if masked else settings,
        "base_url": "https://api.example.com/v1",
        "today": lambda: TODAY,
        "now": lambda: NOW,
        "client": FakeClient([] if tokens is None else tokens),
        "beginning": beginning or SavedQuery(""),
        "capabilities": EVERYTHING,
        "state": ScreenState(shown_notices=("welcome",)),
    }
    return Session(**{**given, **session_fields})


@asynccontextmanager
async def running(
    tmp_path: Path,
    size: tuple[int, int] = WIDE,
    source: DemoSource | None = None,
    beginning: SavedQuery | str | None = None,
    first: str = "Row 1 of",
    theme: str = "",
    ascii_borders: bool = False,
    **session_fields: Any,
) -> AsyncIterator[Bench]:
    """Run the app until its first rows are on the screen; *first* is what to wait for, *session_fields* is for ``Session``."""
    source = source or DemoSource()
    tokens: list[Token] = []
    session = session_of(tmp_path, source, tokens, beginning, **session_fields)
    start_is_over = asyncio.Event()
    app = LeadTui(replace(session, first_answer=start_is_over.set), theme=theme, ascii_borders=ascii_borders)
    async with app.run_test(size=size) as pilot:
        bench = Bench(app, pilot, source, session.store, tokens)
        bench.start_is_over = start_is_over
        if first:
            await bench.settled()
            await bench.sees(first)
            # The rest of the first page follows by itself.
            await bench.sees_no_more("loading…")
        yield bench
    assert not app.failures, "\n\n".join(app.failures)
    # Remembered state is written completely, as in the program, which waits for its threads.
    await asyncio.gather(*app.main.memory.writing)
