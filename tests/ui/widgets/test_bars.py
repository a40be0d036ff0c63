"""The status line, and the notice in a window that is too small."""

from __future__ import annotations

from textual.app import App, ComposeResult

from lead_tui.ui.widgets.bars import StatusLine, TooSmall, cover_if_too_small
from tests.drawn import strips_of


class Bars(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine()

    def compose(self) -> ComposeResult:
        yield self.status


async def test_a_message_that_has_no_room_left_beside_a_longer_position_gets_a_line() -> None:
    app = Bars()
    async with app.run_test(size=(60, 15)) as pilot:
        app.status.show_position(0, 0, "…")
        app.status.show_message("Cannot resolve api.example.com (network or DNS)")
        await pilot.pause()
        assert app.status.size.height == 1
        app.status.show_position(1, 1_000_000, "1,000,000")
        await pilot.pause()
        assert app.status.size.height == 2
        assert "Cannot resolve api.example.com (network or DNS)" in app.status.text


async def test_a_small_window_has_all_of_the_notice() -> None:
    app = Bars()
    async with app.run_test(size=(20, 5)) as pilot:
        await app.mount(TooSmall())
        await pilot.pause()
        assert [strip.text.strip() for strip in strips_of(app)][:2] == ["This window is 20×5:", "lead-tui needs 60×15"]


async def test_a_message_that_quotes_hostile_text_is_shown_clean() -> None:
    app = Bars()
    async with app.run_test(size=(80, 5)):
        app.status.show_message("No field is called a\x1b[31m\ue000\nb")
        assert app.status.text.rstrip().endswith("No field is called a\ufffd[31m\ufffd b")


async def test_a_window_that_shrinks_while_the_app_ends_is_no_failure() -> None:
    app = Bars()
    async with app.run_test(size=(20, 5)):
        app.exit()
        cover_if_too_small(app.screen)
        assert not app.screen.query(TooSmall)
