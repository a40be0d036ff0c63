"""The site's policy: how it is read, and that nothing starts where it cannot be read with certainty."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from lead_tui.config.policy import Policy, read_policy
from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.permissions import Capabilities

ME = os.geteuid()
SOMEBODY_ELSE = ME + 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    site.mkdir(mode=0o755)
    return site / "policy.toml"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o644)
    return path


def read(path: Path, text: str) -> Policy:
    policy = read_policy(write(path, text), owner=ME)
    assert policy is not None
    return policy


# Contents


def test_without_a_file_there_is_no_policy(path: Path, tmp_path: Path) -> None:
    assert read_policy(path, owner=ME) is None
    assert read_policy(tmp_path / "nowhere" / "policy.toml", owner=ME) is None


def test_a_file_restricts_everybody_unless_it_says_otherwise(path: Path) -> None:
    assert read(path, "").restricted
    assert read(path, "restricted = true").restricted
    assert not read(path, "restricted = false").restricted


def test_nothing_but_reading_is_allowed_that_is_not_named(path: Path) -> None:
    usual = Capabilities(may_read_history=True, may_check_do_not_call=True, may_learn_names=True)
    assert read(path, "").capabilities == usual
    assert read(path, "[allow]\ncopy = true\n").capabilities == usual._replace(may_copy=True)
    assert read(path, "[allow]\nreveal = true\n").capabilities == usual._replace(may_reveal=True)
    assert read(path, "[allow]\nhistory = false\n").capabilities == usual._replace(may_read_history=False)
    assert read(path, "[allow]\ndo_not_call = false\n").capabilities == usual._replace(may_check_do_not_call=False)
    assert read(path, "[allow]\nnames = false\n").capabilities == usual._replace(may_learn_names=False)
    assert read(path, "[allow]\nrecordings = true\n").capabilities == usual._replace(may_get_recordings=True)
    assert read(path, "[allow]\nincoming = true\n").capabilities == usual._replace(may_receive_calls=True)


def test_a_phone_is_looked_up_before_enter_only_if_the_policy_says_so(path: Path) -> None:
    assert not Policy().settings().lookup.early
    assert not read(path, "[lookup]\n").settings().lookup.early
    assert read(path, "[lookup]\nearly = true\n").settings().lookup.early


def test_it_holds_the_settings_of_a_restricted_session(path: Path) -> None:
    text = """
