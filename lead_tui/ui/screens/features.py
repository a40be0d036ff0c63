"""The controllers of the main screen that most sessions need late or never: this module is imported when the first is needed."""

from __future__ import annotations

from collections.abc import Callable

from lead_tui.leads.lookup import LookUp
from lead_tui.ui.screens.auto_refresh import AutoRefreshController
from lead_tui.ui.screens.columns import ColumnsController
from lead_tui.ui.screens.copy import CopyController
from lead_tui.ui.screens.count import CountController
from lead_tui.ui.screens.export import ExportController
from lead_tui.ui.screens.lead_records import LeadRecords
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.narrow_sort import NarrowSortController
from lead_tui.ui.screens.saved_and_recent import SavedAndRecent
from lead_tui.ui.screens.suggestions import Suggestions


class Features:
    """The controllers of *main*. *below* are those of the screen below, whose names and observed values are shared."""

    def __init__(self, main: MainContext, look_up: Callable[[LookUp, str], None], below: Features | None) -> None:
        self.suggestions: Suggestions = Suggestions(main, below.suggestions if below is not None else None)
        self.auto_refresh = AutoRefreshController(main)
        self.columns = ColumnsController(main)
        self.copy = CopyController(main)
        self.narrow_sort = NarrowSortController(main)
        self.count = CountController(main, self.narrow_sort, look_up)
        self.export = ExportController(main)
        self.lead_records = LeadRecords(main, self.suggestions.names)
        self.saved_and_recent = SavedAndRecent(main)
        main.status.tasks = self.narrow_sort, self.export
