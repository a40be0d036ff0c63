"""The API's token, in a type that never shows it."""

from __future__ import annotations

MASK = "••••••"


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
