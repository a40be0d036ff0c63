#!/bin/sh
# throttled-py 3.5.0 (PyPI): the connection pools of its Redis stores are kept in one dictionary of the process, by URL alone. A second
# RedisStore for the same URL gets the first one's pool, and its own options are ignored without an error: another password, timeouts or
# certificates (CONNECTION_POOL_KWARGS, PASSWORD, SOCKET_TIMEOUT). A dialer client that limits the requests of two accounts in one Redis, each
# with a password of its own, counts both as the first account's user, and fails where that user may not write.
#
# Observed: two stores for one URL with passwords "first" and "second" both connect with "first".
#
# What to do: set the option REUSE_CONNECTION to False, with which each has its own.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q 'throttled-py[redis]==3.5.0' redis==7.4.1
"$work/venv/bin/python" - <<'PYTHON'
from throttled.store import RedisStore

URL = "redis://127.0.0.1:6379/0"


def password(text: str, **options: object) -> object:
    """The password with which a new store for the one URL would connect. No connection is made."""
    store = RedisStore(URL, {"CONNECTION_POOL_KWARGS": {"password": text}, **options})
    return store._backend.get_client().connection_pool.connection_kwargs["password"]


observed = [password("first"), password("second"), password("second", REUSE_CONNECTION=False)]
print(observed)
assert observed == ["first", "first", "second"], observed
print("as observed with throttled-py 3.5.0")
PYTHON
