"""Refusals: what an HTTP status other than 2xx or an application error means, who refuses, and what to do next.

The one place that knows statuses and the server's codes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from lead_tui import limits
from lead_tui.api.address import host_of
from lead_tui.api.exchange import ENDPOINT, Reply
from lead_tui.api.server_waits import clock_time, retry_after
from lead_tui.api.web_pages import is_web_page, page_title, page_words
from lead_tui.leads.decode import Answer
from lead_tui.leads.errors import (
    AccessRefused,
    ApplicationError,
    HtmlAnswer,
    OffsetRefused,
    ProxyRefused,
    RedirectError,
    RetryRequested,
    SearchError,
    SearchTooLong,
    ServerError,
    StatusRefused,
    TokenError,
    TooManyRequests,
)
from lead_tui.leads.permissions import GIVING_A_TOKEN, SETTING_UP
from lead_tui.leads.text import one_line

_NEW_TOKEN: Final = "set another token in CONVOSO_AUTH_TOKEN or the profile's auth_token_file"  # noqa: S105  # advice, no password
_NO_SECTION: Final = f"ask for a token whose access list has {ENDPOINT}"
_LATER: Final = "try again later"
_ADDRESS: Final = "check the base URL"
_MAX_SHOWN: Final = 80
"""Characters of a redirect's target that are shown."""

_ABOUT_ACCESS_OR_PACE = frozenset({401, 403, 407, 408, 425, 429})
"""HTTP statuses that mean the same whatever the body says."""


def _bad_token(answer: Answer) -> SearchError:
    return TokenError(f"The server rejected the token{_said(answer)}", remedy=_NEW_TOKEN, needs=GIVING_A_TOKEN)


def _no_section(answer: Answer) -> SearchError:
    return TokenError(f"This token may not search for leads{_said(answer)}", remedy=_NO_SECTION, needs=GIVING_A_TOKEN)


def _bad_limit(answer: Answer) -> SearchError:
    return _application_error(answer, "this is a fault of lead-tui, please report it")


def _too_deep(answer: Answer) -> SearchError:
    return OffsetRefused(
        f"The server returns no results past this offset{_said(answer)}",
        remedy="narrow the search",
        code=answer.code,
        text=answer.text,
    )


# A code means different things at different endpoints (the API's document, "Errors").
_HINTS: dict[tuple[str, int], Callable[[Answer], SearchError]] = {
    (ENDPOINT, 5001): _bad_token,
    (ENDPOINT, 403): _no_section,
    (ENDPOINT, 7230): _bad_limit,
    (ENDPOINT, 7258): _bad_limit,
    (ENDPOINT, 7231): _too_deep,
}


def application_failure(answer: Answer) -> SearchError:
    """Return the error that *answer*, a ``{"success": false, …}``, means."""
    hint = _HINTS.get((ENDPOINT, answer.code)) if answer.code is not None else None
    return hint(answer) if hint else _application_error(answer)


def _application_error(answer: Answer, remedy: str = "") -> ApplicationError:
    return ApplicationError(f"The server refuses the search{_said(answer)}", remedy=remedy, code=answer.code, text=answer.text)


def _said(answer: Answer | None) -> str:
    """Return the server's own words, to be appended to a sentence."""
    if answer is None:
        return ""
    code = "" if answer.code is None else f" (code {answer.code})"
    return f', it says "{answer.text}"{code}' if answer.text else code


