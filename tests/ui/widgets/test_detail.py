"""The detail in an app: what is on the screen, and how to move in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from lead_tui.keys.catalogue import Pane, actions_of
from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import CallingHours, CallingWindow
from lead_tui.terminal.frames import plain
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.detail_page import Look
from tests.key_feeder import press, settled

JANE: dict[str, object] = {
    "lead_id": "1000234",
    "first_name": "Jane",
    "last_name": "Public",
    "email": "jane@example.com",
    "phone_number": "3010010000",
    "gmt_offset_now": "-7.00",
    "city": "Los Angeles",
    "state": "CA",
    "province": "",
    "status": "NEW",
    "status_name": "New Lead",
    "field_3": "tier-3",
    "plan_sold": "Gold PPO",
}
OLA: dict[str, object] = {**JANE, "lead_id": "1000235", "first_name": "Ola", "city": "Reno"}
ACTIONS = actions_of(Pane.DETAIL)


class DetailApp(App[None]):
    """A detail next to something else that can have the focus."""

    CSS = "Detail { width: 38; border: round white; } #other { width: 1fr; height: 1fr; }"

    def __init__(self, *, may_reveal: bool = True, **look: Any) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 9, 18, 2, tzinfo=UTC)
        self.detail = Detail(lambda: self.now, Look(1, **look), may_reveal=may_reveal)

    def compose(self) -> ComposeResult:
        other = Static("other", id="other")
        other.can_focus = True
        with Horizontal():
            yield other
            yield self.detail

    def on_key(self, event: events.Key) -> None:
        if self.detail.has_focus:
            self.detail.perform_action(ACTIONS.get(event.key, ""))

    def screen_lines(self) -> list[str]:
        """The detail's lines on the screen, borders included."""
        x, y, width, height = self.detail.region
        return [strip.crop(x, x + width).text for strip in self.screen._compositor.render_strips()[y : y + height]]

    def shown(self) -> str:
        return "\n".join(self.screen_lines())


def find(app: DetailApp, text: str, step: int = 0) -> int:
    """Find *text*; return the number of fields that match."""
    return app.detail.find(text, step)[1]


def many(count: int) -> Lead:
    return Lead({"lead_id": "7", **{f"attr_{index}": f"value {index}" for index in range(count)}})


async def test_a_lead_is_on_the_screen_with_title_header_groups_and_custom_attributes() -> None:
    app = DetailApp(labels={"field_3": "Solidity"})
    async with app.run_test(size=(80, 30)) as pilot:
        app.detail.show(Lead(JANE))
        await settled(pilot.app)
        shown = app.screen_lines()
        assert shown[0].startswith("╭─ Lead 1000234 ─")
        assert shown[1] == "│ Jane Public               New Lead │"
        assert shown[3] == "│ 11:02 local (UTC−7) · OK to call   │"
        assert "│ ─ Address ──────────────────────── │" in shown
        assert "│ City           Los Angeles         │" in shown
        assert "│ Province       –                   │" in shown
        assert "│ ─ Custom attributes (2) ────────── │" in shown
        assert "│ Solidity       tier-3      field_3 │" in shown


async def test_keys_act_on_a_lead_before_it_has_been_laid_out_and_the_cursor_is_there_when_it_is() -> None:
    app = DetailApp()
    async with app.run_test(size=(80, 14)) as pilot:
        app.detail.display = False
        await settled(pilot.app)
        app.detail.display = True
        app.detail.show(Lead(JANE))
        assert not app.detail.size
        assert find(app, "city") == 1
        app.detail.perform_action("cursor_down")
        assert app.detail.key == "state"
        app.detail.focus()
        await settled(pilot.app)
        assert app.detail.key == "state"
        assert any(line.startswith("│▌State ") for line in app.screen_lines())


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_page_keys_reach_everything_at_any_size(size: tuple[int, int]) -> None:
    app = DetailApp()
    async with app.run_test(size=size) as pilot:
        app.detail.show(many(60))
        app.detail.focus()
        await settled(pilot.app)
        seen = app.shown()
        for _ in range(12):
            await press(pilot.app, "pagedown")
            seen += app.shown()
        assert all(f"value {index}" in seen for index in range(60))
        assert app.detail.key == "lead_id"
        await press(pilot.app, "home")
        assert "No phone" in app.shown()


async def test_the_lower_border_counts_the_lines_below_the_view() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.detail.show(Lead({**JANE, **{f"attr_{index}": "x" for index in range(9)}}))
        await settled(pilot.app)
        assert "Custom attributes (11) ↓ 20 more" in app.screen_lines()[-1]
        app.detail.perform_action("bottom")
        await settled(pilot.app)
        assert set(app.screen_lines()[-1]) <= set("╰─╯")


