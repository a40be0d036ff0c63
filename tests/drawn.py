"""Read the screen of an app without a terminal."""

from __future__ import annotations

from typing import Any

from textual._context import visible_screen_stack
from textual.app import App
from textual.strip import Strip


def strips_of(app: App[Any]) -> list[Strip]:
    """Return the lines of the visible screen, with what surrounds a dialog."""
    # As the app does before it draws: a screen that is drawn takes what is below it from here, and once only.
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()
