"""Fixtures: the command with its own home directory, and a server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import TOKEN, Command
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command, with no configuration yet."""
    return Command(tmp_path)


@pytest.fixture
def server(command: Command) -> Iterator[ConvosoServer]:
    """A server of 5,000 leads that accepts ``TOKEN``, which the command's configuration names."""
    with ConvosoServer(account(5_000, token=TOKEN)) as server:
        command.configure(f'[profiles.main]\nbase_url = "{server.base_url}"\n[pace]\nrequests_per_second = 0\n')
        yield server
