"""What the main screen is given (source, store, account, permissions, keys …), and what it remembers for the next session."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.api.retry import OnWaiting
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.formatting import StatusMarks
from lead_tui.leads.local_time import CallingHours
from lead_tui.leads.page import Page, PageSource
from lead_tui.leads.permissions import Capabilities, Token, concealed, refusal
from lead_tui.leads.query import Query
from lead_tui.paging.page_sources import EarlyLookUps
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.state import ScreenState

if TYPE_CHECKING:
    from lead_tui.paging.lead_history import RecordsSource


OF_ACCOUNTS: Final = frozenset({"app.open_call", "main.again", "main.auto_refresh", "detail.history", "detail.check_do_not_call"})
"""Keys for which a server is needed."""


class Startup(Struct, frozen=True):
    """What the app shows first: what the text *look_up* finds, or what matches *query*, with what is saved with it."""

    query: Query = field(default_factory=Query)
    name: str = ""
    look_up: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    """Columns, descending ones led by ``-``."""


async def _no_refresh(_query: Query, _offset: int, _limit: int) -> Page | None:
    return None


class Session(Struct, frozen=True):
    """The work of one user with one account: data and callables only."""

    source: PageSource
    store: QueryStore
    account: str
    """The profile's or the file's name, for the title bar. Clean text."""
    today: Callable[[], date]
    now: Callable[[], datetime]
    """Aware, in UTC."""
    use_token: Callable[[Token], None] = lambda _: None
    host: str = ""
    """Where the API is, for the token's prompt."""
    file: str = ""
    """``file of 2026-03-02 09:14`` where leads come from a file; then there is no server to ask."""
    records: RecordsSource | None = None
    """The source of the account's other records; None where there is none."""
    learn_names: bool = False
    """Whether the account's codes and names are read there when they are needed."""
    check_do_not_call: bool = False
    """Whether the phones of each opened lead are checked."""
    hear_waits: Callable[[OnWaiting], None] = lambda _: None
    """Sets the listener for requests that wait before a retry."""
    hear_notices: Callable[[Callable[[str], None]], None] = lambda _: None
    """Sets the listener that is told once when the server sends something beside the data."""
    hear_totals: Callable[[Callable[[Query, int], None]], None] = lambda _: None
    """Sets the listener that is told how many leads match a query, where that is known later than its first leads."""
    warm: Callable[[int], None] = lambda _: None
    """Opens connections for that many requests in the background."""
    early: EarlyLookUps | None = None
    """Looks a phone up before Enter; None for never."""
    retry_now: Callable[[], None] = lambda: None
    beginning: Startup = field(default_factory=Startup)
    base_url: str = ""
    """The validated address of the API, for the curl command; "" where there is none."""
    with_time: bool = False
    """Whether ends of ranges are sent with a time."""
    columns: tuple[str, ...] = ()
    """Columns for searches without columns of their own; none for the default ones."""
    usual_columns: tuple[str, ...] = ()
    """What the dialog of columns resets to; none for the default ones."""
    state: ScreenState = field(default_factory=ScreenState)
    """What the last session remembered."""
    remember: Callable[[ScreenState], None] = lambda _: None
    """Saves a state for the next session. Called in a thread; raises ``LeadTuiError``."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of custom attributes, by key."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Types of custom attributes in a workbook, by key."""
    masked: frozenset[str] = frozenset()
    """Fields shown as dots until revealed."""
    capabilities: Capabilities = Capabilities()
    """Deny by default."""
    status_marks: StatusMarks = field(default_factory=StatusMarks)
    calling_hours: CallingHours = field(default_factory=CallingHours)
    zone_in_doubt: str = ""
    """The zone of the account's days where it is not configured, which relative dates then show; else ""."""
    load_all_limit: int = limits.LOAD_ALL_LIMIT
    zone: tzinfo | None = None
    """The account's clock; None for the host's."""
    cache_bytes: int = limits.CACHE_MB * 1_000_000
    scroll_by_half: bool = True
    refresh: Callable[[Query, int, int], Awaitable[Page | None]] = _no_refresh
    """Fetches a page again by one request, without retries; None while the account's refreshes have had their share."""
    refresh_seconds: float = limits.REFRESH_SECONDS
    copy_template: str = ""
    """A checked ``leads.formatting.Template``, "" for none."""
    receive_calls: Callable[[Callable[[str], object]], Callable[[], None]] | None = None
    """Calls back with the text of each incoming call, and returns what ends that; None where calls are not received."""
    opens_calls: bool = False
    """Whether the lead of an incoming call opens by itself where nothing is disturbed."""
    idle_seconds: float = 0.0
    """Seconds without input after which the session ends; 0 for never."""
    keys: tuple[Key, ...] = CATALOGUE
    forbidden: tuple[Key, ...] = ()
    """Keys that only show that their action is not allowed."""
    first_answer: Callable[[], None] = lambda: None
    """Called once, soon after the first search was answered or failed: the start is over."""
    farewell: Callable[[], str] = lambda: ""
    """Returns a message for standard error once the interface has ended; "" for none."""
    close: Callable[[], None] = lambda: None

    def refusal_of(self, name: str, *panes: Pane) -> str:
        """The message for the key *name* in *panes* where its action is not allowed; "" for any other key."""
        for key in self.forbidden:
            if name in key.keys and key.pane in panes:
                is_of_account = self.file and key.id in OF_ACCOUNTS
                return "A file has no server to ask: this works with an account" if is_of_account else refusal(key.needs)
        return ""

    @property
    def wants_zone(self) -> bool:
        """Whether the account's zone is not known, which decides what a date means, and the user may set it."""
        return self.zone is None and self.capabilities.may_choose_configuration

    @property
    def concealed(self) -> frozenset[str]:
        """Fields that may not be shown, searched or exported."""
        return concealed(self.masked, self.capabilities)


class Memory:
    """What is remembered for the next session: *state*, whose changes *save* writes in a thread, the latest only.

    *save* may take seconds and raises ``LeadTuiError``, whose message is given to *show_problem* on the event loop.
    """

    def __init__(self, state: ScreenState, save: Callable[[ScreenState], None], show_problem: Callable[[str], None]) -> None:
        self.state = state
        self._save = save
        self._show_problem = show_problem
        self._lock = threading.Lock()
        self.writing: set[asyncio.Future[str]] = set()

    def change(self, **changes: Any) -> None:
        """Remember *changes*, fields of ``State``."""
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            # Once begun it runs to its end, also when the app quits meanwhile.
            writing = asyncio.get_running_loop().run_in_executor(None, self._write)
            self.writing.add(writing)
            writing.add_done_callback(self._written)

    def is_first(self, notice: str) -> bool:
        """Whether *notice* has never been shown; from now on it has."""
        is_first = notice not in self.state.shown_notices
        if is_first:
            self.change(shown_notices=(*self.state.shown_notices, notice))
        return is_first

    def _write(self) -> str:
        with self._lock:
            try:
                self._save(self.state)
            except LeadTuiError as error:
                return str(error)
        return ""

    def _written(self, done: asyncio.Future[str]) -> None:
        self.writing.discard(done)
        if not done.cancelled() and (problem := done.result()):
            self._show_problem(f"Not saved for the next session: {problem}")
