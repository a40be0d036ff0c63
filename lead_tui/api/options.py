"""Checks of the settings with which the client reaches the server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl


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


def trusting(ca_file: Path) -> ssl.SSLContext:
    """A context that trusts the certificates in *ca_file* alone. Raises ``OSError``.

    Not ``ssl.create_default_context``: with ``SSLKEYLOGFILE`` in the environment that writes the keys of every connection to a
    file, and whoever has them reads the token.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=ca_file)
    return context


def checked_ca_file(path: Path) -> Path:
    """Return *path* if it can be read as certificates. Raises ``ValueError`` with a sentence for the user."""
    import ssl

    try:
        trusting(path)
    except ssl.SSLError:
        raise ValueError(f"There are no certificates in {path}") from None
    except OSError as error:
        raise ValueError(f"The certificates in {path} cannot be read ({error.strerror})") from None
    return path
