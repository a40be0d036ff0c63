"""Exporting a whole account, compared with a plain loop of httpx, json and csv, as figures: see ``export``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from tests.bench import export
from tests.bench.figures import Figure

LEADS: Final = 200_000

_BESIDE: Final = {
    "JSON lines": "plain loop, all columns",
    "CSV, every field": "plain loop, all columns",
    "CSV, ten columns": "plain loop, ten columns",
}


def measured(rounds: int) -> list[Figure]:
    """Return the seconds from the command to its end."""
    with tempfile.TemporaryDirectory() as folder:
        found = export.measured(LEADS, rounds, Path(folder))
    seconds = {name: [each.seconds for each in runs] for name, runs in found.items()}
    return [Figure(f"exporting {LEADS:,} leads: {name}", "s", seconds[name], base, seconds[base]) for name, base in _BESIDE.items()]
