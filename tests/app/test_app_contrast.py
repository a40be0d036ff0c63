"""All text is legible: in the default theme on the palettes of common terminals, in the other themes on their own colors."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.color import Color
from rich.style import Style
from textual.geometry import Offset

from lead_tui.config.screen_settings import Colors
from lead_tui.leads.errors import ServerError, TokenError
from lead_tui.limits import THEMES
from lead_tui.storage.state import ScreenState
from tests.app.bench import NARROW, SETTINGS, WIDE, Bench, DemoSource, running
from tests.app.palettes import PALETTES, READABLE, RGB, STATUS_MARKS, VISIBLE, Palette, contrast, is_text, least_contrast
from tests.drawn import strips_of

SCENES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("j", "j"), "Row 3 of"),
    (("m", "m"), "2 marked"),
    (("n", "l", *"new"), "narrowed from"),
    (("n", "l", *"nonsense>5", "enter"), "nonsense>5"),
    (("f", "ctrl+f", *"birth", "enter", *"1999-99", "enter"), "! A date is"),
    (("f", "ctrl+f", *"status", "enter", *"n", "down", "down"), "⏎ accept"),
    (("f", "ctrl+f", *"cit"), "Filter  cit"),
    (("enter", "down"), "Lead 10"),
    (("enter", "v", "G"), "· raw"),
    (("slash", *"213"), "Look up  213"),
    (("colon",), "Row"),
    (("w",), "Save as"),
    (("question_mark",), "Keys: table"),
    (("ctrl+p",), "Type a command"),
    (("ctrl+p", *"sort"), "> sort"),
    (("c",), "[x] "),
    (("c", "slash", *"zzz"), "No such column"),
    (("s",), "Load all 3,000 leads first?"),
    (("s", "l"), "Sort"),
    (("t",), "Count by Status"),
    (("o",), "Saved queries"),
    (("Y",), "Marked: phones"),
    (("x",), "Export"),
    (("H",), "Recent"),
    (("n", "l", *"status:DNC", "enter", "enter"), "DO NOT CALL"),
    (("slash", *"541 555 0146", "enter", "enter"), "Found in Phone"),
    (("f", *"qqq", "enter"), "No leads match"),
)
"""Keys from the table, and what is on the screen then."""

MARKED = replace(SETTINGS, colors=Colors(status=STATUS_MARKS))


def rgb(color: Color | None, default: RGB, palette: Palette) -> RGB:
    if color is None or color.is_default:
        return default
    assert color.number is not None, color
    assert color.number < len(palette.colors), color
    return palette.colors[color.number]


def ratio(style: Style, palette: Palette) -> float:
    """Return the contrast of text in *style*; bold is at least as bright as regular text."""
    return contrast(rgb(style.color, palette.foreground, palette), rgb(style.bgcolor, palette.background, palette))


def styles_of(bench: Bench) -> set[tuple[str, Style]]:
    """Return the texts on the screen with their styles, without lines and blanks."""
    segments = {(text, style or Style.null()) for strip in strips_of(bench.app) for text, style, _ in strip if is_text(text)}
    assert len(segments) > 5
    return segments


def assert_text_can_be_read(bench: Bench) -> None:
    for text, style in styles_of(bench):
        for name, palette in PALETTES.items():
            assert ratio(style, palette) >= least_contrast(text, palette), (name, text, str(style))
        # Dim text is below 3 on Solarized: only for what is shown elsewhere too.
        assert not style.dim or bench.screen().count(text.strip(" ·")) > 1, (text, str(style))


async def test_text_can_be_read_on_every_palette(tmp_path: Path) -> None:
    state = ScreenState()
    async with running(tmp_path, NARROW, DemoSource(), settings=MARKED, state=state) as bench:
        assert_text_can_be_read(bench)
        for keys, shown in SCENES:
            await bench.press(*keys)
            await bench.sees(shown)
            assert_text_can_be_read(bench)
            await bench.press(*["escape"] * 3)
        bench.source.refuses = lambda query, offset: ServerError("The server failed", remedy="try again later")
        await bench.press("r")
        await bench.sees("The server failed")
        assert_text_can_be_read(bench)


@pytest.mark.parametrize("theme", THEMES[1:])
async def test_text_can_be_read_in_true_color(tmp_path: Path, theme: str) -> None:
    async with running(tmp_path, NARROW, theme=theme, settings=MARKED) as bench:
        for keys, shown in SCENES:
            await bench.press(*keys)
            await bench.sees(shown)
            for text, style in styles_of(bench):
                assert style.color, text
                assert style.bgcolor, text
                assert contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= READABLE, (text, str(style))
            await bench.press(*["escape"] * 3)


async def test_the_token_dialog_can_be_read_on_every_palette(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: TokenError("The server rejected the token")
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("API token for ")
        await bench.press("a", "enter")
        await bench.settled()
        assert_text_can_be_read(bench)


@pytest.mark.parametrize("keys", [(), ("f",), ("enter",)], ids=["table", "filters", "detail"])
async def test_the_border_of_the_focused_pane_is_visible_on_every_palette(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with running(tmp_path, WIDE) as bench:
        await bench.press(*keys)
        await bench.settled()
        pane = next(pane for pane in (bench.main.table, bench.main.filters, bench.main.detail) if pane.has_focus_within)
        assert_border_is_visible(bench, pane.region.offset)


@pytest.mark.parametrize("keys", ["question_mark", "c", "s", "o"])
async def test_the_border_of_a_dialog_is_visible_on_every_palette(tmp_path: Path, keys: str) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press(keys)
        await bench.settled()
        assert_border_is_visible(bench, bench.app.screen.query_one(".box").region.offset)


def assert_border_is_visible(bench: Bench, corner: Offset) -> None:
    segments = list(strips_of(bench.app)[corner.y].crop(corner.x, corner.x + 1))
    style = segments[0].style or Style.null()
    for name, colors in PALETTES.items():
        assert ratio(style, colors) >= VISIBLE, (name, str(style))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
