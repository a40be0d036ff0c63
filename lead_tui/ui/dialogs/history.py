"""The dialog of a lead's history: its calls, callbacks and recordings, the newest first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from lead_tui import limits
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hint
from lead_tui.leads.records import Event, duration
from lead_tui.leads.text import fit
from lead_tui.paging.account_records import LeadHistory
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.widgets.drawn_list import DrawnLine

_GAP = "  "
_WHEN = 16
"""Cells of a time without its seconds."""


class HistoryDialog(ListDialog[Event, str]):
    """Lists what *read* returns for a number of days, at first *days*. *describe* returns the line below about an event.

    The result is the address of a recording to copy, or None.
    """

    WIDTH = 78

    def __init__(
        self,
        title: str,
        read: Callable[[int], Awaitable[LeadHistory]],
        describe: Callable[[Event], str],
        days: int = limits.HISTORY_DAYS,
        keys: Sequence[Key] = CATALOGUE,
    ) -> None:
        super().__init__(Pane.HISTORY, keys)
        self._title = title
        self._read = read
        self._describe = describe
        self._days = days
        self._is_reading = False

    def begin(self) -> None:
        self._start_reading(self._days)
        self.be_ready()

    def _start_reading(self, days: int) -> None:
        self._days, self._is_reading = days, True
        self.set_titles(f"{self._title} · reading…")
        self.draw()
        self.run_worker(self._show())

    async def _show(self) -> None:
        history = await self._read(self._days)
        self.items, self._is_reading = history.events, False
        problems = "; ".join(str(error) for _, error in history.problems)
        span = "" if self._days == limits.HISTORY_ALL_DAYS else f" · last {self._days} days"
        more = f" · {history.missing:,} more calls" if history.missing else ""
        self.set_titles(f"{self._title}{span}{more}", f"! {fit(problems, 70).rstrip()}" if problems else "")
        self.fit_height()
        self.mark(0)
        self.call_after_refresh(self.draw)

    # The lines

    def line(self, index: int, width: int) -> DrawnLine:
        event = self.items[index]
        what = "due" if event.is_due else str(event.kind)
        left = f"{fit(event.when[:_WHEN], _WHEN)}{_GAP}{what:9}{_GAP}"
        right = f"{_GAP}{duration(event.seconds):>7}"
        room = max(2, width - len(left) - len(right) - len(_GAP))
        who = fit(event.who, room * 2 // 5)
        outcome = fit(event.status_name or event.status, room - room * 2 // 5)
        return DrawnLine((("bold" if event.is_due else "", left), ("", f"{who}{_GAP}"), ("bold", outcome), ("", right)))

    def hints(self) -> list[str]:
        event = self.current
        told = self._describe(event) if event else "reading…" if self._is_reading else "no events"
        copy = hint(self.keys, "history.copy_recording") if event and event.recording else ""
        older = "" if self._days == limits.HISTORY_ALL_DAYS else hint(self.keys, "history.older")
        return [told, copy, older, hint(self.keys, "dialog.close")]

    def action_older(self) -> None:
        if not self._is_reading and self._days != limits.HISTORY_ALL_DAYS:
            self._start_reading(limits.HISTORY_ALL_DAYS)

    def action_copy_recording(self) -> None:
        if self.current and self.current.recording:
            self.finish(self.current.recording)
