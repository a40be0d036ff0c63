"""The filter panel in an app: what is on the screen, what keys and mouse do, and which messages are posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import FILTERS, GROUPS, Query
from lead_tui.terminal.frames import plain
from lead_tui.ui.widgets.filter_fields import ADD, LOOK_UP, Suggestion
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.key_queue import KeyQueueApp
from lead_tui.ui.widgets.line_input import LineInput
from tests.key_feeder import focus_filter, press, settled

WIDE, NARROW = (120, 40), (80, 24)

KNOWN = {
    "status": [
        Suggestion("NEW", "New Lead", 12),
        Suggestion("NI", "Not [bold]Interested[/bold]", 7),
        Suggestion("NEWB", "New \x1b[31mbatch"),
        Suggestion("SALE", "Sale [@click=app.quit]made"),
    ],
    "list_id": [Suggestion("2705", "API Lead Insert"), Suggestion("2706", "Web forms")],
    ADD: [Suggestion("plan_sold=", "Plan sold")],
}


class PanelApp(KeyQueueApp[None]):
    """The panel at the left of something else that can have the focus, 40 columns wide in a narrow terminal."""

    CSS = "FilterPanel { width: 27; border: round white; } .narrow FilterPanel { width: 40; } #table { width: 1fr; height: 1fr; }"
    AUTO_FOCUS = "#table"

    def __init__(self, zone: str = "") -> None:
        super().__init__()
        self.panel = FilterPanel(today=lambda: date(2026, 1, 15), zone=zone)
        self.panel.suggest = lambda name, typed: KNOWN.get(name, ())
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        table = Static("table", id="table")
        table.can_focus = True
        with Horizontal(classes="narrow" if self.size.width < 120 else ""):
            yield self.panel
            yield table

    @on(FilterPanel.Submitted)
    @on(FilterPanel.LookUpWanted)
    @on(FilterPanel.FindWanted)
    @on(FilterPanel.Left)
    def hear(self, message: Message) -> None:
        self.posted.append(message)
        # The focus stays, unlike in the program: what is typed next is for the panel.
        self.panel.query_one(LineInput).resume_input()

    def lines(self) -> list[str]:
        """What is on the screen inside the panel's border."""
        x, y, width, height = self.panel.content_region
        return [strip.crop(x, x + width).text for strip in self.screen._compositor.render_strips()[y : y + height]]

    def shown(self) -> str:
        return "\n".join(self.lines())

    @property
    def current(self) -> str:
        """The line that is marked as having the focus, without the mark."""
        return next((line[1:].rstrip(" █") for line in self.lines() if line.startswith("▌")), "")

    @property
    def queries(self) -> Sequence[Query]:
        return [message.query for message in self.posted if isinstance(message, FilterPanel.Submitted)]


# What is on the screen


async def test_every_filter_is_in_its_group_under_the_title() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot.app)
        lines = [line.rstrip() for line in app.lines()]
        assert str(app.panel.border_title) == "Filters"
        assert lines[:4] == [" Look up  phone or name", " ─ Status, dates, list ─", " Status", " Created from"]
        assert [line.strip(" ─") for line in lines if line.startswith(" ─")] == [*GROUPS, "Custom"]
        assert all(any(line.startswith(f" {each.label}") for line in lines) for each in FILTERS)
        assert " + other filter" in lines


async def test_values_are_in_their_column_with_the_day_of_a_relative_date() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        app.panel.show_query(
            Query.of({"phone_number": "3010010000", "created_at_start_date": "-7d", "status": "NEW", "+plan_sold": "Gold"}),
            "818 262 1448",
        )
        await settled(pilot.app)
        lines = [line.rstrip() for line in app.lines()]
        assert " Look up  818 262 1448" in lines
        assert " Phone        3010010000" in lines
        assert " Status       NEW" in lines
        assert lines[lines.index(" Created from -7d") + 1] == "2026-01-08".rjust(24)
        assert " plan_sold    Gold" in lines


