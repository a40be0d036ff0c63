"""Looking at time: whose days the account's are, and whether the host's time zone data can be relied on."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from lead_tui.cli.checks import Finding, doubtful, fine
from lead_tui.config.settings import Settings
from lead_tui.leads.zones import RULE_CHANGES, Zones

_REMEDY: Final = "update this host's time zone data (the package tzdata)"
_PROBE: Final = "America/New_York"


def account_zone(settings: Settings) -> Finding:
    """The zone that the account's days count in."""
    if zone := settings.zone_in_doubt():
        return doubtful(
            "account's zone",
            f'not set, and this host is on {zone}: "today" and "-7d" are days of {zone}',
            'set timezone under [account], as "America/Los_Angeles"',
        )
    return fine("account's zone", settings.account.timezone or f"this host's, {time.strftime('%Z')} (UTC{time.strftime('%z')})")


def zone_data(zones: Zones, now: datetime) -> Finding:
    """The version of the zone data, which decides whether a lead's local time is trusted."""
    if zones.offset(_PROBE, now) is None:
        return doubtful("zone data", "none: every local time in North America is doubtful", _REMEDY)
    if not zones.version:
        return doubtful("zone data", "its version is not known: it may be old", _REMEDY)
    newest = max(change.version for change in RULE_CHANGES.values())
    problems = [] if zones.is_current(now) else ["older than a year"]
    if zones.version < newest:
        problems.append(f"without the rule changes of {newest}")
    if problems:
        what = f"{zones.version}, {' and '.join(problems)}: some local times are doubtful"
        return doubtful("zone data", what, _REMEDY)
    return fine("zone data", zones.version)
