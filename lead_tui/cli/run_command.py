"""The commands other than the app: each is run with what it needs of the account and the streams.

What one command needs is imported in its function: no other one waits for it.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from lead_tui.cli.console import (
    ProgressLine,
    all_of_standard_input,
    ask,
    ask_secret,
    can_ask,
    complain,
    is_terminal,
    say_nothing,
    standard_output,
)
from lead_tui.invocation import Command, Completion, Doctor, History, Queries, RunSearch, Setup, Where

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lead_tui.api.client import Waiting
    from lead_tui.cli.count import CountOutput
    from lead_tui.cli.output import Output
    from lead_tui.cli.search import Reporter
    from lead_tui.context import AppContext
    from lead_tui.export.exporting import WholeFile
    from lead_tui.leads.query import Query
    from lead_tui.leads.token import Token


def run_command(command: Command) -> None:
    """Run *command*. Raises ``LeadTuiError``, and what a signal raises."""
    match command:
        case RunSearch():
            _search(command)
        case History():
            _history(command)
        case Queries():
            _queries(command)
        case Doctor():
            _doctor(command)
        case Completion():
            _completion(command)
        case Where():
            _where(command)
        case Setup():
            # Imported here, like the other commands: none waits for the imports of another.
            from lead_tui.cli.setup import set_up
            from lead_tui.config.paths import Paths

            set_up(Paths.of(command.account.config_dir))


# search


def _search(command: RunSearch) -> None:
    with ExitStack() as ending:
        _run_search(command, ending)


def _run_search(command: RunSearch, ending: ExitStack) -> None:
    import asyncio
    import gc

    from lead_tui.cli.output import output_for
    from lead_tui.cli.search import Wanted, search, stopped
    from lead_tui.cli.search_list import LOOKED_UP, search_list
    from lead_tui.context import AppContext, now, page_source
    from lead_tui.export.formats import conflict
    from lead_tui.leads.lookup import look_up
    from lead_tui.limits import MADE_BEFORE_GARBAGE, MAX_PAGES_AHEAD, THREAD_TURN
    from lead_tui.terminal.secrecy import forbid_tracing

    gc.set_threshold(MADE_BEFORE_GARBAGE, *gc.get_threshold()[1:])
    sys.setswitchinterval(THREAD_TURN)
    line = ProgressLine(sys.stderr)
    reporter = _reporter(command, line)
    context = AppContext.of(command.account)
    chosen = context.chosen(command.invocation)
    is_list = _is_list(command, chosen.query)
    for notice in chosen.notices:
        reporter.hint(notice)
    if command.format is not None and (warning := conflict(command.output, command.format)):
        reporter.note(warning)
    client = context.client(_token(context))
    forbid_tracing()
    account = {"base_url": context.base_url, "demo": context.account.demo, "profile": context.account_name}
    missing = ending.enter_context(_whole_file(command.missing, command)) if command.missing else None
    columns = (command.by,) if command.by else chosen.columns
    counting: CountOutput | None = None
    output: Output
    if command.count:
        from lead_tui.cli.count import count

        output = counting = _count_output(command, context, ending, line.clear)
    else:
        output = output_for(command, context.settings, chosen.query, columns, account, now())
    wanted = Wanted(
        chosen.query,
        output.today,
        None if is_list and not command.has_limit else command.limit,
        look_up(command.invocation.look_up) if command.invocation.look_up else None,
        command.invocation.look_ups,
        LOOKED_UP in columns,
        # One more than may be asked at a time, so that the next request is there when one has been answered.
        min(context.settings.pace.in_flight + 1, MAX_PAGES_AHEAD),
        columns if command.by else command.invocation.columns,
    )

    client.on_waiting, client.on_notice = _report_waiting(reporter), reporter.note
    try:
        source = page_source(client)
        if counting is not None:
            work = count(source, wanted, counting, reporter, is_list=is_list)
        elif is_list:
            work = search_list(source, wanted, output, reporter, missing)
        else:
            work = search(source, wanted, output, reporter)
        asyncio.run(work)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(stopped("interrupted", wanted.progress, output)) from None
    except SystemExit:
        line.clear()
        if wanted.progress.done and output.resume_hint:
            complain(stopped("stopped", wanted.progress, output))
        raise
    finally:
        line.clear()
        client.close()


def _reporter(command: RunSearch, line: ProgressLine) -> Reporter:
    """Return what writes to standard error beside *line*, the progress."""
    from lead_tui.cli.search import Reporter

    is_watched = is_terminal(sys.stderr)
    # Among leads on the same screen, a line that redraws itself would be in the way.
    shows = is_watched and (bool(command.output) or command.count or not is_terminal(sys.stdout))
    return Reporter(
        note=line.aside(complain),
        hint=line.aside(complain if is_watched else say_nothing),
        show=line.show if shows else say_nothing,
    )


def _report_waiting(reporter: Reporter) -> Callable[[Waiting | None], None]:
    """Return the client's callback for a retry or a wait."""
    was_noted = False

    def report(waiting: Waiting | None) -> None:
        nonlocal was_noted
        if waiting is None:
            return
        # Once in a log too: without it a search that the server makes wait seems to hang.
        write = reporter.note if waiting.error.retry_after and not was_noted else reporter.hint
        was_noted = was_noted or write is reporter.note
        doing = "trying again" if waiting.attempt > 1 else "sending the next request"
        write(f"{waiting.error.message}: {doing} in {max(1, round(waiting.seconds))} s")

    return report


