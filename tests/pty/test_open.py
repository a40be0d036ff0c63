"""``lead-tui open FILE`` in a terminal: showing, reading and leaving a file without a token, an account or a connection."""

from __future__ import annotations

import json
import re

from tests.pty.harness import Terminal, module_command
from tests.pty.program import NARROW, Home, position


def test_a_file_is_shown_to_its_last_row_without_an_account(home: Home) -> None:
    path = home.path / "calls.jsonl"
    leads = ({"lead_id": number, "first_name": "Ann", "last_name": f"No{number}"} for number in range(1, 20_001))
    written = [json.dumps(lead) for lead in leads]
    written[6] = written[6][:-1]
    path.write_text("\n".join(written))
    environment = home.environment(CONVOSO_AUTH_TOKEN="")
    columns, lines = NARROW
    with Terminal(module_command("open", str(path)), environ=environment, columns=columns, lines=lines) as terminal:
        terminal.wait_for(re.compile("Ann +No1 "))
        terminal.wait_for("lead-tui  calls.jsonl")
        terminal.wait_for("Line 7 cannot be read: ")
        terminal.press("G")
        terminal.wait_for("No20000")
        terminal.wait_for(lambda t: position(t) == (20_000, "20,000"))
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        terminal.assert_restored()


def test_a_file_that_is_not_there_is_an_error_before_anything_is_drawn(home: Home) -> None:
    with Terminal(module_command("open", "gone.csv"), environ=home.environment(), columns=80, lines=24) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "gone.csv cannot be read: no such file or directory" in terminal.text
        assert not terminal.alternate
