"""The records in a reply of one of the account's other endpoints, or the error that it means."""

from __future__ import annotations

from lead_tui.api.response_errors import application_error, status_error
from lead_tui.api.threads import IsCancelled
from lead_tui.api.transport import Reply
from lead_tui.leads.decode import Answer
from lead_tui.leads.errors import SearchError, SectionForbidden, TokenError, UnreadableAnswer
from lead_tui.leads.records import NOT_LISTED, Records, Section, read_records

_NO_RECORDS = frozenset({6000, 6001, NOT_LISTED})
"""Codes for "nothing found": no such lists, no such lead, and a phone that is on no do-not-call list."""


def parse_records(reply: Reply, _is_cancelled: IsCancelled, *, section: Section) -> Records:
    """Return the records in *reply*. Raises ``SearchError``, ``SectionForbidden`` where the token may not read *section*."""
    is_good = 200 <= reply.status < 300
    try:
        records = read_records(reply.body)
    except UnreadableAnswer:
        if is_good:
            raise
        raise _of_section(status_error(reply, None), None, section) from None
    answer = records.answer
    if answer.code in _NO_RECORDS:
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
