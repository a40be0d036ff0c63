"""The status line of the main screen, and texts about a search for it, the title and the empty table."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from lead_tui import limits
from lead_tui.api.retry import Waiting
from lead_tui.keys.catalogue import Key, Pane, beside_text, hint
from lead_tui.leads.errors import Cancelled, OffsetRefused
from lead_tui.leads.fields import label_of
from lead_tui.leads.lookup import no_lead_for, no_leads_match
from lead_tui.leads.text import counted, joined, one_line
from lead_tui.leads.values import label
from lead_tui.paging.search import Search
from lead_tui.paging.searches import Searches
from lead_tui.ui.screens.session import Session
from lead_tui.ui.widgets.bars import ALERT, StatusLine
from lead_tui.ui.widgets.lead_table import LeadTable

if TYPE_CHECKING:
    # The first rows do not need the modules that narrow, sort and load all.
    from lead_tui.leads.columns import SortKey
    from lead_tui.leads.page import Progress
    from lead_tui.paging.snapshot import Snapshot

LOADING: Final = "loading…"
SEARCHING: Final = "Searching…"

_BAR_CELLS: Final = 16
_MAX_SHOWN: Final = 40  # characters of a label or of a narrowing text


class BackgroundTask(Protocol):
    """Work other than a search that takes a while: a load, a sort, an export. It calls ``Status.refresh`` when a text changes."""

    is_awaited: bool
    """Whether the user waits for it; then its progress replaces other messages, and it ends with the current search."""

    def progress_text(self) -> str: ...  # "" while it does not run
    def quit_question(self) -> str: ...  # for quitting, which cancels it; "" where nothing would be lost
    def cancel(self) -> bool: ...  # keeps what is done; False where it was not running


class Status:
    """Fills *line* for the current search of *searches*, which *table* shows, and background tasks; *pane* is the focused one."""

    def __init__(self, line: StatusLine, searches: Searches, table: LeadTable, session: Session, pane: Callable[[], Pane]) -> None:
        self._line = line
        self._searches = searches
        self._table = table
        self._session = session
        self._pane = pane
        self._message = ""  # the message of ``say``
        self.refreshing: Callable[[], str] = lambda: ""  # returns how often the leads in view are refreshed; "" for never
        self.tasks: Sequence[BackgroundTask] = ()  # shown, and canceled with ``cancel_task``, in this order: awaited ones first
        self.waiting: Waiting | None = None  # the wait before a retry that is counted down
        self._retry_at = 0.0
        self._loading: object = None  # what is loading: a value that changes with every response; None while nothing is
        self._loading_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def quit_question(self) -> str:
        """What to ask before quitting; "" where nothing would be lost."""
        return next(filter(None, (task.quit_question() for task in self.tasks)), "")

    def cancel_task(self) -> bool:
        return any(task.cancel() for task in self.tasks)

    def refresh(self) -> None:
        search = self._searches.current
        self.show_position(search)
        seconds = self._seconds_loading(search)
        snapshot, marked = search.snapshot, len(self._table.marks)
        shown = snapshot_facts(snapshot, self._session.settings.labels) if snapshot is not None else facts(search, seconds)
        self._line.show_facts(f"{marked:,} marked" if marked else "", *shown, self.refreshing())
        if search.news:
            self._message, search.news = search.news, ""
        self._show_message()
        self.stop_timer()
        # No timer is left unless seconds or a rate are shown, or soon will be.
        if self.waiting is not None or self._loading is not None or any(task.progress_text() for task in self.tasks):
            self._timer = asyncio.get_running_loop().call_later(1, self.refresh)

    def show_position(self, search: Search) -> None:
        length = search.rows.length
        self._line.show_position(self._table.cursor + 1 if length else 0, length, total_text(search))

    # Messages

    def say(self, *parts: str, alert: bool = False) -> None:
        """Show *parts*, but empty ones, in place of the hints until the next key, or until another search is shown."""
        self._message = f"{ALERT if alert else ''}{joined(*parts)}"
        self._line.show_message(self._message)

    def end_message(self) -> None:
        """A key was pressed: remove the message that ``say`` shows."""
        if self._message:
            self._message = ""
            self._show_message()

    def leave_search(self) -> None:
        """Another search is shown: end what the user waits for in the previous one, and the message about it."""
        for task in self.tasks:
            if task.is_awaited:
                task.cancel()
        self._message = ""

    def _show_message(self) -> None:
        if self.waiting is not None:
            text = f"{ALERT}{self._countdown(self.waiting)}"
        else:
            about_search = message(self._searches.current, self.keys)
            text = self._progress(awaited=True) or about_search or self._message or self._progress(awaited=False)
        self._line.show_message(text)

    @property
    def keys(self) -> Sequence[Key]:
        return beside_text(self._session.keys) if self._pane() in (Pane.APP, Pane.FILTERS) else self._session.keys

    def _progress(self, *, awaited: bool) -> str:
        return next((text for task in self.tasks if task.is_awaited is awaited and (text := task.progress_text())), "")

    def show_waiting(self, waiting: Waiting | None) -> None:
        """Count *waiting* down in place of the previous wait; None ends it. Called on the event loop."""
        self.waiting = waiting
        self._retry_at = asyncio.get_running_loop().time() + waiting.seconds if waiting is not None else 0.0
        self.refresh()

    def _countdown(self, waiting: Waiting) -> str:
        # The server's text may contain what separates the hints.
        why = waiting.error.message.replace(" · ", " ")
        when = f"{max(0, math.ceil(self._retry_at - asyncio.get_running_loop().time()))} s"
        if waiting.attempt > 1:
            when = f"attempt {waiting.attempt} of {limits.ATTEMPTS} in {when}"
            when = joined(when, hint(self.keys, "main.again", "retry now"))
        return f"{why} · {when}"

    def _seconds_loading(self, search: Search) -> int:
        """Return for how long nothing has arrived while loading; 0 below ``limits.LOADING_SHOWN_SECONDS``."""
        is_loading = search.loading and not search.loading_all and search.snapshot is None
        loading, now = (id(search), search.whole.loaded) if is_loading else None, asyncio.get_running_loop().time()
        if loading != self._loading:
            self._loading, self._loading_since = loading, now
        passed = now - self._loading_since + 0.01  # by which a timer may be early
        return int(passed) if loading is not None and passed >= limits.LOADING_SHOWN_SECONDS else 0

    def stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


# Texts


def total_text(search: Search) -> str:
    """The T of ``Row R of T``, with ``+`` while the total is missing or unreliable; dots before any response."""
    rows = search.whole
    if not rows.answered:
        return "…"
    if search.snapshot is not None:
        return f"{search.snapshot.length:,}"
    # Country codes are compared here, and a lead may have a wrong one or none.
    is_doubtful = not rows.has_end or search.query.phone_codes or rows.fields.lacks_leads
    return f"{rows.length if rows.has_end else rows.reach:,}{'+' if is_doubtful else ''}"


def facts(search: Search, seconds_waited: int) -> list[str]:
    """What is loaded or loading, what repeats, and how long a slow last response took, or the next one has taken so far."""
    rows, parts = search.whole, list[str]()
    if rows.answered and not search.is_merged:
        parts.append(f"{search.loaded:,} loaded")
        if rows.repeated:
            parts.append(counted(rows.repeated, "repeat"))
    if rows.left_out:
        parts.append(f"{rows.left_out:,} left out: other country code")
    if search.loading:
        fields = ", ".join(map(label_of, search.whole.fields.waits_for))
        doing = f"still searching {fields}…" if fields else LOADING
        parts.append(f"{doing} {seconds_waited} s" if seconds_waited else doing)
    elif (seconds := search.loader.seconds or 0) >= limits.SLOW_SECONDS:
        parts.append(f"{seconds:,.1f} s")
    return parts


def message(search: Search, keys: Iterable[Key]) -> str:
    """What replaces the hints: a failure with its remedy, after ``!``, or news about the result. *keys* are the effective ones."""
    retry = hint(keys, "main.again", "retry")
    problem = search.loader.error
    if problem is not None:
        return f"{'' if isinstance(problem, Cancelled) else ALERT}{joined(str(problem), retry)}"
    if search.refresh_error is not None and not isinstance(search.refresh_error, Cancelled):
        return f"{ALERT}{joined(str(search.refresh_error), 'showing the earlier rows', retry)}"
    rows = search.whole
    if search.snapshot is not None:
        return ""
    if failures := rows.fields.failures:
        fields = ", ".join(dict.fromkeys(label_of(field) for field, _ in failures))
        return f"{ALERT}{joined(f'{fields} could not be searched: {failures[0][1].message}', retry)}"
    if rows.fields.cut:
        return f"More leads match in {', '.join(map(label_of, rows.fields.cut))} than are shown"
    return f"The total changed from {rows.moved_from:,} to {rows.total or 0:,}" if rows.moved_from is not None else ""


def found_in(search: Search, row: int) -> str:
    """The field in which a look-up found the lead in *row*, as a sentence; "" if nothing was looked up."""
    if search.lookup is None or row >= search.rows.length:
        return ""
    if search.is_merged:
        return f"Found in {search.rows.note(row)}"
    # One word is a name in two fields, whose leads are below a heading each.
    return "" if search.query.also_in else f"Found in {label_of(search.lookup.parts[-1][0])}"


def empty_note(search: Search, keys: Iterable[Key], observed: Callable[[], Sequence[tuple[str, str]]], *, can_go_back: bool) -> str:
    """What the table shows if there are no rows, with the effective *keys*; *observed* returns known statuses, labels by code."""
    problem = search.loader.error
    if search.loading or not search.has_outcome:
        fields = ", ".join(map(label_of, search.whole.fields.waits_for))
        return f"Still searching {fields}…" if fields else SEARCHING
    if isinstance(problem, OffsetRefused):
        return "The server returns no results past this offset; narrow the search"
    if problem is not None:
        return message(search, keys)
    if search.snapshot is not None:
        none = f"No match among the {counted(len(search.snapshot.base), 'loaded lead')}"
        return joined(none, hint(keys, "main.narrow", "edit"), hint(keys, "main.escape", "show all"))
    if search.rows.length:
        return ""
    rows = search.whole
    server_text = f"the server says: {rows.text}" if rows.text else ""
    others = f"{rows.left_out:,} with this number and another country code" if rows.left_out else ""
    back = hint(keys, "main.back", "back") if can_go_back else ""
    if rows.fields.failures:
        return joined("No leads found so far", message(search, keys).removeprefix(ALERT))
    if search.lookup is not None:
        return joined(*no_lead_for(search.lookup), server_text, others, hint(keys, "main.look_up", "look up"), back)
    ways_on = (hint(keys, "main.filters", "filters"), back or hint(keys, "main.clear_filters", "all leads")) if search.query else ()
    return joined(*no_leads_match(search.query, observed()), server_text, others, *ways_on)


def search_title(search: Search, session: Session) -> str:
    """What is searched for, and how leads are narrowed and sorted: ``status NEW · narrowed to ca · sorted by Created ↓``."""
    lookup = search.lookup
    what = f"look-up {lookup.text}" if lookup is not None else search.query.summary(search.whole.query, session.zone_in_doubt)
    if search.snapshot is None:
        return what
    narrowed = one_line(search.snapshot.narrowing.text, _MAX_SHOWN)
    return joined(what, f"narrowed to {narrowed}" if narrowed else "", sorted_by(search.snapshot.order, session.settings.labels))


# Snapshots and loads


def snapshot_facts(snapshot: Snapshot, labels: Mapping[str, str]) -> tuple[str, ...]:
    """``narrowed from 400 loaded of 1,287``, what could not be compared, and ``sorted by Created ↓, Last name ↑``."""
    base = snapshot.base
    loaded = f"{len(base):,}"
    if not base.is_whole:
        loaded += " loaded" + (f" of {base.total:,}" if base.total is not None else "")
    if snapshot.narrowing:
        loaded = f"narrowed from {loaded}"
    elif base.is_whole:
        loaded = f"all {loaded}"
    count = snapshot.uncompared
    return loaded, f"{counted(count, 'value')} could not be compared" if count else "", sorted_by(snapshot.order, labels)


def sorted_by(order: Iterable[SortKey], labels: Mapping[str, str], *, prefix: str = "sorted by") -> str:
    """``sorted by Created ↓, Last name ↑``; "" for no order."""
    columns = [f"{one_line(label(key.key, labels), _MAX_SHOWN)} {key.arrow}" for key in order]
    return f"{prefix} {', '.join(columns)}" if columns else ""


def progress_text(progress: Progress, cancel: str) -> str:
    """Return what is done, with a bar, which a narrow screen cuts off first; the rate, the time left, and how to *cancel* it."""
    first, *others = progress.parts()
    if progress.total:
        full = min(_BAR_CELLS, _BAR_CELLS * progress.done // progress.total)
        first = f"{first} {'█' * full}{'░' * (_BAR_CELLS - full)}"
    return joined(first, *others, cancel)
