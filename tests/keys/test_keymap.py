"""Custom keys: how they are written, which are refused, and why."""

from __future__ import annotations

import pytest

from lead_tui.keys.catalogue import CATALOGUE, Key, names, shown
from lead_tui.keys.keymap import InvalidKey, effective, key_name


def changed(action_id: str, *keys: str) -> Key:
    return next(key for key in effective({action_id: keys}) if key.id == action_id)


def test_without_changes_the_keys_are_the_catalogue() -> None:
    assert effective({}) == CATALOGUE


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("/", "slash"), ("?", "question_mark"), ("-", "minus"), ("+", "plus"), ("ctrl++", "ctrl+plus"), ("pgdn", "pagedown"),
        ("Esc", "escape"), ("F5", "f5"), ("ctrl+R", "ctrl+r"), ("G", "G"), ("shift+g", "G"), ("shift+tab", "shift+tab"),
        (" ", "space"), ("slash", "slash"), ("ctrl+shift+left", "ctrl+shift+left"),
    ],
)  # fmt: skip
def test_keys_are_written_as_people_type_them(written: str, name: str) -> None:
    assert key_name(written) == name


@pytest.mark.parametrize("written", ["", "hyper+x", "ctrl+", "enterr", "f77", "jj"])
def test_an_unknown_key_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        key_name(written)


def test_every_character_of_a_keyboard_is_shown_as_itself() -> None:
    for character in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ0":
        assert shown(key_name(character)) == character


def test_a_change_replaces_the_keys_of_its_action_and_of_no_other() -> None:
    keys = effective({"table.down": ("T", "down")})
    assert [key.keys for key in keys if key.id == "table.down"] == [("T", "down")]
    assert [key for key in keys if key.id != "table.down"] == [key for key in CATALOGUE if key.id != "table.down"]


def test_no_keys_take_an_action_off_the_keyboard() -> None:
    assert changed("main.clear_filters").keys == ()


def test_a_key_that_was_given_away_is_free() -> None:
    keys = effective({"main.back": ("W",), "main.filters": ("b",)})
    assert next(key.keys for key in keys if key.id == "main.filters") == ("b",)


@pytest.mark.parametrize(
    ("action_id", "given", "says"),
    [
        ("table.dwn", ("j",), "must be the id of an action: did you mean table.down"),
        ("main.back", ("nokey",), "a key that does not exist, nokey"),
        ("main.back", ("f",), "which is main.filters as well"),
        ("table.down", ("q",), "which is main.quit as well"),
        ("main.back", ("z",), "which is detail.toggle_empty as well"),
        ("list.top", ("escape",), "which is dialog.close as well"),
        ("confirm.yes", ("ctrl+q",), "which is app.leave as well"),
        ("main.back", ("ctrl+[",), "as another key"),
        ("main.back", ("ctrl+i",), "as another key"),
        ("main.back", ("alt+x",), "terminals do not send it"),
        ("main.back", ("ctrl+.",), "terminals do not send it"),
        ("main.back", ("ctrl+shift+e",), "terminals do not send it"),
        ("main.back", ("shift+enter",), "terminals do not send it"),
        ("detail.top", ("shift+1",), "terminals do not send it"),
        ("main.back", ("ctrl+space",), "terminals do not send it"),
        ("filters.find", ("F",), "for the text"),
        ("app.look_up_anywhere", ("/",), "for the text"),
        ("app.stop", ("space",), "for the text"),
        ("main.back", ("7",), "looks up a phone"),
        ("queries.rename", ("1",), "runs the query that has it"),
        ("queries.run_digit", ("a",), "has the digits"),
        ("sorting.turn_digit", ("a",), "has the digits"),
        ("app.leave", (), "no way out"),
        ("dialog.close", (), "no way out"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(action_id: str, given: tuple[str, ...], says: str) -> None:
    with pytest.raises(InvalidKey) as raised:
        effective({action_id: given})
    assert says in str(raised.value)
    assert raised.value.id == action_id


@pytest.mark.parametrize("key", ["ctrl+e", "ctrl+\\", "ctrl+_", "ctrl+shift+up", "shift+down", "ctrl+f5", "ctrl+delete"])
def test_a_key_that_terminals_send_is_allowed(key: str) -> None:
    assert changed("main.export", key).keys == (key_name(key),)


def test_a_key_may_do_different_things_in_panes_that_do_not_meet() -> None:
    assert changed("filters.find", "ctrl+r").keys == changed("table.page_down", "ctrl+r").keys


def test_keys_have_names_in_ascii_where_that_is_requested() -> None:
    assert all(names(key).isascii() and key.first.isascii() for key in effective({}, plain=True))


def test_no_key_of_the_catalogue_would_be_refused() -> None:
    for key in CATALOGUE:
        if not key.id.endswith("_digit"):
            assert changed(key.id, *key.keys) == key
