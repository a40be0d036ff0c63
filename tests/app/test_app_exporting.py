"""Export with ``x``: progress while the user continues to work, and a question before anything is lost."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import threading
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.events import Paste

from lead_tui import limits
from lead_tui.config.screen_settings import TableSettings
from lead_tui.export.assembled import AssembledWriter
from lead_tui.export.exporting import FileExport
from lead_tui.export.values import LeadValues
from lead_tui.leads.errors import ServerError
from lead_tui.leads.page import Part
from lead_tui.leads.permissions import EVERYTHING
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.storage.state import ScreenState
from tests.app.bench import NARROW, PATIENCE, SETTINGS, WIDE, DemoSource, running

COUNT = 400


@pytest.fixture
def source() -> DemoSource:
    return DemoSource(COUNT)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(), newline="")))


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the app was started."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.chdir(home)
    return home


async def write_all(bench, name: str) -> None:  # type: ignore[no-untyped-def]
    """Request an export of all leads to *name*."""
    await bench.press("x", "enter")
    await name_it(bench, name)


async def name_it(bench, name: str) -> None:  # type: ignore[no-untyped-def]
    await bench.sees("Save as")
    await bench.press("ctrl+u")
    bench.app.post_message(Paste(name))
    await bench.press("enter")


async def test_all_that_match_are_written_with_every_field(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    async with running(tmp_path, NARROW, source=source) as bench:
        await bench.press("x")
        await bench.sees("Export which leads?", "With every field.", "all 400 that match")
        await bench.press("enter")
        await name_it(bench, "all.csv")
        await bench.sees("400 leads written to all.csv")
    table = rows_of(at_home / "all.csv")
    assert len(table) == COUNT + 1
    assert len(table[0]) > 50
    assert (at_home / "all.csv").stat().st_mode & 0o777 == 0o600
    assert names(at_home) == ["all.csv"]


async def test_the_loaded_leads_are_written_with_the_tables_columns(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    async with running(tmp_path, WIDE, source=source) as bench:
        await bench.press("x")
        await bench.sees("Export which leads")
        await bench.press("c")
        await bench.sees("With the table's columns.")
        asked = len(source.asked)
        await bench.press("l")
        await name_it(bench, "some.jsonl")
        await bench.sees("written to some.jsonl")
        assert len(source.asked) == asked
        columns = bench.main.table.columns
    leads = [json.loads(line) for line in (at_home / "some.jsonl").read_text().splitlines()]
    assert 0 < len(leads) < COUNT
    assert set(leads[0]) == set(columns)


async def test_a_narrowed_result_is_written_as_it_is_shown(tmp_path: Path, at_home: Path) -> None:
    async with running(tmp_path, WIDE, source=DemoSource(100)) as bench:
        bench.main.features.narrow_sort.narrow("state:CA", (), "")
        await bench.sees("narrowed to")
        shown = bench.main.table.length
        await bench.press("x")
        await bench.sees(f"the {shown:,} shown")
        await bench.press("enter")
        await name_it(bench, "few.json")
        await bench.sees("written to few.json")
    leads = json.loads((at_home / "few.json").read_text())
    assert len(leads) == shown
    assert {lead["state"] for lead in leads} == {"CA"}


async def test_an_impossible_name_is_explained_in_the_prompt(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    async with running(tmp_path, WIDE, source=source) as bench:
        await write_all(bench, "~nobody-there/leads.csv")
        await bench.sees("There is no home directory ~nobody-there: use the full path")
        await name_it(bench, f"{'x' * 255}.csv")
        await bench.sees("The file name is too long or not valid")
        await name_it(bench, "leads.xyz")
        await bench.sees("The file name must end in")
        await name_it(bench, "no/such/all.csv")
        await bench.sees("Cannot write")
        await write_all(bench, "leads.txt")
        await bench.sees("400 leads written to leads.txt")
    assert (at_home / "leads.txt").read_text().splitlines()[0].split()[0] == "Name"


async def test_a_file_that_is_there_is_written_over_only_after_asking(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    (at_home / "mine.csv").write_text("mine")
    async with running(tmp_path, WIDE, source=source) as bench:
        await write_all(bench, "mine.csv")
        await bench.sees("overwrite it?")
        await bench.press("n")
        await bench.sees_no_more("overwrite it?")
        assert (at_home / "mine.csv").read_text() == "mine"
        await write_all(bench, "mine.csv")
        await bench.sees("overwrite it?")
        await bench.press("y")
        await bench.sees("400 leads written to mine.csv")
    assert len(rows_of(at_home / "mine.csv")) == COUNT + 1


async def test_while_it_runs_its_progress_is_shown_the_user_continues_and_quitting_asks(
    tmp_path: Path, at_home: Path, source: DemoSource
) -> None:
    async with running(tmp_path, WIDE, source=source) as bench:
        source.gate.clear()
        await write_all(bench, "all.csv")
        await bench.sees("ctrl+c cancel")
        await bench.press("j", "j")
        await bench.sees("Row 3 of 400")
        await bench.press("x")
        await bench.sees("An export is already running")
        await bench.press("q")
        await bench.sees("Quit while leads are being exported?")
        await bench.press("n")
        await bench.sees_no_more("Quit while")
        source.gate.set()
        await bench.sees("400 leads written to all.csv")
        await bench.press("q")
    assert len(rows_of(at_home / "all.csv")) == COUNT + 1


async def test_an_export_that_is_stopped_as_it_ends_is_reported_as_written(
    tmp_path: Path, at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, finished, released = FileExport.finish, threading.Event(), threading.Event()

    def finish_late(export: FileExport) -> None:
        finish(export)
        finished.set()
        released.wait()

    monkeypatch.setattr(FileExport, "finish", finish_late)
    async with running(tmp_path, WIDE, source=DemoSource(30)) as bench:
        await write_all(bench, "leads.csv")
        await asyncio.to_thread(finished.wait)
        await bench.press("ctrl+c")
        released.set()
        await bench.sees("30 leads written to leads.csv")
    assert names(at_home) == ["leads.csv"]


async def test_a_stopped_export_is_kept_and_resumed_to_the_same_file(tmp_path: Path, at_home: Path) -> None:
    source = DemoSource(2_100)
    async with running(tmp_path, WIDE, source=source) as bench:
        await write_all(bench, "whole.csv")
        await bench.sees("2,100 leads written to whole.csv")

        answer = source.answer

        def closing(parameters: dict[str, str]) -> tuple[int, bytes]:
            # The next request waits: the export is stopped between its pages.
            source.gate.clear()
            return answer(parameters)

        source.answer = closing
        await write_all(bench, "parted.csv")
        await bench.sees("of 2,100", "ctrl+c cancel")
        partial = at_home / "parted.csv.partial"
        while not (partial.exists() and partial.stat().st_size > 16_000):
            await asyncio.sleep(0.01)
        await bench.press("ctrl+c")
        await bench.sees("Export paused at", "to the same file resumes")
        assert not (at_home / "parted.csv").exists()

        source.answer = answer
        source.gate.set()
        await write_all(bench, "parted.csv")
        await bench.sees("Resume the export to parted.csv", "leads done)?")
        await bench.press("y")
        await bench.sees("2,100 leads written to parted.csv")
    assert (at_home / "parted.csv").read_bytes() == (at_home / "whole.csv").read_bytes()
    assert names(at_home) == ["parted.csv", "whole.csv"]


async def test_rows_being_written_when_it_is_stopped_are_kept(
    tmp_path: Path, at_home: Path, source: DemoSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end, take = threading.Event(), threading.Event(), FileExport.write_part

    def held(export: FileExport, part: Part) -> None:
        take(export, part)
        began.set()
        may_end.wait()

    monkeypatch.setattr(FileExport, "write_part", held)
    async with running(tmp_path, WIDE, source=source) as bench:
        await write_all(bench, "parted.csv")
        assert await asyncio.to_thread(began.wait, PATIENCE)
        await bench.press("ctrl+c")
        may_end.set()
        await bench.sees("Export paused at", "to the same file resumes")


async def test_a_failure_is_reported_and_nothing_is_left_where_nothing_came(
    tmp_path: Path, at_home: Path, source: DemoSource
) -> None:
    async with running(tmp_path, WIDE, source=source) as bench:
        source.refuses = lambda query, offset: ServerError("The server failed")
        await write_all(bench, "all.csv")
        await bench.sees("The server failed")
    assert names(at_home) == []


async def test_leads_that_the_format_cannot_hold_leave_nothing_to_resume(
    tmp_path: Path, at_home: Path, source: DemoSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_LEADS_OF_WORKBOOK", 3)
    async with running(tmp_path, WIDE, source=source) as bench:
        await write_all(bench, "all.xlsx")
        await bench.sees("An Excel sheet has at most 3 leads: choose another format")
        assert "resume" not in bench.screen()
    assert names(at_home) == []


async def test_remedies_are_those_of_the_app(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    async with running(tmp_path, WIDE, source=source) as bench:
        source.gate.clear()
        await write_all(bench, "all.csv")
        await bench.sees("ctrl+c cancel")
        (at_home / "all.csv").write_text("another's")
        source.gate.set()
        await bench.sees("! all.csv already exists · Export paused at 400 leads · x to the same file resumes")
        (at_home / "other.csv.partial").write_text('{"request": 1}\n')
        (at_home / "other.csv.partial").chmod(0o600)
        await write_all(bench, "other.csv")
        await bench.sees("Cannot resume other.csv.partial: choose another file")


async def test_permanently_masked_fields_are_not_written(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    may, masked = EVERYTHING._replace(may_reveal=False), frozenset({"phone_number"})
    async with running(tmp_path, WIDE, source=source, capabilities=may, masked=masked) as bench:
        await bench.press("x")
        await bench.sees("With the table's columns.")
        await bench.press("c", "enter")
        await name_it(bench, "all.csv")
        await bench.sees("400 leads written to all.csv")
    assert "phone_number" not in rows_of(at_home / "all.csv")[0]


async def test_a_key_typed_after_the_name_answers_the_question_about_the_file(tmp_path: Path, at_home: Path) -> None:
    (at_home / "all.csv").write_text("old")
    async with running(tmp_path, WIDE, source=DemoSource(100)) as bench:
        await bench.press("x", "enter", "ctrl+u", *"all.csv")
        await bench.press_at_once("enter", "y")
        await bench.sees("100 leads written to all.csv")
    assert len(rows_of(at_home / "all.csv")) == 101


async def test_exporting_is_refused_with_a_message_if_it_is_not_allowed(tmp_path: Path, source: DemoSource) -> None:
    async with running(tmp_path, WIDE, source=source, capabilities=EVERYTHING._replace(may_export=False)) as bench:
        bench.main.features.export.ask(bench.main.search)
        await bench.sees("Exporting leads is not allowed here")


async def test_the_filters_in_force_are_those_of_the_file(tmp_path: Path, at_home: Path, source: DemoSource) -> None:
    query = Query.of({"status": "NEW", "created_at_start_date": "-300d"})
    async with running(tmp_path, WIDE, source=source, beginning=SavedQuery("", query)) as bench:
        total = bench.main.table.length
        await write_all(bench, "new.csv")
        await bench.sees("written to new.csv")
    table = rows_of(at_home / "new.csv")
    assert len(table) == total + 1
    assert {row[table[0].index("status")] for row in table[1:]} == {"NEW"}


async def test_a_large_workbook_is_offered_with_its_size_and_the_format_used_last_is_proposed(
    tmp_path: Path, at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MANY_LEADS_OF_WORKBOOK", 99)
    remembered: list[ScreenState] = []
    async with running(tmp_path, NARROW, source=DemoSource(100), remember=lambda _, state: remembered.append(state)) as bench:
        await bench.press("x", "enter")
        await name_it(bench, "all.xlsx")
        await bench.sees("A workbook of 100 leads takes about 0 MB and 1 minute", ".sqlite")
        await bench.press("n")
        await bench.sees("Save as", "all.xlsx", "Choose another extension, such as .csv")
        await name_it(bench, "all.xlsx")
        await bench.sees("Export it?")
        await bench.press("y")
        await bench.sees("100 leads written to all.xlsx")
    async with running(tmp_path, NARROW, source=DemoSource(9), state=remembered[-1]) as bench:
        await bench.press("x", "enter")
        await bench.sees("leads.xlsx")
    with zipfile.ZipFile(at_home / "all.xlsx") as archive:
        assert archive.read("xl/worksheets/sheet1.xml").count(b"<row ") == 101
    assert (at_home / "all.xlsx").stat().st_mode & 0o777 == 0o600
    assert names(at_home) == ["all.xlsx"]


@pytest.mark.parametrize("name", ["all.xlsx", "all.sqlite"])
async def test_a_file_stopped_while_it_is_assembled_is_resumed(
    tmp_path: Path, at_home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    making = threading.Event()
    leads = AssembledWriter._leads

    def held(writer: AssembledWriter, values: LeadValues) -> Iterator[Sequence[object]]:
        making.set()
        writer.stopped.wait()
        return leads(writer, values)

    async with running(tmp_path, WIDE, source=DemoSource(100)) as bench:
        await bench.press("x", "enter")
        with monkeypatch.context() as patch:
            patch.setattr(AssembledWriter, "_leads", held)
            await name_it(bench, name)
            await asyncio.to_thread(making.wait)
            await bench.press("ctrl+c")
            await bench.sees("Export paused at 100 leads")
        assert names(at_home) == [f"{name}.partial", f"{name}.partial.rows"]
        await write_all(bench, name)
        await bench.sees(f"Resume the export to {name} (100 leads done)?")
        await bench.press("y")
        await bench.sees(f"100 leads written to {name}")
    assert names(at_home) == [name]


async def test_leads_that_were_loaded_to_narrow_are_offered_when_the_whole_result_is_shown_again(
    tmp_path: Path, at_home: Path, source: DemoSource
) -> None:
    async with running(tmp_path, NARROW, source, settings=replace(SETTINGS, table=TableSettings(load_all_limit=300))) as bench:
        await bench.press("n", "a")
        await bench.sees("Narrow  ")
        await bench.press("escape", "x")
        await bench.sees("300 loaded", "the 300 loaded")
        await bench.press("l")
        await name_it(bench, "loaded.csv")
        await bench.sees("300 leads written")
    assert len(rows_of(at_home / "loaded.csv")) == 301


async def test_what_is_exported_is_what_was_offered(tmp_path: Path, at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(SETTINGS, table=TableSettings(load_all_limit=100))
    async with running(tmp_path, NARROW, DemoSource(COUNT), settings=few) as bench:
        await bench.press("x")
        await bench.sees("the 200 loaded")
        await bench.press("l")
        await name_it(bench, "loaded.csv")
        await bench.sees("200 leads written")
        await bench.press("s", "enter")
        await bench.sees("Sort by")
        monkeypatch.setattr(limits, "ROWS_AT_ONCE", 0)
        monkeypatch.setattr(limits, "TURN_SECONDS", 0)
        await bench.press_at_once("enter", "x")
        await bench.sees("all 400 that match", "sorted by")
        await bench.press("enter")
        await name_it(bench, "all.csv")
        await bench.sees("400 leads written")
    assert [len(rows_of(at_home / name)) for name in ("loaded.csv", "all.csv")] == [201, 401]
