"""``lead-tui search -o FILE``: the file is complete or absent, never another user's, and resumable after any interruption."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest

from lead_tui.cli.console import Reporter
from lead_tui.cli.output import Output
from lead_tui.cli.search import LeadSearch
from lead_tui.export.exporting import FileExport
from lead_tui.export.partial import Header, PartialExport
from lead_tui.export.writer import Layout
from lead_tui.leads.errors import OutputError
from lead_tui.leads.page import Part
from lead_tui.leads.query import Query
from lead_tui.safe_files import target_of
from tests.app.bench import NOW, TODAY, DemoSource
from tests.cli.command import PATIENCE, TOKEN, Command, Ended, ended, refused
from tests.pty.harness import Terminal, module_command, wait_until_at_rest
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer, Fault, Invocation
from tests.servers.leads import account, phone

COUNT = 8_500
FORMATS = ["csv", "json", "jsonl", "table"]


@pytest.fixture(autouse=True)
def many(server: ConvosoServer) -> None:
    server.answer = account(COUNT, token=TOKEN)


@pytest.fixture
def folder(command: Command) -> Path:
    (command.home / "out").mkdir(mode=0o700)
    return command.home / "out"


@pytest.fixture
def target(folder: Path) -> Path:
    return folder / "leads"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


LEFT = ["leads.partial", "leads.partial.rows"]


def search(target: Path, *arguments: str) -> tuple[str, ...]:
    return ("search", "--all", "-o", str(target), *arguments)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_has_what_standard_output_would_have(command: Command, target: Path, form: str) -> None:
    arguments = (f"--format={form}", *(["--columns=lead_id,name,notes"] if form == "table" else []))
    done = command.call(*search(target, *arguments))
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert target.read_bytes() == command.call("search", "--all", *arguments).out
    assert target.stat().st_mode & 0o777 == 0o600
    assert names(target.parent) == ["leads"]


def test_without_a_format_it_is_csv_and_without_all_100_leads(command: Command, target: Path) -> None:
    assert command.call("search", "-o", str(target), "--columns=lead_id").code == 0
    assert target.read_bytes().count(b"\r\n") == 101


def test_nothing_found_is_a_file_too(command: Command, target: Path) -> None:
    done = command.call(*search(target, "status=GONE", "--format=json"))
    assert done.code == 0
    assert done.err.startswith("lead-tui: No leads match (status); known statuses: ")
    assert target.read_bytes() == b"[]\n"
    assert names(target.parent) == ["leads"]


def test_a_file_that_is_there_is_6_unless_forced(command: Command, server: ConvosoServer, target: Path) -> None:
    target.write_text("mine")
    refused(command.call(*search(target)), 6, "already exists: use --force to overwrite it")
    assert not server.requests
    assert target.read_text() == "mine"
    assert command.call(*search(target, "--force", "--columns=lead_id")).code == 0
    assert target.read_bytes().count(b"\r\n") == COUNT + 1
    assert names(target.parent) == ["leads"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write anywhere")
def test_a_folder_that_is_read_only_is_6(command: Command, target: Path) -> None:
    target.parent.chmod(0o500)
    refused(command.call(*search(target)), 6, "permission denied")
    target.parent.chmod(0o000)
    refused(command.call(*search(target, "--resume")), 6, "permission denied")
    target.parent.chmod(0o700)
    assert names(target.parent) == []


@pytest.mark.parametrize("path", ["no/such/folder/leads", "/proc/leads", "/dev/full", "out", f"{'x' * 300}/leads"])
def test_an_invalid_place_for_a_file_is_6(command: Command, server: ConvosoServer, folder: Path, path: str) -> None:
    for more in ((), ("--resume",)):
        refused(command.call(*search(command.home / path, *more)), 6, "")
    assert not server.requests
    assert names(folder) == []


def test_a_link_in_its_way_is_not_followed(command: Command, target: Path) -> None:
    victim = target.with_name("victim")
    victim.write_text("precious")
    target.with_name("leads.partial").symlink_to(victim)
    for more in ("--force", "--resume"):
        refused(command.call(*search(target, more)), 6, "too many levels of symbolic links")
    assert victim.read_text() == "precious"


def test_a_disk_that_is_full_is_6_with_nothing_under_the_name(command: Command, target: Path) -> None:
    # A limit on the size of files simulates a full disk.
    done = subprocess.run(
        ["sh", "-c", 'trap "" XFSZ; ulimit -f 8000; exec "$@"', "sh", *module_command(*search(target, "--format=jsonl"))],
        capture_output=True, env=command.environment(CONVOSO_AUTH_TOKEN=TOKEN), cwd=command.home, timeout=PATIENCE, check=False,
    )  # fmt: skip
    refused(Ended(done.returncode, done.stdout, done.stderr.decode()), 6, "the same command with --resume continues it")
    assert re.search(r"Cannot write \S*leads.partial.rows ", done.stderr.decode())
    assert names(target.parent) == LEFT
    assert command.call(*search(target, "--format=jsonl", "--resume")).code == 0
    assert target.read_bytes() == command.call("search", "--all", "--format=jsonl").out


def test_a_failure_is_4_and_says_how_far_it_came_and_how_to_resume(command: Command, server: ConvosoServer, target: Path) -> None:
    server.fault_for = lambda asked: faults.redirect("https://elsewhere.example/v1") if asked["offset"] == "3998" else None
    done = command.call(*search(target, "--format=json"))
    refused(done, 4, "After 3,999 leads: ")
    assert "the same command with --resume continues it" in done.err
    assert names(target.parent) == LEFT
    server.fault_for = lambda asked: None
    assert command.call(*search(target, "--format=json", "--resume")).code == 0
    assert target.read_bytes() == command.call("search", "--all", "--format=json").out


@pytest.mark.parametrize("fault", [faults.status(401), faults.redirect("https://elsewhere.example/v1")])
def test_a_failure_before_the_first_lead_leaves_nothing(
    command: Command, server: ConvosoServer, target: Path, fault: Fault
) -> None:
    server.always = fault
    assert command.call(*search(target)).code in (3, 4)
    assert names(target.parent) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_says_how_far_it_came_and_how_to_resume(
    command: Command, server: ConvosoServer, target: Path, number: signal.Signals, code: int
) -> None:
    released = threading.Event()

    def fault(asked: Invocation) -> Fault | None:
        return faults.held(released) if int(asked["offset"]) >= 3_998 else None

    server.fault_for = fault
    with command.start(*search(target, "--format=jsonl")) as process:
        server.wait_for_requests(5)
        entries = target.with_name("leads.partial")
        until = time.monotonic() + PATIENCE
        # Two pages, each with 2,000 numbers of eight bytes.
        while entries.stat().st_size < 32_000:
            assert time.monotonic() < until
            time.sleep(0.01)
        # A page is written before it is counted. What follows the two does not arrive.
        wait_until_at_rest(psutil.Process(process.pid))
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    released.set()
    done = ended(process, out, err)
    assert done.code == code
    assert done.err.endswith("after 3,999 leads: the same command with --resume continues it\n")
    assert done.err.count("\n") == 1
    server.fault_for = lambda asked: None
    assert command.call(*search(target, "--format=jsonl", "--resume")).code == 0
    assert target.read_bytes() == command.call("search", "--all", "--format=jsonl").out


async def test_leads_that_are_being_written_when_it_is_interrupted_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes, take, loop = asyncio.Event(), FileExport.write_part, asyncio.get_running_loop()

    def slowly(self: FileExport, part: Part) -> None:
        loop.call_soon_threadsafe(writes.set)
        while not task.cancelling():
            time.sleep(0.001)
        take(self, part)

    monkeypatch.setattr(FileExport, "write_part", slowly)
    export = FileExport(PartialExport.begin(tmp_path / "leads.jsonl", Header({}, NOW, TODAY)), "jsonl", Layout())
    output = Output(export, "jsonl", TODAY)
    search = LeadSearch(DemoSource(300), Query(), output, Reporter(shows_progress=False))
    task = asyncio.create_task(search.run())
    await writes.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert search.resuming() == " after 300 leads: the same command with --resume continues it"
    export.close()
    resumed = PartialExport.begin(tmp_path / "leads.jsonl", Header({}, NOW, TODAY), resume=True)
    assert len(resumed.known) == 300
    resumed.close()


async def test_what_has_its_name_is_not_to_be_resumed(tmp_path: Path) -> None:
    export = FileExport(PartialExport.begin(tmp_path / "leads.jsonl", Header({}, NOW, TODAY)), "jsonl", Layout())
    output = Output(export, "jsonl", TODAY)
    search = LeadSearch(DemoSource(300), Query(), output, Reporter(shows_progress=False))
    await search.run()
    assert ((tmp_path / "leads.jsonl").exists(), search.resuming()) == (True, "")


def test_an_interruption_before_the_first_lead_leaves_nothing(command: Command, server: ConvosoServer, target: Path) -> None:
    released = threading.Event()
    server.always = faults.held(released)
    with command.start(*search(target)) as process:
        server.wait_for_requests(1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    released.set()
    assert (ended(process, out, err).code, names(target.parent)) == (143, [])


@pytest.mark.parametrize("arguments", [("--lookup=3015550123", "phone_number=3015550124"), ("created_at_start_date=-9999y",)])
def test_a_mistake_noticed_once_the_file_is_open_leaves_nothing(
    command: Command, server: ConvosoServer, target: Path, arguments: tuple[str, ...]
) -> None:
    assert command.call(*search(target, *arguments)).code == 2
    assert (names(target.parent), server.requests) == ([], [])


@pytest.mark.parametrize("arguments", [(), (f"--lookup={phone(7)}",)])
def test_a_file_that_came_meanwhile_costs_none_of_what_was_read(
    command: Command, server: ConvosoServer, target: Path, arguments: tuple[str, ...]
) -> None:
    def come(_: Invocation) -> None:
        target.write_text("theirs")

    server.fault_for = come
    done = command.call(*search(target, *arguments))
    refused(done, 6, "already exists: use --force to overwrite it; the same command with --resume continues it")
    assert (done.err.startswith("lead-tui: After "), target.read_text()) == (True, "theirs")
    server.fault_for = lambda asked: None
    assert command.call(*search(target, *arguments, "--resume", "--force")).code == 0
    assert target.read_bytes() == command.call("search", "--all", *arguments, "--format=csv").out


def test_a_look_up_in_several_fields_is_resumed_without_its_leads_twice(
    command: Command, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = search(target, f"--lookup={phone(7)}", "--format=jsonl")
    with monkeypatch.context() as patch:
        patch.setattr(PartialExport, "finish", Mock(side_effect=OutputError("The disk is full")))
        assert command.call(*arguments).code == 6
    assert names(target.parent) == LEFT
    assert command.call(*arguments, "--resume").code == 0
    assert target.read_bytes() == command.call("search", f"--lookup={phone(7)}", "--format=jsonl").out
    assert target.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("arguments", [(), ("status=NEW",)])
def test_only_a_look_up_has_a_digest_in_the_metadata(command: Command, target: Path, arguments: tuple[str, ...]) -> None:
    for number, (given, has_digest) in enumerate(((arguments, False), ((*arguments, f"--lookup={phone(7)}"), True))):
        path = target.with_name(f"{number}.sqlite")
        assert command.call(*search(path, *given)).code == 0
        with closing(sqlite3.connect(path)) as database:
            ((text,),) = database.execute("SELECT value FROM export WHERE name = 'search'")
        assert bool(json.loads(text)["look_up"]) == has_digest


def interrupted(command: Command, server: ConvosoServer, target: Path, *arguments: str) -> None:
    """Leave a half-finished export."""
    server.fault_for = lambda asked: faults.redirect("https://elsewhere.example/v1") if asked["offset"] == "3998" else None
    assert command.call(*search(target, *arguments)).code == 4
    server.fault_for = lambda asked: None
    assert names(target.parent) == LEFT


def test_a_partial_file_is_discarded_only_when_forced(command: Command, server: ConvosoServer, target: Path) -> None:
    interrupted(command, server, target)
    refused(command.call(*search(target)), 6, "use --resume to continue it if it is the same search, or --force to start again")
    assert command.call(*search(target, "--force")).code == 0
    assert names(target.parent) == ["leads"]


@pytest.mark.parametrize("change", ["status=NEW", "--format=jsonl", "--columns=city", "--raw-csv", "--lookup=Stone"])
def test_another_search_is_not_resumed(command: Command, server: ConvosoServer, target: Path, change: str) -> None:
    interrupted(command, server, target)
    refused(command.call(*search(target, "--resume", change)), 2, "was left by another search")
    assert names(target.parent) == LEFT


def test_nothing_to_resume_begins_from_the_beginning(command: Command, target: Path) -> None:
    assert command.call(*search(target, "--resume", "--columns=lead_id")).code == 0
    assert target.read_bytes().count(b"\r\n") == COUNT + 1
    refused(command.call(*search(target, "--resume", "--columns=lead_id")), 6, "already exists")


def test_a_relative_date_means_the_day_on_which_the_export_began(
    command: Command, server: ConvosoServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    monkeypatch.setattr("lead_tui.config.settings.Settings.today", lambda _: date(2026, 3, 9))
    interrupted(command, server, target, "created_at_start_date=-7d")
    monkeypatch.setattr("lead_tui.config.settings.Settings.today", lambda _: date(2026, 3, 10))
    assert command.call(*search(target, "created_at_start_date=-7d", "--resume")).code == 0
    assert {asked["created_at_start_date"] for asked in server.requests} == {"2026-03-02"}


# On a terminal


def test_the_user_is_asked_before_a_file_is_overwritten(command: Command, target: Path) -> None:
    target.write_text("mine")
    for answer, code in (("n", 6), ("y", 0)):
        with command.open(*search(target, "--columns=lead_id")) as shown:

            def asks(shown: Terminal = shown) -> bool:
                # The line may be wrapped anywhere.
                return "already exists: overwrite it? [y/N]" in shown.text.replace("\n", "")

            shown.wait_for(asks)
            shown.send(f"{answer}\r")
            assert shown.wait_for_exit() == code
    assert target.read_bytes().count(b"\r\n") == COUNT + 1


def test_a_user_sees_rows_rate_and_time_left_and_a_script_does_not(command: Command, server: ConvosoServer, target: Path) -> None:
    released = threading.Event()
    server.fault_for = lambda asked: faults.held(released) if int(asked["offset"]) >= 3_998 else None
    with command.open(*search(target)) as shown:
        shown.wait_for(re.compile(r"[24],000 of 8,500 leads, .*/s, .* left"))
        released.set()
        assert shown.wait_for_exit() == 0
        assert "leads" not in shown.text
    assert target.exists()


def test_the_name_of_the_file_decides_on_the_format_and_a_conflict_is_reported(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "leads.json"
    done = command.call("search", "--limit=2", "--columns=lead_id", "-o", str(target))
    assert (done.code, done.err) == (0, "")
    assert [list(lead) for lead in json.loads(target.read_text())] == [["lead_id"]] * 2
    done = command.call("search", "--limit=2", "--columns=lead_id", "--format=csv", "-o", str(target), "--force")
    assert (done.code, done.err) == (0, "lead-tui: The file holds csv, as --format says, although its name ends in .json\n")
    assert target.read_text().splitlines()[0] == "lead_id"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("~nobody-of-that-name/leads.csv", "There is no home directory ~nobody-of-that-name: use the full path"),
        (f"{'x' * 255}.csv", "The file name is too long or not valid: use at most 240 characters"),
    ],
)
def test_an_impossible_name_is_an_error_of_the_output(command: Command, server: ConvosoServer, name: str, said: str) -> None:
    done = command.call("search", "--limit=1", "-o", name)
    assert (done.code, done.out, done.err) == (6, b"", f"lead-tui: {said}\n")
    assert server.requests == []


def test_a_missing_working_directory_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(OutputError, match="The working directory no longer exists: use the full path"):
        target_of("leads.csv")
    assert target_of(str(tmp_path / "leads.csv")) == tmp_path / "leads.csv"
