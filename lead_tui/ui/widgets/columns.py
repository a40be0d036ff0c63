"""The table's columns: preferred widths, how the columns that fit share the room, and their titles and cells. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lead_tui.leads.fields import FIELD_BY_KEY, Kind, label_of, shows_any
from lead_tui.leads.lead import Lead, key_text
from lead_tui.leads.text import cell_width, fit, one_line
from lead_tui.leads.values import MASKED, column_text

if TYPE_CHECKING:
    from lead_tui.ui.widgets.detail_page import Look

GAP = 2  # cells between two columns
CHANGED: Final = "~"  # the mark before a value that a refresh changed, and beside its lead
PLACEHOLDER: Final = "· · ·"  # a cell of a row that is not loaded yet
_NO_NAME: Final = "(no name)"  # identifies the row; other empty cells are empty


class Column(Struct, frozen=True):
    """A column with its place in the table."""

    key: str
    title: str
    width: int  # cells


_WIDTHS = {
    "name": 16, "first_name": 12, "last_name": 14, "email": 26, "status": 8, "status_name": 16, "state": 5, "city": 14,
    "local_time": 12, "address1": 20, "postal_code": 7, "country": 7, "phone_code": 4,
}  # fmt: skip
_KIND_WIDTHS = {
    Kind.PHONE: 14, Kind.DATE_TIME: 16, Kind.DATE: 10, Kind.COUNT: 5, Kind.YES_NO: 4, Kind.GENDER: 6, Kind.ID: 9, Kind.OFFSET: 9,
}  # fmt: skip
_PLAIN_WIDTH = 16
_MIN_CUT = 4  # cells that a column needs to be shown, truncated, as the last one

_MAX_GROWTH = 8
_GROWS = frozenset({"name", "email", "city", "address1", "status_name", "directory_name", "owner_name", "campaign_name"})


def wanted_width(key: str, widths: Mapping[str, int], labels: Mapping[str, str]) -> int:
    """Return the preferred width of the column *key* in cells: from *widths*, else from its kind and title. No row is measured."""
    if width := widths.get(key):
        return width
    field = FIELD_BY_KEY.get(key)
    width = _WIDTHS.get(key) or (_KIND_WIDTHS.get(field.kind, _PLAIN_WIDTH) if field else _PLAIN_WIDTH)
    return max(width, min(cell_width(title_of(key, labels)), _PLAIN_WIDTH))


def title_of(key: str, labels: Mapping[str, str]) -> str:
    """Return the heading of the column *key*, clean: its name in *labels*, else its own label."""
    return one_line(labels.get(key, "")).strip() or key_text(label_of(key))


def place(
    keys: Sequence[str], width: int, skip: int = 0, widths: Mapping[str, int] = {}, labels: Mapping[str, str] = {}
) -> list[Column]:
    """Return the columns that fit into *width* cells: the first one always, then those after *skip* further ones.

    They have their preferred widths, but the last is truncated rather than left out, and the first one takes at most half.
    Remaining cells go to the columns that gain from them. A column in *widths* has that width; *labels* are titles.
    """
    chosen = [*keys[:1], *keys[1 + skip :]]
    placed: dict[str, int] = {}
    left = width
    for key in chosen:
        wanted = wanted_width(key, widths, labels)
        gap = GAP if placed else 0
        if placed and left - gap < min(_MIN_CUT, wanted):
            break
        most = left - gap if placed or len(chosen) == 1 else width // 2
        placed[key] = max(1, min(wanted, most))
        left -= gap + placed[key]
    # Statuses are longest.
    for key in sorted(placed, key=lambda key: key != "status_name"):
        if key in _GROWS and key not in widths and left > 0:
            more = min(_MAX_GROWTH, left)
            placed[key] += more
            left -= more
    return [Column(key, title_of(key, labels), cells) for key, cells in placed.items()]


def column_at(x: int, columns: Sequence[Column]) -> str:
    """Return the key of the column at the cell *x* of a line, including the gap after it; "" for none."""
    ends = accumulate(each.width + GAP for each in columns)
    return next((each.key for each, end in zip(columns, ends, strict=True) if 0 <= x < end), "")


def cells(lead: Lead, columns: Sequence[Column], now: datetime, look: Look, changed: frozenset[str]) -> list[tuple[str, str]]:
    """Return the cells of *lead* and the gaps between, each with the name of its style; *changed* are keys of changed values."""
    shown, marks = lead.with_masked(look.masked), look.marks
    runs: list[tuple[str, str]] = []
    for column in columns:
        key, width = column.key, column.width
        text = column_text(shown, key, now)
        if shown.masked and shows_any(key, shown.masked):
            text = MASKED if column_text(lead, key, now) else ""
        if runs:
            # The mark of a changed value is in the gap before it.
            runs.append(("", (CHANGED if shows_any(key, changed) else "").rjust(GAP)))
        if key in ("status", "status_name") and marks.width:
            # Statuses are aligned, whether or not they have a mark.
            color, colored, rest = marks.mark_of(shown)
            runs += [(color, colored), ("", rest.ljust(marks.width - len(colored)))]
            width -= marks.width
        runs.append(("bold" if key == "name" else "", fit(text or (_NO_NAME if key == "name" else ""), max(0, width))))
    return runs
