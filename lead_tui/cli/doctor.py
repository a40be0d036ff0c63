"""``lead-tui doctor``: check the configuration, the account and the terminal, and give a remedy for each problem.

The report can be pasted into a ticket: it contains no secret, no lead and no saved query's name, and ``~`` for the home directory.
"""

from __future__ import annotations

import os
import platform
import stat
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lead_tui import __version__, limits
from lead_tui.api import probe
from lead_tui.api.pace import BucketUnavailable, SharedBucket, bucket_name
from lead_tui.cli import doctor_terminal
from lead_tui.cli.console import standard_output
from lead_tui.cli.doctor_report import Doubt, Outcome, Report, settings_in_effect
from lead_tui.cli.parser import MIN_MISTYPED
from lead_tui.config.address import host_of
from lead_tui.config.paths import Paths
from lead_tui.config.settings import Network, Pace, Profile, Settings
from lead_tui.context import AppContext
from lead_tui.invocation import Account
from lead_tui.leads.decode import decode_row
from lead_tui.leads.errors import (
    ConfigurationError,
    LeadTuiError,
    SearchError,
    SectionForbidden,
    UnknownIssuer,
    UsageError,
)
from lead_tui.leads.fields import COMPUTED, FIELD_BY_KEY, key_of
from lead_tui.leads.names import within_two_edits
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import NAMES, OF_A_LEAD, Records, RecordsQuery, Section, entries_of, phones_of
from lead_tui.leads.text import counted, one_line
from lead_tui.leads.zones import HOST, RULES_VERSION, Zones
from lead_tui.paging.account_data import is_elsewhere, zone_of
from lead_tui.safe_files import reason
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.token import ENVIRONMENT, FoundToken

LIBRARIES: Final = ("textual", "msgspec", "truststore")  # libraries whose version a ticket should name
_ON_SERVER: Final = ("server's name", "TLS", "search", "clock")  # checks that use the network; each needs the ones before it
_PROBE: Final = "America/New_York"


def run_doctor(account: Account) -> None:
    """Check everything, and print what is found. Raises the error of the first check that failed."""
    report = Report(standard_output(), os.path.expanduser("~"))
    # Read before it is removed from the environment: even an invalid token must not be shown.
    report.hide(Token(os.environ.get(ENVIRONMENT, "")))
    paths, now = Paths.of(account.config_dir), datetime.now(UTC)
    report.lines([about(), "\nConfiguration"])
    for name, path in (
        ("config.toml", paths.config_file),
        ("queries.toml", paths.queries_file),
        ("site's policy", paths.policy_file),
        ("site's queries", paths.site_queries_dir),
    ):
        report.check(name, lambda: file(path))  # noqa: B023 - called at once
    context, failed = None, ""
    try:
        context = AppContext.of(account)
        network = context.network()
    except LeadTuiError as error:
        context, failed = None, "settings" if isinstance(error, ConfigurationError) else "command line"
        report.fail(failed, error)
    if context is not None:
        report.check("settings", lambda: settings(context))
    start = "" if context is None else context.settings.queries.start
    report.check("saved queries", lambda: queries(QueryStore(paths), start))
    report.check("zone data", lambda: zone_data(HOST, now))
    if context is None:
        report.lines(["\nAccount"])
        report.skip(f"{failed} failed", "token", "pace", *_ON_SERVER)
    else:
        report.check("account's zone", lambda: account_zone(context.settings))
        report.lines(["\nSettings"])
        report.table(settings_in_effect(context, os.environ))
        report.lines(["\nAccount"])
        _account(report, context, network, now)
    report.lines(["\nTerminal"])
    doctor_terminal.examine(report, os.environ, getattr(sys.__stderr__, "encoding", None))
    report.lines([f"\n{report.summary()}"])
    if report.failure is not None:
        raise report.failure


def about() -> str:
    versions = ", ".join(f"{library} {metadata.version(library)}" for library in LIBRARIES)
    return f"lead-tui {__version__}, Python {platform.python_version()}, {sys.platform} {platform.machine()}\n{versions}"


def file(path: Path) -> Outcome:
    """Report whether *path* exists, and its mode. The code that reads it checks whether it can be used."""
    try:
        return f"{path}, mode {stat.S_IMODE(path.stat().st_mode):04o}"
    except FileNotFoundError:
        return f"{path}, not found"
    except OSError as error:
        return Doubt(f"{path}, no access ({reason(error)})", "look at the modes of the directories above it")