async def test_the_day_of_a_relative_date_is_below_it_with_a_zone_in_doubt() -> None:
    app = PanelApp("UTC")
    async with app.run_test(size=WIDE) as pilot:
        app.panel.show_query(Query.of({"created_at_start_date": "last 7 days", "updated_at_end_date": "-7d"}))
        await settled(pilot.app)
        lines = [line.strip() for line in app.lines()]
        for label, day in (("Created from", "2026-01-09 UTC"), ("Created to", "2026-01-15 UTC"), ("Updated to", "2026-01-08 UTC")):
            assert lines[next(index for index, line in enumerate(lines) if line.startswith(label)) + 1] == day


async def test_hostile_text_is_shown_as_text() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        app.panel.show_query(
            Query.of({"first_name": "[bold]x[/nope]", "last_name": "a\u202eb\u009bc", "+x[y]": "[@click=q]"}),
            "[red]\x1b]52;c;aGk=\x07",
        )
        await settled(pilot.app)
        shown = app.shown()
        assert "[bold]x[/nope]" in shown
        assert "a\ufffdb\ufffdc" in shown
        assert "[red]\ufffd]52;c;aGk=\ufffd" in shown
        focus_filter(app.panel, "last_name")
        await settled(pilot.app)
        assert app.current.endswith("a\ufffdb\ufffdc")
        focus_filter(app.panel, "+x[y]")
        await settled(pilot.app)
        assert app.current == "x[y]         [@click=q]"
        assert app.panel.form.query().value("last_name") == "a\u202eb\u009bc"


async def test_wide_characters_do_not_push_anything_out_of_place() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        app.panel.show_query(Query.of({"first_name": "山田太郎山田太郎", "city": "😀" * 9}))
        await settled(pilot.app)
        strips = app.screen._compositor.render_strips()
        assert all(strip.cell_length == 120 for strip in strips)
        assert "山田太郎…" in app.shown()


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_the_panel_is_drawn_in_every_kind_of_theme(theme: str) -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        app.theme = theme
        focus_filter(app.panel, "status")
        await press(pilot.app, "n")
        assert "NEW · New Lead" in app.shown()


async def test_a_plain_terminal_gets_plain_characters() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        focus_filter(app.panel, "first_name")
        await settled(pilot.app)
        app.set_class(True, "-ascii")
        await press(pilot.app, "down")
        assert plain(app.shown()).isascii()
        assert ">Last name" in plain(app.shown())
        assert "enter search" in app.shown()


# The editor


async def test_no_input_is_there_before_a_field_is_edited_and_one_after() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot.app)
        assert not app.query(Input)
        app.panel.focus()
        await press(pilot.app, "down", "down")
        assert [each.cursor_blink for each in app.query(Input)] == [False]


async def test_keys_sent_in_one_burst_act_in_their_order_and_a_paste_puts_its_first_line_in_clean() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "first_name")
        for key in ("J", "o", "backspace", "a", "down", "P", "left", "x", "home", "y", "up", "n", "enter"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settled(pilot.app)
        assert app.queries == [Query.of({"first_name": "Jan", "last_name": "yxP"})]
        await press(pilot.app, "left", "ctrl+u")
        app.post_message(events.Paste("\n  Jane\x1b[31m \nPublic\n"))
        await settled(pilot.app)
        assert app.current == "First name   Jane\ufffd[31m"


async def test_tab_leaves_the_panel_and_reaches_it_again() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        app.panel.focus()
        await press(pilot.app, "J", "tab")
        assert app.focused is not None
        assert app.focused.id == "table"
        await press(pilot.app, "shift+tab")
        await press(pilot.app, "o")
        assert app.current == "Status       Jo"


async def test_a_field_is_marked_only_while_it_has_the_focus_which_comes_back_with_the_terminal_s() -> None:
    app = PanelApp()
    focus_filter(app.panel, "city")
    async with app.run_test(size=WIDE) as pilot:
        app.panel.focus()
        await press(pilot.app, *"Reno")
        assert app.current == "City         Reno"
        app.query_one("#table").focus()
        await settled(pilot.app)
        assert app.current == ""
        assert " City         Reno" in app.shown()
        focus_filter(app.panel, "no such filter")
        await press(pilot.app, "ctrl+u")
        app.post_message(events.AppBlur())
        await settled(pilot.app)
        assert app.current == ""
        app.post_message(events.AppFocus())
        await settled(pilot.app)
        await press(pilot.app, "x")
        assert app.current == "City         x"


async def test_a_long_value_scrolls_in_the_editor_and_is_cut_when_drawn() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "email")
        await press(pilot.app, *"jane.public@example.com")
        assert app.current.endswith("ample.com")
        await press(pilot.app, "home")
        assert app.current.endswith("jane.publi")
        await press(pilot.app, "down")
        assert " Email        jane.publ…" in app.shown()


