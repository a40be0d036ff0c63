"""Looking at the account: the token, the name of its server, a secure connection, one search, the clock."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.address import host_of
from lead_tui.api.probe import CountedRequests, Secured, asked_of
from lead_tui.api.shared_bucket import BucketUnavailable, SharedBucket, bucket_name
from lead_tui.cli.checks import Finding, Verdict, doubtful, failed, fine
from lead_tui.config.settings import Network, Pace, Profile, Settings
from lead_tui.leads.errors import LeadTuiError, TokenError, UnknownIssuer
from lead_tui.leads.text import one_line
from lead_tui.leads.token import Token
from lead_tui.storage.token import FoundToken

_MAX_ADDRESSES = 3


def token(found: FoundToken, profile: Profile) -> Finding:
    """Where the token comes from, and its file's mode."""
    if not found.token:
        why = found.origin.removeprefix("none: ")
        return failed(
            "token",
            TokenError(
                f"There is no token ({why})",
                remedy="set CONVOSO_AUTH_TOKEN, or auth_token_file in config.toml; the app asks for one when it starts",
            ),
        )
    what = found.origin
    if profile.auth_token_file is not None and found.origin.startswith("auth_token_file"):
        what += f", mode {stat.S_IMODE(profile.auth_token_file.stat().st_mode):04o}"
    return fine("token", what)


def pace(pace: Pace, own_directory: Path, base_url: str, token: Token | None) -> Finding:
    """Report which rate limiter applies; *own_directory* is where the user's sessions share it."""
    if not pace.requests_per_second:
        return fine("pace", "no limit")
    what = f"{pace.requests_per_second:g} requests a second"
    directory = pace.directory_shared(own_directory)
    if directory is None:
        return fine("pace", f"{what} for each session; sessions do not share it")
    name = bucket_name(base_url, token, pace.account)
    try:
        # Opens and locks the file, and changes nothing: no permit has this receipt.
        SharedBucket(directory / name, pace.file_mode).give_back(0.0, -1.0)
    except BucketUnavailable as error:
        if not error.is_busy:
            return doubtful(
                "pace",
                f"{what} for each session: {directory} cannot be used to share it ({error})",
                "make the directory writable, or set [pace] directory",
            )
    whose = "the sessions of the group" if pace.directory else "your sessions"
    return fine("pace", f"{what}, shared by {whose} of this account in {directory}")


def name(base_url: str, network: Network, look_up: Callable[[str, Network], list[str]]) -> Finding:
    """The addresses of the server's name."""
    try:
        addresses = look_up(base_url, network)
    except LeadTuiError as error:
        return failed("server's name", error)
    if network.proxy == "" and addresses == [urlsplit(base_url).hostname]:
        return fine("server's name", f"{host_of(base_url)} needs no look-up")
    more = f" and {len(addresses) - _MAX_ADDRESSES} more" if len(addresses) > _MAX_ADDRESSES else ""
    return fine("server's name", f"{asked_of(base_url, network)} is {', '.join(addresses[:_MAX_ADDRESSES])}{more}")


def tls(base_url: str, network: Network, connect: Callable[[str, Network], Secured | None], now: datetime) -> Finding:
    """A connection, and how safe it is."""
    try:
        secured = connect(base_url, network)
    except UnknownIssuer as error:
        error.remedy = f"{error.remedy}; often the server does not send its intermediate certificate: contact its administrator"
        return failed("TLS", error)
    except LeadTuiError as error:
        return failed("TLS", error)
    if secured is None:
        return fine("TLS", f"none: plain http, to this machine alone; {asked_of(base_url, network)} takes connections")
    with_whom = "the proxy" if network.proxy.startswith("https:") else host_of(base_url)
    what = f"{secured.protocol} with {with_whom}{f', certificate by {secured.issuer}' if secured.issuer else ''}"
    if secured.expires is None:
        return fine("TLS", what)
    days = (secured.expires - now.astimezone(UTC)).days
    what += f", valid until {secured.expires:%Y-%m-%d}"
    if days < limits.CERTIFICATE_DOUBT:
        return doubtful("TLS", f"{what}, in {days} days", "contact the administrator of the server")
    return fine("TLS", what)


def search(searched: CountedRequests) -> Finding:
    """Whether the server answers as it should. A count is all that is told of the leads."""
    if searched.error is not None:
        return failed("search", searched.error)
    page = searched.page
    came = 0 if page is None else len(page.rows)
    total = "an unknown number" if page is None or page.total is None else f"{page.total:,}"
    if page is None or not (came or page.text or page.total == 0):
        return doubtful("search", f"no lead of {total} came", "check that the account has leads")
    said = f', the server says "{one_line(page.text, 80)}"' if page.text and not came else ""
    return fine("search", f"{came} lead{'' if came == 1 else 's'} of {total}, in {page.seconds * 1000:,.0f} ms{said}")


def clock(searched: CountedRequests, settings: Settings) -> Finding:
    """How far this machine's clock is from the server's; the account's day comes from it."""
    day = f"the account's day is {settings.today().isoformat()}"
    if searched.ahead is None:
        return doubtful("clock", f"the server tells no time; {day}", "compare date -u with another clock")
    apart = abs(searched.ahead)
    if apart <= searched.doubt + 1:
        return fine("clock", f"as the server's; {day}")
    what = f"{apart:,.0f} s {'ahead of' if searched.ahead > 0 else 'behind'} the server's; {day}"
    if apart <= limits.CLOCK_DOUBT:
        return fine("clock", what)
    return doubtful("clock", what, "set this machine's clock: days, local times and certificates go by it")


def not_tried(what: str, why: str) -> Finding:
    """A step that another one stands before."""
    return Finding(what, Verdict.DOUBT, f"not tried: {why}")
