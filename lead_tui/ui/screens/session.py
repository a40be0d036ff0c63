"""What the main screen is handed: whom to ask, what to begin with, and what it may change. Data and callables only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.api.retry import OnWaiting
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane
from lead_tui.leads.local_time import CallingHours
from lead_tui.leads.page import PageSource
from lead_tui.leads.permissions import Capabilities, concealed, refusal
from lead_tui.leads.query import Query
from lead_tui.leads.token import Token
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.state import State


class Startup(Struct, frozen=True):
    """What the app shows first."""

    query: Query = field(default_factory=Query)
    name: str = ""
    """Of the saved query that *query* comes from."""
    look_up: str = ""
    """Text to look up at once, "" for a search."""
    columns: tuple[str, ...] = ()
    """The saved query's own; none for those of every search."""
    sort: tuple[str, ...] = ()
    """How the saved query is to be sorted: columns, descending ones led by ``-``."""


class Session(Struct, frozen=True):
    """One person's work with one account."""

    source: PageSource
    store: QueryStore
    account: str
    """The profile's name, for the title bar. Clean text."""
    host: str
    """Where the API is, for the token's prompt."""
    today: Callable[[], date]
    """The account's day."""
    now: Callable[[], datetime]
    """Aware, in UTC."""
    use_token: Callable[[Token], None]
    hear_waits: Callable[[OnWaiting], None] = lambda _: None
    """Says whom to tell when a request waits before it is tried again."""
    hear_notices: Callable[[Callable[[str], None]], None] = lambda _: None
    """Says whom to tell, once, that the server sends something beside the data."""
    retry_now: Callable[[], None] = lambda: None
    """Cuts such a wait short."""
    beginning: Startup = field(default_factory=Startup)
    base_url: str = ""
    """Its address, checked, for a command that asks the same; "" where there is none."""
    with_time: bool = False
    """Whether ends of ranges are sent with a time."""
    columns: tuple[str, ...] = ()
    """Columns of the table for searches that have none of their own; none for the default ones."""
    usual_columns: tuple[str, ...] = ()
    """What a person can go back to; none for the default ones."""
    state: State = field(default_factory=State)
    """What was remembered from the last time."""
    remember: Callable[[State], None] = lambda _: None
    """Keeps a state for the next time. Called in a thread; raises ``LeadTuiError``."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of custom attributes, by key."""
    masked: frozenset[str] = frozenset()
    """Fields shown as dots until revealed."""
    capabilities: Capabilities = Capabilities()
    """What may be done: nothing that was not allowed."""
    calling_hours: CallingHours = field(default_factory=CallingHours)
    zone_in_doubt: str = ""
    """The zone of the account's days, for relative dates to show, where nobody has said that it is the right one; else ""."""
    load_all_limit: int = limits.LOAD_ALL_LIMIT
    """Leads of a snapshot at most."""
    zone: tzinfo | None = None
    """The account's clock; None for the host's."""
    cache_bytes: int = limits.CACHE_MB * 1_000_000
    scroll_by_half: bool = True
    idle_seconds: float = 0.0
    """Seconds without input after which the session ends; 0 for never."""
    keys: tuple[Key, ...] = CATALOGUE
    """The keys in effect."""
    forbidden: tuple[Key, ...] = ()
    """Keys that only say that what they do is not allowed."""
    first_answer: Callable[[], None] = lambda: None
    """Called once, when the first search has been answered or has failed: the start is over."""
    close: Callable[[], None] = lambda: None
    """Called once when the app leaves."""

    @property
    def may_reveal(self) -> bool:
        """Whether masked fields may be uncovered."""
        return self.capabilities.may_reveal

    def refusal_of(self, name: str, *panes: Pane) -> str:
        """What to say of the key *name* in *panes* where what it does is not allowed here; "" for any other key."""
        return next((refusal(key.needs) for key in self.forbidden if name in key.keys and key.pane in panes), "")

    @property
    def concealed(self) -> frozenset[str]:
        """Fields that nothing reads for the person."""
        return concealed(self.masked, self.capabilities)
