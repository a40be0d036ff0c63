#!/bin/sh
# truststore 0.10.5 (PyPI): SSLContext.wrap_socket holds the context's lock during the whole handshake. Three requests sent at the same time
# through one context, as httpx and httpcore do, make their handshakes one after the other. A client that looks a phone number up in three fields
# of a dialer's API at once gets the third answer two handshakes late, and if the server stops answering during the first one, none begins.
#
# Observed: of three handshakes begun together with a server that does not answer, one ClientHello arrives with truststore, three with
# ssl.SSLContext.
#
# What to do, on Linux: an ssl.SSLContext with set_default_verify_paths, if OpenSSL's default paths have certificates.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q truststore==0.10.5
"$work/venv/bin/python" - <<'PYTHON'
import socket
import ssl
import threading

import truststore


def hellos(context: ssl.SSLContext) -> int:
    """How many of three handshakes begin while none is answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        clients = [socket.create_connection(server.getsockname()) for _ in range(3)]
        accepted = [server.accept()[0] for _ in clients]

        def shake_hands(client: socket.socket) -> None:
            try:
                context.wrap_socket(client, server_hostname="localhost")
            except OSError:
                pass

        threads = [threading.Thread(target=shake_hands, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        begun = 0
        for each in accepted:
            each.settimeout(1)
            try:
                begun += bool(each.recv(1))
            except TimeoutError:
                pass
        for each in accepted:
            each.close()
        # A thread that is still in OpenSSL when Python ends would crash it.
        for thread in threads:
            thread.join()
        return begun


observed = {kind.__module__: hellos(kind(ssl.PROTOCOL_TLS_CLIENT)) for kind in (truststore.SSLContext, ssl.SSLContext)}
print(observed)
assert observed == {"truststore._api": 1, "ssl": 3}, observed
print("as observed with truststore", truststore.__version__)
PYTHON
