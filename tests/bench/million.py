"""Narrowing, sorting and counting a million loaded leads, compared with SQLite in memory and DuckDB.

    python -m tests.bench.million [--leads N] [--rounds N]

The leads are the demo's. Prints processor seconds, medians of the rounds: "first" reads the columns, "again" has them. DuckDB is
measured where it is installed, on one thread, as SQLite and we are.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.util
import json
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from lead_tui import limits
from lead_tui.demo.endpoint import Demo
from lead_tui.leads.columns import Steps
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import parse as parse_narrowing
from lead_tui.leads.lead import Row, row_ids, split
from lead_tui.paging.read_all import in_turns
from lead_tui.paging.snapshot import Snapshot, SnapshotRows, arrange, count_by
from tests.bench.pages import felt
from tests.paging.arranged import order_of

TODAY: Final = date(2026, 3, 9)
PERIOD: Final = 100_000
"""Leads that the demo makes; after that, they repeat with other ids."""

KEYS: Final = ("status", "state", "last_name", "created_at", "called_count")
FIELD, ORDER, WORD, COUNTED = ("status:sale state:ca", "state -last_name", "stone", "status")
WORDS_OF_SQLITE: Final = "select count(*) from leads where body like '%stone%'"
SQL: Final = {
    f"narrow {FIELD}": "select id from leads where status = 'SALE' and state = 'CA'",
    f"sort {ORDER}": "select id from leads order by state, last_name desc",
    f"narrow {WORD}": WORDS_OF_SQLITE,
    f"count {COUNTED}": "select status, count(*) from leads group by status",
}


def pages(leads: int) -> Iterator[list[Row]]:
    """Yield *leads* leads in pages, each with a unique id."""
    demo = Demo(min(leads, PERIOD), today=TODAY)
    for offset in range(0, leads, limits.MAX_LIMIT):
        _, body = demo.answer({"offset": str(offset % PERIOD), "limit": str(min(limits.MAX_LIMIT, leads - offset))})
        yield [Row(bytes(row).replace(b'"lead_id":"', b'"lead_id":"%d' % (offset // PERIOD + 1))) for row in split(body).rows]


async def loaded(leads: int) -> SnapshotRows:
    """Return *leads* leads, as a load of them leaves them."""
    rows = SnapshotRows(leads, is_compressed=leads > limits.PLAIN_ROWS)
    for page in pages(leads):
        await in_turns(rows.add(page, row_ids(page)))
    return rows


def timed(work: Callable[[str], object], sql: str) -> float:
    started = time.process_time()
    work(sql)
    return time.process_time() - started


async def ours(held: SnapshotRows, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return processor seconds and the event loop's longest stall in milliseconds, by what was done."""
    names = FieldNames(held.observed_keys)

    def narrow(text: str) -> Steps[Snapshot]:
        return arrange(held, parse_narrowing(text, names, TODAY), ())

    work: dict[str, Callable[[], Steps[Any]]] = {
        f"narrow {FIELD}": lambda: narrow(FIELD),
        f"sort {ORDER}": lambda: arrange(held, None, order_of(ORDER)),
        f"narrow {WORD}": lambda: narrow(WORD),
        f"count {COUNTED}": lambda: count_by(COUNTED, Snapshot(held), 100),
    }
    found: dict[str, list[tuple[float, float]]] = {"idle": [(0.0, (await felt(lambda: asyncio.sleep(1)))[1])]}
    for number in range(rounds + 1):
        for name, steps in work.items():
            before = time.process_time()
            _, stall = await felt(lambda steps=steps: in_turns(steps()))  # type: ignore[misc]
            found.setdefault(f"{name}, {'again' if number else 'first'}", []).append((time.process_time() - before, stall))
    return found


def in_sqlite(held: SnapshotRows) -> Callable[[str], object]:
    """Return a function that runs SQL on the leads in SQLite: the used columns, and each lead's bytes."""
    database = sqlite3.connect(":memory:")
    database.execute(f"create table leads (id text, {', '.join(KEYS)}, body text)")
    database.executemany(f"insert into leads values (?{', ?' * (len(KEYS) + 1)})", records(held))
    return lambda sql: database.execute(sql).fetchall()


def in_duckdb(held: SnapshotRows) -> Callable[[str], object]:
    """Return a function that runs SQL on the leads in DuckDB."""
    duckdb: Any = importlib.import_module("duckdb")
    import csv
    import tempfile

    database = duckdb.connect(config={"threads": 1})
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *KEYS, "body"])
        writer.writerows(records(held))
        file.flush()
        database.execute(f"create table leads as select * from read_csv('{file.name}', all_varchar = true)")
    return lambda sql: database.execute(sql).fetchall()


def records(held: SnapshotRows) -> Iterator[Sequence[str]]:
    for place in range(len(held)):
        body = bytes(held[place]).decode()
        lead = json.loads(body)
        yield (lead["lead_id"], *(lead[key] for key in KEYS), body)


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.million", description="A million loaded leads.")
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="without SQLite and DuckDB")
    given = parser.parse_args()
    before = memory_mb()
    held = asyncio.run(loaded(given.leads))
    gc.freeze()
    print(f"{given.leads:,} leads loaded: {memory_mb() - before:,.0f} MB")
    found = asyncio.run(ours(held, given.rounds))
    print(f"after narrowing, sorting and counting: {memory_mb() - before:,.0f} MB")
    table = {name: {"ours": statistics.median(each for each, _ in times)} for name, times in found.items()}
    engines = {"SQLite": in_sqlite} | ({"DuckDB": in_duckdb} if importlib.util.find_spec("duckdb") else {})
    for engine, make in {} if given.alone else engines.items():
        run_sql = make(held)
        for name, sql in SQL.items():
            table[f"{name}, again"][engine] = statistics.median(timed(run_sql, sql) for _ in range(given.rounds))
    print(f"{'processor seconds':44}{'ours':>8}{'stall ms':>10}" + "".join(f"{engine:>10}" for engine in engines))
    for name, seconds in table.items():
        stall = max(stall for _, stall in found[name])
        others = "".join(f"{seconds[engine]:10.3f}" for engine in engines if engine in seconds)
        print(f"{name:44}{seconds['ours']:8.3f}{stall:10.1f}{others}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
