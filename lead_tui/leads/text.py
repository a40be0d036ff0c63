"""Clean untrusted text for the terminal, fold and rank text for comparison, and fit text into the cells of a terminal.

Widgets strip only a few control characters themselves, so an escape sequence, a bidi override or a stack of combining marks in
a lead's name would reach the terminal. Text from this module contains no control or invisible characters except line breaks, and
each of its lines can be passed to ``Content`` or ``Text``, but never to a widget as ``str``: it may contain markup's brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T")

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"

MAX_MARKS_IN_A_ROW = 3
"""Combining marks kept on one character. Vietnamese and pointed Hebrew need two or three; more would cover other lines."""

_REPLACED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories that are not shown. Terminals disagree about the width of characters that are not assigned yet."""

_REDUCED = {
    **{chr(0x1F1E6 + place): chr(ord("A") + place) for place in range(26)},
    **dict.fromkeys("\u115f\u1160\u3164\uffa0", REPLACEMENT),
    **{chr(code): REPLACEMENT for span in ((0x3248, 0x3250), (0x1D300, 0x1D377)) for code in range(*span)},
    **{chr(code): REPLACEMENT for span in ((0x2630, 0x2638), (0x268A, 0x2690), (0x4DC0, 0x4E00)) for code in range(*span)},
    **dict.fromkeys("\u200c\u200d\u20e3\u302e\u302f\U00016ff0\U00016ff1", ""),
    **{chr(code): "" for span in ((0x1F3FB, 0x1F400), (0xFE00, 0xFE10), (0xE0100, 0xE01F0)) for code in range(*span)},
}
"""Shown instead of characters whose width terminals disagree about: the letters of a flag; the replacement for fillers, which are
invisible, and for symbols that newer tables made wide; nothing for joiners (also those that Arabic or Indian scripts need), skin
tones, variation selectors, the box of a keycap and marks two cells wide."""


def clean(text: str) -> str:
    """Return *text* with line breaks as ``\\n``, with tabs, and with nothing else that a terminal would obey or hide.

    The result has the same width in every terminal: emoji of several parts are shown as their parts, without a skin tone, and
    flags as letters. Cleaning a clean text changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub(r"[^ -~\n\t]+", _cleaned, text.replace("\r\n", "\n").replace("\r", "\n"))


def _cleaned(run: re.Match[str]) -> str:
    cleaned: list[str] = []
    marks = 0
    for character in run[0]:
        shown = _REDUCED.get(character, REPLACEMENT if unicodedata.category(character) in _REPLACED else character)
        if shown:
            marks = marks + 1 if unicodedata.category(shown)[0] == "M" else 0
        if marks <= MAX_MARKS_IN_A_ROW:
            cleaned.append(shown)
    return "".join(cleaned)


def one_line(text: str, most: int = 0) -> str:
    """Return *text* clean and on one line, line breaks and tabs as spaces, cut to *most* characters, 0 for all."""
    if most and len(text) > most:
        # Cut first: a megabyte in a cell costs no more than the part that is visible.
        text = text[: most - 1] + ELLIPSIS
    if text.isascii() and text.isprintable():
        return text
    return clean(text).replace("\n", " ").replace("\t", " ")


def unprintable_escaped(text: str) -> str:
    """Return *text* with unprintable characters except line breaks as escapes (``\\x1b``), for data on a terminal."""
    return "".join(
        each.encode("unicode_escape").decode() if each != "\n" and unicodedata.category(each) in _REPLACED else each
        for each in text
    )


def without_controls(text: str) -> str:
    """Return *text* without control characters except tab and line break, for a clipboard or a CSV cell."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_CONTROLS, "", text.replace("\r\n", "\n").replace("\r", "\n"))


_CONTROLS = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"


# Entities, which web forms leave in values

_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,7});"
"""A complete entity: named ones have 8 letters at most in HTML 4."""


