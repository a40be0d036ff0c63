"""What a restricted session may request on the command line, and where its account and token come from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from lead_tui.cli import options as manual
from lead_tui.cli.parser import apply_policy, policy_for
from lead_tui.config.policy import Policy, read_policy
from lead_tui.context import AppContext
from lead_tui.invocation import Account, Invocation
from lead_tui.invocation import Command as CommandLine
from lead_tui.keys.catalogue import CATALOGUE
from lead_tui.leads.errors import ConfigurationError, TokenError, UsageError
from lead_tui.leads.permissions import EVERYTHING, Capabilities, refusal
from tests.cli.command import TOKEN, Command, Ended

OTHER = "0th3r0th3r0th3r0th3r0th3r0th3r01"

BY_DEFAULT = ("may_read_history", "may_check_do_not_call", "may_learn_names")
"""What a policy allows that lists nothing."""


@dataclass(frozen=True)
class Site:
    """A host with a policy in a temporary directory, and a user on it with a configuration."""

    command: Command
    path: Path

    def lay_down(self, text: str) -> None:
        """Write the policy."""
        self.path.parent.mkdir(mode=0o755, exist_ok=True)
        self.path.write_text(text)
        self.path.chmod(0o644)

    def read(self) -> Policy | None:
        """The policy, as its owner wrote it."""
        return read_policy(self.path, owner=os.geteuid())

    @contextmanager
    def around(self) -> Iterator[None]:
        """Give this process this host's policy and home directory in place of this machine's."""
        with (
            patch("lead_tui.cli.parser._read_site_policy", self.read),
            patch("lead_tui.config.paths.SITE_DIRECTORY", self.path.parent),
            patch("pwd.getpwuid", lambda _: SimpleNamespace(pw_dir=str(self.command.home))),
            patch("lead_tui.terminal.process.stay_in_front"),
        ):
            yield

    def run(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Ended:
        """The command, in this process."""
        with self.around():
            return self.command.call(*arguments, stdin=stdin, **environment)


@pytest.fixture
def site(command: Command, tmp_path: Path) -> Site:
    command.configure(f'[profiles.main]\nauth_token_command = ["echo", "{OTHER}"]\n')
    return Site(command, tmp_path / "site" / "policy.toml")


# What is refused

REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "search": (("search", "--demo=10"), "lead-tui search is not allowed here"),
    "search of everything": (("search", "status=NEW", "--limit=1000000"), "lead-tui search is not allowed here"),
    "export of leads": (("search", "--all", "-o", "leads.csv"), "lead-tui search is not allowed here"),
    "import": (("queries", "import", "mine.toml"), "Importing or exporting saved queries is not allowed here"),
    "import from a pipe": (("queries", "import", "-"), "Importing or exporting saved queries is not allowed here"),
    "export": (("queries", "export"), "Importing or exporting saved queries is not allowed here"),
    "export to a file": (("queries", "export", "mine.toml"), "Importing or exporting saved queries is not allowed here"),
    "another profile": (("--profile=west",), "Choosing another account or address is not allowed here"),
    "another profile, told": (("where", "--profile", "west"), "Choosing another account or address is not allowed here"),
    "another address": (("--base-url=https://api.example.com/v1",), "Choosing another account or address is not allowed here"),
    "another configuration": (("--config-dir=/tmp",), "Choosing another configuration is not allowed here"),
    "another configuration, told": (("where", "--config-dir=/tmp"), "Choosing another configuration is not allowed here"),
    "saved queries elsewhere": (("queries", "list", "--config-dir=/tmp"), "Choosing another configuration is not allowed here"),
    "a log": (("--log=log.txt",), "Writing a log is not allowed here"),
    "a log of something else": (("where", "--log", "log.txt"), "Writing a log is not allowed here"),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED)
def test_what_leads_out_is_refused_with_a_sentence(site: Site, arguments: tuple[str, ...], said: str) -> None:
    site.lay_down("")
    (site.command.home / "mine.toml").write_text("schema = 1\n")
    done = site.run(*arguments)
    assert (done.code, done.out) == (2, b"")
    assert done.err == f"lead-tui: {said}: this session is restricted: contact the administrator of this host\n"


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED)
def test_the_option_refuses_the_same_where_the_site_restricts_no_one(site: Site, arguments: tuple[str, ...], said: str) -> None:
    site.lay_down("restricted = false")
    assert said in site.run(*arguments, "--restricted").err


def test_every_command_but_a_few_is_refused(site: Site) -> None:
    site.lay_down("")
    allowed = {manual.APP, "queries", "where"}
    for verb in set(manual.COMMANDS) - allowed:
        words = {"completion": ("bash",), "history": ("700102",), "open": ("x.csv",), "pop": ("3015550123",)}.get(verb, ())
        done = site.run(verb, *words)
        assert (done.code, done.out) == (2, b""), verb
        assert "not allowed here" in done.err


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(UsageError, match="This command is not allowed here"):
        apply_policy(Policy(), CommandLine("novelty"))


def test_without_a_policy_nothing_is_restricted(site: Site) -> None:
    for text in (None, "restricted = false"):
        if text is not None:
            site.lay_down(text)
        done = site.run("search", "--demo=10", "--limit=1", "--format=json")
        assert (done.code, done.out[:1]) == (0, b"[")


def test_the_users_own_saved_queries_are_listed_shown_and_deleted(site: Site) -> None:
    site.lay_down("")
    config = site.command.home / ".config" / "lead-tui"
    config.mkdir(parents=True, mode=0o700)
    (config / "queries.toml").write_text('schema = 1\n[[query]]\nname = "Mine"\nfilters = { state = "CA" }\n')
    (config / "queries.toml").chmod(0o600)
    assert "Mine" in site.run("queries", "list").text
    assert "CA" in site.run("queries", "show", "Mine").text
    assert site.run("queries", "delete", "Mine", "--force").code == 0
    assert "Mine" not in site.run("queries", "list").text


def test_help_and_version_are_reported(site: Site) -> None:
    site.lay_down("broken")
    assert site.run("--version").code == 0
    assert site.run("--help").code == 0


@pytest.mark.parametrize(
    "capability",
    [name for name in Capabilities._fields if name not in ("may_copy", "may_reveal", "may_get_recordings", *BY_DEFAULT)],
)
def test_a_policy_allows_copying_and_uncovering_and_nothing_else(site: Site, capability: str) -> None:
    """So a user who may not see masked fields can neither print them nor write them to a file."""
    site.lay_down(f"[allow]\ncopy = true\nreveal = true\n{capability.removeprefix('may_')} = true\n")
    with pytest.raises(ConfigurationError):
        site.read()
    site.lay_down("[allow]\ncopy = true\nreveal = true\n")
    policy = site.read()
    assert policy is not None
    assert not getattr(policy.capabilities, capability)


@pytest.mark.parametrize("text", ["restricted =", "[allow]\neverything = true\n"], ids=["no TOML", "an unknown word"])
@pytest.mark.parametrize("arguments", [("--demo=10",), ("queries", "list"), ("where",), ("search", "--demo=10")])
def test_nothing_starts_with_a_policy_that_is_not_understood(site: Site, text: str, arguments: tuple[str, ...]) -> None:
    site.lay_down(text)
    done = site.run(*arguments)
    assert (done.code, done.out) == (5, b"")
    assert "policy.toml" in done.err


def test_no_account_is_reached_with_a_policy_whose_settings_are_wrong(site: Site) -> None:
    site.lay_down("[masks]\nfields = ['email']\n")
    with site.around(), pytest.raises(ConfigurationError, match=r"masks is not a known setting: did you mean mask"):
        AppContext.of(apply_policy(policy_for([], {}), CommandLine()).account)


def test_nothing_starts_with_a_policy_that_others_can_write(site: Site) -> None:
    site.lay_down("restricted = false")
    site.path.chmod(0o666)
    done = site.run("search", "--demo=10")
    assert (done.code, done.out) == (5, b"")
    assert "Others can write to" in done.err


# The environment


def test_a_restricted_start_reads_nothing_from_the_environment(site: Site) -> None:
    site.lay_down('[profiles.main]\nbase_url = "https://site.example.com/v1"\n')
    done = site.run(
        "where",
        LEAD_TUI_BASE_URL="https://elsewhere.example.com/v1",
        XDG_CONFIG_HOME=str(site.command.home / "elsewhere"),
        XDG_STATE_HOME=str(site.command.home / "elsewhere"),
    )
    assert done.code == 0
    assert "https://site.example.com/v1" in done.text
    assert "elsewhere" not in done.text
    assert str(site.command.config_dir) not in done.text
    assert str(site.command.home / ".config" / "lead-tui") in done.text


def scrubbed(given: list[str], policy: Policy | None) -> tuple[Policy | None, dict[str, str]]:
    environ = {"CONVOSO_AUTH_TOKEN": TOKEN, "TERM": "xterm", "LEAD_TUI_BASE_URL": "x"}
    with patch("lead_tui.terminal.process.stay_in_front"), patch("lead_tui.cli.parser._read_site_policy", lambda: policy):
        return policy_for(given, environ), environ


@pytest.mark.parametrize(
    ("given", "policy", "restricted"),
    [
        ([], None, False),
        (["--restricted"], None, True),
        (["status=NEW", "--restricted"], None, True),
        ([], Policy(), True),
        ([], Policy(restricted=False), False),
        (["--restricted"], Policy(restricted=False), True),
        (["search", "--restricted"], Policy(restricted=False), True),
        (["--", "--restricted"], None, False),
    ],
)
def test_option_or_policy_restricts_and_only_then_the_environment_is_scrubbed(
    given: list[str], policy: Policy | None, restricted: bool
) -> None:
    in_force, environ = scrubbed(given, policy)
    assert (in_force is not None) is restricted
    assert ("CONVOSO_AUTH_TOKEN" in environ) is not restricted
    assert ("LEAD_TUI_BASE_URL" in environ) is not restricted
    assert in_force is None or (in_force.restricted and in_force.capabilities == Capabilities())


@pytest.mark.parametrize("trouble", [None, PermissionError(), NotADirectoryError()])
def test_the_sites_policy_is_looked_for_unless_there_is_no_site_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: OSError | None
) -> None:
    def looked(_: object) -> None:
        if trouble is not None:
            raise trouble

    monkeypatch.setattr("lead_tui.cli.parser.SITE_DIRECTORY", tmp_path / "nowhere")
    monkeypatch.setattr("lead_tui.config.policy.read_policy", lambda: Policy(restricted=False))
    assert policy_for([], {}) is None
    monkeypatch.setattr("os.lstat", looked)
    monkeypatch.setattr("lead_tui.config.policy.read_policy", lambda: Policy())
    monkeypatch.setattr("lead_tui.terminal.process.stay_in_front", lambda: None)
    assert policy_for([], {}) == Policy()


def test_where_suspending_is_allowed_the_terminal_may_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stayed: list[bool] = []
    monkeypatch.setattr("lead_tui.terminal.process.stay_in_front", lambda: stayed.append(True))
    for may in (True, False):
        with patch("lead_tui.cli.parser._read_site_policy", return_value=Policy(capabilities=Capabilities(may_suspend=may))):
            policy_for([], {})
    assert stayed == [True]


# The account, its masks and its token


def wiring_of(site: Site, text: str) -> AppContext:
    site.lay_down(text)
    with site.around(), patch.dict(os.environ, site.command.environment(CONVOSO_AUTH_TOKEN=OTHER), clear=True):
        policy = policy_for([], os.environ)
        return AppContext.of(apply_policy(policy, CommandLine()).account)


def test_settings_come_from_the_policy_and_none_from_the_users_file(site: Site) -> None:
    site.command.configure('[mask]\nfields = []\n[profiles.main]\nbase_url = "https://elsewhere.example.com/v1"\n')
    wiring = wiring_of(site, '[mask]\nfields = ["email"]\n')
    assert wiring.settings.mask.fields == ("email",)
    assert wiring.base_url == "https://api.convoso.com/v1"
    assert wiring.capabilities == Capabilities(**dict.fromkeys(BY_DEFAULT, True))


def test_masking_the_name_masks_its_parts(site: Site) -> None:
    site.lay_down('[mask]\nfields = ["name", "local_time", "email"]\n')
    with site.around(), patch.dict(os.environ, site.command.environment(), clear=True):
        wiring = AppContext.of(apply_policy(policy_for([], os.environ), CommandLine(account=Account(demo=10))).account)
        session = wiring.session(Invocation())
    session.close()
    assert session.settings.masked == {"name", "first_name", "last_name", "local_time", "gmt_offset_now", "locale_gmt", "email"}
    assert session.concealed == session.settings.masked
    assert replace(session, capabilities=EVERYTHING).concealed == frozenset()
    assert [key.id for key in session.forbidden] == [key.id for key in CATALOGUE if key.needs and key.needs not in BY_DEFAULT]
    assert not set(session.keys) & set(session.forbidden)


def test_the_token_comes_from_the_policy(site: Site) -> None:
    token = site.command.home / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    found = wiring_of(site, f'[profiles.main]\nauth_token_file = "{token}"\n').find_token()
    assert found.token is not None
    assert found.token.reveal() == TOKEN


def test_a_token_file_below_the_home_directory_is_found_whatever_the_environment_says(site: Site) -> None:
    token = site.command.home / ".token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    with patch.dict(os.environ, {"HOME": "/elsewhere"}):
        wiring = wiring_of(site, '[profiles.main]\nauth_token_file = "~/.token"\n')
    assert wiring.profile.auth_token_file == token


def test_without_a_token_in_the_policy_there_is_none(site: Site) -> None:
    for text in ("", "[mask]\nfields = []\n"):
        with pytest.raises(
            TokenError, match=r"No API token: the administrator has to set one for the profile main in .*policy\.toml"
        ):
            wiring_of(site, text).find_token()


def test_a_demo_can_be_viewed_without_a_policy_file() -> None:
    wiring = AppContext.of(Account(demo=10, policy=Policy()))
    assert wiring.find_token().token is None
    assert wiring.capabilities == Capabilities()


def test_programs_started_from_a_restricted_session_have_the_systems_environment(site: Site, tmp_path: Path) -> None:
    tell = tmp_path / "tell"
    tell.write_text(f'#!/bin/sh\nenv > "{tmp_path}/seen"\necho {TOKEN}\n')
    tell.chmod(0o700)
    site.lay_down(f'[profiles.main]\nauth_token_command = ["{tell}"]\n')
    given = site.command.environment(
        LD_PRELOAD="/nowhere.so", PYTHONPATH="/nowhere", SECRET="x", PATH=f"/nowhere:{os.environ['PATH']}"
    )
    with site.around(), patch.dict(os.environ, given, clear=True):
        found = AppContext.of(apply_policy(policy_for([], os.environ), CommandLine()).account).find_token()
    assert found.token is not None
    seen = dict(line.partition("=")[::2] for line in (tmp_path / "seen").read_text().splitlines())
    assert not {"LD_PRELOAD", "PYTHONPATH", "SECRET", "LEAD_TUI_CONFIG_DIR"} & set(seen)
    assert "/nowhere" not in seen["PATH"]


# Capabilities


def test_everything_is_everything_and_nothing_is_the_default() -> None:
    assert all(EVERYTHING)
    assert not any(Capabilities())


@pytest.mark.parametrize("name", Capabilities._fields)
def test_each_refusal_is_one_sentence(name: str) -> None:
    assert refusal(name).endswith(" is not allowed here: this session is restricted")


def test_a_restricted_session_completes_nothing(command: Command) -> None:
    def complete(*options: str) -> int:
        words = {
            "_ARGCOMPLETE_STDOUT_FILENAME": "words",
            "_ARGCOMPLETE": "1",
            "COMP_LINE": "lead-tui --profile ",
            "COMP_POINT": "19",
        }
        return command.run(*options, token="", **words).code  # type: ignore[arg-type]

    assert complete("--restricted") == 2
    assert not (command.home / "words").exists()
    assert complete() == 0
    assert (command.home / "words").read_text().strip() == "main"
