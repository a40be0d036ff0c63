"""The standard streams of the commands: values in, leads out, and messages, questions and progress on standard error."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TextIO

from lead_tui import limits
from lead_tui.export.writer import Sink, refused
from lead_tui.leads.errors import UsageError
from lead_tui.leads.page import Progress
from lead_tui.leads.text import one_line
from lead_tui.safe_files import Stream, write_whole
from lead_tui.terminal.capabilities import WITHOUT_CURSOR

if TYPE_CHECKING:
    from lead_tui.api.retry import Waiting
    from lead_tui.context import AppContext
    from lead_tui.leads.permissions import Token

_CLEAR: Final = "\r\x1b[K"


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether *stream* is a terminal. A closed or missing stream is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def from_standard_input(is_list: bool) -> str:
    """Return the one line on standard input; all lines for a list that is not typed at a terminal. Raises ``UsageError``."""
    content = all_of_standard_input(limits.MAX_LIST_BYTES, ends_at_line=is_terminal(sys.stdin))
    if len(content) > limits.MAX_LIST_BYTES:
        size = f"{limits.MAX_LIST_BYTES // 1024**2} MB"
        raise UsageError(f"Standard input is longer than {size}", remedy="split the list, as split -l does")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("Standard input cannot be read as text", remedy="save it as UTF-8") from None
    if not text.strip():
        raise UsageError("Standard input is empty", remedy=f"it must contain the {'values' if is_list else 'value'} for -")
    if not is_list and len(text.strip().splitlines()) > 1:
        raise UsageError("Standard input contains more than one line", remedy="one value is read from it")
    return text if is_list else text.strip()


def all_of_standard_input(limit: int = limits.MAX_CONFIGURATION_BYTES, *, ends_at_line: bool = False) -> bytes:
    """Return at most *limit* + 1 bytes of standard input, or only its first line. Raises ``UsageError``."""
    if sys.stdin is None:
        raise UsageError("Standard input is closed", remedy="it must contain the value for -")
    try:
        return sys.stdin.buffer.readline(limit + 1) if ends_at_line else sys.stdin.buffer.read(limit + 1)
    except OSError:
        raise UsageError("Standard input cannot be read") from None


def reopen_terminal() -> None:
    """If standard input was a pipe with a value, replace it with the controlling terminal, if there is one."""
    if not is_terminal(sys.stdin):
        with suppress(OSError):
            terminal = os.open("/dev/tty", os.O_RDWR)
            os.dup2(terminal, 0)
            os.close(terminal)


def standard_output() -> Sink:
    """Raises ``OutputError`` if it is closed."""
    if sys.stdout is None:
        raise refused(ValueError())
    if not is_terminal(sys.stdout):
        return Sink(_unbuffered(sys.stdout))
    return Sink(_unbuffered(sys.stdout), terminal=True, encoding=sys.stdout.encoding, width=shutil.get_terminal_size().columns)


def _unbuffered(stream: TextIO) -> Stream:
    """Return *stream* without its buffer: at exit Python waits for one that a blocked thread holds, or fails with 120."""
    raw: Stream = getattr(stream.buffer, "raw", stream.buffer)
    return raw


def can_ask() -> bool:
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def ask(question: str) -> bool:
    """Ask at the terminal; anything but yes is no."""
    with suppress(EOFError):
        return ask_line(f"{one_line(question)} [y/N] ").lower() in ("y", "yes")
    return False


def ask_line(prompt: str) -> str:
    """Ask at the terminal for a line, and return it without the spaces around it. Raises ``EOFError`` at the end of input."""
    print(f"lead-tui: {prompt}", end="", file=sys.stderr, flush=True)
    # What is not text in the locale's encoding is replaced.
    if line := sys.stdin.buffer.readline().decode(sys.stdin.encoding, "replace"):
        return line.strip()
    raise EOFError


def ask_secret(prompt: str) -> str:
    """Ask at the terminal for a line that is not shown. Raises ``EOFError``, and ``UsageError`` if the terminal would show it."""
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(f"lead-tui: {prompt}")
        except UnicodeDecodeError:
            # Not a valid token, so the caller says so.
            return "\N{REPLACEMENT CHARACTER}"
        except GetPassWarning:
            raise UsageError("This terminal would show what is typed", remedy="use another one") from None


def complain(sentence: str) -> None:
    """Write *sentence* to standard error. If it cannot be written, only the exit code reports the problem."""
    _write(f"lead-tui: {one_line(sentence)}\n")


def find_or_ask_token(context: AppContext) -> Token | None:
    """Return the account's token; ask for it at a terminal if there is none. Raises ``TokenError``."""
    from lead_tui.config.settings import host_of
    from lead_tui.storage.token import checked_token

    found = context.find_token()
    if found.token or context.account.demo is not None:
        return found.token
    if can_ask():
        with suppress(EOFError):
            if text := ask_secret(f"API token for {host_of(context.base_url)}: ").strip():
                return checked_token(text, "The answer")
    raise found.missing


class Reporter:
    """Reports on standard error while a command runs: messages, and a progress line that is redrawn in place."""

    def __init__(self, *, shows_progress: bool) -> None:
        self._is_watched = is_terminal(sys.stderr)
        self._shows_progress = shows_progress and self._is_watched and os.environ.get("TERM", "") not in WITHOUT_CURSOR
        self._drawn_at: float | None = None
        self._noted_wait = False

    def note(self, sentence: str) -> None:
        """Report a sentence that belongs in a script's log."""
        self.clear()
        complain(sentence)

    def hint(self, sentence: str) -> None:
        """Report a sentence for a user at a terminal."""
        if self._is_watched:
            self.note(sentence)

    def wait(self, waiting: Waiting | None) -> None:
        if waiting is None:
            return
        sentence = f"{waiting.error.message}: trying again in {max(1, round(waiting.seconds))} s"
        # Logged once, too: otherwise a search that the server delays seems to hang.
        if waiting.error.retry_after and not self._noted_wait:
            self._noted_wait = True
            self.note(sentence)
        else:
            self.hint(sentence)

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._shows_progress and (self._drawn_at is None or now - self._drawn_at >= limits.PROGRESS_SECONDS):
            self._drawn_at = now
            # One cell short of the width: some terminals wrap after the last one.
            _write(_CLEAR + ", ".join(progress.parts())[: max(1, shutil.get_terminal_size().columns - 1)])

    def clear(self) -> None:
        if self._drawn_at is not None:
            self._drawn_at = None
            _write(_CLEAR)


def _write(text: str) -> None:
    # The export continues even if the line cannot be shown.
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            write_whole(_unbuffered(sys.stderr), text.encode(sys.stderr.encoding, "backslashreplace"))
