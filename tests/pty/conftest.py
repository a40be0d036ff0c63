"""Fixtures: a temporary home directory, and an account of a million leads on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pty.program import MILLION, TOKEN, Home
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which nothing has been saved yet, of a user who has seen the welcome."""
    home = Home(tmp_path)
    home.write("config.toml", "[pace]\nrequests_per_second = 0\n")
    home.remember('{"shown_notices": ["welcome"]}')
    return home


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    """A server of a million leads that accepts the token of ``Home``."""
    with ConvosoServer(account(MILLION, token=TOKEN)) as server:
        yield server
