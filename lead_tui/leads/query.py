"""A query: filters by parameter name, and their conversion to the parameters of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads import dates, filters
from lead_tui.leads.text import one_line

_SECONDS: dict[filters.FilterKind | None, str] = {
    filters.FilterKind.FIRST_DAY: " 00:00:00",
    filters.FilterKind.LAST_DAY: " 23:59:59",
}


class Query(Struct, frozen=True):
    """Filters in the order they were given: pairs of parameter name (a custom one led by ``+``) and canonical value, which
    ``parameters`` converts to what the API takes.

    Relative dates stay relative, so that a saved query means the same every day; ``dated`` fixes them for one search.
    """

    filters: tuple[tuple[str, str], ...] = ()
    also_in: str = ""
    """The field in which the value of the first filter is searched for, too: the leads that this finds follow the others."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Query:
        """A query of checked names and values; blank ones are left out, and a span of days has both ends of its range.

        Raises ``UsageError`` for a name and ``FilterError`` for a value that cannot be sent.
        """
        return cls().updated(given)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.filters)

    def __bool__(self) -> bool:
        return bool(self.filters)

    @property
    def is_look_up(self) -> bool:
        """Whether it is for one lead: by a phone, an email or an id."""
        return any(name in ("lead_id", "email") or filters.is_phone(name) for name, _ in self)

    def value(self, name: str) -> str:
        """The value of the filter *name*, "" when it is not set."""
        return dict(self.filters).get(name, "")

    def updated(self, given: Mapping[str, str]) -> Query:
        """This query with *given*, which is checked, in place of its own values; a blank one removes a filter. Raises as ``of``."""
        named = ((filters.checked_name(name), text) for name, text in given.items())
        return self.with_checked([(name, filters.checked_value(name, text)) for name, text in named])

    def with_checked(self, checked: Iterable[tuple[str, str]]) -> Query:
        """This query with *checked* pairs of name and canonical value in place of its own; a blank value removes a filter.

        A span of days has both ends of its range: it is given and removed with either of them.
        """
        given = dict(checked)
        values = {**dict(self.filters), **given}
        for name, value in given.items():
            other = filters.RANGE_ENDS.get(name) or filters.RANGE_STARTS.get(name, "")
            if not value and other not in given and dates.is_span(values.get(other, "")):
                # The two ends of a span go together.
                values[other] = ""
        return Query(tuple((name, value) for name, value in filters.with_both_ends(values).items() if value))

    def dated(self, today: date) -> Query:
        """This query with every relative date as the day it stands for on *today*, one of the account's days."""
        return replace(self, filters=tuple((name, filters.dated(name, value, today)) for name, value in self.filters))

    @property
    def in_each_field(self) -> tuple[Query, ...]:
        """This query for each field in which the value of its first filter is searched for."""
        (_, value), *others = self.filters or (("", ""),)
        return (Query(self.filters), *((Query(((self.also_in, value), *others)),) if self.also_in else ()))

    def parameters(self, *, with_time: bool = False) -> dict[str, str]:
        """The parameters to send for this query, whose dates have been fixed by ``dated``.

        *with_time* adds the first and last second to the ends of ranges (the setting ``[dates] with_time``): a bare end date may
        cut its own day at midnight. A value that has a time already stays as it is.
        """
        sent: dict[str, str] = {}
        for name, value in self.filters:
            if with_time and " " not in value:
                value += _SECONDS.get(filters.kind_of(name), "")
            sent[name.removeprefix(filters.CUSTOM_MARK)] = filters.sent_value(name, value)
        return sent

    @property
    def phone_codes(self) -> frozenset[str]:
        """What ``phone_code`` must be, of numbers abroad: the API has no filter for it, so it is compared on our side."""
        return frozenset(code for name, value in self if filters.is_phone(name) and (code := filters.phone_of(value).country_code))

    def summary(self, dated: Query | None = None, zone: str = "") -> str:
        """The filters in a line, for a title: ``status NEW · state CA · created −7d``.

        With the query as it was *dated* the days follow, ``created −7d (2026-11-21)``, and the *zone* that they count in, if given.
        """
        values, days = dict(self.filters), dict(dated.filters) if dated is not None else {}
        parts: list[str] = []
        for name, value in self:
            is_span = filters.is_date(name) and dates.is_span(value)
            if is_span and values.get(filters.RANGE_STARTS.get(name, "")) == value:
                # Shown with the first day.
                continue
            shown = value.replace("-", "−") if filters.is_date(name) and value.startswith("-") else one_line(value, 40)
            if days.get(name, value) != value:
                last = filters.RANGE_ENDS.get(name, "")
                resolved = (days[name], days[last]) if is_span and values.get(last) == value else (days[name],)
                shown += f" ({' … '.join(resolved)}{f' {zone}' if zone else ''})"
            parts.append(f"{_short(name)} {shown}")
        return " · ".join(parts)


def _short(name: str) -> str:
    if filters.is_date(name):
        name = name.replace("_at_start_date", "").replace("_at_end_date", " to")
    return name.removeprefix(filters.CUSTOM_MARK).replace("_", " ")
