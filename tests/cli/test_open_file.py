"""``lead-tui open``: the first frame has the first rows, cleaned and masked as in the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lead_tui.cli.main import open_file
from lead_tui.context import AppContext
from lead_tui.invocation import Account
from lead_tui.terminal.lifeline import FirstFrame, first_frame
from tests.cli.command import Command


def test_it_needs_a_terminal(command: Command) -> None:
    done = command.call("open", "x.csv")
    assert done.code == 2
    assert done.err == "lead-tui: standard input is not a terminal: log in with a terminal, as ssh -t does\n"


class Frame(FirstFrame):
    text = ""

    def show(self, account: str, message: str, **given: Any) -> None:
        self.text = first_frame(80, 24, account, message, **given)


def test_the_first_frame_has_the_first_rows(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[mask]\nfields = ["phone_number"]\n')
    (tmp_path / "config.toml").chmod(0o600)
    leads = [{"lead_id": n, "first_name": f"Ann\x1b[2J{n}", "phone_number": "3015550123", "city": "東京"} for n in range(30)]
    (tmp_path / "x.jsonl").write_text("".join(f"{json.dumps(lead)}\n" for lead in leads))
    context, frame = AppContext.of(Account(config_dir=str(tmp_path))), Frame()
    columns = ("city", "first_name", "phone_number")
    session = open_file(tmp_path / "x.jsonl", columns, context, frame, plain=False)
    session.close()
    assert "\x1b[4;2H  東京" in frame.text
    assert frame.text.count("Ann") == 10
    assert frame.text.count("\x1b[2J") == 1
    assert "555" not in frame.text
    assert session.columns == columns
