"""``python -m tests.readers``: what other programs make of our exports, cell by cell, as a table for ``docs/exports.md``.

It installs the programs in a temporary environment, so it needs a package index. Each reads the same 300 leads twice: as people
do at first, and by the recipe of the document. The exit code is 1 if a recipe loses a cell.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from lead_tui.export.exporting import FileExport
from lead_tui.export.formats import Format
from lead_tui.export.partial import Header, PartialExport
from lead_tui.leads.page import Part

PROGRAMS: Final = ("pandas", "polars", "duckdb")
COUNT: Final = 300
NOW: Final = datetime(2026, 3, 9, 18, 2, tzinfo=UTC)

Cell = str | None


class Recipe(NamedTuple):
    """How *program* reads the file PATH of *form*: as people do at first, and so that nothing is lost."""

    program: str
    form: Format
    at_first: str
    right: str


_SQL: Final = '"SELECT * FROM leads", sqlite3.connect("PATH")'

RECIPES: Final = (
    Recipe("pandas", "csv", 'pd.read_csv("PATH")', 'pd.read_csv("PATH", dtype=str, keep_default_na=False)'),
    Recipe("polars", "csv", 'pl.read_csv("PATH")', 'pl.read_csv("PATH", infer_schema=False, empty_string_is_null=False)'),
    Recipe("duckdb", "csv", "FROM 'PATH'", "FROM read_csv('PATH', all_varchar=true, nullstr='no such text')"),
    Recipe(
        "pandas", "jsonl", 'pd.read_json("PATH", lines=True)', 'pd.read_json("PATH", lines=True, dtype=False, convert_dates=False)'
    ),
    Recipe("polars", "jsonl", 'pl.read_ndjson("PATH")', 'pl.read_ndjson("PATH", infer_schema_length=None)'),
    Recipe("pandas", "sqlite", f"pd.read_sql({_SQL})", f"pd.read_sql({_SQL})"),
    Recipe("polars", "sqlite", f"pl.read_database({_SQL})", f"pl.read_database({_SQL}, infer_schema_length=None)"),
)

FRAMES: Final = {
    "pandas": "import pandas as pd; f = {}; rows = [list(f.columns), *f.astype(object).where(f.notna(), None).values.tolist()]",
    "polars": "import polars as pl; f = {}; rows = [f.columns, *map(list, f.rows())]",
    "duckdb": 'import duckdb; f = duckdb.sql("""{}"""); rows = [f.columns, *map(list, f.fetchall())]',
}


def leads() -> list[dict[str, Cell]]:
    """Return leads whose values other programs like to change."""
    names = ("Na", "Null", "None", "True", "Ann")
    codes = ("12E34", "0012", "0x1A", "1234567890123456789", "+442079460018", "1/2", "8:00")
    found: list[dict[str, Cell]] = [
        {
            "lead_id": str(1_000_001 + number),
            "first_name": names[number % len(names)],
            "status": ("NA", "N", "NEW")[number % 3],
            "postal_code": "02134",
            "last_called": "0000-00-00 00:00:00",
            "notes": ("first\nsecond", 'said "hi", left', "")[number % 3],
            "email": None if number % 4 else f"x{number}@example.com",
            "answered": "TF"[number % 2],
            "code": codes[number % len(codes)],
            "plan\nsold": f"{number}.10",
        }
        for number in range(COUNT)
    ]
    found[-1]["late"] = "x"
    return found


def exported(directory: Path, form: Format) -> Path:
    path = directory / f"leads.{form}"
    export = FileExport(PartialExport.create(path, Header({}, NOW, NOW.date())), form, raw_csv=True)
    rows = [msgspec.Raw(json.dumps(lead).encode()) for lead in leads()]
    export.write_part(Part(rows, list(range(COUNT)), {}))
    export.finish()
    return path


def expected(path: Path, form: Format) -> list[dict[str, Cell]]:
    """Return the cells by column; CSV has no null."""
    if form == "csv":
        with path.open(newline="", encoding="utf-8") as file:
            return [dict(row) for row in csv.DictReader(file)]
    keys = {key for lead in leads() for key in lead}
    one_line = form == "sqlite"
    return [{key.replace("\n", " ") if one_line else key: lead.get(key) for key in keys} for lead in leads()]


def lost(python: Path, recipe: Recipe, code: str, path: Path) -> str:
    """Return what is lost by reading *path* with *code*: "" for nothing."""
    frame = FRAMES[recipe.program].format(code.replace("PATH", str(path)))
    script = f"import json, sqlite3; {frame}; print(json.dumps(rows, default=repr))"
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        return "cannot be read: " + done.stderr.strip().splitlines()[-1][:80]
    header, *rows = json.loads(done.stdout)
    wanted = expected(path, recipe.form)
    if len(rows) != len(wanted):
        return f"{len(rows)} of {len(wanted)} leads"
    wrong = {
        key.replace("\n", " ")
        for row, lead in zip(rows, wanted, strict=True)
        for key, value in lead.items()
        if dict(zip(header, row, strict=True)).get(key, "(no column)") != value
    }
    return ", ".join(sorted(wrong))


def main(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        if arguments:
            python = Path(arguments[0])
        else:
            venv.create(directory / "venv", with_pip=True)
            python = directory / "venv" / "bin" / "python"
            subprocess.run([python, "-m", "pip", "install", "-q", *PROGRAMS], check=True)
        versions = "; ".join(f"import {each}; print('{each}', {each}.__version__)" for each in PROGRAMS)
        print(", ".join(subprocess.run([python, "-c", versions], capture_output=True, text=True, check=True).stdout.splitlines()))
        print("\n| program | file | read it with | without that it changes |\n| --- | --- | --- | --- |")
        failed = False
        for recipe in RECIPES:
            path = exported(directory, recipe.form)
            at_first, right = (lost(python, recipe, code, path) for code in (recipe.at_first, recipe.right))
            path.unlink()
            failed = failed or bool(right)
            code = recipe.right.replace("PATH", f"leads.{recipe.form}")
            print(
                f"| {recipe.program} | `.{recipe.form}` | `{code}` | {at_first or 'nothing'} |{f' LOST: {right}' if right else ''}"
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
