"""The server that most tests here ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account


@pytest.fixture
def server() -> Iterator[ConvosoServer]:
    """A server of 1,000 leads."""
    with ConvosoServer(account(1_000)) as server:
        yield server
