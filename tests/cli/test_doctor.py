"""``lead-tui doctor``: what it reports about configuration, account and terminal, and what it never prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest

from lead_tui.cli import doctor_account
from lead_tui.cli.doctor_account import Doubt
from lead_tui.config.settings import Pace
from lead_tui.demo.endpoint import Demo
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import Section
from tests.cli.command import TOKEN, Command, Ended
from tests.pty.harness import Terminal, module_command
from tests.servers import faults, tls
from tests.servers.convoso_server import ConvosoServer, Exchange, Fault
from tests.servers.leads import account


def verdicts(done: Ended) -> dict[str, str]:
    """Return the result of each check by its name."""
    found: dict[str, str] = {}
    for line in done.lines:
        verdict, name = line[2:10].strip(), line[10:25].strip()
        if line.startswith("  ") and verdict in ("ok", "warn", "fail"):
            found[name] = verdict
    return found


def line(done: Ended, name: str) -> str:
    """Return the report on *name*, with the remedy."""
    lines = iter(done.lines)
    for each in lines:
        if each[10:25].strip() == name:
            following = next(lines, "")
            return each[26:] + (f" {following.strip()}" if following.strip().startswith("remedy:") else "")
    raise AssertionError(f"nothing is said of {name}:\n{done.text}")


def dated(apart: float) -> Fault:
    """The right answer, dated by a clock that is *apart* seconds behind."""

    def fault(exchange: Exchange) -> None:
        then = datetime.now(UTC) - timedelta(seconds=apart)
        exchange.send(*exchange.right_answer(), {"Date": format_datetime(then, usegmt=True)})

    return fault


def serve_sections(server: ConvosoServer) -> None:
    """Answer for every section, as the demo."""
    demo = Demo(10, today=date(2026, 3, 9))
    server.sections = {each: partial(demo.records, each) for each in Section}


@pytest.fixture(name="secure")
def _secure(command: Command, request: pytest.FixtureRequest) -> Iterator[ConvosoServer]:
    """A server with the certificate that the parameter names."""
    with ConvosoServer(account(10, token=TOKEN), tls=tls.server_side(request.param)) as server:
        # A checkout may be open to a group, and what others can write is not trusted.
        command.write("ca.pem", Path(tls.CA_FILE).read_text())
        command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n[network]\nca_file = "ca.pem"\n')
        yield server


def test_a_good_account_is_reported_as_such_and_each_section_is_requested_once(command: Command, server: ConvosoServer) -> None:
    server.always = dated(0)
    serve_sections(server)
    done = command.run("doctor")
    assert (done.code, done.err) == (0, "")
    assert "fail" not in verdicts(done).values()
    assert line(done, "token") == "the environment (CONVOSO_AUTH_TOKEN)"
    assert line(done, "server's name").endswith(" is 127.0.0.1")
    assert "plain http, to this machine alone" in line(done, "TLS")
    assert line(done, "search").startswith("1 lead of 5,000, in ")
    assert line(done, "clock").startswith("as the server's; the account's day is ")
    assert sorted(each[26:] for each in done.lines if each[10:25].strip() == "may read") == sorted(Section)
    search, *others = server.requests
    assert (search["limit"], search["offset"]) == ("1", "0")
    assert sorted(each.path for each in others) == sorted(f"/v1/{section}" for section in Section)
    assert "0" not in {each.get("lead_id") for each in others}


def test_sections_that_are_forbidden_or_do_not_answer_are_reported_and_are_not_failures(
    command: Command, server: ConvosoServer
) -> None:
    serve_sections(server)
    server.sections[Section.USERS] = lambda _: (200, b'{"success": false, "code": 403, "text": "Forbidden"}')
    del server.sections[Section.CALLBACKS]
    done = command.call("doctor")
    assert done.code == 0
    refused = [each[26:].partition(":")[0] for each in done.lines if each[10:25].strip() == "may not read"]
    assert sorted(refused) == ["callbacks/search", "users/search"]
    assert TOKEN not in done.text


def test_nothing_further_is_requested_where_the_server_wants_fewer_requests(command: Command, server: ConvosoServer) -> None:
    serve_sections(server)
    server.sections[Section.STATUSES] = lambda _: (429, b"")
    done = command.call("doctor")
    assert done.code == 0
    assert line(done, "may not read") == "status/search: Rate limit reached (HTTP 429) remedy: try again later"
    assert len(server.requests) == 2


def test_with_nothing_configured_it_says_what_is_missing_and_looks_at_the_rest(command: Command) -> None:
    with ConvosoServer(account(1)) as server:
        done = command.call("doctor", "--base-url", server.base_url, token="")
    assert done.code == 3
    assert done.err.startswith("lead-tui: No API token")
    assert done.err.count("\n") == 1
    found = verdicts(done)
    assert (found["token"], found["server's name"], found["TLS"]) == ("fail", "ok", "ok")
    assert "remedy: set CONVOSO_AUTH_TOKEN to a token for the given base URL" in line(done, "token")
    assert "search" not in found
    assert not server.requests


def test_the_settings_of_the_file_are_reported_with_their_lines(command: Command, server: ConvosoServer) -> None:
    command.configure(
        'profile = "west"\n[profiles.west]\nbase_url = "https://west.example/v1"\n[pace]\nburst = 9\n[account]\n'
        'timezone = "America/New_York"\n'
    )
    done = command.call("doctor", LEAD_TUI_BASE_URL=server.base_url)
    for setting in (
        "  profile: west",
        f"  base-url: {server.base_url}",
        "  pace.burst = 9 (config.toml, line 5)",
        "  account.timezone = America/New_York (config.toml, line 7)",
        "  config-dir: ~/config",
    ):
        assert setting in done.lines
    assert "pace.in_flight" not in done.text


@pytest.mark.parametrize(
    ("text", "code", "check", "said"),
    [
        ('[theme]\nname = "pink"\n', 5, "settings", "line 4: theme.name must be"),
        ('[keys]\n"main.back" = "f"\n', 5, "settings", 'line 4: keys."main.back" has f'),
    ],
)
def test_what_the_app_would_refuse_at_the_start_fails(
    command: Command, server: ConvosoServer, text: str, code: int, check: str, said: str
) -> None:
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n{text}')
    done = command.call("doctor")
    assert (done.code, verdicts(done)[check]) == (code, "fail")
    assert said in line(done, check)


def test_a_token_file_is_reported_with_its_mode(command: Command, server: ConvosoServer) -> None:
    command.write("token", TOKEN)
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_file = "token"\n')
    done = command.call("doctor", token="")
    assert line(done, "token") == "auth_token_file ~/config/token, mode 0600"


def test_a_token_file_that_others_can_read_is_5_with_the_remedy(command: Command, server: ConvosoServer) -> None:
    command.write("token", TOKEN)
    (command.config_dir / "token").chmod(0o644)
    command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_file = "token"\n')
    done = command.call("doctor", token="")
    assert done.code == 5
    assert line(done, "token").endswith("remedy: chmod 600 ~/config/token")
    assert not server.requests


@pytest.mark.parametrize("text", ["profile =", '[pace]\nburst = "many"\n', '[network]\nca_file = "not-there.pem"\n'])
def test_a_configuration_that_cannot_be_used_is_5_and_the_terminal_is_looked_at_anyway(command: Command, text: str) -> None:
    command.configure(text)
    done = command.call("doctor")
    assert done.code == 5
    found = verdicts(done)
    assert found["settings"] == "fail"
    assert "search" not in found
    assert "characters" in found


def test_an_invalid_query_is_counted_and_not_named(command: Command) -> None:
    command.write("queries.toml", '[[query]]\nname = "Jane Public"\nfilters = { stauts = "NEW" }\n')
    done = command.call("doctor", "--base-url=http://127.0.0.1:9/v1")
    assert line(done, "saved queries") == "0, 1 notice remedy: lead-tui queries list prints them"
    assert "Jane" not in done.text


def test_saved_queries_that_cannot_be_read_are_5_and_the_account_is_looked_at_anyway(
    command: Command, server: ConvosoServer
) -> None:
    command.write("queries.toml", "[[query")
    done = command.call("doctor")
    assert done.code == 5
    assert verdicts(done)["search"] == "ok"


@pytest.mark.parametrize("given", ["--base-url=http://example.com/v1", "--profile=nobody"])
def test_an_account_that_cannot_be_is_2(command: Command, given: str) -> None:
    done = command.call("doctor", given)
    assert done.code == 2
    assert verdicts(done)["settings"] == "fail"


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (faults.status(401), 3, "rejected the token"),
        (faults.application_error(5001, "Auth token is invalid"), 3, "rejected the token"),
        (faults.status(502), 4, "try again later"),
        (faults.redirect("https://elsewhere.example/v1"), 4, "check the base URL"),
        (faults.html(), 4, "web page"),
        (faults.reset(), 4, "closed the connection"),
    ],
)
def test_a_search_that_fails_is_reported_after_one_attempt(
    command: Command, server: ConvosoServer, fault: Fault, code: int, said: str
) -> None:
    server.always = fault
    done = command.call("doctor")
    assert (done.code, verdicts(done)["search"]) == (code, "fail")
    assert said in line(done, "search")
    assert len(server.requests) == 1


def test_nothing_matching_is_fine(command: Command, server: ConvosoServer) -> None:
    server.always = faults.application_error(6000, "Missing lists")
    done = command.call("doctor")
    assert done.code == 0
    assert line(done, "search").startswith("0 leads of 0")


def test_a_server_that_is_not_there_is_4_and_the_search_is_skipped(command: Command) -> None:
    with ConvosoServer(account(1)) as server:
        url = server.base_url
    done = command.call("doctor", "--base-url", url)
    assert done.code == 4
    assert "refuses connections" in line(done, "TLS")
    assert "search" not in verdicts(done)


def test_an_unknown_host_name_is_4_and_skips_the_later_checks(command: Command) -> None:
    done = command.call("doctor", "--base-url", "https://nobody.invalid/v1")
    assert done.code == 4
    assert "Cannot resolve nobody.invalid" in line(done, "server's name")
    assert "TLS" not in verdicts(done)


@pytest.mark.parametrize("secure", ["good"], indirect=True)
def test_a_certificate_of_an_unknown_issuer_may_lack_its_intermediate(command: Command, secure: ConvosoServer) -> None:
    # To the client a chain without its intermediate certificate is what this is: the issuer is not among those it trusts.
    command.write("ca.pem", Path(tls.CA_FILE).with_name("self_signed.pem").read_text())
    done = command.call("doctor")
    assert done.code == 4
    assert "local issuer certificate" in line(done, "TLS")
    assert "does not send its intermediate certificate: contact its administrator" in done.text


@pytest.mark.parametrize("secure", ["good"], indirect=True)
def test_a_secure_connection_is_reported(command: Command, secure: ConvosoServer) -> None:
    done = command.call("doctor")
    assert done.code == 0
    assert line(done, "TLS").startswith("TLSv1.3 with 127.0.0.1:")


@pytest.mark.parametrize(
    ("secure", "said"),
    [("expired", "has expired"), ("wrong_host", "is not valid for"), ("self_signed", "self-signed certificate")],
    indirect=["secure"],
)
def test_a_certificate_that_is_refused_is_4_and_nothing_is_sent(command: Command, secure: ConvosoServer, said: str) -> None:
    done = command.call("doctor")
    assert done.code == 4
    assert said in line(done, "TLS")
    assert not secure.requests


@pytest.mark.parametrize(("apart", "said"), [(300, "300 s ahead of"), (-300, "300 s behind")])
def test_a_clock_that_is_wrong_is_in_doubt(command: Command, server: ConvosoServer, apart: float, said: str) -> None:
    server.always = dated(apart)
    done = command.call("doctor")
    assert done.code == 0
    assert verdicts(done)["clock"] == "warn"
    minutes, *_ = line(done, "clock").split()
    assert abs(int(minutes) - 300) <= 5
    assert said.split(" s ")[1] in line(done, "clock")
    assert "remedy: set this machine's clock" in line(done, "clock")


def test_a_server_without_a_clock_is_reported(command: Command, server: ConvosoServer) -> None:
    assert "the server sends no time" in line(command.call("doctor"), "clock")


def test_it_is_fit_for_a_ticket(command: Command, server: ConvosoServer) -> None:
    """No token, password, command argument, lead, saved query name or home directory."""
    server.answer = lambda parameters: (
        200,
        b'{"success": true, "data": {"total": 1, "entries": [{"id": 7, "first_name": "SECRET-1"}]}}',
    )
    command.write("queries.toml", '[[query]]\nname = "SECRET"\nfilters = { city = "SECRET-3" }\nkey = "SECRET-4"\n')
    command.configure(
        f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_command = ["echo", "SECRET-5"]\n'
        f'[network]\nproxy = "http://u:SECRET-6@127.0.0.1:{server.port}"\n[queries]\nstart = "SECRET-2"\n'
        '[pace]\nredis_password = "SECRET-8"\n'
    )
    for token in (TOKEN, ""):
        done = command.call("doctor", token=token)
        assert "SECRET" not in done.text + done.err
        assert str(command.home) not in done.text
    assert "set, not shown" in done.text


def test_a_token_in_a_wrong_place_is_masked(command: Command) -> None:
    with ConvosoServer(account(1, token=TOKEN)) as server:
        given = server.base_url.replace("/v1", f"/{TOKEN}/v1")
        done = command.call("doctor", "--base-url", given)
    assert "••••••" in done.text


def test_on_a_terminal_it_fits_and_says_what_the_terminal_is(command: Command, server: ConvosoServer) -> None:
    environment = command.environment(
        CONVOSO_AUTH_TOKEN=TOKEN, COLORTERM="truecolor", SSH_CONNECTION="203.0.113.7 1 203.0.113.8 22"
    )
    with Terminal(module_command("doctor"), environ=environment, columns=90, lines=80) as shown:
        assert shown.wait_for_exit() == 0
        lines = shown.raw.decode().splitlines()
    (place,) = (each for each in lines if each[10:25].strip() == "terminal")
    assert place.endswith("xterm-256color, 90x80 cells")
    assert "203.0.113" not in "".join(lines)
    assert max(map(len, lines)) <= 90


def test_it_takes_no_filters_and_its_output_must_be_written(command: Command) -> None:
    assert command.call("doctor", "status=NEW").code == 2
    assert command.call_on_a_full_disk("doctor", "--base-url=https://nobody.invalid/v1").code == 6


def test_nothing_is_written_anywhere(command: Command, server: ConvosoServer, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert verdicts(command.call("doctor"))
    assert sorted(tmp_path.rglob("*")) == before


def test_an_error_of_the_report_is_the_first_that_was_found(command: Command) -> None:
    command.write("queries.toml", "[[query")
    done = command.call("doctor", "--base-url", "https://nobody.invalid/v1", token="")
    assert done.code == 5


def test_the_pace_that_applies_is_reported(tmp_path: Path) -> None:
    token = Token("plainly0synthetic0token000000001")
    url = "https://api.example.com/v1"
    assert "shared by the sessions of this account" in str(doctor_account.pace(Pace(), tmp_path / "pace", url, token))
    assert "for each session" in str(doctor_account.pace(Pace(shared=False), tmp_path, url, token))
    assert doctor_account.pace(Pace(0), tmp_path, url, token) == "no limit"
    (tmp_path / "file").touch()
    unusable = doctor_account.pace(Pace(directory=tmp_path / "file" / "x"), tmp_path, url, token)
    assert isinstance(unusable, Doubt)
    assert "cannot be used" in unusable.what
