"""``lead-tui where``: the paths it prints."""

from __future__ import annotations

import pytest

from tests.cli.command import Command


def test_the_files_are_reported_with_whether_they_are_there_and_the_account(command: Command) -> None:
    command.configure('profile = "west"\n[profiles.west]\nbase_url = "https://west.example/v1/"\nauth_token_file = "token"\n')
    done = command.call("where", token="")
    assert (done.code, done.err) == (0, "")
    assert [line.split(maxsplit=2)[0] for line in done.lines] == [
        "configuration", "saved", "recovered", "state", "site's", "site's", "profile", "base",
    ]  # fmt: skip
    assert done.lines[0].split() == ["configuration", "there", str(command.config_dir / "config.toml")]
    assert done.lines[1].endswith(f"not there    {command.config_dir / 'queries.toml'}")
    assert done.lines[6].split() == ["profile", "west"]
    assert done.lines[7].split() == ["base", "URL", "https://west.example/v1"]


def test_options_count(command: Command) -> None:
    done = command.call("where", "--base-url=https://given.example/v1", "--config-dir", str(command.home / "other"))
    assert done.lines[0].endswith(str(command.home / "other" / "config.toml"))
    assert done.lines[-1].endswith("https://given.example/v1")


def test_a_directory_may_be_given_from_home(command: Command) -> None:
    done = command.call("where", "--config-dir=~/mine")
    assert done.lines[0].endswith(str(command.home / "mine" / "config.toml"))


@pytest.mark.parametrize("text", ["profile =", 'profile = "nobody"\n'])
def test_a_configuration_that_cannot_be_used_is_reported_after_where_it_is(command: Command, text: str) -> None:
    command.configure(text)
    done = command.call("where")
    assert done.code == 5
    assert done.lines[0].split() == ["configuration", "there", str(command.config_dir / "config.toml")]
    assert done.err.count("\n") == 1
    assert "config.toml" in done.err


def test_secrets_are_not_shown(command: Command) -> None:
    command.configure(
        '[profiles.main]\nauth_token_command = ["echo", "SECRET-7"]\n[network]\nproxy = "http://u:SECRET-7@p.example"\n'
    )
    done = command.call("where")
    assert done.code == 0
    assert "SECRET" not in done.text
