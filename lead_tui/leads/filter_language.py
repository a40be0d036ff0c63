"""Narrowing: a small language that selects among the loaded leads, and its parser; and the search for leads with the same value.

    gold family            both words, anywhere in the lead
    "call back"            a phrase
    -spam                  not
    city:angeles           in that field; a number, a day or a phone is compared as one
    called_count>3         also < >= <=, and = for the whole value
    "plan sold":gold       a field by its label
    email:""               an empty field

A quotation mark within a phrase is doubled. Case, accents and the kind of apostrophe never matter. All terms must match. ``+name``
is the account's own attribute of that name. Days are written as in filters (``2026-03-02``, ``-7d``, ``yesterday``) and compared as
precisely as they are written: ``created_at>2026-03-02`` begins with the third.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple, TypeVar

from msgspec import Struct

from lead_tui.leads import dates
from lead_tui.leads.columns import Values, column_kind, column_value
from lead_tui.leads.dates import moment_in
from lead_tui.leads.errors import UsageError
from lead_tui.leads.fields import IDENTITIES, PHONE_FIELDS, ZERO_DATE, FieldNames, Kind, column_of, fields_of, is_custom, shows_any
from lead_tui.leads.lead import Lead, Row, as_text, decode_row, first_id
from lead_tui.leads.lookup import LookUp, look_up_phones
from lead_tui.leads.phones import MAX_EXACT_DIGITS, Phone, as_written, digits_of, parse_phone
from lead_tui.leads.query import FilterKind, Query, kind_of
from lead_tui.leads.text import fold, one_line, unescaped
from lead_tui.leads.values import DATED, digits_in, folded, folded_line, line_text, number_in, quantity_in

GRAMMAR = 'word "a phrase" -not field:value field>5'  # the hint below the input

_ORDERS = (">", "<", ">=", "<=")

_TERM = re.compile(
    r"""\s*(?P<minus>-)?
    (?:(?P<field>"(?:[^"]|"")*"|[^\s":<>=]+)(?P<op>>=|<=|:|=|>|<)(?P<value>"(?:[^"]|"")*"|[^\s"]*)
      |(?P<word>"(?:[^"]|"")*"|[^\s"]+))""",
    re.VERBOSE,
)
_FIELD_LIKE = re.compile(r"\+{0,2}[^\W\d][\w .\-/]*")
"""What may be a field's name: ``9:30`` and ``//host`` are words."""

_NEEDS_QUOTES = re.compile(r'[\s"<>=:]')

_PHONE_LIKE = re.compile(r"(?:[()+./ \-]*\d){3}[\d()+./ \-]*", re.ASCII)

NO_MATCH, UNCOMPARED, MATCH = range(3)
"""The outcome for a value; of several columns the highest counts. ``UNCOMPARED`` cannot be compared by more or less."""

_OUTCOME_OF = {False: NO_MATCH, None: UNCOMPARED, True: MATCH}


Ordered = TypeVar("Ordered", float, datetime, str)


class FieldTerm(NamedTuple):
    """A value to compare with that of any of *columns*, each with the fields that it is read from."""

    is_wanted: bool
    columns: Mapping[str, tuple[str, ...]]
    op: str
    text: str
    number: int | float | None  # that the value means
    moments: tuple[datetime, datetime] | None  # the first and the last of the day or time that the value means
    zone: tzinfo | None

    def outcomes(self, column: str, values: Iterable[Values]) -> Iterator[int]:
        """Return the outcome for each of the *values* of *column*."""
        return (_OUTCOME_OF[self._holds(column, each)] for each in values)

    def _holds(self, column: str, values: Values) -> bool | None:
        """Return whether the value of *column* matches; None if it cannot be compared."""
        value = column_value(column, values) if values else None
        text, kind, is_order = folded(value), column_kind(column), self.op in _ORDERS
        if not self.text or not text or (not is_order and self.text == text):
            return self.text == text
        found = quantity_in(value, kind, self.zone)
        if isinstance(found, datetime) and self.moments is not None:
            return _compare(found, self.op, *self.moments)
        if isinstance(found, int | float) and self.number is not None:
            return _compare(found, self.op, self.number, self.number)
        if not is_order:
            return self._has_text(column, kind, text, values)
        # Text is ordered only if both values are text: a count without a number is neither more nor less than 3.
        if kind is Kind.TEXT or (kind, found, self.number, self.moments) == (None, None, None, None):
            return _compare(text, self.op, self.text, self.text)
        return False if text.startswith(ZERO_DATE) else None

    def _has_text(self, column: str, kind: Kind | None, text: str, values: Values) -> bool:
        """Return whether the value matches as text: as it was sent, or as it is shown, a phone with its country code."""
        shown = text
        if not is_custom(column):
            shown = folded_line(line_text(Lead(dict(zip(self.columns[column], values, strict=False))), column))
        texts, wanted = (text, shown), self.text
        if kind is Kind.PHONE and (digits := _phone_digits(self.text)):
            texts, wanted = (digits_in(text), digits_in(shown)), digits
        if self.op == "=":
            return wanted in texts
        if kind is Kind.GENDER:
            # "male" is also within "female".
            return shown.startswith(wanted)
        return any(wanted in each for each in texts)


