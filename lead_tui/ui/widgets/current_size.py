"""A mixin for screens: their size is the terminal's as it is now, whatever was heard of it, and when.

Textual hands a new size to the screen on top, which lays out those below it. A dialog that is still being made does that late, with
a size that may be an older one by then: the main screen was drawn for a terminal that was no more until its size changed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size

if TYPE_CHECKING:
    from typing import Any

    from textual.screen import Screen

    _Base = Screen[Any]
else:
    # Textual takes a class's style sheet from its first base that is a widget: that is to be the one beside the mixin.
    _Base = object


class CurrentSize(_Base):
    """Before a ``Screen`` among the bases of a class. Textual 8.2.8 calls its handlers before those of ``Screen``."""

    def _screen_resized(self, size: Size) -> None:
        """Lay the screen out, in the size that the terminal has by now."""
        super()._screen_resized(self.app.size)

    async def _on_resize(self, event: events.Resize) -> None:
        """In place of an older size hear of the one of now, for the breakpoints."""
        size = self.app.size
        if event.size != size:
            event.stop()
            event.prevent_default()
            self.post_message(events.Resize(size, size))
