"""Every key of the dialogs, pressed in the running program: each does what the catalogue says."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lead_tui.keys.catalogue import CATALOGUE, Pane
from tests.pty.program import MILLION, NARROW, Home, at_row, question, wait_for_row
from tests.pty.walk import HERE, OF_THE_MAIN_SCREEN, OTHER_NAMES, Step, Walk, shows, try_key
from tests.servers import faults
from tests.servers.convoso_server import ConvosoServer

SAVED = 40
"""Saved queries: more than a screen of them. The first ten have a digit each."""

QUERIES = "".join(
    f'[[query]]\nname = "Query {number:02}"\n'
    + (f'key = "{number % 10}"\n' if number <= 10 else "")
    + '[query.filters]\nfirst_name = "Dana"\n\n'
    for number in range(1, SAVED + 1)
)

CALLS = (Path(__file__).parents[1] / "samples" / "44_log_retrieve_by_lead.json").read_bytes().replace(b"700102", b"1000500")

FOUND = MILLION // 10
"""Leads that such a query finds."""

_WIDTH = re.compile(r" (\d+)(\*?) ")


def _open(key: str, title: str, marked: str = "") -> Callable[[Walk], None]:
    """Open with *key*, until *title* is in view, and *marked* is marked."""

    def open_it(walk: Walk) -> None:
        walk.press(key)
        walk.terminal.wait_for(title)
        if marked:
            walk.wait_for_marked(marked)

    return open_it


def _open_confirm(walk: Walk) -> None:
    walk.send("wQuery 40\r")
    walk.terminal.wait_for("Overwrite the saved query")
    walk.wait_for_marked("keep")


def _open_offer(walk: Walk) -> None:
    # Refreshing releases what was loaded for another key.
    walk.search_again("r")
    walk.press("s")
    walk.terminal.wait_for("Load up to 200,000")


def _open_sorting(walk: Walk) -> None:
    _open_offer(walk)
    walk.press("l")
    walk.terminal.wait_for("─ Sort by ─")
    walk.wait_for_marked("Name")


def _open_history(walk: Walk) -> None:
    walk.server.sections["log/retrieve"] = lambda _: (200, CALLS)
    walk.open_detail()
    walk.press("h")
    walk.terminal.wait_for("Requested Callback")


def _copies_recording(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("Sent to clipboard: https://recordings.example.invalid/")


def _reads_older(walk: Walk, key: str) -> None:
    assert "last 90 days" in walk.terminal.text
    walk.press(key)
    walk.wait(lambda t: "last 90 days" not in t.text and "reading" not in t.text)
    assert "Requested Callback" in walk.terminal.text


def _open_copy_menu(walk: Walk) -> None:
    walk.press("M")
    walk.terminal.wait_for(" marked ")
    _open("Y", "Lead as JSON", "Phone")(walk)


def _open_export(walk: Walk) -> None:
    walk.press("M")
    walk.terminal.wait_for(" marked ")
    walk.press("x")
    walk.terminal.wait_for("Export which leads?")


def _count(walk: Walk, column: str = "") -> None:
    walk.press("t")
    walk.terminal.wait_for("─ Count by Status ─")
    if column:
        walk.press("slash")
        walk.terminal.wait_for("Count by which field?")
        walk.send(f"{column[:3]}\r")
        walk.terminal.wait_for(f"─ Count by {column} ─")


OPENED: Mapping[Pane, Callable[[Walk], None]] = {
    Pane.DIALOG: _open("c", "─ Columns ·", "Name"),
    Pane.CONFIRM: _open_confirm,
    Pane.QUERIES: _open("o", "Saved queries", "Query 01"),
    Pane.COLUMNS: _open("c", "─ Columns ·", "Name"),
    Pane.COPY: _open_copy_menu,
    Pane.OFFER: _open_offer,
    Pane.EXPORT: _open_export,
    Pane.SORTING: _open_sorting,
    Pane.LIST: lambda walk: _count(walk, "Phone"),
    Pane.COUNT: _count,
    Pane.HISTORY: _open_history,
    Pane.RECENT: _open("H", "Recent look-ups and searches", "all leads"),
}
"""How each dialog is opened from the table."""


def _closes(title: str) -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.press(key)
        walk.wait(lambda t: title not in t.text)

    return step


def _marks(part: str, after: tuple[str, ...] = ()) -> Step:
    """The key marks what contains *part*, *after* others were pressed."""

    def step(walk: Walk, key: str) -> None:
        for each in after:
            before = walk.marked
            walk.press(each)
            walk.wait(lambda t, before=before: walk.marked not in ("", before))  # type: ignore[misc]
        assert part not in walk.marked
        walk.press(key)
        walk.wait_for_marked(part)

    return step


def _pages(walk: Walk, key: str) -> None:
    before = walk.terminal.lines
    walk.press(key)
    # More than a line further: what is marked was below the middle, or not in view.
    walk.wait(lambda t: bool(walk.marked) and not any(walk.marked[:20] in line for line in before[: len(before) // 2]))


def _saves(yes: bool, before: tuple[str, ...] = ()) -> Step:
    def step(walk: Walk, key: str) -> None:
        for each in before:
            walk.press(each)
        walk.press(key)
        walk.wait(lambda t: "Overwrite" not in t.text)
        if yes:
            walk.terminal.wait_for("Saved as Query 40")
        else:
            walk.send("j")
            wait_for_row(walk.terminal, HERE + 1)
            assert "Saved as" not in walk.terminal.text

    return step


# Saved queries


def _runs(number: int) -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.press(key)
        walk.terminal.wait_for(f" Query {number or int(key) or 10:02} ")
        walk.terminal.wait_for(at_row(1, FOUND))
        walk.press("b")
        wait_for_row(walk.terminal, HERE)

    return step


def _rename(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("esc cancel")
    walk.press("end")
    walk.send("x\r")
    walk.terminal.wait_for("Query 01x ")
    walk.press(key)
    walk.terminal.wait_for("esc cancel")
    walk.press("end")
    walk.send("\x7f\r")
    walk.wait(lambda t: "Query 01x" not in t.text and "Query 01 " in t.text)


def _delete(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("Delete the saved query")
    walk.press("n")
    walk.wait(lambda t: "Delete the saved query" not in t.text)
    assert "Query 01 " in walk.terminal.text


def _undo(walk: Walk, key: str) -> None:
    # The last one: a query is restored at the end.
    walk.press("end")
    walk.wait_for_marked("Query 40")
    walk.send("dy")
    walk.wait(lambda t: "Query 40 " not in t.text and "of 39" in t.text)
    walk.press(key)
    walk.wait(lambda t: "Query 40 " in t.text and "of 40" in t.text)


def _start(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for(re.compile(r"Query 01 .* start "))
    walk.press(key)
    walk.wait(lambda t: not re.search(r"Query 01 .* start ", t.text))


def _give_digit(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("Shortcut for “Query 01”")
    walk.send("1")
    walk.wait(lambda t: not re.search(r" 1  Query 01", t.text))
    walk.send(f"{key}1")
    walk.wait(lambda t: re.search(r" 1  Query 01", t.text) is not None)


# Columns


def _toggle_column(walk: Walk, key: str) -> None:
    walk.wait_for_marked("[x] Name")
    walk.press(key)
    walk.wait_for_marked("[ ] Name")


def _moves_column(by: int) -> Step:
    def step(walk: Walk, key: str) -> None:
        def first_two(t: object) -> list[str]:
            return re.findall(r"\[x\] (Name|Phone) ", walk.terminal.text)

        assert first_two(None) == ["Name", "Phone"]
        if by < 0:
            walk.press("down")
            walk.wait_for_marked("Phone")
        walk.press(key)
        walk.wait(lambda t: first_two(t) == ["Phone", "Name"])
        assert ("Name" if by > 0 else "Phone") in walk.marked

    return step


def _width(walk: Walk) -> tuple[int, bool]:
    found = _WIDTH.search(walk.marked)
    return (int(found[1]), bool(found[2])) if found else (0, False)


def _widens(by: int) -> Step:
    def step(walk: Walk, key: str) -> None:
        before, _ = _width(walk)
        walk.press(key)
        walk.wait(lambda t: _width(walk) == (before + by, True))

    return step


def _own_width(walk: Walk, key: str) -> None:
    before, _ = _width(walk)
    walk.press("l")
    walk.wait(lambda t: _width(walk)[1])
    walk.press(key)
    walk.wait(lambda t: _width(walk) == (before, False))


def _use_columns(walk: Walk, key: str) -> None:
    walk.press("space")
    walk.wait_for_marked("[ ] Name")
    walk.press(key)
    walk.wait(lambda t: "─ Columns ·" not in t.text and "│  Name" not in t.text)
    walk.press("c")
    walk.terminal.wait_for("─ Columns ·")
    walk.send("R\r")
    walk.wait(lambda t: "─ Columns ·" not in t.text and "│  Name" in t.text)


def _reset(walk: Walk, key: str) -> None:
    _toggle_column(walk, "space")
    walk.press(key)
    walk.terminal.wait_for("[x] Name")


# Copying


def _sends(count: int = 1) -> Step:
    def step(walk: Walk, key: str) -> None:
        before = len(walk.terminal.clipboard)
        walk.press(key)
        walk.wait(lambda t: "Copy to the terminal's clipboard" not in t.text)
        if count:
            walk.wait(lambda t: len(t.clipboard) == before + count)
        else:
            walk.terminal.wait_for("Not copied")
            assert len(walk.terminal.clipboard) == before

    return step


# The offer, and sorting


def _loads(then: str) -> Step:
    """The key begins to load all; after canceling, the leads received lead to *then*."""

    def step(walk: Walk, key: str) -> None:
        released = threading.Event()
        walk.server.fault_for = lambda asked: faults.held(released) if int(asked["offset"]) >= 10_000 else None
        walk.press(key)
        walk.terminal.wait_for(re.compile(r" [1-9][\d,]+ of 200,000 .* ctrl\+c cancel"))
        walk.press("escape")
        walk.terminal.wait_for(then)
        walk.server.fault_for = lambda asked: None
        released.set()

    return step


def _asks_where(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.wait_for_question("Save as")


def _sorts_by_name(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("sorted by Name ↑")
    walk.press("escape")
    wait_for_row(walk.terminal, HERE)


def _orders(walk: Walk) -> list[str]:
    return re.findall(r"([↑↓] \d\b)", walk.terminal.text)


def _turn(walk: Walk, key: str) -> None:
    for order in (["↑ 1"], ["↓ 1"], []):
        walk.press(key)
        walk.wait(lambda t, order=order: _orders(walk) == order)  # type: ignore[misc]


def _clear_order(walk: Walk, key: str) -> None:
    walk.send("12")
    walk.wait(lambda t: _orders(walk) == ["↑ 1", "↑ 2"])
    walk.press(key)
    walk.wait(lambda t: not _orders(walk))


# Counts


def _filters_by_value(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("Status: Requested Callback · b back")
    walk.terminal.wait_for(at_row(1, MILLION // 5))
    walk.press("b")
    wait_for_row(walk.terminal, HERE)


def _counts_by(column: str) -> Step:
    return shows(f"─ Count by {column} ─")


_FIRST_PHONE, _SECOND_PHONE = "(301) 000-0000", "(301) 000-0001"

STEPS: Mapping[str, Step] = {
    "dialog.help": shows("─ Keys: columns ─"),
    "dialog.close": _closes("─ Columns ·"),
    "confirm.yes": _saves(True),
    "confirm.no": _saves(False),
    "confirm.choose": _saves(False),
    "confirm.next_answer": _marks("overwrite"),
    "confirm.previous_answer": _marks("overwrite"),
    "queries.run": _runs(1),
    "queries.run_digit": _runs(0),
    "queries.search": shows("esc show all"),
    "queries.rename": _rename,
    "queries.delete": _delete,
    "queries.undo": _undo,
    "queries.start": _start,
    "queries.give_digit": _give_digit,
    "columns.apply": _use_columns,
    "columns.mark": _toggle_column,
    "columns.move_down": _moves_column(1),
    "columns.move_up": _moves_column(-1),
    "columns.wider": _widens(1),
    "columns.narrower": _widens(-1),
    "columns.automatic": _own_width,
    "columns.scope": shows("for this search only"),
    "columns.reset": _reset,
    "columns.search": shows("Search "),
    "copy.phone": _sends(),
    "copy.field": _sends(0),
    "copy.lead": _sends(),
    "copy.search": _sends(),
    "copy.row": _sends(),
    "copy.text": _sends(),
    "copy.template": _sends(),
    "copy.marked_phones": _sends(),
    "copy.marked_ids": _sends(),
    "copy.marked_rows": _sends(),
    # The 600 marked leads are more than a clipboard takes.
    "copy.marked_json": _sends(0),
    "copy.marked_template": _sends(),
    "copy.format": shows("Row as text"),
    "copy.choose": _sends(),
    "copy.next": _marks("Field"),
    "copy.previous": _marks("Phone", after=("down",)),
    "offer.all": _loads("─ Sort by ─"),
    "offer.loaded": shows("─ Sort by ─"),
    "export.first": _asks_where,
    "export.marked": _asks_where,
    "export.all": _asks_where,
    "export.loaded": _asks_where,
    "export.columns": shows("With the table's columns"),
    "sorting.apply": _sorts_by_name,
    "sorting.turn_digit": _turn,
    "sorting.turn": _turn,
    "sorting.clear": _clear_order,
    "list.down": _marks(_SECOND_PHONE),
    "list.up": _marks(_FIRST_PHONE, after=("down",)),
    "list.page_down": _pages,
    "list.page_up": _marks(_FIRST_PHONE, after=("pagedown",)),
    "list.top": _marks(_FIRST_PHONE, after=("down", "down")),
    "list.bottom": _pages,
    "history.copy_recording": _copies_recording,
    "history.older": _reads_older,
    "recent.open": _closes("Recent look-ups and searches"),
    "count.filter": _filters_by_value,
    "count.next_field": _counts_by("List"),
    "count.previous_field": _counts_by("field_84"),
    "count.find_field": shows("Count by which field?"),
    "count.load_all": _loads("loaded of 1,000,000"),
}
"""What each key should do."""


def test_there_is_a_step_for_every_key_of_the_dialogs() -> None:
    assert {key.id for key in CATALOGUE if key.pane in OPENED} == set(STEPS)
    assert {*OPENED, *OF_THE_MAIN_SCREEN} == set(Pane)


@OTHER_NAMES
@pytest.mark.parametrize("pane", OPENED, ids=lambda pane: pane.value)
def test_every_key_of_a_dialog_does_what_it_says(home: Home, server: ConvosoServer, pane: Pane, names: slice) -> None:
    home.write("config.toml", "[pace]\nrequests_per_second = 0\n[copy]\ntemplate = '{name}, {phone}'\n")
    home.write("queries.toml", QUERIES)
    with home.open(server, size=NARROW) as terminal:
        wait_for_row(terminal, 1)
        walk = Walk(terminal, server)
        for key in CATALOGUE:
            if key.pane is pane:
                for name in key.keys[names]:
                    walk.back_to_the_table()
                    OPENED[pane](walk)
                    try_key(key, name, STEPS[key.id], walk)
        walk.back_to_the_table()
        assert not question(terminal, "Look up")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
