"""The picker of saved queries: picking, searching, changing, and error messages."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui.config.paths import Paths
from lead_tui.keys.catalogue import CATALOGUE, Key
from lead_tui.leads.errors import ConfigurationError, OutputError
from lead_tui.leads.query import Query
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.dialogs.dialog import Confirm
from lead_tui.ui.dialogs.saved_queries import SavedQueries
from tests import key_feeder
from tests.ui.dialogs.dialog_host import Host, MemoryStore, burst, press, saved, screen_text, settled, words

SMALL = (60, 15)

NEW = saved("New in California", {"status": "NEW", "state": "CA", "created_at_start_date": "-7d"}, key="1", start=True)
CALL = saved("Call backs", {"status": "CALLBK"}, key="2")
ALL = saved("Everything")
SITE = saved("Do not call", {"status": "DNC"}, key="9", read_only=True)


def store(*queries: SavedQuery) -> MemoryStore:
    return MemoryStore(queries or (NEW, CALL, ALL, SITE))


def picker(kept: MemoryStore | None = None) -> Host[SavedQuery]:
    return Host(SavedQueries(kept or store()))


async def result_of(*keys: str, kept: MemoryStore | None = None) -> list[SavedQuery | None]:
    async with picker(kept).opened() as host:
        await press(host, *keys)
    return host.results


# What is shown


async def test_page_keys_do_no_harm_where_the_terminal_leaves_no_room() -> None:
    async with picker().opened((2, 40)) as host:
        await press(host, "pagedown", "pageup")
        await host.pilot.resize_terminal(80, 24)
        await settled(host)
        assert "New in California" in screen_text(host)


async def test_queries_are_shown_with_digit_name_filters_and_marks() -> None:
    async with picker().opened() as host:
        lines = screen_text(host).split("\n")
    line = next(each for each in lines if "New in California" in each)
    assert "1  New in California" in line
    assert "status NEW · state CA" in line
    assert " start " in line
    assert " read-only " in next(each for each in lines if "Do not call" in each)
    assert "all leads" in next(each for each in lines if "Everything" in each)


async def test_nothing_saved_tells_how_to_save() -> None:
    async with picker(MemoryStore()).opened() as host:
        shown = await press(host, "enter", "d", "r", "s", "j", "G", "1")
    assert "No saved queries yet. Press w on the main screen" in shown
    assert host.results == []


async def test_names_and_values_that_strangers_typed_are_text() -> None:
    hostile = saved("[bold]x[/] [@click=app.quit]y[/]", {"last_name": "[/nope] O'Hara"})
    escapes = SavedQuery("esc\x1b[31m\u202eape", Query((("city", "San\x1b]52;c;eA==\x07"),)))
    async with picker(store(hostile, escapes)).opened() as host:
        shown = await press(host, "d")
        assert "Delete the saved query “[bold]x[/] [@click=app.quit]y[/]”?" in shown
        shown = await press(host, "n", "j", "d", "n", "r")
        await press(host, "escape")
    assert "[bold]x[/] [@click=app.quit]y[/]" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert host.results == []


async def test_the_first_notices_stand_at_the_top_whole() -> None:
    notices = ("/x/queries.toml, line 3: this is not TOML: [oops]; it is left as it is " + "and so on " * 10, "second", "third")
    async with picker(MemoryStore([NEW], notices)).opened(SMALL) as host:
        shown = words(host)
        assert notices[0].strip() in shown
        assert "! second" in shown
        assert "! third" not in shown
        assert "and 1 more notice: lead-tui queries list" in shown
        assert shown.index("1 more notice") < shown.index("New in California")


async def test_two_notices_are_all_shown() -> None:
    async with picker(MemoryStore([NEW], ["first", "second"])).opened(SMALL) as host:
        assert "! first ! second" in words(host)
        assert "more notice" not in words(host)


async def test_many_queries_scroll_and_the_keys_stay_in_view() -> None:
    async with picker(store(*(saved(f"Query {number}") for number in range(100)))).opened(SMALL) as host:
        shown = await press(host, "G")
        assert "Query 99" in shown
        assert "100 of 100" in shown
        assert "r rename" in shown
        assert "Query 9 " not in shown
        shown = await press(host, "slash")
        assert "Search" in shown
        assert "╰" in shown
        shown = await press(host, "escape", "g")
        assert "1 of 100" in shown


async def test_a_narrower_terminal_lays_the_lines_out_again() -> None:
    async with picker().opened((120, 40)) as host:
        await host.pilot.resize_terminal(60, 15)
        await settled(host)
        shown = screen_text(host)
        assert "New in California" in shown
        assert " start " in shown
        await press(host, "r", "end")
        await host.pilot.resize_terminal(80, 24)
        shown = await press(host, "!")
    assert "New in California!" in shown


async def test_ascii_borders_where_the_app_has_them() -> None:
    async with Host(SavedQueries(store()), ascii_only=True).opened() as host:
        shown = screen_text(host)
    assert "+- Saved queries ---" in shown
    assert not {"╭", "─", "│"} & set(shown)


async def test_the_store_is_never_called_on_the_event_loop() -> None:
    kept = store()
    await result_of("s", "d", "y", "u", kept=kept)
    assert kept.threads
    assert threading.get_ident() not in kept.threads


# Picking


async def test_a_key_picks() -> None:
    async with picker().opened() as host:
        await press(host, "enter")
        for keys, picked in (
            (["j", "enter"], CALL),
            (["down", "down", "enter"], ALL),
            (["G", "enter"], SITE),
            (["G", "k", "enter"], ALL),
            (["end", "home", "enter"], NEW),
            (["pagedown", "up", "enter"], ALL),
            (["9"], SITE),
            (["escape"], None),
            (["q"], None),
        ):
            host.push_screen(SavedQueries(store()), host.results.append)
            await settled(host)
            await press(host, *keys)
            assert host.results.pop() == picked
    assert host.results == [NEW]


async def test_a_digit_that_no_query_has_is_reported() -> None:
    async with picker().opened() as host:
        assert "No query has the digit 7" in await press(host, "7")
    assert host.results == []


async def test_keys_typed_before_the_queries_are_read_act_once_they_are() -> None:
    async with Host(SavedQueries(store())).opened() as host:
        second: list[SavedQuery | None] = []
        host.push_screen(SavedQueries(store()), second.append)
        await burst(host, "2")
    assert second == [CALL]


async def test_a_click_runs() -> None:
    async with picker().opened() as host:
        await host.pilot.click("MarkedList", offset=(20, 1))
        await settled(host)
    assert host.results == [CALL]


# Searching


async def test_letters_after_the_slash_search() -> None:
    async with picker().opened() as host:
        shown = await press(host, "slash", "c", "a", "l", "l")
        assert "Call backs" in shown
        assert "Do not call" in shown
        assert "Everything" not in shown
        assert "1 of 2 found" in shown
        await press(host, "down", "enter")
    assert host.results == [SITE]


async def test_letters_that_are_commands_and_digits_are_text_in_the_search() -> None:
    async with picker().opened() as host:
        shown = await press(host, "slash", "q", "d", "1")
        assert "qd1" in shown
        assert "No query has these letters." in shown
        assert "run" not in shown
        await press(host, "enter")
    assert host.results == []


async def test_filters_are_searched_too() -> None:
    assert await result_of("slash", *"callbk", "enter") == [CALL]


async def test_escape_ends_the_search_then_closes() -> None:
    async with picker().opened() as host:
        shown = await press(host, "slash", *"every", "escape")
        assert "New in California" in shown
        assert "3 of 4" in shown
        assert "Search" not in shown
        assert host.results == []
        await press(host, "escape")
    assert host.results == [None]


async def test_commands_act_on_what_the_search_found_once_the_list_has_the_focus() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        shown = await press(host, "slash", *"every", "tab", "d", "y")
        assert "Deleted “Everything”" in shown
        assert "No query has these letters." in shown
        assert "esc show all" in (shown := await press(host, "slash", "tab"))
        assert "run" not in shown
        assert "delete" not in shown
        assert "New in California" in await press(host, "escape")
    assert [each.name for each in kept.queries] == ["New in California", "Call backs", "Do not call"]


async def test_a_burst_of_keys_searches_and_runs() -> None:
    async with picker().opened() as host:
        await burst(host, "slash", *"everything", "enter")
    assert host.results == [ALL]


# Renaming


async def test_the_name_is_edited_in_the_line_above_the_list() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        assert "New name  Call backs!" in await press(host, "j", "r", "end", "!")
        said = await press(host, "enter")
        assert "Renamed to “Call backs!”" in said
        assert "2 of 4" in said
        await press(host, "enter")
    assert host.results == [replace(CALL, name="Call backs!")]


async def test_typing_replaces_the_name_that_is_to_be_changed() -> None:
    async with picker(store()).opened() as host:
        assert "Renamed to “Mine”" in await press(host, "j", "r", *"Mine", "enter")


async def test_escape_leaves_the_name_as_it_was() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        shown = await press(host, "r", "q", "d", "escape")
        assert "New in California " in shown
        assert "Californiaqd" not in shown
        assert host.results == []
    assert kept.queries[0] == NEW


async def test_a_name_that_is_taken_is_reported_and_can_be_corrected() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        shown = await press(host, "r", "ctrl+u", *"everything", "enter")
        assert "There is a saved query everything already" in shown
        shown = await press(host, "2", "enter")
        assert "Renamed to “everything2”" in shown
    assert kept.queries[0] == replace(NEW, name="everything2")


# Deleting and restoring


async def test_deleting_asks_and_can_be_undone_once() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        shown = await press(host, "j", "d")
        assert "Delete the saved query “Call backs”?" in shown
        assert "status CALLBK" in shown
        shown = await press(host, "y")
        assert "Deleted “Call backs” · u restores it" in shown
        assert CALL not in kept.queries
        shown = await press(host, "u")
        assert "Restored “Call backs”" in shown
        assert CALL in kept.queries
        assert "Nothing to restore" in await press(host, "u")
    assert len(kept.queries) == 4


async def test_an_accidental_enter_deletes_nothing() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        for key in ("enter", "n", "escape", "q"):
            await press(host, "d", key)
            assert host.screen is host.dialog
    assert kept.queries == [NEW, CALL, ALL, SITE]


async def test_a_burst_of_keys_deletes_and_brings_back() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        assert "Restored “Call backs”" in await burst(host, "j", "d", "y", "u")
    assert kept.queries == [CALL, NEW, ALL, SITE]


async def test_the_last_deleted_can_be_restored_after_the_picker_was_closed() -> None:
    kept = store()
    for keys in (["d", "y"], ["u"]):
        host = Host(SavedQueries(kept))
        async with host.opened():
            await press(host, *keys)
    assert NEW in kept.queries
    assert kept.deleted is None


# Start and digit


async def test_a_query_is_marked_to_start_with_and_no_longer() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        shown = await press(host, "j", "s")
        assert "“Call backs” runs at startup" in shown
        assert [each.name for each in kept.queries if each.start] == ["Call backs"]
        shown = await press(host, "s")
        assert "“Call backs” no longer runs at startup" in shown
    assert not any(each.start for each in kept.queries)


async def test_a_digit_is_given_and_taken_away() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        assert "Shortcut for “Everything”" in await press(host, "G", "k", "K")
        assert "1 runs “Everything”" in await press(host, "1")
        assert [each.key for each in kept.queries] == ["", "2", "1", "9"]
        assert "“Everything” has no digit now" in await press(host, "K", "1")
        assert [each.key for each in kept.queries] == ["", "2", "", "9"]
    assert host.results == []


async def test_another_key_than_a_digit_gives_none() -> None:
    kept = store(NEW, CALL)
    async with picker(kept).opened() as host:
        for key in ("escape", "j", "s", "u"):
            await press(host, "K", key)
            assert host.results == []
        await press(host, "2")
    assert [each.key for each in kept.queries] == ["1", "2"]
    assert [each.name for each in host.results if each is not None] == ["Call backs"]


async def test_changes_by_another_session_meanwhile_stay() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        changed = replace(CALL, query=Query.of({"status": "OTHER"}))
        kept.queries[1] = changed
        await press(host, "j", "s")
    assert kept.queries[1] == replace(changed, start=True)


# What cannot be


async def test_a_read_only_query_is_run_and_not_changed() -> None:
    kept = store()
    async with picker(kept).opened() as host:
        for key in ("r", "d", "s", "K"):
            assert "is read-only" not in await press(host, "slash", "escape", "G")
            assert "“Do not call” is read-only" in await press(host, key)
        await press(host, "enter")
    assert host.results == [SITE]
    assert kept.queries[-1] == SITE


@pytest.mark.parametrize(
    "failure",
    [
        OutputError("/x/queries.toml is being written by another session", remedy="try again in a moment"),
        ConfigurationError("/x/queries.toml was written by a newer version [/x] and is not changed", remedy="update lead-tui"),
    ],
)
async def test_an_error_of_the_store_is_shown_in_words(failure: OutputError | ConfigurationError) -> None:
    kept = store()
    kept.failure = failure
    async with picker(kept).opened() as host:
        for keys in (["d", "y"], ["s"], ["K", "5"], ["r", "!", "enter"]):
            assert f"! {failure}" not in words(host)
            await press(host, *keys)
            assert f"! {failure}" in words(host)
            await press(host, "slash", "escape")
    assert kept.queries == [NEW, CALL, ALL, SITE]


async def test_a_query_that_another_session_deleted_is_reported() -> None:
    kept = store(NEW, CALL)
    async with picker(kept).opened() as host:
        kept.queries.remove(CALL)
        shown = await press(host, "j", "s")
    assert "There is no saved query Call backs" in shown
    assert "1 of 1" in shown


async def test_keys_typed_while_another_session_holds_the_file_are_for_what_is_shown_then() -> None:
    kept = store()
    kept.may_write.clear()
    async with picker(kept).opened() as host:
        try:
            await key_feeder.press(host.app, "s")
            assert "Saving…" in screen_text(host)
            await key_feeder.press(host.app, "j", "s")
            assert "1 of 4" in screen_text(host)
        finally:
            kept.may_write.set()
        # The first change is written, then the second, whose key waited for it.
        for _ in range(2):
            await settled(host)
        assert "2 of 4" in screen_text(host)
        assert [each.start for each in kept.queries].count(True) == 1


# Around it


async def test_keys_given_are_the_ones_that_count_here_and_in_what_it_opens() -> None:
    keys = tuple(Key(key.id, ("x",), key.label, key.sentence) if key.id == "queries.delete" else key for key in CATALOGUE)
    async with Host(SavedQueries(store(), keys=keys)).opened() as host:
        assert "x delete" in screen_text(host)
        await press(host, "x")
        assert isinstance(host.screen, Confirm)


async def test_with_files_a_query_is_renamed_deleted_and_restored(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "site")
    kept = QueryStore(paths)
    kept.save(NEW)
    kept.save(CALL)
    async with Host(SavedQueries(kept)).opened() as host:
        assert "Renamed to “New in California 2”" in await press(host, "r", "end", "space", "2", "enter")
        assert "Deleted “Call backs”" in await press(host, "j", "d", "y")
        assert [each.name for each in kept.load().queries] == ["New in California 2"]
        assert "Restored “Call backs”" in await press(host, "u")
        assert "“Call backs” runs at startup" in await press(host, "s")
    queries = kept.load().queries
    assert [each.name for each in queries] == ["New in California 2", "Call backs"]
    assert [each.start for each in queries] == [False, True]


async def test_with_a_file_that_does_not_parse_that_is_reported_at_the_top(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "site")
    paths.config_dir.mkdir(mode=0o700)
    paths.queries_file.write_text("[[query]\n")
    async with Host(SavedQueries(QueryStore(paths))).opened((120, 40)) as host:
        shown = words(host)
    assert "this is not TOML" in shown
    assert "queries.recovered.toml" in shown
    assert paths.queries_file.read_text() == "[[query]\n"
