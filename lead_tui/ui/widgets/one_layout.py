"""A mixin for what has its place on the screen and draws itself: a new size costs one layout, not two.

Textual's ``Widget.virtual_size`` asks for a layout whenever it changes, since a scrolling widget may need a scroll bar then. What
draws its own lines needs none; without this each resize, and so the first paint, is laid out and painted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.widget import Widget as _Base
else:
    # Textual takes a class's style sheet from its first base that is a widget: that is to be the one beside the mixin.
    _Base = object


class OneLayout(_Base):
    """For widgets, containers and screens whose size follows from the layout alone."""

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Take the size; *layout* is of no use, for what is drawn needs no further one (Textual 8.2.8's ``Widget``)."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)
