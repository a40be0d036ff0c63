"""Custom keys, wherever keys are handled or shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lead_tui.keys.catalogue import Pane
from lead_tui.keys.keymap import effective
from lead_tui.leads.errors import NetworkError
from tests.app.bench import NARROW, WIDE, DemoSource, running
from tests.drawn import text_of


async def test_a_changed_key_acts_and_is_reported_and_the_old_one_is_free(tmp_path: Path) -> None:
    keys = effective({"main.filters": ("f6",), "table.down": ("N",), "main.help": ("K",)})
    async with running(tmp_path, NARROW, keys=keys) as bench:
        await bench.sees("F6 filters")
        await bench.press("N")
        await bench.sees("Row 2 of")
        await bench.press("j", "f")
        await bench.sees("Row 2 of")
        assert "Look up" not in bench.screen()
        await bench.press("K")
        await bench.sees("Keys: table")
        assert "N/↑ k" in bench.screen()
        await bench.press("escape", "f6")
        await bench.sees("Look up")


async def test_the_panes_act_on_changed_keys(tmp_path: Path) -> None:
    keys = effective({"detail.toggle_raw": ("V",), "filters.find": ("ctrl+r",), "app.look_up_anywhere": ("f3",)})
    async with running(tmp_path, WIDE, keys=keys) as bench:
        await bench.press("enter", "v")
        assert not bench.main.detail.look.raw
        await bench.press("V")
        assert bench.main.detail.look.raw
        await bench.press("f", "ctrl+r")
        await bench.sees("Filter", "part of its name")
        await bench.press("escape", "f2")
        assert not bench.main.prompt.purpose
        await bench.press("f3")
        assert bench.main.prompt.purpose == "look-up"


async def test_dialogs_act_on_changed_keys(tmp_path: Path) -> None:
    keys = effective({"dialog.close": ("x",), "main.open_query": ("O",), "queries.search": ("ctrl+f",)})
    async with running(tmp_path, keys=keys) as bench:
        await bench.press("O")
        await bench.sees("Saved queries", "x close")
        await bench.press("ctrl+f")
        await bench.sees("Search  ")
        await bench.press("escape", "escape")
        await bench.sees("Saved queries")
        await bench.press("x")
        await bench.sees_no_more("Saved queries")


async def test_a_line_in_a_dialog_shows_its_own_keys_whatever_those_of_the_list_are(tmp_path: Path) -> None:
    changes = {"queries.run": "x", "list.up": "U", "list.down": "D", "count.filter": "F", "dialog.close": "E"}
    async with running(tmp_path, keys=effective({name: (key,) for name, key in changes.items()})) as bench:
        await bench.press("o", "slash")
        await bench.sees("↑ ↓ move", "tab to the list")
        await bench.press("escape", "E", "c", "slash")
        await bench.sees("↑ ↓ move", "esc show all")
        await bench.press("escape", "E", "ctrl+p")
        await bench.sees("⏎ run", "esc close")


async def test_the_help_of_the_prompt_lists_no_letters_which_are_text_there(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("slash", "f1")
        await bench.sees("Keys: everywhere", "F4 ")
        assert "─ Main screen ─" not in bench.screen()
        assert "─ Dialogs ─" not in bench.screen()


async def test_an_action_without_a_key_has_none(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, keys=effective({"main.quit": (), "main.look_up": ()})) as bench:
        await bench.press("q", "slash")
        assert bench.app.is_running
        assert not bench.main.prompt.purpose
        assert "quit" not in bench.screen()


async def test_a_message_names_the_keys_in_effect(tmp_path: Path) -> None:
    keys = effective(
        {"main.again": ("T",), "main.back": ("f5",), "main.filters": ("f6",), "filters.search": ("ctrl+s",), "app.leave": ("f9",)}
    )
    async with running(tmp_path, NARROW, keys=keys) as bench:
        await bench.press("ctrl+c")
        await bench.sees("Nothing to cancel · F9 quit")
        await bench.press("C")
        await bench.sees("Filters cleared · F5 back")
        bench.source.refuses = lambda query, offset: NetworkError("The line is down", remedy="check it")
        await bench.press("G")
        await bench.sees("! The line is down · T retry", "The line is down: check it · T retry")


async def test_commands_without_a_key_are_listed_without_one(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, keys=effective({"main.again": (), "main.back": (), "main.filters": ()})) as bench:
        await bench.press("C")
        await bench.sees("Filters cleared")
        assert "back" not in bench.screen()
        bench.source.refuses = lambda query, offset: NetworkError("The line is down")
        await bench.press("G")
        await bench.sees("! The line is down")
        assert "retry" not in bench.screen()


async def test_textual_s_own_keys_do_nothing_unless_they_are_in_effect(tmp_path: Path) -> None:
    changed = {"app.stop": ("f6",), "app.leave": ("f7",), "app.command_palette": ("f8",), "main.next_pane": ("f9",)}
    async with running(tmp_path, NARROW, keys=effective(changed)) as bench:
        focused = bench.app.focused
        await bench.press("ctrl+c", "ctrl+q", "ctrl+p", "tab")
        assert bench.app.is_running
        assert bench.app.screen is bench.main
        assert bench.app.focused is focused
        assert "quit the app" not in bench.screen()
        await bench.press("o", "tab", "ctrl+c", "ctrl+q", "ctrl+p")
        await bench.sees("Saved queries")
        assert bench.app.is_running
        await bench.press("f8")
        await bench.sees("Type a command")


async def test_a_key_without_a_command_says_so_once(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press("i")
        await bench.sees("No command bound to i · ? help")
        await bench.press("i")
        await bench.sees_no_more("No command bound")
        await bench.press("f8")
        await bench.sees("No command bound to F8")
        # In a line it is text.
        await bench.press("slash", "i")
        await bench.sees("Look up  i")


@pytest.mark.parametrize("keys", [("colon", "q", "enter"), ("enter", "colon", "q", "enter")])
async def test_colon_q_quits(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with running(tmp_path, NARROW) as bench:
        await bench.press(*keys)
        assert bench.app.return_code == 0


async def test_hints_name_only_what_works_now_and_help_is_dropped_last(tmp_path: Path) -> None:
    async with running(tmp_path, (60, 15)) as bench:
        await bench.sees("? help")
        await bench.press("f")
        await bench.sees("F1 help")
        for letter in ("/ look up", "f filters", "? help"):
            assert letter not in bench.screen()
    async with running(tmp_path / "wide", WIDE) as bench:
        await bench.sees("f filters", "s sort", "? help")
        await bench.press("f")
        await bench.sees("⏎ search  esc to table  F2 look up  F1 help")
        await bench.press("escape", "slash")
        await bench.sees("F1 help")
        assert "s sort" not in bench.screen()
        await bench.press("escape")
        await bench.sees("s sort", "⏎ detail", "x export")
        # Enter finds leads with the same value once a field was chosen in this lead.
        await bench.press("enter")
        await bench.sees("y copy field")
        assert "same value" not in bench.screen()
        await bench.press("down")
        await bench.sees("⏎ same value")
        await bench.press("escape", "j", "enter")
        await bench.sees_no_more("same value")
        await bench.press("escape", "n", "l", *"new", "enter")
        await bench.sees("esc show all  / look up")
        await bench.press("escape")
        await bench.sees_no_more("esc show all")
        # Without leads there is none to open, sort or export.
        await bench.press("f", *"qqq", "enter")
        await bench.sees("Row 0 of 0", "/ look up", "f filters")
        for absent in ("s sort", "⏎ detail", "x export", "n narrow"):
            assert absent not in bench.screen()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_escape_focuses_the_table_and_b_goes_back_from_every_pane(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size) as bench:
        main = bench.main
        await bench.press(*":40", "enter")
        for keys in (("f", *"zz"), ("enter",), ("slash", *"zz"), ("n", "enter", "1"), ("question_mark",), ("escape",)):
            await bench.press(*keys, "escape")
            assert main.panes.focused is Pane.TABLE, keys
            await bench.sees("Row 40 of 3,000")
        assert main.filters.form.query().value("status") == "zz"
        await bench.press("C", "j", "enter")
        await bench.sees("Row 2 of 3,000")
        assert main.panes.focused is Pane.DETAIL
        await bench.press("b")
        await bench.sees("Row 40 of 3,000")
        assert main.panes.focused is Pane.TABLE
        assert not main.filters.form.query()
        await bench.press("b")
        await bench.sees("No earlier result")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_without_leads_tab_passes_the_detail_and_enter_says_why_none_opens(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size, DemoSource(0), first="Row 0 of 0") as bench:
        await bench.press("enter")
        await bench.sees("No lead here")
        await bench.press("tab")
        assert bench.main.panes.focused is Pane.FILTERS
        await bench.press("tab")
        assert bench.main.panes.focused is Pane.TABLE
        await bench.press("shift+tab")
        assert bench.main.panes.focused is Pane.FILTERS
        await bench.press("shift+tab")
        assert bench.main.panes.focused is Pane.TABLE


async def test_where_a_click_left_the_prompt_open_hints_and_help_are_those_of_the_table(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.press("slash", *"jan")
        await bench.pilot.click(bench.main.table, offset=(5, 5))
        await bench.settled()
        assert "⏎ detail" in text_of(bench.main.status_line)
        await bench.press("question_mark")
        assert "Keys: table" in bench.screen()
        await bench.press("escape", "escape")
        assert not bench.main.prompt.display


@pytest.mark.parametrize("keys", [("ctrl+p",), ("o", "slash"), ("t", "slash")])
async def test_the_help_of_a_text_input_in_a_dialog_lists_no_letters(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with running(tmp_path, WIDE) as bench:
        await bench.press(*keys, "f1")
        await bench.sees("Keys: ", "esc ", "close")
        assert "esc q" not in bench.screen()
        await bench.press("escape", *"q?")
        await bench.sees("q?")
