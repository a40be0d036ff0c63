"""The password of the Redis server through which hosts share their pace: which addresses may use it, and which files are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lead_tui.config.settings import load_settings
from lead_tui.leads.errors import ConfigurationError
from lead_tui.storage.token import pace_with_password

SECRET = "plainly-synthetic"


def written(directory: Path, *lines: str, mode: int = 0o600) -> Path:
    path = directory / "config.toml"
    path.write_text("\n".join(["[pace]", 'redis = "rediss://redis.example.com:6379/1"', *lines]))
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_password_comes_from_a_file_that_is_closed_to_others(tmp_path: Path, mode: int) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\n")
    (tmp_path / "password").chmod(0o600)
    pace = pace_with_password(load_settings(written(tmp_path, 'redis_password_file = "password"', mode=mode)))
    assert pace.redis_password == SECRET
    assert SECRET not in repr(pace)


@pytest.mark.parametrize(("mode", "problem"), [(0o604, "is open to others (mode 0604)"), (None, "names no file")])
def test_a_password_file_that_others_can_read_is_refused(tmp_path: Path, mode: int | None, problem: str) -> None:
    if mode is not None:
        (tmp_path / "password").write_text(SECRET)
        (tmp_path / "password").chmod(mode)
    settings = load_settings(written(tmp_path, 'redis_password_file = "password"'))
    with pytest.raises(ConfigurationError) as raised:
        pace_with_password(settings)
    assert problem in raised.value.message
    assert "config.toml, line 3: pace.redis_password_file" in raised.value.message


def test_a_password_in_the_settings_is_refused_where_others_can_read_them(tmp_path: Path) -> None:
    line = f'redis_password = "{SECRET}"'
    assert pace_with_password(load_settings(written(tmp_path, line))).redis_password == SECRET
    with pytest.raises(ConfigurationError) as raised:
        pace_with_password(load_settings(written(tmp_path, line, mode=0o644)))
    assert "others can read" in raised.value.message
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("rediss://redis.example.com", True),
        ("rediss://redis.example.com:6380/2", True),
        ("redis://127.0.0.1:6379", True),
        ("redis://localhost", True),
        ("redis://[::1]:6379/0", True),
        # The password and the keys would cross the network in the clear.
        ("redis://redis.example.com", False),
        ("redis://localhost.example.com", False),
        ("rediss://:secret@redis.example.com", False),
        ("https://redis.example.com", False),
        ("rediss://", False),
    ],
)
def test_an_address_is_encrypted_or_this_hosts_and_has_no_password(tmp_path: Path, address: str, is_taken: bool) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[pace]\nredis = "{address}"\n')
    path.chmod(0o600)
    if is_taken:
        assert load_settings(path).pace.redis == address
    else:
        with pytest.raises(ConfigurationError, match=r"pace\.redis must be an address that starts with rediss://"):
            load_settings(path)
