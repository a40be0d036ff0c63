"""The controllers of the main screen, one per feature; those that most sessions need late or never are imported on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lead_tui.ui.screens.detail_controller import DetailController
from lead_tui.ui.screens.look_up_controller import LookUpController
from lead_tui.ui.screens.main_context import MainContext

if TYPE_CHECKING:
    from lead_tui.leads.errors import SearchError
    from lead_tui.leads.records import Section
    from lead_tui.paging.account_data import AccountNames
    from lead_tui.ui.screens.auto_refresh_controller import AutoRefreshController
    from lead_tui.ui.screens.columns import ColumnsController
    from lead_tui.ui.screens.copy import CopyController
    from lead_tui.ui.screens.count import CountController
    from lead_tui.ui.screens.export import ExportController
    from lead_tui.ui.screens.lead_records import LeadRecords
    from lead_tui.ui.screens.narrow_sort import NarrowSortController
    from lead_tui.ui.screens.saved_and_recent import SavedAndRecent
    from lead_tui.ui.screens.suggestions import Suggestions


class Features:
    """Makes each controller once. *below* are those of the main screen below, whose texts, names and observed values are shared."""

    def __init__(self, main: MainContext, below: Features | None = None) -> None:
        self._main = main
        self._below = below
        self._all: list[Features] = below._all if below is not None else []
        """Those of all main screens, of which all show the account's names."""
        self._all.append(self)
        main.closing.callback(self._all.remove, self)
        self.look_ups: LookUpController = LookUpController(main, lambda: self.detail.open(from_top=True))
        self.detail: DetailController = DetailController(
            main,
            self.look_ups.look_up,
            lambda *narrowing: self.narrow_sort.narrow(*narrowing),
            lambda: self.lead_records.lead_opened(),
        )

    @cached_property
    def auto_refresh(self) -> AutoRefreshController:
        from lead_tui.ui.screens.auto_refresh_controller import AutoRefreshController

        return AutoRefreshController(self._main)

    @cached_property
    def columns(self) -> ColumnsController:
        from lead_tui.ui.screens.columns import ColumnsController

        return ColumnsController(self._main)

    @cached_property
    def copy(self) -> CopyController:
        from lead_tui.ui.screens.copy import CopyController

        return CopyController(self._main)

    @cached_property
    def count(self) -> CountController:
        from lead_tui.ui.screens.count import CountController

        return CountController(self._main, self.narrow_sort)

    @cached_property
    def export(self) -> ExportController:
        from lead_tui.ui.screens.export import ExportController

        return ExportController(self._main)

    @cached_property
    def lead_records(self) -> LeadRecords:
        from lead_tui.ui.screens.lead_records import LeadRecords

        return LeadRecords(self._main, self.names)

    @cached_property
    def narrow_sort(self) -> NarrowSortController:
        from lead_tui.ui.screens.narrow_sort import NarrowSortController

        return NarrowSortController(self._main)

    @cached_property
    def saved_and_recent(self) -> SavedAndRecent:
        from lead_tui.ui.screens.saved_and_recent import SavedAndRecent

        return SavedAndRecent(self._main)

    @cached_property
    def suggestions(self) -> Suggestions:
        from lead_tui.ui.screens.suggestions import Suggestions

        return Suggestions(self._main, self.names, self._below.suggestions.index if self._below is not None else None)

    @cached_property
    def names(self) -> AccountNames:
        if self._below is not None:
            return self._below.names
        from lead_tui.paging.account_data import AccountNames

        session = self._main.session
        may_learn = session.settings.account.learn_names and session.capabilities.may_learn_names
        names = AccountNames(session.records if may_learn else None, self._names_learned, self._names_failed)
        self._main.closing.callback(names.close)
        return names

    def _names_failed(self, error: SearchError) -> None:
        self._all[-1]._main.say(f"Names of the account could not be read: {error.message}")

    def _names_learned(self, section: Section) -> None:
        for features in self._all:
            features._show_names(section)

    def _show_names(self, section: Section) -> None:
        from lead_tui.leads.records import Section

        main, names = self._main, self.names
        if section is Section.STATUSES:
            look = replace(main.detail.look, do_not_call=names.do_not_call, status_names=names.known(section))
            main.table.look = main.detail.look = look
            main.table.refresh()
            main.detail.rebuild()
        elif main.session.wants_zone and (zone := names.zone_to_offer(main.session.now())):
            main.say(f"The account is in {zone}, this host is not: set [account] timezone")
        main.panes.filters.suggestions_changed()
