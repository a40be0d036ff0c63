"""What ``lead-tui doctor`` reports about the account's time zone and the host's zone data."""

from __future__ import annotations

import time
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lead_tui.cli.doctor import account_zone, zone_data
from lead_tui.cli.doctor_account import Doubt
from lead_tui.config.settings import load_settings
from lead_tui.leads.local_time import Zones
from tests.cli.command import Command
from tests.zones import NewZones


def zones_of(version: str) -> Zones:
    zones = Zones()
    zones.version = version
    return zones


NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zones", "doubt"),
    [
        (NewZones(), ""),
        (zones_of("2026a"), "2026a, not current: some local times are doubtful"),
        (zones_of("2025b"), "2025b, not current: some local times are doubtful"),
        (zones_of(""), "of an unknown version, not current: some local times are doubtful"),
    ],
)
def test_zone_data_is_reported_with_its_version(zones: Zones, doubt: str) -> None:
    found = zone_data(zones, NOW)
    assert found == (Doubt(doubt, "update this host's time zone data (the package tzdata)") if doubt else "2026f")


def test_data_is_old_a_year_after_about_its_release() -> None:
    assert zones_of("2026f").is_current(datetime(2027, 6, 30, tzinfo=UTC))
    assert not zones_of("2026f").is_current(datetime(2027, 7, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "line", "version"),
    [
        ("tzdata.zi", "# version 2026f\n# This zic input file is in the public domain.\n", "2026f"),
        ("tzdata.zi", "# version 2025b-4+deb13u1\n", "2025b"),
        ("+VERSION", "2024a\n", "2024a"),
        ("tzdata.zi", "# redo posix_only\n", ""),
        ("other", "2026f\n", ""),
    ],
)
def test_the_version_is_in_the_directory_of_the_zones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: str, version: str
) -> None:
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "New_York").touch()
    (tmp_path / name).write_text(line)
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "nowhere"), str(tmp_path)))
    assert Zones().version == version


@pytest.mark.parametrize(
    ("host", "text", "is_doubtful", "what"),
    [
        ("UTC", "", True, 'not set, and this host is on UTC: "today" and "-7d" are days of UTC'),
        ("UTC", "[account]\ntimezone = 'America/Denver'", False, "America/Denver"),
        ("Asia/Kolkata", "", False, "this host's, IST (UTC+0530)"),
    ],
)
def test_days_of_a_host_on_utc_are_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, text: str, is_doubtful: bool, what: str
) -> None:
    (tmp_path / "config.toml").write_text(text)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", host)
        time.tzset()
        found = account_zone(load_settings(tmp_path / "config.toml"))
    time.tzset()
    assert isinstance(found, Doubt) is is_doubtful
    assert (found.what if isinstance(found, Doubt) else found) == what


def test_the_doctor_tells_both_and_the_calling_hours(command: Command) -> None:
    command.configure(
        "[calling_window]\nsunday = false\nmonday = { end = '17:00' }\n[calling_window.dates]\n2026-12-25 = false\n"
        "[calling_window.states.FL]\nend = '20:00'\n"
    )
    done = command.call("doctor", TZ="UTC")
    lines = " ".join(" ".join(done.lines).split())
    assert 'account\'s zone not set, and this host is on UTC: "today" and "-7d" are days of UTC' in lines
    assert "zone data 20" in lines
    assert "calling_window.sunday = False (config.toml, line 2)" in lines
    assert "calling_window.monday.end = 17:00 (config.toml, line 3)" in lines
    assert "calling_window.states.FL.end = 20:00 (config.toml, line 7)" in lines
