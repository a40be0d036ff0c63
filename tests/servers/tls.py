"""TLS on loopback: the server side, with a good certificate and with bad ones (``certificates/make`` made them)."""

from __future__ import annotations

import ssl
from pathlib import Path

_FOLDER = Path(__file__).parent / "certificates"

CA_FILE = str(_FOLDER / "ca.pem")
"""Who signed ``good``, ``wrong_host`` and ``expired``."""


def server_side(certificate: str) -> ssl.SSLContext:
    """For ``ConvosoServer(tls=…)``: *certificate* is ``good``, ``wrong_host``, ``expired`` or ``self_signed``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_FOLDER / f"{certificate}.pem", _FOLDER / "key.pem")
    return context
