"""Appearance settings: colors, characters, the mouse, columns, keys; and what is remembered for the next session."""

from __future__ import annotations

import json
import re

import pytest

from tests.pty.program import TOKEN, Home, leave
from tests.servers.convoso_server import ConvosoServer

COLOUR = re.compile(rb"\x1b\[[0-9;:]*(?:(?<=[\[;])(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8[;:]))[0-9;:]*m")
"""A sequence that sets a color."""
MOUSE = re.compile(rb"\x1b\[\?100[0236]h")


def remembered(home: Home) -> dict[str, object]:
    """Return what is in the state directory."""
    found = list(home.path.rglob("state.json"))
    read: dict[str, object] = json.loads(found[0].read_text()) if found else {}
    return read


def test_columns_and_theme_of_one_run_are_those_of_the_next(home: Home) -> None:
    with home.open(None) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        terminal.press("c")
        terminal.wait_for("[x] Name")
        terminal.send("/plan_sold\r")
        terminal.wait_for("[ ] Plan sold")
        terminal.send(" ")
        terminal.wait_for("[x] Plan sold")
        terminal.send("KKKK")
        terminal.press("enter")
        terminal.wait_for(lambda t: "[x] Plan sold" not in t.text and "plan_sold" in t.lines[2])
        terminal.send("\x10theme light")
        terminal.wait_for("Theme light")
        terminal.settle()
        terminal.press("enter")
        terminal.wait_for(lambda t: "Theme light" not in t.text)
        leave(terminal)
    assert remembered(home)["theme"] == "light"
    assert "plan_sold" in json.dumps(remembered(home)["columns"])
    with home.open(None) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        terminal.wait_for(lambda t: "plan_sold" in t.lines[2])
        # The light theme's background.
        terminal.wait_for_bytes(b"48;2;250;250;247" if b"38;2;" in terminal.raw else b"48;5;")
        leave(terminal)
    with home.open(None, "--columns=name,email", "--theme=terminal") as terminal:
        terminal.wait_for(lambda t: "Email" in t.lines[2] and "plan_sold" not in t.lines[2])
        assert b"48;5;" not in terminal.raw
        leave(terminal)
    assert "plan_sold" in json.dumps(remembered(home)["columns"])


@pytest.mark.parametrize("theme", ["terminal", "dark"])
@pytest.mark.parametrize("given", ["1", ""])
def test_no_color_counts_even_when_it_is_empty(home: Home, theme: str, given: str) -> None:
    with home.open(None, f"--theme={theme}", environ={"NO_COLOR": given}) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        terminal.press("j", "enter")
        terminal.wait_for(" Lead 1")
        terminal.press("escape")
        leave(terminal)
        found = COLOUR.search(bytes(terminal.raw))
        assert found is None, found


def test_the_mouse_is_left_to_the_terminal_where_that_is_requested(home: Home) -> None:
    with home.open(None) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        assert MOUSE.search(terminal.raw)
        leave(terminal)
    with home.open(None, "--no-mouse") as terminal:
        terminal.wait_for("Row 1 of 1,000")
        leave(terminal)
        assert not MOUSE.search(terminal.raw)
    home.write("config.toml", "[theme]\nmouse = false\n")
    with home.open(None) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        leave(terminal)
        assert not MOUSE.search(terminal.raw)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--ascii",), {}), ((), {"TERM": "linux"}), ((), {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})],
    ids=["option", "console", "encoding"],
)
def test_if_other_characters_cannot_be_shown_all_is_ascii(
    home: Home, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    with home.open(None, "+plan_sold=Gold", *arguments, environ=environment) as terminal:
        terminal.wait_for("Row 1 of ")
        terminal.wait_for("enter detail")
        terminal.press("f")
        terminal.wait_for("enter search")
        for line in terminal.lines[:2]:
            assert line.isascii(), line
        assert not set("─│╭╮╰╯█▌·…⏎−–") & set(terminal.text)
        terminal.press("escape")
        leave(terminal)


def test_the_name_of_the_profile_is_in_view(home: Home, server: ConvosoServer) -> None:
    home.write("config.toml", 'profile = "east"\n[profiles.east]\n[profiles."West coast"]\nauth_token_file = "token"\n')
    home.write("token", TOKEN)
    with home.open(server, "status=NEW", "state=CA", "created_at_start_date=-1y") as terminal:
        terminal.wait_for(lambda t: "lead-tui  east" in t.lines[0])
        terminal.wait_for("Row 1 of ")
        leave(terminal)
    with home.open(server, "--profile", "West coast") as terminal:
        terminal.wait_for("Row 1 of ")
        for keys in ("", "/", "\x1bf", "\x1b?", "\x1bc"):
            terminal.send(keys)
            terminal.settle()
            assert "lead-tui  West coast" in terminal.lines[0]
        terminal.press("escape")
        terminal.settle()
        leave(terminal)


def test_an_unknown_theme_is_reported_before_the_screen_is_touched(home: Home) -> None:
    home.write("config.toml", '[theme]\nname = "nord"\n')
    with home.open(None) as terminal:
        assert terminal.wait_for_exit() == 5
        assert 'line2:theme.namemustbe"dark"or"light"or"terminal"' in "".join(terminal.text.split())
    with home.open(None, "--theme=nord") as terminal:
        assert terminal.wait_for_exit() == 2


def test_custom_keys_are_the_ones_that_act(home: Home) -> None:
    home.write("config.toml", '[keys]\n"main.help" = "K"\n"table.down" = ["down", "N"]\n')
    with home.open(None) as terminal:
        terminal.wait_for("Row 1 of 1,000")
        terminal.send("N")
        terminal.wait_for("Row 2 of 1,000")
        terminal.send("K")
        terminal.wait_for("Keys: table")
        terminal.press("escape")
        leave(terminal)
    home.write("config.toml", '[keys]\n"main.help" = "f"\n')
    with home.open(None) as terminal:
        assert terminal.wait_for_exit() == 5
        # The path of the file comes first, and where the terminal breaks the sentence depends on its length.
        assert "whichismain.filtersaswell" in "".join(terminal.text.split())
