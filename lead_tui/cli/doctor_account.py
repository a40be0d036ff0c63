"""The doctor's checks of the account: the token, the pace, the way to the server, one search, and what else the token may read."""

from __future__ import annotations

import asyncio
import socket
import ssl
import stat
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.connections import Route
from lead_tui.api.pace import SharedBucket, bucket_name
from lead_tui.api.parsing import ENDPOINT, Reply, parse_http_date, parse_page
from lead_tui.api.threads import IsCancelled
from lead_tui.config.settings import Network, Pace, Profile, Settings, host_of
from lead_tui.context import AppContext
from lead_tui.leads.errors import LeadTuiError, NetworkError, SearchError, TooManyRequests, UnknownIssuer
from lead_tui.leads.lead import decode_row
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import NAMES, OF_A_LEAD, Records, RecordsQuery, Section, entries_of, phones_of
from lead_tui.leads.text import counted
from lead_tui.safe_files import reason
from lead_tui.storage.token import FoundToken, pace_with_password

Result = TypeVar("Result")


class Doubt(NamedTuple):
    """What a user should check. Anyone may see the texts: they contain no secret, no lead and no saved query's name."""

    what: str
    remedy: str = ""


Outcome = str | Doubt | LeadTuiError
"""What a check finds: a sentence if all is well, a ``Doubt``, or the error that a command would raise."""


def account(context: AppContext, hide: Callable[[Token], object]) -> Iterator[tuple[str, Outcome]]:
    """Yield each check by its name, until one fails on which the others depend; *hide* is called with the token."""
    url, network, found = context.base_url, context.network(), FoundToken(None, "")
    try:
        found = context.find_token()
        yield "token", token(found, context.profile)
    except LeadTuiError as error:
        yield "token", error
    if found.token:
        hide(found.token)
    name = "pace"
    try:
        yield name, pace(pace_with_password(context.settings), context.paths.host_dir("pace"), url, found.token)
        yield (name := "server's name"), server_name(url, network)
        yield (name := "TLS"), tls(url, network)
        if not found.token:
            return
        name = "search"
        page, ahead = search(url, found.token, network)
    except LeadTuiError as error:
        yield name, error
        return
    yield name, extent(page)
    yield "clock", clock(ahead, context.settings)
    for section, answer in records(url, found.token, network, section_queries(page)).items():
        if isinstance(answer, Records):
            yield "may read", section
        else:
            yield "may not read", Doubt(f"{section}: {answer.message}", answer.remedy)


def token(found: FoundToken, profile: Profile) -> Outcome:
    if not found.token:
        return found.missing
    if profile.auth_token_file is None or not found.origin.startswith("auth_token_file"):
        return found.origin
    return f"{found.origin}, mode {stat.S_IMODE(profile.auth_token_file.stat().st_mode):04o}"


def pace(pace: Pace, own_directory: Path, base_url: str, token: Token | None) -> Outcome:
    """Report which rate limiter applies; *own_directory* is where the user's sessions share it."""
    if not pace.requests_per_second:
        return "no limit"
    what, name = f"{pace.requests_per_second:g} requests a second", bucket_name(base_url, token, pace.account)
    if pace.is_shared_by_hosts:
        return _pace_of_hosts(pace, what, name)
    directory = pace.directory_shared(own_directory)
    if directory is None:
        return f"{what} for each session; sessions do not share it"
    try:
        # Opens and locks the file, and changes nothing.
        SharedBucket(directory / name, pace.file_mode).seconds_until_full()
    except OSError as error:
        what += f" for each session: {directory} cannot be used to share it ({reason(error)})"
        return Doubt(what, "make the directory writable, or set [pace] directory")
    return f"{what}, shared by the sessions of this account in {directory}"


def _pace_of_hosts(pace: Pace, what: str, name: str) -> Outcome:
    # Imported here: few accounts are shared by several hosts.
    from lead_tui.api.redis_pace import RedisBucket, RedisUnavailable

    bucket = RedisBucket(pace, name)
    try:
        bucket.connect()
        began = time.monotonic()
        until_full = bucket.connect().until_full
    except RedisUnavailable as error:
        rate = pace.exports_of_host().requests_per_second
        what += f" for this host, {rate:.2g} for its exports: Redis on {bucket.host} {error}"
        return Doubt(what, "check [pace] redis, its password and its certificate")
    used = min(bucket.burst, until_full / bucket.interval)
    return (
        f"{what}, shared by all hosts through Redis on {bucket.host}, which responds in {1000 * (time.monotonic() - began):.1f} ms"
        f"; the account's sessions use {used:.1f} of {bucket.burst} permits now"
    )


