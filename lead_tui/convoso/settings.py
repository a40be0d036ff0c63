"""What a client is told about itself: how fast it may ask, and how it reaches the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from lead_tui import tuning
from lead_tui.convoso.address import host_of

if TYPE_CHECKING:
    import ssl


class Pace(NamedTuple):
    """How fast the client may ask (the settings ``[pace]``)."""

    requests_per_second: float = tuning.REQUESTS_PER_SECOND
    """0 is no limit."""
    burst: int = tuning.REQUEST_BURST
    """Requests that may leave at once after a rest."""
    in_flight: int = tuning.REQUESTS_IN_FLIGHT
    """Requests under way at a time."""


class SharedPace(NamedTuple):
    """Where the sessions of one account on this host share their pace (``shared_bucket``)."""

    directory: str
    """An absolute path. It is made, mode 0700, if it is missing."""
    account: str = ""
    """Names the bucket; without it a keyed hash of base URL and token does."""
    is_for_group: bool = False
    """Whether other users of the directory's group share it too."""


class Network(NamedTuple):
    """How the client reaches the server (the settings ``[network]``). Nothing else is looked at: no variable, no ``.netrc``."""

    connect_timeout: float = tuning.CONNECT_TIMEOUT
    """Seconds."""
    read_timeout: float = tuning.READ_TIMEOUT
    """Seconds without a byte of the answer; for a large page ``patience`` makes it longer."""
    proxy: str = ""
    """``http://`` or ``https://`` with host and port, "" for none. May hold a password: never shown."""
    ca_file: str = ""
    """A PEM file with the certificates to trust, in place of the host's own."""

    def __repr__(self) -> str:
        # Not the proxy's password.
        proxy = host_of(self.proxy)
        return f"Network({self.connect_timeout:g} s, {self.read_timeout:g} s, proxy={proxy!r}, ca_file={self.ca_file!r})"

    def patience(self, limit: int) -> float:
        """Seconds without a byte of an answer of *limit* leads."""
        return self.read_timeout * (tuning.BULK_READ_TIMEOUT / tuning.READ_TIMEOUT if limit > tuning.BULK_ROWS else 1)

    def deadline(self, limit: int) -> float:
        """Seconds in which an answer of *limit* leads must have come whole: what drips in for ever is a time-out too."""
        return self.connect_timeout + tuning.ANSWER_PATIENCE * self.patience(limit)


def checked_proxy(text: str) -> str:
    """*text* as a proxy's address, "" for none. Raises ``ValueError`` with a sentence for the person."""
    text = text.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not text.isprintable() or " " in text:
        raise ValueError("A proxy is http:// or https:// with a host and a port, as http://proxy.example.com:3128")
    return text


def trusting(ca_file: str) -> ssl.SSLContext:
    """A context that trusts the certificates in *ca_file* alone. Raises ``OSError``.

    Not ``ssl.create_default_context``: with ``SSLKEYLOGFILE`` in the environment that writes the keys of every connection to a
    file, and whoever has them reads the token.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=ca_file)
    return context


def checked_ca_file(path: str) -> str:
    """*path* when it can be read as certificates, "" for none. Raises ``ValueError`` with a sentence for the person."""
    if not path.strip():
        return ""
    import ssl

    try:
        trusting(path)
    except ssl.SSLError:
        raise ValueError(f"There are no certificates in {path}") from None
    except OSError as error:
        raise ValueError(f"The certificates in {path} cannot be read ({error.strerror})") from None
    return path
