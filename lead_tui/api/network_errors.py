"""Errors of httpcore and of the system, translated to the program's own, which hold no foreign object and so no token."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterable, Iterator

import httpcore

from lead_tui.config.address import host_of
from lead_tui.config.settings import Network
from lead_tui.leads.errors import CutAnswer, NetworkError, ProxyRefused, SearchError, TimeOutError, UnknownIssuer
from lead_tui.leads.permissions import SETTING_UP
from lead_tui.leads.text import one_line

_DISCONNECTED = "disconnected"
"""In httpcore's message for a connection that was closed before the response began."""

_TRY_LATER = "check the network, or try again later"

# OpenSSL's codes (x509_vfy.h), which Python hands on as ``verify_code``.
_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_CHAIN, _NO_ISSUER, _NOT_VERIFIED = 18, 19, 20, 21
_WRONG_HOST, _WRONG_ADDRESS = 62, 64
_CERTIFICATES: dict[int, tuple[str, str]] = {
    _EXPIRED: ("has expired", "contact the administrator of the server, and check this machine's clock"),
    _NOT_YET_VALID: ("is not valid yet", "check this machine's clock"),
    _WRONG_HOST: ("is for another host", "check the base URL"),
    _WRONG_ADDRESS: ("is for another host", "check the base URL"),
    **dict.fromkeys(
        (_SELF_SIGNED, _SELF_SIGNED_CHAIN, _NO_ISSUER, _NOT_VERIFIED),
        ("is not signed by an authority that this machine trusts", "check the base URL, or set [network] ca_file"),
    ),
}


def translate_error(error: BaseException, host: str, network: Network, patience: float, *, is_answered: bool) -> SearchError:
    """Return the error to show for *error* of a request to *host*; *is_answered* once the head of the response has arrived.

    *patience* is the read timeout in seconds, for the message.
    """
    causes = tuple(_causes(error))
    certificate = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return _certificate(certificate, host)
    if _is_unacknowledged(causes[1:]):
        # The system gave up, not our timeout: the request was never acknowledged.
        return NetworkError(f"The connection with {host} is dead", remedy=_TRY_LATER)
    match error:
        case httpcore.ConnectTimeout():
            via = f" through the proxy {host_of(network.proxy)}" if network.proxy else ""
            return TimeOutError(f"{host} did not take a connection{via} within {network.connect_timeout:g} s", remedy=_TRY_LATER)
        case httpcore.TimeoutException():
            return TimeOutError(f"{host} did not answer within {patience:g} s", remedy="try again, or narrow the search")
        case httpcore.ProxyError():
            return _proxy(str(error), host, network)
        case httpcore.NetworkError() | httpcore.ProtocolError() if is_answered:
            return CutAnswer(f"The answer of {host} was cut off", remedy="try again")
        case httpcore.RemoteProtocolError() if _DISCONNECTED not in str(error):
            return NetworkError(f"{host} answers, but not as a web server does", remedy="check the base URL", needs=SETTING_UP)
    return _no_connection(causes, host, network)


def is_disconnect(error: BaseException) -> bool:
    """Whether *error* is a broken connection, and not one that could not be made or a timeout."""
    ended = isinstance(error, httpcore.RemoteProtocolError) and _DISCONNECTED in str(error)
    return ended or isinstance(error, httpcore.ReadError | httpcore.WriteError) or _is_unacknowledged(_causes(error))


def _is_unacknowledged(causes: Iterable[BaseException]) -> bool:
    return any(isinstance(cause, OSError) and cause.errno == errno.ETIMEDOUT for cause in causes)


def _proxy(reason: str, host: str, network: Network) -> NetworkError:
    """A proxy's refusal to pass the connection on: *reason* begins with its status."""
    proxy = host_of(network.proxy)
    if reason.startswith("407"):
        return ProxyRefused(
            f"The proxy {proxy} requires a user name and a password (407)", remedy="set them in [network] proxy", needs=SETTING_UP
        )
    # What a proxy forbids stays forbidden; with 5xx it could not reach the server now.
    kind = ProxyRefused if reason.startswith("4") else NetworkError
    return kind(
        f"The proxy {proxy} does not let the request to {host} through ({one_line(reason, 60)})",
        remedy="check [network] proxy",
        needs=SETTING_UP,
    )


def _no_connection(causes: tuple[BaseException, ...], host: str, network: Network) -> NetworkError:
    peer = f"The proxy {host_of(network.proxy)}" if network.proxy else host
    within = f"the proxy {host_of(network.proxy)}" if network.proxy else host
    check = "check [network] proxy" if network.proxy else "check the base URL"

    def settings(message: str, remedy: str = check) -> NetworkError:
        return NetworkError(message, remedy=remedy, needs=SETTING_UP)

    for cause in causes:
        match cause:
            case socket.gaierror():
                return settings(f"Cannot resolve {within}", f"{check} and the network")
            case FileNotFoundError() if network.ca_file:
                gone = f"The certificates in {one_line(str(network.ca_file), 200)} no longer exist"
                return settings(gone, "check [network] ca_file")
            case ConnectionRefusedError():
                return settings(f"{peer} refuses connections", f"{check}, or try again later")
            case ssl.SSLError():
                reason = one_line((cause.reason or "").replace("_", " ").lower(), 60)
                return settings(f"There is no secure connection with {within}{f' ({reason})' if reason else ''}")
            case ConnectionResetError() | BrokenPipeError():
                return NetworkError(f"{peer} reset the connection", remedy=_TRY_LATER)
            case OSError() if cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN):
                return NetworkError(f"There is no route to {within} in this network", remedy=_TRY_LATER)
            case OSError() if cause.strerror:
                return NetworkError(f"There is no connection with {within} ({one_line(cause.strerror, 60)})", remedy=_TRY_LATER)
    if isinstance(causes[0], httpcore.RemoteProtocolError):
        return NetworkError(f"{peer} closed the connection without an answer", remedy=_TRY_LATER)
    return NetworkError(f"The request to {host} failed ({type(causes[0]).__name__})", remedy=_TRY_LATER)


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> NetworkError:
    found, remedy = _CERTIFICATES.get(
        error.verify_code, (f"is refused ({one_line(error.verify_message or '', 60)})", "check the base URL")
    )
    kind = UnknownIssuer if error.verify_code in (_NO_ISSUER, _NOT_VERIFIED) else NetworkError
    return kind(f"The certificate of {host} {found}", remedy=remedy, needs=SETTING_UP)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
