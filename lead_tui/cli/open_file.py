"""``lead-tui open``: the session of a file, and its first rows in the first frame, before the interface is imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lead_tui.files.source import FileSource
from lead_tui.leads.formatting import column_text
from lead_tui.leads.text import fit
from lead_tui.ui.widgets.columns import GAP, place

if TYPE_CHECKING:
    from lead_tui.context import AppContext
    from lead_tui.invocation import OpenFile
    from lead_tui.terminal.first_frame import FirstFrame
    from lead_tui.ui.screens.session import Session

_FIRST_ROWS: Final = 10
_GUTTER: Final = 2
"""Cells before a row, as in the table."""


def open_file(command: OpenFile, context: AppContext, frame: FirstFrame, *, plain: bool) -> Session:
    """Return the session for the file of *command*, and show *frame* with its first rows. Raises ``UsageError``."""
    source = FileSource(Path(command.path))
    session = context.file_session(source, command.columns, plain=plain)
    leads = [lead.with_masked(session.masked) for lead in source.first_leads(_FIRST_ROWS)]
    now = session.now()

    def rows_in(width: int) -> Sequence[str]:
        columns = place(session.columns, width - _GUTTER - 1, widths=session.state.widths, labels=session.settings.labels)
        gap = " " * GAP
        return [
            " " * _GUTTER + gap.join(fit(column_text(lead, column.key, now), column.width) for column in columns) for lead in leads
        ]

    frame.show(source.name, "", plain=plain, rows_in=rows_in)
    return session
