"""Columns of the table: how wide each wants to be, and how those that fit share a width. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from lead_tui.leads.fields import FIELD_BY_KEY, Kind, label_of
from lead_tui.leads.lead import key_text
from lead_tui.leads.text import ELLIPSIS

DEFAULT_COLUMNS = ("name", "phone_number", "status_name", "city", "state", "called_count", "last_called", "directory_name")
"""What an agent asks first: who, which number, where the lead stands, where they live, whether somebody has called."""

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column placed in the table."""

    key: str
    title: str
    width: int
    """Cells."""


_WIDTHS = {
    "name": 20,
    "first_name": 12,
    "last_name": 14,
    "email": 26,
    "status": 7,
    "status_name": 14,
    "state": 5,
    "city": 14,
    "local_time": 12,
    "address1": 20,
    "postal_code": 7,
    "country": 7,
    "phone_code": 4,
}
_KIND_WIDTHS = {
    Kind.PHONE: 14,
    Kind.DATE_TIME: 16,
    Kind.DATE: 10,
    Kind.COUNT: 5,
    Kind.YES_NO: 4,
    Kind.GENDER: 6,
    Kind.ID: 9,
    Kind.OFFSET: 9,
}
_PLAIN_WIDTH = 16
_LEAST_WIDTH = 6
_MOST_GROWTH = 16
_GROWS = frozenset({"name", "email", "city", "address1", "status_name", "directory_name", "owner_name", "campaign_name"})


def wanted_width(key: str) -> int:
    """Cells that the column *key* wants, its title included. From its spec alone: a million rows are never measured."""
    field = FIELD_BY_KEY.get(key)
    width = _WIDTHS.get(key) or (_KIND_WIDTHS.get(field.kind, _PLAIN_WIDTH) if field else _PLAIN_WIDTH)
    return max(width, min(cell_len(title_of(key)), _PLAIN_WIDTH))


def title_of(key: str) -> str:
    """The heading of the column *key*."""
    return key_text(label_of(key))


def place(keys: Sequence[str], width: int, skip: int = 0) -> list[Column]:
    """The columns that fit into *width* cells: the first one always, then those after *skip* further ones.

    A column at the edge is narrowed rather than left out, while its least width is there; what is left over goes to the columns
    that gain from it.
    """
    chosen = [*keys[:1], *keys[1 + skip :]]
    placed: list[Column] = []
    left = width
    for key in chosen:
        gap = GAP if placed else 0
        wanted = wanted_width(key)
        if wanted + gap <= left:
            taken = wanted
        elif left - gap >= min(_LEAST_WIDTH, wanted) or not placed:
            taken = max(1, left - gap)
        else:
            break
        placed.append(Column(key, title_of(key), taken))
        left -= taken + gap
        if left <= 0:
            break
    growing = [index for index, column in enumerate(placed) if column.key in _GROWS]
    for position, index in enumerate(growing):
        more = min(_MOST_GROWTH, left // (len(growing) - position))
        placed[index] = Column(placed[index].key, placed[index].title, placed[index].width + more)
        left -= more
    return placed


def fitted(text: str, width: int) -> str:
    """*text*, one clean line, in exactly *width* cells: padded, or cut with an ellipsis."""
    if text.isascii():
        return text.ljust(width) if len(text) <= width else text[: width - 1] + ELLIPSIS
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)
