"""The curl command of a search: harmless in a shell, and exact, whatever its values are."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lead_tui.leads.query import Query, curl_command

BASE = "https://api.example.com/v1"
TOKEN = "abcdefghijklmnopqrstuvwxyz012345"
SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh", "fish") if shutil.which(shell)]

NASTY = [
    "'; rm -rf x; '",
    "$(touch pwned)",
    "`touch pwned`",
    "$CONVOSO_AUTH_TOKEN",
    "a\nb\r\ntouch pwned\n",
    "!! !$ ~ * ? [a-z] {1,3} # & | < > \\ \" ' %41 + = ;",
    "\x1b]52;c;eA==\x07\x00\x7f",
    "Zoë Ångström \N{PILE OF POO} \u202e\u2028",
    "  ",
    "-o pwned",
    "@/etc/passwd",
]


def query(**values: str) -> Query:
    """Return a query with unchecked values."""
    return Query(tuple(values.items()))


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A directory whose ``curl`` writes its arguments, each followed by a zero byte, to the file ``arguments``."""
    program = tmp_path / "bin" / "curl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nfor each in "$@"; do printf \'%s\\0\' "$each"; done > {tmp_path}/arguments\n')
    program.chmod(0o700)
    return tmp_path


def run(directory: Path, command: str, shell: str = "sh") -> list[str]:
    """Return curl's arguments when *shell* runs *command* in an empty directory, where nothing else may happen."""
    work, home = directory / "work", directory / "home"
    work.mkdir(exist_ok=True)
    # Some shells keep files in the home directory.
    home.mkdir(exist_ok=True)
    environ = {"PATH": f"{directory}/bin:{os.environ['PATH']}", "CONVOSO_AUTH_TOKEN": TOKEN, "HOME": str(home)}
    ran = subprocess.run([shell, "-c", command], cwd=work, env=environ, capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")
    assert list(work.iterdir()) == []
    return (directory / "arguments").read_text("utf-8").split("\0")[:-1]


def values_in(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


def test_a_command_holds_the_address_in_single_quotes_and_the_variable_for_the_token() -> None:
    command = curl_command(BASE, [Query.of({"status": "NEW", "city": "Los Angeles"})], 200)
    assert command == (
        'curl --get --data-urlencode "auth_token=$CONVOSO_AUTH_TOKEN" '
        "'https://api.example.com/v1/leads/search?status=NEW&city=Los%20Angeles&offset=0&limit=200'"
    )


def test_a_custom_parameter_is_sent_without_its_mark_and_ends_of_days_where_they_are_wanted() -> None:
    asked = Query.of({"+plan_sold": "Gold", "created_at_end_date": "2026-03-02"})
    (address,) = [part for part in curl_command(BASE, [asked], 10, with_time=True).split("'") if part.startswith("https")]
    assert values_in(address) == {"plan_sold": "Gold", "created_at_end_date": "2026-03-02 23:59:59", "offset": "0", "limit": "10"}


def test_a_search_in_several_fields_is_one_command() -> None:
    command = curl_command(BASE, [query(phone_number="3010010000"), query(alt_phone_1="3010010000")], 200)
    assert command.count("curl ") == command.count("auth_token") == 1
    assert command.count("'https://") == 2


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_hands_every_value_on_as_it_is_and_does_nothing_else(fake: Path, shell: str) -> None:
    command = curl_command(BASE, [query(last_name=value, **{"+plan": value}) for value in NASTY], 200)
    assert command.isascii()
    assert command.isprintable()
    get, data, token, *addresses = run(fake, command, shell)
    assert (get, data, token) == ("--get", "--data-urlencode", f"auth_token={TOKEN}")
    expected = [{"last_name": value, "plan": value, "offset": "0", "limit": "200"} for value in NASTY]
    assert list(map(values_in, addresses)) == expected


def test_bash_finds_one_simple_command_with_history_expansion_on(fake: Path) -> None:
    command = curl_command(BASE, [query(last_name=value) for value in NASTY], 200)
    subprocess.run(["bash", "-n"], input=command.encode(), check=True, capture_output=True)
    addresses = run(fake, f"set -H -o history\n{command}", "bash")[3:]
    assert [values_in(address)["last_name"] for address in addresses] == NASTY


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=10))
def test_no_value_and_no_name_leaves_its_quotes(value: str, name: str) -> None:
    command = curl_command(BASE, [Query(((name, value),))], 200)
    assert command.isascii()
    assert command.isprintable()
    assert command.count("'") == 2
    assert not set(command.split("'")[1]) & set(' "$`\\!{}[]*;|&<>()#\n') - {"&"}


def test_a_base_url_cannot_leave_its_quotes_either(fake: Path) -> None:
    *_, address = run(fake, curl_command("https://h/'$(touch pwned)'/v1", [Query()], 200))
    assert address == "https://h/%27%24%28touch%20pwned%29%27/v1/leads/search?offset=0&limit=200"


def test_a_lone_surrogate_is_sent_as_the_client_sends_it(fake: Path) -> None:
    *_, address = run(fake, curl_command(BASE, [query(last_name="a\ud800b")], 200))
    assert values_in(address)["last_name"] == "a?b"


class _Recorder(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Yield the base URL of a server, and the requests it gets."""
    asked: list[str] = []
    handler = type("Handler", (_Recorder,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/v1", asked
        running.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_itself_sends_each_query_with_the_token(server: tuple[str, list[str]], tmp_path: Path) -> None:
    base, asked = server
    queries = [query(last_name=value) for value in NASTY]
    environ = {"PATH": os.environ["PATH"], "CONVOSO_AUTH_TOKEN": "a+b &c", "HOME": str(tmp_path)}
    subprocess.run(["sh", "-c", curl_command(base, queries, 200)], env=environ, cwd=tmp_path, capture_output=True, check=True)
    expected = [{"last_name": value, "offset": "0", "limit": "200", "auth_token": "a+b &c"} for value in NASTY]
    assert [values_in(path) for path in asked] == expected
    assert list(tmp_path.iterdir()) == []
