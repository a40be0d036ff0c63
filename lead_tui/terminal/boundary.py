"""The failure boundary: an exception that no handler expected ends what the user or a worker started, and not the session.

Textual ends the app on any exception: the message pump of the widget that handled the message stops, and with it what the widget
does. ``install`` has every pump of an app that has a method ``contain`` hand the exception to that and continue with the next
message, and has a widget that cannot be drawn leave its place empty. Workers, timers and whatever runs on the loop reach the app by
``_handle_exception`` already.

Uses of Textual 8.2.8: ``MessagePump._dispatch_message``, ``_flush_next_callbacks`` and ``_next_callbacks``, ``invoke``,
``Widget.render_lines``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual._callback import invoke
from textual._context import active_app
from textual.events import Compose, Mount
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.widget import Widget

_dispatch = MessagePump._dispatch_message
_render = Widget.render_lines


def install() -> None:
    """Set the boundary, once for the process. Apps without ``contain`` are as before."""
    MessagePump._dispatch_message = _dispatch_contained  # type: ignore[method-assign]
    MessagePump._flush_next_callbacks = _flush_contained  # type: ignore[method-assign]
    Widget.render_lines = _render_contained  # type: ignore[method-assign]


def _contained_by_app(error: BaseException) -> bool:
    """Whether the app has reported *error* and can continue after it."""
    contain: Callable[[BaseException], bool] | None = getattr(active_app.get(None), "contain", None)
    return contain is not None and contain(error)


async def _dispatch_contained(self: MessagePump, message: Message) -> None:
    try:
        await _dispatch(self, message)
    except asyncio.CancelledError as error:
        # The pump itself is being ended, or a handler awaited something that was.
        task = asyncio.current_task()
        if task is None or task.cancelling() or not _contained_by_app(error):
            raise
    except Exception as error:
        # A widget that could not be made has no pump that could continue: Textual hands that to the app, which sees to its screen.
        if isinstance(message, Compose | Mount) or not _contained_by_app(error):
            raise


async def _flush_contained(self: MessagePump) -> None:
    """As Textual's, but that the callbacks behind one that failed are called."""
    callbacks = self._next_callbacks.copy()
    self._next_callbacks.clear()
    for callback in callbacks:
        try:
            with self.prevent(*callback._prevent):
                await invoke(callback.callback)
        except Exception as error:
            if not _contained_by_app(error):
                self.app._handle_exception(error)
                break


def _render_contained(self: Widget, crop: Region) -> list[Strip]:
    try:
        return _render(self, crop)
    except Exception as error:
        if not _contained_by_app(error):
            raise
        return [Strip.blank(crop.width)] * crop.height
