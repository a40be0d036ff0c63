"""Incoming calls in the app: the banner over any open screen, the look-up behind it, ``F4``, and going back with ``b``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.screen_settings import IncomingSettings
from lead_tui.config.settings import AccountSettings, Settings
from lead_tui.leads.errors import ServerError
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import Capabilities
from lead_tui.leads.query import Query
from lead_tui.leads.records import Records, RecordsQuery, Section, read_records
from lead_tui.terminal.session_socket import SessionSocket, send
from lead_tui.ui.screens.calls import CallScreen
from lead_tui.ui.screens.main import main_screens
from tests.app.bench import NARROW, SETTINGS, WIDE, Bench, DemoSource, running
from tests.app.test_app_restricted import restricted

SMALLEST: Final = (60, 15)

ALONE: Final = ("2135550100", "Nancy O'Brien")
OTHER: Final = ("8325550123", "Lars Bianchi")


class Caller:
    """A substitute for the session's socket."""

    def __init__(self) -> None:
        self.call: Callable[[str], object] = lambda text: None
        self.is_closed = False

    def listen(self, receive: Callable[[str], object]) -> Callable[[], None]:
        self.call = receive
        return lambda: setattr(self, "is_closed", True)


@asynccontextmanager
async def called(tmp_path: Path, *arguments: Any, **fields: Any) -> AsyncIterator[tuple[Bench, Caller]]:
    """Run the app over few leads, so that each number belongs to one lead; also the source of the calls."""
    caller = Caller()
    fields.setdefault("source", DemoSource(60))
    async with running(tmp_path, *arguments, receive_calls=caller.listen, **fields) as bench:
        yield bench, caller
    assert caller.is_closed


def looked_up(bench: Bench) -> list[str]:
    """Return the numbers that were looked up, each in three fields."""
    asked = [value for query, _, _ in bench.source.asked for name, value in query if name in PHONE_FIELDS]
    return asked[::3]


def below_title(bench: Bench) -> str:
    return bench.screen().partition("\n")[2]


# Whatever is open


async def in_a_dialog(bench: Bench) -> None:
    await bench.press("ctrl+p", *"exp")
    await bench.sees("Export")


async def in_a_look_up(bench: Bench) -> None:
    await bench.press("slash", *"Jane Pub", "left", "left")


async def in_a_filter(bench: Bench) -> None:
    await bench.press("f", *"NEW", "down", *"2026")


async def in_a_lead(bench: Bench) -> None:
    await bench.press("j", "j", "enter", "down", "down", "down")


async def in_a_narrowing(bench: Bench) -> None:
    await bench.press("n", *"los", "enter")


async def in_a_fault(bench: Bench) -> None:
    bench.source.refuses = lambda query, offset: ServerError("The server failed (HTTP 500)") if "lost" in str(query) else None
    await bench.press("slash", *"lost", "enter")
    await bench.sees("HTTP 500")


@pytest.mark.parametrize("situation", [in_a_dialog, in_a_look_up, in_a_filter, in_a_lead, in_a_narrowing, in_a_fault])
async def test_f4_opens_the_lead_from_anywhere_and_b_returns_to_exactly_where_the_user_was(
    tmp_path: Path, situation: Callable[[Bench], Awaitable[None]]
) -> None:
    async with called(tmp_path, SMALLEST) as (bench, caller):
        await situation(bench)
        before, focused = bench.screen(), bench.app.screen.focused
        caller.call(ALONE[0])
        await bench.sees("Incoming (213) 555-0100 · Nancy O'Brien · F4 open")
        assert below_title(bench) == before.partition("\n")[2]
        assert bench.app.screen.focused is focused
        await bench.press("f4")
        await bench.sees("Lead 1000001", "b back")
        assert "Incoming" not in bench.screen()
        await bench.press("b")
        await bench.settled()
        assert (bench.screen(), bench.app.screen.focused) == (before, focused)
        assert looked_up(bench)[-1:] == [ALONE[0]]


async def test_text_typed_in_quick_succession_arrives_where_it_belongs(tmp_path: Path) -> None:
    async with called(tmp_path, NARROW) as (bench, caller):
        await bench.press("slash", *"Jan")
        caller.call(ALONE[0])
        # All at once: F4 makes the keys after it wait for its screen, and b the keys after that for the box.
        await bench.press("e", "f4", "b", *" Pub")
        await bench.sees("Look up  Jane Pub")


