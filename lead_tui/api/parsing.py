"""What a response means: a page of leads, the records of another endpoint, or an error.

Statuses and the server's codes are known only here. With ``display_errors`` PHP writes ``Warning: … on line 42`` into the body.
"""

from __future__ import annotations

import re
import threading
import time
from array import array
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.config.settings import host_of
from lead_tui.leads.errors import (
    ApplicationError,
    HtmlAnswer,
    OffsetRefused,
    RetryRequested,
    SearchError,
    SectionForbidden,
    ServerError,
    TokenError,
    TooManyRequests,
    UnreadableAnswer,
)
from lead_tui.leads.lead import Answer, row_ids, split, undocumented
from lead_tui.leads.page import Page
from lead_tui.leads.permissions import GIVING_A_TOKEN, SETTING_UP
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    from lead_tui.leads.records import Records, Section

Result = TypeVar("Result")

ENDPOINT: Final = "leads/search"

_SPLITTING: Final = threading.Lock()  # held while a page is split

_NO_MATCH_CODES: Final = frozenset({6000, 6001})  # no lead matches; in other endpoints, no list

MAX_TITLE_CHARACTERS: Final = 60  # of a web page's title, or a redirect's target, in a message

_ADDRESS: Final = "check the base URL"
_REFUSED: Final = "The server refuses the search"
_MAX_NOTICE_CHARACTERS: Final = 120  # of PHP's words in a message
_SEARCHED_BYTES: Final = 64 * 1024
"""Of a body: the head of a web page, or dozens of notices. Anything later is not a notice before the data."""

_RETRIED: Final[Mapping[int, tuple[type[ServerError], str]]] = {
    **dict.fromkeys((408, 425), (RetryRequested, "The server did not accept the request in time")),
    429: (TooManyRequests, "Rate limit reached"),
}

_TOKENS: Final = "in CONVOSO_AUTH_TOKEN or the profile's auth_token_file"
_BAD_TOKEN, _NO_ACCESS = 5001, 403
_CODES: Final[Mapping[int | None, tuple[type[SearchError], str, str]]] = {
    _BAD_TOKEN: (TokenError, "The server rejected the token", f"set another token {_TOKENS}"),
    _NO_ACCESS: (TokenError, "This token may not search for leads", f"set a token {_TOKENS} whose access list has {ENDPOINT}"),
    7231: (OffsetRefused, "The server returns no results past this offset", "narrow the search"),
    **dict.fromkeys((7230, 7258), (ApplicationError, _REFUSED, "this is a bug in lead-tui, please report it")),
}
"""Error, message and remedy by code of ``leads/search``; other endpoints use some of the codes differently."""

_RESET: Final = r"(?:^|\breset=|;\s*t=)(\d{1,6})\b"
"""The seconds to the end of a rate limit: ``30``, ``limit=100, remaining=0, reset=30`` or ``"default";r=0;t=30``."""

_TITLE: Final = rb"(?is)<title[^>]*>(.*?)</title"
_NOTICE: Final = (
    rb"(?s)\b(Fatal error|Parse error|Warning|Notice|Deprecated)(?:</b>)?\s*:\s+"
    rb"(.{1,4000}?) in (?:<b>)?\S[^\n<]{0,1000}?(?:</b>)? on line (?:<b>)?(\d+)"
)
_LATIN: Final = ("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252")  # charsets, as a content type has them


class Reply(Struct, frozen=True):
    """The server's response."""

    status: int
    body: bytes
    seconds: float  # from the request's first byte to the response's last
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    host: str = ""  # the server's host, for messages
    request_bytes: int = 0


def parse_page(reply: Reply, offset: int, limit: int, is_cancelled: IsCancelled) -> Page:
    """Return the page in *reply*. Raises ``SearchError``, and ``Abandoned`` once the caller was canceled.

    One page is split at a time, with pauses: pages that arrive together do not slow down the keyboard.
    """
    ids = array("q")
    with _SPLITTING:
        if is_cancelled():
            raise Abandoned
        answer, notice = _read(reply, _split) or (None, "")
        if answer is not None and answer.code in _NO_MATCH_CODES and not answer.rows:
            # No lead from here on; earlier rows stay.
            return Page(offset, limit, [], ids, offset, answer.text, reply.seconds)
        if answer is None or not _is_good(reply):
            raise _status_error(reply, answer)
        has_page = answer.success or answer.has_data
        says_nothing = not has_page and answer.code in (None, 0, 200) and not answer.text
        if answer.success is not False and (answer.misshapen or says_nothing):
            raise undocumented()
        if answer.success is False or not has_page:
            raise _refused(answer)
        rows = answer.rows[:limit]
        for start in range(0, len(rows), limits.IDS_AT_A_TIME):
            if is_cancelled():
                raise Abandoned
            ids.extend(row_ids(rows[start : start + limits.IDS_AT_A_TIME]))
            time.sleep(0)
    return Page(offset, limit, rows, ids, answer.total, answer.text, reply.seconds, notice=notice)


