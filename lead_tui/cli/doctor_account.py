"""The doctor's checks of the account: token, pace, the name of the server, TLS, one search, clock, time zone."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.probe import ProbeResult, TlsInfo, peer_name
from lead_tui.api.shared_pace import BucketUnavailable, SharedBucket, bucket_name
from lead_tui.cli.checks import Finding, fail, ok, warn
from lead_tui.config.address import host_of
from lead_tui.config.settings import Network, Pace, Profile, Settings
from lead_tui.leads.errors import LeadTuiError, TokenError, UnknownIssuer
from lead_tui.leads.text import one_line
from lead_tui.leads.token import Token
from lead_tui.leads.zones import RULE_CHANGES, Zones
from lead_tui.storage.token import FoundToken

_MAX_ADDRESSES: Final = 3
_TZDATA_REMEDY: Final = "update this host's time zone data (the package tzdata)"
_PROBE: Final = "America/New_York"


def token(found: FoundToken, profile: Profile) -> Finding:
    """Report where the token comes from, and the mode of its file."""
    if not found.token:
        why = found.origin.removeprefix("none: ")
        return fail(
            "token",
            TokenError(
                f"No API token ({why})",
                remedy="run lead-tui setup, or set CONVOSO_AUTH_TOKEN; the app asks for one when it starts",
            ),
        )
    what = found.origin
    if profile.auth_token_file is not None and found.origin.startswith("auth_token_file"):
        what += f", mode {stat.S_IMODE(profile.auth_token_file.stat().st_mode):04o}"
    return ok("token", what)


def pace(pace: Pace, own_directory: Path, base_url: str, token: Token | None) -> Finding:
    """Report which rate limiter applies; *own_directory* is where the user's sessions share it."""
    if not pace.requests_per_second:
        return ok("pace", "no limit")
    what = f"{pace.requests_per_second:g} requests a second"
    if pace.is_shared_by_hosts:
        return _pace_of_hosts(pace, what, bucket_name(base_url, token, pace.account))
    directory = pace.directory_shared(own_directory)
    if directory is None:
        return ok("pace", f"{what} for each session; sessions do not share it")
    name = bucket_name(base_url, token, pace.account)
    try:
        # Opens and locks the file, and changes nothing: no permit has this receipt.
        SharedBucket(directory / name, pace.file_mode).release(0.0, -1.0)
    except BucketUnavailable as error:
        if not error.is_busy:
            return warn(
                "pace",
                f"{what} for each session: {directory} cannot be used to share it ({error})",
                "make the directory writable, or set [pace] directory",
            )
    whose = "the sessions of the group" if pace.directory else "your sessions"
    return ok("pace", f"{what}, shared by {whose} of this account in {directory}")


def _pace_of_hosts(pace: Pace, what: str, name: str) -> Finding:
    # Imported here: few accounts are shared by several hosts.
    from lead_tui.api.redis_pace import RedisBucket, RedisUnavailable

    bucket = RedisBucket(pace, name)
    try:
        bucket.connect()
        began = time.monotonic()
        until_full = bucket.connect().until_full
    except RedisUnavailable as error:
        share = pace.share_of_host()
        return warn(
            "pace",
            f"{share.requests_per_second:g} requests a second for this host: Redis on {bucket.host} {error}",
            "check [pace] redis, its password and its certificate",
        )
    used = min(bucket.capacity, until_full / bucket.interval)
    return ok(
        "pace",
        f"{what}, shared by all hosts through Redis on {bucket.host}, which answers in {1000 * (time.monotonic() - began):.1f} ms; "
        f"the account's sessions use {used:.1f} of {bucket.capacity} permits now",
    )


def name(base_url: str, network: Network, look_up: Callable[[str, Network], list[str]]) -> Finding:
    try:
        addresses = look_up(base_url, network)
    except LeadTuiError as error:
        return fail("server's name", error)
    if network.proxy == "" and addresses == [urlsplit(base_url).hostname]:
        return ok("server's name", f"{host_of(base_url)} needs no look-up")
    more = f" and {len(addresses) - _MAX_ADDRESSES} more" if len(addresses) > _MAX_ADDRESSES else ""
    return ok("server's name", f"{peer_name(base_url, network)} is {', '.join(addresses[:_MAX_ADDRESSES])}{more}")


