"""The driver between Textual and the terminal: keys in, frames out, no faster than the line takes them.

What it changes in Textual's ``LinuxDriver``:

* **Keys** are read by ``KeyParser``. The thread sleeps until there is something to read: Textual's wakes ten times a second,
  which costs processor time while idle, and delays the exit by 0.2 s. The end of the input is a hang-up (``SIGHUP``, which
  ``lifeline`` handles); Textual's thread would spin.
* **Frames** are held back while the terminal has not received the last ones. Textual queues 30 frames and then blocks the event
  loop, so that a slow line still draws keys from two seconds ago. Here the app is put into ``App.batch_update`` when too much is in
  transit (``OutputBacklog``): keys work, widgets note what to repaint, and one frame follows once the terminal has caught up.
* **The size** is that of the terminal that is drawn on, whatever standard output is.
* **After SIGSTOP and SIGCONT** it sets the modes and draws again; Textual would set itself up a second time. **Ended while it is
  suspended**, it leaves the terminal to the shell; Textual would take it, and be stopped for that.

Private names used of Textual 8.2.8's ``LinuxDriver``: ``_file``, ``_key_thread``, ``_writer_thread``, ``_run_input_thread``,
``_get_terminal_size``, ``_patch_lflag``, ``_patch_iflag``, ``_enable_mouse_support``, ``_enable_bracketed_paste``,
``_disable_line_wrap``, ``_disable_mouse_support``, ``_sigtstp_application``, ``_sigcont_application`` and ``_must_signal_resume``.
"""

from __future__ import annotations

import codecs
import os
import select
import signal
import sys
import termios
import time
import tty
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from io import FileIO
from typing import Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from lead_tui.limits import LINE_WINDOW_BYTES, PROBE_BYTES, PROBE_DRAIN_SECONDS, PROBE_SECONDS, UNWRITTEN_BYTES
from lead_tui.safe_files import write_whole
from lead_tui.terminal.escape import KeyParser, group_bursts
from lead_tui.terminal.lifeline import ALTERNATE_SCREEN, ERASE, FirstFrame
from lead_tui.terminal.process import stay_in_front

_READ_BYTES = 64 * 1024

_PROBE = "\x1b[5n"  # the question for the terminal's status. Answered ``ESC [ 0 n``.
_MAX_UNANSWERED = 32


