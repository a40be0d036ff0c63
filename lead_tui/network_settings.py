"""The settings that the client uses as the configuration has them: how fast to send requests, and how to reach the server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from lead_tui import limits
from lead_tui.leads.text import one_line

Line = Annotated[str, Meta(max_length=100, description="a line of text of at most 100 characters")]

WebAddress = Annotated[
    str, Meta(pattern=r"^\s*(?i:https?)://[^\s/?#]+\S*\s*$", description="an address that starts with https:// or http://")
]


class SettingsTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of ``config.toml``. Each text is one printable line, without the spaces around it."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if isinstance(value := getattr(self, name), str):
                text = value.strip()
                if one_line(text) != text:
                    raise ValueError
                force_setattr(self, name, text)


class Pace(SettingsTable, frozen=True):
    """``[pace]``: the rate of requests."""

    requests_per_second: Annotated[float, Meta(ge=0, le=1_000)] = limits.REQUESTS_PER_SECOND
    """Requests per second; 0 means no limit."""
    burst: Annotated[int, Meta(ge=1, le=1_000)] = limits.REQUEST_BURST
    """Requests that may be sent at once after a pause."""
    in_flight: Annotated[int, Meta(ge=1, le=100)] = limits.REQUESTS_IN_FLIGHT
    """Requests in progress at the same time."""
    shared: bool = True
    """Whether your sessions of one account on this host share the pace; otherwise each session has its own."""
    directory: Path | None = None
    """A directory, writable by a group, in which the sessions of all users in the group share the pace. Default: your own sessions
    share it in your runtime directory."""
    account: Line = ""
    """A name for the account in that directory, needed if its users have different tokens."""

    def directory_shared(self, own: Path | None) -> Path | None:
        """Return the directory in which sessions share the pace: the group's, or the user's *own*; None if they do not."""
        return (self.directory or own) if self.shared and self.requests_per_second > 0 else None

    @property
    def file_mode(self) -> int:
        """The mode of the files in that directory."""
        return 0o660 if self.directory else 0o600


class Network(SettingsTable, frozen=True):
    """``[network]``: the connection to the server. None of it is taken from the environment."""

    connect_timeout: Annotated[float, Meta(ge=0.1, le=600)] = limits.CONNECT_TIMEOUT
    """Seconds to wait for a connection."""
    read_timeout: Annotated[float, Meta(ge=0.1, le=3_600)] = limits.READ_TIMEOUT
    """Seconds to wait for the next byte of a response."""
    proxy: WebAddress = ""
    """A proxy, such as ``http://proxy.example.com:3128``. Default: none."""
    ca_file: Path | None = None
    """A file of certificates (PEM) to trust instead of the host's. A relative path starts at this file's directory."""

    def __repr__(self) -> str:
        # Without the proxy, whose address may hold a password.
        return f"Network({self.connect_timeout:g} s, {self.read_timeout:g} s, ca_file={self.ca_file})"

    def patience(self, limit: int) -> float:
        """Seconds without a byte of an answer of *limit* leads."""
        return self.read_timeout * (limits.BULK_READ_TIMEOUT / limits.READ_TIMEOUT if limit > limits.BULK_ROWS else 1)

    def deadline(self, limit: int) -> float:
        """Seconds in which an answer of *limit* leads must be complete: an answer that drips in forever is a timeout too."""
        return self.connect_timeout + limits.ANSWER_PATIENCE * self.patience(limit)
