"""The number of keys that the most common tasks take, in the installed program at 80x24."""

from __future__ import annotations

import re

from tests.pty.harness import Terminal
from tests.pty.program import NARROW, Home, leave, start
from tests.servers.convoso_server import ConvosoServer

EMAIL = "luis.okafor@example.com"
"""The second lead's value."""


def press(terminal: Terminal, keys: str, field: str = "") -> int:
    """Press *keys* and wait until the cursor of the detail is on *field*; return the number of keys."""
    terminal.press(*keys)
    if field:
        terminal.wait_for(re.compile(f"▌{field}"))
    return len(keys)


def test_keys_from_a_lead_to_its_email(home: Home, server: ConvosoServer) -> None:
    with start(home, server, size=NARROW) as terminal:
        press(terminal, "j\r", "Phone ")
        assert press(terminal, "e") == 1
        terminal.wait_for(f"clipboard: {EMAIL}")
        to_it = press(terminal, "}", "First name") + press(terminal, "jj", "Email")
        assert press(terminal, "y") == 1
        terminal.wait_for(f"clipboard: {EMAIL}")
        assert to_it == 3
        # The column of the email is next to the phone's.
        terminal.press("escape")
        terminal.wait_for(lambda t: "▌Email" not in t.text)
        assert press(terminal, "\r", "Phone ") + press(terminal, "}", "First name") + press(terminal, "jj+") + 1 <= 6
        terminal.wait_for("Column Email added · + removes it")
        terminal.press("escape")
        terminal.wait_for(re.compile(rf"Phone +Email .*{re.escape(EMAIL[:10])}", re.DOTALL))
        leave(terminal)
