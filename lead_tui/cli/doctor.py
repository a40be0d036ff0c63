"""``lead-tui doctor``: check the configuration, the account and the terminal, and give a remedy for each problem.

The report can be pasted into a ticket: it contains no secret, no lead and no saved query's name, and ``~`` for the home directory.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.client import Client
from lead_tui.api.connections import Route
from lead_tui.api.pace import BucketUnavailable, SharedBucket, bucket_name
from lead_tui.api.parsing import ENDPOINT, Reply, parse_http_date, parse_page
from lead_tui.api.threads import IsCancelled, in_thread
from lead_tui.cli.console import standard_output
from lead_tui.cli.doctor_report import Doubt, Outcome, Report, examine_configuration, mode_of
from lead_tui.cli.doctor_terminal import examine_terminal
from lead_tui.config.settings import Network, Pace, Profile, Settings, host_of
from lead_tui.context import AppContext
from lead_tui.invocation import Command
from lead_tui.leads.errors import (
    LeadTuiError,
    NetworkError,
    SearchError,
    SectionForbidden,
    TooManyRequests,
    UnknownIssuer,
)
from lead_tui.leads.lead import decode_row
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import NAMES, OF_A_LEAD, Records, RecordsQuery, Section, entries_of, phones_of
from lead_tui.leads.text import counted, one_line
from lead_tui.paging.account_data import is_elsewhere, zone_of
from lead_tui.storage.token import ENVIRONMENT, FoundToken

Result = TypeVar("Result")

_ON_SERVER: Final = ("server's name", "TLS", "search", "clock")  # checks that use the network; each needs the ones before it


def run_doctor(command: Command) -> None:
    """Check everything, and print what is found. Raises the error of the first check that failed."""
    report, now = Report(standard_output(), os.path.expanduser("~")), datetime.now(UTC)
    # Read before it is removed from the environment: even an invalid token must not be shown.
    report.hide(Token(os.environ.get(ENVIRONMENT, "")))
    context = examine_configuration(report, command.account, now)
    report.lines(["\nAccount"])
    if isinstance(context, str):
        report.skip(f"{context} failed", "token", "pace", *_ON_SERVER)
    else:
        _examine_account(report, context, now)
    report.lines(["\nTerminal"])
    examine_terminal(report, os.environ, getattr(sys.__stderr__, "encoding", None))
    report.lines([f"\n{report.summary()}"])
    if report.failure is not None:
        raise report.failure


# Checks of the account


def _examine_account(report: Report, context: AppContext, now: datetime) -> None:
    url, network, found = context.base_url, context.network(), FoundToken(None, "")
    try:
        found = context.find_token()
    except LeadTuiError as error:
        report.fail("token", error)
    else:
        report.hide(found.token)
        report.check("token", token, found, context.profile)
    report.check("pace", lambda: pace(context.pace(), context.paths.pace_dir, url, found.token))
    if not report.check("server's name", server_name, url, network):
        report.skip("DNS failed", *_ON_SERVER[1:])
    elif not report.check("TLS", tls, url, network, now):
        report.skip("no connection", *_ON_SERVER[2:])
    elif not found.token:
        report.skip("no token", *_ON_SERVER[2:])
    else:
        searched = search(url, found.token, network)
        report.check("search", searched.outcome)
        report.check("clock", clock, searched.ahead, context.settings)
        if isinstance(searched.answer, Page):
            sections(report, records(url, found.token, network, section_queries(searched.answer)), context.settings, now)


def token(found: FoundToken, profile: Profile) -> Outcome:
    """Report where the token comes from, and the mode of its file. Raises ``TokenError`` if there is none."""
    if not found.token:
        raise found.missing
    if profile.auth_token_file is None or not found.origin.startswith("auth_token_file"):
        return found.origin
    return f"{found.origin}, {mode_of(profile.auth_token_file)}"


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
    except BucketUnavailable as error:
        what += f" for each session: {directory} cannot be used to share it ({error})"
        return Doubt(what, "make the directory writable, or set [pace] directory")
    whose = "the sessions of the group" if pace.directory else "your sessions"
    return f"{what}, shared by {whose} of this account in {directory}"


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
        f"{what}, shared by all hosts through Redis on {bucket.host}, which answers in {1000 * (time.monotonic() - began):.1f} ms; "
        f"the account's sessions use {used:.1f} of {bucket.burst} permits now"
    )


# Checks of the server, each tried once


def server_name(base_url: str, network: Network) -> Outcome:
    """Look up the addresses of the server, or of the proxy. Raises ``NetworkError``."""
    parts = urlsplit(network.proxy or base_url)

    def look_up() -> list[str]:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    addresses = _tried(look_up, base_url, network, late=socket.gaierror)
    is_address = addresses == [parts.hostname] and not network.proxy
    return f"{host_of(base_url)} needs no look-up" if is_address else f"{_peer(base_url, network)} is {', '.join(addresses)}"


def _peer(base_url: str, network: Network) -> str:
    """Return a text for the peer of connections: the server, or the proxy."""
    return f"the proxy {host_of(network.proxy)}" if network.proxy else host_of(base_url)


def tls(base_url: str, network: Network, now: datetime) -> Outcome:
    """Open a connection as for a search, and report on its TLS and its certificate.

    Sends no request, except for ``CONNECT`` to a proxy. Raises ``NetworkError``.
    """

    def connect() -> tuple[str, Mapping[str, object]] | None:
        with closing(Route(base_url, network).connect()) as opened:
            return (opened.version() or "TLS", opened.getpeercert() or {}) if isinstance(opened, ssl.SSLSocket) else None

    try:
        secured = _tried(connect, base_url, network)
    except UnknownIssuer as error:
        error.remedy = f"{error.remedy}; often the server does not send its intermediate certificate: contact its administrator"
        raise
    if secured is None:
        return f"none: plain http, to this machine alone; {_peer(base_url, network)} takes connections"
    protocol, certificate = secured
    what = f"{protocol} with {host_of(base_url)}"
    parts = cast("tuple[tuple[tuple[str, str], ...], ...]", certificate.get("issuer", ()))
    names = dict(pair for part in parts for pair in part)
    if issuer := one_line(names.get("organizationName") or names.get("commonName") or "", 60):
        what += f", certificate by {issuer}"
    until = certificate.get("notAfter")
    if not isinstance(until, str):
        return what
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
    what, days = f"{what}, valid until {expires:%Y-%m-%d}", (expires - now).days
    return Doubt(f"{what}, in {days} days", "contact the administrator of the server") if days < limits.CERTIFICATE_DOUBT else what


class Searched(NamedTuple):
    """What a search for one lead has shown."""

    answer: Page | SearchError
    ahead: float | None  # seconds that this clock is ahead of the server's; 0.0 if that is too little to tell, None without a date

    def outcome(self) -> Outcome:
        """Report on the server's response; of the leads nothing but their number. Raises ``SearchError``."""
        page = self.answer
        if isinstance(page, SearchError):
            raise page
        total = "an unknown number" if page.total is None else f"{page.total:,}"
        if not (page.rows or page.text or page.total == 0):
            return Doubt(f"no lead of {total} came", "check that the account has leads")
        quote = f', the server says "{one_line(page.text, 80)}"' if page.text and not page.rows else ""
        return f"{counted(len(page.rows))} of {total}, in {page.seconds * 1000:,.0f} ms{quote}"