def tls(base_url: str, network: Network, connect: Callable[[str, Network], TlsInfo | None], now: datetime) -> Finding:
    try:
        secured = connect(base_url, network)
    except UnknownIssuer as error:
        error.remedy = f"{error.remedy}; often the server does not send its intermediate certificate: contact its administrator"
        return fail("TLS", error)
    except LeadTuiError as error:
        return fail("TLS", error)
    if secured is None:
        return ok("TLS", f"none: plain http, to this machine alone; {peer_name(base_url, network)} takes connections")
    with_whom = host_of(base_url) if base_url.startswith("https:") else "the proxy"
    what = f"{secured.protocol} with {with_whom}{f', certificate by {secured.issuer}' if secured.issuer else ''}"
    if secured.expires is None:
        return ok("TLS", what)
    days = (secured.expires - now.astimezone(UTC)).days
    what += f", valid until {secured.expires:%Y-%m-%d}"
    if days < limits.CERTIFICATE_DOUBT:
        return warn("TLS", f"{what}, in {days} days", "contact the administrator of the server")
    return ok("TLS", what)


def search(searched: ProbeResult) -> Finding:
    """Check the answer of the server. Of the leads only a count is reported."""
    if searched.error is not None:
        return fail("search", searched.error)
    page = searched.page
    came = 0 if page is None else len(page.rows)
    total = "an unknown number" if page is None or page.total is None else f"{page.total:,}"
    if page is None or not (came or page.text or page.total == 0):
        return warn("search", f"no lead of {total} came", "check that the account has leads")
    said = f', the server says "{one_line(page.text, 80)}"' if page.text and not came else ""
    return ok("search", f"{came} lead{'' if came == 1 else 's'} of {total}, in {page.seconds * 1000:,.0f} ms{said}")


def clock(searched: ProbeResult, settings: Settings) -> Finding:
    """Compare this machine's clock, which decides the account's day, with the server's."""
    day = f"the account's day is {settings.today().isoformat()}"
    if searched.ahead is None:
        return warn("clock", f"the server tells no time; {day}", "compare date -u with another clock")
    apart = abs(searched.ahead)
    if apart <= searched.doubt + 1:
        return ok("clock", f"as the server's; {day}")
    what = f"{apart:,.0f} s {'ahead of' if searched.ahead > 0 else 'behind'} the server's; {day}"
    if apart <= limits.CLOCK_DOUBT:
        return ok("clock", what)
    return warn("clock", what, "set this machine's clock: days, local times and certificates go by it")


def account_zone(settings: Settings) -> Finding:
    """Check in which zone the account's days begin."""
    if zone := settings.zone_in_doubt():
        return warn(
            "account's zone",
            f'not set, and this host is on {zone}: "today" and "-7d" are days of {zone}',
            'set timezone under [account], as "America/Los_Angeles"',
        )
    return ok("account's zone", settings.account.timezone or f"this host's, {time.strftime('%Z')} (UTC{time.strftime('%z')})")


def zone_data(zones: Zones, now: datetime) -> Finding:
    """Check the version of the zone data, which decides whether a lead's local time is trusted."""
    if zones.offset(_PROBE, now) is None:
        return warn("zone data", "none: every local time in North America is doubtful", _TZDATA_REMEDY)
    if not zones.version:
        return warn("zone data", "its version is not known: it may be old", _TZDATA_REMEDY)
    newest = max(change.version for change in RULE_CHANGES.values())
    problems = [] if zones.is_current(now) else ["older than a year"]
    if zones.version < newest:
        problems.append(f"without the rule changes of {newest}")
    if problems:
        what = f"{zones.version}, {' and '.join(problems)}: some local times are doubtful"
        return warn("zone data", what, _TZDATA_REMEDY)
    return ok("zone data", zones.version)
