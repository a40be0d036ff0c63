"""A search as a ``curl`` command that is safe to paste into a shell, whatever its values contain, and has no token.

Each address stands in single quotes, within which a shell expands nothing, and is percent-encoded, so that it holds no quote, no
space, no line break and nothing that ``curl`` itself expands. The token's place is taken by a variable, which no shell expands
within single quotes: it is an argument of its own, in double quotes, which ``--get`` has ``curl`` put behind the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from lead_tui.leads.query import Query

TOKEN_VARIABLE = "$CONVOSO_AUTH_TOKEN"  # noqa: S105 - the variable's name
"""Stands where the token goes."""

_ENDPOINT = "leads/search"
_PLAIN = "/:[]@-._~"
"""What an address has beside letters and digits."""


def curl_command(base_url: str, queries: Sequence[Query], limit: int, *, with_time: bool = False) -> str:
    """Return one command, in one line, that requests the first *limit* leads of each of *queries*, whose dates have been fixed.

    *with_time* is as of ``Query.parameters``. It works in sh, bash, zsh and fish, with curl 7.18 or later.
    """
    addresses = " ".join(f"'{_address(base_url, query, limit, with_time)}'" for query in queries)
    return f'curl --get --data-urlencode "auth_token={TOKEN_VARIABLE}" {addresses}'


def _address(base_url: str, query: Query, limit: int, with_time: bool) -> str:
    parameters = {name: value for name, value in query.parameters(with_time=with_time).items() if value}
    parameters |= {"offset": "0", "limit": str(limit)}
    # A base URL has been checked; encoded all the same, since the quotes around it are all that keeps it from the shell.
    address = quote(f"{base_url}/{_ENDPOINT}", safe=_PLAIN)
    return f"{address}?{urlencode(parameters, quote_via=quote, safe='', errors='replace')}"
