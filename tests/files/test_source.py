"""The pages of an opened file: any row, matches, and their number, while the file is still being read."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from lead_tui import limits
from lead_tui.files.source import FileSource
from lead_tui.leads.errors import SearchError
from lead_tui.leads.query import Query
from lead_tui.paging.read_all import ReadAll


def lead(number: int) -> dict[str, object]:
    return {"lead_id": number // 2, "status": "NEW" if number % 7 else "NA", "first_name": '"x",\n' * (number % 10)}


LEADS = [lead(number) for number in range(5_000)]


def write(path: Path) -> Path:
    """Write ``LEADS`` in the format of the extension of *path*."""
    match path.suffix:
        case ".csv":
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(LEADS[0]))
                writer.writeheader()
                writer.writerows(LEADS)
        case ".sqlite":
            with closing(sqlite3.connect(path)) as database, database:
                database.execute("CREATE TABLE leads (lead_id, status, first_name)")
                database.executemany("INSERT INTO leads VALUES (:lead_id, :status, :first_name)", LEADS)
        case ".parquet":
            pyarrow = pytest.importorskip("pyarrow")
            from pyarrow import parquet

            parquet.write_table(pyarrow.Table.from_pylist(LEADS), path, row_group_size=1_700)
        case _:
            path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in LEADS))
    return path


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[FileSource]:
    source = FileSource(path)
    try:
        yield source
    finally:
        source.close()


async def rows(source: FileSource, query: Query, offset: int, limit: int) -> list[dict[str, object]]:
    leads = [msgspec.json.decode(row) for row in (await source.fetch(query, offset, limit)).rows]
    # CSV has text only.
    return [{**lead, "lead_id": int(lead["lead_id"])} for lead in leads]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BLOCK_BYTES", 1000)


async def every_page(source: FileSource) -> None:
    for offset in (0, 4_990, 1_234, 3_399, 5_000, 9_000, 3):
        assert await rows(source, Query(), offset, 20) == LEADS[offset : offset + 20]


async def test_any_page_is_read_and_the_total_is_reported(tmp_path: Path) -> None:
    told: asyncio.Future[tuple[Query, int]] = asyncio.get_running_loop().create_future()
    async with opened(write(tmp_path / "x.jsonl")) as source:
        source.on_total = lambda query, total: told.set_result((query, total))
        await every_page(source)
        assert await told == (Query(), 5_000)
        assert (await source.fetch(Query(), 0, 1)).total == 5_000


@pytest.mark.parametrize("extension", ["jsonl", "csv", "sqlite", "parquet"])
async def test_a_query_finds_its_leads_wherever_they_are(tmp_path: Path, extension: str) -> None:
    query = Query.of({"status": "na "})
    matching = [each for each in LEADS if each["status"] == "NA"]
    async with opened(write(tmp_path / f"x.{extension}")) as source:
        await every_page(source)
        assert await rows(source, query, 700, 50) == matching[700:750]
        assert await rows(source, query, 0, 50) == matching[:50]
        assert (await source.fetch(query, 0, 1)).total == len(matching)
        assert await rows(source, Query.of({"lead_id": "2400"}), 0, 50) == LEADS[4_800:4_802]
        assert await rows(source, Query.of({"city": "Paris"}), 0, 50) == []


@pytest.mark.parametrize("extension", ["sqlite", "parquet"])
async def test_columns_of_times_and_bytes_are_compared_as_they_are_shown(tmp_path: Path, extension: str) -> None:
    path, phones = tmp_path / f"x.{extension}", ["3015550123", "3015550124"]
    if extension == "sqlite":
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("CREATE TABLE leads (phone_number, created_at, signature)")
            database.executemany(
                "INSERT INTO leads VALUES (?, ?, ?)", [(phones[0], "2026-01-02", b"x"), (phones[1], "2026-01-03", b"y")]
            )
    else:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        days = [datetime(2026, 1, 2, 9), datetime(2026, 1, 3, 9)]
        parquet.write_table(pyarrow.table({"phone_number": phones, "created_at": days, "signature": [b"x", b"y"]}), path)
    async with opened(path) as source:
        for given in ({"phone_number": phones[1]}, {"created_at_start_date": "2026-01-03"}):
            page = await source.fetch(Query.of(given), 0, 10)
            assert [msgspec.json.decode(row)["phone_number"] for row in page.rows] == phones[1:]


async def test_every_row_is_exported_also_one_that_repeats_an_id(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "x.jsonl")) as source:
        reading = ReadAll(source, Query(), page_rows=300)
        read = [msgspec.json.decode(row) async for part in reading.parts() for row in part.rows]
    assert read == LEADS
    assert (reading.repeated, reading.shortfall()) == (0, None)


async def test_a_long_value_is_read_whole(tmp_path: Path) -> None:
    notes = 'said "later"\n' * 20_000
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["lead_id", "notes"], ["1", notes], ["2", ""]])
    (tmp_path / "x.csv").write_text(text.getvalue(), newline="")
    async with opened(tmp_path / "x.csv") as source:
        assert await rows(source, Query(), 0, 9) == [{"lead_id": 1, "notes": notes}, {"lead_id": 2, "notes": ""}]
        assert await rows(source, Query(), 2, 9) == []
        assert (await source.fetch(Query(), 1, 9)).total == 2


async def test_a_file_that_has_changed_is_not_read_on(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl")
    async with opened(path) as source:
        await source.fetch(Query(), 0, 1)
        with path.open("ab") as file:
            file.write(b"{}\n")
        with pytest.raises(SearchError, match=r"x\.jsonl cannot be read: it has changed since it was opened; open it again"):
            await source.fetch(Query(), 0, 1)