def parse_records(reply: Reply, _is_cancelled: IsCancelled, *, section: Section) -> Records:
    """Return the records in *reply*. Raises ``SearchError``, and ``SectionForbidden`` if the token may not read *section*."""
    # Imported here: few sessions read more than leads.
    from lead_tui.leads.records import NOT_LISTED, Records, read_records

    records = _read(reply, lambda reply: read_records(reply.body))
    answer = None if records is None else records.answer
    if answer is not None and (answer.code in _NO_MATCH_CODES or answer.code == NOT_LISTED):
        return Records(answer)
    if records is not None and _is_good(reply) and records.answer.success is not False:
        return records
    error = _refused(answer) if answer is not None and _is_good(reply) else _status_error(reply, answer)
    if isinstance(error, TokenError):
        quote = f', the server says "{answer.text}"' if answer is not None and answer.text else ""
        remedy = f"ask for a token whose access list has {section}"
        raise SectionForbidden(f"This token may not read {section}{quote}", remedy=remedy)
    raise error


def _is_good(reply: Reply) -> bool:
    return 200 <= reply.status < 300


def _read(reply: Reply, read: Callable[[Reply], Result]) -> Result | None:
    """Return what *read* makes of *reply*; None with an error status, whose body may be anything, if it cannot be read."""
    try:
        return read(reply)
    except UnreadableAnswer:
        if _is_good(reply):
            raise
        return None


def _split(reply: Reply) -> tuple[Answer, str]:
    """Return the envelope of a body, and a sentence about the PHP notice before it or "". Raises as ``lead.split`` does."""
    body, content_type = reply.body, reply.headers.get("content-type", "").lower()
    if any(charset in content_type for charset in _LATIN):
        try:
            body.decode()
        except UnicodeDecodeError:
            # Servers that declare latin-1 send windows-1252, which adds quotes and dashes; browsers decode it that way, too.
            body = body.decode("cp1252", "replace").encode()
    try:
        return split(body), ""
    except UnreadableAnswer as error:
        if found := _split_after_notices(body):
            return found
        if isinstance(error, HtmlAnswer) and (title := page_title(body)):
            error.message += f', "{title}"'
        raise


# Application errors


def _refused(answer: Answer) -> SearchError:
    """Return the error that *answer*, a ``{"success": false, …}``, means."""
    other = ApplicationError, _REFUSED, "change the filters, or show this message to your Convoso administrator"
    kind, message, remedy = _CODES.get(answer.code, other)
    return kind(f"{message}{_quote(answer)}", remedy=remedy, needs=GIVING_A_TOKEN if kind is TokenError else "")


def _quote(answer: Answer | None) -> str:
    """Return the server's own message, to be appended to a sentence."""
    if answer is None:
        return ""
    code = "" if answer.code is None else f" (code {answer.code})"
    return f', it says "{answer.text}"{code}' if answer.text else code


# Statuses


def _status_error(reply: Reply, answer: Answer | None) -> SearchError:
    """Return the error that the status of *reply* means; *answer* is the API's JSON in its body, None if there is none."""
    status, title = reply.status, page_title(reply.body)
    quote = _quote(answer) or (f', "{title}"' if title else "")
    if 300 <= status < 400:
        return _redirect(reply)
    if status in (401, 403):
        if answer is None and reply.body.strip():
            # Only the API itself judges tokens: with JSON, or with the status alone.
            message = f"Something in front of the API refuses this machine (HTTP {status}){f': {title}' if title else ''}"
            return SearchError(message, remedy="ask the administrator of the network or the account to let this machine through")
        is_rejected = status == 401 or (answer is not None and answer.code == _BAD_TOKEN)
        _, message, remedy = _CODES[_BAD_TOKEN if is_rejected else _NO_ACCESS]
        return TokenError(f"{message} (HTTP {status}){quote}", remedy=remedy, needs=GIVING_A_TOKEN)
    # With 5xx only a known code says more than the status.
    if answer is not None and status not in _RETRIED and (answer.code in _CODES or (status < 500 and answer.success is False)):
        return _refused(answer)
    if status in _RETRIED or status >= 500:
        return _retryable(reply, quote)
    is_page = _is_web_page(reply.body)
    # HAProxy responds with 400 and a web page to a request that does not fit into its buffer.
    if status in (414, 431) or (status == 400 and is_page and reply.request_bytes >= limits.LONG_REQUEST_BYTES):
        return SearchError(f"The search is too long for the server (HTTP {status})", remedy="use fewer or shorter filters")
    what = "The server answered with a web page instead of data" if is_page else "The server refuses the request"
    return SearchError(f"{what} (HTTP {status}){quote}", remedy=_ADDRESS, needs=SETTING_UP)