def refusal_of(reply: Reply, answer: Answer | None) -> SearchError:
    """Return the error that the status of *reply* means; *answer* is what the API says in its body, None where that is not JSON."""
    status = reply.status
    if 300 <= status < 400:
        return _redirect(reply)
    if answer is not None and status not in _ABOUT_ACCESS_OR_PACE and _tells(answer, status):
        return application_failure(answer)
    if status in (401, 403):
        return _access_refused(reply, answer)
    words = _said(answer) or page_words(reply.body)
    if status == 407:
        return ProxyRefused(
            "The proxy requires a user name and a password (HTTP 407)", remedy="set them in [network] proxy", needs=SETTING_UP
        )
    if status == 429 or status >= 500:
        return _wait(reply, words)
    if status in (408, 425):
        return RetryRequested(f"The server did not accept the request in time (HTTP {status}){words}", remedy=_LATER)
    if _is_too_long(reply):
        return SearchTooLong(f"The search is too long for the server (HTTP {status})", remedy="use fewer or shorter filters")
    if not is_web_page(reply.body):
        return StatusRefused(f"The server refuses the request (HTTP {status})", remedy=_ADDRESS, needs=SETTING_UP)
    error = HtmlAnswer(
        f"The server answered with a web page instead of data (HTTP {status}){_titled(reply)}", remedy=_ADDRESS, needs=SETTING_UP
    )
    error.retryable = False
    return error


def _tells(answer: Answer, status: int) -> bool:
    """Whether *answer* says more than *status*: with 5xx a known code does."""
    known = answer.code is not None and (ENDPOINT, answer.code) in _HINTS
    return known if status >= 500 else answer.code is not None or bool(answer.text) or answer.success is False


def _access_refused(reply: Reply, answer: Answer | None) -> SearchError:
    """Only the API itself judges tokens: with JSON, or with the status alone. Any other body comes from something before it."""
    status, words = reply.status, _said(answer)
    if reply.body.strip() and answer is None:
        title = page_title(reply.body)
        return AccessRefused(
            f"Something in front of the API refuses this machine (HTTP {status}){f': {title}' if title else ''}",
            remedy="ask the administrator of the network or the account to let this machine through",
        )
    if status == 401:
        return TokenError(f"The server rejected the token (HTTP 401){words}", remedy=_NEW_TOKEN, needs=GIVING_A_TOKEN)
    return TokenError(
        f"The server does not let this token search for leads (HTTP 403){words}", remedy=_NO_SECTION, needs=GIVING_A_TOKEN
    )


def _wait(reply: Reply, words: str) -> ServerError:
    """429 and 5xx, which are retried; but not where the server specifies a longer wait than anybody sits through."""
    kind, what = (ServerError, "The server failed") if reply.status != 429 else (TooManyRequests, "Rate limit reached")
    seconds = retry_after(reply.headers)
    error = kind(f"{what} (HTTP {reply.status}){words}", remedy=_LATER, retry_after=seconds)
    if seconds is not None and seconds > limits.MAX_RETRY_AFTER:
        when = clock_time(seconds, datetime.now().astimezone())
        error.message = f"Server asks to retry {f'after {when}' if when else 'much later'} (HTTP {reply.status}){words}"
        error.remedy = "try again then" if when else _LATER
        error.retryable = False
    return error


def _is_too_long(reply: Reply) -> bool:
    """414 and 431 say so; HAProxy answers 400 with a web page to a request that does not fit into its buffer."""
    if reply.status in (414, 431):
        return True
    return reply.status == 400 and is_web_page(reply.body) and reply.asked_bytes >= limits.LONG_REQUEST_BYTES


def _titled(reply: Reply) -> str:
    title = page_title(reply.body)
    return f', "{title}"' if title else ""


def _redirect(reply: Reply) -> RedirectError:
    """Never followed. The query is not shown: the token is in it."""
    location = reply.headers.get("location", "")
    host = one_line(host_of(location), _MAX_SHOWN)
    try:
        path = one_line(urlsplit(location).path, _MAX_SHOWN)
    except ValueError:
        path = ""
    if path.startswith("/") and (host == reply.host or not urlsplit(location).netloc):
        host = f"its own path {path}"
    return RedirectError(
        f"The server points to {host or 'another address'} (HTTP {reply.status}), where the token does not go",
        remedy=_ADDRESS,
        needs=SETTING_UP,
    )