async def test_a_row_without_a_lead_shows_the_reason() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.detail.show(Lead(JANE))
        app.detail.show(None, "Row 512 is loading")
        await settled(pilot.app)
        shown = app.screen_lines()
        assert shown[0].startswith("╭─ Lead ─")
        assert "Row 512 is loading" in shown[1]
        assert "Jane" not in app.shown()
        assert app.detail.key is None
        app.detail.focus()
        await press(pilot.app, "down", "up", "pagedown", "pageup", "G", "g", "z", "v", "u")
        assert find(app, "x") == 0


@pytest.mark.parametrize("size", [(80, 24), (60, 10)])
async def test_the_header_stays_in_view_while_the_fields_scroll(size: tuple[int, int]) -> None:
    app = DetailApp()
    sent = {**JANE, "status": "DNC", "status_name": "Do not call", "carrier_type": "MOBILE", "carrier_name": "Verizon"}
    async with app.run_test(size=size) as pilot:
        app.detail.show(Lead({**sent, **{f"attr_{index}": f"value {index}" for index in range(60)}}))
        app.detail.focus()
        await settled(pilot.app)
        header = app.screen_lines()[1:5]
        assert [line.strip("│ ") for line in header] == [
            "DO NOT CALL · Do not call",
            "Jane Public",
            "(301) 001-0000 mobile · Verizon",
            "11:02 local (UTC−7)",
        ]
        for key in ("pagedown", "G", "k", "pageup", "j", "g"):
            await press(pilot.app, key)
            assert app.screen_lines()[1:5] == header


async def test_a_pane_too_low_for_the_whole_header_still_shows_fields() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.detail.show(Lead({**JANE, "status": "DNC"}))
        app.detail.focus()
        await press(pilot.app, "G")
        assert "DO NOT CALL" in app.screen_lines()[1]
        assert "▌Lead id" in app.shown()


async def test_a_lead_shown_from_its_top_on_forgets_where_the_one_before_stood() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.show(many(40))
        app.detail.focus()
        await press(pilot.app, "G")
        app.detail.show(Lead({**JANE, "attr_39": "x"}), from_top=True)
        await settled(pilot.app)
        assert app.detail.key == "phone_number"
        assert "▌Phone" in app.shown()
        assert not app.detail.is_chosen


async def test_the_local_time_is_that_of_the_minute_and_the_calling_hours() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.detail.show(Lead(JANE))
        await settled(pilot.app)
        app.now = datetime(2026, 3, 9, 18, 3, tzinfo=UTC)
        app.detail.rebuild()
        await settled(pilot.app)
        assert "11:03 local" in app.shown()
        app.detail.look = replace(app.detail.look, hours=CallingHours(CallingWindow(9 * 60, 11 * 60)))
        app.detail.rebuild()
        await settled(pilot.app)
        assert "outside" in app.shown()
        assert "(9:00–11:00)" in app.shown()


async def test_keys_move_from_field_to_field_to_groups_and_to_the_ends() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.show(Lead(JANE))
        app.detail.focus()
        walk = {
            "down": "gmt_offset_now", "j": "first_name", "up": "gmt_offset_now", "k": "phone_number", "G": "lead_id",
            "{": "field_3", "home": "phone_number", "}": "first_name", "end": "lead_id", "g": "phone_number",
            "ctrl+d": "gmt_offset_now", "ctrl+f": "city", "ctrl+b": "gmt_offset_now", "ctrl+u": "gmt_offset_now",
        }  # fmt: skip
        await press(pilot.app, "up")
        for key, field in walk.items():
            await press(pilot.app, key)
            assert app.detail.key == field, key
        assert "Jane Public" in app.shown()
        await press(pilot.app, "G", "down")
        assert app.detail.key == "lead_id"
        assert "▌Lead id" in app.shown()


async def test_groups_are_walked_from_heading_to_heading() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.show(Lead(JANE))
        app.detail.focus()
        walked = []
        for key in ["}"] * 6 + ["j"] + ["{"] * 7:
            await press(pilot.app, key)
            walked.append(app.detail.key)
            assert "─ " in app.shown()
        down = ["first_name", "city", "status", "field_3", "lead_id"]
        assert walked == [*down, "lead_id", "lead_id", *reversed(down[:-1]), "phone_number", "phone_number", "phone_number"]