async def test_a_load_continues_behind_the_lead(tmp_path: Path) -> None:
    async with called(tmp_path, WIDE, source=DemoSource(3_000)) as (bench, caller):
        await bench.press("s")
        await bench.sees("Load all")
        bench.source.gate.clear()
        await bench.press("a")
        search = bench.main.search
        assert search is not None
        caller.call(ALONE[0])
        await bench.press("f4")
        assert isinstance(bench.app.screen, CallScreen)
        assert search.loading_all
        assert search.load_task is not None
        bench.source.gate.set()
        await asyncio.wait([search.load_task])
        await bench.press("b")
        await bench.sees("3,000 leads loaded")


async def test_an_export_continues_behind_the_lead_and_its_end_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with called(tmp_path, WIDE, source=DemoSource(3_000)) as (bench, caller):
        await bench.press("x", "enter")
        await bench.sees("Save as")
        bench.source.gate.clear()
        await bench.press("ctrl+u", *"all.csv", "enter")
        caller.call(ALONE[0])
        await bench.press("f4", "q")
        # The detail closes first if it covers the table; here q returns at once, and does not quit.
        assert bench.app.screen is bench.app.main
        bench.source.gate.set()
        await bench.sees("3,000 leads written to all.csv")
    assert (tmp_path / "all.csv").exists()


async def test_an_export_of_the_screen_of_a_call_is_not_lost_by_leaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with called(tmp_path, WIDE) as (bench, caller):
        caller.call(ALONE[0])
        await bench.press("f4", "escape", "C")
        await bench.sees("Row 1 of 60")
        bench.source.gate.clear()
        await bench.press("x", "enter", *"new.csv", "enter")
        # The file is opened in a thread.
        await bench.sees("ctrl+c cancel")
        await bench.press("b", "b")
        await bench.sees("A load or an export is running here · ctrl+c cancel")
        await bench.press("ctrl+c", "b")
        assert not isinstance(bench.app.screen, CallScreen)
        bench.source.gate.set()


async def test_the_screen_of_the_call_is_a_main_screen_with_the_sessions_marks_and_look_ups(tmp_path: Path) -> None:
    async with called(tmp_path, WIDE) as (bench, caller):
        await bench.press("m")
        caller.call(OTHER[0])
        await bench.sees("Lars Bianchi · F4 open")
        await bench.press("f4", "escape", "m", "slash", "up")
        await bench.sees("2 marked", "Look up  (832) 555-0123")
        await bench.press("escape", "b")
        await bench.sees("2 marked", "Row 2 of 60")
        await bench.press("slash", "up")
        await bench.sees("Look up  (832) 555-0123")


async def test_a_resize_meanwhile_reaches_what_is_below(tmp_path: Path) -> None:
    async with called(tmp_path, WIDE) as (bench, caller):
        await bench.press("t")
        caller.call(ALONE[0])
        await bench.press("f4")
        await bench.pilot.resize_terminal(*NARROW)
        await bench.press("b")
        await bench.press("escape")
        await bench.sees("Row 1 of 60")
        assert "Filters" not in bench.screen()
        assert all(len(line) <= NARROW[0] for line in bench.screen().splitlines())


async def test_calls_opened_over_each_other_are_closed_one_by_one(tmp_path: Path) -> None:
    async with called(tmp_path, NARROW) as (bench, caller):
        for number in range(limits.MAX_CALL_SCREENS + 3):
            caller.call((ALONE, OTHER)[number % 2][0])
            await bench.press("f4")
            await bench.sees((ALONE, OTHER)[number % 2][1])
        assert len(main_screens(bench.app)) == limits.MAX_CALL_SCREENS + 1
        await bench.press(*"b" * (limits.MAX_CALL_SCREENS + 3))
        assert len(main_screens(bench.app)) == 1
        await bench.press("b")
        await bench.sees("No earlier result")


# The rate