@contextmanager
def _translated(base_url: str, network: Network) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # Imported here, with h11: only a failure needs it.
        from lead_tui.api.transport import translate_error

        raise translate_error(error, host_of(base_url), network) from None


def server_name(base_url: str, network: Network) -> Outcome:
    """Look up the addresses of the server, or of the proxy. Raises ``NetworkError``."""
    parts = urlsplit(network.proxy or base_url)
    with _translated(base_url, network):
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    peer = f"the proxy {host_of(network.proxy)}" if network.proxy else host_of(base_url)
    return f"{peer} is {', '.join(dict.fromkeys(str(address[0]) for *_, address in found))}"


def tls(base_url: str, network: Network) -> Outcome:
    """Open a connection as for a search. Sends no request, except for ``CONNECT`` to a proxy. Raises ``NetworkError``."""
    try:
        with _translated(base_url, network), closing(Route(base_url, network).connect()) as opened:
            if isinstance(opened, ssl.SSLSocket):
                return f"{opened.version()} with {host_of(base_url)}, whose certificate is valid"
    except UnknownIssuer as error:
        error.remedy = f"{error.remedy}; often the server does not send its intermediate certificate: contact its administrator"
        raise
    return f"none: plain http, to this machine alone; {host_of(base_url)} takes connections"


def search(base_url: str, token: Token, network: Network) -> tuple[Page, float | None]:
    """Return a page with any one lead, and by how many seconds this clock is ahead of the server's. Raises ``SearchError``."""

    def parse(reply: Reply, is_cancelled: IsCancelled) -> tuple[Page, float | None]:
        then = parse_http_date(reply.headers.get("date", ""))
        ahead = None if then is None else (datetime.now(UTC) - then).total_seconds()
        return parse_page(reply, 0, 1, is_cancelled), ahead

    return _requested(base_url, token, network, lambda client: client.request(ENDPOINT, {"offset": "0", "limit": "1"}, 1, parse))


def extent(page: Page) -> str:
    """Return what a search for one lead has shown: of the leads nothing but their number."""
    total = "an unknown number" if page.total is None else f"{page.total:,}"
    return f"{counted(len(page.rows))} of {total}, in {page.seconds * 1000:,.0f} ms"


def clock(ahead: float | None, settings: Settings) -> Outcome:
    """Compare this machine's clock, which decides the account's day, with the server's; *ahead* is as from ``search``."""
    day = f"the account's day is {settings.today().isoformat()}"
    if ahead is None:
        return Doubt(f"the server sends no time; {day}", "compare date -u with another clock")
    if abs(ahead) <= limits.CLOCK_DOUBT:
        return f"as the server's; {day}"
    what = f"{abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's; {day}"
    return Doubt(what, "set this machine's clock: days, local times and certificates go by it")


def section_queries(page: Page) -> list[RecordsQuery]:
    """Return a request for each section, if the lead of *page* has the id or the phone that it needs."""
    found = [RecordsQuery(each) for each in Section if each in NAMES]
    if not page.rows:
        return found
    lead = decode_row(page.rows[0])
    if lead.lead_id:
        found += [RecordsQuery(each, (("lead_id", lead.lead_id),), limit=1) for each in Section if each in OF_A_LEAD]
    return [*found, *(entries_of(phone) for phone in [*phones_of(lead).values()][:1] if phone.national)]


def records(base_url: str, token: Token, network: Network, queries: Iterable[RecordsQuery]) -> dict[Section, Records | SearchError]:
    """Return the records of each of *queries* or why there are none, and stop if the network fails or for a rate limit."""

    async def ask(client: Client) -> dict[Section, Records | SearchError]:
        found: dict[Section, Records | SearchError] = {}
        for query in queries:
            try:
                found[query.section] = await client.records_once(query)
            except SearchError as error:
                found[query.section] = error
                if isinstance(error, NetworkError | TooManyRequests):
                    break
        return found

    return _requested(base_url, token, network, ask)


def _requested(base_url: str, token: Token, network: Network, ask: Callable[[Client], Awaitable[Result]]) -> Result:
    """Return the result of *ask*, called with a client that does not limit the rate of its few requests."""

    async def run() -> Result:
        with closing(Client(base_url, token, network=network, pace=Pace(requests_per_second=0))) as client:
            return await ask(client)

    return asyncio.run(run())