def _is_list(command: RunSearch, query: Query) -> bool:
    """Whether a list is searched for: its leads come in its order, and what has no lead is reported. Raises ``UsageError``."""
    from lead_tui.leads.errors import UsageError

    ids = "" if command.invocation.look_up else query.value("lead_id")
    if command.missing and not (command.invocation.look_ups or ids):
        raise UsageError("--missing requires a list", remedy="lead_id=1,2,3, lead_id=- or --lookup - give one")
    return bool(command.invocation.look_ups or command.missing or "," in ids or (ids and command.invocation.from_standard_input))


def _count_output(command: RunSearch, context: AppContext, ending: ExitStack, before_writing: Callable[[], None]) -> CountOutput:
    from lead_tui.cli.count import CountOutput
    from lead_tui.context import now

    sink = standard_output()
    settings = context.settings
    return CountOutput(
        command.by,
        sink,
        command.format or ("table" if sink.terminal and not command.output else "csv"),
        now(),
        settings.today(),
        file=ending.enter_context(_whole_file(command.output, command)) if command.output else None,
        raw_csv=command.raw_csv,
        labels=settings.labels,
        before_writing=before_writing,
    )


def _whole_file(path: str, command: RunSearch) -> WholeFile:
    from lead_tui.export.exporting import WholeFile
    from lead_tui.safe_files import target_of

    return WholeFile(target_of(path), force=command.force, ask=ask if can_ask() else None)


def _token(context: AppContext) -> Token | None:
    """Return the token; ask for it at a terminal if there is none. Raises ``TokenError``."""
    from lead_tui.leads.errors import TokenError
    from lead_tui.leads.token import Token

    found = context.find_token()
    if found.token or context.account.demo is not None:
        return found.token
    if can_ask():
        from lead_tui.api.address import host_of

        try:
            token = Token(ask_secret(f"API token for {host_of(context.base_url)}: "))
        except EOFError:
            token = Token("")
        if token:
            return token
    why = found.origin.removeprefix("none: ")
    raise TokenError(f"No API token ({why})", remedy="run lead-tui setup, or set CONVOSO_AUTH_TOKEN")


# The others


def _history(command: History) -> None:
    import asyncio

    from lead_tui.cli.history import print_history
    from lead_tui.context import AppContext, now
    from lead_tui.terminal.secrecy import forbid_tracing

    sink = standard_output()
    context = AppContext.of(command.account)
    client = context.client(_token(context))
    forbid_tracing()
    form = command.format or ("table" if sink.terminal else "csv")
    may_get_recordings, zone = context.capabilities.may_get_recordings, context.settings.zone()
    try:
        work = print_history(
            client, command.lead_id, sink, form, command.days, now(), zone, complain, with_recordings=may_get_recordings
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
    from lead_tui.cli.doctor import Report, examine
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
