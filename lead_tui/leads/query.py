"""The documented parameters of ``leads/search`` that are filters, the validation of their values, and queries made of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum, auto
from functools import partial
from urllib.parse import quote, urlencode

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads import dates
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK, GENDER_NAMES, KNOWN_STATUSES, STATE_NAMES, code_named, known_state, label_of
from lead_tui.leads.phones import EXACT_MARK, Phone, parse_phone, visible
from lead_tui.leads.text import nearest, one_line, unescaped


class FilterKind(Enum):
    TEXT = auto()
    EMAIL = auto()
    PHONE = auto()  # stored with its country code and sent as national digits, or sent exactly as typed
    ID = auto()  # one number, never 0
    IDS = auto()  # numbers separated by commas, which the API accepts for leads and lists
    STATE = auto()  # known names are sent as two letters, anything else as typed
    GENDER = auto()  # known words are sent as M, F or U, anything else as typed
    STATUS = auto()  # known labels are sent as their codes, anything else as typed
    DAY = auto()  # of birth
    FIRST_DAY = auto()  # of a range row
    LAST_DAY = auto()


class Filter(Struct, frozen=True):
    """A documented parameter."""

    name: str
    label: str
    group: str
    kind: FilterKind
    hint: str


GROUPS = STATUS, PERSON, PHONES, ADDRESS, OWNERSHIP = "Status, dates, list", "Person", "Phones", "Address", "Ownership"

_DAY_HINT, _RANGE_HINT = "YYYY-MM-DD, -7d, today", "YYYY-MM-DD, -7d, this week"


def _each(group: str, kind: FilterKind, hint: str, *names: str) -> Iterator[Filter]:
    """Yield the filters *names*, which have the labels of the fields."""
    return (Filter(name, label_of(name), group, kind, hint) for name in names)


FILTERS: tuple[Filter, ...] = (
    Filter("status", "Status", STATUS, FilterKind.STATUS, "code, or label (Call Back)"),
    Filter("created_at_start_date", "Created from", STATUS, FilterKind.FIRST_DAY, _RANGE_HINT),
    Filter("created_at_end_date", "Created to", STATUS, FilterKind.LAST_DAY, _DAY_HINT),
    Filter("updated_at_start_date", "Updated from", STATUS, FilterKind.FIRST_DAY, _RANGE_HINT),
    Filter("updated_at_end_date", "Updated to", STATUS, FilterKind.LAST_DAY, _DAY_HINT),
    *_each(STATUS, FilterKind.IDS, "2705 or 2705,2706", "list_id"),
    *_each(PERSON, FilterKind.TEXT, "", "first_name", "last_name"),
    *_each(PERSON, FilterKind.EMAIL, "name@example.com", "email"),
    Filter("date_of_birth", "Birth date", PERSON, FilterKind.DAY, "YYYY-MM-DD"),
    *_each(PERSON, FilterKind.GENDER, "M, F or U", "gender"),
    *_each(PHONES, FilterKind.PHONE, "10 digits, +44…, =exact digits", "phone_number", "alt_phone_1", "alt_phone_2"),
    *_each(ADDRESS, FilterKind.TEXT, "", "address1", "address2", "city"),
    *_each(ADDRESS, FilterKind.STATE, "two letters, or a name", "state"),
    *_each(ADDRESS, FilterKind.TEXT, "", "province", "postal_code", "country"),
    *_each(OWNERSHIP, FilterKind.IDS, "123 or 123,456", "lead_id"),
    *_each(OWNERSHIP, FilterKind.ID, "", "owner_id", "user_id", "created_by", "last_modified_by"),
)

FILTER_BY_NAME: dict[str, Filter] = {each.name: each for each in FILTERS}

RANGE_ENDS = {f"{each}_at_start_date": f"{each}_at_end_date" for each in ("created", "updated")}
"""The last day's parameter by the first day's."""

RANGE_STARTS = {last: first for first, last in RANGE_ENDS.items()}
_OTHER_ENDS = RANGE_ENDS | RANGE_STARTS

_RESERVED = frozenset({"auth_token", "offset", "limit"})
_CUSTOM_NAME = r"[A-Za-z0-9_.\-\[\]]{1,100}"
_THOUSANDS = r"[0-9]{1,3}(?:,[0-9]{3})*,0[0-9]{2}(?:,[0-9]{3})*"
BETWEEN_IDS = r"[,;\r\n\t]|(?<=[0-9])\s+(?=#)"
ID_LABEL = r"(?:leads?|(?:lead[ _-]?)?ids?)[\s:=]*"
"""What may stand before an id: ``Lead 1003``, ``lead_id=1003``, ``IDs: 1003, 1004``."""
_AROUND_ADDRESS = r"[\s<>()\[\],;:\"|]+"
_BEHIND_DOMAIN = r"['?&/=!@]"


def kind_of(name: str) -> FilterKind | None:
    """Return the kind of the filter *name*; None for a custom parameter."""
    return FILTER_BY_NAME[name].kind if name in FILTER_BY_NAME else None


def is_date(name: str) -> bool:
    return kind_of(name) in (FilterKind.DAY, FilterKind.FIRST_DAY, FilterKind.LAST_DAY)


def is_phone(name: str) -> bool:
    return kind_of(name) is FilterKind.PHONE


def checked_name(name: str) -> str:
    """Return *name* of a documented or custom (``+member_id``) filter. Raises ``UsageError``, with the nearest name, for others."""
    if name in FILTER_BY_NAME:
        return name
    bare = name.removeprefix(CUSTOM_MARK)
    # PHP reads ``auth.token`` and ``auth_token[x]`` as ``auth_token``.
    if bare.partition("[")[0].replace(".", "_") in _RESERVED:
        raise UsageError(f"{bare} is not a filter", remedy="leave it out, since the program sets it")
    if bare != name:
        if bare in FILTER_BY_NAME:
            return bare
        if re.fullmatch(_CUSTOM_NAME, bare):
            return name
        raise UsageError("A custom parameter's name has letters, digits and _ . - [ ]")
    shown = one_line(name, 40)
    near = next((each for each in FILTER_BY_NAME if name and name.lower() in each), "") or nearest(name, FILTER_BY_NAME, 2)
    remedy = f"did you mean {near}?" if near else "see lead-tui --help for the names"
    if re.fullmatch(_CUSTOM_NAME, name):
        remedy += f"{' A' if near else '; a'} custom parameter takes a leading +, such as +{shown}=…"
    raise UsageError(f"{shown} is not a documented filter", remedy=remedy)


def checked_value(name: str, text: str) -> str:
    """Return the canonical form of *text* typed into the filter *name*; "" for a blank one. Raises ``FilterError``."""
    kind = kind_of(name)
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return ""
    try:
        value = _CHECKS[kind](text) if kind in _CHECKS else text
    except ValueError as error:
        raise FilterError(name, str(error)) from None
    if any(each < " " or each == "\x7f" or "\ud800" <= each <= "\udfff" for each in value):
        raise FilterError(name, "A filter is one line of text")
    return value


def _ids(text: str) -> str:
    if re.fullmatch(_THOUSANDS, text):
        raise ValueError("An id has no thousands separator: separate ids with commas")
    ids = [_id(part) for part in re.split(BETWEEN_IDS, text) if part.strip()]
    if not ids:
        raise ValueError("There is no id here: leave the field empty to search for all")
    return ",".join(dict.fromkeys(ids))


def _id(text: str) -> str:
    match = re.fullmatch(rf"(?i)(?:{ID_LABEL})?#?\s*([0-9]+)(?:\.0)?", visible(text).strip(" '\""))
    if match is None:
        raise ValueError("An id has digits only")
    digits = match[1].lstrip("0")
    if not digits:
        # Elsewhere in the API 0 means "all" (the documentation of recordings), which must not happen by accident.
        raise ValueError("0 is not an id: leave the field empty to search for all")
    return digits


def _email(text: str) -> str:
    emails = addresses(text)
    if len(emails) > 1:
        raise ValueError("A filter takes one email address")
    if not emails and any(character.isspace() for character in text):
        raise ValueError("An email has no spaces")
    return emails[0] if emails else text


def addresses(text: str) -> list[str]:
    """Return the email addresses in *text*, each once, without the brackets, quotes and punctuation around them."""
    emails: dict[str, None] = {}
    for token in re.split(_AROUND_ADDRESS, unicodedata.normalize("NFC", visible(unescaped(text)))):
        local, _, domain = token.partition("@")
        local, domain = local.lstrip("'.*"), re.split(_BEHIND_DOMAIN, domain)[0].rstrip(".*")
        if local and domain:
            emails[f"{local}@{domain}"] = None
    return list(emails)


_CHECKS: dict[FilterKind | None, Callable[[str], str]] = {
    FilterKind.EMAIL: _email,
    FilterKind.PHONE: lambda text: parse_phone(text).canonical,
    FilterKind.ID: _id,
    FilterKind.IDS: _ids,
    FilterKind.STATE: lambda text: known_state(text) or text,
    FilterKind.GENDER: lambda text: code_named(text, GENDER_NAMES.items()),
    FilterKind.STATUS: lambda text: code_named(text, KNOWN_STATUSES.items()),
    FilterKind.DAY: partial(dates.checked, takes_spans=False),
    FilterKind.FIRST_DAY: dates.checked,
    FilterKind.LAST_DAY: dates.checked,
}
"""The functions that return a value's canonical text, by kind. They raise ``ValueError`` for a value that cannot be sent."""


