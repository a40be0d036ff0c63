"""The automatic refresh: the leads in view are requested again every N seconds, with new and changed ones marked. Off by default.

Each refresh is one request, without retries. None is sent while a dialog or the prompt is open, the terminal does not have the
focus, anything else is loading, or leads are narrowed or sorted.
"""

from __future__ import annotations

import asyncio
from functools import partial

from textual.timer import Timer
from textual.worker import Worker

from lead_tui import limits
from lead_tui.leads.errors import SearchError, TokenError
from lead_tui.paging.loader import Loader
from lead_tui.paging.page_sources import is_one_request
from lead_tui.paging.search import Search
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.columns import CHANGED
from lead_tui.ui.widgets.lead_table import NEW


class AutoRefreshController:
    """Refreshes while it is on. There is a timer only then."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._timer: Timer | None = None
        self._worker: Worker[None] | None = None
        main.status.refreshing = self._text

    def toggle(self) -> None:
        search = self._main.search
        if self._timer is not None:
            self._stop("Automatic refresh off")
        elif search.is_merged or not is_one_request(search.query):
            refresh = self._main.hint("main.again", "refresh")
            self._main.say("Not refreshed automatically: this search takes several requests", refresh)
        else:
            self._timer = self._main.set_interval(self._main.session.settings.refresh.seconds, self._refresh_if_seen)
            self._main.status.refresh()
            self._main.say(f"{NEW} new", f"{CHANGED} changed", self._main.hint("main.auto_refresh", "off"))

    def _stop(self, *message: str, alert: bool = False) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._worker is not None:
            self._worker.cancel()
        self._timer = self._worker = None
        self._main.table.changes = {}
        self._main.table.refresh()
        self._main.status.refresh()
        self._main.say(*message, alert=alert)

    def _text(self) -> str:
        if self._timer is None:
            return ""
        every = f"refresh every {self._main.session.settings.refresh.seconds:g} s"
        return every if _refreshable(self._main.search) is not None else "refresh paused"

    def _refresh_if_seen(self) -> None:
        main, search = self._main, self._main.search
        if asyncio.get_running_loop().time() - main.memory.input_at >= limits.REFRESH_INPUT_SECONDS:
            on = main.hint("main.auto_refresh", "on")
            self._stop(f"Automatic refresh off after {limits.REFRESH_INPUT_SECONDS / 60:g} minutes without input", on)
            return
        is_idle = self._worker is None or self._worker.is_finished
        is_free = is_idle and main.is_on_top and not main.prompt.purpose and main.app.app_focus
        if is_free and not search.loading and (loader := _refreshable(search)):
            self._worker = main.run_worker(partial(self._refresh, search, loader))

    async def _refresh(self, search: Search, loader: Loader) -> None:
        span, client = loader.needed(), self._main.session.client
        try:
            # Without retries; it returns no page while the account's refreshes have used their share.
            page = await client.refresh(loader.rows.query, span.start, len(span)) if client is not None else None
        except SearchError as error:
            resume = self._main.hint("main.auto_refresh", "resume")
            self._stop(f"Automatic refresh paused: {error.message}", resume, alert=True)
            if isinstance(error, TokenError):
                self._main.token_rejected(error)
            return
        if page is None or search is not self._main.search or _refreshable(search) is not loader:
            # A page of rows that are no longer shown, or not alone, is not worth another request.
            return
        if changes := search.add_refresh(page):
            self._main.table.changes = changes
            self._main.table.refresh()
            new = sum(not keys for keys in changes.values())
            counts = ((new, "new"), (len(changes) - new, "changed"))
            self._main.say(*(f"{count:,} {what}" for count, what in counts if count))


def _refreshable(search: Search) -> Loader | None:
    """Return the loader if one request gets the leads in view: not for several fields, foreign numbers or long lists of ids."""
    return search.loader if not search.is_merged and search.snapshot is None and is_one_request(search.query) else None
