"""The controllers of the main screen that most sessions need late or never: this module is imported when the first is needed."""

from __future__ import annotations

from msgspec.structs import replace

from lead_tui.leads.errors import SearchError
from lead_tui.leads.records import Section
from lead_tui.paging.account_data import AccountNames, is_elsewhere
from lead_tui.ui.screens.auto_refresh_controller import AutoRefreshController
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

    def __init__(self, main: MainContext, below: Features | None) -> None:
        self._main = main
        self.names: AccountNames = below.names if below is not None else self._account_names()
        self.suggestions: Suggestions = Suggestions(main, self.names, below.suggestions.index if below is not None else None)
        self.auto_refresh = AutoRefreshController(main)
        self.columns = ColumnsController(main)
        self.copy = CopyController(main)
        self.narrow_sort = NarrowSortController(main)
        self.count = CountController(main, self.narrow_sort)
        self.export = ExportController(main)
        self.lead_records = LeadRecords(main, self.names)
        self.saved_and_recent = SavedAndRecent(main)
        main.status.tasks = self.narrow_sort, self.export

    def _account_names(self) -> AccountNames:
        session = self._main.session
        may_learn = session.settings.account.learn_names and session.capabilities.may_learn_names
        names = AccountNames(session.records if may_learn else None, self._names_learned, self._names_failed)
        self._main.closing.callback(names.close)
        return names

    def _names_failed(self, error: SearchError) -> None:
        self._main.say(f"Cannot read the account's names: {error.message}")

    def _names_learned(self, section: Section) -> None:
        for screen in self._main.app.screen_stack:
            if isinstance(screen, MainContext):
                self._show_names(screen, section)

    def _show_names(self, main: MainContext, section: Section) -> None:
        names = self.names
        if section is Section.STATUSES:
            look = replace(main.detail.look, do_not_call=names.do_not_call, status_names=names.known(section))
            main.table.look = main.detail.look = look
            main.table.refresh()
            main.detail.rebuild()
        elif main.session.wants_zone and is_elsewhere(names.zone, main.session.now()):
            main.say(f"The account is in {names.zone}, this host is not: set [account] timezone")
        main.panes.filters.suggestions_changed()
