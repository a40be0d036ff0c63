"""The entry point of ``lead-tui``: run the command and return its exit code, with at most one sentence on standard error.

Version, help and invalid arguments are handled before anything slow is imported.
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

    from lead_tui.config.paths import Paths
    from lead_tui.invocation import Command
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
        # Nothing that the start creates becomes garbage, and looking for some takes a third of a bare app's startup time.
        gc.disable()
        if given[:1] == ["pop"]:
            # Imported here: a dialer starts it for each call, and waits.
            from lead_tui.cli.pop import may_be_restricted, pop

            if read_policy is None and not may_be_restricted(given):
                pop(given[1:])
                return DONE
        from lead_tui.terminal import crash, process

        process.harden()
        from lead_tui.cli.parser import parse
        from lead_tui.restriction import policy_for, under

        policy = policy_for(given, os.environ, read_policy)
        # A restricted session has no completion.
        if policy is None and "_ARGCOMPLETE" in os.environ:
            from lead_tui.cli.completion import complete

            complete()
        command = under(policy, parse(given, os.environ, _from_standard_input))
        if command.account.log:
            from pathlib import Path

            log = Path(command.account.log)
            if not crash.append(log):
                from lead_tui.cli.console import complain

                complain(f"{log} cannot be written: errors are not logged")
        crash.install(log)
        return _run(command, log)
    except KeyboardInterrupt as interrupt:
        from lead_tui.cli.console import complain

        complain(str(interrupt) or "interrupted")
        return INTERRUPTED
    except Exception as error:
        from lead_tui.cli.console import complain
        from lead_tui.leads.errors import LeadTuiError
        from lead_tui.terminal.crash import report

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
    # Imported here: few command lines read a value from standard input.
    from lead_tui.cli.console import from_standard_input

    return from_standard_input(is_list)


def _run(command: Command, log: Path | None) -> int:
    if command.verb in ("", "open"):
        from lead_tui.cli.run_app import run_app

        return run_app(command, log)
    gc.enable()
    # The app handles signals itself.
    from lead_tui.terminal.lifeline import signals_raise

    with signals_raise():
        _run_command(command)
    return DONE


def _run_command(command: Command) -> None:
    """Run a command other than the app. Each case imports what its command needs, so that no other command waits for it."""
    from lead_tui.config.paths import Paths

    paths = Paths.of(command.account.config_dir)
    match command.verb:
        case "search":
            from lead_tui.cli.run_search import run_search

            run_search(command)
        case "history":
            from lead_tui.cli.history import print_history

            print_history(command)
        case "pop":
            from lead_tui.cli.pop import deliver

            deliver(paths.sessions_dir, command.words[0], command.options.session)
        case "queries":
            from lead_tui.cli.queries import run_queries

            run_queries(command, paths)
        case "doctor":
            from lead_tui.cli.doctor import run_doctor

            run_doctor(command.account)
        case "completion":
            from lead_tui.cli.completion import script
            from lead_tui.cli.console import standard_output

            standard_output().write(script(command.words[0]))
        case "where":
            _where(command, paths)
        case "setup":
            from lead_tui.cli.setup import set_up

            set_up(paths)


def _where(command: Command, paths: Paths) -> None:
    from lead_tui.cli.console import standard_output
    from lead_tui.context import AppContext
    from lead_tui.leads.text import one_line

    files = {
        "configuration": paths.config_file,
        "saved queries": paths.queries_file,
        "recovered queries": paths.recovered_file,
        "state": paths.state_file,
        "site's policy": paths.policy_file,
        "site's queries": paths.site_queries_dir,
    }
    rows = {term: f"{_presence(path):11}  {path}" for term, path in files.items()}
    try:
        context = AppContext.of(command.account)
        rows |= {"profile": context.profile.name, "base URL": context.base_url}
    finally:
        # A user who corrects the configuration needs to know where the files are.
        standard_output().write("".join(f"{term:17}  {one_line(text)}\n" for term, text in rows.items()))


def _presence(path: Path) -> str:
    try:
        path.stat()
    except FileNotFoundError:
        return "not there"
    except OSError:
        return "no access"
    return "there"


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
