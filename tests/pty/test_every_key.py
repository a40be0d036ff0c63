"""Every key of the main screen's panes, pressed in the running program at both sizes: each does what the catalogue says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, Pane
from tests.pty.harness import Terminal
from tests.pty.program import MILLION, NARROW, WIDE, Home, at_row, cursor_line, start, title, wait_for_row, written
from tests.pty.walk import HERE, OF_THE_MAIN_SCREEN, OTHER_NAMES, Step, Walk, shows, try_key
from tests.servers.convoso_server import ConvosoServer

FOUND = 10_001
NUMBER = "3010010000"

_TITLES = re.compile(r"│  (Name  .*?)│")


def _moves_to(*rows: Callable[[Walk], int]) -> Step:
    def step(walk: Walk, key: str) -> None:
        wanted = [at(walk) for at in rows]
        walk.press(key)
        walk.wait(lambda t: any(at_row(row) in t.text and written(row) in cursor_line(t) for row in wanted))

    return step


def _columns(walk: Walk, key: str) -> None:
    def header(t: Terminal) -> object:
        # The widths depend on what is in view.
        return _TITLES.findall(t.text)[0].split()

    def press_and_see(pressed: str) -> None:
        before = header(walk.terminal)
        walk.press(pressed)
        walk.wait(lambda t: header(t) != before)

    at_first = header(walk.terminal)
    away, home = ("l", key) if key in ("left", "h") else (key, "h")
    press_and_see(away)
    press_and_see(home)
    walk.wait(lambda t: header(t) == at_first)


def _asks(label: str) -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.press(key)
        walk.wait_for_question(label)

    return step


def _from_an_input(label: str) -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.open_filters()
        walk.press(key)
        walk.wait_for_question(label)

    return step


def _stop(walk: Walk, key: str) -> None:
    # What is read ahead would be canceled.
    walk.requests_so_far()
    walk.press(key)
    walk.terminal.wait_for("Nothing to cancel")


def _filters(walk: Walk, key: str) -> None:
    assert not walk.field
    walk.press(key)
    walk.wait(lambda t: bool(walk.field))
    assert "Filters" in walk.terminal.text


def _again(walk: Walk, key: str) -> None:
    walk.search_again(key)
    wait_for_row(walk.terminal, HERE)


def _auto_refresh(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("every 30 s")
    walk.press(key)
    walk.terminal.wait_for("Automatic refresh off")


def _back(walk: Walk, key: str) -> None:
    walk.press("/")
    walk.wait_for_question("Look up")
    walk.send(f"{NUMBER}\r")
    walk.terminal.wait_for(title(FOUND))
    walk.press("escape")
    walk.wait(lambda t: at_row(1, 1) in t.text)
    asked = walk.requests_so_far()
    walk.press(key)
    wait_for_row(walk.terminal, HERE)
    assert len(walk.server.requests) == asked


def _clear(walk: Walk, key: str) -> None:
    walk.open_filters()
    walk.press("ctrl+f")
    walk.terminal.wait_for("part of its name")
    walk.send("email\r")
    walk.wait_for_field("Email")
    walk.send("a@x.io")
    walk.wait(lambda t: walk.field.endswith("a@x.io"))
    walk.press("escape")
    walk.wait(lambda t: not walk.field)
    walk.press(key)
    walk.terminal.settle(0.1)
    walk.open_filters()
    walk.wait(lambda t: "a@x.io" not in t.text)


def _next_lead(by: int) -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.open_detail()
        walk.press(key)
        walk.terminal.wait_for(title(HERE + by))
        walk.terminal.wait_for(at_row(HERE + by))

    return step


def _next_pane(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for(title(HERE))
    walk.wait_for_field("Phone ")


def _previous_pane(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.wait(lambda t: "ctrl+f" in t.text or bool(walk.field))
    assert walk.wide or title(HERE) not in walk.terminal.text


def _escape(walk: Walk, key: str) -> None:
    walk.open_detail()
    walk.press(key)
    walk.wait(lambda t: not walk.field and (walk.wide or title(HERE) not in t.text))
    walk.press(key)
    walk.press("j")
    wait_for_row(walk.terminal, HERE + 1)


def _quit(walk: Walk, key: str) -> None:
    walk.open_detail()
    if walk.wide:
        walk.press("escape")
    else:
        walk.press(key)
    walk.wait(lambda t: not walk.field)
    walk.press("j")
    wait_for_row(walk.terminal, HERE + 1)


def _forward(walk: Walk, key: str) -> None:
    walk.send(f"/{NUMBER}\r")
    walk.terminal.wait_for(f"look-up {NUMBER}")
    walk.terminal.wait_for(title(FOUND))
    walk.press("b")
    wait_for_row(walk.terminal, HERE)
    walk.press(key)
    walk.terminal.wait_for(f"look-up {NUMBER}")
    walk.press("b")
    wait_for_row(walk.terminal, HERE)


def _mark(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("1 marked")
    walk.wait(lambda t: "│* " in t.text)
    wait_for_row(walk.terminal, HERE + 1)


def _open_detail(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for(title(HERE))
    walk.wait(lambda t: bool(walk.field))
    walk.press("escape")
    walk.wait(lambda t: not walk.field)


def _detail(step: Callable[[Walk, str], None]) -> Step:
    def in_the_detail(walk: Walk, key: str) -> None:
        walk.open_detail()
        step(walk, key)

    return in_the_detail


def _goes_to_field(beginning: str) -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.press(key)
        walk.wait_for_field(beginning)

    return step


def _field_up(walk: Walk, key: str) -> None:
    walk.press("down")
    walk.wait_for_field("Phone 2")
    walk.press(key)
    walk.wait_for_field("Phone ")


def _leaves_the_first_fields(walk: Walk, key: str) -> None:
    walk.press(key)
    # The last of a field's lines has no label.
    walk.wait(lambda t: not walk.field.startswith("Phone"))


def _field_page_up(walk: Walk, key: str) -> None:
    walk.press("ctrl+d")
    walk.wait(lambda t: not walk.field.startswith("Phone"))
    walk.press(key)
    walk.wait(lambda t: "─ Phones ─" in t.text)


def _field_top(walk: Walk, key: str) -> None:
    walk.press("G")
    walk.wait(lambda t: not walk.field.startswith("Phone"))
    walk.press(key)
    walk.wait_for_field("Phone ")


def _previous_group(walk: Walk, key: str) -> None:
    walk.press("}")
    walk.wait_for_field("First name")
    walk.press("j")
    walk.wait_for_field("Last name")
    walk.press(key)
    walk.wait_for_field("First name")


def _copies(text: str) -> Step:
    def step(walk: Walk, key: str) -> None:
        before = len(walk.terminal.clipboard)
        walk.press(key)
        walk.wait(lambda t: len(t.clipboard) == before + 1)
        walk.terminal.wait_for(text)

    return step


def _toggle_column(walk: Walk, key: str) -> None:
    walk.press("down")
    walk.press(key)
    walk.terminal.wait_for("Column Phone 2 added")
    walk.press(key)
    walk.terminal.wait_for("Column Phone 2 removed")


def _toggle_empty(walk: Walk, key: str) -> None:
    assert "Phone 2" in walk.terminal.text
    walk.press(key)
    walk.wait(lambda t: " hidden " in t.text)
    walk.press(key)
    walk.wait(lambda t: " hidden " not in t.text)


def _check_do_not_call(walk: Walk, key: str) -> None:
    not_listed = b'{"success": false, "code": 6003, "text": "Phone Number Not Found"}'
    walk.server.sections["dnc/search"] = lambda _: (200, not_listed)
    shows("DNC list: not listed (checked ")(walk, key)


def _toggle_raw(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.wait(lambda t: "phone_number" in t.text)
    walk.press(key)
    walk.wait(lambda t: "phone_number" not in t.text)


def _find_field(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.wait_for_question("Field")
    walk.send("field_84\r")
    walk.wait_for_field("field_84")


def _find_again(forward: str = "") -> Step:
    def step(walk: Walk, key: str) -> None:
        walk.press("F")
        walk.wait_for_question("Field")
        walk.send("field_\r")
        walk.wait_for_field("field_3")
        if forward:
            walk.press(KEY_BY_ID[forward].keys[0])
            walk.wait_for_field("field_84")
        walk.press(key)
        walk.wait_for_field("field_3" if forward else "field_84")

    return step


def _same_value(walk: Walk, key: str) -> None:
    walk.press("}")
    walk.wait_for_field("First name")
    asked = walk.requests_so_far()
    walk.press(key)
    found = walk.server.wait_for_requests(asked + 1)[asked]
    assert found.get("first_name") == "Dana"
    walk.terminal.wait_for(at_row(1, MILLION // 10))
    walk.press("b")
    wait_for_row(walk.terminal, HERE)


def _reveal(walk: Walk, key: str) -> None:
    assert "EXAMPLE WIRELESS" not in walk.terminal.text
    walk.press(key)
    walk.terminal.wait_for("EXAMPLE WIRELESS")


def _in_filters(step: Callable[[Walk, str], None]) -> Step:
    def in_the_filters(walk: Walk, key: str) -> None:
        walk.open_filters()
        walk.press("ctrl+f")
        walk.terminal.wait_for("part of its name")
        walk.send("last name\r")
        walk.wait_for_field("Last name")
        step(walk, key)

    return in_the_filters


def _search(walk: Walk, key: str) -> None:
    walk.send("Stone")
    walk.wait(lambda t: "Stone" in walk.field)
    asked = walk.requests_so_far()
    walk.press(key)
    walk.terminal.wait_for(at_row(1, MILLION // 4))
    assert walk.server.requests[asked].get("last_name") == "Stone"
    walk.press("b")
    wait_for_row(walk.terminal, HERE)


def _take(walk: Walk, key: str) -> None:
    walk.press("ctrl+f")
    walk.terminal.wait_for("part of its name")
    walk.send("status\r")
    walk.wait_for_field("Status")
    walk.send("NE")
    walk.terminal.wait_for("│ NEW ")
    walk.press(key)
    asked = walk.requests_so_far()
    walk.press("enter")
    assert walk.server.wait_for_requests(asked + 1)[asked].get("status") == "NEW"
    walk.terminal.wait_for(at_row(1, MILLION // 5))
    walk.press("b")
    wait_for_row(walk.terminal, HERE)


def _empty(walk: Walk, key: str) -> None:
    walk.send("Xyz")
    walk.wait(lambda t: "Xyz" in walk.field)
    walk.press(key)
    walk.wait(lambda t: "Xyz" not in walk.field)


def _find_filter(walk: Walk, key: str) -> None:
    walk.press(key)
    walk.terminal.wait_for("part of its name")
    walk.send("city\r")
    walk.wait_for_field("City")


def _leave_filters(walk: Walk, key: str) -> None:
    walk.send("Xyz")
    walk.wait(lambda t: "Xyz" in walk.field)
    walk.press(key)
    walk.wait(lambda t: not walk.field and bool(cursor_line(t)))
    walk.press("f")
    walk.terminal.wait_for("Xyz")
    walk.press("escape")
    walk.wait(lambda t: not walk.field)
    walk.press("C")


def _redraw(walk: Walk, key: str) -> None:
    before = walk.terminal.text
    walk.terminal.cells.erase_in_display(2)
    walk.press(key)
    walk.wait(lambda t: t.text == before)


STEPS: Mapping[str, Step] = {
    "app.look_up_anywhere": _from_an_input("Look up"),
    "app.help": shows("─ Keys: table ─"),
    "app.command_palette": shows("Type a command"),
    "app.redraw": _redraw,
    "app.stop": _stop,
    "main.look_up": _asks("Look up"),
    "main.filters": _filters,
    "main.go_to_row": _asks("Row"),
    "main.again": _again,
    "main.auto_refresh": _auto_refresh,
    "main.back": _back,
    "main.forward": _forward,
    "main.recent": shows("Recent look-ups and searches"),
    "main.save_query": _asks("Save as"),
    "main.open_query": shows("Saved queries"),
    "main.copy_phone": _copies(written(HERE)),
    "main.copy_email": _copies("Sent to clipboard: "),
    "main.copy": shows("clipboard"),
    "main.columns": shows("─ Columns ·"),
    "main.mark": _mark,
    "main.mark_all": shows("again marks all loaded"),
    "main.unmark_all": shows("unmarked"),
    "main.count": shows("─ Count by Status ─"),
    "main.export": shows("Export which leads?"),
    "main.narrow": shows("Load up to 200,000"),
    "main.sort": shows("Load up to 200,000"),
    "main.clear_filters": _clear,
    "main.next_lead": _next_lead(1),
    "main.previous_lead": _next_lead(-1),
    "main.help": shows("─ Keys: table ─"),
    "main.next_pane": _next_pane,
    "main.previous_pane": _previous_pane,
    "main.escape": _escape,
    "main.quit": _quit,
    "table.open_detail": _open_detail,
    "table.down": _moves_to(lambda walk: HERE + 1),
    "table.up": _moves_to(lambda walk: HERE - 1),
    "table.page_down": _moves_to(lambda walk: HERE + walk.page - 1, lambda walk: HERE + walk.page),
    "table.page_up": _moves_to(lambda walk: HERE - walk.page + 1, lambda walk: HERE - walk.page),
    "table.half_page_down": _moves_to(lambda walk: HERE + (walk.page - 1) // 2),
    "table.half_page_up": _moves_to(lambda walk: HERE - (walk.page - 1) // 2),
    "table.top": _moves_to(lambda walk: 1),
    "table.bottom": _moves_to(lambda walk: MILLION),
    "table.left": _columns,
    "table.right": _columns,
    "filters.search": _in_filters(_search),
    "filters.next_field": _in_filters(_goes_to_field("Email")),
    "filters.previous_field": _in_filters(_goes_to_field("First name")),
    "filters.next_group": _in_filters(_goes_to_field("Phone ")),
    "filters.previous_group": _in_filters(_goes_to_field("First name")),
    "filters.first_field": _in_filters(_goes_to_field("Look up")),
    "filters.last_field": _in_filters(_goes_to_field("name=value")),
    "filters.take": _in_filters(_take),
    "filters.empty": _in_filters(_empty),
    "filters.find": _in_filters(_find_filter),
    "filters.leave": _in_filters(_leave_filters),
    "detail.cursor_down": _detail(_goes_to_field("Phone 2")),
    "detail.cursor_up": _detail(_field_up),
    "detail.page_down": _detail(_leaves_the_first_fields),
    "detail.page_up": _detail(_field_page_up),
    "detail.half_page_down": _detail(_leaves_the_first_fields),
    "detail.half_page_up": _detail(_field_page_up),
    "detail.next_group": _detail(_goes_to_field("First name")),
    "detail.previous_group": _detail(_previous_group),
    "detail.top": _detail(_field_top),
    "detail.bottom": _detail(_leaves_the_first_fields),
    "detail.copy_field": _detail(_copies(written(HERE))),
    "detail.toggle_empty": _detail(_toggle_empty),
    "detail.toggle_raw": _detail(_toggle_raw),
    "detail.find": _detail(_find_field),
    "detail.find_next": _detail(_find_again()),
    "detail.find_previous": _detail(_find_again("detail.find_next")),
    "detail.check_do_not_call": _detail(_check_do_not_call),
    "detail.history": _detail(shows("─ History of ")),
    "detail.toggle_column": _detail(_toggle_column),
    "detail.same_value": _detail(_same_value),
    "detail.reveal": _detail(_reveal),
}
"""What each key does. ``app.leave`` is pressed last; ``app.suspend_process`` needs a shell and ``app.open_call`` an incoming call:
both have separate tests."""


def test_there_is_a_step_for_every_key_of_the_panes() -> None:
    of_panes = {key.id for key in CATALOGUE if key.pane in OF_THE_MAIN_SCREEN}
    assert of_panes - set(STEPS) - {"app.leave", "app.suspend_process", "app.open_call"} == set()


@OTHER_NAMES
@pytest.mark.parametrize(
    ("size", "panes"),
    [
        # With one pane in view; with three, as in the app's tests without a terminal, only with -m long.
        (NARROW, (Pane.TABLE, Pane.DETAIL)),
        (NARROW, (Pane.FILTERS,)),
        (NARROW, (Pane.APP, Pane.MAIN)),
        pytest.param(WIDE, (Pane.TABLE, Pane.FILTERS, Pane.DETAIL), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_every_key_does_what_it_says(
    home: Home, server: ConvosoServer, size: tuple[int, int], panes: tuple[Pane, ...], names: slice
) -> None:
    home.write("config.toml", '[pace]\nrequests_per_second = 0\n[mask]\nfields = ["carrier_name"]\n')
    with start(home, server, size=size) as terminal:
        walk = Walk(terminal, server)
        for key in CATALOGUE:
            if key.pane in panes and key.id in STEPS:
                for each in key.keys[names]:
                    if key.pane is Pane.TABLE:
                        walk.go_here()
                    else:
                        walk.back_to_the_table()
                    try_key(key, each, STEPS[key.id], walk)
        walk.back_to_the_table()
        walk.open_filters()
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
