"""Narrowing: a small language that selects leads among the loaded ones, and the predicate that it is parsed to.

    gold family            both words, anywhere in the lead
    "call back"            a phrase
    -spam                  not
    city:angeles           in that field; a number, a day or a phone is compared as one
    called_count>3         also < >= <=, and = for the whole value
    "plan sold":gold       a field by its label
    email:""               an empty field

A quotation mark within a phrase is written twice. Case and accents never matter, nor does which apostrophe is typed. All terms must
hold. ``+name`` is the account's own attribute of that name. Days are written as in filters (``2026-03-02``, ``-7d``, ``yesterday``)
and compared by as much as is written: ``created_at>2026-03-02`` begins with the third.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import filterfalse
from typing import Any, NamedTuple

from lead_tui.leads import dates
from lead_tui.leads.coercion import digits_in, folded, folded_line, moment_in, number_in
from lead_tui.leads.columns import Values
from lead_tui.leads.decode import Row, decode_row
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import FIELD_BY_KEY, PHONE_FIELDS, ZERO_DATE, Kind, is_custom, key_of, shows_any
from lead_tui.leads.formatting import line_text
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.names import FieldNames
from lead_tui.leads.text import fold, one_line, unescaped
from lead_tui.leads.word_search import SEPARATOR, SearchBody, SearchWord

GRAMMAR = 'word "a phrase" -not field:value field>5'
"""The hint below the input."""

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_SPAN_ORDERS: dict[str, Callable[[datetime, datetime, datetime], bool]] = {
    ">": lambda moment, _first, last: moment >= last,
    "<": lambda moment, first, _last: moment < first,
    ">=": lambda moment, first, _last: moment >= first,
    "<=": lambda moment, _first, last: moment < last,
}
"""The same for a moment and a span of time, whose last moment is the first one after it."""

_MIN_PHONE_DIGITS = 3

_TERM = re.compile(
    r"""\s*(?P<minus>-)?
    (?:(?P<field>"(?:[^"]|"")*"|[^\s":<>=]+)(?P<op>>=|<=|:|=|>|<)(?P<value>"(?:[^"]|"")*"|[^\s"]*)
      |(?P<word>"(?:[^"]|"")*"|[^\s"]+))""",
    re.VERBOSE,
)
_FIELD_LIKE = re.compile(r"\+{0,2}[^\W\d][\w .\-/]*")
"""What may be meant as a field's name: ``9:30`` and ``//host`` are words."""

_NEEDS_QUOTES = re.compile(r'[\s"<>=:]')

_PHONE_LIKE = re.compile(r"[\d()+./\-]+", re.ASCII)

DROPPED, KEPT, KEPT_UNSURE, DROPPED_UNSURE = range(4)
"""What a term makes of a lead; unsure where a value could not be compared by more or less."""

_VERDICTS = {True: bytes((DROPPED, DROPPED_UNSURE, KEPT)), False: bytes((KEPT, KEPT_UNSURE, DROPPED))}
"""By whether the term is meant to hold, and by outcome: it does not, unknown, it does."""


def _is_within(moment: datetime, first: datetime, last: datetime) -> bool:
    return first <= moment < last


class _Word(SearchWord):
    """Text anywhere in a lead; where it may be a phone's digits, also in a phone."""

    def __init__(self, text: str) -> None:
        super().__init__(text, phone_digits := _phone_digits(text))
        self._text = text
        self._phone_digits = phone_digits

    def holds(self, lead: Lead, haystack: str) -> bool:
        if self._text in haystack:
            return True
        return bool(self._phone_digits) and any(self._phone_digits in digits_in(lead.sent.get(key)) for key in PHONE_FIELDS)


@dataclass(frozen=True, slots=True)
class _InField:
    """A value compared with that of one of *keys*."""

    keys: tuple[str, ...]
    op: str
    text: str
    number: int | float | None
    first: datetime | None
    """The first moment that the value stands for, where it is a day or a time."""
    last: datetime | None
    """Where it ends: the first moment after it."""
    zone: tzinfo | None

    def outcome(self, lead: Lead, column: str) -> int:
        """Return whether the value of *column* holds: 2, 1 if it could not be compared, or 0. Of several ``keys``, the highest."""
        held = self._holds(lead, column)
        return 1 if held is None else 2 * held

    def _holds(self, lead: Lead, column: str) -> bool | None:
        key = key_of(column)
        value: object = lead.name if column == "name" else lead.sent.get(key)
        text = folded_line(lead.name) if column == "name" else folded(value)
        if not self.text:
            return not text
        if not text:
            return False
        kind = _kind(column)
        order = _ORDERS.get(self.op)
        if kind in _MOMENTS and self.first is not None and self.last is not None:
            moment = moment_in(value, self.zone)
            if moment is not None:
                return _SPAN_ORDERS.get(self.op, _is_within)(moment, self.first, self.last)
        if kind in _NUMBERS and self.number is not None:
            number = number_in(value)
            if number is not None:
                return number == self.number if order is None else order(number, self.number)
        if order is not None:
            # Text is put in order only where both are text: a count that holds no number is neither more nor less than 3.
            if self._both_are_text(kind, value):
                return order(text, self.text)
            return False if text.startswith(ZERO_DATE) else None
        return self._means(lead, column, kind, text)

    def _both_are_text(self, kind: Kind | None, value: object) -> bool:
        if kind in (Kind.TEXT, Kind.LONG):
            return True
        return kind is None and self.number is None and self.first is None and number_in(value) is None and moment_in(value) is None

    def _means(self, lead: Lead, column: str, kind: Kind | None, text: str) -> bool:
        """Whether the value is the text that was asked for, or for ``:`` holds it."""
        if kind is Kind.PHONE and (digits := _phone_digits(self.text)):
            return digits == digits_in(text) if self.op == "=" else digits in digits_in(text)
        written = text if is_custom(column) else folded_line(line_text(lead, column))
        if self.op == "=":
            return self.text in (text, written)
        if kind in (Kind.YES_NO, Kind.GENDER):
            return self.text == text or written.startswith(self.text)
        return self.text in text or self.text in written


