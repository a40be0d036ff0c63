"""Leads that attack the terminal: nothing in them is obeyed, is hidden, or becomes markup.

The program shows an account of hostile leads and its harmless twin, in which whatever could be obeyed or hidden is the replacement
character already. What reaches the terminal must be the same for both, to the last control sequence.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from lead_tui.limits import DETAIL_REST
from tests.pty.harness import SEQUENCE, Terminal
from tests.pty.hostile import ATTACKS, MARKUP, sequences
from tests.pty.program import SIZES, TOKEN, Home, cursor_line
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import page

_DURATION = re.compile(r"[\d,]+ m?s\b.*")
"""How long an answer took, and the keys after it, as many as fit."""


def twin(text: str) -> str:
    """Return *text* with what a terminal could obey or hide replaced."""
    return "".join(
        "\ufffd" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character != "\n" else character
        for character in text
        if character not in "\u200c\u200d"
    )


FIELDS: tuple[str, ...] = (
    *("first_name", "phone_number", "alt_phone_1", "email", "status_name", "city", "state", "created_at", "last_called"),
    *("called_count", "gmt_offset_now", "carrier_name", "directory_name", "notes", "plan_sold"),
)
COUNT = 4
PAGING = {80: ("G", "g", "pagedown", "v", "pagedown", "v"), 120: ("G", "g", "v", "v")}
"""The keys that show all of a lead, by width; each changes what is shown."""


def leads(change: Callable[[str], str]) -> list[dict[str, str]]:
    """Return ``COUNT`` leads with each attack in several fields."""
    texts = [change(attack) for attack in (*ATTACKS, *MARKUP)]
    rows: list[dict[str, str]] = []
    for number in range(COUNT):
        here = [texts[(place + number * len(texts) // COUNT) % len(texts)] for place in range(len(texts))]
        rows.append(
            {
                "id": str(1_000_000 + number),
                "last_name": f"No {number}",
                "status": "NEW",
                **dict(zip(FIELDS, here, strict=False)),
                "remarks": "\n".join(here),
                **{f"key {text}": "value" for text in here[:4]},
            }
        )
    return rows


def answer_with(change: Callable[[str], str]) -> Callable[[Mapping[str, str]], tuple[int, bytes]]:
    rows = leads(change)
    return lambda parameters: page(rows[int(parameters["offset"]) :][: int(parameters["limit"])], total=len(rows))


def without_times(terminal: Terminal) -> str:
    """Return what is on the screen, where no lead has a local time."""
    return _DURATION.sub("", terminal.text)


def look_around(terminal: Terminal, expected: Sequence[str] = ()) -> list[str]:
    """Show every row and every field of every lead; return the screens on the way, without times.

    Waits for the *expected* text if it is known, else until the screen has changed and no more output comes.
    """
    screens: list[str] = []

    def take(before: str = "") -> None:
        if expected:
            with contextlib.suppress(AssertionError):
                terminal.wait_for(lambda t: without_times(t) == expected[len(screens)])
        else:
            terminal.wait_for(lambda t: without_times(t) != before)
            terminal.settle(2 * DETAIL_REST)
        screens.append(without_times(terminal))

    terminal.wait_for(f" Row 1 of {COUNT} ")
    terminal.settle()
    take()
    terminal.press("l")
    terminal.settle(0.1)
    terminal.press("enter")
    terminal.wait_for(" Lead 1000000 ")
    for number in range(COUNT):
        terminal.wait_for(f" Lead {1_000_000 + number} ")
        for key in PAGING[terminal.cells.columns]:
            before = without_times(terminal)
            terminal.press(key)
            take(before)
        terminal.press("]")
    return screens


@SIZES
def test_the_terminal_gets_the_same_for_hostile_leads_as_for_harmless_ones(home: Home, size: tuple[int, int]) -> None:
    shown: list[list[str]] = []
    written: list[bytes] = []
    for change in (str, twin):
        with ConvosoServer(answer_with(change)) as server, home.open(server, size=size) as terminal:
            shown.append(look_around(terminal, shown[0] if shown else ()))
            terminal.press("ctrl+q")
            assert terminal.wait_for_exit() == 0
            assert not terminal.clipboard
            # Only by then: at any other moment the last sequence may be there in part.
            written.append(bytes(terminal.raw))
    hostile, harmless = written
    assert shown[0] == shown[1]
    assert sequences(hostile) == sequences(harmless)
    left = SEQUENCE.sub(b"", hostile).decode()
    assert {character for character in left if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")} <= {
        "\r",
        "\n",
    }
    text = "\n".join(shown[0])
    for markup in MARKUP:
        assert markup.split()[0][:14] in text, markup


def test_the_servers_error_message_is_shown_as_text(home: Home) -> None:
    attack = "".join(ATTACKS[:-2]) + MARKUP[0]
    for told in (attack, twin(attack)):
        with ConvosoServer(answer_with(str)) as server:
            server.always = faults.application_error(7000, told)
            with home.open(server) as terminal:
                terminal.wait_for("! ")
                terminal.settle()
                assert "\ufffd[31mred\ufffd[0m" in terminal.text
                terminal.press("q")
                assert terminal.wait_for_exit() == 0
                assert not terminal.clipboard
                assert b"\x1b[31mred" not in terminal.raw
                assert b"\x1b]52" not in terminal.raw
                assert not re.search("[\x80-\x9f\u202e\u200b]", terminal.raw.decode())


def test_a_received_saved_query_is_text(home: Home) -> None:
    name = "\\u001b]52;c;cm0gLXJmIH4=\\u0007[@click=app.quit]x[/] \\u202egnp"
    home.write("queries.toml", f'schema = 1\n\n[[query]]\nname = "{name}"\nfilters = {{ state = "CA" }}\nkey = "1"\n')
    with ConvosoServer(answer_with(twin)) as server, home.open(server) as terminal:
        terminal.wait_for(" Row 1 of ")
        terminal.settle()
        terminal.press("o")
        terminal.wait_for("]52;c;")
        terminal.press("1")
        terminal.wait_for(lambda t: "52;c;" in t.lines[0] and "[@click=app.quit]x[/]" in t.lines[0])
        terminal.wait_for(lambda t: bool(cursor_line(t)))
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
        assert not terminal.clipboard
        assert b"\x1b]52" not in terminal.raw
        assert "\u202e" not in terminal.raw.decode()
        assert TOKEN.encode() not in terminal.raw
