"""Opening a connection to the server: TCP, an HTTP proxy where one is set, TLS. The one place that makes connections."""

from __future__ import annotations

import base64
import logging
import socket
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import httpcore

from lead_tui import __version__, limits
from lead_tui.config.address import ca_file_context
from lead_tui.config.settings import Network

_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)


class Route:
    """The way to the server at *base_url*: direct, or through an HTTP proxy. Blocks; safe to use in several threads."""

    def __init__(self, base_url: str, network: Network) -> None:
        # At DEBUG it logs the URL with its query, and the token is in it.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        self._server = httpcore.URL(base_url)
        self._proxy = httpcore.URL(network.proxy) if network.proxy else None
        self._is_secure = self._server.scheme == b"https"
        self._timeouts = dict.fromkeys(("connect", "read", "write", "pool"), network.connect_timeout)
        self._tls = _Tls(network) if self._is_secure or (self._proxy and self._proxy.scheme == b"https") else None
        self._authorization = _authorization(network.proxy)

    def connect(self) -> tuple[httpcore.HTTP11Connection, httpcore.NetworkStream]:
        """Open a connection, without a request to the server. Raises ``httpcore`` errors and ``OSError``."""
        peer = (self._proxy or self._server).origin
        timeout = self._timeouts["connect"]
        stream = httpcore.SyncBackend().connect_tcp(peer.host.decode(), peer.port, timeout=timeout, socket_options=socket_options())
        try:
            if self._tls and peer.scheme == b"https":
                stream = self._tls.wrap(stream, peer.host.decode(), timeout)
            if self._proxy and self._is_secure:
                stream = self._tunnel(httpcore.HTTP11Connection(peer, stream))
                peer = self._server.origin
            if self._tls and self._proxy and self._is_secure:
                stream = self._tls.wrap(stream, peer.host.decode(), timeout)
        except BaseException:
            stream.close()
            raise
        return httpcore.HTTP11Connection(peer, stream), stream

    def request(self, url: str, read_timeout: float, cookies: Mapping[str, str]) -> httpcore.Request:
        target = httpcore.URL(url)
        headers = [
            ("Host", urlsplit(url).netloc),
            ("Accept", "application/json"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "keep-alive"),
            ("User-Agent", f"lead-tui/{__version__}"),
        ]
        if cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
        if self._proxy and not self._is_secure:
            headers += self._authorization
            target = httpcore.URL(scheme=self._proxy.scheme, host=self._proxy.host, port=self._proxy.port, target=url)
        timeouts = {**self._timeouts, "read": read_timeout, "write": read_timeout}
        return httpcore.Request("GET", target, headers=headers, extensions={"timeout": timeouts})

    def remember_session(self, stream: httpcore.NetworkStream) -> None:
        """Resume the TLS session of *stream*, a connection that has been used, with the next one."""
        if self._tls:
            self._tls.remember_session(stream)

    def _tunnel(self, proxy: httpcore.HTTP11Connection) -> httpcore.NetworkStream:
        server = self._server.origin
        host = b"[%b]" % server.host if b":" in server.host else server.host
        target = b"%b:%d" % (host, server.port)
        assert self._proxy  # noqa: S101  # for the type checker
        request = httpcore.Request(
            "CONNECT",
            httpcore.URL(scheme=self._proxy.scheme, host=self._proxy.host, port=self._proxy.port, target=target),
            headers=[("Host", target.decode()), ("Accept", "*/*"), *self._authorization],
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


class _Tls:
    """Handshakes, which resume the last session if the server offers that (with TLS 1.2 it saves a round trip)."""

    def __init__(self, network: Network) -> None:
        self._context = tls_context(network)
        self._context.set_alpn_protocols(["http/1.1"])
        self._sessions: dict[str, ssl.SSLSession] = {}

    def wrap(self, stream: httpcore.NetworkStream, host: str, timeout: float) -> httpcore.NetworkStream:
        return stream.start_tls(cast("ssl.SSLContext", self), server_hostname=host, timeout=timeout)

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """Called by httpcore, whose own call passes no session."""
        return self._context.wrap_socket(sock, server_hostname=server_hostname, session=self._sessions.get(server_hostname))

    def wrap_bio(self, *arguments: Any, **more: Any) -> ssl.SSLObject:
        return self._context.wrap_bio(*arguments, **more)

    def remember_session(self, stream: httpcore.NetworkStream) -> None:
        found = stream.get_extra_info("ssl_object")
        if found is not None and found.session is not None:
            self._sessions[found.server_hostname] = found.session


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


def is_quiet(stream: httpcore.NetworkStream) -> bool:
    """Whether the server has neither closed *stream* nor sent anything, such as HAProxy's 408; TLS's session tickets are read."""
    try:
        stream.read(1, timeout=0)
    except httpcore.ReadError as error:
        return isinstance(error.__cause__, BlockingIOError | ssl.SSLWantReadError)
    except httpcore.ReadTimeout:
        return True
    return False


def _authorization(proxy: str) -> list[tuple[str, str]]:
    parts = urlsplit(proxy)
    if parts.username is None and parts.password is None:
        return []
    user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return [("Proxy-Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")]
