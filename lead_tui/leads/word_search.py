"""Find words in many leads at once: in their text, which is folded once, a line for each lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import filterfalse

from lead_tui.leads.coercion import digits_in
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.text import fold, unescaped

_PHONE_DIGITS = str.maketrans("0123456789", "".join(map(chr, range(0x10, 0x1A))))
"""What stands for the digits of phones, however they are written: a word that is no phone's is not found in them."""

_BREAKS = re.compile(r"[\n\r\t]+")


class SearchWord:
    """Text anywhere in a lead; with *digits*, where they may be a part of a phone, also in a phone."""

    def __init__(self, text: str, digits: str) -> None:
        self.text = text
        self.digits = digits

    def lines_in(self, lines: bytes) -> set[int]:
        """Return which of *lines* have the word."""
        found = set[int]()
        for text in filter(None, (self.text.encode("utf-8", "replace"), self.digits.translate(_PHONE_DIGITS).encode())):
            line = since = 0
            at = lines.find(text)
            while at >= 0:
                line += lines.count(b"\n", since, at)
                found.add(line)
                since = lines.find(b"\n", at)
                at = lines.find(text, since) if since >= 0 else -1
        return found


def text_lines(rows: Iterable[Row], concealed: frozenset[str]) -> bytes:
    """Return the text of the leads in *rows* in which words are searched, without the *concealed* fields, a line for each."""
    return "\n".join(_line(decode_row(row), concealed) for row in rows).encode("utf-8", "replace")


def _line(lead: Lead, concealed: frozenset[str]) -> str:
    """All that a lead holds, folded; values are told apart by a character that no word has."""
    sent = lead.sent
    if not concealed.isdisjoint(sent):
        sent = {key: value for key, value in sent.items() if key not in concealed}
    texts = [value if value.__class__ is str else as_text(value) for value in sent.values()]
    texts.append(f"{as_text(sent.get('first_name'))} {as_text(sent.get('last_name'))}")
    joined = "\0".join(texts)
    if "null" in joined:
        # Some of them say nothing in that way.
        texts = list(map(as_text, texts))
        joined = "\0".join(texts)
    if "&" in joined and (decoded := unescaped(joined)) != joined:
        texts = decoded.split("\0")
        joined = decoded
    if joined.isascii():
        joined = joined.lower()
    else:
        # Few values have a letter to fold; their order does not matter.
        rest = "\0".join(filter(str.isascii, texts)).lower()
        joined = "\0".join([rest, *map(fold, filterfalse(str.isascii, texts))])
    if "\n" in joined or "\t" in joined or "\r" in joined:
        joined = _BREAKS.sub(" ", joined)
    phones = "\0".join(digits_in(sent[key]) for key in PHONE_FIELDS if sent.get(key))
    return f"{joined}\0{phones.translate(_PHONE_DIGITS)}"