def settings(context: AppContext) -> Outcome:
    """Report that the settings were read, and names in them that may be misspelled: a misspelled field is not masked."""
    context.check_screen()
    found, said = context.settings, f"read, {context.profile.name} is the profile in use"
    known = (*FIELD_BY_KEY, *COMPUTED)
    named = dict.fromkeys(map(key_of, (*found.mask.fields, *found.table.columns, *found.labels, *found.types)))
    unknown = (name for name in named if name not in known and len(name) >= MIN_MISTYPED)
    near = {name: like for name in unknown if (like := within_two_edits(name, known))}
    if not near:
        return said
    names = ", ".join(f"{one_line(name, 40)} is not {like}" for name, like in near.items())
    return Doubt(f"{said}, but {names}", "correct the name in config.toml, unless your account has an attribute of that name")


def queries(store: QueryStore, start: str) -> Outcome:
    """Report the number of saved queries, but not their names: people put leads' names into them. *start* has to be one."""
    loaded = store.load()
    if loaded.problem is not None:
        raise loaded.problem
    try:
        if start:
            loaded.named(start)
    except UsageError:
        raise UsageError("[queries] start names no saved query", remedy="lead-tui queries list shows them all") from None
    own = sum(not saved.read_only for saved in loaded.queries)
    what = f"{own:,} of your own, {len(loaded.queries) - own:,} of the site"
    notices = counted(len(loaded.notices), "notice")
    return Doubt(f"{what}, {notices}", "lead-tui queries list prints them") if loaded.notices else what


def _account(report: Report, context: AppContext, network: Network, now: datetime) -> None:
    url, found = context.base_url, FoundToken(None, "")
    try:
        found = context.find_token()
    except LeadTuiError as error:
        report.fail("token", error)
    else:
        report.hide(found.token)
        report.check("token", lambda: token(found, context.profile))
    report.check("pace", lambda: pace(context.pace(), context.paths.pace_dir, url, found.token))
    if not report.check("server's name", lambda: name(url, network)):
        report.skip("DNS failed", *_ON_SERVER[1:])
    elif not report.check("TLS", lambda: tls(url, network, now)):
        report.skip("no connection", *_ON_SERVER[2:])
    elif not found.token:
        report.skip("no token", *_ON_SERVER[2:])
    else:
        searched = probe.search(url, found.token, network)
        report.check("search", lambda: search(searched))
        report.check("clock", lambda: clock(searched, context.settings))
        if searched.error is None:
            records = probe.records(url, found.token, network, section_queries(searched.page))
            sections(report, records, context.settings, now)


# Checks of the account


def token(found: FoundToken, profile: Profile) -> Outcome:
    """Report where the token comes from, and the mode of its file. Raises ``TokenError`` if there is none."""
    if not found.token:
        raise found.missing
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
        return Doubt(
            f"{what} for this host, {rate:.2g} for its exports: Redis on {bucket.host} {error}",
            "check [pace] redis, its password and its certificate",
        )
    used = min(bucket.burst, until_full / bucket.interval)
    return (
        f"{what}, shared by all hosts through Redis on {bucket.host}, which answers in {1000 * (time.monotonic() - began):.1f} ms; "
        f"the account's sessions use {used:.1f} of {bucket.burst} permits now"
    )


def name(base_url: str, network: Network) -> Outcome:
    addresses = probe.resolve(base_url, network)
    if network.proxy == "" and addresses == [urlsplit(base_url).hostname]:
        return f"{host_of(base_url)} needs no look-up"
    return f"{probe.peer_name(base_url, network)} is {', '.join(addresses)}"


def tls(base_url: str, network: Network, now: datetime) -> Outcome:
    try:
        secured = probe.connect(base_url, network)
    except UnknownIssuer as error:
        error.remedy = f"{error.remedy}; often the server does not send its intermediate certificate: contact its administrator"
        raise
    if secured is None:
        return f"none: plain http, to this machine alone; {probe.peer_name(base_url, network)} takes connections"
    with_whom = host_of(base_url) if base_url.startswith("https:") else "the proxy"
    what = f"{secured.protocol} with {with_whom}{f', certificate by {secured.issuer}' if secured.issuer else ''}"
    if secured.expires is None:
        return what
    days = (secured.expires - now.astimezone(UTC)).days
    what += f", valid until {secured.expires:%Y-%m-%d}"
    return Doubt(f"{what}, in {days} days", "contact the administrator of the server") if days < limits.CERTIFICATE_DOUBT else what


