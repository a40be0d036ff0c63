"""Build the objects that the commands and the app need: settings, token, client, saved queries and keys of one account."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.paths import Paths
from lead_tui.config.settings import Network, Pace, Profile, Settings, ca_file_context, checked_base_url, load_settings
from lead_tui.invocation import Account, Invocation
from lead_tui.keys.catalogue import CATALOGUE, Key
from lead_tui.leads import dates
from lead_tui.leads.errors import TokenError, UsageError
from lead_tui.leads.fields import key_of
from lead_tui.leads.lookup import look_up
from lead_tui.leads.permissions import EVERYTHING, Capabilities, Token
from lead_tui.leads.text import one_line
from lead_tui.safe_files import reason, refuse_if_others_write
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.storage.state import load_state, save_state
from lead_tui.storage.token import ENVIRONMENT, FoundToken, find_token, pace_with_password, take_environment_token
from lead_tui.terminal.environment import blank_in_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from lead_tui.api.client import Client
    from lead_tui.files.source import FileSource
    from lead_tui.leads.page import PageSource
    from lead_tui.ui.screens.session import Session

DEMO_ADDRESS: Final = "https://demo.invalid/v1"  # the base URL of a demo account, which runs in this process: no request goes to it


class AppContext(Struct, frozen=True):
    """The effective configuration of one account."""

    account: Account
    paths: Paths
    settings: Settings
    profile: Profile
    base_url: str
    given_base_url: str  # from the option or the environment, "" if neither is set. Both URLs are checked
    environment_token: Token | None

    @classmethod
    def of(cls, account: Account) -> AppContext:
        """Return the context of *account*; called once, since the token leaves the environment. Raises ``LeadTuiError``."""
        environment_token = take_environment_token()
        if environment_token is not None:
            blank_in_environment(ENVIRONMENT)
        try:
            given = checked_base_url(account.base_url) if account.base_url else ""
        except ValueError as error:
            raise UsageError(str(error)) from None
        paths = Paths.of(account.config_dir)
        settings = load_settings(paths.config_file) if account.policy is None else account.policy.settings()
        dates.use_week_start(dates.SUNDAY if settings.dates.week_start == "sunday" else dates.MONDAY)
        profile = settings.profile_named(account.profile)
        base_url = DEMO_ADDRESS if account.demo is not None else given or profile.base_url
        return cls(account, paths, settings, profile, base_url, given, environment_token)

    @property
    def capabilities(self) -> Capabilities:
        return EVERYTHING if self.account.policy is None else self.account.policy.capabilities

    @property
    def account_name(self) -> str:
        return "demo" if self.account.demo is not None else self.profile.name

    def find_token(self) -> FoundToken:
        """Return the account's token, or none and why. Takes up to 10 s. Raises ``ConfigurationError`` and ``TokenError``."""
        if self.account.demo is not None:
            return FoundToken(None, "a demo needs none")
        found = find_token(self.settings, self.profile, self.environment_token, self.given_base_url)
        if not (found.token or self.capabilities.may_give_token):
            where = f"the profile {self.profile.name} in {self.settings.source.path}"
            raise TokenError("No API token", remedy=f"the administrator has to set one for {where}")
        return found

    def client(self, token: Token | None = None) -> Client:
        """Return a client of the account, which connects with its first request. Raises ``ConfigurationError``."""
        # Imported here, like the demo: only commands that use the account need it.
        from lead_tui.api.client import Client

        with_time = self.settings.dates.with_time
        if self.account.demo is not None:
            from lead_tui.api.parsing import ENDPOINT
            from lead_tui.demo.endpoint import Demo

            demo = Demo(self.account.demo, today=self.settings.today())
            return Client(
                self.base_url,
                pace=Pace(requests_per_second=0),
                with_time=with_time,
                handler=lambda endpoint, given: demo.answer(given) if endpoint == ENDPOINT else demo.records(endpoint, given),
            )
        pace, network = pace_with_password(self.settings), self.network()
        client = Client(
            self.base_url, token, pace=pace, pace_directory=self.paths.host_dir("pace"), network=network, with_time=with_time
        )
        client.capabilities = self.capabilities
        return client

    def network(self) -> Network:
        """Return the settings of the connection to the server. Raises ``ConfigurationError``."""
        path = self.settings.network.ca_file
        if path is not None:
            try:
                ca_file_context(path)
            except OSError as error:
                raise self.settings.source.wrong(("network", "ca_file"), f"cannot be used: {path}", reason(error)) from None
            # Anyone who can write to it can choose the server that receives the token.
            refuse_if_others_write(path, path.stat())
        return self.settings.network

    def chosen(self, invocation: Invocation, *, start: bool = False) -> tuple[SavedQuery, tuple[str, ...]]:
        """Return *invocation* over the saved query that it names, or, if it is empty and with *start*, over the startup query.

        Without one, the name is "". Also return messages about the files of saved queries. Raises as ``LoadedQueries.named``.
        """
        name, saved, notices = invocation.query_name, SavedQuery(""), tuple[str, ...]()
        if name or (start and not (invocation.filters or invocation.look_up)):
            # Imported here, like the client: a search without a saved query does not need it.
            from lead_tui.storage.query_store import QueryStore

            loaded = QueryStore(self.paths).load()
            name, notices = name or self.settings.queries.start, loaded.notices
            saved = loaded.named(name) if name else next((each for each in loaded.queries if each.start), saved)
        query = saved.query.with_checked(invocation.filters)
        return replace(saved, query=query, columns=invocation.columns or saved.columns), notices

    def keys(self, *, plain: bool) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
        """Return the keys in effect, in ASCII if *plain*, and those that are not allowed. Raises ``ConfigurationError``."""
        if not (self.settings.keys or plain) and self.capabilities == EVERYTHING:
            return CATALOGUE, ()
        # Imported here: few change keys, and few sessions are restricted.
        from lead_tui.keys.keymap import InvalidKey, effective, permitted

        try:
            return permitted(effective(self.settings.keys, plain=plain), self.capabilities)
        except InvalidKey as error:
            raise self.settings.source.wrong(("keys", error.id), error.problem) from None

    def _receive_calls(self, receive: Callable[[str], object]) -> Callable[[], None]:
        """Have *receive* called on the event loop with the number of each incoming call; return a function that ends this."""
        # Imported here, after the first paint.
        import asyncio

        from lead_tui.terminal.session_socket import SessionSocket

        # A session works without it; ``pop`` then reports that no session is running.
        with suppress(OSError):
            return SessionSocket(self.paths.host_dir("sessions"), self.account_name, asyncio.get_running_loop(), receive).close
        return lambda: None

    def session(self, invocation: Invocation, *, plain: bool = False) -> Session:
        """Return what the app works with, *plain* for a terminal with ASCII only.

        The columns at the start are those of the command line; else the saved query's own; else those chosen last, from the state;
        else the configuration's ``[table] columns``, which have their default. A saved query picked later has its own columns
        before any of these, and searches without columns of their own have the others.
        """
        found = self.find_token()
        client = self.client(found.token)
        client.setup_remedy = found.remedy
        chosen, _ = self.chosen(invocation, start=True)
        # The first request, or connecting for it, takes as long as importing Textual.
        from lead_tui.paging.page_sources import CombinedSearches, is_one_request

        if invocation.look_up or not is_one_request(chosen.query):
            client.warm(look_up(invocation.look_up).requests if invocation.look_up else 1)
        else:
            # The screen reports what is wrong with the query.
            with suppress(UsageError):
                client.request_ahead(chosen.query.dated(self.settings.today()), limits.FIRST_ROWS)
        from lead_tui.paging.searches import EarlyLookUps

        early = EarlyLookUps(client, client.fetch_once, client.permits_in_hand) if self.settings.lookup.early else None
        session = self._session(CombinedSearches(early or client), self.account_name, plain=plain)
        return replace(
            session,
            client=client,
            early=early,
            base_url=self.base_url,
            records=client,
            beginning=invocation.look_up or replace(chosen, columns=() if invocation.columns else chosen.columns),
            columns=invocation.columns or session.columns,
            receive_calls=self._receive_calls if self.capabilities.may_receive_calls else None,
        )

    def file_session(self, source: FileSource, columns: tuple[str, ...], *, plain: bool = False) -> Session:
        """Return what the app works with for a file, without network. Chosen columns are not remembered: other files differ."""
        from lead_tui.paging.page_sources import CombinedSearches
        from lead_tui.ui.screens.session import OF_ACCOUNTS

        session = self._session(CombinedSearches(source), source.name, plain=plain)
        remember, settings = session.remember, self.settings
        columns = columns or source.columns(session.columns)
        labels = {column: one_line(key_of(column)) for column in columns if column != key_of(column)}
        table = replace(settings.table, load_all_limit=max(settings.table.load_all_limit, limits.FILE_LOAD_ALL_LIMIT))
        return replace(
            session,
            file=source,
            settings=replace(settings, labels={**labels, **settings.labels}, table=table),
            columns=columns,
            remember=lambda before, new: remember(before, replace(new, columns=before.columns, widths=before.widths)),
            keys=tuple(key for key in session.keys if key.id not in OF_ACCOUNTS),
            forbidden=tuple(key for key in session.keys if key.id in OF_ACCOUNTS),
        )

    def _session(self, source: PageSource, name: str, *, plain: bool) -> Session:
        from lead_tui.storage.query_store import QueryStore
        from lead_tui.ui.screens.session import Session

        keys, forbidden = self.keys(plain=plain)
        state = load_state(self.paths)
        return Session(
            source,
            QueryStore(self.paths),
            one_line(name),
            self.settings.today,
            now,
            self.settings,
            columns=state.columns or self.settings.table.columns,
            state=state,
            remember=partial(save_state, self.paths),
            capabilities=self.capabilities,
            zone_in_doubt=self.settings.zone_in_doubt(),
            keys=keys,
            forbidden=forbidden,
        )


def now() -> datetime:
    """Return the time now, aware, in UTC."""
    return datetime.now(UTC)
