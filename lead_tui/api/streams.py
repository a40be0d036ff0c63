"""Opening a connection to the server: TCP, an HTTP proxy where one is set, TLS. The one place that makes connections.

httpcore is imported with the first request, which comes after the first paint, or for a proxy: the connection opens before.
"""

from __future__ import annotations

import base64
import logging
import socket
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import SplitResult, unquote, urlsplit

from lead_tui import __version__, limits
from lead_tui.config.address import ca_file_context
from lead_tui.config.settings import Network

if TYPE_CHECKING:
    import httpcore

    Opened = socket.socket | httpcore.NetworkStream
    """A connection without requests so far: a stream where a proxy was asked for it."""

_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)


class Route:
    """The way to the server at *base_url*: direct, or through an HTTP proxy. Blocks; safe to use in several threads."""

    def __init__(self, base_url: str, network: Network) -> None:
        self._server = urlsplit(base_url)
        self._proxy = urlsplit(network.proxy) if network.proxy else None
        self._is_secure = self._server.scheme == "https"
        self._timeouts = dict.fromkeys(("connect", "read", "write", "pool"), network.connect_timeout)
        self._tls = _Tls(network) if self._is_secure or (self._proxy and self._proxy.scheme == "https") else None
        self._authorization = _authorization(network.proxy)

    def connect(self) -> Opened:
        """Open a connection, without a request to the server. Raises ``httpcore`` errors and ``OSError``."""
        peer, timeout = self._proxy or self._server, self._timeouts["connect"]
        try:
            opened: Opened = self._connect_socket(peer, timeout)
        except OSError as error:
            import httpcore

            raise (httpcore.ConnectTimeout if isinstance(error, TimeoutError) else httpcore.ConnectError)(str(error)) from error
        if self._proxy and self._tls and self._is_secure:
            try:
                opened = self._tunnel(self.http(opened, peer))
                opened = self._tls.wrap(opened, self._server.hostname or "", timeout)
            except BaseException:
                opened.close()
                raise
        return opened

    def _connect_socket(self, peer: SplitResult, timeout: float) -> socket.socket:
        host = peer.hostname or ""
        opened = socket.create_connection((host, _port(peer)), timeout)
        try:
            for option in (*socket_options(), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)):
                opened.setsockopt(*option)
            return self._tls.wrap_socket(opened, host) if self._tls and peer.scheme == "https" else opened
        except BaseException:
            opened.close()
            raise

    def send_ahead(self, opened: Opened, url: str) -> bool:
        """Send the request for *url* on *opened* at once, for ``http`` to read its response; whether that can be done."""
        if self._proxy or not isinstance(opened, socket.socket):
            return False
        target = url.removeprefix(f"{self._server.scheme}://{self._server.netloc}")
        lines = (f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in _headers(url, {})), "", "")
        try:
            opened.sendall("\r\n".join(lines).encode("ascii"))
        except OSError:
            # Its request gets the error.
            return False
        return True

    def http(self, opened: Opened, peer: SplitResult | None = None, *, is_sent: bool = False) -> httpcore.HTTP11Connection:
        """Return what sends requests on *opened*, to *peer* if not to the server; *is_sent* if the first one has been sent."""
        import httpcore
        from httpcore._backends.sync import SyncStream  # what ``httpcore.SyncBackend`` makes of a socket

        class SentStream(SyncStream):
            def write(self, buffer: bytes, timeout: float | None = None) -> None:
                nonlocal is_sent
                if not is_sent:
                    super().write(buffer, timeout)
                is_sent = False

        # At DEBUG it logs the URL with its query, and the token is in it.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        peer = peer or (self._proxy if self._proxy and not self._is_secure else self._server)
        stream = SentStream(opened) if isinstance(opened, socket.socket) else opened
        return httpcore.HTTP11Connection(httpcore.URL(peer.geturl()).origin, stream)

    def request(self, url: str, read_timeout: float, cookies: Mapping[str, str]) -> httpcore.Request:
        import httpcore

        target = httpcore.URL(url)
        headers = _headers(url, cookies)
        if self._proxy and not self._is_secure:
            headers += self._authorization
            target = _target(self._proxy, url)
        timeouts = {**self._timeouts, "read": read_timeout, "write": read_timeout}
        return httpcore.Request("GET", target, headers=headers, extensions={"timeout": timeouts})

    def remember_session(self, opened: Opened) -> None:
        """Resume the TLS session of *opened*, a connection that has been used, with the next one."""
        if self._tls:
            self._tls.remember_session(opened)

    def _tunnel(self, proxy: httpcore.HTTP11Connection) -> httpcore.NetworkStream:
        """Ask *proxy* for a tunnel to the server."""
        import httpcore

        host = self._server.hostname or ""
        target = f"{f'[{host}]' if ':' in host else host}:{_port(self._server)}"
        assert self._proxy  # noqa: S101  # for the type checker
        request = httpcore.Request(
            "CONNECT",
            _target(self._proxy, target),
            headers=[("Host", target), ("Accept", "*/*"), *self._authorization],
            extensions={"timeout": self._timeouts},
        )
        try:
            response = proxy.handle_request(request)
        except httpcore.ReadTimeout as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        if not 200 <= response.status < 300:
            reason = response.extensions.get("reason_phrase", b"").decode("ascii", "ignore")
            raise httpcore.ProxyError(f"{response.status} {reason}")
        return cast("httpcore.NetworkStream", response.extensions["network_stream"])


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