def phone_of(value: str) -> Phone:
    """Return the number of the canonical *value* of a phone filter."""
    is_exact = value.startswith(EXACT_MARK)
    code, _, national = value.removeprefix(EXACT_MARK).rpartition(" ")
    return Phone(national, code.removeprefix("+"), is_exact)


def remark_on(name: str, value: str) -> str:
    """Return a remark on an unusual canonical *value* of the filter *name*; usually ""."""
    if kind_of(name) is FilterKind.STATE and value not in ("", *STATE_NAMES):
        return "not a US state or Canadian province: sent as typed"
    return "not M, F or U: sent as typed" if kind_of(name) is FilterKind.GENDER and value not in ("", *GENDER_NAMES) else ""


def with_both_ends(values: Mapping[str, str]) -> dict[str, str]:
    """Return *values* with each span, such as ``last week``, at both ends of its range, unless the other end has a value."""
    filled = dict(values)
    for end, other in _OTHER_ENDS.items():
        if dates.is_span(filled.get(end, "")) and not filled.get(other, "").strip():
            filled[other] = filled[end]
    return filled


def dated(name: str, value: str, today: date) -> str:
    """Return the day that a relative date means on *today*, and any other *value*, which is canonical, unchanged."""
    if not is_date(name):
        return value
    try:
        return dates.resolve(value, today, end=kind_of(name) is FilterKind.LAST_DAY).isoformat()
    except ValueError as error:
        raise FilterError(name, str(error)) from None


