"""Run the commands other than the app. What one command needs is imported in its case: no other one waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lead_tui.cli.console import standard_output
from lead_tui.config.paths import Paths
from lead_tui.invocation import Command, Completion, Doctor, History, Pop, Queries, RunSearch, Setup, Where

if TYPE_CHECKING:
    from pathlib import Path


def run_command(command: Command) -> None:
    """Run *command*. Raises ``LeadTuiError``, and what a signal raises."""
    paths = Paths.of(command.account.config_dir)
    match command:
        case RunSearch():
            from lead_tui.cli.run_search import run_search

            run_search(command)
        case History():
            from lead_tui.cli.history import print_history

            print_history(command)
        case Pop():
            from lead_tui.cli.pop import deliver

            deliver(paths.sessions_dir, command.number, command.session)
        case Queries():
            from lead_tui.cli.queries import run_queries

            run_queries(command, paths)
        case Doctor():
            from lead_tui.cli.doctor import run_doctor

            run_doctor(command.account)
        case Completion():
            from lead_tui.cli.completion import script

            standard_output().write(script(command.shell))
        case Where():
            _where(command, paths)
        case Setup():
            from lead_tui.cli.setup import set_up

            set_up(paths)


def _where(command: Where, paths: Paths) -> None:
    from lead_tui.context import AppContext
    from lead_tui.leads.errors import LeadTuiError
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
    problem: LeadTuiError | None = None
    try:
        context = AppContext.of(command.account)
        rows |= {"profile": context.profile.name, "base URL": context.base_url}
    except LeadTuiError as error:
        # The user who corrects the configuration needs to know where the files are.
        problem = error
    standard_output().write("".join(f"{term:17}  {one_line(text)}\n" for term, text in rows.items()))
    if problem is not None:
        raise problem


def _presence(path: Path) -> str:
    try:
        path.stat()
    except FileNotFoundError:
        return "not there"
    except OSError:
        return "no access"
    return "there"
