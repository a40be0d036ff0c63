"""The process: its environment, access to its memory and files, how it frees memory, and the reports of its own errors.

Call ``prepare_environment`` before Textual is imported, which reads most of the environment at import.

A traceback of Python or Textual contains the token (in a frame's locals), URLs and leads. A report has types and places, but never
a message, a local variable or a URL: it is safe to send to the maintainers.
"""

from __future__ import annotations

import atexit
import os
import signal
import stat
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, NoReturn

from lead_tui import __version__
from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import one_line
from lead_tui.limits import LEAVE_SECONDS

OURS: Final = {
    # A dropped connection would leave the user's terminal in the kitty keyboard protocol; no key here needs it.
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    # Nothing is animated on this program's screens, and every frame of an animation would be sent over the line.
    "TEXTUAL_ANIMATIONS": "none",
    # "Smooth scrolling" reports the mouse by the pixel: some ten reports instead of one, over the same line.
    "TEXTUAL_SMOOTH_SCROLL": "0",
}
"""Variables to set, as Textual 8.2.8 names them."""

_KEPT: Final = frozenset({"TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "TMUX", "STY"})
"""Variables that describe terminal, language and clock, besides those of the locale. Others can change what programs do."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of glibc's ``mallopt``

INTERNAL_ERROR: Final = 1  # the exit code

_MAX_FRAMES: Final = 200  # of each of the exceptions in a report


# The environment


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Set Textual's variables in *environ* as this program needs them, and drop those that would control or watch it.

    Other variables of Textual import any module, switch its debugger on, write the screen to a file or press keys. ``COLUMNS`` and
    ``LINES``, if a shell exports them, hide the terminal's own size and its changes. ``COLORTERM`` goes where 24-bit colors are
    misread.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL_") or name in ("TEXTUAL", "COLUMNS", "LINES")]:
        del environ[name]
    term = environ.get("TERM", "")
    # tmux rounds such colors; screen 4.9.0 and dvtm 0.15 take their numbers for other attributes, such as dim or black (tested).
    if environ.get("STY") or term.startswith("dvtm") or (term.startswith("screen") and not environ.get("TMUX")):
        environ.pop("COLORTERM", None)
    environ.update(OURS)


def scrub_environment(environ: MutableMapping[str, str]) -> None:
    """Remove everything from *environ* with which a user could influence a restricted start, and prepare it.

    Only variables for terminal, language and clock are kept. ``PATH`` becomes the system's default, and ``HOME`` the user's in the
    system's database. ``PYTHONPATH`` and ``LD_PRELOAD`` have already affected this process: a restricted start must be
    ``python -I -m lead_tui`` from a server that accepts no variables.
    """
    import pwd

    for name in list(environ):
        if name not in _KEPT and not name.startswith("LC_"):
            del environ[name]
    environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    environ["HOME"] = "/nonexistent"
    with suppress(KeyError):
        environ["HOME"] = pwd.getpwuid(os.geteuid()).pw_dir or "/nonexistent"
    prepare_environment(environ)


def blank_in_environment(name: str) -> None:
    """Overwrite the value of *name* in the environment that this process was started with. Linux only.

    A variable removed from ``os.environ`` is still in ``/proc/PID/environ``, which the user's other processes and root can read.
    The strings are on this process's own stack (proc_pid_stat(5)), and nothing refers to this one once it has been removed.
    """
    mark = f"\0{name}=".encode()
    with suppress(OSError, ValueError, IndexError):
        # The program's name, in parentheses, may contain spaces; the field after it is the third, and the 50th is wanted.
        start = int(Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()[50 - 3])
        content = b"\0" + Path("/proc/self/environ").read_bytes()
        value = content.index(mark) + len(mark)
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start + value - 1)
            memory.write(b"\0" * (content.index(b"\0", value) - value))


# Other users, and the shell


def harden() -> None:
    """Make new files 0600 and directories 0700, allow no core dump, and end at once on an interrupt. Cheap; call it first."""
    import resource

    # An interrupt that is ignored, as in the background of a script, stays ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # If the system pipes cores to a program, the limit does not apply (core(5)); then the core contains no memory.
    with suppress(OSError), open("/proc/self/coredump_filter", "wb") as filtering:
        filtering.write(b"0")


def end_at_once(number: int, _: FrameType | None) -> NoReturn:
    """Handle the signal *number* before anything could be lost: run what is registered with ``atexit``, and end the process, after
    ``LEAVE_SECONDS`` also if the terminal accepts nothing.

    An exception would be raised in whatever code is interrupted, which may ignore it: msgspec 0.23.0 does while it is imported, and
    then crashes when it is used.
    """
    signal.signal(signal.SIGALRM, lambda *_: os._exit(128 + number))
    signal.setitimer(signal.ITIMER_REAL, LEAVE_SECONDS)
    atexit._run_exitfuncs()
    if number == signal.SIGINT:
        os.write(2, b"lead-tui: interrupted\n")
    os._exit(128 + number)


def forbid_tracing() -> bool:
    """Let only root read this process's memory and its initial environment; return whether that succeeded. Linux only.

    Like ``keep_memory_flat`` and ``reuse_memory`` it imports ``ctypes``, which takes 6 ms: call it after the first paint.
    """
    # 4 is PR_SET_DUMPABLE.
    return sys.platform.startswith("linux") and _call("prctl", 4, 0, 0, 0, 0) == 0


def stay_in_front() -> None:
    """Ignore the signal with which a terminal suspends a process on ctrl+z."""
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


# Memory


def keep_memory_flat() -> None:
    """Return blocks of 64 KB, such as a page of leads, to the system when they are freed. Does nothing without glibc.

    By default, glibc raises this limit to the sizes it has seen, and pages are then scattered in heaps that never shrink.
    """
    _set_allocator({_M_MMAP_THRESHOLD: 64 * 1024})


def reuse_memory() -> None:
    """Reuse blocks up to glibc's maximum of 32 MB: new memory for each page takes a fifth of an export's time."""
    _set_allocator({_M_MMAP_THRESHOLD: 32 * 1024 * 1024, _M_TRIM_THRESHOLD: 64 * 1024 * 1024})


def _set_allocator(parameters: dict[int, int]) -> None:
    for name, value in {_M_ARENA_MAX: 1, **parameters}.items():  # one heap for all threads
        _call("mallopt", name, value)


def _call(function: str, *arguments: int) -> int | None:
    """Call *function* of the C library; return None if it does not exist."""
    try:
        import ctypes

        return int(getattr(ctypes.CDLL(None), function)(*arguments))
    except (ImportError, OSError, AttributeError):
        return None


# Reports of errors


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
