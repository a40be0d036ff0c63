"""What an answer means: a page, or the error that the person is told. The one place that knows statuses and the server's codes."""

from __future__ import annotations

import math
import threading
import time
from array import array
from collections.abc import Callable
from datetime import UTC, datetime

from lead_tui import tuning
from lead_tui.convoso.address import host_of
from lead_tui.convoso.connection import ENDPOINT, Abandoned, Reply
from lead_tui.convoso.threads import GivenUp
from lead_tui.leads.capabilities import GIVING_A_TOKEN, SETTING_UP
from lead_tui.leads.decode import Answer, Row, row_ids, split, undocumented
from lead_tui.leads.errors import (
    ApplicationError,
    HtmlAnswer,
    OffsetRefused,
    RedirectError,
    SearchError,
    ServerError,
    StatusRefused,
    TokenError,
    TooManyRequests,
    UnreadableAnswer,
)
from lead_tui.leads.page import Page
from lead_tui.leads.text import one_line

_NEW_TOKEN = "give another token, by CONVOSO_AUTH_TOKEN or the profile's auth_token_file"  # noqa: S105  # advice, no password
_NO_SECTION = f"ask for a token whose access list has {ENDPOINT}"


def _bad_token(answer: Answer) -> SearchError:
    return TokenError(f"The server refuses the token{_said(answer)}", remedy=_NEW_TOKEN, needs=GIVING_A_TOKEN)


def _no_section(answer: Answer) -> SearchError:
    return TokenError(f"This token may not search for leads{_said(answer)}", remedy=_NO_SECTION, needs=GIVING_A_TOKEN)


def _bad_limit(answer: Answer) -> SearchError:
    return _application_error(answer, "this is a fault of lead-tui, please report it")


def _too_deep(answer: Answer) -> SearchError:
    return OffsetRefused(
        f"The server pages no deeper{_said(answer)}", remedy="narrow the search", code=answer.code, text=answer.text
    )


# A code means different things at different endpoints (the API's document, "Errors").
_HINTS: dict[tuple[str, int], Callable[[Answer], SearchError]] = {
    (ENDPOINT, 5001): _bad_token,
    (ENDPOINT, 403): _no_section,
    (ENDPOINT, 7230): _bad_limit,
    (ENDPOINT, 7258): _bad_limit,
    (ENDPOINT, 7231): _too_deep,
}
_NOTHING_MATCHES = frozenset({(ENDPOINT, 6000), (ENDPOINT, 6001)})

_NO_ERROR = (None, 0, 200)
"""Codes of an answer that went well: ``status/search`` carries 200."""


def page_of(reply: Reply, offset: int, limit: int, given_up: GivenUp, splitting: threading.Lock) -> Page:
    """The page in *reply*. Raises ``SearchError``, and ``Abandoned`` when given up.

    One page is split at a time, under *splitting*, with a turn for the event loop now and then: pages that arrive together must
    not be felt at the keyboard.
    """
    if not 200 <= reply.status < 300:
        return _refused(reply, offset, limit)
    with splitting:
        if given_up():
            raise Abandoned
        answer = split(reply.body)
        page = _empty_page(answer, reply, offset, limit)
        if page is not None:
            return page
        if failure := _failure(answer):
            raise failure
        rows = answer.rows[:limit] if len(answer.rows) > limit else answer.rows
        ids = _ids(rows, given_up)
    return Page(offset, limit, rows, ids, answer.total, answer.text, reply.seconds, len(reply.body))


def _ids(rows: list[Row], given_up: GivenUp) -> array[int]:
    ids = array("q")
    for start in range(0, len(rows), tuning.IDS_AT_A_TIME):
        if given_up():
            raise Abandoned
        ids.extend(row_ids(rows[start : start + tuning.IDS_AT_A_TIME]))
        time.sleep(0)
    return ids


def _empty_page(answer: Answer, reply: Reply, offset: int, limit: int) -> Page | None:
    """The page for "nothing matches", which the server tells as an error; None where it says anything else."""
    if answer.code is None or (ENDPOINT, answer.code) not in _NOTHING_MATCHES or answer.rows:
        return None
    return Page(offset, limit, [], array("q"), 0, answer.text, reply.seconds, len(reply.body))


