"""Press keys in an app without a terminal: one by one, each once the app is done with the one before.

``Pilot.press`` polls the process's processor use every 20 ms to find out; this asks the event loop itself.
"""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any

from textual import events
from textual.app import App
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key

from lead_tui.ui.widgets.filter_panel import FilterPanel

PATIENCE = 60.0
"""Seconds after which an unfinished handler counts as hanging."""

ROUNDS, TURNS = 20, 500
"""How often the screen is drawn, and turns of the loop each time, before an app that stays busy counts as settled."""


def focus_filter(panel: FilterPanel, name: str) -> None:
    """Focus the filter *name*; if there is no such filter, the one that last had the focus."""
    if (index := panel.form.index_of(name)) is not None:
        panel.go(index)
    panel.focus()


async def press(app: App[Any], *keys: str) -> None:
    """Press *keys*: names of keys as Textual has them, or single characters."""
    for key in keys:
        app.post_message(_event(key))
        await settled(app)


async def press_at_once(app: App[Any], *keys: str) -> None:
    """Press *keys* as a script does: none waits for the one before."""
    for key in keys:
        app.post_message(_event(key))
    await settled(app)


async def settled(app: App[Any]) -> None:
    """Wait until *app* has ended, or has handled and drawn all but what awaits a thread, a server or a timer."""
    await _handled(app)
    if app._exit and app._task is not None:
        await asyncio.wait([app._task], timeout=PATIENCE)
    for _ in range(ROUNDS):
        await _nothing_to_run()
        if not _runs(app) or not _to_draw(app):
            return
        app.screen._on_timer_update()


async def _handled(app: App[Any]) -> None:
    """Wait until the handler of the last message, which may itself wait, is done, or until the app has failed or ended."""
    done = asyncio.Event()
    if not app.call_later(done.set):
        return
    waits = [asyncio.ensure_future(done.wait()), asyncio.ensure_future(app._exception_event.wait())]
    if app._task is not None:
        waits.append(app._task)
    finished, _ = await asyncio.wait(waits, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits[:2]:
        wait.cancel()
    assert finished, "the app still handles what it was sent"


async def _nothing_to_run() -> None:
    """Wait until the event loop has nothing to run now: every message is handled, every callback has been called."""
    ready: Any = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if not ready:
            return


def _runs(app: App[Any]) -> bool:
    return app._running and bool(app.screen_stack) and not app._exception_event.is_set()


def _to_draw(app: App[Any]) -> bool:
    screen = app.screen
    return not app._batch_count and bool(
        screen._layout_required or screen._scroll_required or screen._repaint_required or screen._dirty_widgets or screen._callbacks
    )


def _event(key: str) -> events.Key:
    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    try:
        character: str | None = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        character = key if len(key) == 1 else None
    return events.Key(key, character)
