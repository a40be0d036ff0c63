"""The commands other than the app: each is run with what it needs of the account and the streams.

What one command needs is imported in its function: no other one waits for it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from lead_tui.cli.console import (
    all_of_standard_input,
    ask,
    can_ask,
    complain,
    find_or_ask_token,
    standard_output,
)
from lead_tui.invocation import Command, Completion, Doctor, History, Pop, Queries, RunSearch, Setup, Where

if TYPE_CHECKING:
    from pathlib import Path


def run_command(command: Command) -> None:
    """Run *command*. Raises ``LeadTuiError``, and what a signal raises."""
    match command:
        case RunSearch():
            from lead_tui.cli.run_search import run_search

            run_search(command)
        case History():
            _history(command)
        case Pop():
            from lead_tui.cli.pop import deliver
            from lead_tui.config.paths import Paths

            deliver(Paths.of(command.account.config_dir).sessions_dir, command.number, command.session)
        case Queries():
            _queries(command)
        case Doctor():
            _doctor(command)
        case Completion():
            _completion(command)
        case Where():
            _where(command)
        case Setup():
            from lead_tui.cli.setup import set_up
            from lead_tui.config.paths import Paths

            set_up(Paths.of(command.account.config_dir))


def _history(command: History) -> None:
    import asyncio

    from lead_tui.cli.history import print_history
    from lead_tui.context import AppContext, now
    from lead_tui.terminal.secrecy import forbid_tracing

    sink = standard_output()
    context = AppContext.of(command.account)
    client = context.client(find_or_ask_token(context))
    forbid_tracing()
    form = command.format or ("table" if sink.terminal else "csv")
    may, zone = context.capabilities, context.settings.zone()
    with_recordings = may.may_get_recordings and may.may_copy
    try:
        work = print_history(
            client, command.lead_id, sink, form, command.days, now(), zone, complain, with_recordings=with_recordings
        )
        asyncio.run(work)
    finally:
        client.close()
        sink.flush()


def _queries(command: Queries) -> None:
    from lead_tui.cli import queries
    from lead_tui.config.paths import Paths
    from lead_tui.storage.query_store import QueryStore

    store = QueryStore(Paths.of(command.account.config_dir))
    from_standard_input = command.action == "import" and command.target == "-"
    answers = can_ask() and not from_standard_input
    may_ask = ask if answers and not command.force else None
    sink = standard_output()
    match command.action:
        case "show":
            queries.show_query(store, command.target, sink)
        case "delete":
            queries.delete_query(store, command.target, complain, may_ask)
        case "import":
            text = queries.decoded(all_of_standard_input()) if from_standard_input else queries.read_import(command.target)
            path = "" if from_standard_input else command.target
            queries.import_queries(store, text, path, complain, may_ask, force=command.force)
        case "export":
            queries.export_queries(store, command.target, sink, complain, force=command.force)
        case _:
            queries.list_queries(store, sink, complain)
    sink.flush()


def _doctor(command: Doctor) -> None:
    from lead_tui.cli.checks import Report
    from lead_tui.cli.doctor import examine
    from lead_tui.cli.doctor_terminal import terminal_facts
    from lead_tui.leads.token import Token
    from lead_tui.storage.token import ENVIRONMENT

    # Read before it is removed: even an invalid token must not be shown.
    secret = Token(os.environ.get(ENVIRONMENT, ""))
    report = Report(standard_output(), os.environ.get("HOME", ""), [secret] if secret else [])
    terminal = terminal_facts(os.environ, getattr(sys.__stderr__, "encoding", None))
    examine(report, command.account, terminal, os.environ)
    if report.failure is not None:
        raise report.failure


def _completion(command: Completion) -> None:
    from lead_tui.cli.completion import script

    sink = standard_output()
    sink.write(script(command.shell))
    sink.flush()


def _where(command: Where) -> None:
    from lead_tui.config.paths import Paths
    from lead_tui.context import AppContext
    from lead_tui.leads.errors import LeadTuiError
    from lead_tui.leads.text import one_line

    paths = Paths.of(command.account.config_dir)
    files = {
        "configuration": paths.config_file,
        "saved queries": paths.queries_file,
        "recovered queries": paths.recovered_file,
        "state": paths.state_file,
        "site's policy": paths.policy_file,
        "site's queries": paths.site_queries_dir,
    }
    rows = [(term, f"{_presence(path):11}  {path}") for term, path in files.items()]
    problem: LeadTuiError | None = None
    try:
        context = AppContext.of(command.account)
        rows += [("profile", context.profile.name), ("base URL", context.base_url)]
    except LeadTuiError as error:
        # The user who corrects the configuration needs to know where the files are.
        problem = error
    sink = standard_output()
    sink.write("".join(f"{term:17}  {one_line(text)}\n" for term, text in rows))
    sink.flush()
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
