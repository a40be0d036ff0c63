"""The controllers of the main screen, one per feature; those that most sessions need late or never are imported on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from lead_tui.ui.screens.columns_controller import ColumnsController
from lead_tui.ui.screens.detail_controller import DetailController
from lead_tui.ui.screens.look_up_controller import LookUpController
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.saved_query_controller import SavedQueryController
from lead_tui.ui.screens.session import Memory
from lead_tui.ui.screens.token_controller import TokenController

if TYPE_CHECKING:
    from lead_tui.leads.records import Section
    from lead_tui.paging.account_records import AccountNames
    from lead_tui.ui.screens.auto_refresh_controller import AutoRefreshController
    from lead_tui.ui.screens.copy import CopyController
    from lead_tui.ui.screens.count_controller import CountController
    from lead_tui.ui.screens.do_not_call_controller import DoNotCallController
    from lead_tui.ui.screens.export import ExportController
    from lead_tui.ui.screens.history_controller import HistoryController
    from lead_tui.ui.screens.mark_controller import MarkController
    from lead_tui.ui.screens.narrow_sort import NarrowSortController
    from lead_tui.ui.screens.suggestions import Suggestions


class Features:
    """Makes each controller once. *shared* are those of the main screen below, whose memory, marks and look-ups these use too."""

    def __init__(self, main: MainContext, shared: Features | None = None) -> None:
        self._main = main
        self._shared = shared
        session = main.session
        self.memory: Memory = shared.memory if shared is not None else Memory(session.state, session.remember, main.say)
        self.token = TokenController(main)
        self.saved_queries = SavedQueryController(main)
        recent: list[str] = shared.look_ups.recent if shared is not None else []
        self.look_ups: LookUpController = LookUpController(main, lambda: self.open_lead(), recent)
        self.columns = ColumnsController(main, self.memory)
        others = {
            "copy_field": lambda: self.copy.copy("field"),
            "check_do_not_call": lambda: self.do_not_call.check(),
            "history": lambda: self.history.open(),
            "toggle_column": lambda: self.columns.toggle(main.detail.key),
        }
        self.detail: DetailController = DetailController(
            main, self.look_ups.look_up, lambda text: self.narrow_sort.narrow(text), others
        )

    def open_lead(self) -> None:
        self.detail.open(from_top=True)
        if self._main.session.settings.lead.check_dnc:
            self.do_not_call.lead_opened()

    @property
    def has_marks(self) -> bool:
        return "marking" in vars(self)

    def note_input(self) -> None:
        if "auto_refresh" in vars(self):
            self.auto_refresh.note_input()

    def close(self) -> None:
        self.detail.close()
        self.suggestions.stop()
        self.names.close()
        if "auto_refresh" in vars(self):
            self.auto_refresh.close()

    @cached_property
    def auto_refresh(self) -> AutoRefreshController:
        from lead_tui.ui.screens.auto_refresh_controller import AutoRefreshController

        return AutoRefreshController(self._main)

    @cached_property
    def narrow_sort(self) -> NarrowSortController:
        from lead_tui.ui.screens.narrow_sort import NarrowSortController

        return NarrowSortController(self._main)

    @cached_property
    def count(self) -> CountController:
        from lead_tui.ui.screens.count_controller import CountController

        return CountController(self._main, self.narrow_sort)

    @cached_property
    def export(self) -> ExportController:
        from lead_tui.ui.screens.export import ExportController

        return ExportController(self._main, self.memory, lambda: self.marking.rows)

    @cached_property
    def marking(self) -> MarkController:
        from lead_tui.ui.screens.mark_controller import MarkController

        return MarkController(self._main, self._shared.marking.marks if self._shared is not None else None)

    @cached_property
    def copy(self) -> CopyController:
        from lead_tui.ui.screens.copy import CopyController

        return CopyController(self._main, lambda: self.marking.rows)

    @cached_property
    def do_not_call(self) -> DoNotCallController:
        from lead_tui.ui.screens.do_not_call_controller import DoNotCallController

        return DoNotCallController(self._main, self.names)

    @cached_property
    def history(self) -> HistoryController:
        from lead_tui.ui.screens.history_controller import HistoryController

        return HistoryController(self._main, self.names, lambda address: self.copy.recording(address))

    @cached_property
    def suggestions(self) -> Suggestions:
        from lead_tui.ui.screens.suggestions import Suggestions

        index = self._shared.suggestions.index if self._shared is not None else None
        return Suggestions(self._main, self.names, index)

    @cached_property
    def names(self) -> AccountNames:
        if self._shared is not None:
            return self._shared.names
        from lead_tui.paging.account_records import AccountNames

        session = self._main.session
        return AccountNames(
            session.records if session.may_learn_names else None, self._names_learned, lambda error: self._main.say(error.message)
        )

    def _names_learned(self, section: Section) -> None:
        from msgspec.structs import replace

        from lead_tui.leads.records import Section

        main, names = self._main, self.names
        if section is Section.STATUSES:
            main.table.do_not_call = names.do_not_call
            main.detail.look = replace(main.detail.look, do_not_call=names.do_not_call, status_names=names.known(section))
            main.table.redraw_rows()
            main.detail.rebuild()
        elif main.session.wants_zone and (zone := names.zone_to_offer(main.session.now())):
            main.say(f"The account is in {zone}, this host is not: set [account] timezone")
        main.panes.filters.suggestions_changed()