async def test_hints_are_in_an_empty_field_and_what_has_no_room_below() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "gender")
        await settled(pilot.app)
        assert app.current == "Gender       M, F or U"
        focus_filter(app.panel, "created_at_start_date")
        await settled(pilot.app)
        assert app.current == "Created from YYYY-MM-DD"
        assert app.lines()[-1].strip() == "-7d, this week"
        await press(pilot.app, "x")
        assert app.current == "Created from x"
        assert "⏎ search" in app.lines()[-1]


# Moving


async def test_arrows_go_from_field_to_field_and_stop_at_the_ends() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "first_name")
        await press(pilot.app, "down")
        assert app.current == "Last name"
        await press(pilot.app, "pageup", "pageup", "up", "up")
        assert app.current.startswith("Look up")
        await press(pilot.app, "ctrl+end", "down")
        assert app.current == "name=value"


async def test_page_keys_go_from_group_to_group() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        app.panel.focus()
        seen = []
        for _ in range(6):
            await press(pilot.app, "pagedown")
            seen.append(app.current.split("  ")[0].strip())
        assert seen == ["First name", "Phone", "Address", "Lead id", "name=value", "name=value"]
        await press(pilot.app, "pageup", "down", "pageup")
        assert app.current.startswith("Lead id")
        await press(pilot.app, "ctrl+home")
        assert app.current.startswith("Look up")


async def test_every_field_comes_into_sight_with_its_heading_in_a_low_terminal() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        app.panel.focus()
        for each in FILTERS:
            assert app.current.startswith(each.label)
            await press(pilot.app, "down")
        for group in reversed(GROUPS):
            await press(pilot.app, "pageup")
            lines = app.lines()
            assert any(line.startswith("▌") and lines[at - 1].startswith(f" ─ {group} ─") for at, line in enumerate(lines))


async def test_the_wheel_scrolls_without_moving_the_field_and_typing_comes_back_to_it() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        app.panel.focus()
        await settled(pilot.app)
        for _ in range(9):
            app.panel.post_message(_wheel(app.panel))
        await settled(pilot.app)
        assert app.current == ""
        assert "+ other filter" in app.shown()
        await press(pilot.app, "x")
        assert app.current == "Status       x"


def _wheel(panel: FilterPanel) -> events.MouseScrollDown:
    return events.MouseScrollDown(panel, 3, 3, 0, 0, 0, shift=False, meta=False, ctrl=False)


async def test_a_click_goes_to_a_field_takes_a_suggestion_or_asks_for_the_look_up_box() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        y = next(at for at, line in enumerate(app.lines()) if line.startswith(" City"))
        await pilot.click(app.panel, offset=(16, y + 1))
        await press(pilot.app, "x")
        assert app.current == "City         x"
        await pilot.click(app.panel, offset=(4, y))
        assert app.current == "Address 2"
        focus_filter(app.panel, "status")
        await press(pilot.app, "n")
        y = next(at for at, line in enumerate(app.lines()) if "NI ·" in line)
        await pilot.click(app.panel, offset=(5, y + 1))
        await settled(pilot.app)
        assert dict(app.panel.form.query()) == {"city": "x", "status": "NI"}
        assert app.posted == []
        await pilot.click(app.panel, offset=(5, 1))
        assert [type(message) for message in app.posted] == [FilterPanel.LookUpWanted]


# Searching


async def test_enter_searches_with_everything_normalised_and_shown_so() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "state")
        await press(pilot.app, *"california", "enter")
        assert app.queries == [Query.of({"state": "CA"})]
        assert app.current == "State        CA"


