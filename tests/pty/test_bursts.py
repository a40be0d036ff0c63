"""Keys that arrive faster than they are handled, as from scripts and fast typists: each goes where the one before leads."""

from __future__ import annotations

from collections.abc import Mapping

from tests.pty.program import SIZES, WIDE, Home, position, start, title, wait_for_row
from tests.servers.convoso_server import ConvosoServer

ESC = "\x1b"


BURSTS: Mapping[str, int] = {
    "jjjk": 3,
    ":77\rj": 78,
    ":5\r:9\r": 9,
    f"\r{ESC}jj": 3,
    f"/301{ESC}jj": 3,
    f"w{ESC}jj": 3,
    f":12{ESC}jj": 3,
    f"5{ESC}jj": 3,
    f"f{ESC}jj": 3,
    f"fDana{ESC}jj": 3,
    f"?{ESC}jj": 3,
    f"o{ESC}jj": 3,
    f"x\r{ESC}jj": 3,
    f"Y{ESC}jj": 3,
    f"c{ESC}jj": 3,
    f"\rGg{ESC}jj": 3,
    f"\rFZIP\r{ESC}jj": 3,
    "?qjj": 3,
    "oqjj": 3,
    f"f5{ESC}{ESC}jj": 3,
    f"f{ESC}{ESC}:6\rjk": 6,
    f"\x10q{ESC}jj": 3,
    f"fx\x1bOQ{ESC}{ESC}:6\rj": 7,
    f"{ESC}{ESC}jj": 3,
    ":500000\rjj": 500_002,
}
"""What is typed at once in the first row, and the row where that ends."""


@SIZES
def test_each_key_of_a_burst_goes_where_the_one_before_leads(home: Home, server: ConvosoServer, size: tuple[int, int]) -> None:
    with start(home, server, size=size) as terminal:
        ended: dict[str, int] = {}
        for burst, row in BURSTS.items():
            terminal.send(burst)
            try:
                wait_for_row(terminal, row)
            except AssertionError as error:
                error.add_note(f"after {burst!r}")
                raise
            # The row may have been one on the way; by then the next move is visible.
            terminal.settle(0.03)
            ended[burst] = position(terminal)[0]
            terminal.send(f"{ESC}g")
            wait_for_row(terminal, 1)
        assert ended == BURSTS
        terminal.send(f"{ESC}q")
        assert terminal.wait_for_exit() == 0


def test_a_whole_visit_in_one_write(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.send(f":4321\r\rG{ESC}wFar down\rjjq")
        assert terminal.wait_for_exit() == 0
    assert 'name = "Far down"' in home.queries_file.read_text()


def test_a_key_in_the_detail_that_asks_for_text_has_the_text_that_follows_at_once(home: Home, server: ConvosoServer) -> None:
    with start(home, server) as terminal:
        terminal.send("\rFfield_3\r")
        terminal.wait_for("▌field_3 ")
        terminal.send(f"{ESC}q")
        assert terminal.wait_for_exit() == 0


def test_a_click_after_an_answer_waits_as_the_keys_after_it_do(home: Home, server: ConvosoServer) -> None:
    """The message takes the focus from the prompt, so the keys would no longer wait for the result of the answer."""
    with start(home, server, size=WIDE) as terminal:
        terminal.send(f"/jane public\r\x1b[<0;78;9M\x1b[<0;78;9m:{ESC}wa 7\r")
        terminal.wait_for("Saved as a 7")
        assert terminal.lines[0].endswith("look-up jane public")
        terminal.send(f"{ESC}q")
        assert terminal.wait_for_exit() == 0


def test_a_key_that_means_nothing_in_a_filter_keeps_its_place_among_those_after_it(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE) as terminal:
        terminal.send("f\t\x1bOQ")
        terminal.wait_for("phone · email")
        terminal.settle()
        terminal.send("#1000041\r")
        terminal.wait_for(title(42))
        terminal.send(f"{ESC}q")
        assert terminal.wait_for_exit() == 0


def test_with_the_prompt_left_open_for_the_table_keys_keep_their_order(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=WIDE) as terminal:
        terminal.send("/jane")
        terminal.wait_for("jane ")
        terminal.send("\x1b[<0;78;9M\x1b[<0;78;9m")
        wait_for_row(terminal, 6)
        terminal.send("wa 7\r")
        terminal.wait_for("Saved as a 7")
        terminal.send(f"{ESC}q")
        assert terminal.wait_for_exit() == 0
