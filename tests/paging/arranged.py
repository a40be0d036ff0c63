"""Make snapshots of rows, and narrow and sort them without pauses."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import tzinfo

from lead_tui.leads.columns import SortKey, run
from lead_tui.leads.filter_language import Narrowing
from lead_tui.leads.lead import Row, row_ids
from lead_tui.paging.snapshot import SnapshotRows, arrange


def snapshot_of(rows: Sequence[Row], *, is_compressed: bool = False, in_use: set[tuple[str, ...]] | None = None) -> SnapshotRows:
    """Return a snapshot of *rows*, repeated leads included."""
    snapshot = SnapshotRows(len(rows), is_compressed=is_compressed, in_use=set() if in_use is None else in_use)
    run(snapshot.add(rows, row_ids(rows)))
    return snapshot


def order_of(text: str) -> list[SortKey]:
    """Return the columns in *text*, ``-created_at last_name``."""
    return list(map(SortKey.of, text.split()))


def selected(narrowing: Narrowing, *rows: Row) -> list[int]:
    """Return the places of the *rows* that *narrowing* selects."""
    return list(run(arrange(snapshot_of(rows), narrowing, ())).places)


def sort(rows: Sequence[Row], keys: Sequence[SortKey], zone: tzinfo | None = None) -> array[int]:
    """Return the places of *rows* in the order of *keys*."""
    return array("I", run(arrange(snapshot_of(rows), None, keys, zone)).places)
