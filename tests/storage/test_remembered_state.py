"""Remembered screen state: tolerant of any content, and private."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.config.paths import Paths
from lead_tui.leads.errors import OutputError
from lead_tui.storage.state import ScreenState, load_state, save_state

FULL = ScreenState(("name", "field_3", " odd \u202e"), {"name": 30, "x": 5}, "light", True)


def test_without_a_file_nothing_is_remembered_and_none_is_made(tmp_path: Path) -> None:
    assert load_state(Paths.of(tmp_path / "config")) == ScreenState()
    assert not (tmp_path / "config").exists()


def test_remembered_state_is_restored(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path / "config")
    save_state(paths, ScreenState(), FULL)
    assert load_state(paths) == FULL
    assert stat.S_IMODE(paths.state_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.state_dir.stat().st_mode) == 0o700


def test_nothing_is_written_without_a_change(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path / "config")
    save_state(paths, FULL, FULL)
    assert not paths.config_dir.exists()


def test_the_last_writer_has_its_way_key_by_key(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    began = ScreenState()
    save_state(paths, began, replace(began, theme="dark", columns=("name",)))
    save_state(paths, began, replace(began, theme="light"))
    assert load_state(paths) == ScreenState(columns=("name",), theme="light")


def test_a_default_can_be_taken_again(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    save_state(paths, ScreenState(), FULL)
    save_state(paths, FULL, ScreenState())
    assert load_state(paths) == ScreenState()


def test_state_of_a_newer_version_is_read(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    paths.state_dir.mkdir(mode=0o700)
    paths.state_file.write_text('{"newly": [1], "theme": "dark"}')
    assert load_state(paths) == ScreenState(theme="dark")


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe", b"{", b"[1]", b"3", b"[" * 100_000, b'{"theme": ' + b"[" * 100_000])
def test_garbage_is_as_nothing_and_is_written_over(tmp_path: Path, garbage: bytes) -> None:
    paths = Paths.of(tmp_path)
    paths.state_dir.mkdir(mode=0o700)
    paths.state_file.write_bytes(garbage)
    assert load_state(paths) == ScreenState()
    save_state(paths, ScreenState(), FULL)
    assert load_state(paths) == FULL


def test_a_bad_value_costs_the_others(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    paths.state_dir.mkdir(mode=0o700)
    paths.state_file.write_text('{"theme": 3, "columns": "name", "widths": {"name": -1}, "hide_empty": true}')
    assert load_state(paths) == ScreenState()


def test_a_file_that_others_can_write_to_is_as_nothing(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    save_state(paths, ScreenState(), FULL)
    paths.state_file.chmod(0o666)
    assert load_state(paths) == ScreenState()


def test_a_place_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(OutputError, match=r"Cannot write .*state\.json") as caught:
        save_state(Paths.of(tmp_path), ScreenState(), FULL)
    assert caught.value.exit_code == 6
