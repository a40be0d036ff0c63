"""PHP's notices in front of the JSON, which a server-side upgrade may put before every response, and its fatal errors.

With ``display_errors`` PHP writes ``Warning: … in FILE on line 42`` into the body, as text or as HTML, and the status stays 200.
"""

from __future__ import annotations

import html
import re
from typing import Final

from lead_tui.leads.decode import Answer, split
from lead_tui.leads.errors import ProgramFailed, UnreadableAnswer
from lead_tui.leads.text import one_line

_SEARCHED_BYTES: Final = 64 * 1024
"""Of a body: dozens of notices. What stands farther behind is not a notice in front of the data."""
_MAX_CHARACTERS: Final = 120
"""Of PHP's words in a message."""

_NOTICE: Final = re.compile(
    rb"(?:PHP )?\b(Fatal error|Parse error|Recoverable fatal error|Warning|Notice|Deprecated|Strict Standards|User \w+)"
    rb"(?:</b>)?\s*:\s+(.{1,4000}?) in (?:<[^>]{1,200}>)*(\S[^\n<]{0,1000}?)(?:<[^>]{1,200}>)* on line (?:<[^>]{1,200}>)*(\d+)",
    re.DOTALL,
)
_TAG: Final = re.compile(r"<[^>]{0,200}>")
_OPENING: Final = re.compile(rb'\{\s*"')


def behind_notice(body: bytes) -> tuple[Answer, str] | None:
    """Return the envelope that follows PHP's notices in *body*, and a sentence about the first of them.

    None where *body* does not start with a notice, or no complete envelope follows: nothing is guessed.
    Raises ``ProgramFailed`` for a fatal error.
    """
    first = _NOTICE.search(body[:_SEARCHED_BYTES])
    if first is None:
        return None
    last, opening = first, _OPENING.search(body, first.end())
    while following := _NOTICE.search(body, last.end(), opening.start() if opening else _SEARCHED_BYTES):
        last = following
    answer = _envelope(body[opening.start() :]) if opening else None
    if answer is not None:
        return answer, f"The server sends PHP notices before its data ({_words(first)}); contact the administrator of the server"
    fatal = next((each for each in (first, last) if b"error" in each[1].lower()), None)
    if fatal is not None:
        raise ProgramFailed(
            f"The server's program failed ({_words(fatal)})", remedy="try again later, or contact the administrator of the server"
        )
    return None


def _envelope(body: bytes) -> Answer | None:
    try:
        answer = split(body)
    except UnreadableAnswer:
        return None
    return answer if answer.success is not None or answer.has_data else None


def _words(notice: re.Match[bytes]) -> str:
    """Kind, text and line: without the path, which is private to the server, and without the arguments of a stack trace."""
    text = notice[2].split(b"Stack trace:")[0].decode("utf-8", "replace")
    text = re.sub(r" in /\S+", "", " ".join(html.unescape(_TAG.sub("", text)).split()))
    return one_line(f"PHP {notice[1].decode().lower()}: {one_line(text, _MAX_CHARACTERS)}, line {int(notice[4])}")
