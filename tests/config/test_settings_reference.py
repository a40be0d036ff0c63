"""The configuration reference, generated from the settings' declarations."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from docs.settings_reference import described, table_texts
from lead_tui.config.schema import Source
from lead_tui.config.settings import Settings, load_settings


def test_every_setting_says_what_it_is_and_what_it_takes() -> None:
    settings = described()
    assert len(settings) > 50
    assert not [each for each in settings if not (each.text.endswith(".") and each.expected)]


def test_every_table_says_what_it_is() -> None:
    texts = table_texts()
    assert list(texts) == [
        "profiles.NAME",
        "account",
        "pace",
        "network",
        "table",
        "dates",
        "calling_window",
        "calling_window.states.NAME",
        "mask",
        "theme",
        "colors",
        "terminal",
        "lookup",
        "lead",
        "incoming",
        "refresh",
        "copy",
        "queries",
    ]
    assert all(text.startswith(f"``[{name}]``") for name, text in texts.items())


def test_the_defaults_it_gives_are_those_that_hold(tmp_path: Path) -> None:
    for each in described():
        if each.default and each.table not in ("", "profiles.NAME"):
            path = tmp_path / "config.toml"
            path.write_text(f"[{each.table}]\n{each.key} = {each.default}\n")
            assert replace(load_settings(path), source=Source()) == Settings()


def test_it_has_the_settings_of_the_contract() -> None:
    assert {(each.table, each.key) for each in described()} >= {
        ("", "profile"),
        ("profiles.NAME", "base_url"),
        ("profiles.NAME", "auth_token_file"),
        ("profiles.NAME", "auth_token_command"),
        ("account", "timezone"),
        ("pace", "requests_per_second"),
        ("pace", "burst"),
        ("pace", "in_flight"),
        ("network", "connect_timeout"),
        ("network", "read_timeout"),
        ("network", "proxy"),
        ("network", "ca_file"),
        ("table", "scroll"),
        ("table", "columns"),
        ("table", "load_all_limit"),
        ("table", "cache_mb"),
        ("dates", "with_time"),
        ("calling_window", "start"),
        ("calling_window", "end"),
        ("calling_window", "sunday"),
        ("calling_window", "dates"),
        ("calling_window.states.NAME", "end"),
        ("calling_window.states.NAME", "sunday"),
        ("", "labels"),
        ("", "types"),
        ("mask", "fields"),
        ("", "keys"),
    }