def _port(peer: SplitResult) -> int:
    return peer.port or (443 if peer.scheme == "https" else 80)


def _target(proxy: SplitResult, target: str) -> httpcore.URL:
    """Return *target* as a request to *proxy* names it."""
    import httpcore

    return httpcore.URL(scheme=proxy.scheme, host=proxy.hostname or "", port=proxy.port, target=target)


class _Tls:
    """Handshakes, which resume the last session if the server offers that (with TLS 1.2 it saves a round trip)."""

    def __init__(self, network: Network) -> None:
        self._context = tls_context(network)
        self._context.set_alpn_protocols(["http/1.1"])
        self._sessions: dict[str, ssl.SSLSession] = {}

    def wrap(self, stream: httpcore.NetworkStream, host: str, timeout: float) -> httpcore.NetworkStream:
        return stream.start_tls(cast("ssl.SSLContext", self), server_hostname=host, timeout=timeout)

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """Called by httpcore too, whose own call passes no session."""
        return self._context.wrap_socket(sock, server_hostname=server_hostname, session=self._sessions.get(server_hostname))

    def wrap_bio(self, *arguments: Any, **more: Any) -> ssl.SSLObject:
        return self._context.wrap_bio(*arguments, **more)

    def remember_session(self, opened: Opened) -> None:
        found = tls_of(opened)
        if found is not None and found.session is not None:
            self._sessions[found.server_hostname or ""] = found.session


def tls_of(opened: Opened) -> ssl.SSLSocket | ssl.SSLObject | None:
    """Return what knows the TLS of *opened*; None if it is plain."""
    if isinstance(opened, socket.socket):
        return opened if isinstance(opened, ssl.SSLSocket) else None
    return cast("ssl.SSLObject | None", opened.get_extra_info("ssl_object"))


def tls_context(network: Network) -> ssl.SSLContext:
    """Return a context that trusts the certificates of ``ca_file``, else the host's. Raises ``OSError`` if the file is gone."""
    if network.ca_file:
        return ca_file_context(network.ca_file)
    paths = ssl.get_default_verify_paths()
    if sys.platform != "darwin" and (paths.cafile or (paths.capath and any(Path(paths.capath).glob("*.0")))):
        # As truststore does, but it reads the certificates again for each connection, and makes one handshake after the other.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
        return context
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def socket_options() -> list[tuple[int, int, int]]:
    """Return what makes the system notice a connection that a firewall has forgotten: unacknowledged data, or else probes."""
    if _USER_TIMEOUT is not None:
        return [(socket.IPPROTO_TCP, _USER_TIMEOUT, int(limits.UNACKNOWLEDGED_SECONDS * 1000))]
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    probes = (("TCP_KEEPALIVE", limits.UNACKNOWLEDGED_SECONDS), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3))
    options += [(socket.IPPROTO_TCP, getattr(socket, name), int(value)) for name, value in probes if hasattr(socket, name)]
    return options


def is_quiet(opened: Opened) -> bool:
    """Whether the server has neither closed *opened* nor sent anything, such as HAProxy's 408; TLS's session tickets are read."""
    try:
        if isinstance(opened, socket.socket):
            opened.settimeout(0)
            opened.recv(1)
        else:
            opened.read(1, timeout=0)
    except Exception as error:
        # httpcore's errors name the system's as their cause.
        return isinstance(error.__cause__ or error, BlockingIOError | ssl.SSLWantReadError | TimeoutError)
    return False


def _authorization(proxy: str) -> list[tuple[str, str]]:
    parts = urlsplit(proxy)
    if parts.username is None and parts.password is None:
        return []
    user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return [("Proxy-Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")]
