"""Where the token comes from, where it may go, and that no message contains it."""

from __future__ import annotations

import os
import re
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lead_tui import limits
from lead_tui.config.settings import Settings, checked_base_url, load_settings
from lead_tui.context import AppContext
from lead_tui.invocation import Account, Invocation
from lead_tui.leads.errors import ConfigurationError, LeadTuiError, TokenError, TokenMissing
from lead_tui.leads.permissions import Token
from lead_tui.leads.query import Query
from lead_tui.storage.token import ENVIRONMENT, find_token, take_environment_token
from tests.storage.foreign import make_foreign

SECRET = "k3yk3yk3yk3yk3yk3yk3yk3yk3yk3y32"
OTHER = "0th3r0th3r0th3r0th3r0th3r0th3r32"


def settings_of(directory: Path, profile: str, *, default: str = "main") -> Settings:
    """Return settings with the profile ``account``, which consists of the lines *profile*."""
    path = directory / "config.toml"
    path.write_text(f'profile = "{default}"\n[profiles.account]\nbase_url = "https://account.example.com/v1"\n{profile}\n')
    return load_settings(path)


def token_file(directory: Path, content: str = f"{SECRET}\n", mode: int = 0o600) -> Settings:
    path = directory / "token"
    path.write_text(content)
    path.chmod(mode)
    return settings_of(directory, 'auth_token_file = "token"')


def command(directory: Path, *words: str) -> Settings:
    quoted = ", ".join("'" + word + "'" for word in words)
    return settings_of(directory, f"auth_token_command = [{quoted}]")


def python(directory: Path, script: str) -> Settings:
    (directory / "script.py").write_text(script)
    return command(directory, sys.executable, "-S", str(directory / "script.py"))


def found(settings: Settings, environment: Token | None = None, given_base_url: str = "") -> str:
    token = find_token(settings, settings.profile_named("account"), environment, given_base_url).token
    return token.reveal() if token else ""


def refused(settings: Settings, kind: type[LeadTuiError]) -> str:
    with pytest.raises(kind) as caught:
        found(settings)
    message = str(caught.value)
    assert SECRET not in message
    assert SECRET not in repr(caught.value)
    assert "\n" not in message
    return message


# The environment


def test_the_environments_token_is_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, f" {SECRET}\n")
    assert take_environment_token() == Token(SECRET)
    assert ENVIRONMENT not in os.environ
    assert take_environment_token() is None


def test_a_blank_variable_is_not_a_token_and_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "  ")
    assert take_environment_token() is None
    assert ENVIRONMENT not in os.environ


@pytest.mark.parametrize("text", [f"{SECRET} {SECRET}", f"{SECRET}\nmore", "k\x1b[31m", "schlüssel", "x" * 513])
def test_an_impossible_token_is_refused_without_repeating_it_where_it_is_for(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, text)
    taken = take_environment_token()
    assert ENVIRONMENT not in os.environ
    with pytest.raises(TokenError, match=f"{ENVIRONMENT} does not contain a token") as caught:
        found(settings_of(tmp_path, "", default="account"), taken)
    assert text not in str(caught.value)
    assert caught.value.exit_code == 3
    assert found(token_file(tmp_path), taken) == SECRET


def test_the_environments_token_is_for_the_default_profile(tmp_path: Path) -> None:
    is_default = settings_of(tmp_path, "", default="account")
    assert found(is_default, Token(OTHER)) == OTHER
    result = find_token(is_default, is_default.profile_named(), Token(OTHER))
    assert result.origin == "the environment (CONVOSO_AUTH_TOKEN)"


def test_the_environments_token_comes_before_the_default_profiles_file(tmp_path: Path) -> None:
    token_file(tmp_path)
    settings = settings_of(tmp_path, 'auth_token_file = "token"', default="account")
    assert found(settings, Token(OTHER)) == OTHER
    assert found(settings) == SECRET


def test_the_environments_token_never_goes_to_another_profile(tmp_path: Path) -> None:
    assert found(token_file(tmp_path), Token(OTHER)) == SECRET
    settings = settings_of(tmp_path, "")
    result = find_token(settings, settings.profile_named("account"), Token(OTHER))
    assert result.token is None
    assert result.origin == "CONVOSO_AUTH_TOKEN is for the default profile, main, not for account"
    assert result.missing.remedy == "set the profile's auth_token_file or auth_token_command in config.toml"


