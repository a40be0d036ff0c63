"""Values as cells of CSV (RFC 4180), harmless in a spreadsheet unless *raw*."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from operator import is_not
from typing import Final

from lead_tui.leads.lead import as_text, is_null
from lead_tui.leads.text import without_controls

LINE_END: Final = "\r\n"

# Some spreadsheets drop space, tabs and line breaks before a sign, and some read the full-width signs.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_HARMLESS = re.compile(rf"[+-]?{_NUMBER}|-+")
"""Numbers, phone numbers with a plus, and dashes for nothing."""

_CONTROLS: Final = bytes({*range(32), 127} - {ord("\n")})
_AT_A_GLANCE = bytes.maketrans(_CONTROLS + b"=+@' \n", len(_CONTROLS) * b"\0" + 6 * b"=")
"""Makes every control character a NUL, and whatever may begin a formula an equals sign."""
_begins_with_minus = re.compile(rf"\|-(?!{_NUMBER}\|)".encode()).search
_begins_beyond_ascii = re.compile(r"\|[^\x00-\x7f]").search


def format_cell(value: object, *, raw: bool = False) -> str:
    """Return *value* as the text of a cell: null is empty, nested values are JSON, control characters are left out.

    Line breaks and tabs stay. Unless *raw*, text that a spreadsheet would run as a formula gets an apostrophe (``defuse``).
    """
    if is_null(value):
        return ""
    text = without_controls(value if isinstance(value, str) else as_text(value))
    return text if raw else defuse(text)


def defuse(text: str) -> str:
    """Return *text* with an apostrophe in front if a spreadsheet would take it for a formula.

    Text that already begins like that gets one more, so that removing the first apostrophe restores the original.
    """
    if not text or (text[0].isalnum() and text[0].isascii()):
        return text
    if FORMULA.match(text.lstrip("'")) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def restore(cell: str) -> str:
    """Return *cell* as it was before ``defuse``."""
    return cell[1:] if cell.startswith("'") and defuse(cell[1:]) == cell else cell


def defused_text(count: int, remedy: str = "") -> str:
    """Return what to report about *count* defused values; *remedy* is an option. "" for none."""
    if not count:
        return ""
    values, them = ("1 value begins", "it") if count == 1 else (f"{count:,} values begin", "them")
    text = f"{values} with an apostrophe, so that spreadsheets do not run {them}"
    return f"{text}; {remedy} leaves {them}" if remedy else text


def format_header(columns: Iterable[str], *, raw: bool = False) -> list[str]:
    """Return the cells of *columns*, each on one line: some programs cannot tell the header from the leads otherwise."""
    return [format_cell(" ".join(column.splitlines()), raw=raw) for column in columns]


def format_lines(rows: Iterable[Sequence[str]], end: str = LINE_END) -> str:
    """Return *rows* of cells as lines of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue()


def encode_rows(rows: Iterable[Sequence[object]], *, raw: bool = False) -> tuple[bytes, int]:
    """Return *rows* of values as lines of CSV in UTF-8, each value as ``format_cell`` gives it, and how many were defused.

    The plain way, ``format_cell`` for each value and ``csv.writer``, takes 22 µs for a lead of 56 fields, which would make an
    export of all fields slower than a loop with httpx, json and ``csv.writer``. But most leads hold nothing to change: their values
    are joined and examined together (``_joined_if_harmless``), and the line is written as it is, or by ``csv.writer`` if it needs
    quotes. That takes a quarter of the time.
    """
    text, defused = io.StringIO(newline=""), 0
    write_row = csv.writer(text, lineterminator=LINE_END).writerow
    for values in rows:
        line = _joined_if_harmless(values, raw)
        if line is None:
            texts = [format_cell(value, raw=True) for value in values]
            cells = texts if raw else list(map(defuse, texts))
            write_row(cells)
            # ``defuse`` returns a harmless text itself, not a copy.
            defused += sum(map(is_not, cells, texts))
        elif "," in line or '"' in line or "\n" in line:
            write_row(values)
        else:
            text.write(line.replace("|", ",") + LINE_END)
    return text.getvalue().encode("utf-8", "replace"), defused


def _joined_if_harmless(values: Sequence[object], raw: bool) -> str | None:
    """Return *values* with bars between them if ``format_cell`` certainly changes none of them; else None."""
    try:
        line = "|".join(values)  # type: ignore[arg-type]  # trying is the quickest way to find a value that is not text
    except TypeError:
        return None
    if not line.isascii() and not (line.replace("\n", "").isprintable() and (raw or not _begins_beyond_ascii(f"|{line}"))):
        return None
    seen = b"|%b|" % line.encode().translate(_AT_A_GLANCE)
    # A lone empty value needs quotes, which only ``csv.writer`` knows.
    if len(values) < 2 or seen.count(b"|") != len(values) + 1 or b"\0" in seen or b"|null|" in seen:
        return None
    if not raw and (b"|=" in seen or (b"|-" in seen and _begins_with_minus(seen))):
        return None
    return line
