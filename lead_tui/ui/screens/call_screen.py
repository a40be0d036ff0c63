"""The screen on which the lead of an incoming call opens: a main screen of its own over whatever is open.

Nothing below it is touched, neither a dialog nor a text nor a search, so that ``b`` returns to exactly where the user was.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace
from textual import events

from lead_tui.leads.page import PageSource
from lead_tui.ui.screens.main import MainScreen
from lead_tui.ui.screens.session import Session, Startup
from lead_tui.ui.screens.status_text import joined


class CallScreen(MainScreen):
    """Shows what the number *caller* finds in *source*, over the screen *below*, whose memory, marks and look-ups it shares."""

    can_go_back: ClassVar[bool] = True

    def __init__(self, session: Session, source: PageSource, caller: str, below: MainScreen) -> None:
        self._below, features = below, below.features
        super().__init__(
            replace(
                session,
                source=source,
                beginning=Startup(look_up=caller),
                columns=features.columns.for_all,
                state=features.memory.state,
                receive_calls=None,
                first_answer=lambda: None,
            ),
            features,
        )
        self.table.do_not_call, self.detail.look = below.table.do_not_call, below.detail.look

    def on_mount(self) -> None:
        super().on_mount()
        if self._below.features.has_marks:
            self.features.marking.show_again()

    def quit(self) -> None:
        """Return to where the user was, unless that would cancel something."""
        if self.has_background_work:
            self._main.say(joined("A load or an export is running here", self._main.hint("app.stop", "cancel")), alert=True)
            return
        app, size = self.app, self.app.size
        self.dismiss(None)
        if app.screen.size != size:
            # Screens below an opaque one are not told.
            app.screen.post_message(events.Resize(size, size))
        if self._below.features.has_marks:
            self._below.features.marking.show_again()