def _compare(value: Ordered, op: str, least: Ordered, most: Ordered) -> bool:
    """Return whether *value* is more or less than a value that means all from *least* to *most*, or else is within it."""
    match op:
        case ">":
            return value > most
        case "<":
            return value < least
        case ">=":
            return value >= least
        case "<=":
            return value <= most
    return least <= value <= most


class Narrowing(Struct, frozen=True):
    """A selection of leads that ``parse`` made of *text*. It ignores *concealed* fields."""

    text: str
    fields: Sequence[FieldTerm] = ()
    words: Sequence[tuple[bool, str]] = ()  # each with whether leads must have it, or must not
    concealed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.fields or self.words)

    def with_words(self, lines: bytes, among: Iterable[int]) -> list[int]:
        """Return which *among* these *lines* (``text_lines``) have the words."""
        texts, found = lines.split(b"\n"), list(among)
        for is_wanted, word in self.words:
            text, digits = word.encode("utf-8", "replace"), _phone_digits(word).encode().translate(_PHONE_DIGITS)
            found = [each for each in found if (text in texts[each] or (digits != b"" and digits in texts[each])) is is_wanted]
        return found


def parse(
    text: str, names: FieldNames, today: date, zone: tzinfo | None = None, concealed: frozenset[str] = frozenset()
) -> Narrowing:
    """Return what *text* selects *today*, in *zone* (None for the host's), ignoring *concealed* fields. Raises ``UsageError``."""
    fields: list[FieldTerm] = []
    words: list[tuple[bool, str]] = []
    text = text.strip()
    if text.count('"') % 2:
        raise UsageError("A quotation mark is missing")
    for match in _TERM.finditer(text):
        is_wanted = match["minus"] is None
        if match["field"] is not None and (match["field"].startswith('"') or _FIELD_LIKE.fullmatch(match["field"])):
            name, op, value = _unquoted(match["field"]), match["op"], folded_line(_unquoted(match["value"]))
            columns = _columns(name, names, concealed)
            kinds = set(map(column_kind, columns))
            moments = _moments(value, today, zone) if not kinds.isdisjoint(DATED) else None
            number = number_in(value)
            if not value and not (match["value"].startswith('"') and op in (":", "=")):
                raise UsageError(f'A value is missing after {name}{op} (two quotation marks stand for empty: {name}:"")')
            if op in _ORDERS and moments is None and number is None and kinds.isdisjoint((Kind.TEXT, None)):
                raise UsageError(f"{name}{op} takes a number, or a date: {dates.GRAMMAR}")
            fields.append(FieldTerm(is_wanted, columns, op, value, number, moments, zone))
        elif word := folded_line(_unquoted(match[0].strip().removeprefix("" if is_wanted else "-"))):
            words.append((is_wanted, word))
    return Narrowing(text, fields, words, concealed)


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if len(text) > 1 and text.startswith('"') and text.endswith('"') else text


