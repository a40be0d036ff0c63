"""Reading from sshd's configuration how it handles connections that die silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from lead_tui.cli.doctor_terminal import seconds_to_notice


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("Port 22\n# ClientAliveInterval 15\n", 0),
        ("ClientAliveInterval 0\n", 0),
        ("ClientAliveInterval 15\nClientAliveCountMax 4\n", 60),
        ("clientaliveinterval=15\n", 45),
        ("  ClientAliveInterval\t1m30s\n", 270),
        ('ClientAliveInterval "20"\n', 60),
        ("ClientAliveInterval 15\nClientAliveInterval 900\n", 45),
        ("ClientAliveInterval 15\nClientAliveCountMax 0\n", 0),
        ("Match Group leads\n    ClientAliveInterval 15\n    ClientAliveCountMax 4\n", 60),
    ],
)
def test_the_time_until_a_silent_connection_ends_is_read(tmp_path: Path, text: str, seconds: int) -> None:
    path = tmp_path / "sshd_config"
    path.write_text(text)
    assert seconds_to_notice(path) == seconds


def test_included_files_count_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "10-a.conf").write_text("ClientAliveInterval 30\n")
    (tmp_path / "d" / "20-b.conf").write_text("ClientAliveInterval 90\n")
    path = tmp_path / "sshd_config"
    path.write_text(f"Include {tmp_path}/d/*.conf {tmp_path}/missing\nClientAliveInterval 600\n")
    assert seconds_to_notice(path) == 90


def test_files_that_include_one_another_end(tmp_path: Path) -> None:
    path = tmp_path / "sshd_config"
    path.write_text(f"Include {path}\nClientAliveInterval 10\n")
    assert seconds_to_notice(path) == 30


def test_a_configuration_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert seconds_to_notice(tmp_path / "missing") is None
