"""The tests' leads as the rows of a table, for the programs that this one is compared with."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from tests.servers.leads import PERIOD, account, phone

COLUMNS: Final = ("Name", "Phone", "Status", "City", "State", "Created")
_WIDTHS: Final = (20, 16, 20, 16, 6, 20)


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield the first *count* leads, a cell per column."""
    leads = _leads()
    for index in range(count):
        lead, digits = leads[index % PERIOD], phone(index)
        name, number = f"{lead['first_name']} {lead['last_name']}", f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
        yield name, number, lead["status_name"], lead["city"], lead["state"], lead["created_at"]


@cache
def _leads() -> list[Mapping[str, str]]:
    _, body = account(PERIOD)({"limit": str(PERIOD)})
    leads: list[Mapping[str, str]] = json.loads(body)["data"]["entries"]
    return leads


def write_lines(path: Path, count: int) -> None:
    """Write the leads in columns, one per line, as a pager shows them."""
    with path.open("w") as file:
        for row in rows(count):
            file.write("".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)).rstrip() + "\n")


def write_csv(path: Path, count: int) -> None:
    """Write the leads as CSV."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))