def test_the_environments_token_is_for_a_base_url_that_is_given(tmp_path: Path) -> None:
    assert found(token_file(tmp_path), Token(OTHER), "https://given.example.com/v1") == OTHER


# A profile's own


def test_a_profiles_token_never_goes_to_another_base_url(tmp_path: Path) -> None:
    for settings in (token_file(tmp_path), python(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w'); print({SECRET!r})")):
        result = find_token(settings, settings.profile_named("account"), None, "https://evil.example.com/v1")
        assert result.token is None
        assert result.origin == "the token of the profile account is for its own base URL only"
        assert result.missing.remedy == "set CONVOSO_AUTH_TOKEN to a token for the given base URL"
    assert not (tmp_path / "ran").exists()


def test_a_profiles_token_goes_to_its_own_base_url_when_that_is_given_too(tmp_path: Path) -> None:
    settings = token_file(tmp_path)
    assert found(settings, None, "https://account.example.com/v1") == SECRET
    for written in ("https://account.example.com/v1/", "HTTPS://Account.Example.com:443/v1", " https://account.example.com/v1 "):
        result = find_token(settings, settings.profile_named("account"), None, checked_base_url(written))
        assert result.token is not None
        assert result.token.reveal() == SECRET
    other = find_token(settings, settings.profile_named("account"), None, "https://account.example.com:8443/v1")
    assert other.token is None


def test_a_missing_token_is_reported_as_such(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "")
    result = find_token(settings, settings.profile_named("account"), None)
    assert result.token is None
    assert result.origin == "neither CONVOSO_AUTH_TOKEN nor the profile account has one"
    assert "CONVOSO_AUTH_TOKEN" not in result.missing.remedy
    default = find_token(settings, settings.profile_named(), None)
    assert str(default.missing) == (
        "No API token (neither CONVOSO_AUTH_TOKEN nor the profile main has one): run lead-tui setup, or set CONVOSO_AUTH_TOKEN"
    )


@pytest.mark.parametrize(("profile", "base_url"), [("account", ""), ("", "https://given.example.com/v1"), ("", "")])
async def test_the_app_says_where_the_missing_token_of_its_profile_and_address_belongs(
    tmp_path: Path, profile: str, base_url: str
) -> None:
    settings_of(tmp_path, "")
    context = AppContext.of(Account(profile, base_url, str(tmp_path)))
    with closing(context.session(Invocation())) as session, pytest.raises(TokenMissing) as raised:
        await session.source.fetch(Query(), 0, 1)
    assert raised.value.remedy == context.find_token().remedy != ""


def test_where_another_token_belongs_is_where_the_rejected_one_came_from(tmp_path: Path) -> None:
    settings = token_file(tmp_path)
    account, default = settings.profile_named("account"), settings.profile_named()
    assert find_token(settings, account, None).remedy == f"write it to the auth_token_file {tmp_path}/token"
    assert find_token(settings, default, Token(SECRET)).remedy == "set CONVOSO_AUTH_TOKEN to it"
    settings = command(tmp_path, "echo", SECRET)
    remedy = find_token(settings, settings.profile_named("account"), None).remedy
    assert remedy == "have the auth_token_command of the profile account print it"


# The file


def test_a_file_gives_the_token_without_what_is_around_it(tmp_path: Path) -> None:
    for content in (SECRET, f"{SECRET}\n", f"\ufeff  {SECRET}\r\n\n"):
        settings = token_file(tmp_path, content)
        result = find_token(settings, settings.profile_named("account"), None)
        assert result.token == Token(SECRET)
        assert result.origin == f"auth_token_file {tmp_path}/token"


def test_a_file_may_be_read_only(tmp_path: Path) -> None:
    assert found(token_file(tmp_path, mode=0o400)) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610, 0o666])
def test_a_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    message = refused(token_file(tmp_path, mode=mode), ConfigurationError)
    assert "config.toml, line 4: profiles.account.auth_token_file is not read" in message
    assert f"is open to others (mode {mode:04o}): chmod 600 {tmp_path}/token" in message


def test_a_strangers_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = token_file(tmp_path)
    make_foreign(tmp_path / "token", monkeypatch)
    assert "belongs to another user: use a file of your own" in refused(settings, ConfigurationError)


