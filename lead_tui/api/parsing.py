"""Parse a response into a page of leads, the records of another endpoint, or the error that it means."""

from __future__ import annotations

import threading
import time
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING

from lead_tui import limits
from lead_tui.api.threads import Abandoned, IsCancelled
from lead_tui.api.transport import Reply
from lead_tui.leads.errors import HtmlAnswer, SearchError, SectionForbidden, TokenError, UnreadableAnswer
from lead_tui.leads.lead import Answer, row_ids, split, undocumented
from lead_tui.leads.page import Page

if TYPE_CHECKING:
    from lead_tui.leads.records import Records, Section

_NO_MATCH_CODES = frozenset({6000, 6001})
"""No lead matches; in other endpoints, no list."""
_SUCCESS_CODES = (None, 0, 200)


def parse_page(reply: Reply, offset: int, limit: int, is_cancelled: IsCancelled, splitting: threading.Lock) -> Page:
    """Return the page in *reply*. Raises ``SearchError``, and ``Abandoned`` once the caller was cancelled.

    One page is split at a time, under *splitting*, with pauses for the event loop, so that pages that arrive together do not slow
    down the keyboard.
    """
    ids, is_good = array("q"), 200 <= reply.status < 300
    with splitting:
        if is_cancelled():
            raise Abandoned
        answer, notice = _split(reply) if is_good else (_answer_of_status(reply), "")
        if answer.code in _NO_MATCH_CODES and not answer.rows:
            # No lead from here on; earlier rows stay.
            return Page(offset, limit, [], ids, offset, answer.text, reply.seconds, len(reply.body))
        if error := _application_error(answer):
            raise error
        rows = answer.rows[:limit] if len(answer.rows) > limit else answer.rows
        for start in range(0, len(rows), limits.IDS_AT_A_TIME):
            if is_cancelled():
                raise Abandoned
            ids.extend(row_ids(rows[start : start + limits.IDS_AT_A_TIME]))
            time.sleep(0)
    return Page(offset, limit, rows, ids, answer.total, answer.text, reply.seconds, len(reply.body), notice=notice)


def _split(reply: Reply) -> tuple[Answer, str]:
    """Return the envelope of a body, and a sentence about the PHP notice before it or "". Raises as ``decode.split`` does."""
    body, content_type = reply.body, reply.headers.get("content-type", "").lower()
    if "charset" in content_type and "utf-8" not in content_type:
        # Imported here, as below: most responses do not need it, and the first rows wait for this module.
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


def _application_error(answer: Answer) -> SearchError | None:
    if answer.success is not False and answer.misshapen:
        return undocumented()
    if answer.success is not False and (answer.success or answer.has_data):
        return None
    if answer.success is None and answer.code in _SUCCESS_CODES and not answer.text:
        return undocumented()
    from lead_tui.api.response_errors import application_error

    return application_error(answer)


def _answer_of_status(reply: Reply) -> Answer:
    """Return the envelope of a response whose status is not 2xx if it says that nothing matches; raise what the status means."""
    from lead_tui.api.response_errors import status_error

    answer: Answer | None = None
    # With an error status, the body may be anything, and is often empty.
    with suppress(UnreadableAnswer):
        answer = split(reply.body)
    if answer is None or answer.code not in _NO_MATCH_CODES or answer.rows:
        raise status_error(reply, answer)
    return answer


def parse_records(reply: Reply, _is_cancelled: IsCancelled, *, section: Section) -> Records:
    """Return the records in *reply*. Raises ``SearchError``, and ``SectionForbidden`` if the token may not read *section*."""
    # Imported here: few sessions read more than leads.
    from lead_tui.api.response_errors import application_error, status_error
    from lead_tui.leads.records import NOT_LISTED, Records, read_records

    is_good = 200 <= reply.status < 300
    try:
        records = read_records(reply.body)
        answer: Answer | None = records.answer
    except UnreadableAnswer:
        if is_good:
            raise
        answer = None
    if answer is not None and (answer.code in _NO_MATCH_CODES or answer.code == NOT_LISTED):
        return Records(answer)
    if answer is not None and is_good and answer.success is not False:
        return records
    error = application_error(answer) if answer is not None and is_good else status_error(reply, answer)
    if isinstance(error, TokenError):
        quote = f', the server says "{answer.text}"' if answer is not None and answer.text else ""
        remedy = f"ask for a token whose access list has {section}"
        raise SectionForbidden(f"This token may not read {section}{quote}", remedy=remedy)
    raise error
