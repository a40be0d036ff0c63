"""The entry point of ``lead-tui``: run the app or a command and return its exit code, with one sentence on standard error at most.

Each function imports what it needs. Version, help and invalid arguments are handled before anything slow is imported, and ``pop``
before all else: a dialer starts it for each call, and the phone rings meanwhile.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # type checkers know the name; importing it would take as long as the rest of --version
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Final

    from lead_tui.context import AppContext
    from lead_tui.invocation import Command
    from lead_tui.terminal.lifeline import FirstFrame
    from lead_tui.ui.screens.session import Session

DONE: Final = 0
INTERRUPTED: Final = 130
_GUTTER: Final = 2  # cells before a row, as in the table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run *arguments*, by default those of the process, and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    log: Path | None = None
    try:
        if text := _version_or_help(given):
            _print(text)
            return DONE
        # Nothing that the start creates becomes garbage, and looking for some takes a third of a bare app's startup time.
        gc.disable()
        from lead_tui.config.paths import SITE_DIRECTORY

        # Where a site's policy may restrict it, it is parsed like any other command.
        if given[:1] == ["pop"] and "--restricted" not in given and not os.path.lexists(SITE_DIRECTORY):
            from lead_tui.cli.options import number_of, split

            options, words = split("pop", given[1:])
            _pop(options.get("config_dir", ""), number_of(words), options.get("session", ""))
            return DONE
        from lead_tui.terminal import crash_report
        from lead_tui.terminal.process import harden

        harden()
        from lead_tui.cli.parser import apply_policy, parse, policy_for

        policy = policy_for(given, os.environ)
        # A restricted session has no completion.
        if policy is None and "_ARGCOMPLETE" in os.environ:
            from lead_tui.cli.completion import complete

            complete()
        command = apply_policy(policy, parse(given, os.environ, _from_standard_input))
        if command.account.log:
            from pathlib import Path

            log = Path(command.account.log)
            if not crash_report.append_to_log(log):
                _complain(f"{log} cannot be written: errors are not logged")
        crash_report.report_uncaught(log)
        return _run(command, log)
    except KeyboardInterrupt as interrupt:
        _complain(str(interrupt) or "interrupted")
        return INTERRUPTED
    except Exception as error:
        from lead_tui.terminal.crash_report import exit_code, report

        _complain(report(error, log))
        return exit_code(error)


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
    # Imported here: few command lines read a value from standard input.
    from lead_tui.cli.console import from_standard_input

    return from_standard_input(is_list)


def _complain(sentence: str) -> None:
    # Imported here: most sessions end without.
    from lead_tui.cli.console import complain

    complain(sentence)


def _run(command: Command, log: Path | None) -> int:
    """Run *command*: most are ``run`` in the module with their name, so that no other command waits for its imports."""
    if command.verb in ("", "open"):
        return _run_app(command, log)  # which handles signals itself
    if command.verb == "pop":
        _pop(command.account.config_dir, command.words[0], command.options.session)
        return DONE
    gc.enable()
    from importlib import import_module

    from lead_tui.terminal.lifeline import signals_raise

    run = _print_where if command.verb == "where" else import_module(f"lead_tui.cli.{command.verb}").run
    with signals_raise():
        run(command)
    return DONE


def _run_app(command: Command, log: Path | None) -> int:
    from contextlib import closing

    from msgspec.structs import replace

    from lead_tui.config.settings import host_of
    from lead_tui.context import AppContext
    from lead_tui.terminal import crash_report, environment
    from lead_tui.terminal.capabilities import can_report_mouse, require_terminal, shows_unicode
    from lead_tui.terminal.lifeline import FirstFrame

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
    plain = options.ascii or theme.ascii or not shows_unicode(os.environ, getattr(sys.__stderr__, "encoding", None))
    frame = FirstFrame()
    try:
        if not command.words:
            message = "" if command.account.demo is not None else f"Connecting to {host_of(context.base_url)}…"
            frame.show(context.account_name, message, plain=plain)
            session = context.session(command.invocation, plain=plain)
        else:
            from pathlib import Path

            session = open_file(Path(command.words[0]), command.invocation.columns, context, frame, plain=plain)
        session = replace(session, first_answer=_collect_garbage)
        # Textual reads the environment while it is imported.
        environment.prepare_environment(os.environ)
        from lead_tui.ui.app import LeadTui

        with closing(session):
            colors = options.theme or theme.name or session.state.theme
            app = LeadTui(session, theme=colors, ascii_borders=plain, log=log, first_frame=frame)
            app.run(mouse=not options.no_mouse and theme.mouse and can_report_mouse(os.environ))
    finally:
        frame.remove()
    if farewell := crash_report.report(app.crash, log) if app.crash is not None else app.farewell:
        _complain(farewell)
    return app.return_code or DONE


def _collect_garbage() -> None:
    """Collect garbage from now on, leaving out what the start created."""
    from lead_tui.terminal import process

    gc.freeze()
    gc.enable()
    process.keep_memory_flat()
    process.forbid_tracing()


def open_file(path: Path, columns: tuple[str, ...], context: AppContext, frame: FirstFrame, *, plain: bool) -> Session:
    """Return the session for the file at *path*, and show *frame* with its first rows. Raises ``UsageError``."""
    from lead_tui.files.source import FileSource
    from lead_tui.leads.text import fit
    from lead_tui.leads.values import column_text
    from lead_tui.ui.widgets.columns import GAP, place

    source = FileSource(path)
    session = context.file_session(source, columns, plain=plain)
    leads = [lead.with_masked(session.settings.masked) for lead in source.first_leads(10)]
    now = session.now()

    def rows_in(width: int) -> Sequence[str]:
        placed = place(session.columns, width - _GUTTER - 1, widths=session.state.widths, labels=session.settings.labels)
        gap = " " * GAP
        return [
            " " * _GUTTER + gap.join(fit(column_text(lead, column.key, now), column.width) for column in placed) for lead in leads
        ]

    frame.show(source.name, "", plain=plain, rows_in=rows_in)
    return session


def _pop(config_dir: str, number: str, session: str) -> None:
    """Give *number*, or the first line of standard input for ``-``, to *session*. Raises ``UsageError`` and ``SessionError``."""
    from lead_tui import limits
    from lead_tui.cli.options import STANDARD_STREAM
    from lead_tui.config.paths import CONFIG_DIR_VARIABLE, Paths
    from lead_tui.leads.errors import UsageError
    from lead_tui.terminal.session_socket import send

    if number == STANDARD_STREAM:
        line = sys.stdin.buffer.readline(limits.MAX_CALL_BYTES) if sys.stdin is not None else b""
        number = line.decode("utf-8-sig", "replace").strip()
        if not number:
            raise UsageError("Standard input is empty", remedy="it must contain the number")
    send(Paths.of(config_dir or os.environ.get(CONFIG_DIR_VARIABLE)).host_dir("sessions"), number, session)


def _print_where(command: Command) -> None:
    from lead_tui.cli.console import standard_output
    from lead_tui.config.paths import Paths
    from lead_tui.config.policy import POLICY_FILE
    from lead_tui.context import AppContext
    from lead_tui.leads.text import one_line

    paths = Paths.of(command.account.config_dir)
    files = {
        "configuration": paths.config_file,
        "saved queries": paths.queries_file,
        "recovered queries": paths.recovered_file,
        "state": paths.state_file,
        "site's policy": POLICY_FILE,
        "site's queries": paths.site_queries_dir,
    }
    rows = {term: f"{'there' if os.path.exists(path) else 'not there':11}  {path}" for term, path in files.items()}
    try:
        context = AppContext.of(command.account)
        rows |= {"profile": context.profile.name, "base URL": context.base_url}
    finally:
        # A user who corrects the configuration needs to know where the files are.
        standard_output().write("".join(f"{term:17}  {one_line(text)}\n" for term, text in rows.items()))


def _print(text: str) -> None:
    """Write *text* to standard output, whatever its encoding. Raises ``OutputError``."""
    try:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
        sys.stdout.buffer.flush()
    except (OSError, AttributeError) as error:
        from lead_tui.export.writer import refused

        if sys.stdout is not None:
            # Python would try to write what is still buffered on exit, and report the failure.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise refused(error) from None
