"""Reports of the program's own errors, with types and places, but never a message, a local variable or a URL.

A traceback of Python or Textual contains the token (in a frame's locals), URLs and leads. A report is safe to send to the
maintainers.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
import types
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from lead_tui import __version__
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line

INTERNAL_ERROR: Final = 1  # the exit code

_MAX_FRAMES: Final = 200
_MAX_EXCEPTIONS: Final = 20


def report(error: BaseException, log: Path | None, *, continues: bool = False) -> str:
    """Write where *error* was raised to *log*, and return a sentence about it; a ``LeadTuiError`` has its own.

    The sentence is for standard error, or for the screen of a session that *continues*. *log* is created with mode 0600, and
    appended to. A symbolic link or another user's file is left alone, and then not mentioned.
    """
    written = log is not None and append(log, (*lines(error), ""))
    cause = _of_worker(error) or error
    if isinstance(cause, LeadTuiError):
        return str(cause)
    name = _type_name(type(cause))
    if continues:
        where = f", written to {log}" if written else ""
        return f"Internal error ({name}){where}; please report it. The session continues"
    where = f"; where it happened is written, without leads or token, to {log}" if written else ""
    return f"internal error ({name}){where}: please report it"


def exit_code(error: BaseException) -> int:
    cause = _of_worker(error) or error
    return cause.exit_code if isinstance(cause, LeadTuiError) else INTERNAL_ERROR


def lines(error: BaseException) -> Iterator[str]:
    """Yield the report: the time (UTC), versions, and the type and frames of *error*, its causes and members."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    yield f"{now} lead-tui {__version__}, Python {sys.version.split()[0]}, {sys.platform}"
    for relation, each in _family(error):
        yield f"{relation}{_type_name(type(each))}"
        yield from _frames(each.__traceback__)


def install(log: Path | None) -> None:
    """Report uncaught errors in this way, those of the main thread also on standard error; print no warnings of Python, such as of
    work that an exit has canceled, unless the interpreter is told to."""

    def uncaught(_: type[BaseException], error: BaseException, __: types.TracebackType | None) -> None:
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


def _family(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    waiting: list[tuple[str, BaseException]] = [("", error)]
    seen: set[int] = set()
    while waiting and len(seen) < _MAX_EXCEPTIONS:
        relation, each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield relation, each
        if each.__cause__ is not None:
            waiting.append(("caused by ", each.__cause__))
        elif each.__context__ is not None and not each.__suppress_context__:
            waiting.append(("while handling ", each.__context__))
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(("with ", member) for member in each.exceptions)
        if (failed := _of_worker(each)) is not None:
            waiting.append(("for ", failed))


def _of_worker(error: BaseException) -> BaseException | None:
    """Return the error of Textual's ``WorkerFailed``, which is not its cause."""
    failed = getattr(error, "error", None)
    return failed if isinstance(failed, BaseException) else None


def _frames(traceback: types.TracebackType | None) -> Iterator[str]:
    from traceback import walk_tb

    frames = list(walk_tb(traceback))
    for frame, line in frames[:_MAX_FRAMES]:
        yield f"  {_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
    if more := frames[_MAX_FRAMES:]:
        yield f"  and {len(more)} more"


def _type_name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _short(filename: str) -> str:
    """Return *filename* from the package on: the rest contains the host's directories and the user's home."""
    for root in sorted((f"{path.rstrip('/')}/" for path in sys.path if path), key=len, reverse=True):
        if filename.startswith(root):
            return filename.removeprefix(root)
    return os.path.basename(filename)


def append(log: Path, report: Iterable[str] = ()) -> bool:
    """Append the lines of *report* to *log*; return whether it succeeded."""

    def open_private(path: str, _: int) -> int:
        # Non-blocking: a pipe at this path would block the process forever.
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)

    with suppress(OSError), open(log, "ab", opener=open_private) as file:
        status = os.fstat(file.fileno())
        if status.st_uid == os.geteuid() and stat.S_ISREG(status.st_mode):
            os.fchmod(file.fileno(), 0o600)
            file.write("".join(f"{line}\n" for line in report).encode("utf-8", "backslashreplace"))
            return True
    return False
