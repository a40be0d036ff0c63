"""The fields of the filter panel: the text of each, what is wrong with it, what may complete it, and the query. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct

from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK
from lead_tui.leads.lookup import in_one_line
from lead_tui.leads.query import (
    FILTER_BY_NAME,
    FILTERS,
    FilterKind,
    Query,
    checked_name,
    checked_value,
    dated,
    is_date,
    is_phone,
    remark_on,
)
from lead_tui.leads.text import joined, one_line, ranked

LOOK_UP = "look up"  # the name of the first line, which is not a filter: it opens the look-up box
ADD = CUSTOM_MARK  # the name of the last line, which takes ``name=value`` for an undocumented parameter

_CUSTOM_GROUP = "Custom"


class FilterField(Struct):
    """A line that can be typed into."""

    name: str  # the parameter's name, with a leading ``+`` if it is custom; or ``LOOK_UP`` or ``ADD``
    label: str
    group: str
    hint: str = ""
    text: str = ""  # as typed; the canonical text once the field is checked and nothing is wrong
    error: str = ""  # what is wrong with the text, a sentence; "" for nothing
    remark: str = ""  # what is unusual about the text, which is searched for anyway; "" for nothing

    @property
    def takes_many(self) -> bool:
        return self.name in FILTER_BY_NAME and FILTER_BY_NAME[self.name].kind is FilterKind.IDS

    @property
    def read_paste(self) -> Callable[[str], str] | None:
        """Return the function that makes one line of a paste, if more than its first line means something."""
        return joined_ids if self.takes_many else in_one_line if is_phone(self.name) else None


class FilterFields:
    """Every documented filter in the order of ``FILTERS``, between the look-up line and the custom ones.

    *today* returns the account's day. A field is *validated* when it is left: checked and normalized.
    """

    def __init__(self, today: Callable[[], date]) -> None:
        self.today = today
        self.status_code: Callable[[str], str] = str  # returns the code of a status named as in loaded leads
        self.show(Query())

    def index_of(self, name: str) -> int | None:
        return next((index for index, each in enumerate(self.fields) if each.name == name), None)

    def show(self, query: Query) -> None:
        """Show *query* alone."""
        self.fields = [
            FilterField(LOOK_UP, "Look up", "", "phone or name"),
            *(FilterField(each.name, each.label, each.group, each.hint) for each in FILTERS),
            FilterField(ADD, "+ other filter", _CUSTOM_GROUP, "name=value"),
        ]
        self._shown = query
        for name, value in query:
            self._set(name, value)

    def query(self) -> Query:
        """Return the query that was shown with what was changed since. Raises ``FilterError`` for the first field that is wrong."""
        for each in self.fields.copy():
            self.validate(each)
            if each.error:
                raise FilterError(each.name, each.error)
        texts = dict.fromkeys((name for name, _ in self._shown), "")
        texts |= {each.name: each.text for each in self.fields if each.name not in (LOOK_UP, ADD)}
        found = self._shown.with_checked((name, text) for name, text in texts.items() if text != self._shown.value(name))
        return Query(tuple((each.name, value) for each in self.fields if (value := found.value(each.name))))

    def _set(self, name: str, value: str) -> None:
        if self.index_of(name) is None:
            self.fields.insert(-1, FilterField(name, one_line(name.removeprefix(CUSTOM_MARK)), _CUSTOM_GROUP))
        field = next(each for each in self.fields if each.name == name)
        field.text, field.error, field.remark = value, "", remark_on(name, value)

    def validate(self, field: FilterField) -> None:
        """Make the text of *field* canonical, or note what is wrong. Remove a blank custom filter; make one of ``name=value``."""
        name, text = field.name, field.text.strip()
        field.error = ""
        if name == LOOK_UP or (name == ADD and not text):
            field.text = ""
            return
        if name.startswith(CUSTOM_MARK) and not text:
            self.fields.remove(field)
            return
        try:
            if name == ADD:
                name, text = _named_value(text)
                self._set(name, checked_value(name, text))
                field.text = ""
            else:
                self._set(name, checked_value(name, self.status_code(text) if name == "status" else text))
        except UsageError as error:
            field.error = str(error)

    def day_of(self, field: FilterField) -> str:
        """Return the day, YYYY-MM-DD, that a relative date in *field* means today; "" for anything else."""
        if not is_date(field.name) or not field.text or field.error:
            return ""
        try:
            day = dated(field.name, checked_value(field.name, field.text), self.today())
        except FilterError:
            return ""
        return "" if day == field.text else day

    def group_start(self, index: int, step: int) -> int:
        """Return the first field of the next group or, with a *step* of -1, of this or the previous one; else the last or first."""
        starts = [at for at, each in enumerate(self.fields) if not at or each.group != self.fields[at - 1].group]
        if step > 0:
            return next((at for at in starts if at > index), len(self.fields) - 1)
        return next((at for at in reversed(starts) if at < index), 0)

    def find(self, wanted: str) -> list[int]:
        """Return the fields whose label or parameter name contains *wanted*, best first; a group's name finds its fields."""
        fields = self.fields
        return ranked(
            wanted.replace("_", " "),
            range(len(fields) if wanted.strip() else 0),
            lambda at: ((fields[at].label, fields[at].name.removeprefix(CUSTOM_MARK).replace("_", " ")), fields[at].group),
        )


def _named_value(text: str) -> tuple[str, str]:
    """Return the parameter's name and the value in ``name=value``. Raises ``UsageError``."""
    name, _, value = (part.strip() for part in text.partition("="))
    if not (name.removeprefix(CUSTOM_MARK) and value):
        raise UsageError("Another filter is name=value, as in plan_sold=Gold")
    return checked_name(name if name in FILTER_BY_NAME or name.startswith(CUSTOM_MARK) else CUSTOM_MARK + name), value


def joined_ids(pasted: str) -> str:
    """Return the ids in *pasted*, a column or a row of them, as one line."""
    return ",".join(part for each in re.split(r"[\r\n\t,;]+", pasted) if (part := each.strip()))


class Suggestion(Struct, frozen=True):
    """A *value* that may be typed, its *label*, and in how many leads it was observed: ``2705``, ``API Lead Insert``, 37."""

    value: str
    label: str = ""
    count: int = 0

    @property
    def shown(self) -> str:
        return joined(*map(one_line, (self.value, self.label)))


Suggest = Callable[[str, str], Sequence[Suggestion]]
"""Returns what may complete the text (second argument) typed into the line of that name (first argument), best first.

It is called at each change of the text, on the event loop, so it must answer from memory. ``matching`` filters the result.
"""


def matching(suggestions: Iterable[Suggestion], typed: str, most: int) -> tuple[Suggestion, ...]:
    """Return at most *most* of *suggestions* whose value or label matches *typed*, best first; equals keep their order.

    A value that cannot be typed, since it contains control or invisible characters, is left out.
    """
    typable = (each for each in suggestions if each.value and one_line(each.value) == each.value)
    return tuple(ranked(typed, typable, lambda each: ((each.value, each.label), ""))[:most])
