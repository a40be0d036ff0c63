"""``lead-tui search --format xlsx``: a workbook, or a message that says what is missing."""

from __future__ import annotations

import signal
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lead_tui import limits
from tests.cli.command import PATIENCE, Command, ended
from tests.servers.convoso_server import ConvosoServer

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COUNT = 5_000


@pytest.fixture
def target(command: Command) -> Path:
    (command.home / "out").mkdir(mode=0o700)
    return command.home / "out" / "leads.xlsx"


def names(target: Path) -> list[str]:
    return sorted(each.name for each in target.parent.iterdir())


def search(target: Path, *more: str) -> tuple[str, ...]:
    return ("search", "--all", "--format=xlsx", "-o", str(target), *more)


def rows(target: Path) -> list[list[str]]:
    with zipfile.ZipFile(target) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [["".join(each.text or "" for each in cell.iter(f"{MAIN}t")) for cell in row] for row in sheet.iter(f"{MAIN}row")]


def test_every_lead_is_in_the_workbook(command: Command, server: ConvosoServer, target: Path) -> None:
    done = command.call(*search(target, "--columns=lead_id,phone_number"))
    assert (done.code, done.out, done.err) == (0, b"", "")
    csv = command.call("search", "--all", "--format=csv", "--columns=lead_id,phone_number").text
    assert rows(target) == [line.split(",") for line in csv.splitlines()]
    assert len(rows(target)) == COUNT + 1
    assert target.stat().st_mode & 0o777 == 0o600
    assert names(target) == ["leads.xlsx"]


def test_a_large_workbook_is_announced_with_its_size(
    command: Command, server: ConvosoServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MANY_LEADS_OF_WORKBOOK", COUNT - 1)
    done = command.call(*search(target))
    assert done.err == (
        "lead-tui: A workbook of 5,000 leads takes about 2 MB and 1 minute, and is slow to open; "
        ".parquet, .sqlite and .csv open faster\n"
    )
    assert command.call("search", "--limit=4999", "-o", str(target), "--force").err == ""


def test_more_leads_than_a_sheet_holds_are_6_and_nothing_is_left_to_resume(
    command: Command, server: ConvosoServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_LEADS_OF_WORKBOOK", COUNT - 1)
    done = command.call(*search(target))
    message = "lead-tui: An Excel sheet has at most 4,999 leads: choose another format\n"
    assert (done.code, done.err, names(target)) == (6, message, [])


def test_a_workbook_to_standard_output_is_2(command: Command, server: ConvosoServer) -> None:
    for more in ((), ("-o", "-")):
        done = command.call("search", "--format=xlsx", *more)
        assert (done.code, done.out) == (2, b"")
        assert done.err == "lead-tui: An Excel workbook can only be written to a file: name one with -o FILE\n"
    assert not server.requests


UNTIL_STOPPED = """
import sys
from lead_tui.cli.main import main
from lead_tui.export.assembled import AssembledWriter
leads = AssembledWriter._leads
def waiting(self, values):
    self.stopped.wait()
    return leads(self, values)
AssembledWriter._leads = waiting
sys.exit(main())
"""
"""The command, whose workbook stays at its first lead until it is stopped."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_while_it_is_made_it_says_how_to_resume(
    command: Command, server: ConvosoServer, target: Path, number: signal.Signals, code: int
) -> None:
    few = search(target, "--limit=500")[2:]
    with command.start("search", *few, program=UNTIL_STOPPED) as process:
        until = time.monotonic() + PATIENCE
        while "leads.xlsx.partial.new" not in names(target):
            assert time.monotonic() < until
            time.sleep(0.005)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    done = ended(process, out, err)
    assert (done.code, done.out) == (code, b""), done.err
    assert "after 500 leads: the same command with --resume continues it" in done.err
    assert names(target) == ["leads.xlsx.partial", "leads.xlsx.partial.rows"]
    done = command.call("search", *few, "--resume")
    assert (done.code, done.err) == (0, "")
    assert len(rows(target)) == 501
    assert names(target) == ["leads.xlsx"]