_NUMBERS = (Kind.COUNT, Kind.ID, Kind.OFFSET, None)
_MOMENTS = (Kind.DATE, Kind.DATE_TIME, None)


def _kind(key: str) -> Kind | None:
    """None for a custom attribute, whose values are what they look like."""
    if key == "name":
        return Kind.TEXT
    field = FIELD_BY_KEY.get(key)
    return field.kind if field is not None else None


class FieldTerm(NamedTuple):
    """A term about a field: whether it is *wanted* to hold, and the columns that decide it."""

    wanted: bool
    term: _InField
    columns: Sequence[tuple[str, ...]]
    """The fields that are read for each of the term's keys."""

    @property
    def verdicts(self) -> bytes:
        """What the term makes of a lead, by the highest outcome of its keys."""
        return _VERDICTS[self.wanted]

    def outcomes(self, column: int, values: Iterable[Values]) -> Iterator[int]:
        """Yield the outcome of each of *values* of the column with this number."""
        key, keys = self.term.keys[column], self.columns[column]
        return (self.term.outcome(Lead(dict(zip(keys, each, strict=False))), key) for each in values)


class Narrowing:
    """What selects leads, made of *text* by ``parse``. It does not look at *concealed* fields."""

    def __init__(
        self, text: str, terms: Sequence[tuple[bool, _Word | _InField]] = (), concealed: frozenset[str] = frozenset()
    ) -> None:
        self.text = text
        self.concealed = concealed
        self.fields = tuple(
            FieldTerm(wanted, term, [tuple(each for each in _keys_read(key) if each not in concealed) for key in term.keys])
            for wanted, term in terms
            if isinstance(term, _InField)
        )
        self.words = [(wanted, term) for wanted, term in terms if isinstance(term, _Word)]

    def __bool__(self) -> bool:
        return bool(self.fields or self.words)

    def with_words(self, body: bytes, odd: bytes, count: int, among: Iterable[int], row: Callable[[int], Row]) -> list[int]:
        """Return which *among* these positions of *count* rows have the words.

        *body* has the rows, joined by ``word_search.SEPARATOR``, *odd* their odd values. *row* returns one of them.
        """

        def holds(place: int) -> bool:
            lead = decode_row(row(place))
            if not self.concealed.isdisjoint(lead.sent):
                lead = Lead({key: value for key, value in lead.sent.items() if key not in self.concealed}, lead.problem)
            haystack = _haystack(lead)
            return all(word.holds(lead, haystack) is wanted for wanted, word in self.words)

        if odd.count(SEPARATOR) + 1 != count:
            return list(filter(holds, among))
        search_body = SearchBody(body, odd, count)
        may_hold = [(wanted, word.rows_in(search_body)) for wanted, word in self.words]
        may_match = set(among).intersection(*(places for wanted, places in may_hold if wanted))
        may_have = set[int]().union(*(places for _, places in may_hold))
        return sorted(place for place in may_match if place not in may_have or holds(place))


def parse(
    text: str, names: FieldNames, today: date, zone: tzinfo | None = None, concealed: frozenset[str] = frozenset()
) -> Narrowing:
    """What *text* stands for, on the account's day *today*, its clock in *zone* (None for the host's).

    Fields that are *concealed* cannot be asked for, and words are not looked for in them. Raises ``UsageError``, with a sentence
    for the user.
    """
    terms: list[tuple[bool, _Word | _InField]] = []
    at = 0
    text = text.strip()
    if text.count('"') % 2:
        raise UsageError("A quotation mark is missing")
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            # Only a stray minus, or space, is left.
            at += 1
            continue
        at = found.end()
        wanted = found["minus"] is None
        if found["field"] is not None and (found["field"].startswith('"') or _FIELD_LIKE.fullmatch(found["field"])):
            name = _unquoted(found["field"])
            term = _in_field(name, found["op"], found["value"], names, today, zone)
            keys = tuple(key for key in term.keys if not shows_any(key, concealed))
            if not keys:
                raise UsageError(f"{one_line(name, 40)} is masked: leads are not narrowed by it here")
            terms.append((wanted, replace(term, keys=keys)))
            continue
        word = folded_line(_unquoted(found[0].strip().removeprefix("" if wanted else "-")))
        if word:
            terms.append((wanted, _Word(word)))
    return Narrowing(text, terms, concealed)


