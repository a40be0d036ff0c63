"""The command ``lead-tui``: what is asked for is carried out, and every end has its exit code and at most one sentence.

The version, the help and a wrong argument are answered before anything of weight is imported.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # checkers know the name; importing it would take as long as the rest of --version
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Final, TextIO

    from lead_tui.arguments import Asking, Completion, Doctor, Launch, Queries, Search, Where
    from lead_tui.commands.output import Output
    from lead_tui.convoso.client import Waiting
    from lead_tui.export.sink import Sink
    from lead_tui.export.writer import Writer
    from lead_tui.leads.token import Token
    from lead_tui.restriction import ReadPolicy
    from lead_tui.wiring import Chosen, Wiring

DONE: Final = 0
FAULT: Final = 1
"""A fault of the program's own."""
INTERRUPTED: Final = 130

MOST_INPUT_BYTES: Final = 4_096
"""Of a value read from standard input; any filter's is shorter."""


def main(arguments: Sequence[str] | None = None, *, read_policy: ReadPolicy | None = None) -> int:
    """Carry out *arguments*, those of the process unless given, and return the exit code.

    *read_policy* stands in for ``storage.policy.read_policy`` in tests, whose policy is not root's.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    log: Path | None = None
    try:
        if told := _version_or_help(given):
            _tell(told)
            return DONE
        import gc

        # What the start makes stays; looking through it again and again for garbage takes a third of a bare app's whole start.
        gc.disable()
        from lead_tui.arguments import parse
        from lead_tui.restriction import policy_for, under
        from lead_tui.terminal import crash, secrecy

        secrecy.harden()
        policy = policy_for(given, os.environ, read_policy)
        standard_input = _StandardInput()
        asked = under(policy, parse(given, os.environ, standard_input.line))
        if asked.account.log:
            from pathlib import Path

            log = Path(asked.account.log)
        crash.install(log)
        return _carried_out(asked, standard_input)
    except KeyboardInterrupt as interrupt:
        _complain(str(interrupt) or "interrupted")
        return INTERRUPTED
    except Exception as error:
        from lead_tui.leads.errors import LeadTuiError, OutputError
        from lead_tui.terminal.crash import report

        if isinstance(error, OutputError):
            _let_go_of_standard_output()
        _complain(report(error, log).removeprefix("lead-tui: "))
        return error.exit_code if isinstance(error, LeadTuiError) else FAULT


def _version_or_help(given: Sequence[str]) -> str:
    options = given[: given.index("--")] if "--" in given else given
    if "--version" in options:
        from lead_tui import __version__

        return f"lead-tui {__version__}\n"
    if "--help" in options or "-h" in options:
        from lead_tui.manual import APP, COMMANDS, help_text

        return help_text(given[0] if given[0] in COMMANDS else APP)
    return ""


def _carried_out(asked: Asking, standard_input: _StandardInput) -> int:
    from lead_tui.arguments import Completion, Doctor, Launch, Queries, Search

    if isinstance(asked, Launch):
        return _launch(asked, standard_input)
    import gc

    gc.enable()
    # The app has its own ways to end.
    from lead_tui.terminal.lifeline import signals_raise

    with signals_raise():
        if isinstance(asked, Search):
            return _search(asked)
        if isinstance(asked, Queries):
            return _queries(asked)
        if isinstance(asked, Doctor):
            return _doctor(asked)
        if isinstance(asked, Completion):
            return _completion(asked)
        return _where(asked)


# The app


def _launch(launch: Launch, standard_input: _StandardInput) -> int:
    from lead_tui.terminal.capabilities import require_terminal

    standard_input.give_back()
    if launch.account.policy is not None:
        require_terminal(os.environ, remedy="log in with a terminal, as ssh -t does")
    else:
        require_terminal(os.environ)
    return run_app(launch)


def run_app(launch: Launch) -> int:
    """The app, on the terminal that is there; the exit code it ends with."""
    from msgspec.structs import replace

    from lead_tui.terminal import environment
    from lead_tui.terminal.capabilities import recognise_capabilities
    from lead_tui.wiring import Wiring

    wiring = Wiring.of(launch.account)
    theme = wiring.settings.theme
    can = recognise_capabilities(os.environ, getattr(sys.__stderr__, "encoding", None))
    plain = launch.ascii or theme.ascii or not can.unicode
    session = replace(wiring.session(launch.asked, plain=plain), first_answer=_collect_garbage)
    # Textual reads the environment while it is imported.
    environment.prepare(os.environ)
    from lead_tui.app import LeadTui

    try:
        app = LeadTui(session, theme=launch.theme or theme.name or session.state.theme, ascii_borders=plain)
        app.run(mouse=launch.mouse and theme.mouse)
    finally:
        session.close()
    if app.crash is not None:
        raise app.crash
    return app.return_code or DONE


def _collect_garbage() -> None:
    """From now on, but for what the start has made."""
    import gc

    from lead_tui.terminal.memory import keep_memory_flat
    from lead_tui.terminal.secrecy import forbid_tracing

    gc.freeze()
    gc.enable()
    keep_memory_flat()
    forbid_tracing()


# search


def _search(asked: Search) -> int:
    import asyncio

    from lead_tui.commands.progress import ProgressLine
    from lead_tui.commands.search import Teller, Wanted, search, stopped
    from lead_tui.leads.lookup import look_up
    from lead_tui.terminal.secrecy import forbid_tracing
    from lead_tui.tuning import MOST_PAGES_AHEAD
    from lead_tui.wiring import Wiring

    watched = _is_terminal(sys.stderr)
    line = ProgressLine(sys.stderr)
    # Between leads on the same screen a line that draws over itself would be in the way.
    shows = watched and (bool(asked.output) or not _is_terminal(sys.stdout))
    teller = Teller(
        note=line.aside(_complain),
        hint=line.aside(_complain if watched else _say_nothing),
        show=line.show if shows else _say_nothing,
    )
    wiring = Wiring.of(asked.account)
    chosen = wiring.chosen(asked.asked)
    for notice in chosen.notices:
        teller.hint(notice)
    client = wiring.client(_token(wiring))
    forbid_tracing()
    output, today = _output(asked, wiring, chosen)
    wanted = Wanted(
        chosen.query,
        today,
        asked.limit,
        look_up(asked.asked.look_up) if asked.asked.look_up else None,
        # One more than may be asked at a time, so that the next request is there when one has been answered.
        min(wiring.settings.pace.in_flight + 1, MOST_PAGES_AHEAD),
    )

    def tell_waiting(waiting: Waiting | None) -> None:
        if waiting is not None:
            teller.hint(f"{waiting.error.message}: trying again in {max(1, round(waiting.seconds))} s")

    client.on_waiting = tell_waiting
    try:
        asyncio.run(search(client, wanted, output, teller))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(stopped("interrupted", wanted.progress, output)) from None
    except SystemExit:
        line.clear()
        if wanted.progress.done and output.goes_on:
            _complain(stopped("stopped", wanted.progress, output))
        raise
    finally:
        line.clear()
        client.close()
    return DONE


def _output(asked: Search, wiring: Wiring, chosen: Chosen) -> tuple[Output, date]:
    """Where the leads go, and the day that relative dates are counted from. Raises ``OutputError`` and ``UsageError``."""
    from pathlib import Path

    from lead_tui.commands.output import ToFile, ToStream
    from lead_tui.export.formats import open_writer, refuse_missing
    from lead_tui.wiring import now

    today = wiring.settings.today()
    sink = None if asked.output else _standard_output()
    form = asked.format or ("table" if sink is not None and sink.terminal else "csv")
    refuse_missing(form)
    columns = chosen.columns or wiring.settings.table.columns if form == "table" else asked.asked.columns
    labels = wiring.settings.labels
    if sink is not None:

        def writer(found_in: Mapping[int, str] | None) -> Writer:
            return open_writer(form, sink, now(), columns=columns, raw_csv=asked.raw_csv, labels=labels, found_in=found_in)

        return ToStream(writer), today
    file = ToFile(
        Path(asked.output),
        {
            "base_url": wiring.base_url,
            "demo": wiring.account.demo,
            "profile": wiring.account_name,
            "filters": [list(each) for each in chosen.query],
            "with_time": wiring.settings.dates.with_time,
            "look_up": asked.asked.look_up,
            "limit": asked.limit,
            "format": form,
            "columns": list(columns),
            "raw_csv": asked.raw_csv,
        },
        form,
        now=now(),
        today=today,
        force=asked.force,
        resume=asked.resume,
        ask=_ask if _is_terminal(sys.stdin) and _is_terminal(sys.stderr) else None,
        columns=columns,
        raw_csv=asked.raw_csv,
        labels=labels,
    )
    return file, file.today


def _token(wiring: Wiring) -> Token | None:
    """The token; somebody at a terminal is asked for it where there is none. Raises ``TokenError``."""
    from lead_tui.leads.errors import TokenError
    from lead_tui.leads.token import Token

    found = wiring.find_token()
    if found.token or wiring.account.demo is not None:
        return found.token
    if _is_terminal(sys.stdin) and _is_terminal(sys.stderr):
        from getpass import getpass

        from lead_tui.convoso.address import host_of

        try:
            token = Token(getpass(f"API token for {host_of(wiring.base_url)}: "))
        except EOFError:
            token = Token("")
        if token:
            return token
    why = found.origin.removeprefix("none: ")
    raise TokenError(f"There is no token ({why})", remedy="set CONVOSO_AUTH_TOKEN, or auth_token_file in config.toml")


# queries


def _queries(asked: Queries) -> int:
    from lead_tui.commands import queries
    from lead_tui.storage.paths import Paths
    from lead_tui.storage.queries import QueryStore

    store = QueryStore(Paths.of(asked.account.config_dir))
    from_standard_input = asked.action == "import" and asked.target == "-"
    answers = _is_terminal(sys.stdin) and _is_terminal(sys.stderr) and not from_standard_input
    teller = queries.Teller(_complain, _ask if answers and not asked.force else None)
    sink = _standard_output()
    match asked.action:
        case "show":
            queries.show_query(store, asked.target, sink)
        case "delete":
            queries.delete_query(store, asked.target, teller)
        case "import":
            text = queries.decoded(_whole_standard_input()) if from_standard_input else queries.read_import(asked.target)
            queries.import_queries(store, text, "" if from_standard_input else asked.target, teller, force=asked.force)
        case "export":
            queries.export_queries(store, asked.target, sink, teller, force=asked.force)
        case _:
            queries.list_queries(store, sink, teller)
    sink.flush()
    return DONE


def _ask(question: str) -> bool:
    """Whether somebody at the terminal says yes; anything else is no."""
    from lead_tui.leads.text import one_line

    print(f"lead-tui: {one_line(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _whole_standard_input() -> bytes:
    from lead_tui import tuning
    from lead_tui.leads.errors import UsageError

    if sys.stdin is None:
        raise UsageError("Standard input is closed")
    try:
        return sys.stdin.buffer.read(tuning.MOST_CONFIGURATION_BYTES + 1)
    except OSError:
        raise UsageError("Standard input cannot be read") from None


# doctor


def _doctor(asked: Doctor) -> int:
    from lead_tui.commands.doctor import Report, examine
    from lead_tui.commands.doctor_terminal import look
    from lead_tui.leads.token import Token
    from lead_tui.storage.paths import Paths
    from lead_tui.storage.token import ENVIRONMENT
    from lead_tui.wiring import Wiring

    # Looked at before it is taken away: it must not be told even where it is none.
    secret = Token(os.environ.get(ENVIRONMENT, ""))
    report = Report(_standard_output(), os.environ.get("HOME", ""), [secret] if secret else [])
    terminal = look(os.environ, getattr(sys.__stderr__, "encoding", None))
    examine(report, Paths.of(asked.account.config_dir), asked.account, lambda: Wiring.of(asked.account), terminal, os.environ)
    if report.failure is not None:
        raise report.failure
    return DONE


# completion


def _completion(asked: Completion) -> int:
    from lead_tui.commands.completion import script

    sink = _standard_output()
    sink.write(script(asked.shell))
    sink.flush()
    return DONE


# where


def _where(asked: Where) -> int:
    from lead_tui.commands.where import lines
    from lead_tui.leads.errors import LeadTuiError
    from lead_tui.storage.paths import Paths
    from lead_tui.wiring import Wiring

    paths = Paths.of(asked.account.config_dir)
    account: list[tuple[str, str]] = []
    problem: LeadTuiError | None = None
    try:
        wiring = Wiring.of(asked.account)
        account = [("profile", wiring.profile.name), ("base URL", wiring.base_url)]
    except LeadTuiError as error:
        # Where the files are is what somebody needs to know now.
        problem = error
    files = (
        ("configuration", paths.config_file),
        ("saved queries", paths.queries_file),
        ("recovered queries", paths.recovered_file),
        ("state", paths.state_file),
        ("site's policy", paths.policy_file),
        ("site's queries", paths.site_queries_dir),
    )
    sink = _standard_output()
    sink.write("".join(f"{line}\n" for line in lines(files, account)))
    sink.flush()
    if problem is not None:
        raise problem
    return DONE


# The process's streams


class _StandardInput:
    """Standard input as the source of one value, after which the app may want the terminal back."""

    def __init__(self) -> None:
        self._was_read = False

    def line(self) -> str:
        """The one line there is. Raises ``UsageError``."""
        from lead_tui.leads.errors import UsageError

        self._was_read = True
        if sys.stdin is None:
            raise UsageError("Standard input is closed")
        try:
            content = sys.stdin.buffer.readline(MOST_INPUT_BYTES + 1)
            if not _is_terminal(sys.stdin):
                content += sys.stdin.buffer.read(MOST_INPUT_BYTES + 1)
            text = content.decode("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError("Standard input cannot be read as text") from None
        if not text:
            raise UsageError("Standard input is empty", remedy="it is to hold the value for -")
        if len(content) > MOST_INPUT_BYTES or len(text.splitlines()) > 1:
            raise UsageError("Standard input holds more than one line", remedy="one value is read from it")
        return text

    def give_back(self) -> None:
        """Where a value came through a pipe, make the controlling terminal standard input, if there is one."""
        if not self._was_read or _is_terminal(sys.stdin):
            return
        try:
            terminal = os.open("/dev/tty", os.O_RDWR)
        except OSError:
            return
        os.dup2(terminal, 0)
        os.close(terminal)


def _tell(text: str) -> None:
    """*text* to standard output, whatever its encoding. Raises ``OutputError``."""
    try:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
        sys.stdout.buffer.flush()
    except (OSError, AttributeError) as error:
        from lead_tui.export.sink import refused

        raise refused(error) from None


def _standard_output() -> Sink:
    from lead_tui.export.sink import Sink, Unbuffered, refused

    if sys.stdout is None:
        raise refused(ValueError())
    stream = sys.stdout.buffer
    if not _is_terminal(sys.stdout):
        return Sink(Unbuffered(getattr(stream, "raw", stream)))
    import shutil

    return Sink(
        Unbuffered(getattr(stream, "raw", stream)),
        terminal=True,
        encoding=sys.stdout.encoding,
        width=shutil.get_terminal_size().columns,
    )


def _let_go_of_standard_output() -> None:
    """Have what is still buffered go nowhere: writing it once more while Python ends would say so on standard error."""
    from contextlib import suppress

    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _complain(sentence: str) -> None:
    """A sentence on standard error; where nobody can read it, the exit code must do."""
    from contextlib import suppress

    from lead_tui.leads.text import one_line

    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(f"lead-tui: {one_line(sentence)}", file=sys.stderr, flush=True)


def _say_nothing(_what: object) -> None:
    """For what only somebody who watches wants to know."""
