"""``[keys]`` in ``config.toml``: invalid entries are reported with file, line and key."""

from __future__ import annotations

import pytest

from lead_tui.context import AppContext
from lead_tui.invocation import Account, Invocation
from lead_tui.leads.errors import ConfigurationError
from tests.cli.command import Command


def session_of(command: Command, text: str) -> object:
    command.configure(text)
    return AppContext.of(Account(config_dir=str(command.config_dir), demo=5)).session(Invocation())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"main.back" = "f"', 'line 3: keys."main.back" has f, which is main.filters as well'),
        ('main.back = "ctrl+i"', 'line 3: keys."main.back" cannot have ctrl+i'),
        ('"table.dwon" = "n"', 'line 3: keys."table.dwon" must be the id of an action: did you mean table.down'),
        ('"dialog.close" = []', 'line 3: keys."dialog.close" must have a key'),
    ],
)
def test_a_change_that_cannot_be_made_is_reported_with_its_place(command: Command, line: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        session_of(command, f'[keys]\n"main.help" = "K"\n{line}\n')
    assert says in raised.value.message
    assert "config.toml" in raised.value.message


def test_custom_keys_are_in_effect(command: Command) -> None:
    session = session_of(command, '[keys]\nmain.help = ["K", "?"]\n')
    assert next(key.keys for key in session.keys if key.id == "main.help") == ("K", "question_mark")  # type: ignore[attr-defined]