def _columns(name: str, names: FieldNames, concealed: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return the columns called *name*, with the fields that are read for each."""
    named = names.find(name)
    if not named:
        like = names.nearest(name)
        hint = f"did you mean {one_line(like, 40)}?" if like else "quotation marks around it look for the text"
        raise UsageError(f"No field is called {one_line(name, 40)}: {hint}")
    if "local_time" in named:
        raise UsageError("Local time keeps changing: narrow by gmt_offset_now instead, such as gmt_offset_now<-5")
    columns: dict[str, tuple[str, ...]] = {}
    for column in named:
        if not shows_any(column, concealed):
            # Phones and offsets are shown in a form that depends on the country code.
            has_code = column_kind(column) in (Kind.PHONE, Kind.OFFSET) and "phone_code" not in concealed
            columns[column] = (*fields_of(column), "phone_code") if has_code else fields_of(column)
    if not columns:
        raise UsageError(f"{one_line(name, 40)} is masked: leads are not narrowed by it here")
    return columns


def _moments(text: str, today: date, zone: tzinfo | None) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment of the day or time *text*; None if it is neither."""
    if ":" in text and (moment := moment_in(text.upper(), zone)):
        return moment, moment.replace(second=moment.second if text.count(":") > 1 else 59, microsecond=999_999)
    with suppress(ValueError):
        first, last = (dates.resolve(text, today, end=end) for end in (False, True))
        return datetime.combine(first, time.min), datetime.combine(last, time.max)
    return None


def _phone_digits(text: str) -> str:
    """Return the digits of *text* if it may be a phone or part of one; else ""."""
    return digits_in(text) if _PHONE_LIKE.fullmatch(text) else ""


# Words in many leads at once

_PHONE_DIGITS = bytes.maketrans(b"0123456789", bytes(range(0xF5, 0xFF)))
"""Stand for the digits of phones, however they are written: bytes that never occur in UTF-8, so that no word matches them."""


def text_lines(rows: Iterable[Row], concealed: frozenset[str]) -> bytes:
    """Return the values of the leads in *rows*, folded, one line for each lead, without the *concealed* fields."""
    lines: list[bytes] = []
    for lead in map(decode_row, rows):
        sent = {key: value for key, value in lead.sent.items() if key not in concealed}
        name = f"{as_text(sent.get('first_name'))} {as_text(sent.get('last_name'))}"
        joined = unescaped("\0".join((*map(as_text, sent.values()), name)))
        folded_text = fold(joined) if joined.isascii() else "\0".join(map(fold, joined.split("\0")))
        code = lead.country_code if "phone_code" in sent else "1"
        phones = "\0".join(("" if code == "1" else code) + digits_in(sent[key]) for key in PHONE_FIELDS if sent.get(key))
        text = " ".join(folded_text.split()).encode("utf-8", "replace")
        lines.append(b"%b\0%b" % (text, phones.encode().translate(_PHONE_DIGITS)))
    return b"\n".join(lines)


# Finding leads with the same value

_ID_OF = {field: fields[0] for fields in (("lead_id", "id"), *IDENTITIES) for field in fields if field}
"""The field to search by, which is also the name of the filter, by the field under the cursor."""


def same_value(lead: Lead, key: str) -> Query | LookUp | str:
    """Return what finds the leads with the same value of *key* as *lead*: a query, a look-up, or a text that narrows."""
    text = as_text(lead.sent.get(key)).strip()
    day = moment.date().isoformat() if (moment := moment_in(text[:10])) else ""
    filters: dict[str, str] = {}
    if key in PHONE_FIELDS:
        if phone := _look_up(text, lead.country_code):
            return phone
    elif name := _ID_OF.get(key):
        filters = {name: first_id(lead.sent.get(name), lead.sent.get("id") if name == "lead_id" else "")}
    elif key in ("created_at", "updated_at"):
        filters = dict.fromkeys((f"{key}_start_date", f"{key}_end_date"), day)
    elif (kind := kind_of(key)) is not None:
        filters = {key: day if kind is FilterKind.DAY else text}
    if any(filters.values()):
        # The filter may not accept the value, or mean another one by it: an address within a text, a code for a name.
        with suppress(UsageError):
            query = Query.of(filters)
            if dict(query) == filters:
                return query
    return exactly(column_of(key), lead.sent.get(key))


def _look_up(text: str, country_code: str) -> LookUp | None:
    """Return the look-up of the phone *text*, by exact digits if parsing would change the stored ones; None without a number."""
    digits = digits_of(text)
    bare = digits.removeprefix("+")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= MAX_EXACT_DIGITS):
        return None
    phone = Phone(bare, is_exact=True)
    with suppress(ValueError):
        parsed = parse_phone(f"+{country_code}{bare}" if country_code != "1" and digits == bare else digits)
        if digits != bare or parsed.national == bare:
            phone = parsed
    written = phone.national if phone.is_exact else as_written(phone.national, phone.country_code)
    return look_up_phones((phone,), written)


def exactly(column: str, value: object) -> str:
    """Return the narrowing, as a user would type it, to the leads with the same *value* in *column*."""
    name = column if _FIELD_LIKE.fullmatch(column) and " " not in column else _quoted(column)
    text = " ".join(unescaped(as_text(value)).split())
    return f"{name}={text if folded_line(text) and not _NEEDS_QUOTES.search(text) else _quoted(text)}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