async def test_a_flood_of_calls_is_one_look_up_and_the_session_responds(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"

    def listen(receive: Callable[[str], object]) -> Callable[[], None]:
        return SessionSocket(folder, "main", asyncio.get_running_loop(), receive).close

    def flood() -> None:
        for number in range(1_000):
            send(folder, f"305555{number:04}")
        send(folder, OTHER[0])

    async with running(tmp_path, NARROW, source=DemoSource(60), receive_calls=listen) as bench:
        send(folder, ALONE[0])
        await bench.sees("Nancy O'Brien · F4 open")
        flooding = asyncio.create_task(asyncio.to_thread(flood))
        for _ in range(10):
            await bench.press("j")
        await flooding
        await bench.sees("Row 11 of 60", "Incoming (832) 555-0123 · F4 open")
        assert looked_up(bench) == [ALONE[0]]
        # The last number is looked up five seconds after the first one.
        await bench.sees("Lars Bianchi · F4 open")
        assert looked_up(bench) == [ALONE[0], OTHER[0]]


async def test_the_same_call_reported_twice_is_one(tmp_path: Path) -> None:
    async with called(tmp_path, NARROW) as (bench, caller):
        caller.call(ALONE[0])
        caller.call('"Haddad" <sip:+12135550100@gateway.example.com>')
        await bench.sees("Incoming (213) 555-0100 · Nancy O'Brien")
        assert looked_up(bench) == [ALONE[0]]


async def test_the_banner_goes_after_its_time_and_leaves_no_timer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALL_SHOWN_SECONDS", 1.0)
    async with called(tmp_path, NARROW) as (bench, caller):
        caller.call(ALONE[0])
        await bench.sees("Incoming")
        await bench.sees_no_more("Incoming")
        await bench.press("f4")
        await bench.sees("No incoming call")
        showing = bench.app.calls._showing
        assert showing is not None
        assert showing.is_finished


# What the banner says


@pytest.mark.parametrize(
    ("text", "banner"),
    [
        ("(305) 555-0000", "Incoming (305) 555-0000 · no lead · F4 open"),
        ("+44 20 7946 0018", "Incoming +44 2079460018 · no lead · F4 open"),
        ("anonymous", "Incoming anonymous "),
        ("#1000001", "Incoming #1000001 "),
        ("[bold]x\x1b]52;c;YQ==\x07\u202e", "Incoming [bold]x�]52;c;YQ==�� "),
        ("  \x00\n ", "Incoming "),
        ("y" * 500, f"Incoming {'y' * 39}… "),
    ],
)
async def test_a_number_is_parsed_like_a_pasted_one_and_any_other_text_is_only_shown(
    tmp_path: Path, text: str, banner: str
) -> None:
    async with called(tmp_path, WIDE) as (bench, caller):
        before = len(bench.source.asked)
        caller.call(text)
        await bench.sees(banner)
        is_number = "F4" in banner
        assert len(bench.source.asked) - before == 3 * is_number
        await bench.press("f4")
        assert isinstance(bench.app.screen, CallScreen) is is_number
        if not is_number:
            await bench.sees("This call has no phone number to look up")


async def test_several_leads_are_counted_a_failure_is_reported_and_a_mask_is_kept(tmp_path: Path) -> None:
    source = DemoSource(60)
    async with called(tmp_path, NARROW, source=source, masked=frozenset({"first_name", "last_name", "name"})) as (bench, caller):
        caller.call(ALONE[0])
        await bench.sees("Incoming (213) 555-0100 · ")
        await bench.sees_no_more("0100 · F4")
        assert "Anita" not in bench.screen().partition("\n")[0]
        bench.app.calls._looked_up_at = -1e9
        source.refuses = lambda query, offset: ServerError("The server failed (HTTP 500)") if offset == 0 else None
        caller.call(OTHER[0])
        await bench.sees("(832) 555-0123 · look-up failed · F4 open")
        source.refuses = lambda query, offset: None
        # What failed is requested again once the lead is opened.
        await bench.press("f4")
        await bench.sees("Lead 1000002")


# Opening automatically


@pytest.mark.parametrize(
    ("keys", "opens"), [((), True), (("slash", "J"), False), (("enter",), False), (("f",), False), (("t",), False)]
)
async def test_it_opens_automatically_if_the_table_has_the_focus_and_nothing_is_typed(
    tmp_path: Path, keys: tuple[str, ...], opens: bool
) -> None:
    async with called(tmp_path, NARROW, settings=Settings(incoming=IncomingSettings(open=True))) as (bench, caller):
        await bench.press(*keys)
        caller.call(ALONE[0])
        await bench.sees("b back" if opens else "Nancy O'Brien · F4 open")
        assert isinstance(bench.app.screen, CallScreen) is opens


class SlowSearch(DemoSource):
    """Look-ups of phones are answered at once, other searches once they may start."""

    def __init__(self, leads: int) -> None:
        super().__init__(leads)
        self.started = asyncio.Event()

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        if not any(query.value(field) for field in PHONE_FIELDS):
            await self.started.wait()
        return await super().fetch(query, offset, limit)


async def test_it_does_not_open_automatically_where_keys_wait_for_a_prompt(tmp_path: Path) -> None:
    source = SlowSearch(60)
    opening = Settings(incoming=IncomingSettings(open=True))
    async with called(tmp_path, NARROW, source=source, first="", settings=opening) as (bench, caller):
        await bench.sees("loading…")
        await bench.press("n", *"body")
        caller.call(ALONE[0])
        await bench.sees("Nancy O'Brien · F4 open")
        source.started.set()
        await bench.sees("Narrow  body")
        assert not isinstance(bench.app.screen, CallScreen)


async def test_a_restricted_session_receives_none_unless_its_policy_says_so(tmp_path: Path) -> None:
    async with restricted(tmp_path) as bench:
        await bench.press("slash", "f4")
        await bench.sees("Receiving incoming calls is not allowed here")
    caller = Caller()
    may = Capabilities(may_receive_calls=True)
    async with restricted(tmp_path, may=may, source=DemoSource(60), receive_calls=caller.listen) as bench:
        caller.call(ALONE[0])
        await bench.sees("Nancy O'Brien · F4 open")
        await bench.press("f4")
        await bench.sees("Lead 1000001", "b back", "restricted")


# What both screens share


class Names:
    """The account's statuses, of which one forbids calls, once the gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def records(self, query: RecordsQuery) -> Records:
        await self.gate.wait()
        return read_records(b'{"success":true,"data":[{"status":"NEW","name":"New Lead","dnc":"Y"}]}')


@pytest.mark.parametrize("leaves_first", [False, True])
async def test_names_that_come_meanwhile_are_used_on_both_screens(tmp_path: Path, leaves_first: bool) -> None:
    names = Names()
    learning = replace(SETTINGS, account=AccountSettings(learn_names=True))
    async with called(tmp_path, WIDE, records=names, settings=learning) as (bench, caller):
        caller.call(ALONE[0])
        await bench.press("f4")
        await bench.sees("b back")
        bench.main.features.suggestions.names.of(Section.STATUSES)
        if leaves_first:
            await bench.press("b")
        names.gate.set()
        await bench.sees("DO NOT CALL")
        assert all(screen.table.look.do_not_call == {"NEW"} for screen in main_screens(bench.app))


async def test_columns_that_are_chosen_over_a_search_are_those_of_that_too(tmp_path: Path) -> None:
    async with called(tmp_path, WIDE) as (bench, caller):
        caller.call(ALONE[0])
        await bench.press("f4")
        await bench.sees("b back")
        await bench.press("escape", "c", "space", "enter")
        chosen = bench.main.table.columns
        assert "name" not in chosen
        await bench.press("b")
        assert bench.main.table.columns == chosen


async def test_empty_fields_that_are_hidden_over_a_search_are_hidden_in_its_leads_too(tmp_path: Path) -> None:
    async with called(tmp_path, WIDE) as (bench, caller):
        await bench.sees("Notes          –")
        caller.call(ALONE[0])
        await bench.press("f4")
        await bench.sees("b back")
        await bench.press("z", "b")
        await bench.settled()
        assert "Notes          –" not in bench.screen()


async def test_without_a_later_result_the_screen_of_a_call_stays(tmp_path: Path) -> None:
    async with called(tmp_path, WIDE) as (bench, caller):
        caller.call(ALONE[0])
        await bench.press("f4")
        await bench.sees("b back")
        await bench.press("escape", "B")
        await bench.sees("No later result", "Row 1 of 1")


async def test_that_there_is_no_call_is_said_until_the_next_key(tmp_path: Path) -> None:
    async with called(tmp_path, NARROW) as (bench, _):
        await bench.press("f4")
        await bench.sees("! No incoming call")
        await bench.press("ctrl+c")
        await bench.sees("Nothing to cancel · ctrl+q quit")
        await bench.press("j")
        assert "Nothing" not in bench.screen()


async def test_keys_over_a_search_are_input_for_its_automatic_refresh(tmp_path: Path) -> None:
    async with called(tmp_path, NARROW) as (bench, caller):
        await bench.press("R")
        refresh = bench.main.features.auto_refresh
        caller.call(ALONE[0])
        await bench.press("f4")
        await bench.sees("b back")
        bench.main.memory.input_at -= limits.REFRESH_INPUT_SECONDS
        await bench.press("j")
        refresh._refresh_if_seen()
        await bench.press("b")
        await bench.sees("refresh every")
