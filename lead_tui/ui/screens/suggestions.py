"""Suggestions for the filters: fixed values and dates, the values observed in loaded leads, and the names that the account has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads import dates
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import CUSTOM_MARK, GENDER_NAMES, KNOWN_STATUSES, code_named
from lead_tui.leads.page import Rows
from lead_tui.leads.query import FILTER_BY_NAME, checked_name
from lead_tui.leads.records import Section
from lead_tui.leads.values import label
from lead_tui.paging.account_data import AccountNames, ValueIndex, is_elsewhere
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.filter_fields import ADD, Suggestion

_GENDERS = tuple(Suggestion(code, name) for code, name in GENDER_NAMES.items())
_DAYS = tuple(map(Suggestion, dates.SUGGESTED_DAYS))
_SPANS = tuple(map(Suggestion, dates.SUGGESTED_SPANS))

_SECTIONS = {
    "status": Section.STATUSES,
    "list_id": Section.LISTS,
    **dict.fromkeys(("owner_id", "user_id", "created_by", "last_modified_by"), Section.USERS),
    "campaign_name": Section.CAMPAIGNS,
}
"""The part of the account that lists the values of a field."""


class Suggestions:
    """Suggests values of the loaded rows around the cursor, and the account's; both are shared with the screen *below*."""

    def __init__(self, main: MainContext, below: Suggestions | None) -> None:
        self._main = main
        self._studied: tuple[Rows | None, int, int] | None = None
        if below is not None:
            self.index: ValueIndex = below.index
            self.names: AccountNames = below.names
            return
        session = main.session
        may_learn = session.settings.account.learn_names and session.capabilities.may_learn_names
        self.index = ValueIndex(session.settings.masked)
        self.names = AccountNames(
            session.records if may_learn else None,
            self._names_learned,
            lambda error: main.say(f"Cannot read the account's names: {error.message}"),
        )
        main.closing.callback(self.names.close)

    def _names_learned(self, section: Section) -> None:
        for main in self._main.app.screen_stack:
            if not isinstance(main, MainContext):
                continue
            if section is Section.STATUSES:
                status_names = self.names.known(section)
                look = replace(main.detail.look, do_not_call=self.names.do_not_call, status_names=status_names)
                main.table.look = main.detail.look = look
                main.table.refresh()
                main.detail.rebuild()
            elif main.session.wants_zone and is_elsewhere(self.names.zone, main.session.now()):
                main.say(f"The account is in {self.names.zone}, this host is not: set [account] timezone")
            main.filters.suggestions_changed()

    def study(self) -> None:
        rows, cursor = self._main.table.rows, self._main.table.cursor
        first = cursor - cursor % limits.STUDIED_ROWS
        part = rows, first, self._main.search.loaded
        if rows is not None and part != self._studied:
            self._studied = part
            for index in range(first, min(first + limits.STUDIED_ROWS, rows.length)):
                lead = rows.lead(index)
                if lead is not None and not lead.problem:
                    self.index.add(lead)

    def __call__(self, name: str, typed: str) -> Sequence[Suggestion]:
        """Return suggestions that may complete *typed* in the filter *name*."""
        self.study()
        if name == ADD:
            return self._free(typed)
        if name == "gender":
            return _GENDERS
        if name.endswith("_date") and self._main.session.wants_zone:
            self.names.of(Section.CAMPAIGNS)
        if name.endswith("_start_date"):
            return (*_DAYS, *_SPANS)
        if name.endswith("_end_date"):
            return _DAYS
        return [Suggestion(*each) for each in self._values(name.removeprefix(CUSTOM_MARK))]

    def _values(self, key: str) -> Iterator[tuple[str, str, int]]:
        """Yield the values of *key*, names, and in how many leads they were observed: observed ones, then the account's others."""
        observed = self.index.observed(key)
        section = _SECTIONS.get(key) if key not in self._main.session.settings.masked else None
        names = self.names.of(section) if section else {}
        if section is Section.CAMPAIGNS:
            # Leads contain a campaign's name, but not its id in the account.
            names = dict.fromkeys(names.values(), "")
        yield from ((value, name or names.get(value, ""), count) for value, name, count in observed)
        known = {value for value, *_ in observed}
        yield from ((value, name, 0) for value, name in names.items() if value not in known)

    def _free(self, typed: str) -> Sequence[Suggestion]:
        name, equals, _ = typed.partition("=")
        if equals:
            values = self._values(name.strip().removeprefix(CUSTOM_MARK))
            return [Suggestion(f"{name}={value}", named, count) for value, named, count in values]
        return [
            Suggestion(f"{key}=", label(key, self._main.session.settings.labels)) for key in self.index.keys if _is_filter_name(key)
        ]

    def status_code(self, text: str) -> str:
        self.study()
        observed = [*self.index.values("status"), *self.names.known(Section.STATUSES).items()]
        return code_named(text, observed, KNOWN_STATUSES.items())


def _is_filter_name(key: str) -> bool:
    try:
        return key not in FILTER_BY_NAME and checked_name(CUSTOM_MARK + key) != key
    except UsageError:
        return False