_SECONDS: dict[FilterKind | None, str] = {FilterKind.FIRST_DAY: " 00:00:00", FilterKind.LAST_DAY: " 23:59:59"}


class Query(Struct, frozen=True):
    """Filters in the order in which they were given: pairs of parameter name (``+name`` for a custom one) and canonical value,
    which ``parameters`` converts to what the API accepts.

    Relative dates stay relative, so that a saved query keeps its meaning; ``dated`` fixes them for one search.
    """

    filters: tuple[tuple[str, str], ...] = ()
    also_in: str = ""
    """Another field to search for the first filter's value: the leads that this finds follow the others."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Query:
        """Return a query of the *given* filters, checked. Raises ``UsageError`` for a name, ``FilterError`` for a value."""
        return cls().with_checked([(name := checked_name(each), checked_value(name, text)) for each, text in given.items()])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.filters)

    def __bool__(self) -> bool:
        return bool(self.filters)

    @property
    def is_look_up(self) -> bool:
        """Whether it is for a single lead."""
        return any(name in ("lead_id", "email") or is_phone(name) for name, _ in self)

    def value(self, name: str) -> str:
        """Return the value of the filter *name*; "" if it is not set."""
        return dict(self.filters).get(name, "")

    def with_checked(self, checked: Iterable[tuple[str, str]]) -> Query:
        """Return this query overridden by *checked* pairs; a blank value removes a filter. The two ends of a span go together."""
        given = dict(checked)
        values = {**dict(self.filters), **given}
        for name, value in given.items():
            other = _OTHER_ENDS.get(name, "")
            span = values.get(other, "")
            if other not in given and dates.is_span(span) and (not value or (dates.is_span(value) and self.value(name) == span)):
                values[other] = ""
        return Query(tuple((name, value) for name, value in with_both_ends(values).items() if value))

    def dated(self, today: date) -> Query:
        """Return this query with relative dates fixed as of *today*, a day of the account's."""
        return replace(self, filters=tuple((name, dated(name, value, today)) for name, value in self.filters))

    @property
    def in_each_field(self) -> tuple[Query, ...]:
        """This query for each of the fields in which its first value is searched for."""
        (_, value), *others = self.filters or (("", ""),)
        return (Query(self.filters), *((Query(((self.also_in, value), *others)),) if self.also_in else ()))

    def parameters(self, *, with_time: bool = False) -> dict[str, str]:
        """Return the parameters to send for this query, dated; *with_time* adds the first or last second to ends of ranges."""
        sent: dict[str, str] = {}
        for name, value in self.filters:
            if with_time and " " not in value:
                value += _SECONDS.get(kind_of(name), "")
            sent[name.removeprefix(CUSTOM_MARK)] = phone_of(value).national if is_phone(name) else value
        return sent

    @property
    def phone_codes(self) -> frozenset[str]:
        """The ``phone_code`` of foreign numbers: the API has no filter for it, so it is compared on our side."""
        return frozenset(code for name, value in self if is_phone(name) and (code := phone_of(value).country_code))

    def summary(self, dated: Query | None = None, zone: str = "") -> str:
        """Return the filters on one line: ``state CA · created −7d``; with *dated*, also days and *zone*: ``−7d (2026-11-21)``."""
        values, days = dict(self.filters), dict(dated.filters) if dated is not None else {}
        parts: list[str] = []
        for name, value in self:
            is_span = is_date(name) and dates.is_span(value)
            if is_span and values.get(RANGE_STARTS.get(name, "")) == value:
                # Shown with the first day.
                continue
            shown = value.replace("-", "−") if is_date(name) and value.startswith("-") else one_line(value, 40)
            if days.get(name, value) != value:
                last = RANGE_ENDS.get(name, "")
                resolved = (days[name], days[last]) if is_span and values.get(last) == value else (days[name],)
                shown += f" ({' … '.join(resolved)}{f' {zone}' if zone else ''})"
            label = name.replace("_at_start_date", "").replace("_at_end_date", " to") if is_date(name) else name
            parts.append(f"{label.removeprefix(CUSTOM_MARK).replace('_', ' ')} {shown}")
        return " · ".join(parts)


TOKEN_VARIABLE = "$CONVOSO_AUTH_TOKEN"  # noqa: S105 - the variable's name, in place of the token


def curl_command(base_url: str, queries: Sequence[Query], limit: int, *, with_time: bool = False) -> str:
    """Return a command, on one line, that requests the first *limit* leads of each of *queries*, whose dates are fixed.

    It is safe to paste into sh, bash, zsh and fish, whatever the values contain: each address is in single quotes, within which
    a shell expands nothing, and percent-encoded, so that it contains no quote, no space and nothing that ``curl`` itself expands.
    The token's variable is a separate argument in double quotes, which curl 7.18 or later appends to the address (``--get``).
    """
    addresses = []
    for query in queries:
        parameters = {name: value for name, value in query.parameters(with_time=with_time).items() if value}
        sent = urlencode(parameters | {"offset": "0", "limit": str(limit)}, quote_via=quote, safe="", errors="replace")
        # The base URL has been checked, but is encoded anyway, since only the quotes protect the shell from it.
        addresses.append(f"'{quote(f'{base_url}/leads/search', safe='/:[]@-._~')}?{sent}'")
    return f'curl --get --data-urlencode "auth_token={TOKEN_VARIABLE}" {" ".join(addresses)}'