def search(base_url: str, token: Token, network: Network) -> Searched:
    """Search for any one lead."""
    ahead: float | None = None

    def parse(reply: Reply, is_cancelled: IsCancelled) -> Page:
        nonlocal ahead
        if server_time := parse_http_date(reply.headers.get("date", "")):
            # The error is half the response time and half a second, since dates have whole seconds; another one does not matter.
            ahead = (datetime.now(UTC) - server_time).total_seconds() - reply.seconds / 2 - 0.5
            ahead = 0.0 if abs(ahead) <= reply.seconds / 2 + 1.5 else ahead
        return parse_page(reply, 0, 1, is_cancelled, threading.Lock())

    answer: Page | SearchError
    try:
        answer = _asked(base_url, token, network, lambda client: client.request(ENDPOINT, {"offset": "0", "limit": "1"}, 1, parse))
    except SearchError as error:
        answer = error
    return Searched(answer, ahead)


def clock(ahead: float | None, settings: Settings) -> Outcome:
    """Compare this machine's clock, which decides the account's day, with the server's; *ahead* is as in ``Searched``."""
    day = f"the account's day is {settings.today().isoformat()}"
    if ahead is None:
        return Doubt(f"the server sends no time; {day}", "compare date -u with another clock")
    if not ahead:
        return f"as the server's; {day}"
    what = f"{abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's; {day}"
    if abs(ahead) <= limits.CLOCK_DOUBT:
        return what
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
    """Return the records of each of *queries*, or why there are none.

    Nothing further is requested if the network fails, or if the server wants fewer requests.
    """

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

    return _asked(base_url, token, network, ask)


