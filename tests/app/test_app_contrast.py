"""Everything that is text in the default theme can be read on the palettes of the usual terminals."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style
from textual.geometry import Offset

from lead_tui.leads.errors import ServerError, TokenError
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, running
from tests.app.palettes import PALETTES, RGB, Palette, contrast
from tests.drawn import strips_of

READABLE = 4.5
"""Contrast that WCAG 2 asks of text."""
VISIBLE = 3.0
"""Contrast that WCAG 2 asks of borders that convey a state."""

RULED = re.compile(r"[\s─-▟]*")
"""Blanks, box drawing and blocks: lines, not text."""

FIELD_KEY = re.compile(r"\s*[a-z][a-z0-9_]*\s*")
"""A key beside the label it belongs to."""


async def table(bench: Bench) -> None:
    await bench.press("j", "j")


async def filters(bench: Bench) -> None:
    await bench.press("f", "ctrl+f", *"birth", "enter", *"1999-99", "enter")
    await bench.sees("! A date is")


async def detail(bench: Bench) -> None:
    await bench.press("enter")
    await bench.sees("Lead 10")


async def custom_fields(bench: Bench) -> None:
    await bench.press("enter", "G")
    await bench.sees("Lead 10")


async def prompt(bench: Bench) -> None:
    await bench.press("slash", *"213")
    await bench.sees("Look up")


async def empty_prompt(bench: Bench) -> None:
    await bench.press("n", "l")
    await bench.sees("Narrow")


async def bad_narrow(bench: Bench) -> None:
    await bench.press("n", "l", *"nonsense>5", "enter")
    await bench.sees("nonsense>5")


async def help_of_table(bench: Bench) -> None:
    await bench.press("question_mark")
    await bench.sees("Keys: table")


async def palette(bench: Bench) -> None:
    await bench.press("ctrl+p")
    await bench.sees("Type a command")
    assert bench.screen()


async def palette_typed(bench: Bench) -> None:
    await bench.press("ctrl+p")
    await bench.sees("Type a command")
    await bench.type("sort")
    await bench.sees("> sort", "Sort… —")


async def columns(bench: Bench) -> None:
    await bench.press("c")
    await bench.sees("[x] ")


async def columns_search(bench: Bench) -> None:
    await bench.press("c", "slash", *"zzz")
    await bench.sees("No such column")


async def load_offer(bench: Bench) -> None:
    await bench.press("s")
    await bench.sees("Load all 3,000 first?")


async def sort(bench: Bench) -> None:
    await bench.press("s", "l")
    await bench.sees("Sort")


async def saved_queries(bench: Bench) -> None:
    await bench.press("o")
    await bench.sees("Saved queries")


async def copy_menu(bench: Bench) -> None:
    await bench.press("Y")
    await bench.sees("Copy")


async def error(bench: Bench) -> None:
    bench.source.refuses = lambda query, offset: ServerError("The server failed", remedy="try again later")
    await bench.press("r")
    await bench.sees("The server failed")


SCENES: tuple[tuple[tuple[int, int], Callable[[Bench], Awaitable[None]]], ...] = (
    (NARROW, table), (WIDE, table), (NARROW, filters), (WIDE, filters), (NARROW, detail), (WIDE, detail), (NARROW, custom_fields),
    (NARROW, prompt), (NARROW, empty_prompt), (NARROW, bad_narrow), (NARROW, help_of_table), (NARROW, palette),
    (NARROW, palette_typed), (NARROW, columns), (NARROW, columns_search), (NARROW, load_offer), (NARROW, sort),
    (NARROW, saved_queries), (NARROW, copy_menu), (NARROW, error),
)  # fmt: skip


def rgb(color: Color | None, default: RGB, palette: Palette) -> RGB:
    if color is None or color.is_default:
        return default
    assert color.number is not None, color
    assert color.number < len(palette.colors), color
    return palette.colors[color.number]


def ratio(style: Style, palette: Palette) -> float:
    """Return the contrast of text in *style*; bold is as bright as regular text at least."""
    return contrast(rgb(style.color, palette.foreground, palette), rgb(style.bgcolor, palette.background, palette))


def texts(bench: Bench) -> Iterator[tuple[str, Style]]:
    """The text on the screen, by style, without lines and blanks."""
    for strip in strips_of(bench.app):
        for text, style, _ in strip:
            if not RULED.fullmatch(text):
                yield text, style or Style.null()


def style_at(bench: Bench, offset: Offset) -> Style:
    """The style of one cell of the screen."""
    segments = list(strips_of(bench.app)[offset.y].crop(offset.x, offset.x + 1))
    return segments[0].style or Style.null()


@pytest.mark.parametrize(
    ("size", "steps"), SCENES, ids=lambda value: value.__name__ if callable(value) else f"{value[0]}x{value[1]}"
)
async def test_text_can_be_read_on_every_palette(
    tmp_path: Path, size: tuple[int, int], steps: Callable[[Bench], Awaitable[None]]
) -> None:
    async with running(tmp_path, size, DemoSource()) as bench:
        await steps(bench)
        await bench.settled()
        assert_text_can_be_read(bench)


async def test_the_token_dialog_can_be_read_on_every_palette(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: TokenError("The server rejected the token")
    async with running(tmp_path, NARROW, source, first="") as bench:
        await bench.sees("Account ", "Host ")
        await bench.press("a", "enter")
        await bench.settled()
        assert_text_can_be_read(bench)


def assert_text_can_be_read(bench: Bench) -> None:
    found = list(texts(bench))
    assert len(found) > 10
    for text, style in found:
        for name, colors in PALETTES.items():
            wanted = min(READABLE, contrast(colors.foreground, colors.background))
            assert ratio(style, colors) >= wanted, (name, text, str(style))
        # Dim text is below 3 on Solarized: only for what is shown elsewhere too.
        assert not style.dim or FIELD_KEY.fullmatch(text), (text, str(style))


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
    style = style_at(bench, corner)
    for name, colors in PALETTES.items():
        assert ratio(style, colors) >= VISIBLE, (name, str(style))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
