"""The lead's custom attributes on the screen: all of them, under their own heading, whatever text they contain."""

from __future__ import annotations

from collections.abc import Mapping

from tests.pty.harness import Terminal
from tests.pty.program import SIZES, Home, cursor_line, leave
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import Answer, page

LONG = "".join(f"{number:04d} " for number in range(400))
"""2,000 characters, in words that show their position."""

CUSTOM: Mapping[str, str] = {
    "plan_sold": "[bold]Gold[/bold] PPO",
    "crashing": "[/nope] [@click=app.quit]quit[/]",
    "remarks": "first line\nsecond line\n\nfourth line",
    "smile": "very 😀 pleased 👩‍👩‍👧 ok",
    "field_3": LONG,
    "field_84": "0.00",
    "member_id": "QX-0007",
    "wide": "東京都港区芝公園",
    "percent": "100% {sure} $HOME `id`",
    "household_income": "75000.00",
    "currently_insured": "Y",
    "publisher_name": "web-9",
}

LEAD: Mapping[str, str] = {
    "id": "1000234",
    "first_name": "Jane",
    "last_name": "Public",
    "status": "NEW",
    "status_name": "New Lead",
    "phone_number": "3010010000",
    "phone_code": "1",
    "city": "New York",
    "state": "NY",
    **CUSTOM,
}

SHOWN: Mapping[str, str] = {
    "Plan sold": "[bold]Gold",
    "Crashing": "[/nope]",
    "Remarks": "first line",
    "Smile": "very 😀 pleased",
    "field_3": "0000 0001",
    "field_84": "0.00",
    "Member id": "QX-0007",
    "Wide": "東京都港区芝公園",
    "Percent": "100% {sure}",
    "Household": "75000.00",
    "Currently": "Y",
    "Publisher": "web-9",
}
"""The beginning of each one's line, and its content."""


def one_lead(_parameters: Mapping[str, str]) -> tuple[int, bytes]:
    return page([LEAD])


def pane(terminal: Terminal) -> list[str]:
    """Return the lines of the detail, without its borders and what is to its left."""
    lines = terminal.lines
    head = next(number for number, line in enumerate(lines) if "╭─ Lead 1000234" in line)
    left = lines[head].index("╭─ Lead 1000234")
    return [line[left + 1 :].rstrip("│").rstrip() for line in lines[head + 1 :] if line[left : left + 1] == "│"]


def read_through(terminal: Terminal) -> list[str]:
    """Return every line of the detail, by paging through it from its top."""
    terminal.press("g")
    terminal.settle(0.15)
    seen = [plain(line) for line in pane(terminal)]
    # What is pinned above the first heading stays where it is.
    pinned = next(number for number, line in enumerate(seen) if line.startswith("─ "))
    while True:
        terminal.press("pagedown")
        terminal.settle(0.15)
        shown = [plain(line) for line in pane(terminal)][pinned:]
        # Lines at the end of those seen and at the top of those shown overlap.
        common = next(size for size in range(len(shown), -1, -1) if seen[len(seen) - size :] == shown[:size])
        if common == len(shown):
            return seen
        seen += shown[common:]


def plain(line: str) -> str:
    """*line* without the cursor."""
    return line.replace("▌", " ", 1).strip()


@SIZES
def test_all_twelve_are_under_their_own_heading_as_text(home: Home, size: tuple[int, int]) -> None:
    answer: Answer = one_lead
    with ConvosoServer(answer) as server, home.open(server, size=size) as terminal:
        terminal.wait_for(" Row 1 of 1 ")
        terminal.press("enter")
        terminal.wait_for(" Lead 1000234 ")
        terminal.settle()
        lines = read_through(terminal)
        terminal.press("escape")
        terminal.wait_for(lambda t: bool(cursor_line(t)))
        leave(terminal)

    heading = next(number for number, line in enumerate(lines) if line.startswith("─ Custom attributes (12)"))
    end = next(number for number, line in enumerate(lines) if number > heading and line.startswith("─ "))
    above, below = lines[:heading] + lines[end:], lines[heading + 1 : end]
    assert lines[end].startswith("─ Record")
    for label, beginning in SHOWN.items():
        assert [line for line in below if line.startswith(f"{label} ") and beginning in line], (label, below)
    assert not any(line.startswith(f"{label} ") for line in above for label in SHOWN)

    words = " ".join(" ".join(below).split())
    assert "[bold]Gold[/bold] PPO" in words
    assert "[@click=app.quit]quit" in words
    assert "[/] Remarks" in words
    first = next(number for number, line in enumerate(below) if "first line" in line)
    assert "second line" in below[first + 1]
    assert below[first + 2] in ("", "remarks")
    assert "fourth line" in below[first + 3]
    begin = next(number for number, line in enumerate(below) if line.startswith("field_3 "))
    assert " ".join(below[begin:]).removeprefix("field_3").split()[:400] == LONG.split()