def sections(report: Report, found: Mapping[Section, Records | SearchError], settings: Settings, now: datetime) -> None:
    """Report which sections the token may read, and the time zone of the account's campaigns, if it is known. *now* is aware."""
    errors = {each: answer for each, answer in found.items() if isinstance(answer, SearchError)}
    forbidden = [each for each, error in errors.items() if isinstance(error, SectionForbidden)]
    failed = [each for each in errors if each not in forbidden]
    if may := [each for each in Section if each in found and each not in errors]:
        report.check("may read", lambda: ", ".join(may))
    if forbidden:
        remedy = "if they are needed, ask for a token whose access list has them"
        report.check("may not read", Doubt, ", ".join(forbidden), remedy)
    if failed:
        error = errors[failed[0]]
        report.check("no answer from", Doubt, f"{', '.join(failed)}: {error.message}", error.remedy)
    if untried := [each for each in Section if each not in found]:
        report.skip(f"{', '.join(untried)}: not requested", "may read")
    campaigns = found.get(Section.CAMPAIGNS)
    if isinstance(campaigns, Records) and (zone := zone_of(campaigns.rows)):
        report.check("campaigns' zone", campaigns_zone, zone, settings, now)


def campaigns_zone(zone: str, settings: Settings, now: datetime) -> Outcome:
    if not is_elsewhere(zone, now, settings.zone()):
        return zone
    used = settings.account.timezone or "this host's"
    return Doubt(f"{zone}, but days are counted in {used}", f'set timezone = "{zone}" under [account]')


def _asked(base_url: str, token: Token, network: Network, ask: Callable[[Client], Awaitable[Result]]) -> Result:
    """Return the result of *ask*, called with a client that does not limit the rate of its few requests."""

    async def run() -> Result:
        with closing(Client(base_url, token, network=network, pace=Pace(requests_per_second=0))) as client:
            return await ask(client)

    return asyncio.run(run())


def _tried(step: Callable[[], Result], base_url: str, network: Network, *, late: type[OSError] = TimeoutError) -> Result:
    """Return the result of *step*; *late* is reported if it takes too long: DNS has no timeout of its own.

    Raises ``NetworkError``.
    """

    async def wait() -> Result:
        async with asyncio.timeout(network.connect_timeout):
            return await in_thread(lambda _: step(), name="probe")

    try:
        return asyncio.run(wait())
    except NetworkError:
        raise
    except Exception as failure:
        from lead_tui.api.transport import translate_error

        error = translate_error(late() if isinstance(failure, TimeoutError) else failure, host_of(base_url), network)
    raise error
