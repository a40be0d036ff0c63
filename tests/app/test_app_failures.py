"""The failure boundary: whatever fails that no handler expected, the app reports it in a sentence and the session continues."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from unittest.mock import AsyncMock

import pytest
from textual.screen import Screen

from lead_tui import limits
from lead_tui.export.exporting import FileExport
from lead_tui.export.partial import PartialExport
from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, of_pane
from lead_tui.leads.errors import TokenError
from lead_tui.leads.permissions import Token
from lead_tui.paging.searches import Searches
from lead_tui.paging.snapshot import SnapshotRows
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.state import ScreenState
from lead_tui.terminal import host
from lead_tui.ui.app import LeadTui
from lead_tui.ui.dialogs.commands import Help
from lead_tui.ui.dialogs.dialog import AskToken, Confirm, Dialog
from lead_tui.ui.screens.columns import ColumnsController
from lead_tui.ui.screens.look_up_and_read import DetailController
from lead_tui.ui.screens.main import MainScreen
from lead_tui.ui.screens.main_commands import COMMANDS
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.lead_table import LeadTable
from tests.app.bench import NARROW, PATIENCE, Bench, DemoSource, FakeClient, running
from tests.app.test_app_history import FakeRecords

SAID: Final = "Internal error (tests.app.test_app_failures.Unforeseen)"
SECRET: Final = "Jane 3015550123"


class Unforeseen(Exception):
    """An exception that no handler expects."""


def fail(*_: Any, **__: Any) -> Any:
    raise Unforeseen(SECRET)


async def settled(bench: Bench, holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


async def seen_failing(bench: Bench, said: str = SAID) -> None:
    """Wait until the failure is on the screen, in one sentence without data, and clear it."""
    await settled(bench, lambda: bench.app.failures)
    await bench.sees(said)
    assert SECRET not in bench.screen()
    assert bench.app.is_running
    bench.app.failures.clear()


# Actions

OPENS: Final[dict[Pane, tuple[str, ...]]] = {
    Pane.APP: (), Pane.MAIN: (), Pane.TABLE: (), Pane.FILTERS: ("f",), Pane.DETAIL: ("enter", "F", *"city", "enter"),
    Pane.QUERIES: ("o",), Pane.OFFER: ("n",), Pane.SORTING: ("s", "l"), Pane.COLUMNS: ("c",), Pane.EXPORT: ("x",),
    Pane.COPY: ("Y",), Pane.CONFIRM: (), Pane.DIALOG: ("c",), Pane.COUNT: ("t",), Pane.LIST: ("t",),
    Pane.RECENT: ("H",), Pane.HISTORY: ("enter", "h"),
}  # fmt: skip
"""How to reach each pane from the table."""


def where(screen: Screen[Any], key: Key) -> tuple[object, str]:
    """Return the class and the name of the handler of *key*."""
    match key.pane:
        case Pane.APP:
            return LeadTui, f"action_{key.action}"
        case Pane.TABLE if key.action != "open_detail":
            return LeadTable, "move"
        case Pane.TABLE:
            return DetailController, "open"
        case Pane.MAIN | Pane.DETAIL if key.action in COMMANDS:
            return COMMANDS, key.action
        case Pane.FILTERS:
            return FilterPanel, "perform_action"
        case Pane.DETAIL:
            return Detail, "perform_action"
        case _:
            own = f"action_{key.action}"
            is_own = hasattr(screen, own) and not (isinstance(screen, Dialog) and key.action in screen.answers)
            return type(screen), own if is_own else "run_action"


def test_every_pane_of_the_catalogue_is_tried() -> None:
    assert set(OPENS) == set(Pane)


@pytest.mark.parametrize("pane", Pane)
async def test_an_action_that_fails_is_reported_and_the_next_key_works(
    pane: Pane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, NARROW, records=FakeRecords()) as bench:
        app = bench.app
        await bench.press(*OPENS[pane])
        if pane is Pane.CONFIRM:
            app.push_screen(Confirm("Really?"))
        if pane not in (Pane.APP, Pane.MAIN, Pane.TABLE, Pane.FILTERS, Pane.DETAIL):
            await settled(bench, lambda: isinstance(app.screen, Dialog) and not app.screen.keys_wait)
        screen, focused = app.screen, app.focused
        for key in of_pane(pane, CATALOGUE):
            calls: list[str] = []

            def unforeseen(*_: Any, calls: list[str] = calls, name: str = key.id, **__: Any) -> bool:
                calls.append(name)
                if len(calls) == 1:
                    raise Unforeseen(SECRET)
                return True

            owner, method = where(screen, key)
            with monkeypatch.context() as patched:
                if owner is COMMANDS:
                    patched.setitem(COMMANDS, method, lambda _: unforeseen() and None)
                elif method == "run_action":
                    patched.setattr(owner, method, AsyncMock(side_effect=unforeseen))
                else:
                    patched.setattr(owner, method, unforeseen)
                await bench.press(key.keys[0])
                assert len(calls) == 1, key.id
                await seen_failing(bench)
                await bench.press(key.keys[0])
                assert len(calls) == 2, key.id
            assert (app.screen, app.focused) == (screen, focused), key.id


# Workers, tasks and callbacks


async def works_on(bench: Bench) -> None:
    """Check that the session continues: keys move the cursor, and a look-up finds its lead."""
    await bench.press("escape", "escape", "g", "j")
    assert bench.main.table.cursor == 1
    await settled(bench, lambda: not bench.main.searches.current.loading)


@pytest.mark.parametrize("look_up", ["", "3015550123"], ids=["search", "look_up"])
async def test_a_refresh_that_fails_says_so_and_leaves_the_rows_from_before(tmp_path: Path, look_up: str) -> None:
    async with running(tmp_path) as bench:
        if look_up:
            await bench.press("slash", *look_up, "enter")
            await bench.sees(f"look-up {look_up}", " of 0")
        bench.source.refuses = fail
        await bench.press("r")
        await seen_failing(bench, "Unforeseen)")
        bench.source.refuses = lambda query, offset: None
        await bench.press("r")
        await bench.sees("Searched again")
        await bench.press(*("b" if look_up else ""))
        await works_on(bench)


async def test_a_look_up_that_fails_can_be_left(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        bench.source.refuses = fail
        await bench.press("slash", *"3015550123", "enter")
        await seen_failing(bench, "Internal error (Unforeseen)")
        bench.source.refuses = lambda query, offset: None
        await bench.press("b")
        await works_on(bench)


async def test_a_look_up_that_cannot_be_shown_leaves_a_screen_that_takes_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr(MainContext, "show_columns", fail)
            await bench.press("slash", *"Garcia", "enter")
            await seen_failing(bench)
        await bench.press("slash", *"Grace", "enter")
        await bench.sees("First name Grace")


@pytest.mark.parametrize("then", [("a",), ("l",)], ids=["all", "loaded"])
async def test_narrowing_that_fails_shows_the_result_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: tuple[str, ...]
) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr("lead_tui.ui.screens.narrow_sort.take_snapshot", fail)
            patched.setattr("lead_tui.paging.read_all.LoadAll.run", fail)
            await bench.press("n", *then)
            await seen_failing(bench)
        await works_on(bench)


@pytest.mark.parametrize("method", ["load", "save"])
async def test_saving_that_fails_keeps_the_name_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr(QueryStore, method, fail)
            await bench.press("w", *"Mine", "enter")
            await seen_failing(bench)
        # The name is still there: the user can retry at once.
        await bench.press("enter")
        await bench.sees("Saved as Mine")
        await works_on(bench)


async def test_saved_queries_that_cannot_be_read_or_written_can_be_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as bench:
        await bench.press("w", *"Mine", "enter")
        await bench.sees("Saved as Mine")
        await bench.started()
        with monkeypatch.context() as patched:
            patched.setattr(QueryStore, "load", fail)
            await bench.press("o")
            await seen_failing(bench)
            await bench.press("escape")
            assert bench.app.screen is bench.main
        await bench.press("o")
        await bench.sees("Mine")
        with monkeypatch.context() as patched:
            patched.setattr(QueryStore, "change", fail)
            await bench.press("s")
            await seen_failing(bench)
        await bench.press("escape")
        await works_on(bench)


@pytest.mark.parametrize(
    ("owner", "method"),
    [(PartialExport, "begin"), (FileExport, "write_part"), (FileExport, "finish")],
    ids=["begin", "write_part", "finish"],
)
async def test_an_export_that_fails_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, method: str) -> None:
    async with running(tmp_path) as bench:
        monkeypatch.chdir(tmp_path)
        with monkeypatch.context() as patched:
            patched.setattr(owner, method, fail)
            await bench.press("x", "l", "enter")
            await seen_failing(bench)
        assert not bench.main.features.export.cancel()
        await bench.press("escape", "x", "l", "enter")
        await bench.sees("leads written to leads.csv")
        await works_on(bench)


async def test_columns_that_cannot_be_remembered_are_used(tmp_path: Path) -> None:
    def refuse(_: ScreenState, __: ScreenState) -> None:
        raise Unforeseen(SECRET)

    async with running(tmp_path, remember=refuse) as bench:
        await bench.press("c", "J", "enter")
        await seen_failing(bench)
        await works_on(bench)


async def test_columns_that_cannot_be_used_leave_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr(ColumnsController, "_use", fail)
            await bench.press("c", "J", "enter")
            await seen_failing(bench)
        await works_on(bench)


@pytest.mark.parametrize("fails", ["dialog", "use"])
async def test_a_token_dialog_that_fails_is_opened_again_by_the_next_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    used: list[Token] = []
    source = DemoSource()
    source.refuses = lambda query, offset: TokenError("The server rejected the token")

    class Client(FakeClient):
        def use_token(self, token: Token) -> None:
            if fails == "use" and not used:
                fail()
            super().use_token(token)

    with monkeypatch.context() as patched:
        if fails == "dialog":
            patched.setattr(AskToken, "__init__", fail)
        async with running(tmp_path, source=source, first="", client=Client(used)) as bench:
            if fails == "use":
                await bench.sees("API token for ")
                await bench.press("enter", *"abc", "enter")
            await seen_failing(bench)
            patched.undo()
            used.append(Token("tried"))
            await bench.press("r")
            await bench.sees("API token for ")
            source.refuses = lambda query, offset: None
            await bench.press("enter", *"xyz", "enter")
            await bench.sees("Row 1 of 3,000")
            assert used[-1] == Token("xyz")
            await works_on(bench)


async def test_a_callback_of_the_loop_and_one_of_textual_that_fail_are_reported(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        for start in (
            asyncio.get_running_loop().call_soon, bench.main.call_later, bench.main.call_next, bench.main.call_after_refresh,
        ):  # fmt: skip
            start(fail)
            await seen_failing(bench)
        bench.main.set_timer(0.001, fail)
        await seen_failing(bench)
        await works_on(bench)


# What is drawn


@pytest.mark.frames
async def test_a_pane_that_cannot_be_drawn_leaves_its_place_empty_and_the_others_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr(LeadTable, "_row_runs", fail)
            await bench.press("j")
            await settled(bench, lambda: bench.app.failures)
            await bench.sees(SAID, "Filters")
            await bench.press("j")
        bench.app.failures.clear()
        bench.main.table.refresh()
        await bench.sees("Row 3 of")
        await works_on(bench)


@pytest.mark.parametrize("method", ["compose", "on_mount"])
async def test_a_dialog_that_cannot_be_made_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr(Help, method, fail)
            await bench.press("question_mark")
            await settled(bench, lambda: bench.app.failures and bench.app.screen is bench.main)
            await bench.sees(SAID)
            bench.app.failures.clear()
        await works_on(bench)


async def test_without_a_screen_a_failure_ends_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MainScreen, "compose", fail)
    with pytest.raises(Unforeseen):
        async with running(tmp_path, first=""):
            pass


async def test_failures_are_logged_without_data_and_not_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "MAX_FAILURES_LOGGED", 3)
    log = tmp_path / "log"
    async with running(tmp_path) as bench:
        bench.app._log_file = log
        for _ in range(10):
            bench.main.call_next(fail)
            await bench.pilot.pause()
        await settled(bench, lambda: bench.app.failures.total() == 10)
        bench.app.failures.clear()
    text = log.read_text()
    assert text.count("Unforeseen") == 3
    assert SECRET not in text


@pytest.mark.parametrize(
    "target",
    ["~alice-who-is-not-there/leads.csv", f"{'x' * 255}.csv", "gone/leads.csv", "\x00.csv", "/dev/full/leads.csv"],
    ids=["no such user", "too long", "no such folder", "a null", "no folder"],
)
async def test_a_file_that_cannot_be_written_is_reported_in_the_prompt_or_the_status_line(tmp_path: Path, target: str) -> None:
    async with running(tmp_path) as bench:
        await bench.press("x", "l")
        await bench.sees("Save as")
        bench.main.prompt._editor.put(target)
        await bench.press("enter")
        await bench.sees("! ")
        await bench.press("escape")
        await works_on(bench)


async def test_a_deleted_working_directory_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    async with running(tmp_path) as bench:
        await bench.press("x", "l", "enter")
        await bench.sees("The working directory no longer exists")
        await works_on(bench)


async def test_rows_that_come_while_the_app_closes_are_dropped(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        search = bench.main.searches.current
        await bench.main.panes.remove()
        bench.main.rows_changed(search, range(0, 200))


@pytest.mark.parametrize(
    ("keys", "owner", "method"), [(("slash", *"3015550123", "enter"), Searches, "look_up"), (("t",), SnapshotRows, "add")]
)
async def test_keys_that_waited_for_what_failed_are_handled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], owner: type, method: str
) -> None:
    async with running(tmp_path) as bench:
        with monkeypatch.context() as patched:
            patched.setattr(owner, method, fail)
            patched.setattr(limits, "ROWS_AT_ONCE", 0)
            await bench.press(*keys)
            await seen_failing(bench)
        await works_on(bench)


async def test_a_refresh_whose_token_is_rejected_asks_for_another(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        bench.source.refuses = lambda query, offset: TokenError("The server rejected the token")
        await bench.press("r")
        await bench.sees("API token for ")
        bench.source.refuses = lambda query, offset: None
        await bench.press("enter", *"abc", "enter")
        await bench.sees("Searched again")
        assert bench.tokens == [Token("abc")]


async def test_a_load_whose_token_is_rejected_asks_for_another_and_resumes(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        bench.source.refuses = lambda query, offset: TokenError("The server rejected the token") if offset > 1_000 else None
        await bench.press("t", "a")
        await bench.sees("API token for ")
        bench.source.refuses = lambda query, offset: None
        bench.source.asked.clear()
        await bench.press("enter", *"abc", "enter")
        await bench.sees("Row 1 of 3,000", "3,000 loaded")
        await bench.sees_no_more("rejected")
        assert bench.tokens == [Token("abc")]
        assert min(offset for _, offset, _ in bench.source.asked) > 1_000


async def test_a_token_is_asked_for_once_what_is_being_typed_is_done_with(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW) as bench:
        bench.source.refuses = lambda query, offset: TokenError("The server rejected the token")
        bench.source.gate.clear()
        await bench.press(*":1500", "enter", "slash", *"818262")
        bench.source.gate.set()
        await bench.settled()
        await bench.press(*"1448")
        await bench.sees("Look up  8182621448")
        await bench.press("question_mark", "f1")
        await bench.sees("Keys: ")
        await bench.press("escape", "escape")
        await bench.sees("API token for ")


REJECTED = TokenError("The server rejected the token")


async def test_after_skipping_the_token_an_export_is_resumed_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(tmp_path, NARROW) as bench:
        bench.source.refuses = lambda query, offset: REJECTED if offset > 1_000 else None
        await bench.press("x", "enter")
        await bench.sees("Save as")
        await bench.press("ctrl+u", *"all.jsonl", "enter")
        await bench.sees("API token for ")
        await bench.press("escape")
        await bench.sees("Export paused at 2,000 leads", "file resumes")
        bench.source.refuses = lambda query, offset: None
        await bench.press("j", "x", "enter", "enter")
        await bench.sees("Resume the export to all.jsonl (2,000 leads done)?")
        await bench.press("y")
        await bench.sees("3,000 leads written to all.jsonl")
        assert bench.tokens == []
