"""Set up ``lead-tui search``: what to read, where it goes, and what is reported meanwhile."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import ExitStack, closing
from os.path import realpath

from lead_tui.cli.console import Reporter, ask, can_ask, find_or_ask_token, is_terminal
from lead_tui.cli.output import CountOutput, Output, output_for
from lead_tui.cli.search import LeadSearch
from lead_tui.cli.search_list import LOOKED_UP, ListReading
from lead_tui.context import AppContext, page_source
from lead_tui.export.exporting import WriteWhole, whole_file
from lead_tui.export.formats import conflict
from lead_tui.export.partial import partial_of
from lead_tui.invocation import Command, Options
from lead_tui.leads.errors import UsageError
from lead_tui.leads.lookup import ListedLookUp, look_up
from lead_tui.leads.query import Query, remark_on
from lead_tui.limits import MADE_BEFORE_GARBAGE, MAX_PAGES_AHEAD, SEARCH_LIMIT, THREAD_TURN
from lead_tui.safe_files import target_of
from lead_tui.terminal.process import forbid_tracing, reuse_memory


def run_search(command: Command) -> None:
    """Raises ``LeadTuiError``, and what a signal raises."""
    with ExitStack() as ending:
        _run(command, ending)


def _run(command: Command, ending: ExitStack) -> None:
    options, invocation = command.options, command.invocation
    gc.set_threshold(MADE_BEFORE_GARBAGE, *gc.get_threshold()[1:])
    sys.setswitchinterval(THREAD_TURN)
    gc.freeze()
    reuse_memory()
    # A line that is redrawn in place would garble leads on the same screen.
    reporter = Reporter(shows_progress=bool(options.output) or options.count or not is_terminal(sys.stdout))
    context = AppContext.of(command.account)
    chosen = context.chosen(invocation)
    is_list = _is_list(command, chosen.query)
    limit = options.limit or (None if is_list or options.all or (options.count and not options.by) else SEARCH_LIMIT)
    for notice in chosen.notices:
        reporter.hint(notice)
    # A script may have used a variable that is not set.
    for name in (name for name, value in invocation.filters if not (value or invocation.query_name)):
        reporter.note(f"{name}= has no value and filters nothing: give it one, or leave it out")
    if options.format is not None and (warning := conflict(options.output, options.format)):
        reporter.note(warning)
    client = context.client(find_or_ask_token(context))
    forbid_tracing()
    if options.missing and options.output and realpath(target_of(options.missing)) == realpath(target_of(options.output)):
        raise UsageError("--missing and -o name the same file", remedy="choose another one")
    missing = _whole_file(options.missing, options, resumes=options.resume and partial_of(target_of(options.output)).exists())
    look_ups, found = invocation.look_ups, None
    if invocation.look_up:
        found = look_up(invocation.look_up)
        if ignored := found.ignored_text():
            reporter.hint(ignored)
        if len(found.parts) > 1:
            look_ups = (ListedLookUp(1, found.text, found),)
    columns = (options.by,) if options.by else chosen.columns
    output: Output = (
        CountOutput(options, context, _whole_file(options.output, options))
        if options.count
        else output_for(command, context, chosen.query, columns, limit, names_fields=bool(look_ups))
    )
    ending.callback(output.close)
    ending.callback(client.close)
    ending.callback(reporter.clear)
    client.waits.on_waiting, client.on_notice = reporter.wait, reporter.note
    query = chosen.query.dated(output.today)
    for name, value in query:
        if remark := remark_on(name, value):
            reporter.note(f"{name}: {remark}")
    # One more than the pace lets through, so that the next request is ready as soon as a response arrives.
    in_flight = min(context.settings.pace.in_flight + 1, MAX_PAGES_AHEAD)
    source, listed = page_source(client), None
    if is_list or look_ups:
        listed = ListReading(source, query, look_ups, output, limit, in_flight, shows_look_up=LOOKED_UP in columns)
    # The first leads of a list do not show which attributes the others have.
    named = () if is_list else columns if options.by else invocation.columns
    search = LeadSearch(source, query, output, reporter, limit, in_flight, named, found, listed, missing)
    try:
        with closing(search.count(output) if isinstance(output, CountOutput) else search.run()) as work:
            asyncio.run(work)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(search.stopped("interrupted")) from None
    except SystemExit:
        if search.progress.done and output.resume_hint:
            reporter.note(search.stopped("stopped"))
        raise


def _is_list(command: Command, query: Query) -> bool:
    """Return whether to search for a list: leads come in its order, and values without one are reported. Raises ``UsageError``."""
    options, invocation = command.options, command.invocation
    ids = "" if invocation.look_up else query.value("lead_id")
    if options.missing and not (invocation.look_ups or ids):
        is_name = invocation.look_up and invocation.from_standard_input
        one = (
            "write a phone number, an email or a lead id on each line" if is_name else "use lead_id=1,2,3, lead_id=- or --lookup -"
        )
        raise UsageError("--missing requires a list", remedy=one)
    return bool(invocation.look_ups or options.missing or "," in ids or (ids and invocation.from_standard_input))


def _whole_file(path: str, options: Options, *, resumes: bool = False) -> WriteWhole | None:
    return whole_file(target_of(path), force=options.force, ask=ask if can_ask() else None, resumes=resumes) if path else None