class TerminalDriver(LinuxDriver):
    """The ``driver_class`` of an app."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None) -> None:
        may_stop = signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if not may_stop:
            stay_in_front()
        self.backlog = OutputBacklog()
        self._writer = TerminalWriter(sys.__stderr__ or sys.stderr, self._on_taken)
        self._file = cast("Any", self._writer)
        self._wake_read, self._wake_write = os.pipe()  # a byte ends the thread that reads keys
        # A signal may arrive in a thread other than the main one, in which its handler runs: the loop must wake up for that.
        signaled, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        self._loop.add_reader(signaled, os.read, signaled, 64)
        self._probed_at = 0.0
        self.first_frame = FirstFrame()  # the frame on the screen until this driver draws
        self._keeps_screen = False
        self._drawing = False
        self._batch: AbstractContextManager[None] | None = None

    # Frames

    def start_application_mode(self) -> None:
        if self._drawing:
            return  # started by ``_sigcont_application``, after a stop
        self.backlog = OutputBacklog()
        before, self.first_frame.attributes = self.first_frame.attributes, None
        self._keeps_screen = before is not None
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if before is not None:
            self.attrs_before = before
        self._drawing = self._writer_thread is not None

    def set_modes(self) -> None:
        """Set the terminal's modes again, as at the start: it may be another terminal by now, as after dtach."""
        with suppress(termios.error):
            settings = termios.tcgetattr(self.fileno)
            settings[tty.LFLAG] = self._patch_lflag(settings[tty.LFLAG])
            settings[tty.IFLAG] = self._patch_iflag(settings[tty.IFLAG])
            termios.tcsetattr(self.fileno, termios.TCSANOW, settings)
        self.write("\x1b[?1049h\x1b[?25l\x1b[?1004h")
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()

    def stop_application_mode(self) -> None:
        if self._is_suspended:
            return
        if self._drawing:
            self.write(ERASE)  # without an alternate screen, the leads would stay
        self._drawing = False
        self._release_frames()
        super().stop_application_mode()

    @property
    def _is_suspended(self) -> bool:
        """Whether the terminal is the shell's, still or again: what changes its settings would stop this process."""
        return self._must_signal_resume or self._writer_thread is None

    def suspend_job(self) -> bool:
        """Give the terminal back and stop the whole job; return once it is continued. Main thread only.

        Return False if there is no shell to continue it: a shell with job control gives each job its own process group, and does
        not have it ignore the signal.
        """
        if os.getpgrp() == os.getsid(0) or signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN:
            return False
        self.suspend_application_mode()
        self._must_signal_resume = True
        # The terminal is given back first: as soon as the first process of the job stops, the shell uses it.
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        return True

    def _sigcont_application(self, *_: object) -> None:
        if self._drawing:
            # After a SIGSTOP, which it cannot notice, the terminal has the shell's settings. Textual would have two threads that
            # read keys, and would restore its own settings.
            self._loop.call_soon_threadsafe(self._app.post_message, self.SignalResume())
        elif self._is_suspended and self._app.return_code is None:
            super()._sigcont_application()

    def disable_input(self) -> None:
        """Stop reading keys once the replies in transit have arrived: the shell would take them for input."""
        if self._is_suspended:
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        if self._key_thread is not None and self._key_thread.is_alive():
            self._await_answers()
            self._disable_mouse_support()
            os.write(self._wake_write, b"\0")
            self._key_thread.join()
        with suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def write(self, data: str) -> None:
        if self._keeps_screen and data == ALTERNATE_SCREEN:
            return  # a second time it would clear the first frame, and save the cursor's position on the wrong screen
        if self._writer_thread is None:
            return  # ended before the start
        self.backlog.sent += len(data)
        super().write(data)

    def flush(self) -> None:
        """Query the terminal's status after a frame, and hold the next frame if it is behind."""
        if not self._drawing:
            return
        if self.backlog.wants_probe:
            self._probed_at = time.monotonic()
            self.write(_PROBE)
            self.backlog.probed()
        if self._batch is None and self.backlog.is_behind:
            self._batch = self._app.batch_update()
            self._batch.__enter__()
            self._loop.call_later(PROBE_SECONDS, self._on_probe_timeout, self._batch)
            # Output that was written before the hold began has triggered no check.
            self._release_if_caught_up()

    def _release_if_caught_up(self) -> None:
        if not self.backlog.is_behind:
            self._release_frames()

    def _release_frames(self) -> None:
        if self._batch is not None:
            held, self._batch = self._batch, None
            held.__exit__(None, None, None)

    def _on_probe_timeout(self, held: AbstractContextManager[None]) -> None:
        if self._batch is held:
            # Late replies still count, and show that the terminal replies again.
            self.backlog.answers = False
            self._release_if_caught_up()
            # Again, if the rest has not even been written: the terminal accepts nothing at all.
            self._loop.call_later(PROBE_SECONDS, self._on_probe_timeout, held)

    def _on_taken(self, characters: int) -> None:
        self.backlog.taken += characters
        self._check_soon()

    def _on_status(self) -> None:
        self.backlog.answered()
        self._check_soon()

    def _check_soon(self) -> None:
        if self._batch is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._release_if_caught_up)

    def _await_answers(self) -> None:
        # A terminal that has never replied is waited for only if it has not had time to do so.
        until = self._probed_at + PROBE_DRAIN_SECONDS if self.backlog.answers or len(self.backlog.questions) == 1 else 0.0
        while self.backlog.questions and time.monotonic() < until:
            time.sleep(0.002)

    # Keys

    def _run_input_thread(self) -> None:
        new_parser = partial(KeyParser, on_status=self._on_status, term=os.environ.get("TERM", ""))
        parser = new_parser()
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while True:
            ready, _, _ = select.select([self.fileno, self._wake_read], [], [], parser.patience)
            if self._wake_read in ready:
                os.read(self._wake_read, 1)
                return
            text = ""
            if ready:
                try:
                    data = os.read(self.fileno, _READ_BYTES)
                except BlockingIOError:  # another process has set it non-blocking, and was faster
                    continue
                except OSError:
                    data = b""
                if not data:
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                if not (text := decode(data)):
                    continue  # only the beginning of a character
            try:
                for message in group_bursts(parser.feed(text)):
                    self.process_message(message)
            except Exception as error:
                # Without keys, the user could not even quit.
                parser = new_parser()
                with suppress(RuntimeError):  # the loop has ended
                    self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def _get_terminal_size(self) -> tuple[int, int]:
        for descriptor in (self._writer.fileno(), self.fileno):
            with suppress(OSError):
                size = os.get_terminal_size(descriptor)
                if all(size):
                    return size.columns, size.lines
        return super()._get_terminal_size()


