"""An opened file in the app: scrolled, looked up, filtered, narrowed, counted, marked and exported, without an account."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.context import AppContext
from lead_tui.demo.endpoint import Demo
from lead_tui.files.source import FileSource
from lead_tui.invocation import Account
from lead_tui.leads.lead import split
from tests.app.bench import NARROW, NOW, TODAY, WIDE, Bench, running

COUNT = 3_000


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    _, body = Demo(COUNT, today=TODAY).answer({"offset": "0", "limit": "2000"})
    _, more = Demo(COUNT, today=TODAY).answer({"offset": "2000", "limit": "2000"})
    path = tmp_path / "leads.jsonl"
    path.write_bytes(b"".join(bytes(row) + b"\n" for row in (*split(body).rows, *split(more).rows)))
    return path


@asynccontextmanager
async def opened(path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] = WIDE) -> AsyncIterator[Bench]:
    """Run the app with the file at *path*; exports go to a folder beside it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(path.parent / "state"))
    monkeypatch.chdir(path.parent)
    session = AppContext.of(Account(config_dir=str(path.parent))).file_session(FileSource(path), ())
    session = replace(session, now=lambda: NOW, today=lambda: TODAY, state=replace(session.state, shown_notices=("welcome",)))
    async with running(path.parent, size, **{name: getattr(session, name) for name in session.__struct_fields__}) as bench:
        yield bench
    session.close()


def content(path: Path) -> bytes:
    return path.read_bytes()


async def export(bench: Bench, name: str, *keys: str) -> None:
    await bench.press("x", *keys)
    await bench.sees("Save as")
    await bench.press("ctrl+u", *name, "enter")


async def test_it_is_shown_as_an_account_is_and_labeled_as_a_file(leads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(leads, monkeypatch, NARROW) as bench:
        await bench.sees("lead-tui  leads.jsonl", f"Row 1 of {COUNT:,} ", "· file of ")
        await bench.press("G")
        await bench.sees(f"Row {COUNT:,} of {COUNT:,}")
        await bench.press("enter")
        await bench.sees("Custom attributes")
        await bench.press("escape", "r")
        await bench.sees("A file has no server to ask: this works with an account")


async def test_leads_are_looked_up_and_filtered_in_the_file(leads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = json.loads(content(leads).splitlines()[-2])
    async with opened(leads, monkeypatch) as bench:
        await bench.press("/", *last["phone_number"], "enter")
        await bench.sees(f"Lead {last['lead_id']}", "Row 1 of ")
        await bench.press("escape", "b", "t")
        await bench.sees("⏎ filter")
        await bench.press("enter")
        await bench.sees("status ", "Row 1 of ")
        assert 0 < bench.main.searches.current.rows.length < COUNT


async def test_it_is_narrowed_marked_and_exported_as_it_is(leads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = leads.parent
    async with opened(leads, monkeypatch) as bench:
        await export(bench, "all.jsonl", "enter")
        await bench.sees(f"{COUNT:,} leads written to all.jsonl")
        assert content(folder / "all.jsonl") == content(leads)
        await bench.press("m", "m")
        await export(bench, "two.csv", "m")
        await bench.sees("2 leads written to two.csv")
        await export(bench, "all.csv", "a")
        await bench.sees(f"{COUNT:,} leads written to all.csv")
        await bench.press("n")
        await bench.sees("a load first")
        await bench.press("a")
        await bench.sees("Narrow")
        await bench.press(*"status=NEW", "enter")
        await bench.sees(f"narrowed from {COUNT:,}")
    async with opened(folder / "all.csv", monkeypatch) as bench:
        await export(bench, "again.csv", "enter")
        await bench.sees(f"{COUNT:,} leads written to again.csv")
    assert content(folder / "again.csv") == content(folder / "all.csv")


async def test_what_is_broken_is_named_and_the_rest_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.jsonl").write_text('{"lead_id": 1, "first_name": "Ann"}\n{"lead_id": 2,\n{"lead_id": 3, "first_name": "Bo"}\n')
    async with opened(tmp_path / "x.jsonl", monkeypatch) as bench:
        await bench.sees("Row 1 of 3", "Line 2 cannot be read: ", "This lead cannot be read", "Ann", "Bo")


async def test_any_table_is_shown_with_its_own_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("name;Result\nAnn;\x1b[31mred\nAnn;\x1b[31mred\n")
    async with opened(tmp_path / "x.csv", monkeypatch) as bench:
        await bench.sees("Row 1 of 2", "name", "Result", "Ann")
        assert "\x1b" not in bench.screen()
        await export(bench, "y.csv", "enter")
        await bench.sees("2 leads written to y.csv")
    assert (tmp_path / "y.csv").read_text().count("Ann") == 2
