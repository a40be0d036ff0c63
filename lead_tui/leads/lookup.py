"""Recognize what an agent types or pastes into the look-up box, or puts into a list; and the messages for an empty result.

The first of these rules that applies to a text counts. What is not looked up is ignored, and shown.

    #7 · 1003 · Lead 1003 · 1003, 1004           lead ids
    =442079460019                                a phone, exactly these digits
    tel:+1 301-555-0123 x12 · Jane <j@b.org>     phones and emails, each wherever it is in the text
    ticket about #1003                           lead ids among words
    555-0123 · Agent 4455                        refused: digits that are none of these are never looked up as a name
    Jane Public · Public, Jane · Mr. Public Jr.  a name
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK, KNOWN_STATUSES, PHONE_FIELDS, label_of
from lead_tui.leads.phones import MAX_NUMBERS, SIP_NUMBER, TOO_FEW, Phone, digits_of, find_phones, visible
from lead_tui.leads.query import BETWEEN_IDS, FILTER_BY_NAME, ID_LABEL, Query, addresses, checked_value, remark_on
from lead_tui.leads.text import one_line, unescaped

FieldQuery = tuple[str, Query]  # the field that matches, and the query that finds it there
MAX_CHARACTERS = 4_000  # characters of a text to look up: a page, not a document

_ID = rf"(?i)(?:{ID_LABEL})?(?:#\s*[0-9]{{1,18}}|[0-9]{{3,9}})(?:\.0)?"
_ID_AMONG_WORDS = r"(?<!\S)#\s*([0-9]{1,18})\b"
_TITLE = r"(?i)\b(?:mr|mrs|ms|miss|dr|prof)\b\.?(?=.)"  # is not stored
_SUFFIX = r"(?i),? \b((?:jr|sr|ii|iii|iv)\b\.?)"  # may be stored, in the last name
_EDGES = " \"'“”<>[](){};:*,|_-"
_OTHER_APOSTROPHE = str.maketrans("'’‘`´ʼ", "’'''''")


class LookUp(Struct, frozen=True):
    """The requests of a look-up: *parts* together, merged by lead id; then *otherwise*, one by one, until something is found."""

    text: str  # what was typed, on one clean line
    parts: tuple[FieldQuery, ...]
    otherwise: tuple[FieldQuery, ...] = ()
    ignored: str = ""  # the part of the text that was not looked up, on one clean line

    @property
    def requests(self) -> int:
        """The number of requests that it begins with."""
        return sum(len(query.in_each_field) for _, query in self.parts)

    @property
    def is_name(self) -> bool:
        return self.parts[0][0] in ("name", "last_name")

    def values_text(self) -> str:
        """Return the values to search for, on one clean line: phones, addresses, ids or a name."""
        values = [value for _, query in self.parts for _, value in query]
        return one_line(" ".join(values) if self.is_name else ", ".join(dict.fromkeys(values)))

    def ignored_text(self) -> str:
        """Return a sentence about the part of the text that was ignored; "" if nothing was."""
        return f"Looked up {self.values_text()} · ignored “{one_line(self.ignored, 60)}”" if self.ignored else ""


def look_up(text: str) -> LookUp:
    """Return the look-up for *text*. Raises ``UsageError``, with a sentence for the user, if it cannot be understood."""
    if len(text) > MAX_CHARACTERS:
        raise UsageError("This text is too long to look up")
    # Web forms leave entities in names, whose digits are not an id.
    text = unicodedata.normalize("NFC", visible(unescaped(text))).strip()
    said = " ".join(one_line(text).split())
    ids = re.split(BETWEEN_IDS, text.strip(" ,;"))
    if all(re.fullmatch(_ID, each.strip()) for each in ids):
        return LookUp(said, (("lead_id", Query.of({"lead_id": ",".join(ids)})),))
    # A SIP address looks like an email, but names a number.
    rest = re.sub(SIP_NUMBER, r"\1", text)
    emails = addresses(rest)
    for email in emails:
        rest = rest.replace(email, " ")
    found = find_phones(rest)
    if found.phones or emails:
        if len(found.phones) + len(emails) > MAX_NUMBERS:
            raise UsageError(f"This text has more than {MAX_NUMBERS} numbers: look up at most {MAX_NUMBERS} at a time")
        parts = [("email", Query.of({"email": email})) for email in emails]
        return LookUp(said, (*look_up_phones(found.phones, said).parts, *parts), ignored=_worth_saying(found.rest))
    if ids := re.findall(_ID_AMONG_WORDS, text):
        rest = re.sub(_ID_AMONG_WORDS, " ", text)
        return LookUp(said, (("lead_id", Query.of({"lead_id": ",".join(ids)})),), ignored=_worth_saying(rest))
    digits = re.findall("[0-9]+", text)
    if found.problem or (digits and not any(map(str.isalpha, text))):
        may_be_id = len(digits) == 1 and 0 < int(digits[0]) < 10**9
        raise UsageError(found.problem or TOO_FEW, remedy=f"type #{digits[0]} for lead id {digits[0]}" if may_be_id else "")
    return _name(said)


def whole_phone(text: str) -> LookUp | None:
    """Return the look-up for *text* if it is exactly one phone that cannot become longer: ten digits, or ``+1`` and ten digits.

    ``1301…``, ``011…`` and ``00…`` begin longer ones; foreign numbers have no fixed length, and take several requests per field.
    """
    found = find_phones(text).phones if re.fullmatch(r"(?:\+1)?[2-9][0-9]{9}", digits_of(text)) else ()
    return look_up_phones(found, one_line(text)) if found else None


def in_one_line(pasted: str) -> str:
    """Return *pasted* text on one line, to be looked up as its lines and cells would be."""
    return "; ".join(line.strip().replace("\t", "  ") for line in pasted.splitlines() if line.strip())


def look_up_phones(phones: Iterable[Phone], said: str) -> LookUp:
    """Return the look-up of *phones*, each in every phone field; *said* is what was typed."""
    parts = ((field, Query(((field, phone.canonical),))) for phone in phones for field in PHONE_FIELDS)
    return LookUp(said, tuple(parts))


def _worth_saying(rest: str) -> str:
    """Return the *rest* of a text on one clean line, without words that are only punctuation."""
    return " ".join(word for word in one_line(rest).split() if any(map(str.isalnum, word))).strip(_EDGES)


def _name(said: str) -> LookUp:
    name = " ".join(re.sub(_TITLE, " ", said).replace(";", " ").split()).strip(_EDGES)
    with_suffix, without = (re.sub(_SUFFIX, suffix, name).strip(_EDGES) for suffix in (r" \1", ""))
    names = [_first_and_last(with_suffix), _first_and_last(without)]
    if "," not in without:
        # ``Mary Ann Smith``: a first name may have two words.
        first, _, last = without.rpartition(" ")
        names += [(first, " ".join([last, *re.findall(_SUFFIX, name)])), (first, last)]
    names += [(first.translate(_OTHER_APOSTROPHE), last.translate(_OTHER_APOSTROPHE)) for first, last in names]
    # A query without a name would find the whole account.
    parts = [_name_part(first, last) for first, last in dict.fromkeys(names) if any(map(str.isalnum, first + last))]
    if not parts:
        raise UsageError("There is nothing to look up", remedy="type a phone, an email, a lead id or a name")
    return LookUp(said, tuple(parts[:1]), tuple(parts[1:]))


def _first_and_last(name: str) -> tuple[str, str]:
    """Return the first and the last name of ``Public, Jane``, or of words of which the first is the first name; "" of one word."""
    last, _, first = (part.strip() for part in name.partition(","))
    if not first and " " in last:
        first, _, last = last.partition(" ")
    return first, last


def _name_part(first: str, last: str) -> FieldQuery:
    query = Query.of({"first_name": first, "last_name": last})
    # A name of one word may be either.
    return ("name", query) if first else ("last_name", replace(query, also_in="first_name"))


# Lists of values, such as a call list


class ListedLookUp(Struct, frozen=True):
    """A line of a list of look-ups."""

    line: int  # counted from 1
    text: str  # as it was given, without the space around it
    look_up: LookUp | None  # None if *text* is not a phone, an email or a lead id


def ids_in(name: str, text: str) -> str:
    """Return the ids in *text*, each once, as a value of the filter *name*. Raises ``FilterError``, which names the line."""
    ids: dict[str, None] = {}
    for number, line in _lines(text):
        try:
            ids |= dict.fromkeys(checked_value(name, line).split(","))
        except FilterError:
            raise FilterError(name, f"Line {number:,} is not an id") from None
    return ",".join(ids)


def look_ups_in(text: str) -> tuple[ListedLookUp, ...]:
    """Return the look-ups in *text*, one per line, each once. Raises ``UsageError`` if no line is understood."""
    listed: dict[object, ListedLookUp] = {}
    for number, line in _lines(text):
        parsed = None
        # A name is more likely a heading or a comment.
        with suppress(UsageError):
            parsed = None if (found := look_up(line)).is_name else found
        listed.setdefault(line if parsed is None else parsed.parts, ListedLookUp(number, line, parsed))
    if all(each.look_up is None for each in listed.values()):
        raise UsageError("No line of standard input is a phone number, an email or a lead id", remedy="put one on each line")
    return tuple(listed.values())


def only_line(text: str) -> str:
    """Return the only line of *text* that is not blank; "" if there are several, or none."""
    lines = _lines(text)
    return lines[0][1] if len(lines) == 1 else ""


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines of *text* that are not blank, with their numbers."""
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