def unescaped(text: str) -> str:
    """Return *text* with complete HTML entities decoded once, ``O&#039;Brien`` but not ``AT&T``. The result must be cleaned."""
    if "&" not in text:
        return text
    # Imported here: few leads contain an entity.
    from html import unescape

    # It returns "" for a control character, which must be visible.
    return re.sub(_ENTITY, lambda entity: unescape(entity[0]) or REPLACEMENT, text)


# Folding, by which texts are compared

_LEFT_OUT = "[\u0300-\u036f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+"
"""Accents and invisible characters, which users leave out when typing."""

_LETTERS = {
    **dict.fromkeys("`‘’‛ʹʻʼʽˈ′ʾʿ", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "þ": "th",
}  # fmt: skip
"""Characters without a decomposition, and what users type for them."""
_LETTER = f"[{''.join(_LETTERS)}]"


_MAX_REMEMBERED = 48  # characters of a text whose folding is remembered: names and places repeat, notes do not


def fold(text: str) -> str:
    """Return *text* for comparing, without case, accents and invisible characters: ``o'neil nunez`` for ``O’Neil Núñez``."""
    if text.isascii():
        return text.lower().replace("`", "'")
    return _folded(text) if len(text) <= _MAX_REMEMBERED else _folded.__wrapped__(text)


@lru_cache(4_096)
def _folded(text: str) -> str:
    text = text.casefold()
    text = unicodedata.normalize("NFKD", text.replace("´", "'"))
    text = re.sub(_LEFT_OUT, "", text).casefold()
    text = re.sub(_LETTER, lambda letter: _LETTERS[letter[0]], text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


# What was typed, among known texts


def nearest(name: str, known: Iterable[str], max_edits: int = 99) -> str:
    """Return the one of *known*, in lower case, most like *name*, with at most *max_edits* letters wrong; "" if none is similar."""
    # Imported here: only a mistake needs it.
    import difflib

    near = next(iter(difflib.get_close_matches(name.lower(), list(known), n=1)), "")
    steps = difflib.SequenceMatcher(None, name.lower(), near).get_opcodes()
    edits = sum(max(end - start, near_end - near_start) for step, start, end, near_start, near_end in steps if step != "equal")
    return near if edits <= max_edits else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean NAME?``; "" if none of *known* is similar to *name*."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else ""


WHOLE, START, WORD, INSIDE, LETTERS, ELSEWHERE = range(6)
"""Where a word was found: as the whole name, at its start, at a word's start, inside, scattered; or in another text."""


def match(typed: str, names: Sequence[str], elsewhere: str = "", *, letters: bool = False) -> tuple[int, int] | None:
    """Return how *typed*, or each of its words, matches *names* or *elsewhere*; with *letters*, its letters may be scattered.

    The result is where it was found and the index of the name, smaller is better; None if it does not match.
    The time is linear in the length of the name; Textual's fuzzy search takes a tenth of a second for an unlucky one.
    """
    typed, folded = fold(typed.strip()), list(map(fold, names))
    found: list[tuple[int, int]] = []
    for word in [typed] if any(typed in name for name in folded) else typed.split():
        places = [(_place(word, name, letters=letters), index) for index, name in enumerate(folded)]
        best = min(places, default=(ELSEWHERE, 0))
        if best[0] == ELSEWHERE and word not in fold(elsewhere):
            return None
        found.append(best)
    return max(found, default=(WHOLE, 0))


def ranked(typed: str, items: Iterable[T], texts: Callable[[T], tuple[Sequence[str], str]], *, letters: bool = False) -> list[T]:
    """Return the *items* that match *typed*, best first, equal ones in their order; *texts* returns names and another text."""
    found = [(each, item) for item in items if (each := match(typed, *texts(item), letters=letters)) is not None]
    return [item for _, item in sorted(found, key=itemgetter(0))]


def _place(word: str, name: str, *, letters: bool) -> int:
    if word in name:
        if name.startswith(word):
            return WHOLE if word == name else START
        return WORD if re.search(rf"(?<![^\W_]){re.escape(word)}", name) else INSIDE
    rest = iter(name)
    return LETTERS if letters and all(letter in rest for letter in word) else ELSEWHERE


# Words around values


def joined(*parts: str) -> str:
    """Return *parts* on one line without the empty ones: a hint is "" if its action has no key."""
    return " · ".join(filter(None, parts))


def counted(count: int, noun: str = "lead") -> str:
    """``1 lead``, ``12,000 leads``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def share(count: int, total: int) -> str:
    """Return the share of *count* in *total*, at least 1: ``12.5%``, ``<0.1%``."""
    return "<0.1%" if 0 < 1000 * count < total else f"{count / total:.1%}"


def bar(count: int, largest: int, width: int, *, in_ascii: bool = False) -> str:
    """Return a bar for *count* that fills *width* cells for *largest*, at least 1. Even a single lead is visible."""
    if not count:
        return ""
    if in_ascii:
        return "#" * max(1, round(width * count / largest))
    # Half blocks are in the fonts of all terminals, eighths are not.
    halves = max(1, round(2 * width * count / largest))
    return "█" * (halves // 2) + "▌" * (halves % 2)


# Cells of a terminal: a character takes none, one or two

_NO_BREAK = "\N{NO-BREAK SPACE}"
_MAX_WHOLE = 16  # characters of a part that is not broken


@lru_cache(4_096)
def character_width(character: str) -> int:
    """Return the cells of *character*, which is clean: 2 for a wide one, 0 for a combining mark. Rich agrees."""
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cell_width(text: str) -> int:
    """Return the cells of *text*, one clean line."""
    return len(text) if text.isascii() else sum(map(character_width, text))


def truncate(text: str, width: int) -> str:
    """Return *text*, one clean line, cut to *width* cells with an ellipsis if it is longer."""
    if cell_width(text) <= width:
        return text
    return text[: _end_of_line(text, 0, width - 1)] + ELLIPSIS if width > 0 else ""


def fit(text: str, width: int) -> str:
    """Return *text*, one clean line, in exactly *width* cells: padded with spaces, or cut with an ellipsis."""
    if text.isascii() and len(text) <= width:
        return text.ljust(width)
    text = truncate(text, width)
    return text + " " * (width - cell_width(text))


def fit_with_end(text: str, end: str, width: int) -> str:
    """Return *text* and *end* in exactly *width* cells. If both do not fit, *text* is cut, since *end* says what to do."""
    room = width - cell_width(end)
    return fit((text if room < 1 else truncate(text, room)) + end, width)


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the lines of the clean *text*, each at most *width* cells; its own line breaks are kept.

    A line ends at the last space that fits, or in the middle of a word if there is none. Nothing is lost except that space. A
    character wider than *width* has a line to itself.
    """
    width = max(1, width)
    for paragraph in text.replace("\t", "    ").split("\n"):
        start, length = 0, len(paragraph)
        while (end := max(start + 1, _end_of_line(paragraph, start, width))) < length:
            space = paragraph.rfind(" ", start, end + 1)
            # A break in the indent would leave an empty line.
            if space > start and (space == end or paragraph[start:space].strip()):
                yield paragraph[start:space]
                start = space + 1
            else:
                yield paragraph[start:end]
                start = end
        if start < length or not length:
            yield paragraph[start:]


def wrap_hints(text: str, width: int, separator: str = " · ") -> list[str]:
    """Wrap the clean *text*; its short parts between the separators, such as a key with what it does, stay whole."""
    parts = (part if len(part) > _MAX_WHOLE else part.replace(" ", _NO_BREAK) for part in text.split(separator))
    return [line.replace(_NO_BREAK, " ") for line in wrap(separator.join(parts), width)]


def _end_of_line(text: str, start: int, width: int) -> int:
    """Return the index after the last character that fits into *width* cells from *start* on, with the marks on it."""
    if text.isascii():
        return min(len(text), start + width)
    used = 0
    for index in range(start, len(text)):
        used += character_width(text[index])
        if used > width:
            return index
    return len(text)
