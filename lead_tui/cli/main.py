"""The entry point of ``lead-tui``: runs what the command line asks for; every end has its exit code and at most one sentence.

The version, the help and a wrong argument are answered before anything slow is imported.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # checkers know the name; importing it would take as long as the rest of --version
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Final

    from lead_tui.invocation import Command, OpenFile, RunApp
    from lead_tui.restriction import ReadPolicy

DONE: Final = 0
INTERNAL_ERROR: Final = 1
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None, *, read_policy: ReadPolicy | None = None) -> int:
    """Run *arguments*, by default those of the process, and return the exit code.

    *read_policy* replaces ``config.policy.read_policy`` in tests, whose policy is not root's.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    log: Path | None = None
    try:
        if text := _version_or_help(given):
            _print(text)
            return DONE
        # What the start makes stays; looking through it again and again for garbage takes a third of a bare app's whole start.
        gc.disable()
        if given[:1] == ["pop"]:
            # Imported here: a dialer starts it for each call, and waits.
            from lead_tui.cli.pop import may_be_restricted, pop

            if read_policy is None and not may_be_restricted(given):
                pop(given[1:])
                return DONE
        from lead_tui.cli.parser import parse
        from lead_tui.restriction import policy_for, under
        from lead_tui.terminal import crash, process

        process.harden()
        policy = policy_for(given, os.environ, read_policy)
        # A restricted session completes nothing.
        if policy is None and "_ARGCOMPLETE" in os.environ:
            from lead_tui.cli.completion import complete

            complete()
        command = under(policy, parse(given, os.environ, _from_standard_input))
        if command.account.log:
            from pathlib import Path

            log = Path(command.account.log)
        crash.install(log)
        return _run(command, log)
    except KeyboardInterrupt as interrupt:
        from lead_tui.cli.console import complain

        complain(str(interrupt) or "interrupted")
        return INTERRUPTED
    except Exception as error:
        from lead_tui.cli.console import complain, discard_standard_output
        from lead_tui.leads.errors import LeadTuiError, OutputError
        from lead_tui.terminal.crash import report

        if isinstance(error, OutputError):
            discard_standard_output()
        complain(report(error, log))
        return error.exit_code if isinstance(error, LeadTuiError) else INTERNAL_ERROR


def _version_or_help(given: Sequence[str]) -> str:
    options = given[: given.index("--")] if "--" in given else given
    if "--version" in options:
        from lead_tui import __version__

        return f"lead-tui {__version__}\n"
    if "--help" in options or "-h" in options:
        from lead_tui.cli.options import APP, COMMANDS, help_text

        return help_text(given[0] if given[0] in COMMANDS else APP)
    return ""


def _from_standard_input(is_list: bool) -> str:
    # Imported here: few command lines have a dash in place of a value.
    from lead_tui.cli.console import from_standard_input

    return from_standard_input(is_list)


def _run(command: Command, log: Path | None) -> int:
    from lead_tui.invocation import OpenFile, RunApp

    if isinstance(command, RunApp | OpenFile):
        return run_app(command, log)
    gc.enable()
    # The app handles signals itself.
    from lead_tui.terminal.lifeline import signals_raise

    with signals_raise():
        from lead_tui.cli.run_command import run_command

        run_command(command)
    return DONE


def run_app(command: RunApp | OpenFile, log: Path | None = None) -> int:
    """Run the app on the terminal and return its exit code."""
    from lead_tui.invocation import RunApp
    from lead_tui.terminal.capabilities import recognise_capabilities, require_terminal

    if isinstance(command, RunApp) and command.invocation.from_standard_input:
        from lead_tui.cli.console import reopen_terminal

        reopen_terminal()
    if command.account.policy is not None or not isinstance(command, RunApp):
        require_terminal(os.environ, remedy="log in with a terminal, as ssh -t does")
    else:
        require_terminal(os.environ)
    from contextlib import closing

    from msgspec.structs import replace

    from lead_tui.config.address import host_of
    from lead_tui.context import AppContext
    from lead_tui.terminal import process
    from lead_tui.terminal.first_frame import FirstFrame

    context = AppContext.of(command.account)
    theme = context.settings.theme
    can = recognise_capabilities(os.environ, getattr(sys.__stderr__, "encoding", None))
    plain = command.ascii or theme.ascii or not can.unicode
    frame = FirstFrame()
    try:
        if isinstance(command, RunApp):
            message = "" if command.account.demo is not None else f"Connecting to {host_of(context.base_url)}…"
            frame.show(context.account_name, message, plain=plain)
            session = context.session(command.invocation, plain=plain)
        else:
            # Imported here: most starts open no file.
            from lead_tui.cli.open_file import open_file

            session = open_file(command, context, frame, plain=plain)
        session = replace(session, first_answer=_collect_garbage)
        # Textual reads the environment while it is imported.
        process.prepare_environment(os.environ)
        from lead_tui.ui.app import LeadTui

        with closing(session):
            app = LeadTui(
                session,
                theme=command.theme or theme.name or session.state.theme,
                ascii_borders=plain,
                log=log,
                first_frame=frame,
            )
            app.run(mouse=command.mouse and theme.mouse and can.mouse)
    finally:
        frame.remove()
    if app.crash is not None:
        raise app.crash
    for farewell in filter(None, (app.farewell, session.file.farewell() if session.file is not None else "")):
        from lead_tui.cli.console import complain

        complain(farewell)
    return app.return_code or DONE


def _collect_garbage() -> None:
    """Collect garbage from now on, except what the start has made."""
    from lead_tui.terminal.process import forbid_tracing, keep_memory_flat

    gc.freeze()
    gc.enable()
    keep_memory_flat()
    forbid_tracing()


def _print(text: str) -> None:
    """Write *text* to standard output, whatever its encoding. Raises ``OutputError``."""
    try:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
        sys.stdout.buffer.flush()
    except (OSError, AttributeError) as error:
        from lead_tui.export.writer import refused

        raise refused(error) from None
