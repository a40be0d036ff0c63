"""The route to the server: TCP, the tunnel through an HTTP proxy, and TLS; and requests as bytes."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from lead_tui import __version__, limits
from lead_tui.api.threads import start_thread
from lead_tui.config.settings import Network, ca_file_context, host_of
from lead_tui.leads.errors import NetworkError, ProxyRefused
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)
RECEIVED_BYTES: Final = 65_536  # at a time


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
                if self._is_secure:
                    opened = self._wrapped(opened, self._server)
        except BaseException:
            opened.close()
            raise
        return opened

    def _wrapped(self, opened: socket.socket, peer: SplitResult) -> socket.socket:
        host = peer.hostname or ""
        if isinstance(opened, ssl.SSLSocket):
            opened = _plain_end(opened)
        try:
            return self._context.wrap_socket(opened, server_hostname=host, session=self._sessions.get(host))
        except ssl.SSLError as error:
            # For the message: whose certificate it is.
            error.filename = host_of(peer.geturl())
            raise

    def _ask_for_tunnel(self, opened: socket.socket, address: SplitResult) -> None:
        # Imported here: few use a proxy, and the first paint needs no response.
        from http.client import HTTPException, HTTPResponse

        host, proxy = self._server.hostname or "", host_of(address.geturl())
        target = f"{f'[{host}]' if ':' in host else host}:{_port(self._server)}"
        headers = {"Host": target, "Accept": "*/*"}
        if address.username is not None or address.password is not None:
            user = f"{unquote(address.username or '')}:{unquote(address.password or '')}"
            headers["Proxy-Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
        opened.sendall(_head(f"CONNECT {target}", headers))
        with closing(HTTPResponse(opened, method="CONNECT")) as response:
            try:
                response.begin()
            except HTTPException as error:
                if isinstance(error, OSError):
                    raise
                raise NetworkError(f"The proxy {proxy} answers, but not as a proxy does", remedy="check [network] proxy") from None
        if 200 <= response.status < 300:
            return
        if response.status == 407:
            message, remedy = "requires a user name and a password (407)", "set them in [network] proxy"
        else:
            reason = one_line(f"{response.status} {response.reason}", 60)
            message = f"does not let the request to {host_of(self._server.geturl())} through ({reason})"
            remedy = "check [network] proxy"
        # A proxy's 4xx is final; with 5xx it only cannot reach the server now.
        kind = ProxyRefused if 400 <= response.status < 500 else NetworkError
        raise kind(f"The proxy {proxy} {message}", remedy=remedy, needs=SETTING_UP)

    def remember_session(self, opened: socket.socket) -> None:
        """Let the next connection resume the TLS session of *opened*, which has been used."""
        if isinstance(opened, ssl.SSLSocket) and opened.session is not None:
            self._sessions[opened.server_hostname or ""] = opened.session


def _plain_end(secure: ssl.SSLSocket) -> socket.socket:
    """Return a plain socket whose bytes a thread passes on through *secure*: TLS in TLS is too much for the system's sockets."""
    ours, other = socket.socketpair()

    def pass_on() -> None:
        with secure, other, suppress(OSError, ValueError):  # the latter once either is closed
            while True:
                ready, _, _ = select.select([secure, other], [], [])
                if other in ready:
                    sent = other.recv(RECEIVED_BYTES)
                    if not sent:
                        return
                    secure.settimeout(None)
                    secure.sendall(sent)
                secure.settimeout(0)
                with suppress(ssl.SSLWantReadError):
                    while received := secure.recv(RECEIVED_BYTES):
                        other.sendall(received)
                    return

    start_thread(pass_on, "proxy")
    return ours


def get_request(url: str) -> bytes:
    """Return the request for *url*, as it is sent."""
    server = urlsplit(url)
    headers = {
        "Host": server.netloc,
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Connection": "keep-alive",
        "User-Agent": f"lead-tui/{__version__}",
    }
    return _head(f"GET {url.removeprefix(f'{server.scheme}://{server.netloc}')}", headers)


def _head(request: str, headers: dict[str, str]) -> bytes:
    lines = (f"{request} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", "")
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