async def test_the_view_follows_the_cursor() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.show(many(14))
        app.detail.focus()
        await settled(pilot.app)
        for index in range(14):
            assert f"▌Attr {index}" in app.shown()
            await press(pilot.app, "down")
        for index in reversed(range(14)):
            await press(pilot.app, "up")
            assert f"▌Attr {index}" in app.shown()


async def test_the_cursor_stays_on_its_field_from_lead_to_lead() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.show(Lead({**JANE, "zip": "1", "plan_end": "2"}))
        app.detail.focus()
        await press(pilot.app, "G", "up", "up", "up")
        assert app.detail.key == "plan_sold"
        app.detail.show(None, "Row 9 is loading")
        await settled(pilot.app)
        app.detail.show(Lead({"notes": "a\nb\nc", **OLA, "zip": "3", "plan_end": "4"}))
        await settled(pilot.app)
        assert app.detail.key == "plan_sold"
        assert "▌Plan sold" in app.shown()
        app.detail.show(Lead({"lead_id": "9", "city": "Reno"}))
        assert app.detail.key == "lead_id"
        app.detail.show(Lead({**JANE, "zip": "5", "plan_end": "6"}))
        assert app.detail.key == "plan_sold"


async def test_empty_fields_hide_and_come_back() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 40)) as pilot:
        app.detail.show(Lead(JANE))
        app.detail.focus()
        await press(pilot.app, "z")
        assert "Province" not in app.shown()
        assert "Address, 1 hidden" in app.shown()
        await press(pilot.app, "z")
        assert "Province       –" in app.shown()


async def test_raw_values_are_one_key_away() -> None:
    app = DetailApp(labels={"field_3": "Solidity"})
    async with app.run_test(size=(60, 40)) as pilot:
        app.detail.show(Lead(JANE))
        app.detail.focus()
        await press(pilot.app, "v")
        assert "Lead 1000234 · raw" in app.screen_lines()[0]
        assert "phone_number   3010010000" in app.shown()
        assert "field_3        tier-3" in app.shown()
        await press(pilot.app, "v")
        assert "Phone          (301) 001-0000" in app.shown()
        assert "raw" not in app.screen_lines()[0]


async def test_masked_fields_are_revealed_until_the_next_lead() -> None:
    app = DetailApp(masked=frozenset({"email", "lead_id"}))
    async with app.run_test(size=(60, 40)) as pilot:
        app.detail.show(Lead(JANE))
        app.detail.focus()
        await settled(pilot.app)
        assert "jane@" not in app.shown()
        assert "Email          ••••" in app.shown()
        assert "email" in app.detail.masked_keys(app.detail.lead)
        assert find(app, "jane@") == 0
        assert "1000234" not in app.shown()
        await press(pilot.app, "u")
        assert "jane@example.com" in app.shown()
        assert "email" not in app.detail.masked_keys(app.detail.lead)
        app.detail.show(Lead(JANE))
        await settled(pilot.app)
        assert "jane@example.com" in app.shown()
        app.detail.show(Lead(OLA))
        await settled(pilot.app)
        assert "jane@" not in app.shown()
        await press(pilot.app, "u", "u")
        assert "jane@" not in app.shown()
        app.detail.may_reveal = False
        app.detail.show(Lead(JANE))
        await press(pilot.app, "u")
        assert "jane@" not in app.shown()


async def test_finding_goes_from_match_to_match_and_around() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.detail.show(many(40))
        await settled(pilot.app)
        assert find(app, "VALUE 1") == 11
        assert app.detail.key == "attr_1"
        assert "▌Attr 1 " in app.shown()
        assert app.detail.find("VALUE 1", 1) == (2, 11)
        assert app.detail.key == "attr_10"
        find(app, "VALUE 1", -1)
        find(app, "VALUE 1", -1)
        assert app.detail.key == "attr_19"
        find(app, "VALUE 1", 1)
        assert app.detail.key == "attr_1"
        assert find(app, "attr_33") == 1
        await settled(pilot.app)
        assert "▌Attr 33" in app.shown()
        assert find(app, "nowhere") == 0
        assert app.detail.key == "attr_33"
        find(app, "nowhere", 1)
        assert app.detail.key == "attr_33"


async def test_a_field_is_marked_while_the_detail_has_the_focus_or_it_was_found() -> None:
    app = DetailApp()
    app.detail.show(Lead(JANE))
    async with app.run_test(size=(60, 30)) as pilot:
        app.query_one("#other").focus()
        await settled(pilot.app)
        assert "Jane Public" in app.shown()
        assert "▌" not in app.shown()
        app.detail.find("angeles")
        await settled(pilot.app)
        assert "▌City" in app.shown()
        app.detail.focus()
        await settled(pilot.app)
        assert "▌City" in app.shown()
        await press(pilot.app, "j")
        assert app.detail.key == "state"
        assert app.detail.is_chosen
        app.query_one("#other").focus()
        await settled(pilot.app)
        assert "▌" not in app.shown()


