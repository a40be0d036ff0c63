"""An app with a screen over which the tests open dialogs, and a store of queries in memory."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, Self, TypeVar

from msgspec.structs import replace
from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from lead_tui.leads.errors import LeadTuiError, UsageError
from lead_tui.leads.query import Query
from lead_tui.storage.query_store import Deleted, LoadedQueries, QueryStore
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.terminal.frames import PlainGlyphs
from lead_tui.ui.dialogs.dialog import Dialog
from lead_tui.ui.widgets.key_queue import KeyQueueApp
from tests import key_feeder
from tests.drawn import strips_of

ResultT = TypeVar("ResultT")

BELOW = "what lies below"

SIXTEEN_COLOURS = Theme(
    name="sixteen",
    ansi=True,
    primary="ansi_blue",
    error="ansi_red",
    warning="ansi_yellow",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_blue",
        "text-muted": "ansi_bright_black",
        "text-disabled": "ansi_bright_black",
    },
)


class _Below(Widget):
    def render_line(self, y: int) -> Strip:
        return Strip([Segment(" ".join([BELOW] * 10), self.rich_style)]).crop(0, self.size.width)


class Host(KeyQueueApp[None], Generic[ResultT]):
    """Opens *dialog* at once; ``results`` has what it was closed with."""

    def __init__(self, dialog: Dialog[ResultT], *, ascii_only: bool = False) -> None:
        super().__init__()
        self.dialog = dialog
        self.results: list[ResultT | None] = []
        self.pilot: Pilot[None]
        self._ascii_only = ascii_only
        self.register_theme(SIXTEEN_COLOURS)
        self.theme = SIXTEEN_COLOURS.name
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        """Lines of text, to show what a dialog covers."""
        yield _Below()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and the app's for ASCII."""
        return [*super().get_line_filters(), *([PlainGlyphs()] if self._ascii_only else [])]

    def on_mount(self) -> None:
        """Open the dialog."""
        self.push_screen(self.dialog, self.results.append)

    @asynccontextmanager
    async def opened(self, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Self]:
        """Run with the dialog open and its keys handled."""
        async with self.run_test(size=size) as self.pilot:
            await settled(self)
            yield self


def screen_text(app: App[None]) -> str:
    """Return the lines of the screen, joined by newlines."""
    width, height = app.size
    return "\n".join(strip.text.ljust(width) for strip in strips_of(app)[:height])


def words(app: App[None]) -> str:
    """Return the words of the dialog on the screen, its lines and runs of spaces joined."""
    inside = [line.split("│")[1] for line in screen_text(app).split("\n") if line.count("│") > 1]
    return " ".join(" ".join(inside).split())


async def settled(app: App[None]) -> None:
    """Wait until all work is done and drawn, including reading and writing."""
    await key_feeder.settled(app)
    await worked(app)


async def press(app: App[None], *keys: str) -> str:
    """Return the screen once *keys* have acted."""
    await key_feeder.press(app, *keys)
    await worked(app)
    return screen_text(app)


async def burst(app: App[None], *keys: str) -> str:
    """Return the screen once *keys*, which arrived all at once as over a slow line, have acted."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else {"slash": "/", "question_mark": "?"}.get(key)))
    await settled(app)
    return screen_text(app)


async def worked(app: App[None]) -> None:
    """Wait until reading and writing are done and drawn, and what that starts."""
    while any(not worker.is_finished for worker in app.workers):
        await app.workers.wait_for_complete()
        await key_feeder.settled(app)


class MemoryStore(QueryStore):
    """Saved queries in memory. ``failure`` is raised by all that would write; writing waits until ``may_write`` is set."""

    def __init__(self, queries: Sequence[SavedQuery] = (), notices: Sequence[str] = ()) -> None:
        self.queries = list(queries)
        self.deleted = None
        self.notices = tuple(notices)
        self.failure: LeadTuiError | None = None
        self.may_write = threading.Event()
        self.may_write.set()
        self.threads: set[int] = set()

    def load(self) -> LoadedQueries:
        """All saved queries."""
        self.threads.add(threading.get_ident())
        return LoadedQueries(tuple(self.queries), self.notices)

    def change(self, name: str, /, **changes: Any) -> str:
        """Change the query *name*, taking key and start mark from the others."""
        self._wait()
        at = self._at(name)
        saved = replace(self.queries[at], **changes)
        if any(each.name.casefold() == saved.name.casefold() != name.casefold() for each in self.queries):
            raise UsageError(f"There is a saved query {saved.name} already", remedy="take another name")
        self.queries = [
            saved
            if index == at
            else replace(each, key="" if each.key == saved.key else each.key, start=each.start and not saved.start)
            for index, each in enumerate(self.queries)
        ]
        return ""

    def delete(self, name: str) -> None:
        """Remove the query."""
        self._wait()
        self.deleted = Deleted(self.queries.pop(self._at(name)))

    def restore(self, deleted: Deleted) -> None:
        """Restore the query, at the front."""
        self._wait()
        self.queries.insert(0, deleted.saved)
        self.deleted = None

    def _wait(self) -> None:
        self.may_write.wait()
        self.threads.add(threading.get_ident())
        if self.failure is not None:
            raise self.failure

    def _at(self, name: str) -> int:
        found = next((index for index, each in enumerate(self.queries) if each.name == name), None)
        if found is None:
            raise UsageError(f"There is no saved query {name}")
        return found


def saved(
    name: str, filters: dict[str, str] | None = None, *, key: str = "", start: bool = False, read_only: bool = False
) -> SavedQuery:
    """Return a saved query."""
    return SavedQuery(name, Query.of(filters or {}), key=key, start=start, read_only=read_only)
