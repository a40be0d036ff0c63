"""The colors in an emulator's cells: text is legible on the palettes of common terminals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from tests.app.palettes import PALETTES, STATUS_MARKS, Palette, contrast, is_text, least_contrast
from tests.pty.harness import Terminal
from tests.pty.program import SIZES, Home, leave

COLORS = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
NUMBERS = {f"{bright}{name}": number + 8 * bool(bright) for bright in ("", "bright") for number, name in enumerate(COLORS)}
"""The emulator's names of the 16 colors."""

SCENES = (
    ("mm", "2 marked"),
    ("?", "Keys: table"),
    ("fn", "NEW · New Lead"),
    ("\r", "Lead 10"),
    ("t", "Count by Status"),
    ("Y", "Marked: phones"),
    ("\x10", "Type a command"),
    ("c", "[x] "),
    ("x", "Export which leads?"),
    ("/213", "Look up"),
)
"""Keys from the table, and what is on the screen then."""


def runs(terminal: Terminal) -> Iterator[tuple[str, str, str]]:
    """Yield the texts on the screen, each with the names of its color and its background."""
    for line in range(terminal.cells.lines):
        row = [terminal.cells.buffer[line][column] for column in range(terminal.cells.columns)]
        for (color, background), cells in groupby(row, lambda cell: (cell.fg, cell.bg)):
            yield "".join(cell.data for cell in cells), color, background


def ratio(color: str, background: str, palette: Palette) -> float:
    return contrast(
        palette.foreground if color == "default" else palette.colors[NUMBERS[color]],
        palette.background if background == "default" else palette.colors[NUMBERS[background]],
    )


@SIZES
def test_drawn_text_is_legible_on_every_palette(home: Home, size: tuple[int, int]) -> None:
    rules = "\n".join(f'"{status}" = "{rule}"' for status, rule in STATUS_MARKS.items())
    home.write("config.toml", f"[colors.status]\n{rules}\n")
    marks = defaultdict(set)
    with home.open(None, size=size) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        for keys, shown in SCENES:
            terminal.send(keys)
            terminal.wait_for(shown)
            for text, color, background in filter(lambda run: is_text(run[0]), runs(terminal)):
                for name, palette in PALETTES.items():
                    assert ratio(color, background, palette) >= least_contrast(text, palette), (name, text, color, background)
                if color != "default":
                    marks[color].add(text.strip())
            # The border of what has the focus is as visible as text; the look-up box has none.
            assert keys.startswith("/") or any("╭" in text and color == "default" for text, color, _ in runs(terminal))
            for _ in range(2):
                terminal.press("escape")
                terminal.settle(0.1)
        # Only the marks next to statuses have a color.
        assert marks == {"green": {"●"}, "brown": {"●"}, "brightblue": {"◆"}, "brightred": {"●", "★"}}
        leave(terminal)
