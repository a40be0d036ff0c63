"""Every exit code of the contract, by the command as a shell starts it; ``test_exit_codes`` has the many ways to each."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Sequence

import pytest

from lead_tui.cli.options import EXIT_CODES
from tests.cli.command import PATIENCE, TOKEN, Command
from tests.pty.program import command as installed
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

OTHER_CONFIGURATION = "[pace\n"

KINDS: dict[str, tuple[int, Sequence[str]]] = {
    "done": (0, ["search", "--all", "-o", "leads.csv"]),
    "nothing matched": (0, ["search", "status=GONE"]),
    "help": (0, ["--help"]),
    "unknown option": (2, ["search", "--everything"]),
    "a filter's value": (2, ["search", "owner_id=Atlantis"]),
    "no such day": (2, ["search", "created_at_start_date=2026-02-30"]),
    "unknown query": (2, ["search", "--query=nobody"]),
    "no terminal": (2, []),
    "refused base URL": (2, ["search", "--base-url=http://api.example.com/v1"]),
    "a file that is there": (6, ["search", "-o", "there.csv"]),
    "a folder that is not": (6, ["search", "-o", "no/such/folder.csv"]),
    "no token": (3, ["search"]),
    "a refused token": (3, ["search"]),
    "a server that fails": (4, ["search"]),
    "a redirect": (4, ["search", "--all", "-o", "leads.csv"]),
    "one part of a look-up": (4, ["search", "--lookup=3010010000"]),
    "configuration": (5, ["search"]),
    "base URL of the configuration": (5, ["search"]),
    "interrupted": (130, ["search", "--all"]),
    "terminated": (143, ["search", "--all", "-o", "leads.csv"]),
    "hung up": (129, ["search"]),
}

SIGNALS = {"interrupted": signal.SIGINT, "terminated": signal.SIGTERM, "hung up": signal.SIGHUP}


@pytest.mark.parametrize("kind", KINDS)
def test_every_end_has_its_code_and_one_sentence(command: Command, server: ConvosoServer, kind: str) -> None:
    code, arguments = KINDS[kind]
    token, released = TOKEN, threading.Event()
    (command.home / "there.csv").write_text("mine")
    match kind:
        case "no token":
            token = ""
        case "a refused token":
            token = "wrongwrongwrongwrongwrongwrongwr"
        case "a server that fails":
            server.always = faults.application_error(9, "Out of order")
        case "a redirect":
            server.always = faults.redirect("https://elsewhere.example/v1")
        case "one part of a look-up":
            server.fault_for = lambda asked: faults.application_error(9, "Nope") if asked.get("alt_phone_1") else None
        case "configuration":
            command.configure(OTHER_CONFIGURATION)
        case "base URL of the configuration":
            command.configure('[profiles.main]\nbase_url = "http://api.example.com/v1"\n')
        case _ if kind in SIGNALS:
            server.always = faults.held(released)
    environment = command.environment(**({"CONVOSO_AUTH_TOKEN": token} if token else {}))
    with subprocess.Popen(
        installed(*arguments),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=command.home,
    ) as process:  # fmt: skip
        if kind in SIGNALS:
            server.wait_for_requests(1)
            process.send_signal(SIGNALS[kind])
        _, said = process.communicate(timeout=PATIENCE)
    released.set()
    assert process.returncode == code, said
    assert said.count(b"\n") <= 1
    assert said.startswith(b"lead-tui: ") or not said
    assert said or code in (0, 129, 143)
    assert TOKEN.encode() not in said
    assert b"Traceback" not in said
    assert (command.home / "there.csv").read_text() == "mine"
    assert (command.home / "leads.csv").exists() is (kind == "done")


def test_there_is_an_end_for_every_code_of_the_manual() -> None:
    told = {int(word) for code, sentence in EXIT_CODES for word in (code, *sentence.replace(":", " ").split()) if word.isdigit()}
    assert {code for code, _ in KINDS.values()} == told