def test_a_link_is_followed(tmp_path: Path) -> None:
    settings = token_file(tmp_path)
    (tmp_path / "token").rename(tmp_path / "real")
    (tmp_path / "token").symlink_to("real")
    assert found(settings) == SECRET


def test_anything_but_a_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 'auth_token_file = "token"')
    os.mkfifo(tmp_path / "token", 0o600)
    assert "it is not a regular file" in refused(settings, ConfigurationError)
    (tmp_path / "token").unlink()
    (tmp_path / "token").mkdir(0o700)
    assert "it is not a regular file" in refused(settings, ConfigurationError)


def test_a_file_that_is_not_there_is_a_missing_token(tmp_path: Path) -> None:
    message = refused(settings_of(tmp_path, 'auth_token_file = "token"'), TokenError)
    assert message == f"The token file {tmp_path}/token does not exist: write the token of the profile account into it, mode 0600"


@pytest.mark.parametrize(
    "content", ["", " \n", f'"{SECRET}"', f"TOKEN={SECRET}", f"{SECRET}\n{SECRET}\n", "x" * 100_000, "\x00" * 40, "\udcff"]
)
def test_a_file_without_a_token_in_it_is_reported(tmp_path: Path, content: str) -> None:
    settings = token_file(tmp_path)
    (tmp_path / "token").write_bytes(content.encode("utf-8", "surrogateescape"))
    message = refused(settings, TokenError)
    assert re.match(rf"The token file {re.escape(str(tmp_path))}/token does not contain a token", message)


# The command


def test_a_commands_output_is_the_token(tmp_path: Path) -> None:
    settings = python(tmp_path, f"import sys; print({SECRET!r}); print('complaints', file=sys.stderr)")
    result = find_token(settings, settings.profile_named("account"), None)
    assert result.token == Token(SECRET)
    assert result.origin == "auth_token_command of the profile account"


def test_a_commands_words_are_read_by_no_shell(tmp_path: Path) -> None:
    settings = command(tmp_path, "printf", "%s", "$HOME;`id`*")
    assert found(settings) == "$HOME;`id`*"


def test_a_command_sees_neither_input_nor_the_environments_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, SECRET)
    take_environment_token()
    script = f"import os, sys; assert {ENVIRONMENT!r} not in os.environ; assert sys.stdin.read() == ''; print({OTHER!r})"
    assert found(python(tmp_path, script)) == OTHER


def test_a_commands_error_output_is_discarded(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    settings = python(tmp_path, f"import sys; print({SECRET!r}); print('vault: {SECRET}', file=sys.stderr); sys.exit(7)")
    message = refused(settings, TokenError)
    assert (
        message == "auth_token_command of the profile account gave no token: it ended with status 7: run it in a shell to see why"
    )
    assert capfd.readouterr() == ("", "")


def test_a_command_that_is_killed_is_reported(tmp_path: Path) -> None:
    assert "ended with status -9" in refused(python(tmp_path, "import os; os.kill(os.getpid(), 9)"), TokenError)


def test_a_command_that_prints_nothing_or_too_much_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "auth_token_command of the profile account prints does not contain a token" in refused(python(tmp_path, ""), TokenError)
    for count in (2, 1_000):
        several = python(tmp_path, f"for _ in range({count}): print({SECRET!r})")
        assert "does not contain a token" in refused(several, TokenError)
    monkeypatch.setattr(limits, "TOKEN_COMMAND_TIMEOUT", 0.3)
    endless = python(tmp_path, f"import sys\nwhile True: sys.stdout.write({SECRET!r})")
    assert "it took longer than 0.3 s" in refused(endless, TokenError)


@pytest.mark.parametrize("words", [("/nowhere/pass",), ("/",), ("no-program-of-this-name",)])
def test_a_command_that_cannot_be_run_is_a_fault_of_the_configuration(tmp_path: Path, words: tuple[str, ...]) -> None:
    message = refused(command(tmp_path, *words), ConfigurationError)
    assert "config.toml, line 4: profiles.account.auth_token_command cannot be run: " in message


def test_a_command_that_closes_its_output_and_stays_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOKEN_COMMAND_TIMEOUT", 0.3)
    settings = python(tmp_path, f"import os, time; os.write(1, {SECRET!r}.encode()); os.close(1); time.sleep(600)")
    assert "it took longer than 0.3 s" in refused(settings, TokenError)
