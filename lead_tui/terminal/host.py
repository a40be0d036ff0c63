"""The part of a Textual app that concerns the terminal and the process: driver, exit, failures, clipboard.

The interface's app class inherits from it; tests run it without the interface.

Private names used of Textual 8.2.8, for failures: ``MessagePump._dispatch_message`` and ``Widget.render_lines``.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._context import active_app, active_message_pump
from textual.app import App
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.geometry import Region, Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerFailed

from lead_tui.limits import MAX_FAILURES_LOGGED
from lead_tui.terminal import crash_report
from lead_tui.terminal.capabilities import osc52, send_by_tmux
from lead_tui.terminal.driver import TerminalDriver
from lead_tui.terminal.frames import ShownCells
from lead_tui.terminal.lifeline import FirstFrame, Lifeline

ReturnT = TypeVar("ReturnT")

_dispatch = MessagePump._dispatch_message
_render = Widget.render_lines


class HostedApp(App[ReturnT]):
    """An app that draws through ``TerminalDriver``, ends when its terminal does, and never prints a traceback.

    Once ``has_screen`` is true, an unexpected exception is reported in one sentence, written to *log*, and the app continues. An
    earlier one ends the app and is then in ``crash``, for ``crash_report.report``. ``return_code`` is the exit code:
    129, 143 or 130 after a hang-up or a signal, or an error's. The first of a key, a signal and a crash decides it.
    """

    def __init__(self, *, log: Path | None = None, first_frame: FirstFrame | None = None, **arguments: Any) -> None:
        """The other *arguments* are Textual's."""
        super().__init__(driver_class=TerminalDriver, **arguments)
        # Each message pump passes an unexpected exception to ``contain``, and continues; a widget that cannot be drawn leaves its
        # place empty. Textual would end the app. Workers, timers and callbacks of the loop reach ``_handle_exception`` already.
        MessagePump._dispatch_message = _dispatch_contained  # type: ignore[method-assign]
        Widget.render_lines = _render_contained  # type: ignore[method-assign]
        self.crash: BaseException | None = None
        self.failures: Counter[str] = Counter()  # how often the app has survived a failure, by its report
        self._log_file = log
        self._first_frame = first_frame or FirstFrame()
        # There are no tooltips and toasts, and the widgets for them would cost another layout right after the first paint.
        self._disable_tooltips = self._disable_notifications = True
        self._lifeline: Lifeline | None = None
        self._shown_cells = ShownCells()
        self._has_dropped = False
        if self.no_color:
            # Textual chooses before a theme is set, and then draws the terminal's own colors as black on black.
            self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        # The last moment at which the terminal has its own settings.
        if not headless and self._lifeline is None:
            loop, attributes = asyncio.get_running_loop(), self._first_frame.attributes
            self._lifeline = Lifeline(loop, lambda code: self.exit(return_code=code), attributes=attributes)
            self._lifeline.shows_interface = True
            self._lifeline.start()
        driver = super()._build_driver(headless, inline, mouse, size)
        if isinstance(driver, TerminalDriver):
            driver.first_frame = self._first_frame
        return driver

    @property
    def return_code(self) -> int | None:
        return super().return_code if self._lifeline is None else self._lifeline.code

    def exit(self, result: ReturnT | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the interface, and the process in ``LEAVE_SECONDS`` at most."""
        if self._lifeline is not None:
            self._lifeline.arm(return_code)
        super().exit(result, return_code, message)

    async def _shutdown(self) -> None:
        await super()._shutdown()
        if self._lifeline is not None:
            self._lifeline.shows_interface = False

    # Failures

    @property
    def has_screen(self) -> bool:
        """Whether there is a screen to continue on."""
        return False

    def contain(self, error: BaseException) -> bool:
        """Report *error* and continue; return False if there is no screen to continue on."""
        if not self.has_screen or self._exit or self.crash is not None:
            return False
        where = "\n".join([*crash_report.report_lines(error)][1:])
        self.failures[where] += 1
        # A repeated failure, such as a widget that cannot be drawn, must not fill the disk.
        log = self._log_file if self.failures.total() <= MAX_FAILURES_LOGGED else None
        sentence = crash_report.report(error, log, continues=True)
        # Later, since the app may be in the middle of drawing.
        asyncio.get_running_loop().call_soon(self.report_failure, sentence)
        return True

    def report_failure(self, sentence: str) -> None:
        """Show *sentence*, and stop waiting for the code that failed."""

    def _handle_exception(self, error: Exception) -> None:
        """Continue; without a screen, end with the code of *error*, and keep it: Textual prints every frame's locals."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        pump = active_message_pump.get(None)
        if self.contain(error):
            if isinstance(pump, Widget) and not pump._is_mounted:
                self._remove_broken(pump)
            return
        if self.crash is None:
            self.crash = error
        super()._handle_exception(error)

    def _remove_broken(self, widget: Widget) -> None:
        """Remove the dialog that *widget*, which could not be made, is part of, and those over it."""
        screen = widget if isinstance(widget, Screen) else widget.screen

        def dismiss() -> None:
            with self._context():
                while screen in self.screen_stack[1:]:
                    self.screen.dismiss(None)

        asyncio.get_running_loop().call_soon(dismiss)

    def panic(self, *renderables: RenderableType) -> None:
        """End with the code of the crash, else 1; *renderables*, which are tracebacks and style sheets' errors, are not shown."""
        if self.crash is None:
            self.crash = RuntimeError()
        self._return_code = crash_report.exit_code(self.crash)
        if self._lifeline is not None:
            self._lifeline.arm(self._return_code)
        self._close_messages_no_wait()

    _fatal_error = panic

    def copy_to_clipboard(self, text: str) -> None:
        """Send *text* to the terminal's clipboard, which never confirms it, and keep it for the app. Raises as ``osc52``."""
        self._write_copy(text, osc52(text, os.environ))

    async def copy_by_tmux(self, text: str) -> bool:
        """Send *text* to the terminal's clipboard by a command of tmux; return whether that could be done. Raises as above."""
        sequence = await asyncio.to_thread(send_by_tmux, text, os.environ)
        if sequence:
            self._write_copy(text, sequence)
        return bool(sequence)

    def _write_copy(self, text: str, sequence: str) -> None:
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(sequence)

    def on_resize(self, event: events.Resize) -> None:
        # A terminal that changes its size moves its lines, or clears them.
        self._shown_cells.forget()
        if isinstance(self._driver, TerminalDriver):
            # A signal that interrupts the handler of the one before is handled first, so that the last event may have an old size.
            event.size = event.virtual_size = event.container_size = Size(*self._driver._get_terminal_size())

    def action_redraw(self) -> None:
        """Set the terminal's modes and draw everything again: after another program, or another terminal, was there."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.set_modes()
        self._shown_cells.forget()
        if self.screen_stack:
            self.screen.refresh()

    on_driver_signal_resume = action_redraw

    def _end_batch(self) -> None:
        super()._end_batch()
        if not self._batch_count and self._running and self.screen_stack:
            if self._has_dropped:
                # All of the screen: in the refresh of a part, ``Screen._on_timer_update`` (Textual 8.2.8) forgets the widgets that
                # changed meanwhile. Only cells that differ are sent.
                self.screen.refresh()
            self._has_dropped = False
            # Textual asks the app alone.
            self.screen.check_idle()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Draw what has changed; after a batch, in which Textual throws the frame away, though it no longer counts as changed."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if self._batch_count:
                self._has_dropped = True
            elif isinstance(self._driver, TerminalDriver) and self._running and not self._closed:
                frame = self._shown_cells.changes(renderable)
                cursor = screen.outer_size.clamp_offset(self.cursor_position)
                if frame.runs or cursor != self._previous_cursor_position:
                    super()._display(screen, frame)
                if screen.outer_size != self.size:
                    # It was for the size before: a narrower terminal has put all that does not fit into its last column.
                    self._shown_cells.forget()
                return
        super()._display(screen, renderable)


def _contained_by_app(error: BaseException) -> bool:
    """Return whether the app has reported *error* and can continue after it."""
    app = active_app.get(None)
    return isinstance(app, HostedApp) and app.contain(error)


async def _dispatch_contained(self: MessagePump, message: Message) -> None:
    try:
        await _dispatch(self, message)
    except asyncio.CancelledError as error:
        # Either the pump itself is being canceled, or something that a handler awaited was.
        task = asyncio.current_task()
        if task is None or task.cancelling() or not _contained_by_app(error):
            raise
    except Exception as error:
        # A widget that could not be composed has no pump that could continue: Textual passes that to the app, which closes it.
        if isinstance(message, events.Compose | events.Mount) or not _contained_by_app(error):
            raise


def _render_contained(self: Widget, crop: Region) -> list[Strip]:
    try:
        return _render(self, crop)
    except Exception as error:
        if not _contained_by_app(error):
            raise
        return [Strip.blank(crop.width)] * crop.height