def search(searched: probe.ProbeResult) -> Outcome:
    """Check the server's response. Nothing of the leads is reported but their number."""
    if searched.error is not None:
        raise searched.error
    page = searched.page
    came = 0 if page is None else len(page.rows)
    total = "an unknown number" if page is None or page.total is None else f"{page.total:,}"
    if page is None or not (came or page.text or page.total == 0):
        return Doubt(f"no lead of {total} came", "check that the account has leads")
    quote = f', the server says "{one_line(page.text, 80)}"' if page.text and not came else ""
    return f"{counted(came)} of {total}, in {page.seconds * 1000:,.0f} ms{quote}"


def clock(searched: probe.ProbeResult, settings: Settings) -> Outcome:
    """Compare this machine's clock, which decides the account's day, with the server's."""
    day = f"the account's day is {settings.today().isoformat()}"
    if searched.ahead is None:
        return Doubt(f"the server sends no time; {day}", "compare date -u with another clock")
    if not (apart := abs(searched.ahead)):
        return f"as the server's; {day}"
    what = f"{apart:,.0f} s {'ahead of' if searched.ahead > 0 else 'behind'} the server's; {day}"
    if apart <= limits.CLOCK_DOUBT:
        return what
    return Doubt(what, "set this machine's clock: days, local times and certificates go by it")


def account_zone(settings: Settings) -> Outcome:
    """Check in which zone the account's days begin."""
    if zone := settings.zone_in_doubt():
        what = f'not set, and this host is on {zone}: "today" and "-7d" are days of {zone}'
        return Doubt(what, 'set timezone under [account], such as "America/Los_Angeles"')
    return settings.account.timezone or f"this host's, {time.strftime('%Z')} (UTC{time.strftime('%z')})"


def zone_data(zones: Zones, now: datetime) -> Outcome:
    """Check the version of the zone data, which decides whether a lead's local time is trusted."""
    problems = [] if zones.is_current(now) else ["older than a year"]
    problems += [f"without the rule changes of {RULES_VERSION}"] if zones.version < RULES_VERSION else []
    if zones.offset(_PROBE, now) is None:
        doubt = "none: every local time in North America is doubtful"
    elif not zones.version:
        doubt = "its version is not known: it may be old"
    elif problems:
        doubt = f"{zones.version}, {' and '.join(problems)}: some local times are doubtful"
    else:
        return zones.version
    return Doubt(doubt, "update this host's time zone data (the package tzdata)")


# The account's other endpoints


def section_queries(page: Page | None) -> list[RecordsQuery]:
    """Return a request for each section, if the lead of *page* has the id or the phone that it needs."""
    found = [RecordsQuery(each) for each in Section if each in NAMES]
    if page is None or not page.rows:
        return found
    lead = decode_row(page.rows[0])
    if lead.lead_id:
        found += [RecordsQuery(each, (("lead_id", lead.lead_id),), limit=1) for each in Section if each in OF_A_LEAD]
    return [*found, *(entries_of(phone) for phone in [*phones_of(lead).values()][:1] if phone.national)]


def sections(report: Report, found: Mapping[Section, Records | SearchError], settings: Settings, now: datetime) -> None:
    """Report which sections the token may read, and the time zone of the account's campaigns, if it is known. *now* is aware."""
    may = ", ".join(each for each in Section if isinstance(found.get(each), Records))
    may_not = ", ".join(each for each in Section if isinstance(found.get(each), SectionForbidden))
    failed = {
        each: error for each, error in found.items() if isinstance(error, SearchError) and not isinstance(error, SectionForbidden)
    }
    if may:
        report.check("may read", lambda: may)
    if may_not:
        remedy = "if they are needed, ask for a token whose access list has them"
        report.check("may not read", lambda: Doubt(may_not, remedy))
    if failed:
        error = next(iter(failed.values()))
        report.check("no answer from", lambda: Doubt(f"{', '.join(failed)}: {error.message}", error.remedy))
    if untried := ", ".join(each for each in Section if each not in found):
        report.skip(f"{untried}: not requested", "may read")
    campaigns = found.get(Section.CAMPAIGNS)
    if isinstance(campaigns, Records) and (zone := zone_of(campaigns.rows)):
        report.check("campaigns' zone", lambda: _campaigns_zone(zone, settings, now))


def _campaigns_zone(zone: str, settings: Settings, now: datetime) -> Outcome:
    if not is_elsewhere(zone, now, settings.zone()):
        return zone
    used = settings.account.timezone or "this host's"
    return Doubt(f"{zone}, but days are counted in {used}", f'set timezone = "{zone}" under [account]')
