"""One request's progress and its reply, shared by the client and the transport."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lead_tui import limits

ENDPOINT: Final = "leads/search"

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Abandoned(Exception):
    """The answer is no longer awaited. Never leaves its thread."""


class Sending:
    """What is known of a request in progress; its thread writes it, and who waits for the reply reads it."""

    def __init__(self, *, fresh: bool = False) -> None:
        self.fresh = fresh
        """Whether it needs a new connection: the kept ones are suspect."""
        self.idle_seconds: float | None = None
        """How long its kept connection had been idle; None for a new one."""
        self.is_answered = False
        """Whether the head of the reply has come."""

    @property
    def is_forgotten(self) -> bool:
        """Whether no reply has come, on a connection that a firewall may have forgotten meanwhile."""
        return not self.is_answered and (self.idle_seconds or 0.0) >= limits.SUSPECT_IDLE_SECONDS


class Reply(NamedTuple):
    """What the server sent."""

    status: int
    body: bytes
    seconds: float
    """From the request's first byte to the answer's last."""
    headers: Mapping[str, str] = _NO_HEADERS
    """Those that are read, where they came; names in lower case."""
    host: str = ""
    """The server's, as it is shown."""
    asked_bytes: int = 0
    """Bytes of the request's URL."""
