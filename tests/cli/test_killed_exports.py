"""A resumed export has the rows of an uninterrupted one, whenever it was killed: the bytes of text, the cells of other formats."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import threading
import time
import zipfile
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.cli.command import PATIENCE, TOKEN, Command
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account

COUNT = 6_500
LATE = 5_000
"""The offset from which leads have an attribute that the others do not."""
MOMENTS = 20
FORMATS = ["txt", "csv", "json", "jsonl", "xlsx", "sqlite", "parquet"]


@pytest.fixture(autouse=True)
def many(server: ConvosoServer) -> None:
    answered = account(COUNT, token=TOKEN)

    def answer(asked: Mapping[str, str]) -> tuple[int, bytes]:
        status, body = answered(asked)
        return status, body.replace(b'"notes":', b'"late":"x","notes":') if int(asked["offset"]) >= LATE else body

    server.answer = answer


def export(target: Path, *arguments: str) -> tuple[str, ...]:
    columns = ("--columns=lead_id,name,notes",) if target.suffix == ".txt" else ()
    return ("search", "--all", "-o", str(target), *columns, *arguments)


def contents(target: Path) -> object:
    match target.suffix:
        case ".xlsx":
            with zipfile.ZipFile(target) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        case ".sqlite":
            with closing(sqlite3.connect(target)) as database:
                return [database.execute(f"SELECT {what}").fetchall() for what in ("* FROM leads", "sql FROM sqlite_schema")]
        case ".parquet":
            read = parquet.read_table(target)
            return read.schema.names, read.to_pydict()
        case _:
            return target.read_bytes()


@pytest.fixture
def target(command: Command, request: pytest.FixtureRequest) -> Path:
    (command.home / "out").mkdir(mode=0o700)
    return command.home / "out" / f"leads.{request.param}"


@pytest.mark.parametrize("target", ["csv", "xlsx", "sqlite"], indirect=True)
def test_an_export_killed_half_way_is_resumed_where_it_was(command: Command, server: ConvosoServer, target: Path) -> None:
    assert command.call(*export(target)).code == 0
    undisturbed = contents(target)
    target.unlink()
    released = threading.Event()
    server.fault_for = lambda asked: faults.held(released) if int(asked["offset"]) >= 4_000 else None
    before = len(server.requests)
    with command.start(*export(target)) as process:
        # The third page is requested: the second one is being written, or has been.
        server.wait_for_requests(before + 4)
        process.kill()
        process.wait(PATIENCE)
    released.set()
    server.fault_for = lambda asked: None
    left = sorted(target.parent.iterdir())
    assert [each.name for each in left] == [f"{target.name}.partial", f"{target.name}.partial.rows"]
    assert {each.stat().st_mode & 0o777 for each in left} == {0o600}
    before = len(server.requests)
    done = command.call(*export(target, "--resume"))
    assert (done.code, done.out) == (0, b""), done.err
    assert contents(target) == undisturbed
    assert [each.name for each in target.parent.iterdir()] == [target.name]
    assert min(int(asked["offset"]) for asked in server.requests[before:]) >= 1_999


@pytest.mark.long
@pytest.mark.parametrize("target", FORMATS, indirect=True)
def test_an_export_killed_at_random_moments_has_the_same_rows(command: Command, target: Path) -> None:
    begun = time.monotonic()
    assert command.run(*export(target)).code == 0
    seconds = time.monotonic() - begun
    undisturbed = contents(target)
    for _ in range(MOMENTS):
        for each in target.parent.iterdir():
            each.unlink()
        with command.start(*export(target)) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(random.uniform(0, seconds))
            process.kill()
        if not target.exists():
            done = command.call(*export(target, "--resume"))
            assert done.code == 0, done.err
            assert [each.name for each in target.parent.iterdir()] == [target.name]
        assert contents(target) == undisturbed
