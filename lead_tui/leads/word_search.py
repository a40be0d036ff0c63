"""Find the rows that may contain a word, in the bytes of many rows at once, without decoding them.

A word is compared with folded text, in which escapes and entities are decoded (``filter_language``). Most values are ASCII: there,
lower case is all that this changes. The other ones, the odd values, are folded once (``odd_values``) and searched beside the bytes.
The rows that are found may have the word only in a key, or across two values: they are decoded to know.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Set as AbstractSet
from functools import cached_property

from lead_tui.leads.text import fold, unescaped

SEPARATOR = b"\0"
"""Stands between rows. JSON has no NUL; of rows that have one, all are found."""

_RUN = re.compile(r"(?:[a-z0-9_@.\-']|[^\x00-\x7f])+")
"""Characters that are side by side in a row's bytes if they are in a text."""

_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*|.)", re.DOTALL)
_ENTITY = re.compile(rb"&#?[A-Za-z0-9]{1,8};")
_NOT_DIGITS = bytes(set(range(256)) - set(b"0123456789" + SEPARATOR))
_ESCAPED = b"\\u"
"""Stands among the odd values of a row that has escapes, which may hide the digits of a phone."""


class SearchWord:
    """The word *text*, folded; with *digits*, where it may be a part of a phone."""

    def __init__(self, text: str, digits: str) -> None:
        self._runs = [run.encode("utf-8", "replace") for run in _RUN.findall(text)]
        self._digits = digits.encode()

    def rows_in(self, body: SearchBody) -> AbstractSet[int]:
        """Return the rows of *body* that may contain the word."""
        found: AbstractSet[int] = set(range(body.rows))
        for run in self._runs:
            found &= _rows_with(run, body.lower) | _rows_with(run, body.odd)
        if self._digits:
            found |= _rows_with(self._digits, body.digits) | _rows_with(_ESCAPED, body.odd)
        return found


class SearchBody:
    """The bytes *body* of so many *rows*, joined by ``SEPARATOR``, with their *odd* values, as ``SearchWord`` compares them."""

    def __init__(self, body: bytes, odd: bytes, rows: int) -> None:
        self.lower = body.lower()
        self.odd = odd
        self.rows = rows

    @cached_property
    def digits(self) -> bytes:
        """The digits of each row, whatever is between them in a phone."""
        return self.lower.translate(None, _NOT_DIGITS)


def _rows_with(run: bytes, body: bytes) -> set[int]:
    found = set()
    row = since = 0
    at = body.find(run)
    while at >= 0:
        row += body.count(SEPARATOR, since, at)
        found.add(row)
        since = body.find(SEPARATOR, at)
        at = body.find(run, since) if since >= 0 else -1
    return found


# Odd values


def odd_values(body: bytes) -> bytes:
    """Return the values of *body* that have letters beyond ASCII, escapes of letters or entities: folded, row by row."""
    _spans.clear()
    body.decode("ascii", _COLLECTING)
    # Once for each value: one of a megabyte may hold as many entities or escapes.
    spans, end = _spans.copy(), 0
    for entity in _ENTITY.finditer(body):
        if entity.start() >= end:
            spans.append(_value_at(body, entity.start()))
            end = spans[-1][1]
    at = body.find(b"\\")
    while at >= 0:
        end = at + 2
        if body.startswith(b"u", at + 1):
            spans.append(_value_at(body, at))
            end = max(end, spans[-1][1])
        at = body.find(b"\\", end)
    found: list[list[bytes]] = [[] for _ in range(body.count(SEPARATOR) + 1)]
    row, since = 0, 0
    for start, end in sorted(set(spans)):
        row, since = row + body.count(SEPARATOR, since, start), start
        found[row] += _folded(body[start:end]), *((_ESCAPED,) if _ESCAPED in body[start:end] else ())
    return SEPARATOR.join(map(b" ".join, found))


_spans: list[tuple[int, int]] = []
"""Where the odd values are that the decoder of ASCII, which is the fastest way to find them, has met in this turn."""
_COLLECTING = "lead_tui.collect_odd_values"


def _collect(error: UnicodeError) -> tuple[str, int]:
    """Note the value that the decoder has met; let it continue after it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _spans.append(_value_at(error.object, error.start))
    return "", max(_spans[-1][1], error.start + 1)


codecs.register_error(_COLLECTING, _collect)


def _value_at(body: bytes, at: int) -> tuple[int, int]:
    """Return where the value around *at* begins and ends: a string, or a part of one between quotation marks."""
    start = max(body.rfind(b'"', 0, at), body.rfind(SEPARATOR, 0, at)) + 1
    quote = body.find(b'"', at)
    end = quote if quote >= 0 else len(body)
    separator = body.find(SEPARATOR, at, end)
    return start, separator if separator >= 0 else end


def _folded(value: bytes) -> bytes:
    text = _ESCAPE.sub(_resolve_escape, value).decode("utf-8", "replace")
    return fold(unescaped(text)).encode("utf-8", "replace")


def _resolve_escape(escape: re.Match[bytes]) -> bytes:
    if len(escape[0]) < len(rb"\u0000"):
        return escape[0]
    text: str = json.loads(b'"' + escape[0] + b'"')
    return text.replace("\0", " ").encode("utf-8", "replace")
