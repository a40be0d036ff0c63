"""The three panes (filters, table, detail): side by side in a wide terminal, else the table with one of the others over it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from lead_tui.keys.catalogue import Pane, actions_of, hint
from lead_tui.leads.formatting import StatusMarks
from lead_tui.ui.screens.session import Session
from lead_tui.ui.widgets.detail import Detail
from lead_tui.ui.widgets.detail_page import Look
from lead_tui.ui.widgets.filter_panel import FilterPanel
from lead_tui.ui.widgets.lead_table import LeadTable
from lead_tui.ui.widgets.textual_fixes import OneLayout

_ORDER = (Pane.FILTERS, Pane.TABLE, Pane.DETAIL)
_OPEN = "-open"


class Panes(OneLayout, Horizontal):
    """Filters, table and detail. With the class ``-wide`` on the screen, all are visible."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.filters = FilterPanel(today=session.today, zone=session.zone_in_doubt)
        self.table = LeadTable(session.now)
        look = Look(
            width=1,
            hide_empty=session.state.hide_empty,
            labels=session.settings.labels,
            masked=session.masked,
            hours=session.settings.calling_hours(),
            marks=StatusMarks(session.settings.colors.status),
        )
        self.detail = Detail(session.now, look, may_reveal=session.capabilities.may_reveal)
        self.table.status_marks = look.marks
        self.table.keys = actions_of(Pane.TABLE, session.keys)
        self.table.retry_hint = hint(session.keys, "main.again", "retry")
        self.filters.keys = actions_of(Pane.FILTERS, session.keys)
        self.table.masked = session.masked
        self.table.scroll_by_half = session.settings.table.scroll == "half"

    def compose(self) -> ComposeResult:
        yield self.filters
        yield self.table
        yield self.detail

    @property
    def focused(self) -> Pane:
        """The pane that has the focus; the table when none has."""
        # Textual's own has_focus follows with an event; a burst of keys is faster.
        focused = self.screen.focused
        around = () if focused is None else focused.ancestors_with_self
        return Pane.FILTERS if self.filters in around else Pane.DETAIL if self.detail in around else Pane.TABLE

    def after(self, steps: int) -> Pane:
        """The pane *steps* after the one that has the focus, and from the last to the first."""
        return _ORDER[(_ORDER.index(self.focused) + steps) % len(_ORDER)]

    def go_to_filters(self) -> None:
        """Open the filters, where they are not visible, and give them the focus."""
        self.detail.remove_class(_OPEN)
        self.filters.add_class(_OPEN)
        self.filters.focus()

    def go_to_detail(self) -> None:
        """Open the detail, where it is not visible, and give it the focus."""
        self.filters.remove_class(_OPEN)
        self.detail.add_class(_OPEN)
        self.screen.set_focus(self.detail, scroll_visible=False)

    def go_to_table(self) -> bool:
        """Close the pane over the table and focus the table; False where none was over it."""
        lay_over = not self.screen.has_class("-wide") and (self.filters.has_class(_OPEN) or self.detail.has_class(_OPEN))
        self.filters.remove_class(_OPEN)
        self.detail.remove_class(_OPEN)
        self.screen.set_focus(self.table, scroll_visible=False)
        return lay_over