def _failure(answer: Answer) -> SearchError | None:
    """The error that *answer* tells of, if it does."""
    if answer.success is not False and answer.misshapen:
        return undocumented()
    if answer.success or answer.has_data:
        return None if answer.success is not False else _application_failure(answer)
    if answer.success is None and answer.code in _NO_ERROR and not answer.text:
        return undocumented()
    return _application_failure(answer)


def _application_failure(answer: Answer) -> SearchError:
    hint = _HINTS.get((ENDPOINT, answer.code)) if answer.code is not None else None
    return hint(answer) if hint else _application_error(answer)


def _application_error(answer: Answer, remedy: str = "") -> ApplicationError:
    return ApplicationError(f"The server refuses the search{_said(answer)}", remedy=remedy, code=answer.code, text=answer.text)


def _said(answer: Answer | None) -> str:
    """The server's own words, to stand behind a sentence."""
    if answer is None:
        return ""
    code = "" if answer.code is None else f" (code {answer.code})"
    return f', it says "{answer.text}"{code}' if answer.text else code


# Statuses other than 2xx


def _refused(reply: Reply, offset: int, limit: int) -> Page:
    """Raises what the status means; the page where the body says that nothing matches."""
    status = reply.status
    if 300 <= status < 400:
        raise _redirect(reply)
    answer, is_html = _told(reply)
    said = _said(answer) or (", with a web page" if is_html else "")
    if status == 401:
        raise TokenError(f"The server refuses the token (HTTP 401){said}", remedy=_NEW_TOKEN, needs=GIVING_A_TOKEN)
    if status == 403:
        raise TokenError(
            f"The server does not let this token search for leads (HTTP 403){said}", remedy=_NO_SECTION, needs=GIVING_A_TOKEN
        )
    if status == 429:
        raise TooManyRequests(
            f"The server wants fewer requests (HTTP 429){said}", remedy="try again later", retry_after=retry_after(reply)
        )
    if answer is not None:
        page = _empty_page(answer, reply, offset, limit)
        if page is not None:
            return page
        if answer.code is not None and (ENDPOINT, answer.code) in _HINTS:
            raise _application_failure(answer)
    if status >= 500:
        raise ServerError(f"The server failed (HTTP {status}){said}", remedy="try again later", retry_after=retry_after(reply))
    if answer is not None:
        raise _application_failure(answer)
    if is_html:
        raise HtmlAnswer(
            f"The server answered with a web page instead of data (HTTP {status})", remedy="check the base URL", needs=SETTING_UP
        )
    raise StatusRefused(f"The server refuses the request (HTTP {status})", remedy="check the base URL", needs=SETTING_UP)


def _told(reply: Reply) -> tuple[Answer | None, bool]:
    """What a body beside an error status says, and whether it is a web page. Such a body is anything, and often nothing."""
    try:
        answer = split(reply.body)
    except HtmlAnswer:
        return None, True
    except UnreadableAnswer:
        return None, False
    tells = answer.code is not None or bool(answer.text) or answer.success is False
    return (answer if tells else None), False


def _redirect(reply: Reply) -> RedirectError:
    host = one_line(host_of(reply.headers.get("location", "")), 80)
    return RedirectError(
        f"The server points to {host or 'another address'} (HTTP {reply.status}), where the token does not go",
        remedy="check the base URL",
        needs=SETTING_UP,
    )


def retry_after(reply: Reply) -> float | None:
    """Seconds that the server asks to wait: a number, or a date, by the server's own clock where it tells it.

    None where it asks for nothing that can be understood. Not capped.
    """
    asked = reply.headers.get("retry-after", "").strip()
    try:
        seconds = float(asked)
    except ValueError:
        then = moment(asked)
        if then is None:
            return None
        now = moment(reply.headers.get("date", "")) or datetime.now(UTC)
        seconds = max(0.0, (then - now).total_seconds())
    return seconds if seconds >= 0 and not math.isnan(seconds) else None


def moment(text: str) -> datetime | None:
    """*text*, a date as HTTP writes it, aware; None where it is none."""
    # Imported here: few servers ever ask to wait.
    from email.utils import parsedate_to_datetime

    try:
        told = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
