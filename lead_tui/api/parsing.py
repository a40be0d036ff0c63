"""What an answer means: a page, or the error that the person is told. The one place that knows statuses and the server's codes."""

from __future__ import annotations

import threading
import time
from array import array

from lead_tui import limits
from lead_tui.api.exchange import ENDPOINT, Abandoned, Reply
from lead_tui.api.threads import GivenUp
from lead_tui.leads.decode import Answer, Row, row_ids, split, undocumented
from lead_tui.leads.errors import HtmlAnswer, SearchError, UnreadableAnswer
from lead_tui.leads.page import Page

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
        answer, notice = _split(reply)
        page = _empty_page(answer, reply, offset, limit)
        if page is not None:
            return page
        if failure := _failure(answer):
            raise failure
        rows = answer.rows[:limit] if len(answer.rows) > limit else answer.rows
        ids = _ids(rows, given_up)
    return Page(offset, limit, rows, ids, answer.total, answer.text, reply.seconds, len(reply.body), notice=notice)


def _split(reply: Reply) -> tuple[Answer, str]:
    """The envelope of a body, and a sentence about the PHP notice before it, "" for none. Raises as ``decode.split`` does."""
    body, content_type = reply.body, reply.headers.get("content-type", "").lower()
    if "charset" in content_type and "utf-8" not in content_type:
        from lead_tui.api.web_pages import in_utf_8

        body = in_utf_8(body, content_type)
    try:
        return split(body), ""
    except UnreadableAnswer as error:
        from lead_tui.api.notices import behind_notice
        from lead_tui.api.web_pages import page_title

        found = behind_notice(body)
        if found is not None:
            return found
        if isinstance(error, HtmlAnswer) and (title := page_title(body)):
            error.message += f', "{title}"'
        raise


def _ids(rows: list[Row], given_up: GivenUp) -> array[int]:
    ids = array("q")
    for start in range(0, len(rows), limits.IDS_AT_A_TIME):
        if given_up():
            raise Abandoned
        ids.extend(row_ids(rows[start : start + limits.IDS_AT_A_TIME]))
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
    if answer.success is not False and (answer.success or answer.has_data):
        return None
    if answer.success is None and answer.code in _NO_ERROR and not answer.text:
        return undocumented()
    from lead_tui.api.refusals import application_failure

    return application_failure(answer)


def _refused(reply: Reply, offset: int, limit: int) -> Page:
    """Raise what a status other than 2xx means; return the page where the body says that nothing matches."""
    # Imported here, as in _split: most answers are good, and the first one is on the way to the first rows.
    from lead_tui.api.refusals import refusal_of

    answer = _json_in(reply.body)
    if answer is not None and reply.status >= 400 and (page := _empty_page(answer, reply, offset, limit)):
        return page
    raise refusal_of(reply, answer)


def _json_in(body: bytes) -> Answer | None:
    """The API's JSON in the body of an error status, which is anything, and often nothing."""
    try:
        return split(body)
    except UnreadableAnswer:
        return None