async def test_a_wrong_value_is_reported_at_the_field_when_it_is_left_and_again_gone_when_it_is_changed() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "user_id")
        await press(pilot.app, "m", "e")
        assert "!" not in app.shown()
        await press(pilot.app, "down")
        lines = [line.rstrip() for line in app.lines()]
        at = lines.index(" User id      me")
        assert lines[at + 1 : at + 3] == ["  ! An id has digits", "    only"]
        await press(pilot.app, "up", "backspace")
        assert "digits" not in app.shown()


async def test_enter_with_a_wrong_value_goes_to_the_first_one_and_posts_nothing() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        focus_filter(app.panel, "phone_number")
        await press(pilot.app, "1", "2")
        focus_filter(app.panel, "user_id")
        await press(pilot.app, "x", "ctrl+end", "enter")
        assert app.posted == []
        assert app.current == "Phone        12"
        assert "! A phone number has 10 digits;" in app.shown()
        with pytest.raises(FilterError):
            app.panel.form.query()


async def test_showing_a_query_replaces_what_was_there_and_posts_nothing() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "city")
        await press(pilot.app, *"Reno")
        app.panel.show_query(Query.of({"city": "Elko", "+tier": "1"}))
        await settled(pilot.app)
        assert app.current == "City         Elko"
        app.panel.show_query(Query())
        await settled(pilot.app)
        assert app.current == "City"
        assert "tier" not in app.shown()
        assert app.panel.form.query() == Query()
        assert app.posted == []


async def test_letters_are_text_that_searches_nothing_and_escape_leaves_with_it_kept() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "first_name")
        await press(pilot.app, *"qCwbjkgG/:?", "down", "up")
        assert app.posted == []
        focus_filter(app.panel, "state")
        await press(pilot.app, *"nevada", "escape")
        assert [type(message) for message in app.posted] == [FilterPanel.Left]
        assert app.panel.form.query() == Query.of({"first_name": "qCwbjkgG/:?", "state": "NV"})


# Looking up


async def test_the_first_line_asks_for_the_look_up_box_with_what_is_typed_on_it() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, LOOK_UP)
        await press(pilot.app, "enter", "8")
        app.post_message(events.Paste("818 262 1448"))
        await settled(pilot.app)
        assert [message.text for message in app.posted if isinstance(message, FilterPanel.LookUpWanted)] == [
            "",
            "8",
            "818 262 1448",
        ]
        assert app.current == "Look up  phone or name"


# Custom filters


async def test_a_custom_filter_is_added_edited_and_taken_away() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, ADD)
        await press(pilot.app, *"tier=one", "enter")
        assert app.queries == [Query.of({"+tier": "one"})]
        assert " tier         one" in app.shown()
        await press(pilot.app, "up", "ctrl+u", *"two", "down", "enter")
        assert app.queries[-1] == Query.of({"+tier": "two"})
        await press(pilot.app, "up", "ctrl+u", "down")
        assert app.current == "name=value"
        assert "tier" not in app.shown()
        assert app.panel.form.query() == Query()
        await press(pilot.app, "p", "l", "tab", *"Gold", "enter")
        assert app.queries[-1] == Query.of({"+plan_sold": "Gold"})


# Suggestions


async def test_suggestions_are_shown_in_a_list_below_as_text() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "status")
        await press(pilot.app, "n")
        lines = app.lines()
        at = next(index for index, line in enumerate(lines) if line.startswith("▌"))
        assert lines[at].rstrip() == "▌Status       n"
        assert [line.rstrip() for line in lines[at + 1 : at + 4]] == [
            "│ NEW · New Lead     12",
            "│ NI · Not [bold]Int… 7",
            "│ NEWB · New \ufffd[31mbatch",
        ]
        assert "↓ choose" in lines[-1]


