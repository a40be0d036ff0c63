"""``python -m tests.readers``: how other programs read our exports, cell by cell, as a table for ``docs/exports.md``.

It installs those from PyPI in a temporary environment, so it needs a package index; of the others it uses what is installed.
Each reads the same 300 leads twice: with default settings, and by the recipe. The exit code is 1 if a recipe loses a cell.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from lead_tui.export.formats import Format
from tests.export.exports import part, whole
from tests.readers.recipes import COMMANDS, PACKAGES, PYTHON, RECIPES, R, Recipe

COUNT: Final = 300
PATIENCE: Final = 300.0

Cell = str | None


def leads() -> list[dict[str, Cell]]:
    """Return leads whose values other programs like to change."""
    names = ("Na", "Null", "None", "True", "Ann")
    codes = ("12E34", "0012", "0x1A", "1234567890123456789", "+442079460018", "1/2", "8:00", "=1+1")
    found: list[dict[str, Cell]] = [
        {
            "lead_id": str(1_000_001 + number),
            "first_name": names[number % len(names)],
            "status": ("NA", "N", "NEW")[number % 3],
            "postal_code": "02134",
            "called_count": str(number % 7),
            "created_at": f"2026-03-{number % 28 + 1:02} 08:{number % 60:02}:00",
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


def export(directory: Path, form: Format) -> None:
    whole(directory / f"leads.{form}", part(*leads()), raw_csv=True)


def read(directory: Path, recipe: Recipe, code: str) -> list[dict[str, Any]]:
    """Return the file as read by the program, by column. Raises ``ValueError`` with its last words."""
    if recipe.program in PYTHON:
        script = f"import json, sqlite3; {PYTHON[recipe.program].format(code)}; print(json.dumps(rows, default=str))"
        command = ["python", "-c", script]
    else:
        command = ["sh", "-c", R.format(code) if recipe.program == "R" else code]
    done = subprocess.run(command, capture_output=True, cwd=directory, check=False, timeout=PATIENCE)
    if done.returncode:
        raise ValueError((done.stderr.decode().strip().splitlines() or ["no reason given"])[-1][:80])
    text = done.stdout.decode()
    if recipe.output == "json":
        return list(json.loads(text))
    rows = json.loads(text) if recipe.output == "rows" else list(csv.reader(io.StringIO(text, newline="")))
    header, *cells = rows if recipe.program != "R" else [rows[0], *rows[1]]
    return [dict(zip(header, row, strict=False)) for row in cells]


def is_same(found: object, sent: Cell, recipe: Recipe) -> bool:
    """Return whether a cell is what was sent. CSV and workbooks have no null, and a workbook has numbers and dates."""
    if sent in (None, "") and (recipe.output == "csv" or recipe.form in ("csv", "xlsx")):
        return found in (None, "")
    if recipe.form == "xlsx" and isinstance(found, float) and found.is_integer():
        found = int(found)
    return found == sent if recipe.form != "xlsx" else str(found) == sent


def changed(directory: Path, recipe: Recipe, code: str) -> str:
    """Return which columns the program changes: "" for none."""
    try:
        found = read(directory, recipe, code)
    except (ValueError, subprocess.TimeoutExpired) as error:
        return f"cannot be read: {error}"
    if len(found) != COUNT:
        return f"{len(found)} of {COUNT} leads"
    sent = leads()
    wrong = set()
    for key in sent[-1]:
        name = key if recipe.form == "jsonl" else key.replace("\n", " ")
        for row, lead in zip(found, sent, strict=True):
            # JSON leaves out what was not sent.
            missing = lead.get(key) if recipe.output == "json" and lead.get(key) is None else "(no column)"
            if not is_same(row.get(name, missing), lead.get(key), recipe):
                wrong.add(key.replace("\n", " "))
    return ", ".join(sorted(wrong))


def versions() -> str:
    found = subprocess.run(["python", "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True).stdout
    installed = {each["name"]: each["version"] for each in json.loads(found)}
    told = [f"{name} {installed[name]}" for name in (*PYTHON, "csvkit", "sqlite-utils", "visidata")]
    for name, command in COMMANDS.items():
        if name not in installed and shutil.which(command.split()[0]):
            done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
            words = f"{done.stdout}{done.stderr}".replace("'", " ").split()
            told.append(f"{name} {next(word for word in words if word[:1].isdigit())}")
    return ", ".join(told)


def main(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        if arguments:
            programs = Path(arguments[0]).parent
        else:
            venv.create(directory / "venv", with_pip=True)
            programs = directory / "venv" / "bin"
            subprocess.run([programs / "python", "-m", "pip", "install", "-q", *PACKAGES], check=True)
        os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
        print(f"{versions()}\n\n| program | file | read it with | without that it changes |\n| --- | --- | --- | --- |")
        failed = False
        for recipe in RECIPES:
            if recipe.program not in PYTHON and not shutil.which(COMMANDS[recipe.program].split()[0]):
                continue
            with tempfile.TemporaryDirectory(dir=directory) as room:
                export(Path(room), recipe.form)
                right = changed(Path(room), recipe, recipe.right)
            with tempfile.TemporaryDirectory(dir=directory) as room:
                export(Path(room), recipe.form)
                at_first = right if recipe.at_first == recipe.right else changed(Path(room), recipe, recipe.at_first)
            failed = failed or bool(right)
            code = recipe.right.replace("|", "\\|")
            lost = f" LOST: {right}" if right else ""
            print(f"| {recipe.program} | `.{recipe.form}` | `{code}` | {at_first or 'nothing'} |{lost}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
