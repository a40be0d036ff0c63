"""The settings of ``[calling_window]``: days and states with different hours."""

from __future__ import annotations

import os
from datetime import date, time
from pathlib import Path

import pytest

from lead_tui.config.policy import read_policy
from lead_tui.config.settings import load_settings
from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.local_time import CallingHours, CallingWindow

SAMPLE = """
[calling_window]
start = "9:00"
sunday = false
saturday = { end = "17:00" }

[calling_window.dates]
2026-12-25 = false
"2026-11-29" = { start = 12:00:00 }

[calling_window.states.FL]
end = "20:00"
sunday = true

[calling_window.states."british columbia".monday]
start = "10:00"

[calling_window.states.BC.dates]
"2026-12-25" = true
"""

USUAL, SATURDAY = CallingWindow(540, 1260), CallingWindow(540, 1020)
MONDAY = date(2026, 11, 30)
SUNDAY = date(2026, 12, 6)
DECEMBER_25, NOVEMBER_29 = date(2026, 12, 25), date(2026, 11, 29)


def hours(tmp_path: Path, text: str) -> CallingHours:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load_settings(path).calling_window.hours()


def windows(given: CallingHours, state: str) -> list[CallingWindow | None]:
    return [given.window(state, day) for day in (MONDAY, date(2026, 12, 5), SUNDAY, DECEMBER_25, NOVEMBER_29)]


def test_without_settings_every_day_is_the_same(tmp_path: Path) -> None:
    assert hours(tmp_path, "") == CallingHours()


def test_a_date_comes_before_a_weekday_and_a_state_replaces_key_by_key(tmp_path: Path) -> None:
    given = hours(tmp_path, SAMPLE.replace("BC.dates", '"british columbia".dates'))
    assert windows(given, "GA") == [USUAL, SATURDAY, None, None, CallingWindow(720, 1260)]
    assert windows(given, "") == windows(given, "GA")
    # Florida ends earlier, also on days that the general hours do not end; a Saturday has its own end, and Sundays are usual.
    florida = CallingWindow(540, 1200)
    assert windows(given, "FL") == [florida, SATURDAY, florida, None, CallingWindow(720, 1200)]
    assert windows(given, "BC") == [CallingWindow(600, 1260), SATURDAY, None, USUAL, CallingWindow(720, 1260)]


def test_general_hours_of_a_day_reach_no_further_than_those_of_the_state(tmp_path: Path) -> None:
    text = """
        [calling_window]
        saturday = { start = '7:00', end = '20:30' }
        [calling_window.states.FL]
        start = '9:00'
        end = '20:00'
    """
    saturday = date(2026, 12, 5)
    assert hours(tmp_path, text).window("FL", saturday) == CallingWindow(540, 1200)
    assert hours(tmp_path, text).window("GA", saturday) == CallingWindow(420, 1230)


def test_the_policy_of_the_site_takes_them_too(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(SAMPLE.replace("BC.dates", '"british columbia".dates'))
    path.chmod(0o644)
    policy = read_policy(path, owner=os.geteuid())
    assert policy is not None
    assert policy.settings().calling_window.hours().window("FL", MONDAY) == CallingWindow(540, 1200)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[calling_window]\nsunday = 'no'\n", "line 2: calling_window.sunday must be true, false, or a table of start and end"),
        (
            "[calling_window]\nsunday = { from = '8:00' }\n",
            "line 2: calling_window.sunday.from is not a known setting: known here: start, end",
        ),
        ("[calling_window.sunday]\nstart = 8\n", "line 2: calling_window.sunday.start must be a time of day"),
        ("[calling_window]\nsundays = false\n", "line 2: calling_window.sundays is not a known setting: did you mean sunday"),
        (
            "[calling_window]\nsunday = { start = '21:00' }",
            "line 2: calling_window.sunday.start must leave hours that end",
        ),
        (
            "[calling_window]\nstart = 08:00:10\nend = 08:00:50",
            "line 3: calling_window.end must leave hours that end later",
        ),
        ("[calling_window.dates]\n12-25 = false\n", "line 2: calling_window.dates.12-25 must be a table of hours by date"),
        (
            "[calling_window.dates]\n2026-02-30 = false\n",
            "line 2: calling_window.dates.2026-02-30 must be a table of hours by date",
        ),
        ("[calling_window.dates]\n2026-02-03 = 3\n", "line 2: calling_window.dates.2026-02-03 must be true, false, or a table"),
        ("[calling_window]\ndates = false\n", "line 2: calling_window.dates must be a table of hours by date"),
        (
            "[calling_window.dates]\n2026-02-03 = { end = '7:00' }\n",
            "line 2: calling_window.dates.2026-02-03.end must leave hours",
        ),
        (
            "\n[calling_window.states.XX]\nend = '20:00'",
            "line 2: calling_window.states.XX must be named by a state of the USA or a",
        ),
        (
            "[calling_window.states.FL]\nend = '20:00'\n[calling_window.states.florida]\n",
            "line 1: calling_window.states names FL twice",
        ),
        ("[calling_window.states.FL]\nend = '7:00'", "line 2: calling_window.states.FL.end must leave hours in FL that end later"),
        (
            "[calling_window]\nsunday = { start = '20:30' }\n[calling_window.states.FL]\nend = '20:00'",
            "line 1: calling_window must leave hours in FL that end later than they start",
        ),
        (
            "[calling_window.states.FL]\nends = '20:00'",
            "line 2: calling_window.states.FL.ends is not a known setting: did you mean end",
        ),
        ("[calling_window]\nstates = 3", "line 2: calling_window.states must be a table, such as [calling_window.states]"),
    ],
)
def test_a_mistake_is_reported_with_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        hours(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 'config.toml'}, ")
    assert said in str(raised.value)


def test_a_time_is_reported_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[calling_window.states.FL]\nend = 20:00:00\n")
    assert load_settings(path).calling_window.states["FL"].end == time(20)
