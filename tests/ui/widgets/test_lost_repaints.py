"""Widgets hidden or shown just before a region is looked up: what they covered is repainted, and they learn their size."""

from __future__ import annotations

from typing import ClassVar

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from lead_tui.terminal.frames import ShownCells
from lead_tui.ui.widgets.textual_fixes import CorrectedScreen

pytestmark = pytest.mark.frames


class _Sized(Static):
    """A widget that counts its resize events."""

    sizes = 0

    def on_resize(self) -> None:
        self.sizes += 1


class _Covered(CorrectedScreen, Screen[None]):
    CSS = "Screen { layers: below above } #below { layer: below; height: 1fr } #above { layer: above; height: 1; width: 20 }"

    def compose(self) -> ComposeResult:
        yield Static("below\n" * 5, id="below")
        yield _Sized("above", id="above")
        yield Static("unseen", id="unseen")


class _Painted(App[None]):
    """An app that records what its frames leave on the terminal."""

    SCREENS: ClassVar = {"covered": _Covered}

    def __init__(self) -> None:
        super().__init__()
        self.cells = ShownCells()

    def on_mount(self) -> None:
        self.push_screen("covered")

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and not self._batch_count:
            self.cells.changes(renderable)

    def lines(self) -> list[str]:
        return ["".join(text or "" for text in texts) for _, (texts, _) in sorted(self.cells._lines.items())]


@pytest.mark.parametrize(
    ("toggles", "painted"), [("hide", False), ("show", True), ("hide show", False), ("show hide", True), ("show hide", False)]
)
async def test_what_is_hidden_or_shown_before_a_region_is_looked_up_is_painted_right(toggles: str, painted: bool) -> None:
    app = _Painted()
    async with app.run_test(size=(30, 6)) as pilot:
        screen = app.screen
        above, below, unseen = screen.query_one(_Sized), screen.query_one("#below"), screen.query_one("#unseen")
        unseen.display = False
        above.display = toggles.startswith("hide")
        await pilot.pause()
        # As where a widget that is new asks to be painted: then Textual arranges all widgets for the next question.
        screen._compositor.update_widgets({unseen})
        for toggle in toggles.split():
            above.display = toggle == "show"
            assert below.region
            if painted:
                below.refresh()
                screen._compositor.update_widgets({above, below})
                screen._compositor_refresh()
        await pilot.pause()
        await pilot.pause()
        assert app.lines() == [strip.text for strip in screen._compositor.render_strips()]
        assert app.lines()[0].strip() == ("above" if above.display else "below")
        assert above.sizes == (2 if toggles == "show" else 1)