profile = "west"
[profiles.west]
base_url = "https://api.example.com/v1"
auth_token_file = "token"
[mask]
fields = ["email", "ssn"]
[allow]
copy = true
"""
    settings = read(path, text).settings()
    assert settings.profile_named().base_url == "https://api.example.com/v1"
    assert settings.profile_named().auth_token_file == path.parent / "token"
    assert settings.mask.fields == ("email", "ssn")
    assert settings.is_default(settings.profile_named())


def test_a_mistake_in_its_settings_names_the_line(path: Path) -> None:
    policy = read(path, "restricted = true\n[mask]\nfield = ['email']\n")
    with pytest.raises(ConfigurationError, match=r"policy\.toml, line 3: mask\.field is not a known setting: did you mean fields"):
        policy.settings()
    with pytest.raises(ConfigurationError, match=r"line 1: restriced is not a known setting"):
        read(path, "restriced = false\n").settings()


def test_its_addresses_are_checked(path: Path) -> None:
    policy = read(path, '[profiles.main]\nbase_url = "http://api.example.com/v1"\n')
    with pytest.raises(ConfigurationError, match="cannot be used: The base URL must be https://"):
        policy.settings()


def test_its_text_is_not_shown_where_the_policy_is(path: Path) -> None:
    assert "s3cret" not in repr(read(path, '[network]\nproxy = "http://u:s3cret@proxy.example.com"\n'))


# It fails closed


BROKEN: dict[str, tuple[bytes, str]] = {
    "no TOML": (b"restricted = yes\n", "this is not TOML"),
    "an unknown word": (b"[allow]\neverything = true\n", r"allow\.everything is not a known setting"),
    "a word in place of yes or no": (b'restricted = "no"\n', "restricted must be true or false"),
    "a number in place of yes or no": (b"[allow]\ncopy = 1\n", r"allow\.copy must be true or false"),
    "no table": (b"allow = true\n", r"allow must be a table"),
    "not UTF-8": (b"\xff\xfe", "is not UTF-8"),
    "too large": (b"#" * 2_000_000, "is larger than"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_policy_that_is_not_understood_starts_nothing(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match=said):
        read_policy(path, owner=ME)


UNTRUSTED: dict[str, tuple[Callable[[Path], object], str]] = {
    "others can write the file": (lambda path: path.chmod(0o646), r"Others can write to .*policy\.toml"),
    "a group can write the file": (lambda path: path.chmod(0o664), r"Others can write to .*policy\.toml"),
    "others can write the directory": (lambda path: path.parent.chmod(0o777), r"Others can write to .*site"),
    "others can write it, a sticky one": (lambda path: path.parent.chmod(0o1777), r"Others can write to .*site"),
}


@pytest.mark.parametrize(("open_up", "said"), UNTRUSTED.values(), ids=UNTRUSTED)
def test_a_policy_that_others_can_write_starts_nothing(path: Path, open_up: Callable[[Path], object], said: str) -> None:
    open_up(write(path, "restricted = false"))
    with pytest.raises(ConfigurationError, match=said):
        read_policy(path, owner=ME)


def test_a_directory_from_which_others_can_take_it_away_starts_nothing_without_it_either(path: Path) -> None:
    path.parent.chmod(0o777)
    with pytest.raises(ConfigurationError, match="Others can write to"):
        read_policy(path, owner=ME)


def test_what_belongs_to_another_user_starts_nothing(path: Path) -> None:
    write(path, "restricted = false")
    with pytest.raises(ConfigurationError, match="belongs to another user and is not read"):
        read_policy(path, owner=SOMEBODY_ELSE)


@pytest.mark.skipif(ME == 0, reason="root's files are root's")
def test_by_default_it_is_roots(path: Path) -> None:
    write(path, "restricted = false")
    with pytest.raises(ConfigurationError, match="belongs to another user and is not read"):
        read_policy(path)


def test_a_link_is_followed_to_a_place_that_is_as_safe_and_to_no_other(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    write(elsewhere / "policy.toml", "restricted = true")
    path.symlink_to(elsewhere / "policy.toml")
    policy = read_policy(path, owner=ME)
    assert policy is not None
    assert policy.restricted
    elsewhere.chmod(0o777)
    with pytest.raises(ConfigurationError, match=r"Others can write to .*elsewhere"):
        read_policy(path, owner=ME)


def test_a_link_to_nothing_is_not_a_missing_policy(path: Path) -> None:
    path.symlink_to(path.parent / "gone.toml")
    with pytest.raises(ConfigurationError, match="points to nothing"):
        read_policy(path, owner=ME)


def test_a_link_to_itself_starts_nothing(path: Path) -> None:
    path.symlink_to(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy(path, owner=ME)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a directory", "a pipe"])
def test_anything_but_a_regular_file_starts_nothing(path: Path, make: Callable[[Path], object]) -> None:
    make(path)
    with pytest.raises(ConfigurationError, match=r"cannot be read \(it is not a regular file\)"):
        read_policy(path, owner=ME)


def test_a_file_in_place_of_its_directory_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("")
    (tmp_path / "site").chmod(stat.S_IRUSR)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy(tmp_path / "site" / "policy.toml", owner=ME)


@pytest.mark.skipif(ME == 0, reason="root reads everything")
def test_an_unreadable_policy_starts_nothing(path: Path) -> None:
    write(path, "restricted = false").chmod(0)
    with pytest.raises(ConfigurationError, match=r"cannot be read \(permission denied\)"):
        read_policy(path, owner=ME)
    path.parent.chmod(0)
    try:
        with pytest.raises(ConfigurationError, match=r"cannot be read \(permission denied\)"):
            read_policy(path, owner=ME)
    finally:
        path.parent.chmod(0o755)
