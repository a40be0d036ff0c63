"""The API's token, in a type that never shows it, and the masking of it in texts."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

MASK = "••••••"

MIN_MASKED_CHARACTERS = 6
"""A shorter token is not looked for: masking each "1" would garble the text and hide nothing. Real ones have 32."""


class Token:
    """A secret. ``repr``, ``str`` and formatting give a mask; only ``reveal`` gives the text, to the one place that sends it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Token({MASK})"

    def __str__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a token is not pickled")


def mask_token(text: str, token: Token | None) -> str:
    """Return *text* without *token*, as it is or percent-encoded, in any case: a host's name comes in lower case."""
    if token is None or len(token.reveal()) < MIN_MASKED_CHARACTERS:
        return text
    secret = token.reveal()
    forms = dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret)))
    return re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)
