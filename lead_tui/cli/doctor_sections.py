"""The doctor's checks of the account's other endpoints: which of them the token may read, and the account's time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from lead_tui.cli.checks import Finding, Verdict, ok, warn
from lead_tui.config.settings import Settings
from lead_tui.leads.decode import decode_row
from lead_tui.leads.do_not_call import numbers_of
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.page import Page
from lead_tui.leads.records import NAMES, OF_A_LEAD, Records, RecordsQuery, Section
from lead_tui.paging.account_names import is_elsewhere, zone_of

Found = Mapping[Section, Records | SearchError]


def queries(page: Page | None) -> list[RecordsQuery]:
    """Return a request for each section, as far as the lead of *page* has what it takes."""
    found = [RecordsQuery(each) for each in Section if each in NAMES]
    if page is None or not page.rows:
        return found
    lead = decode_row(page.rows[0])
    if lead.lead_id:
        found += [RecordsQuery(each, (("lead_id", lead.lead_id),), limit=1) for each in Section if each in OF_A_LEAD]
    return [*found, *(number.query() for number in [*numbers_of(lead).values()][:1] if number.digits)]


def sections(page: Page | None, request: Callable[[list[RecordsQuery]], Found]) -> tuple[list[Finding], Found]:
    """Report which sections the token may read, with one request for each."""
    found = request(queries(page))
    may = [each for each in Section if isinstance(found.get(each), Records)]
    may_not = [each for each in Section if isinstance(found.get(each), SectionForbidden)]
    failed = [each for each in Section if isinstance(found.get(each), SearchError) and each not in may_not]
    findings = [ok("may read", _listed(may))] if may else []
    if may_not:
        findings.append(warn("may not read", _listed(may_not), "if they are needed, ask for a token whose access list has them"))
    if failed:
        why = next(str(found[each]) for each in failed)
        findings.append(warn("no answer from", f"{_listed(failed)}: {why}"))
    if untried := [each for each in Section if each not in found]:
        findings.append(Finding("may read", Verdict.SKIPPED, f"{_listed(untried)}: not requested"))
    return findings, found


def zone(found: Found, settings: Settings, now: datetime) -> Finding | None:
    """Compare the time zone of the account's campaigns with the one in effect; None if they tell none. *now* is aware."""
    campaigns = found.get(Section.CAMPAIGNS)
    name = zone_of(campaigns.rows) if isinstance(campaigns, Records) else ""
    if not name:
        return None
    if not is_elsewhere(name, now, settings.zone()):
        return ok("campaigns' zone", name)
    used = settings.account.timezone or "this host's"
    return warn("campaigns' zone", f"{name}, but days are counted in {used}", f'set timezone = "{name}" under [account]')


def _listed(found: Iterable[Section]) -> str:
    return ", ".join(found)
