"""Run apps without a terminal at a lower price: their screen is drawn when a test reads it, and style sheets are parsed once."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.strip import Strip

from lead_tui.ui.widgets.drawn_list import Drawn

_parsed: dict[object, list[RuleSet]] = {}
"""The rules of each source, with each theme's variables."""

_read: WeakKeyDictionary[Compositor, list[Strip]] = WeakKeyDictionary()
"""What was read since the last frame that was due."""


def strips_of(app: App[Any]) -> list[Strip]:
    """Return the lines of the visible screen, with what surrounds a dialog."""
    compositor = app.screen._compositor
    if (read := _read.get(compositor)) is None:
        # As the app does before it draws: a screen that is drawn takes what is below it from here, and once only.
        visible_screen_stack.set(app._background_screens)
        read = compositor.render_strips()
        if Compositor.render_update is _lay_out:
            _read[compositor] = read
    return read


@pytest.fixture(autouse=True)
def drawn_when_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no frames, which an app without a terminal throws away, except in tests marked ``frames``."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)
    if not request.node.get_closest_marker("frames"):
        monkeypatch.setattr(Compositor, "render_update", _lay_out)


def _parse_once(self: Stylesheet, *source: Any, _parse: Any = Stylesheet._parse_rules, **of: Any) -> list[RuleSet]:
    key = (source, *of.items(), frozenset(self._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(self, *source, **of)
    return _parsed[key]


def _lay_out(
    self: Compositor, full: bool = False, *options: Any, _render: Any = Compositor.render_update, **more: Any
) -> RenderableType | None:
    """Draw for a picture only; but the first line of a widget in a new size, which it lays out then."""
    if full:
        frame: RenderableType | None = _render(self, full, *options, **more)
        return frame
    self._dirty_regions.clear()
    _read.pop(self, None)
    for widget in self.visible_widgets:
        if isinstance(widget, Drawn) and widget.size != widget._laid_out_in:
            widget.render_lines(widget.size.region)
    return None
