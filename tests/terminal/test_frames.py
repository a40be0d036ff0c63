"""Frames: the output updates the terminal to what is drawn, with as few cells as possible."""

from __future__ import annotations

import random

from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from lead_tui.terminal.frames import ShownCells

WIDTH, HEIGHT = 24, 4
STYLES = (Style(), Style(bold=True), Style(reverse=True))
BLANK = (" ", Style())
CELLS = list[list[tuple[str, Style]]]


def strip(rng: random.Random, width: int) -> Strip:
    segments: list[Segment] = []
    while (left := width - sum(segment.cell_length for segment in segments)) > 0:
        text = "".join(rng.choice(["a", "b", " ", "王"]) for _ in range(rng.randint(1, 4)))
        segments.append(Segment(text if Segment(text).cell_length <= left else "-" * left, rng.choice(STYLES)))
    return Strip(segments, width)


def full(lines: list[list[Strip]]) -> LayoutUpdate:
    return LayoutUpdate(list(lines), Region(0, 0, WIDTH, HEIGHT))


def draw(cells: CELLS, x: int, y: int, drawn: Strip) -> None:
    for segment in drawn:
        for character in segment.text:
            wide = Segment(character).cell_length
            # A terminal blanks the half of a wide character that is left over.
            for half in (x, x + wide):
                if half < WIDTH and cells[y][half][0] == "":
                    cells[y][half - 1 : half + 1] = [BLANK, BLANK]
            cells[y][x : x + wide] = [(character, segment.style or Style()), *[("", Style())] * (wide - 1)]
            x += wide


def test_any_row_of_frames_leaves_the_terminal_as_drawn_and_the_same_frame_sends_nothing() -> None:
    rng = random.Random(11)
    shown = ShownCells()
    terminal: CELLS = [[("?", Style())] * WIDTH for _ in range(HEIGHT)]
    wanted: CELLS = [[("?", Style())] * WIDTH for _ in range(HEIGHT)]
    for _ in range(400):
        update: LayoutUpdate | ChopsUpdate
        if rng.random() < 0.3 or wanted[0][0][0] == "?":
            cuts = sorted(rng.sample(range(1, WIDTH), rng.randint(0, 3)))
            widths = [end - start for start, end in zip([0, *cuts], [*cuts, WIDTH], strict=True)]
            lines = [[strip(rng, width) for width in widths] for _ in range(HEIGHT)]
            update = full(lines)
            for y, line in enumerate(lines):
                draw(wanted, 0, y, Strip.join(line))
        else:
            y, start = rng.randrange(HEIGHT), rng.randrange(WIDTH - 2)
            end = rng.randint(start + 2, WIDTH)
            drawn = strip(rng, end - start)
            update = ChopsUpdate([{start: drawn} if row == y else {} for row in range(HEIGHT)], [(y, start, end)], [[end]] * HEIGHT)
            draw(wanted, start, y, drawn)
        for x, y, run in shown.changes(update).runs:
            draw(terminal, x, y, run)
        assert terminal == wanted
        assert shown.changes(update).runs == []


def test_of_a_changed_line_only_the_cells_that_differ_are_sent() -> None:
    shown = ShownCells()
    plain, bold = Style(), Style(bold=True)
    shown.changes(full([[Strip([Segment("left ", plain), Segment("old", bold), Segment(" right", plain)], 14)]] * HEIGHT))
    after = [[Strip([Segment("left ", plain), Segment("new", bold), Segment(" right", plain)], 14)]] * HEIGHT
    assert [(x, y, run.text) for x, y, run in shown.changes(full(after)).runs] == [(5, y, "new") for y in range(HEIGHT)]
    # The terminal's own colors count as none, and nothing means no change.
    named = [[Strip([Segment("left new right", Style(color="default", bgcolor="default", bold=False))])]] * HEIGHT
    shown.changes(full([[Strip([Segment("left new right")])]] * HEIGHT))
    assert shown.changes(full(named)).runs == []
    assert shown.changes(ChopsUpdate([{0: Strip([])}] * HEIGHT, [(0, 0, 14)], [[14]] * HEIGHT)).runs == []
    assert shown.changes(full(named)).runs == []
    shown.changes(full(after))
    shown.forget()
    assert [run.text for _, _, run in shown.changes(full(after)).runs] == ["left new right"] * HEIGHT


def test_a_mark_alone_in_its_style_belongs_to_the_cell_before_it() -> None:
    shown = ShownCells()
    plain, bold = Style(), Style(bold=True)
    marked = Strip([Segment("\u0301", bold), Segment("a ", plain), Segment("\u0301", bold), Segment("b", plain)], 3)
    assert [run.strip.text for run in shown.changes(full([[marked]])).runs] == ["\u0301a \u0301b"]
    assert shown.changes(full([[marked]])).runs == []
    assert [run.strip.text for run in shown.changes(full([[Strip([Segment("a b", plain)], 3)]])).runs] == ["a b"]
