"""What is asked of the server: filters by parameter name, as a person means them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from lead_tui.leads import filters
from lead_tui.leads.text import one_line


class Query(Struct, frozen=True):
    """Filters in the order they were given: pairs of parameter name (a custom one led by ``+``) and canonical value, which
    ``parameters`` converts to what the API takes.

    Relative dates stay relative, so that a saved query means the same every day; ``dated`` fixes them for one search.
    """

    filters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Query:
        """A query of checked names and values; blank ones are left out.

        Raises ``UsageError`` for a name and ``FilterError`` for a value that cannot be sent.
        """
        return cls().updated(given)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.filters)

    def __bool__(self) -> bool:
        return bool(self.filters)

    def value(self, name: str) -> str:
        """The value of the filter *name*, "" when it is not set."""
        return dict(self.filters).get(name, "")

    def updated(self, given: Mapping[str, str]) -> Query:
        """This query with *given*, which is checked, in place of its own values; a blank one removes a filter. Raises as ``of``."""
        checked: dict[str, str] = {}
        for name, text in given.items():
            name = filters.checked_name(name)
            checked[name] = filters.checked_value(name, text)
        return self.with_checked(checked.items())

    def with_checked(self, checked: Iterable[tuple[str, str]]) -> Query:
        """This query with *checked* pairs of name and canonical value in place of its own; a blank value removes a filter."""
        return Query(tuple((name, value) for name, value in {**dict(self.filters), **dict(checked)}.items() if value))

    def dated(self, today: date) -> Query:
        """This query with every relative date as the day it stands for on *today*, one of the account's days."""
        return Query(tuple((name, filters.dated(name, value, today)) for name, value in self.filters))

    def parameters(self, *, with_time: bool = False) -> dict[str, str]:
        """The parameters to send for this query, whose dates have been fixed by ``dated``.

        *with_time* adds the first and last second to the ends of ranges (the setting ``[dates] with_time``): a bare end date may
        cut its own day at midnight. A value that has a time already stays as it is.
        """
        sent: dict[str, str] = {}
        for name, value in self.filters:
            known = filters.FILTER_BY_NAME.get(name)
            if with_time and known is not None and " " not in value:
                if known.kind is filters.FilterKind.FIRST_DAY:
                    value = f"{value} 00:00:00"
                elif known.kind is filters.FilterKind.LAST_DAY:
                    value = f"{value} 23:59:59"
            sent[name.removeprefix(filters.CUSTOM_MARK)] = filters.sent_value(name, value)
        return sent

    @property
    def phone_codes(self) -> frozenset[str]:
        """What ``phone_code`` must be, of numbers abroad: the API has no filter for it, so it is compared on our side."""
        return frozenset(code for name, value in self if filters.is_phone(name) and (code := filters.phone_of(value).country_code))

    def summary(self) -> str:
        """The filters in a line, for a title: ``status NEW · state CA · created −7d``."""
        return " · ".join(
            f"{_short(name)} {value.replace('-', '−') if _is_relative(name, value) else one_line(value, 40)}"
            for name, value in self
        )


def _short(name: str) -> str:
    return {
        "created_at_start_date": "created",
        "created_at_end_date": "created to",
        "updated_at_start_date": "updated",
        "updated_at_end_date": "updated to",
    }.get(name, name.removeprefix(filters.CUSTOM_MARK).replace("_", " "))


def _is_relative(name: str, value: str) -> bool:
    known = filters.FILTER_BY_NAME.get(name)
    return known is not None and filters.is_date(known.kind) and value.startswith("-")
