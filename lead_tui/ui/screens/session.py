"""What the main screen is given (source, store, account, permissions, keys …), and what all main screens share and remember."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.settings import Settings
from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, Key
from lead_tui.leads.errors import LeadTuiError, TokenError
from lead_tui.leads.page import PageSource
from lead_tui.leads.permissions import Capabilities, refusal
from lead_tui.paging.searches import EarlyLookUps, Marks
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.storage.state import ScreenState

if TYPE_CHECKING:
    from lead_tui.api.client import Client
    from lead_tui.files.source import FileSource
    from lead_tui.paging.account_data import RecordsSource


OF_ACCOUNTS: Final = frozenset({"app.open_call", "main.again", "main.auto_refresh", "detail.history", "detail.check_do_not_call"})
"""Keys whose commands need a server."""


class Session(Struct, frozen=True):
    """One user's work with one account or one file: data and callables only."""

    source: PageSource
    store: QueryStore
    account: str  # the profile's or the file's name, for the title bar. Clean text.
    today: Callable[[], date]
    now: Callable[[], datetime]  # aware, in UTC
    settings: Settings = Settings()
    client: Client | None = None  # the account's client, on which *source* is built; None for a file
    file: FileSource | None = None  # the file that is shown; None for an account
    records: RecordsSource | None = None  # the source of the account's other records; None if it has none
    early: EarlyLookUps | None = None  # looks a phone up before Enter; None for never
    beginning: SavedQuery | str = SavedQuery("")  # what is shown first: the leads of a query, or those found for a text
    base_url: str = ""  # the validated address of the API; "" where there is none
    columns: tuple[str, ...] = ()  # columns at the start for searches without columns of their own; none for the default ones
    state: ScreenState = field(default_factory=ScreenState)  # what the last session remembered
    remember: Callable[[ScreenState, ScreenState], None] = lambda _before, _now: None
    """Saves what differs between two states for the next session. Called in a thread; raises ``LeadTuiError``."""
    capabilities: Capabilities = Capabilities()  # deny by default
    zone_in_doubt: str = ""  # the zone of the account's days if it is not configured, which relative dates then show; else ""
    receive_calls: Callable[[Callable[[str], object]], Callable[[], None]] | None = None
    """Calls back with the text of each incoming call, and returns what ends that; None if calls are not received."""
    keys: tuple[Key, ...] = CATALOGUE
    forbidden: tuple[Key, ...] = ()  # keys that only say that their action is not allowed
    first_answer: Callable[[], None] = lambda: None  # called once, soon after the first search was answered or failed

    def warm(self, count: int) -> None:
        """Open connections for *count* requests in the background."""
        if self.client is not None:
            self.client.warm(count)

    def close(self) -> None:
        for source in (self.client, self.file):
            if source is not None:
                source.close()

    @property
    def file_title(self) -> str:
        return self.file.title if self.file is not None else ""

    @property
    def zone(self) -> tzinfo | None:
        """The account's clock; None for the host's."""
        return self.settings.zone()

    def refusal_of(self, key_id: str) -> str:
        """Why the command *key_id* may not run; "" if it may."""
        if self.file is not None and key_id in OF_ACCOUNTS:
            return "A file has no server to ask: this works with an account"
        needs = KEY_BY_ID[key_id].needs
        return refusal(needs) if needs and not getattr(self.capabilities, needs) else ""

    @property
    def wants_zone(self) -> bool:
        """Whether the account's zone, which decides what a date means, is unknown, and the user may set it."""
        return self.zone is None and self.capabilities.may_choose_configuration

    @property
    def concealed(self) -> frozenset[str]:
        """Fields that may not be shown, searched or exported."""
        return frozenset() if self.capabilities.may_reveal else self.settings.masked


class Memory:
    """What all main screens of *session* share, and what of it is remembered for the next session: ``state``.

    Changes of the state are saved in a thread, the latest only. Problems are given to *show_problem* on the event loop.
    """

    def __init__(self, session: Session, show_problem: Callable[[str], None]) -> None:
        self.state = self._saved = session.state
        self.columns = session.columns  # columns for searches without columns of their own; none for the default ones
        self.marks = Marks(min(session.settings.table.load_all_limit, limits.MAX_MARKS))
        self.look_ups: list[str] = []  # the texts looked up in this session, the latest last; never written to disk
        self.input_at = 0.0  # when the user last did anything, or the app started, in the loop's time
        self.rejection: TokenError | None = None  # the rejection for which the token dialog has to open; None for none
        self._save = session.remember
        self._show_problem = show_problem
        self._lock = threading.Lock()
        self.writing: set[asyncio.Future[str]] = set()

    def change(self, **changes: Any) -> None:
        """Remember *changes*, fields of ``ScreenState``."""
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            # Once begun it runs to the end, even if the app quits in the meantime.
            writing = asyncio.get_running_loop().run_in_executor(None, self._write)
            self.writing.add(writing)
            writing.add_done_callback(self._written)

    def _write(self) -> str:
        with self._lock:
            state = self.state
            try:
                self._save(self._saved, state)
            except LeadTuiError as error:
                return str(error)
            self._saved = state
        return ""

    def _written(self, done: asyncio.Future[str]) -> None:
        self.writing.discard(done)
        if not done.cancelled() and (problem := done.result()):
            self._show_problem(f"Not saved for the next session: {problem}")
