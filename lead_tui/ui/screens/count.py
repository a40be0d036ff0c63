"""Counting leads by a field, as a table with bars; and finding the leads with one of the values, or with that of a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partialmethod
from typing import Final

from lead_tui.keys.catalogue import Key, Pane
from lead_tui.leads.columns import Count, Tally
from lead_tui.leads.fields import COMPUTED, NAME_OF, key_of, shows_any, sortable
from lead_tui.leads.filter_language import exactly, same_value
from lead_tui.leads.lead import Lead, key_text
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.query import Query, is_date
from lead_tui.leads.text import bar, cell_width, counted, fit, joined, one_line, ranked, share
from lead_tui.leads.values import label, line_text
from lead_tui.limits import MAX_COUNTS_SHOWN
from lead_tui.paging.read_all import in_turns
from lead_tui.paging.search import Search
from lead_tui.paging.snapshot import Snapshot, count_by
from lead_tui.ui.dialogs.list_dialog import ListDialog, SearchDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.narrow_sort import NarrowSortController
from lead_tui.ui.screens.session import Session
from lead_tui.ui.screens.status import snapshot_facts
from lead_tui.ui.widgets.drawn_list import DrawnLine

_FIRST: Final = ("status", "list_id", "owner_id", "state")  # what supervisors count by

_GAP: Final = "  "
_MAX_BAR: Final = 30
_MIN_BAR: Final = 6
_MIN_TEXT, _MAX_TEXT = 12, 40


class CountController:
    """Counts the loaded leads of the visible search, or those of its snapshot; and finds leads by a value."""

    def __init__(self, main: MainContext, narrow_sort: NarrowSortController, look_up: Callable[[LookUp, str], None]) -> None:
        self._main = main
        self._narrow_sort = narrow_sort
        self._look_up = look_up

    def open(self, search: Search) -> None:
        if search.snapshot is not None:
            self._open(search, search.snapshot)
        else:
            self._narrow_sort.gather(search, lambda rows: self._open(search, Snapshot(rows)))

    def _open(self, search: Search, view: Snapshot, column: str = "") -> None:
        session, columns = self._main.session, _columns(self._main.table.columns, view.base.observed_keys)
        columns = [each for each in columns if not shows_any(each, session.settings.masked)]
        if not columns:
            self._main.say("There is no field to count by")
            return
        can_load = search.snapshot is None and not search.has_all
        dialog = Counts(session, columns, column or columns[0], view, can_load=can_load)

        def chosen(answer: str) -> None:
            if answer == "load_all":
                self._narrow_sort.load(search, lambda rows: self._open(search, Snapshot(rows), dialog.column))
            else:
                self._select(search, dialog)

        self._main.ask(dialog, chosen)

    def _select(self, search: Search, counts: Counts) -> None:
        """Search for the leads with the marked value of *counts*; if the API cannot, narrow the loaded ones."""
        view, column, value = counts.view, counts.column, counts.items[counts.marked].value
        chosen = f"{_counted_by(column, self._main.session)}: {counts.texts[counts.marked][0]}"
        query = self._query(search, counts, value)
        if query is not None:
            self._main.searches.start(query)
            self._main.say(chosen, self._main.hint("main.back", "back"))
            return
        message = joined(f"{chosen}, among the loaded leads", self._main.hint("main.escape", "show all"))
        self._narrow_sort.narrow(f"{view.narrowing.text} {exactly(column, value)}".strip(), view.base.observed_keys, message)

    def _query(self, search: Search, counts: Counts, value: str) -> Query | None:
        """Return the query of *search* with a filter for *value*; None if the API has no such filter, or leads are narrowed."""
        if counts.view.narrowing or search.is_merged or search.query.also_in or counts.column in COMPUTED:
            return None
        key = key_of(counts.column)
        found = same_value(Lead({key: value}), key)
        return search.query.with_checked(found) if isinstance(found, Query) else None

    def find_similar(self) -> None:
        """Find leads with the same value in the field under the detail's cursor, once the cursor was moved there.

        Nothing is searched by a masked field: if a name is searched by the id beside it, the id would be on the screen; a phone
        is looked up without the country code.
        """
        main, detail = self._main, self._main.detail
        lead, key, masked = detail.lead, detail.key, detail.masked_keys(detail.lead)
        if not detail.is_chosen or lead is None or key is None:
            main.say(main.hint("detail.cursor_down", "choose a field"))
            return
        if key in masked:
            main.say(f"Cannot search by a masked value{': reveal it first' if detail.may_reveal else ''}", alert=True)
            return
        lead = lead.with_masked(masked)
        found, name = same_value(lead, key), label(key, main.session.settings.labels)
        shown, back = one_line(line_text(lead, key), _MAX_TEXT) or "(empty)", main.hint("main.back", "back")
        if isinstance(found, LookUp):
            self._look_up(found, joined(f"Searching phone {found.text} in any field", back))
        elif not isinstance(found, Query):
            message = joined(f"Loaded leads with {name} {shown}", main.hint("main.escape", "show all"))
            self._narrow_sort.narrow(found, lead.sent, message)
        elif not masked.isdisjoint(filter_name for filter_name, _ in found):
            main.say(f"{name} is searched by a field that is masked", alert=True)
        else:
            main.searches.start(found)
            # A filter by date finds leads of the same day.
            shown = shown[:10] if any(is_date(filter_name) for filter_name, _ in found) else shown
            main.say(f"Searching {name} {shown}", back)


def _columns(shown: Sequence[str], observed_keys: Sequence[str]) -> list[str]:
    """Return the fields to count by: the usual ones first, then the table's, then the others; a name is counted with its id."""
    first = [key for key in _FIRST if key in observed_keys]
    by_id = {NAME_OF[key] for key in NAME_OF if key in observed_keys}
    others = [key for key in sortable(shown, observed_keys) if key not in by_id and key != "local_time"]
    return list(dict.fromkeys([*first, *others]))


