"""A restricted session in the app: what is not allowed is not offered, is refused with a message, and does not happen."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from textual.app import App
from textual.screen import Screen

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, hints_of
from lead_tui.keys.keymap import effective, permitted
from lead_tui.leads.errors import TokenError
from lead_tui.leads.permissions import EVERYTHING, Capabilities, refusal
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.dialogs.commands import sections_of
from lead_tui.ui.screens.columns import Columns
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, running
from tests.app.one_lead import one_lead

FORBIDDEN = [key for key in CATALOGUE if key.needs]


@asynccontextmanager
async def restricted(tmp_path: Path, *arguments: Any, may: Capabilities = Capabilities(), **fields: Any) -> AsyncIterator[Bench]:  # noqa: B008
    """Run the app with a restricted session."""
    keys, forbidden = permitted(fields.pop("keys", CATALOGUE), may)
    async with running(tmp_path, *arguments, capabilities=may, keys=keys, forbidden=forbidden, **fields) as bench:
        yield bench


def test_every_key_that_needs_a_capability_names_one_there_is() -> None:
    assert FORBIDDEN
    assert {key.needs for key in FORBIDDEN} <= set(Capabilities._fields)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
async def test_the_status_line_says_it_all_the_time(tmp_path: Path, size: tuple[int, int]) -> None:
    async with restricted(tmp_path, size) as bench:
        for keys in ((), ("j",), ("f",), ("escape",), ("enter",), ("escape",), ("y",)):
            await bench.press(*keys)
            await bench.sees(" · restricted ")


async def test_a_free_session_does_not_say_it(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        assert "restricted" not in bench.screen()


# Not offered


def offered(keys: Sequence[Key]) -> set[str]:
    """Return the descriptions of all that the help and the hints offer."""
    told = {key.sentence for pane in Pane for section in sections_of(pane, keys).values() for key in section}
    return told | {hint.partition(" ")[2] for pane in Pane for hint in hints_of(pane, keys)}


def test_help_and_hints_offer_what_is_allowed_and_nothing_else() -> None:
    all_of_them, allowed = offered(CATALOGUE), offered(permitted(CATALOGUE, Capabilities())[0])
    assert all_of_them - allowed >= {key.sentence for key in FORBIDDEN}
    assert not {key.sentence for key in FORBIDDEN} & allowed
    assert permitted(CATALOGUE, EVERYTHING) == (CATALOGUE, ())


async def test_the_palette_offers_what_is_allowed_and_nothing_else(tmp_path: Path) -> None:
    async with restricted(tmp_path) as bench:
        await bench.press("enter")
        said = {command.sentence for command in bench.app.palette_commands(bench.app.screen)}
        assert said
        assert not said & {key.sentence for key in FORBIDDEN}
        assert not [each for each in said if "screenshot" in each.lower()]


# Requested


@pytest.mark.parametrize("key", FORBIDDEN, ids=lambda key: key.id)
async def test_its_key_says_that_it_is_not_allowed(tmp_path: Path, key: Key) -> None:
    async with restricted(tmp_path, source=one_lead(), masked=frozenset({"email"})) as bench:
        if key.pane is Pane.DETAIL:
            await bench.press("enter")
        for name in key.keys:
            await bench.press(name)
            await bench.sees(refusal(key.needs))
            await bench.press("j")
            await bench.sees_no_more("not allowed")
        assert bench.app.clipboard == ""


async def test_a_key_that_was_moved_says_so_where_it_is_now_and_the_old_one_nothing(tmp_path: Path) -> None:
    async with restricted(tmp_path, keys=effective({"main.copy_phone": ("P",)})) as bench:
        await bench.press("P")
        await bench.sees("Copying is not allowed here")
        await bench.press("j", "y")
        await bench.sees_no_more("not allowed")
        assert bench.app.clipboard == ""


async def test_in_a_text_its_letter_is_a_letter(tmp_path: Path) -> None:
    async with restricted(tmp_path) as bench:
        await bench.press("slash", "y", "Y")
        await bench.sees("yY")
        assert "not allowed" not in bench.screen()


async def test_actions_reached_without_their_keys_are_refused_too(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=one_lead(), masked=frozenset({"email"})) as bench:
        await bench.press("enter")
        for key in FORBIDDEN:
            await (bench.app.run_action(key.action) if key.pane is Pane.APP else bench.main.perform_action(key))
            await bench.sees("! ")
            assert bench.app.screen is bench.main
        assert bench.app.clipboard == ""
        assert "jane@example.com" not in bench.screen()


async def test_a_policy_may_allow_one_thing(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=one_lead(), may=Capabilities(may_copy=True)) as bench:
        await bench.sees(" · restricted ")
        await bench.press("y")
        await bench.sees("Sent to clipboard: 3010010000")


async def test_a_missing_token_is_reported_and_not_prompted_for(tmp_path: Path) -> None:
    source = DemoSource()
    source.refuses = lambda query, offset: TokenError(
        "The server rejected the token", remedy="contact the administrator of this host"
    )
    async with restricted(tmp_path, source=source, first="The server rejected the token") as bench:
        await bench.press("r")
        await bench.sees("The server rejected the token")
        assert bench.app.screen is bench.main
        assert bench.tokens == []


# What Textual itself could do


def files_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


async def test_nothing_of_textuals_own_writes_a_file_starts_a_program_or_stops_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    async with restricted(tmp_path) as bench:
        before = files_in(tmp_path)
        app = bench.app
        with patch("os.kill") as kill, patch("webbrowser.open") as browser, patch("subprocess.Popen") as started:
            app.action_screenshot()
            app.save_screenshot()
            app.deliver_screenshot()
            app.deliver_text(tmp_path / "state", save_filename="x")
            app.deliver_binary(tmp_path / "state", save_filename="x")
            app.open_url("https://example.com/")
            app.action_suspend_process()
            await bench.press("ctrl+z", "ctrl+backslash", "f1", "f10", "f11", "f12", "exclamation_mark", "ctrl+o", "ctrl+s")
            app.copy_to_clipboard("somebody")
            await bench.settled()
            assert [kill.called, browser.called, started.called] == [False] * 3
        assert files_in(tmp_path) == before
        assert app.is_running


IMPOSSIBLE = ("pop_screen", "toggle_dark")
"""Actions of Textual's that raise here: there is one screen, and no theme of Textual's."""


def actions_without_arguments(kind: type[object]) -> set[str]:
    named = inspect.getmembers(kind, inspect.isfunction)
    return {
        name.removeprefix("action_")
        for name, action in named
        if name.startswith("action_") and len(inspect.signature(action).parameters) == 1
    }


async def test_no_action_of_the_program_or_of_textual_leads_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries every command, whether a key is bound to it or not."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    own = [key for key in CATALOGUE if key.pane in (Pane.MAIN, Pane.TABLE, Pane.FILTERS, Pane.DETAIL)]
    async with restricted(tmp_path, source=one_lead(), masked=frozenset({"email"})) as bench:
        app = bench.app
        prompt = bench.main.prompt
        textuals = actions_without_arguments(App) - {"quit", *IMPOSSIBLE}
        screens = actions_without_arguments(Screen)
        assert {"copy_text", "suspend_process", "command_palette"} <= textuals | screens
        with patch("os.kill") as kill, patch("webbrowser.open") as browser, patch("subprocess.Popen") as started:
            for act in [
                *(partial(bench.main.perform_action, key) for key in own if key.id != "main.quit"),
                *(partial(app.run_action, name) for name in sorted(textuals)),
                *(partial(app.run_action, f"screen.{name}") for name in sorted(screens)),
            ]:
                await act()
                if prompt.purpose or app.screen is not bench.main:
                    await bench.press("escape", "escape")
            await bench.sees(" · restricted ")
            assert [kill.called, browser.called, started.called] == [False] * 3
        assert app.is_running
        assert app.clipboard == ""
        assert "jane@example.com" not in bench.screen()
    assert {path.name for path in files_in(tmp_path)} <= {"queries.toml", "state"}


def test_all_ways_of_textual_to_deliver_something_are_closed() -> None:
    """Finds any way out that a later version opens."""
    from lead_tui.ui.app import LeadTui

    ways = {name for name, _ in inspect.getmembers(App, inspect.isfunction) if name.startswith(("deliver_", "save_", "open_"))}
    assert ways - {"deliver_screenshot"} <= set(vars(LeadTui))


async def test_copying_within_an_input_stays_within_the_program(tmp_path: Path) -> None:
    async with restricted(tmp_path) as bench:
        with patch.object(type(bench.app._driver), "write", autospec=True) as written:
            bench.app.copy_to_clipboard("somebody")
            assert not [call for call in written.call_args_list if "]52" in str(call)]
        assert bench.app.clipboard == "somebody"


# Masked fields stay masked

MASKED = frozenset({"email", "first_name", "owner_id", "plan_sold"})
SECRETS = ("jane@example.com", "Jane", "Gold [bold]PPO", "4711")


def masked_lead() -> DemoSource:
    return one_lead(owner_id="4711", owner_name="Ola Stone")


async def test_no_key_of_the_detail_shows_a_masked_value(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        await bench.press("enter")
        for keys in (("v",), ("z",), ("v",), ("u",), ("G",), ("g",), ("F", *"jane", "enter"), ("enter",), ("N",)):
            await bench.press(*keys)
            assert not [secret for secret in SECRETS if secret in bench.screen()]
        await bench.press("F", *"example", "enter")
        await bench.sees('No field matches "example"')


async def test_leads_are_not_narrowed_by_masked_fields_and_words_are_not_searched_in_them(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        for text in ("email:jane", "Name:Jane"):
            await bench.press("n", "ctrl+u")
            await bench.type(text)
            await bench.press("enter")
            await bench.sees("is masked: leads are not narrowed by it here")
            await bench.press("escape")
        for word, found in (("jane", 0), ("4711", 0), ("public", 1)):
            await bench.press("n", "ctrl+u")
            await bench.type(word)
            await bench.press("enter")
            await bench.sees(f"of {found} ", "narrowed from 1", f"narrowed to {word}")


async def test_leads_are_not_sorted_by_a_masked_field(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        await bench.press("s")
        await bench.sees("Sort by")
        lines = bench.screen().split("\n")
        top = next(at for at, line in enumerate(lines) if "╭─ Sort by" in line)
        left = lines[top].index("╭─ Sort by")
        dialog = "\n".join(line[left : lines[top].index("╮", left)] for line in lines[top:]).partition("╰")[0]
        assert "last_name" in dialog or "Last name" in dialog
        for label in ("Email", "First name", "Owner id", "Plan sold", "   Name"):
            assert label not in dialog


async def test_a_saved_order_by_masked_fields_is_left_out(tmp_path: Path) -> None:
    beginning = SavedQuery("", sort=("-email", "name", "last_name"))
    async with restricted(tmp_path, WIDE, masked_lead(), beginning, masked=MASKED) as bench:
        await bench.sees("sorted by Last name")
        assert "Email" not in bench.screen().splitlines()[-1]


async def test_the_choice_of_columns_shows_no_masked_value_as_an_example(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        await bench.press("c")
        dialog = bench.app.screen
        assert isinstance(dialog, Columns)
        assert [dialog._example(key) for key in ("name", *sorted(MASKED))] == [""] * (len(MASKED) + 1)
        assert dialog._example("last_name") == "Public"


async def test_nothing_masked_is_suggested(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED | {"city"}) as bench:
        for name in ("owner_id", "+plan_sold", "city"):
            assert list(bench.main.features.suggestions(name, "")) == []


async def test_searching_by_a_name_does_not_show_its_masked_id(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        await bench.press("enter", "F", *"owner_name", "enter", "enter")
        await bench.sees("Owner is searched by a field that is masked")
        assert "4711" not in bench.screen()


ABROAD = {"phone_code": "358", "phone_number": "2079460000", "alt_phone_1": "2079460001"}


async def test_a_masked_country_code_is_not_shown_before_a_number(tmp_path: Path) -> None:
    source = one_lead(**ABROAD)
    async with restricted(tmp_path, WIDE, source, masked=MASKED | {"phone_code"}, may=Capabilities(may_copy=True)) as bench:
        await bench.sees("(207) 946-0000")
        for keys in (("y",), ("enter",), ("G",), ("F", *"alt_phone_1", "enter"), ("y",), ("Y",), ("escape",), ("enter",)):
            await bench.press(*keys)
            assert "358" not in bench.screen()
        await bench.sees("look-up (207) 946-0001")
        # It is not used for comparison either: the leads found would reveal it.
        await bench.sees(" Row 1 of 1 ")


async def test_a_number_is_not_found_by_its_masked_country_code(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=one_lead(**ABROAD), masked=MASKED | {"phone_code"}) as bench:
        await bench.press("enter", "F", *"+358", "enter")
        await bench.sees('No field matches "+358')
        await bench.press("escape", "c")
        dialog = bench.app.screen
        assert isinstance(dialog, Columns)
        assert dialog._example("phone_number") == "(207) 946-0000"


async def test_a_country_code_that_was_revealed_is_reported_and_searched_for(tmp_path: Path) -> None:
    async with running(tmp_path, WIDE, one_lead(**ABROAD), masked=frozenset({"phone_code"})) as bench:
        await bench.press("enter", "F", *"alt_phone_1", "enter", "u")
        await bench.sees("+358 2079460001")
        await bench.press("enter")
        await bench.sees("look-up +358 2079460001")


async def test_searching_by_a_masked_field_is_refused_without_naming_a_key(tmp_path: Path) -> None:
    async with restricted(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        await bench.press("enter", "F", *"email", "enter", "enter")
        await bench.sees("Cannot search by a masked value")
        assert "reveal" not in bench.screen()


async def test_where_masks_may_be_lifted_they_are_narrowed_and_sorted_by(tmp_path: Path) -> None:
    async with running(tmp_path, source=masked_lead(), masked=MASKED) as bench:
        await bench.press("n")
        await bench.type("email:jane gold")
        await bench.press("enter")
        await bench.sees("of 1 ", "narrowed from 1")