class TerminalWriter:
    """The file for Textual's writer thread; *taken* is called there with the number of characters that were written.

    It replaces ``sys.stderr``: output to a terminal that is gone is dropped, while an ``OSError`` would end the thread and then
    block the event loop at a full queue; and a descriptor that another process set to non-blocking is waited for.
    """

    def __init__(self, stream: TextIO, taken: Callable[[int], None]) -> None:
        self._output = FileIO(stream.fileno(), "w", closefd=False)
        self._encoding = stream.encoding or "utf-8"
        self._taken = taken
        self._waiting = ""

    def write(self, text: str) -> None:
        """Keep *text* for the flush that follows once no more is queued."""
        self._waiting += text

    def flush(self) -> None:
        """Write what is waiting; return once the terminal's side has accepted it."""
        text, self._waiting = self._waiting, ""
        with suppress(OSError):
            write_whole(self._output, text.encode(self._encoding, "replace"))
        if text:
            self._taken(len(text))

    def fileno(self) -> int:
        return self._output.fileno()


class OutputBacklog:
    """How much output is still on its way to the terminal, in characters.

    The operating system does not say: a pseudo-terminal's output queue always counts as empty, and behind it sshd, the network and
    multiplexers have buffers of megabytes. So two things are counted. Output that the writer has not written yet shows that this
    end is slow. And after each kilobyte of drawing the terminal is asked for its status (``ESC [ 5 n``), and replies once it has
    processed everything before the query: that shows the delay of the whole route.

    Each counter has one writer (the loop ``sent``, the writer thread ``taken``, the input thread ``seen``), so none needs a lock.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.taken = 0
        self.seen = 0
        self.answers = False  # whether the terminal replies; one that never has, or has stopped, is not waited for
        self.questions: deque[int] = deque()  # what had been sent before each query that has no reply yet
        self._asked_at = 0

    @property
    def is_behind(self) -> bool:
        """Whether so much output is in transit that another frame should wait."""
        if self.sent - self.taken > UNWRITTEN_BYTES:
            return True
        return self.answers and bool(self.questions) and self.sent - self.seen > LINE_WINDOW_BYTES

    @property
    def wants_probe(self) -> bool:
        """Whether enough has been drawn since the last query, and not too many queries have no reply."""
        return self.sent - self._asked_at >= PROBE_BYTES and len(self.questions) < _MAX_UNANSWERED

    def probed(self) -> None:
        self._asked_at = self.sent
        self.questions.append(self.sent)

    def answered(self) -> None:
        """Count a reply: they arrive in the order of the queries. An unsolicited one is ignored."""
        if self.questions:
            self.seen = self.questions.popleft()
            self.answers = True
