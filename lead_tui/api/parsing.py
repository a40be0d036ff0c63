"""Parsing of a response: a page of leads, the records of another endpoint, or the error that it means."""

from __future__ import annotations

import threading
import time
from array import array
from typing import TYPE_CHECKING

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.api.transport import Reply
from lead_tui.leads.decode import Answer, Row, row_ids, split, undocumented
from lead_tui.leads.errors import HtmlAnswer, SearchError, SectionForbidden, TokenError, UnreadableAnswer
from lead_tui.leads.page import Page

if TYPE_CHECKING:
    from lead_tui.leads.records import Records, Section

_NO_MATCH_CODES = frozenset({6000, 6001})
"""No such lead; in other endpoints no such lists either."""
_SUCCESS_CODES = (None, 0, 200)


def parse_page(reply: Reply, offset: int, limit: int, is_cancelled: IsCancelled, splitting: threading.Lock) -> Page:
    """Return the page in *reply*. Raises ``SearchError``, and ``Abandoned`` once the caller was cancelled.

    One page is split at a time, under *splitting*, with pauses for the event loop: pages that arrive together must not be felt at
    the keyboard.
    """
    if not 200 <= reply.status < 300:
        return _empty_or_error(reply, offset, limit)
    with splitting:
        if is_cancelled():
            raise Abandoned
        answer, notice = _split(reply)
        page = _empty_page(answer, reply, offset, limit)
        if page is not None:
            return page
        if error := _application_error(answer):
            raise error
        rows = answer.rows[:limit] if len(answer.rows) > limit else answer.rows
        ids = _ids(rows, is_cancelled)
    return Page(offset, limit, rows, ids, answer.total, answer.text, reply.seconds, len(reply.body), notice=notice)


def _split(reply: Reply) -> tuple[Answer, str]:
    """Return the envelope of a body, and a sentence about the PHP notice before it or "". Raises as ``decode.split`` does."""
    body, content_type = reply.body, reply.headers.get("content-type", "").lower()
    if "charset" in content_type and "utf-8" not in content_type:
        # Imported here, like below: most responses are good, and the first one is on the way to the first rows.
        from lead_tui.api.response_errors import to_utf_8

        body = to_utf_8(body, content_type)
    try:
        return split(body), ""
    except UnreadableAnswer as error:
        from lead_tui.api.response_errors import page_title, split_after_notices

        found = split_after_notices(body)
        if found is not None:
            return found
        if isinstance(error, HtmlAnswer) and (title := page_title(body)):
            error.message += f', "{title}"'
        raise


def _ids(rows: list[Row], is_cancelled: IsCancelled) -> array[int]:
    ids = array("q")
    for start in range(0, len(rows), limits.IDS_AT_A_TIME):
        if is_cancelled():
            raise Abandoned
        ids.extend(row_ids(rows[start : start + limits.IDS_AT_A_TIME]))
        time.sleep(0)
    return ids


def _empty_page(answer: Answer, reply: Reply, offset: int, limit: int) -> Page | None:
    """Return the page for "nothing matches", which the server reports as an error; None if *answer* says anything else."""
    if answer.code not in _NO_MATCH_CODES or answer.rows:
        return None
    return Page(offset, limit, [], array("q"), 0, answer.text, reply.seconds, len(reply.body))


def _application_error(answer: Answer) -> SearchError | None:
    if answer.success is not False and answer.misshapen:
        return undocumented()
    if answer.success is not False and (answer.success or answer.has_data):
        return None
    if answer.success is None and answer.code in _SUCCESS_CODES and not answer.text:
        return undocumented()
    from lead_tui.api.response_errors import application_error

    return application_error(answer)


def _empty_or_error(reply: Reply, offset: int, limit: int) -> Page:
    """Raise what a status other than 2xx means; return the page if the body says that nothing matches."""
    from lead_tui.api.response_errors import status_error

    try:
        answer: Answer | None = split(reply.body)
    except UnreadableAnswer:
        # The body of an error status is anything, and often nothing.
        answer = None
    if answer is not None and reply.status >= 400 and (page := _empty_page(answer, reply, offset, limit)):
        return page
    raise status_error(reply, answer)


def parse_records(reply: Reply, _is_cancelled: IsCancelled, *, section: Section) -> Records:
    """Return the records in *reply*. Raises ``SearchError``, ``SectionForbidden`` where the token may not read *section*."""
    # Imported here: few sessions read more than leads.
    from lead_tui.api.response_errors import application_error, status_error
    from lead_tui.leads.records import NOT_LISTED, Records, read_records

    is_good = 200 <= reply.status < 300
    try:
        records = read_records(reply.body)
    except UnreadableAnswer:
        if is_good:
            raise
        raise _of_section(status_error(reply, None), None, section) from None
    answer = records.answer
    if answer.code in _NO_MATCH_CODES or answer.code == NOT_LISTED:
        return Records(answer)
    if is_good and answer.success is not False:
        return records
    raise _of_section(application_error(answer) if is_good else status_error(reply, answer), answer, section)


def _of_section(error: SearchError, answer: Answer | None, section: Section) -> SearchError:
    """Return *error*, or that *section* is forbidden if it is about the token."""
    if not isinstance(error, TokenError):
        return error
    quote = f', the server says "{answer.text}"' if answer is not None and answer.text else ""
    return SectionForbidden(f"This token may not read {section}{quote}", remedy=f"ask for a token whose access list has {section}")
