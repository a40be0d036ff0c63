"""Styles of dialogs and the main screen: they share one set of rules, but neither may get the other's look."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

from lead_tui.keys.catalogue import Pane
from lead_tui.leads.errors import TokenError
from lead_tui.ui.dialogs.commands import Help
from lead_tui.ui.dialogs.dialog import AskToken, Confirm, Dialog
from lead_tui.ui.dialogs.saved_queries import SavedQueries
from tests.ui.dialogs.dialog_host import BELOW, Host, MemoryStore, screen_text


@pytest.mark.parametrize(
    "dialog",
    [
        Confirm("Sure?", "detail"),
        Help(Pane.TABLE),
        AskToken("main", "api.convoso.com", TokenError("No token"), "run lead-tui setup"),
        SavedQueries(MemoryStore()),
    ],
    ids=lambda dialog: type(dialog).__name__,
)
async def test_the_main_screen_s_styles_match_nothing_in_a_dialog(
    dialog: Dialog[Any],
) -> None:
    styled = set(re.findall(r"#([\w-]+)", (files("lead_tui.ui") / "styles.tcss").read_text("utf-8")))
    async with Host(dialog).opened():
        ids = {node.id for node in dialog.walk_children() if node.id}
    assert styled
    assert not ids & styled


@pytest.mark.parametrize("theme", ["sixteen", "textual-dark", "textual-light"])
async def test_the_screen_stays_readable_around_a_dialog(theme: str) -> None:
    host = Host(Confirm("Sure?"))
    host.theme = theme
    async with host.opened():
        lines = screen_text(host).split("\n")
    assert lines[0].startswith(BELOW)
    assert "Sure?" in "".join(lines)