def _retryable(reply: Reply, quote: str) -> ServerError:
    """Return an error that is retried, unless the server specifies a wait that is too long."""
    kind, what = _RETRIED.get(reply.status, (ServerError, "The server failed"))
    seconds = retry_after(reply.status, reply.headers)
    error = kind(f"{what} (HTTP {reply.status}){quote}", remedy="try again later")
    error.retry_after = seconds
    if seconds is not None and seconds > limits.MAX_RETRY_AFTER:
        when = clock_time(seconds, datetime.now().astimezone())
        error.message, error.remedy = f"The server asks to retry after {when} (HTTP {reply.status}){quote}", "try again then"
        error.retryable = False
    return error


def _redirect(reply: Reply) -> SearchError:
    """Return the error for a redirect, which is never followed. The query is not shown: it contains the token."""
    location = reply.headers.get("location", "")
    host, path = host_of(location), ""
    with suppress(ValueError):
        path = urlsplit(location).path
    if path.startswith("/") and (host == reply.host or "//" not in location):
        host = f"its own path {path}"
    target = one_line(host, MAX_TITLE_CHARACTERS) or "another address"
    message = f"The server redirects to {target} (HTTP {reply.status}), where the token is not sent"
    return SearchError(message, remedy=_ADDRESS, needs=SETTING_UP)


# The wait that the server specifies


def retry_after(status: int, headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, not capped; None if the server specifies none in a valid form.

    ``Retry-After`` is a number, or a date by the server's clock. Without it, the rate limit's reset is used, but only if the status
    says that the limit is the reason: some servers send it with every response.
    """
    value = headers.get("retry-after", "").strip()
    if not value and status == 429:
        found = re.search(_RESET, headers.get("ratelimit-reset") or headers.get("ratelimit", ""))
        value = found[1] if found else ""
    if value.isdecimal():
        return float(value)
    now, then = parse_http_date(headers.get("date", "")) or datetime.now(UTC), parse_http_date(value)
    return None if then is None else max(0.0, (then - now).total_seconds())


def clock_time(seconds: float, now: datetime) -> str:
    """Return when *seconds* after *now* is, a year at most, as ``14:30``, with the date if that is another day."""
    then = now + timedelta(seconds=min(seconds, 365 * 86_400))
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"


def parse_http_date(text: str) -> datetime | None:
    """Return *text*, a date as HTTP writes it, as an aware datetime; None if it is not a valid one."""
    # Imported here: it takes 5 ms, and most responses are pages.
    from email.utils import parsedate_to_datetime

    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


# Web pages


def page_title(body: bytes) -> str:
    """Return the title of the web page *body*, cleaned, at most ``MAX_TITLE_CHARACTERS``; "" if there is none."""
    found = re.search(_TITLE, body[:_SEARCHED_BYTES]) if _is_web_page(body) else None
    return one_line(_plain_text(found[1]), MAX_TITLE_CHARACTERS) if found else ""


def _is_web_page(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"<")


def _plain_text(markup: bytes) -> str:
    # Imported here: few responses are web pages.
    import html

    return " ".join(html.unescape(re.sub("<[^>]{0,200}>", "", markup.decode("utf-8", "replace"))).split())


# PHP's notices


def _split_after_notices(body: bytes) -> tuple[Answer, str] | None:
    """Return the envelope that follows PHP's notices in *body*, and a sentence about the first of them.

    None if no complete envelope follows: nothing is guessed. Raises ``UnreadableAnswer`` for a fatal error.
    """
    notices = [*re.finditer(_NOTICE, body[:_SEARCHED_BYTES])]
    if not notices:
        return None
    if start := re.compile(rb'\{\s*"').search(body, notices[0].end()):
        with suppress(UnreadableAnswer):
            answer = split(body[start.start() :])
            if answer.success is not None or answer.has_data:
                what = f"The server sends PHP notices before its data ({_words(notices[0])})"
                return answer, f"{what}; contact the administrator of the server"
    if fatal := next((each for each in notices if b"error" in each[1]), None):
        remedy = "try again later, or contact the administrator of the server"
        raise UnreadableAnswer(f"The server's program failed ({_words(fatal)})", remedy=remedy)
    return None


def _words(notice: re.Match[bytes]) -> str:
    """Return kind, text and line of a notice, without the path, which is private, and without the arguments in a stack trace."""
    text = re.sub(r" in /\S+", "", _plain_text(notice[2].split(b"Stack trace:")[0]))
    return f"PHP {notice[1].decode().lower()}: {one_line(text, _MAX_NOTICE_CHARACTERS)}, line {int(notice[3])}"