def _counted_by(column: str, session: Session) -> str:
    """Return the label of *column* in counts: a status, list or person is shown by name."""
    return label(NAME_OF.get(column) or key_of(column), session.settings.labels)


class Counts(ListDialog[Count, str]):
    """Counts the leads in *view* by *column*, one of *columns*; the result is ``filter`` or, with *can_load*, ``load_all``."""

    def __init__(self, session: Session, columns: Sequence[str], column: str, view: Snapshot, *, can_load: bool) -> None:
        super().__init__(Pane.COUNT, session.keys)
        self._session = session
        self._columns = columns
        self.column = column
        self.view = view
        self.tally: Tally  # once they are counted
        which = snapshot_facts(view, session.settings.labels)[0]
        self._which = f"{view.length:,} {which}" if view.narrowing else which
        self.answers = ("load_all",) if can_load else ()
        self.texts: list[tuple[str, str]] = []  # the name and the code of each value
        self._widths = 0, 0, 0

    def begin(self) -> None:
        self._show(self.column)

    def _show(self, column: str) -> None:
        """Count by *column*; keys wait until that is done."""
        self.column = column
        self.keys_wait = True
        self.run_worker(self._count())

    async def _count(self) -> None:
        self.tally = tally = await in_turns(count_by(self.column, self.view, MAX_COUNTS_SHOWN))
        self.items = tally.counts
        self.texts = [self._text(each) for each in self.items]
        value_width, code_width = (max((cell_width(texts[at]) for texts in self.texts), default=0) for at in (0, 1))
        number_width = len(f"{max((each.count for each in self.items), default=0):,}")
        self._widths = min(_MAX_TEXT, value_width), min(_MAX_TEXT // 2, code_width), number_width
        title = f"Count by {_counted_by(self.column, self._session)}"
        self.set_titles(title, joined(self._which, counted(self.tally.values, "value")))
        self.show_items()
        self.resume_input()

    def _text(self, count: Count) -> tuple[str, str]:
        """Return the name of a value, and its code if that differs."""
        if not count.value:
            return "(empty)", ""
        shown, key = one_line(count.value, _MAX_TEXT), key_of(self.column)
        if self.column in COMPUTED:
            return shown, ""
        return (count.name, shown) if count.name else (line_text(Lead({key: count.value}), key), "")

    def line(self, index: int, width: int) -> DrawnLine:
        count, (text, code) = self.items[index], self.texts[index]
        text_width, code_width, number_width = self._widths
        middle = f"{_GAP}{fit(code, code_width)}" if code_width else ""
        right = f"{_GAP}{count.count:>{number_width},}{_GAP}{share(count.count, self.tally.total):>6}"
        room = width - cell_width(middle + right + _GAP)
        left = fit(text, min(text_width, max(_MIN_TEXT, room - _MIN_BAR)))
        room = min(_MAX_BAR, room - cell_width(left))
        drawn = bar(count.count, self.items[0].count, room) if room >= _MIN_BAR else ""
        return DrawnLine((("", left), ("muted", middle), ("", right), ("mark", _GAP + drawn)))

    def hints(self) -> list[str]:
        fields = f"{self.hint('count.previous_field', ' ').strip()} {self.hint('count.next_field')}".strip()
        more = self.hint("count.load_all") if self.answers else ""
        return [self.hint("count.filter"), fields, self.hint("count.find_field", "find"), more, self.hint("dialog.close")]

    def _step(self, by: int) -> None:
        self._show(self._columns[(self._columns.index(self.column) + by) % len(self._columns)])

    action_next_field = partialmethod(_step, 1)
    action_previous_field = partialmethod(_step, -1)

    def action_find_field(self) -> None:
        fields = {column: _counted_by(column, self._session) for column in self._columns}
        self.app.push_screen(FieldChoice(fields, self.keys), lambda column: self._show(column) if column is not None else None)

    def choose(self) -> None:
        if self.current is not None:
            self.finish("filter")

    action_filter = choose


class FieldChoice(SearchDialog[str, str]):
    """Finds one of *fields*, which are labels by key, by label or key; the result is None on cancel."""

    WIDTH = 64

    def __init__(self, fields: Mapping[str, str], keys: Sequence[Key]) -> None:
        super().__init__(keys, "Field  ", list(fields))
        self._names = fields
        self.set_titles("Count by which field?")

    def line(self, index: int, width: int) -> DrawnLine:
        name, key = self._names[self.items[index]], key_text(self.items[index])
        left, right = fit(name, width * 3 // 5), f" {fit(key if key != name else '', width * 2 // 5 - 1)}"
        return DrawnLine((("", left), ("muted", right)))

    def hints(self) -> list[str]:
        return [self.hint("count.filter", "choose") if self.items else "No such field", self.hint("dialog.close", "cancel")]

    def find(self, text: str) -> None:
        self.items = ranked(text, self._names, lambda key: ((self._names[key],), key_text(key)), letters=True)
