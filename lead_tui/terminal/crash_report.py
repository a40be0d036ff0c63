"""The reports of the program's own errors, and the log that they are written to.

A traceback of Python or Textual contains the token (in a frame's locals), URLs and leads. A report has types and places, but never
a message, a local variable or a URL: it is safe to send to the maintainers.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final

from lead_tui import __version__
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line

INTERNAL_ERROR: Final = 1  # the exit code

_MAX_FRAMES: Final = 200  # of each of the exceptions in a report


def report(error: BaseException, log: Path | None, *, continues: bool = False) -> str:
    """Write where *error* was raised to *log*, and return a sentence about it; a ``LeadTuiError`` has its own.

    The sentence is for standard error, or for the screen of a session that *continues*. *log* is created with mode 0600, and
    appended to. A symbolic link or another user's file is left alone, and then not mentioned.
    """
    written = log is not None and append_to_log(log, (*report_lines(error), ""))
    if isinstance(error, LeadTuiError):
        return str(error)
    name = _type_name(type(error))
    if continues:
        where = f", written to {log}" if written else ""
        return f"Internal error ({name}){where}; please report it. The session continues"
    where = f"; where it happened is written, without leads or token, to {log}" if written else ""
    return f"internal error ({name}){where}: please report it"


def exit_code(error: BaseException) -> int:
    return error.exit_code if isinstance(error, LeadTuiError) else INTERNAL_ERROR


def report_lines(error: BaseException) -> Iterator[str]:
    """Yield the report: the time (UTC), versions, and the type and frames of *error* and its causes."""
    from traceback import walk_tb

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    yield f"{now} lead-tui {__version__}, Python {sys.version.split()[0]}, {sys.platform}"
    relation, each = "", error
    for _ in range(20):
        yield f"{relation}{_type_name(type(each))}"
        for frame, line in islice(walk_tb(each.__traceback__), _MAX_FRAMES):
            # Not the file: its path contains the host's directories and the user's home.
            yield f"  {frame.f_globals.get('__name__')}:{line} {frame.f_code.co_name}"
        context = None if each.__suppress_context__ else each.__context__
        relation, cause = ("while handling ", context) if each.__cause__ is None else ("caused by ", each.__cause__)
        if cause is None:
            return
        each = cause


def report_uncaught(log: Path | None) -> None:
    """Report uncaught errors from now on, those of the main thread also on standard error.

    Python prints no warnings, such as of work that an exit has canceled, unless the interpreter is told to.
    """

    def uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        sentence = "" if isinstance(error, KeyboardInterrupt) else report(error, log)
        if sentence and sys.__stderr__ is not None:
            print(f"lead-tui: {one_line(sentence)}", file=sys.__stderr__)

    def uncaught_elsewhere(arguments: threading.ExceptHookArgs | sys.UnraisableHookArgs) -> None:
        # Not on standard error, on which the interface is drawn.
        if arguments.exc_value is not None:
            report(arguments.exc_value, log)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_elsewhere
    sys.unraisablehook = uncaught_elsewhere
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def _type_name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def append_to_log(log: Path, lines: Iterable[str] = ()) -> bool:
    """Append *lines* to *log*; return whether it succeeded."""
    # Non-blocking: a pipe at this path would block the process forever.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    with suppress(OSError), open(log, "ab", opener=lambda path, _: os.open(path, flags, 0o600)) as file:
        status = os.fstat(file.fileno())
        if status.st_uid == os.geteuid() and stat.S_ISREG(status.st_mode):
            os.fchmod(file.fileno(), 0o600)
            file.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
            return True
    return False
