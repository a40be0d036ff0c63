"""File locations, and that looking for files creates none."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from lead_tui.config.paths import SITE_DIRECTORY, Paths


def test_a_given_directory_holds_configuration_and_state(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path / "mine")
    assert paths.config_file == tmp_path / "mine" / "config.toml"
    assert paths.queries_file == tmp_path / "mine" / "queries.toml"
    assert paths.recovered_file == tmp_path / "mine" / "queries.recovered.toml"
    assert paths.state_file == tmp_path / "mine" / "state" / "state.json"


def test_asking_for_paths_makes_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for paths in (Paths.of(), Paths.of(tmp_path / "mine")):
        assert not paths.config_dir.exists()
        assert not paths.state_dir.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_one_they_are_the_platforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing: str | None) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    paths = Paths.of(nothing)
    assert paths.config_dir.name == "lead-tui"
    assert paths.state_file.name == "state.json"
    assert paths.config_dir.is_relative_to(tmp_path)
    assert paths.state_dir.is_relative_to(tmp_path)


def test_the_sites_directory_is_moved_by_nothing(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    assert paths.site_dir == SITE_DIRECTORY == Path("/etc/lead-tui")
    assert paths.site_queries_dir == Path("/etc/lead-tui/queries.d")


def test_a_relative_directory_and_a_tilde_count_from_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Paths.of("~/mine").config_dir == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    assert Paths.of("mine").config_dir == tmp_path / "mine"


def test_sessions_meet_in_the_user_s_own_runtime_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert Paths.of().host_dir("pace") == tmp_path / "lead-tui" / "pace"
    tmp_path.chmod(0o755)
    assert not Paths.of().host_dir("pace").is_relative_to(tmp_path)
    tmp_path.chmod(0o700)
    assert Paths.of(tmp_path / "mine").host_dir("pace").parent == tmp_path / "mine" / "state"


def test_hosts_that_share_a_home_directory_share_no_pace_and_no_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for host in ("one", "two"):
        monkeypatch.setattr(os, "uname", lambda host=host: SimpleNamespace(nodename=host))
        paths = Paths.of(tmp_path)
        found += [paths.host_dir("pace"), paths.host_dir("sessions")]
    assert len(set(found)) == 4