@pytest.mark.parametrize("key", ["tab", "right"])
async def test_tab_or_right_takes_the_best_and_then_has_its_usual_meaning_again(key: str) -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "status")
        await press(pilot.app, "n", key)
        assert app.current == "Status       NEW"
        assert "NI ·" not in app.shown()
        await press(pilot.app, "enter", key)
        assert app.queries == [Query.of({"status": "NEW"})]
        assert (app.focused is not None and app.focused.id == "table") is (key == "tab")


async def test_right_within_the_text_moves_the_cursor() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "status")
        await press(pilot.app, "n", "left", "right", "left", "i")
        assert app.current.startswith("Status       in")


async def test_a_list_is_found_by_its_name() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        focus_filter(app.panel, "list_id")
        await press(pilot.app, *"insert")
        assert app.current == "List id      insert"
        assert "│ 2705 · API Lead Insert" in app.shown()
        await press(pilot.app, "tab", *",web", "tab", "enter")
        assert app.queries == [Query.of({"list_id": "2705,2706"})]


async def test_right_in_an_empty_field_lists_what_there_is_and_escape_closes_the_list() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "list_id")
        await press(pilot.app, "right")
        assert "2706 · Web forms" in app.shown()
        await press(pilot.app, "escape")
        assert "2706 · Web forms" not in app.shown()
        assert app.posted == []
        await press(pilot.app, "down", "up", "tab")
        assert app.focused is not None
        assert app.focused.id == "table"
        assert app.panel.form.query() == Query()


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_arrows_move_through_the_list_and_back_to_the_text(key: str) -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "status")
        await press(pilot.app, "n", "down", "down", "down", "up")
        assert [line for line in app.lines() if line.startswith("▌")][1].startswith("▌ NI ·")
        assert "2 of 3" in app.lines()[-1]
        await press(pilot.app, "up", "up")
        assert app.current.startswith("Status")
        assert "↓ choose" in app.lines()[-1]
        await press(pilot.app, "down", "down", key)
        assert app.current == "Status       NI"
        assert "NEW ·" not in app.shown()
        assert app.posted == []
        await press(pilot.app, "enter")
        assert app.queries == [Query.of({"status": "NI"})]


async def test_enter_searches_for_what_was_typed_unless_a_value_is_highlighted() -> None:
    app = PanelApp()
    async with app.run_test(size=WIDE) as pilot:
        focus_filter(app.panel, "status")
        await press(pilot.app, "N", "enter")
        assert app.queries == [Query.of({"status": "N"})]
        await press(pilot.app, "backspace", "n", "escape", "down")
        assert app.current.startswith("Created from")
        assert app.panel.form.query() == Query.of({"status": "n"})


async def test_a_long_list_scrolls_on_eight_lines() -> None:
    app = PanelApp()
    app.panel.suggest = lambda name, typed: [Suggestion(f"City {number:02}", count=99 - number) for number in range(30)]
    async with app.run_test(size=NARROW) as pilot:
        focus_filter(app.panel, "city")
        await press(pilot.app, "c", "pagedown", "down")
        listed = [line[2:9] for line in app.lines() if line[2:6] == "City" and line[0] in "│▌"]
        assert listed == [f"City {number:02}" for number in range(1, 9)]
        await press(pilot.app, "pageup", "enter")
        assert app.current == "City         City 00"


async def test_a_field_at_the_lower_edge_moves_up_for_its_list() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        app.panel.suggest = lambda name, typed: KNOWN["status"]
        focus_filter(app.panel, "created_by")
        await press(pilot.app, "n")
        at = next(index for index, line in enumerate(app.lines()) if line.startswith("▌Created by"))
        assert app.lines()[at + 1].startswith("│ NEW · New Lead")
        assert app.lines()[at + 3].startswith("│ NEWB")


# Finding


async def test_a_filter_is_found_by_a_part_of_its_name_and_has_the_focus_then() -> None:
    app = PanelApp()
    async with app.run_test(size=NARROW) as pilot:
        app.panel.focus()
        await press(pilot.app, "ctrl+f")
        assert [type(message) for message in app.posted] == [FilterPanel.FindWanted]
        assert app.panel.find("modi")
        assert not app.panel.find("xyz")
        await press(pilot.app, "7", "enter")
        assert app.queries == [Query.of({"last_modified_by": "7"})]