# Messages for an empty result: what was searched for, and hints for the next attempt

_MAX_VALUE, _MAX_STATUSES = 60, 30
_MIN_PHONE_LIKE = 7  # digits from which a lead id may be meant as a phone without its area code

_SOUGHT = {"lead_id": "id", "email": "email", "name": "name", "last_name": "last or first name"}


def no_lead_for(look_up: LookUp, *, with_values: bool = True) -> tuple[str, ...]:
    """Return sentences about *look_up*, which found nothing; *with_values* repeats what was looked up."""
    field, values, quote = look_up.parts[0][0], look_up.values_text(), '"' if look_up.is_name else ""
    what = _SOUGHT.get(field, "phone")
    this = "any of these values" if "," in values else f"this {what}"
    said = f"{what} {quote}{one_line(values, 2 * _MAX_VALUE)}{quote}" if with_values else this
    if field in PHONE_FIELDS:
        said += f" ({', '.join(map(label_of, PHONE_FIELDS))})"
    is_phone_like = field == "lead_id" and values.isdigit() and len(values) >= _MIN_PHONE_LIKE
    return f"No lead with {said}", *(["a phone number needs all 10 digits"] if is_phone_like else [])


def no_leads_match(query: Query, observed: Sequence[tuple[str, str]] = (), *, with_values: bool = True) -> tuple[str, ...]:
    """Return sentences about *query*, which found nothing, *with_values* or not; *observed* has the account's statuses."""
    filters = ", ".join(f'{_label(name)} "{one_line(value, _MAX_VALUE)}"' if with_values else _label(name) for name, value in query)
    sentences = [f"No leads match {filters if with_values or not query else f'({filters})'}".rstrip()]
    sentences += [f"{_label(name)}: {remark}" for name, value in query if with_values and (remark := remark_on(name, value))]
    status, known = query.value("status"), dict(observed)
    if status and status not in known and status not in KNOWN_STATUSES:
        known = known or KNOWN_STATUSES
        labels = [one_line(f"{code} ({label})" if label else code) for code, label in known.items()]
        sentences.append(f"known statuses: {', '.join(labels[:_MAX_STATUSES])}")
    return tuple(sentences)


def _label(name: str) -> str:
    known = FILTER_BY_NAME.get(name)
    return known.label.lower() if known is not None else one_line(name.removeprefix(CUSTOM_MARK), _MAX_VALUE)