def exactly(column: str, value: object) -> str:
    """The narrowing to the leads that have the same value in *column*, as the user would type it."""
    name = column if _FIELD_LIKE.fullmatch(column) and " " not in column else _quoted(column)
    said = " ".join(unescaped(as_text(value)).split())
    return f"{name}={said if said and not _NEEDS_QUOTES.search(said) else _quoted(said)}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if len(text) > 1 and text.startswith('"') and text.endswith('"') else text


def _in_field(name: str, op: str, value: str, names: FieldNames, today: date, zone: tzinfo | None) -> _InField:
    keys = names.find(name)
    if not keys:
        like = names.nearest(name)
        said = one_line(name, 40)
        hint = f"did you mean {one_line(like, 40)}?" if like else "quotation marks around it look for the text"
        raise UsageError(f"No field is called {said}: {hint}")
    if "local_time" in keys:
        raise UsageError("Local time changes as one looks: narrow by gmt_offset_now instead, as gmt_offset_now<-5")
    quoted = value.startswith('"')
    text = folded_line(_unquoted(value))
    if not text and (not quoted or op not in (":", "=")):
        raise UsageError(f'A value is missing behind {name}{op} (two quotation marks stand for empty: {name}:"")')
    first, last = _span(text, today) if any(_kind(key) in _MOMENTS for key in keys) else (None, None)
    number = number_in(text)
    if op in _ORDERS:
        kinds = {_kind(key) for key in keys}
        if kinds <= {Kind.DATE, Kind.DATE_TIME} and first is None:
            raise UsageError(f"{name}{op} takes a date: {dates.GRAMMAR}")
        if kinds <= {Kind.COUNT, Kind.ID, Kind.OFFSET} and number is None:
            raise UsageError(f"{name}{op} takes a number")
        if Kind.PHONE in kinds or kinds & {Kind.YES_NO, Kind.GENDER}:
            raise UsageError(f"{name} is neither more nor less than something: write {name}:{one_line(text, 20)}")
    return _InField(keys, op, text, number, first, last, zone)


def _span(text: str, today: date) -> tuple[datetime, datetime] | tuple[None, None]:
    """The first moment that *text* stands for and the first one behind it; Nones where it is no day and no time."""
    try:
        first_day, last_day = dates.resolve(text, today), dates.resolve(text, today, end=True)
        start = datetime(first_day.year, first_day.month, first_day.day)
        return start, datetime(last_day.year, last_day.month, last_day.day) + timedelta(days=1)
    except (ValueError, OverflowError):
        pass
    moment = moment_in(text.upper())
    if moment is None:
        return None, None
    try:
        if ":" not in text:
            return moment, moment + timedelta(days=1)
        return moment, moment + timedelta(minutes=1 if text.count(":") == 1 else 0, seconds=1 if text.count(":") > 1 else 0)
    except OverflowError:
        return None, None


def _phone_digits(text: str) -> str:
    """The digits of *text* where it may be a phone's, or a part of one; else ""."""
    if not _PHONE_LIKE.fullmatch(text.replace(" ", "")):
        return ""
    digits = digits_in(text)
    return digits if len(digits) >= _MIN_PHONE_DIGITS else ""


def _keys_read(column: str) -> tuple[str, ...]:
    """Return the fields that *column* is compared by: a phone is written with its country's code, and an offset doubted without."""
    if column == "name":
        return "first_name", "last_name"
    return (key_of(column), "phone_code") if _kind(column) in (Kind.PHONE, Kind.OFFSET) else (key_of(column),)


def _haystack(lead: Lead) -> str:
    """All that a lead holds, folded, in one line; values are told apart by a character that no word has."""
    sent = lead.sent
    texts = [value if value.__class__ is str else as_text(value) for value in sent.values()]
    texts.append(f"{as_text(sent.get('first_name'))} {as_text(sent.get('last_name'))}")
    joined = "\0".join(texts)
    if "null" in joined:
        # Some of them say nothing in that way.
        texts = list(map(as_text, texts))
        joined = "\0".join(texts)
    if "&" in joined and (decoded := unescaped(joined)) != joined:
        texts = decoded.split("\0")
        joined = decoded
    if joined.isascii():
        joined = joined.lower()
    else:
        # Few values have a letter that is to be folded; their order does not matter.
        rest = "\0".join(filter(str.isascii, texts)).lower()
        joined = "\0".join([rest, *map(fold, filterfalse(str.isascii, texts))])
    return joined if "\n" not in joined and "\t" not in joined and "\r" not in joined else _BREAKS.sub(" ", joined)


_BREAKS = re.compile(r"[\n\r\t]+")
