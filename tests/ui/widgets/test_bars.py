"""The status line, and the notice in a window that is too small."""

from __future__ import annotations

from textual.app import App, ComposeResult

from lead_tui.ui.widgets.bars import ALERT, StatusLine, TooSmall, cover_if_too_small
from tests.drawn import strips_of, text_of


class Bars(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine()

    def compose(self) -> ComposeResult:
        yield self.status


async def test_a_message_that_has_no_room_left_beside_a_longer_position_gets_a_line() -> None:
    app = Bars()
    async with app.run_test(size=(61, 15)) as pilot:
        app.status.show_position(0, 0, "…")
        app.status.show_message("Cannot resolve api.example.com (network or DNS)")
        await pilot.pause()
        assert app.status.size.height == 1
        app.status.show_position(1, 1_000_000, "1,000,000")
        await pilot.pause()
        assert app.status.size.height == 2
        assert "Cannot resolve api.example.com (network or DNS)" in text_of(app.status)


async def test_a_message_is_not_read_as_a_part_of_the_facts_before_it() -> None:
    app = Bars()
    async with app.run_test(size=(80, 24)) as pilot:
        for length in range(1, 60):
            app.status.show_facts("refresh every 15 s")
            app.status.show_message("+" * length)
            await pilot.pause()
            assert "s +" not in text_of(app.status)


async def test_a_message_is_shown_to_its_end_on_as_many_lines_as_that_takes() -> None:
    app = Bars()
    message = "Cannot write leads.csv.partial (no such file or directory): choose another file"
    async with app.run_test(size=(60, 15)) as pilot:
        app.status.show_message(ALERT + message)
        await pilot.pause()
        lines = [strip.text.strip() for strip in strips_of(app)[-app.status.size.height :]]
        assert " ".join(lines[1:]) == f"! {message}"
        app.status.show_message("Canceled")
        await pilot.pause()
        assert app.status.size.height == 1


async def test_a_message_that_is_too_long_for_the_window_is_cut_in_the_middle() -> None:
    app = Bars()
    async with app.run_test(size=(60, 15)) as pilot:
        app.status.show_message(f"The server answered {'wordily ' * 60} · r retry")
        await pilot.pause()
        assert "The server answered" in text_of(app.status)
        assert text_of(app.status).count("wordily") > 10
        assert "wordily… " in text_of(app.status)
        assert text_of(app.status).rstrip().endswith("r retry")
        assert app.status.size.height == 4


async def test_the_last_hint_stays_however_long_the_facts_are() -> None:
    app = Bars()
    async with app.run_test(size=(80, 24)) as pilot:
        app.status.show_position(1, 82, "82")
        app.status.show_facts("narrowed from 200 loaded of 100,000", "sorted by Name ↑, Phone ↓")
        app.status.show_hints("esc show all", "? help")
        await pilot.pause()
        assert text_of(app.status).startswith(" Row 1 of 82  · narrowed from 200 loaded of 100,000 · sorted by ")
        assert text_of(app.status).endswith("…  ? help ")


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
        assert text_of(app.status).rstrip().endswith("No field is called a\ufffd[31m\ufffd b")


async def test_a_window_that_shrinks_while_the_app_ends_is_no_failure() -> None:
    app = Bars()
    async with app.run_test(size=(20, 5)):
        app.exit()
        cover_if_too_small(app.screen)
        assert not app.screen.query(TooSmall)
