"""Zone data of hosts that are up to date, out of date, or have none, independent of this host's."""

from __future__ import annotations

from datetime import UTC, datetime

from lead_tui.leads.local_time import RULE_CHANGES, Zones

OLD, NEW = "2025b", "2026f"
"""Versions of the zone data without and with the rule changes of 2026."""


class OldZones(Zones):
    """The host's zone data, with the rules that hold in western Canada until 2026f."""

    def __init__(self) -> None:
        super().__init__()
        self.version = OLD

    def offset(self, zone: str, moment: datetime) -> int | None:
        if zone in RULE_CHANGES and zone.startswith("America") and moment >= datetime(2026, 11, 1, 9, tzinfo=UTC):
            return RULE_CHANGES[zone][1] - (60 if moment < datetime(2027, 3, 14, 10, tzinfo=UTC) else 0)
        return super().offset(zone, moment)


class NewZones(Zones):
    """The host's zone data, with the rules of western Canada from 2026f on."""

    def __init__(self) -> None:
        super().__init__()
        self.version = NEW

    def offset(self, zone: str, moment: datetime) -> int | None:
        if zone in RULE_CHANGES and moment >= RULE_CHANGES[zone][0]:
            return RULE_CHANGES[zone][1]
        return super().offset(zone, moment)


class NoZones(Zones):
    """A host without zone data."""

    def offset(self, zone: str, moment: datetime) -> int | None:
        return None
