"""Check where the token may be sent: the base URL of the API, and the certificates to trust."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    import ssl

_PATH = r"(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]*)*/v\d+(?:\.\d+)?/?"
_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?|[0-9A-Fa-f:.]+"
_DEFAULT_PORTS = {"https": 443, "http": 80}

EXAMPLE = "https://api.convoso.com/v1"


def is_loopback(host: str) -> bool:
    """Return whether *host*, a name or an address without brackets, is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_base_url(text: str) -> str:
    """Return *text* as the base URL of the API: scheme and host in lower case, no default port, no slash at the end.

    It is ``https://``, or ``http://`` for loopback only, and ends in a version. Raises ``ValueError`` with a sentence for the
    user that does not repeat *text*, which may contain a password.
    """
    text = text.strip()
    as_written = f": it is written as {EXAMPLE}"
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(f"The base URL contains an invalid character{as_written}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"The base URL is not a valid address{as_written}") from None
    host = (parts.hostname or "").lower()
    is_open = parts.scheme == "http" and not is_loopback(host)
    for is_wrong, problem in (
        (parts.scheme not in _DEFAULT_PORTS or not host, f"begins with https:// and a host{as_written}"),
        ("@" in parts.netloc, "contains a user name: the token is all that the server needs"),
        (not re.fullmatch(_HOST, host) or port == 0, f"has no usable host or port{as_written}"),
        ("?" in text or "#" in text, f"ends with its version, nothing after it{as_written}"),
        (is_open, "must be https://, else the token could be read on the way; http:// is for this machine alone"),
        (not re.fullmatch(_PATH, parts.path), f"must end in a version, such as /v1{as_written}"),
    ):
        if is_wrong:
            raise ValueError(f"The base URL {problem}")
    return f"{parts.scheme}://{_netloc(parts)}{parts.path.rstrip('/')}"


def same_address(one: str, other: str) -> bool:
    """Return whether two base URLs are the same, however they are written; False if one is invalid."""
    try:
        return checked_base_url(one) == checked_base_url(other)
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return the host of *url* for messages, with its port unless it is the default; "" without one. Never user, path or query."""
    try:
        parts = urlsplit(url)
        return _netloc(parts) if parts.hostname else ""
    except ValueError:
        return ""


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def ca_file_context(ca_file: Path) -> ssl.SSLContext:
    """Return a context that trusts only the certificates in *ca_file*. Raises ``OSError``.

    Not ``ssl.create_default_context``: if ``SSLKEYLOGFILE`` is set, it writes the keys of every connection to a file, with which
    the token can be read.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=ca_file)
    return context
