"""Run the app on the terminal, for an account or for a file, whose first rows are part of the first frame."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lead_tui.config.address import host_of
from lead_tui.context import AppContext
from lead_tui.invocation import Command
from lead_tui.terminal import process
from lead_tui.terminal.capabilities import detect_capabilities, require_terminal
from lead_tui.terminal.lifeline import FirstFrame

if TYPE_CHECKING:
    from lead_tui.ui.screens.session import Session

DONE: Final = 0
_FIRST_ROWS: Final = 10
_GUTTER: Final = 2  # cells before a row, as in the table


def run_app(command: Command, log: Path | None = None) -> int:
    """Run the app on the terminal and return its exit code."""
    options = command.options
    if command.invocation.from_standard_input:
        from lead_tui.cli.console import reopen_terminal

        reopen_terminal()
    if command.account.policy is not None or command.words:
        require_terminal(os.environ, remedy="log in with a terminal, as ssh -t does")
    else:
        require_terminal(os.environ)
    context = AppContext.of(command.account)
    theme = context.settings.theme
    can = detect_capabilities(os.environ, getattr(sys.__stderr__, "encoding", None))
    plain = options.ascii or theme.ascii or not can.unicode
    frame = FirstFrame()
    try:
        if not command.words:
            message = "" if command.account.demo is not None else f"Connecting to {host_of(context.base_url)}…"
            frame.show(context.account_name, message, plain=plain)
            session = context.session(command.invocation, plain=plain)
        else:
            session = open_file(Path(command.words[0]), command.invocation.columns, context, frame, plain=plain)
        session = replace(session, first_answer=_collect_garbage)
        # Textual reads the environment while it is imported.
        process.prepare_environment(os.environ)
        from lead_tui.ui.app import LeadTui

        with closing(session):
            app = LeadTui(
                session,
                theme=options.theme or theme.name or session.state.theme,
                ascii_borders=plain,
                log=log,
                first_frame=frame,
            )
            app.run(mouse=not options.no_mouse and theme.mouse and can.mouse)
    finally:
        frame.remove()
    if app.crash is not None:
        raise app.crash
    for farewell in filter(None, (app.farewell, session.file.farewell() if session.file is not None else "")):
        # Imported here: most sessions end without.
        from lead_tui.cli.console import complain

        complain(farewell)
    return app.return_code or DONE


def _collect_garbage() -> None:
    """Collect garbage from now on, leaving out what the start created."""
    gc.freeze()
    gc.enable()
    process.keep_memory_flat()
    process.forbid_tracing()


def open_file(path: Path, columns: tuple[str, ...], context: AppContext, frame: FirstFrame, *, plain: bool) -> Session:
    """Return the session for the file at *path*, and show *frame* with its first rows. Raises ``UsageError``."""
    # Imported here: most starts open no file.
    from lead_tui.files.source import FileSource
    from lead_tui.leads.formatting import column_text
    from lead_tui.leads.text import fit
    from lead_tui.ui.widgets.columns import GAP, place

    source = FileSource(path)
    session = context.file_session(source, columns, plain=plain)
    leads = [lead.with_masked(session.masked) for lead in source.first_leads(_FIRST_ROWS)]
    now = session.now()

    def rows_in(width: int) -> Sequence[str]:
        placed = place(session.columns, width - _GUTTER - 1, widths=session.state.widths, labels=session.settings.labels)
        gap = " " * GAP
        return [
            " " * _GUTTER + gap.join(fit(column_text(lead, column.key, now), column.width) for column in placed) for lead in leads
        ]

    frame.show(source.name, "", plain=plain, rows_in=rows_in)
    return session
