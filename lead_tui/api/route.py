"""The route to the server: TCP, the tunnel through an HTTP proxy, TLS, and what httpcore needs from an open socket."""

from __future__ import annotations

import base64
import logging
import re
import socket
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, unquote, urlsplit

from lead_tui import __version__, limits
from lead_tui.config.address import ca_file_context, host_of
from lead_tui.config.settings import Network
from lead_tui.leads.errors import NetworkError, ProxyRefused
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    import httpcore

_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)
_MAX_PROXY_ANSWER: Final = 65_536
"""Bytes of a proxy's response to ``CONNECT``."""


class Route:
    """The route to the server at *base_url*: direct, or through an HTTP proxy. Can be used by several threads."""

    def __init__(self, base_url: str, network: Network) -> None:
        self._server = urlsplit(base_url)
        self._proxy = urlsplit(network.proxy) if network.proxy else None
        self._is_secure = self._server.scheme == "https"
        self._timeout = network.connect_timeout
        uses_tls = self._is_secure or (self._proxy is not None and self._proxy.scheme == "https")
        self._context = tls_context(network) if uses_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._sessions: dict[str, ssl.SSLSession] = {}
        """TLS sessions by host: with TLS 1.2, resuming one saves a round trip."""

    def connect(self) -> socket.socket:
        """Open a connection, without a request to the server. Raises ``OSError``, and ``NetworkError`` if the proxy refuses."""
        peer = self._proxy or self._server
        opened = socket.create_connection((peer.hostname or "", _port(peer)), self._timeout)
        try:
            for option in (*socket_options(), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)):
                opened.setsockopt(*option)
            if peer.scheme == "https":
                opened = self._wrapped(opened, peer)
            if self._proxy:
                self._ask_for_tunnel(opened, self._proxy)
                if self._is_secure and self._proxy.scheme == "http":
                    opened = self._wrapped(opened, self._server)
        except BaseException:
            opened.close()
            raise
        return opened

    def _wrapped(self, opened: socket.socket, peer: SplitResult) -> ssl.SSLSocket:
        host = peer.hostname or ""
        return self._context.wrap_socket(opened, server_hostname=host, session=self._sessions.get(host))

    def _ask_for_tunnel(self, opened: socket.socket, address: SplitResult) -> None:
        host, proxy = self._server.hostname or "", host_of(address.geturl())
        target = f"{f'[{host}]' if ':' in host else host}:{_port(self._server)}"
        headers = [("Host", target), ("Accept", "*/*")]
        if address.username is not None or address.password is not None:
            user = f"{unquote(address.username or '')}:{unquote(address.password or '')}"
            headers.append(("Proxy-Authorization", f"Basic {base64.b64encode(user.encode()).decode()}"))
        opened.sendall(_head(f"CONNECT {target}", headers))
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = opened.recv(_MAX_PROXY_ANSWER)
            answer += part
            if not part and not answer:
                raise ConnectionResetError
            if not part or len(answer) > _MAX_PROXY_ANSWER or not answer.startswith(b"HTTP/"[: len(answer)]):
                raise NetworkError(f"The proxy {proxy} answers, but not as a proxy does", remedy="check [network] proxy")
        status = re.sub(r"\A\S+ *", "", answer.partition(b"\r\n")[0].decode("ascii", "ignore"))
        if status.startswith("2"):
            return
        if status.startswith("407"):
            message, remedy = "requires a user name and a password (407)", "set them in [network] proxy"
        else:
            message = f"does not let the request to {host_of(self._server.geturl())} through ({one_line(status, 60)})"
            remedy = "check [network] proxy"
        # A proxy's 4xx is final; with 5xx it only cannot reach the server now.
        kind = ProxyRefused if status.startswith("4") else NetworkError
        raise kind(f"The proxy {proxy} {message}", remedy=remedy, needs=SETTING_UP)

    def send_ahead(self, opened: socket.socket, url: str) -> bool:
        """Send the request for *url* on *opened*, for ``http`` to read the response; return False if that is not possible."""
        if self._proxy:
            return False
        try:
            opened.sendall(_head(f"GET {url.removeprefix(f'{self._server.scheme}://{self._server.netloc}')}", _headers(url, {})))
        except OSError:
            # The request itself will fail with it.
            return False
        return True

    def http(self, opened: socket.socket, *, is_sent: bool) -> httpcore.HTTP11Connection:
        """Return an HTTP connection over *opened*; *is_sent* if its first request has been sent."""
        import httpcore

        # At DEBUG it logs the URL with its query, which contains the token.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        return httpcore.HTTP11Connection(httpcore.URL(self._server.geturl()).origin, self.stream(opened, is_sent=is_sent))

    def stream(self, opened: socket.socket, *, is_sent: bool = False) -> httpcore.NetworkStream:
        """Return a stream over *opened*; if *is_sent*, it does not write the first request again."""
        from httpcore._backends.sync import SyncStream  # what ``httpcore.SyncBackend`` makes of a socket

        class SentStream(SyncStream):
            def write(self, buffer: bytes, timeout: float | None = None) -> None:
                nonlocal is_sent
                if not is_sent:
                    super().write(buffer, timeout)
                is_sent = False

        if self._proxy and self._is_secure and self._proxy.scheme == "https":
            # TLS in TLS, which the system's sockets cannot do.
            return SyncStream(opened).start_tls(self._context, self._server.hostname, self._timeout)
        return SentStream(opened)

    def request(self, url: str, read_timeout: float, cookies: Mapping[str, str]) -> httpcore.Request:
        import httpcore

        extensions = {"timeout": {"read": read_timeout, "write": read_timeout}}
        return httpcore.Request("GET", url, headers=_headers(url, cookies), extensions=extensions)

    def remember_session(self, opened: socket.socket) -> None:
        """Let the next connection resume the TLS session of *opened*, which has been used."""
        if isinstance(opened, ssl.SSLSocket) and opened.session is not None:
            self._sessions[opened.server_hostname or ""] = opened.session


def _headers(url: str, cookies: Mapping[str, str]) -> list[tuple[str, str]]:
    headers = [
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "keep-alive"),
        ("User-Agent", f"lead-tui/{__version__}"),
    ]
    if cookies:
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    return headers


def _head(request: str, headers: list[tuple[str, str]]) -> bytes:
    lines = (f"{request} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", "")
    return "\r\n".join(lines).encode("ascii")


def _port(peer: SplitResult) -> int:
    return peer.port or (443 if peer.scheme == "https" else 80)


def tls_context(network: Network) -> ssl.SSLContext:
    """Return a context that trusts the certificates of ``ca_file``, else the host's. Raises ``OSError`` if the file is gone."""
    paths = ssl.get_default_verify_paths()
    if network.ca_file:
        context = ca_file_context(network.ca_file)
    elif sys.platform != "darwin" and (paths.cafile or (paths.capath and any(Path(paths.capath).glob("*.0")))):
        # As truststore does, except that it reads the certificates for each connection and makes only one handshake at a time.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    return context


def socket_options() -> list[tuple[int, int, int]]:
    """Return options that make the system notice that a firewall forgot a connection: by unacknowledged data, or else probes."""
    if _USER_TIMEOUT is not None:
        return [(socket.IPPROTO_TCP, _USER_TIMEOUT, int(limits.UNACKNOWLEDGED_SECONDS * 1000))]
    probes = (("TCP_KEEPALIVE", limits.UNACKNOWLEDGED_SECONDS), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3))
    options = [(socket.IPPROTO_TCP, getattr(socket, name), int(value)) for name, value in probes if hasattr(socket, name)]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *options]
