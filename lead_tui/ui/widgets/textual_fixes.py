"""Every use of Textual's private API in the interface, and fixes for what Textual does, as of Textual 8.2.8.

Whatever can be here is here. ``PRIVATE_NAMES`` lists the rest: overrides and reads that must be in the class they belong to. A test
compares the list with the code, so that an upgrade of Textual has one file to look at. ``terminal/`` has its own, beside the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import events
from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size

if TYPE_CHECKING:
    from typing import Any

    from textual._compositor import CompositorMap
    from textual.screen import Screen
    from textual.widget import Widget

    _WidgetBase = Widget
    ScreenBase = Screen[Any]
else:
    # Textual takes a class's style sheet from its first base that is a widget, which must be the one beside the mixin.
    _WidgetBase = ScreenBase = object

PRIVATE_NAMES: Mapping[str, str] = {
    "ui.app:LeadTui._clipboard": "written where copying is not allowed: Textual reads it for pasting within the app",
    "ui.app:LeadTui._driver": "read; there is no public way from the app to its driver",
    "ui.app:LeadTui._handle_exception": "called for errors that the event loop reports, as Textual does for those of handlers",
    "ui.screens.main:MainScreen._screen_resized": "override; Textual lays out for the first size twice",
    "ui.widgets.key_queue:KeyQueueApp._flush_next_callbacks": "called: the answer of a dialog must come before the next key",
}
"""``module:Class.name``, or ``module:name`` if it is another object's, and the reason."""


class OneLayout(_WidgetBase):
    """A mixin for widgets that draw themselves in the place that the layout gives them: a new size costs one layout, not two.

    Textual's ``Widget.virtual_size`` asks for a layout whenever it changes, since a scrolling widget may need a scroll bar then.
    Without this each resize, and so the first paint, is laid out and painted twice.
    """

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class _LayoutCompositor(Compositor):
    """A compositor that repaints whatever has changed, and compares each layout with the one before.

    Textual's rebuilds its map of all widgets when it is asked for a region once something has scrolled or is new, and forgets
    what was there before. Then a widget that was hidden or shown just before is not among the changes of the next layout: what it
    covered, or the widget itself, is not painted, and it gets no ``Show`` and no ``Resize``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._laid_out: CompositorMap = {}

    @property
    def full_map(self) -> CompositorMap:
        before = self._full_map
        if (now := super().full_map) is not before:
            self._cuts = self._layers = self._layers_visible = None
            self._repaint_changes(before, now)
        return now

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        self._repaint_changes(self._full_map, self._laid_out)
        self._full_map = self._laid_out
        result = super().reflow(parent, size)
        self._laid_out = self._full_map
        return result

    def _repaint_changes(self, before: CompositorMap, now: CompositorMap) -> None:
        if before is not now:
            regions = (place.clip.intersection(place.region) for _, place in before.items() ^ now.items())
            self._dirty_regions.update(filter(None, regions))


class CorrectedScreen(ScreenBase):
    """A mixin for screens, before ``Screen`` among the bases: nothing is left of a hidden widget, and their size is the terminal's.

    Textual hands a new size to the screen on top, which lays out those below it. A dialog that is still being made does that late,
    with a size that may be outdated by then: the main screen stayed drawn for the terminal that was before.
    Textual calls ``_on_resize`` of a mixin before that of ``Screen``.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._compositor = _LayoutCompositor()

    def _screen_resized(self, size: Size) -> None:
        super()._screen_resized(self.app.size)

    async def _on_resize(self, event: events.Resize) -> None:
        size = self.app.size
        if event.size != size:
            event.stop()
            event.prevent_default()
            self.post_message(events.Resize(size, size))


def paint_together(*widgets: Widget) -> None:
    """Paint *widgets* in one frame: each asks to be painted when it is idle, and the first to ask would get a frame of its own."""
    for each in widgets:
        each._check_refresh()
