"""Make the pictures in the documents from the demo, with a fixed day and clock: ``python -m screenshots.make [NAME …]``.

The same program produces the same bytes. A picture fetches no font or other resource.
"""

from __future__ import annotations

import asyncio
import html
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from rich.cells import cell_len

from lead_tui.config.screen_settings import Colors
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from tests.app.bench import NARROW, SETTINGS, WIDE, Bench, DemoSource, running

HERE: Final = Path(__file__).resolve().parent

LEADS: Final = 100_000

LABELS: Final = {"field_1": "Plan", "field_2": "Tier", "field_3": "Solidity", "field_11": "Next visit", "field_84": "Premium"}
"""What an account might call its slots."""

FONTS: Final = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"

CELL: Final = 12.2
"""Units of the picture that a cell is wide."""

_FONT_FACE: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_FAMILY: Final = re.compile(r"font-family: [^;]+;")
_SIZE: Final = "font-size: 20px"
_FITTING_SIZE: Final = "font-size: 20.3px"
"""At which the characters of usual fonts, 0.6 as wide as high, are as wide as a cell."""
_TEXT: Final = re.compile(r'<text class="(\S+)" x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+" clip-path="(\S+)">([^<]*)</text>')
_WORDS: Final = re.compile(r"\S(?:\S| (?! ))*")

Steps = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: the size of the terminal, the first search, and the steps before the picture is taken."""

    size: tuple[int, int]
    steps: Steps
    beginning: SavedQuery | None = None


async def main_screen(bench: Bench) -> None:
    """Three panes: filters, leads, and the lead under the cursor."""
    await bench.press("j", "j", "j")
    await bench.sees("Row 4 of", "Lead 1083306")


async def narrow(bench: Bench) -> None:
    """The table alone, in the middle of the result."""
    await bench.press("colon", *"50000", "enter")
    await bench.sees("Row 50,000 of 100,000")


async def detail(bench: Bench) -> None:
    """The detail over the table."""
    await bench.press("enter")
    await bench.sees("Lead ")


async def filters(bench: Bench) -> None:
    """Filters over the table, with values, and one invalid value."""
    await bench.press("f", "ctrl+f", *"state", "enter", *"california", "ctrl+f", *"zip", "enter", *"900")
    await bench.press("ctrl+f", *"status", "enter", *"NEW", "down", *"-7d")
    await bench.press("ctrl+f", *"created to", "enter", *"tomorow", "enter")
    await bench.sees("! A date is")


async def look_up(bench: Bench) -> None:
    """A phone that several leads have, each in another field."""
    await bench.press("slash", *"541 555 0146", "enter")
    await bench.sees("Row 1 of 3", "‹Phone 3›")


async def saved_queries(bench: Bench) -> None:
    """The list of saved queries."""
    for name, filters, key in (
        ("New in California", {"status": "NEW", "state": "CA", "created_at_start_date": "-7d"}, "1"),
        ("Call backs this week", {"status": "CALLBK", "updated_at_start_date": "this week"}, "2"),
        ("List 4120, Texas", {"list_id": "4120", "state": "TX"}, ""),
        ("Gold plans", {"+plan_sold": "Gold"}, ""),
    ):
        bench.store.save(SavedQuery(name, Query.of(filters), key=key))
    await bench.press("o")
    await bench.sees("Gold plans")


async def help_of_table(bench: Bench) -> None:
    """The keys of the table."""
    await bench.press("question_mark")
    await bench.sees("Keys: table")


SCENES: Final = {
    "main": Scene(WIDE, main_screen, SavedQuery("", Query.of({"state": "CA", "created_at_start_date": "-3m"}))),
    "narrow": Scene(NARROW, narrow),
    "detail": Scene(NARROW, detail),
    "filters": Scene(NARROW, filters),
    "look-up": Scene(NARROW, look_up),
    "saved-queries": Scene(NARROW, saved_queries),
    "help": Scene(NARROW, help_of_table),
}


async def picture(scene: Scene) -> str:
    """Return the SVG of *scene*."""
    with tempfile.TemporaryDirectory() as directory:
        async with running(
            Path(directory),
            scene.size,
            DemoSource(LEADS),
            scene.beginning,
            settings=replace(SETTINGS, labels=LABELS, colors=Colors()),
        ) as bench:
            await scene.steps(bench)
            await bench.pilot.pause()
            svg = bench.app.export_screenshot(title="lead-tui", simplify=True)
    svg = _FAMILY.sub(f"font-family: {FONTS};", _FONT_FACE.sub("", svg)).replace(_SIZE, _FITTING_SIZE)
    return _TEXT.sub(_placed, svg)


def _placed(found: re.Match[str]) -> str:
    """Return a text of the picture as words, each at its own position.

    Viewers disagree about blanks, about the width of a character in the font they have, and about the order of text beside a
    word written from right to left.
    """
    look, x, y, clip, content = found.groups()
    text = html.unescape(content).replace("\N{NO-BREAK SPACE}", " ")
    placed = []
    for words in _WORDS.finditer(text):
        said = words.group().rstrip(" ")
        start = float(x) + CELL * cell_len(text[: words.start()])
        width = CELL * cell_len(said)
        shown = html.escape(said, quote=False).replace(" ", "&#160;")
        placed.append(f'<text class="{look}" x="{start:.6g}" y="{y}" textLength="{width:.6g}" clip-path="{clip}">{shown}</text>')
    return "".join(placed)


def main(names: list[str]) -> None:
    """Write the pictures *names*, or all of them."""
    for name in names or SCENES:
        path = HERE / f"{name}.svg"
        path.write_text(asyncio.run(picture(SCENES[name])))
        print(path.relative_to(HERE.parent), f"{path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
