"""Run apps without a terminal at a lower price: their screen is drawn when a test reads it, and style sheets are parsed once.

So are the styles of component classes looked up once for each state of the widgets that they are in.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip

from lead_tui.ui.widgets.bars import StatusLine
from lead_tui.ui.widgets.drawn_list import Drawn

_parsed: dict[object, list[RuleSet]] = {}
"""The rules of each source, with each theme's variables."""

_component_rules: dict[object, dict[str, RulesMap]] = {}
"""The rules of a widget's component classes, for all that a style sheet could ask about the widget and those above it."""

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


def text_of(status_line: StatusLine) -> str:
    return "".join(status_line.render_line(y).text for y in range(status_line.size.height))


@pytest.fixture(autouse=True)
def drawn_when_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no frames, which an app without a terminal throws away, except in tests marked ``frames``."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)
    monkeypatch.setattr(Stylesheet, "_process_component_classes", _style_components)
    if not request.node.get_closest_marker("frames"):
        monkeypatch.setattr(Compositor, "render_update", _lay_out)


def _parse_once(self: Stylesheet, *source: Any, _parse: Any = Stylesheet._parse_rules, **of: Any) -> list[RuleSet]:
    key = (source, *of.items(), frozenset(self._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(self, *source, **of)
    return _parsed[key]


def _style_components(self: Stylesheet, node: DOMNode, _look_up: Any = Stylesheet._process_component_classes) -> None:
    if not node._get_component_classes():
        return
    # The parsed rules live as long as this process.
    above = ((each._css_type_names, each._id, each.classes, frozenset(each.get_pseudo_classes())) for each in node.css_path_nodes)
    key = (*map(id, self.rules), *above)
    if key not in _component_rules:
        _look_up(self, node)
        _component_rules[key] = {name: styles.base.get_rules() for name, styles in node._component_styles.items()}
        return
    before = node._component_styles.copy()
    for name, rules in _component_rules[key].items():
        component = DOMNode(classes=name)
        component._attach(node)
        component._css_styles.merge_rules(rules)
        node._component_styles[name] = component.styles
    if before != node._component_styles:
        node.refresh()


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
            widget.render_lines(Region(0, widget.gutter.top, widget.outer_size.width, 1))
    return None