async def test_the_wheel_scrolls_and_a_click_takes_the_field() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.show(many(40))
        await settled(pilot.app)
        first = app.screen_lines()
        app.detail.post_message(events.MouseScrollDown(app.detail, 5, 5, 0, 1, 0, False, False, False))
        await settled(pilot.app)
        assert app.screen_lines() != first
        app.detail.post_message(events.MouseScrollUp(app.detail, 5, 5, 0, -1, 0, False, False, False))
        await settled(pilot.app)
        assert app.screen_lines() == first
        row = next(y for y, line in enumerate(app.screen_lines()) if "value 1 " in line)
        await pilot.click(Detail, offset=(5, row))
        assert app.detail.key == "attr_1"
        await pilot.click(Detail, offset=(5, 1))
        assert app.detail.key == "attr_1"


async def test_another_width_wraps_again() -> None:
    app = DetailApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.detail.show(Lead({"notes": "words " * 30}))
        await settled(pilot.app)
        narrow = app.shown().count("words words words")
        app.detail.styles.width = 70
        await settled(pilot.app)
        assert app.shown().count("words words words words words") >= 3
        assert narrow
        assert {len(line) for line in app.screen_lines()} == {70}


async def test_hostile_leads_are_text_and_nothing_runs() -> None:
    app = DetailApp()
    nested: object = []
    for _ in range(400):
        nested = {"[bold]": nested}
    hostile: dict[str, object] = {
        "lead_id": "[@click=app.quit]1[/]\x1b[2J",
        "first_name": "\x1b]52;c;eA==\x07[red]Jane",
        "last_name": "\u202e[/nope]\u200b",
        "status_name": "[link=https://example.com]x",
        "phone_number": "\x9b31m",
        "[bold]key[/bold]\x00": "e\u0301\u0301\u0301\u0301\u0301\u0301",
        "lone": "\ud800",
        "nested": nested,
        "nan": float("nan"),
        "mega": "日本" * 500_000,
        "": "",
        "emoji": "👨‍👩‍👧 🎉",
    }
    async with app.run_test(size=(80, 24)) as pilot:
        app.detail.show(Lead(hostile))
        app.detail.focus()
        await settled(pilot.app)
        assert "Lead [@click=app.quit]1[/]" in app.screen_lines()[0]
        assert "[red]Jane" in app.shown()
        for key in ("G", "pageup", "z", "v", "G", "g", "pagedown"):
            await press(pilot.app, key)
            assert not {"\x1b", "\x9b", "\u202e", "\u200b", "\x00", "\ud800"} & set(app.shown())
        await pilot.click(Detail, offset=(4, 0))
        assert app.is_running


async def test_five_thousand_keys_are_reached_at_once() -> None:
    app = DetailApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.detail.show(many(5_000))
        app.detail.focus()
        await press(pilot.app, "G")
        assert "value 4999" in app.shown()
        assert find(app, "attr_2500") == 1
        await settled(pilot.app)
        assert "value 2500" in app.shown()


async def test_a_plain_terminal_gets_plain_characters() -> None:
    app = DetailApp(masked=frozenset({"email"}))
    async with app.run_test(size=(60, 12)) as pilot:
        app.detail.styles.border = ("ascii", "white")
        app.detail.show(Lead({**JANE, "status": "DNC"}))
        app.detail.focus()
        await settled(pilot.app)
        assert "DO NOT CALL | New Lead" in plain(app.shown())
        for key in ("v", "z", "G"):
            assert plain(app.shown()).isascii()
            await press(pilot.app, key)


async def test_themes_change_the_colors_of_what_is_shown() -> None:
    app = DetailApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.detail.show(Lead(JANE))
        await settled(pilot.app)
        dark = app.detail.render_line(6)
        app.theme = "textual-light"
        await settled(pilot.app)
        light = app.detail.render_line(6)
        app.theme = "ansi-dark"
        await settled(pilot.app)
        plain = app.detail.render_line(6)
        assert dark.text == light.text == plain.text
        assert list(dark) != list(light)
        styles = [segment.style for segment in plain]
        assert all(style is not None and style.bgcolor is not None and style.bgcolor.is_default for style in styles)
        assert any(style is not None and style.bold for style in styles)
