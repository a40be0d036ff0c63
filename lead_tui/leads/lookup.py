"""Recognize what an agent types or pastes into the look-up box: phones, emails, lead ids or a name; also lists of them, and the
messages for an empty result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, product

from msgspec import Struct
from msgspec.structs import replace

from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.fields import CUSTOM_MARK, KNOWN_STATUSES, PHONE_FIELDS, label_of
from lead_tui.leads.phones import EXACT_MARK, MAX_NUMBERS, SIP_NUMBER, TOO_FEW, Phone, digits_of, exact_phone, find_phones, visible
from lead_tui.leads.query import FILTER_BY_NAME, Query, addresses, checked_value, id_label, remark_on
from lead_tui.leads.text import one_line, unescaped

Part = tuple[str, Query]  # the field that matches, and the query that finds it there
MAX_CHARACTERS = 4_000  # characters of a text to look up: a page, not a document

_LABEL = id_label("leads?")
_HASH_ID = r"#\s*([0-9]{1,18})"
_ID = rf"(?i)(?:(?:{_LABEL}|[\s:]*){_HASH_ID}|{_LABEL}([0-9]{{1,9}})|([0-9]{{3,9}}))(?:\.0+)?"
_ID_AMONG_WORDS = rf"(?i){_HASH_ID}|\b(?!no\b)(?:(?<!\w[\s-])(?<!/)|(?=lead)){_LABEL}([0-9]{{3,9}})\b(?!\s*+[/-]?\s*[0-9]{{3}})"
"""Not ``Agent ID 4455``, which is no lead's."""
_BETWEEN_IDS = r"\s*[,;\r\n\t]\s*|\s+(?=#)"
_THOUSANDS = r"[0-9]{1,3}(?:,[0-9]{3})+"
_PHONE_WORD = r"(?i)\b(?:phone|tel|telephone|mobile|cell|fax|call)\b"
_MAILTO = r"(?i)\bmailto:|\bsips?:"
_APOSTROPHES = "'\u2019\u2018\u02bc\u0060\u00b4"
_EDGES = ' "\u201c\u201d\u00ab\u00bb<>;:*_\u2022\u00b7~!?=-\u2013\u2014'
_BEHIND_NAME = r"[;|\r\n]+|\s[-\u2013\u2014]\s|,(?=\s*[0-9])|\s(?=\w+:\s|[0-9]{1,4}[./-][0-9]{1,2}[./-])"
"""What separates a name from a note, an address, a date or another label."""

_TITLE = r"(?:mr|mrs|ms|miss|mx|dr|prof|sra?)\.?"
_TITLES = rf"(?i)^(?:{_TITLE} (?:&|and) {_TITLE} |{_TITLE}(?:(?<=\.) | (?=\S+ ))(?!(?:&|and) ))"
_SUFFIX = r"(?:jr|sr|ii|iii|iv|esq|m\.d|(?-i:MD)|ph\.?d|dds|rn|cpa)\.?"  # "Md" is a first name
_SELDOM_STORED = rf"(?i)^(\S+ \S+)$|(?: {_SUFFIX}){{1,3}}(?=,|$)|^(\S+) (?:&|and) \S+(?= )|(?<=[^\s,]) [^\W\d_]\.?(?= )"
_PARTICLE = r"(?i)(?:van|von|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ter|ten|st\.?|&|and) "
_LAST_INITIAL = r"|(?<=[^\s,]) [^\W\d_]\.?$"
_BESIDE_NAME = r'^(?:\w+ )?\w+:\s+|^[0-9]{1,2}[.)] |\s*\([^()\n]*\)|\s*["\u201c][^"\u201d,\n]*["\u201d]|"'
"""A label, the number of a line in a list, and nicknames."""
_NAME_FIELD = (
    r'(?i)(?:\b(first|last|full)[ _]?name|\bname|\bfn(?:;[^:\n]{0,60})?)["\s]*[:=]["\s]*+([^;"|{}\r\n\t]+?)'
    r'(?=[\s,]*(?:[;"|{}\r\n\t]|&\w+=|$|(?:first|middle|last)[ _]?name))'
)
"""A name with its label, as in a vCard, a form or another program's table."""

_MAX_DIVIDED = 5  # words of a name that is divided at each space: a search each

_NOTHING = "There is nothing to look up"
_KINDS = "type a phone, an email, a lead id or a name"


class LookUp(Struct, frozen=True):
    """The requests of a look-up: *parts* together, merged by lead id; then *otherwise*, one by one, until something is found."""

    text: str  # what was typed, on one clean line
    parts: tuple[Part, ...]
    otherwise: tuple[Part, ...] = ()
    ignored: str = ""  # the part of the text that was not looked up, on one clean line

    @property
    def requests(self) -> int:
        """The number of requests that it begins with."""
        return sum(len(query.in_each_field) for _, query in self.parts)

    @property
    def is_name(self) -> bool:
        return self.parts[0][0] not in ("lead_id", "email", *PHONE_FIELDS)

    def values_text(self) -> str:
        """Return the values to search for, on one clean line: phones, addresses, ids or a name."""
        if self.parts[0][0] == "name":
            return one_line(" ".join(value for _, value in self.parts[0][1]))
        return one_line(", ".join(dict.fromkeys(value for _, query in self.parts for _, value in query)))

    def ignored_text(self) -> str:
        """Return a sentence about the part of the text that was ignored; "" if nothing was."""
        return f"Looked up {self.values_text()} · ignored “{one_line(self.ignored, 60)}”" if self.ignored else ""


def look_up(text: str) -> LookUp:
    """Return the look-up for *text*. Raises ``UsageError``, with a sentence for the user, if it cannot be understood."""
    if len(text) > MAX_CHARACTERS:
        raise UsageError("This text is too long to look up", remedy=_KINDS)
    # Web forms leave entities in names, whose digits are not an id.
    text = unicodedata.normalize("NFC", visible(unescaped(text))).strip()
    said = " ".join(one_line(text).split())
    if not said:
        raise UsageError(_NOTHING, remedy=_KINDS)
    if text.startswith(EXACT_MARK):
        try:
            return look_up_phones((exact_phone(text.removeprefix(EXACT_MARK)),), said)
        except ValueError as error:
            raise UsageError(str(error)) from None
    if ids := _ids(text):
        return LookUp(said, (("lead_id", Query.of({"lead_id": ids})),))
    # A SIP address looks like an email, but it names a number.
    emails = addresses(re.sub(SIP_NUMBER, " ", text))
    rest = text
    for email in emails:
        rest = rest.replace(email, " ")
    found = find_phones(rest)
    if found.phones or emails:
        return _numbers_and_addresses(said, found.phones, emails, found.ignored if found.phones else rest)
    if ids := ",".join(filter(None, chain.from_iterable(re.findall(_ID_AMONG_WORDS, text)))):
        return LookUp(said, (("lead_id", Query.of({"lead_id": ids})),), ignored=_worth_saying(re.sub(_ID_AMONG_WORDS, " ", text)))
    if "@" in said:
        return LookUp(said, (("email", Query.of({"email": said.replace(" ", "")})),))
    _refuse_digits(text, found.problem)
    return _name(text, said)


def whole_phone(text: str) -> LookUp | None:
    """Return the look-up for *text* if it is exactly one phone that cannot become longer: ten digits, or ``+1`` and ten digits.

    ``1301…``, ``011…`` and ``00…`` begin longer ones; foreign numbers have no fixed length, and take several requests per field.
    """
    found = find_phones(text) if re.fullmatch(r"(?:\+1)?[2-9][0-9]{9}", digits_of(text)) else None
    return look_up_phones(found.phones, one_line(text)) if found and len(found.phones) == 1 and not found.ignored else None


def in_one_line(pasted: str) -> str:
    """Return *pasted* text on one line, to be looked up as its lines and cells would be."""
    return "; ".join(line.strip().replace("\t", "  ") for line in pasted.splitlines() if line.strip())


def look_up_phones(phones: Iterable[Phone], said: str) -> LookUp:
    """Return the look-up of *phones*, each in every phone field; *said* is what was typed."""
    parts = ((field, Query(((field, phone.canonical),))) for phone in phones for field in PHONE_FIELDS)
    return LookUp(said, tuple(parts))


def _numbers_and_addresses(said: str, phones: Sequence[Phone], emails: Sequence[str], rest: str) -> LookUp:
    if len(phones) + len(emails) > MAX_NUMBERS:
        raise UsageError(f"This text has {len(phones) + len(emails)} numbers: look up at most {MAX_NUMBERS} at a time")
    parts = [("email", Query.of({"email": email})) for email in emails]
    return LookUp(said, (*look_up_phones(phones, said).parts, *parts), ignored=_worth_saying(re.sub(_MAILTO, " ", rest)))


def _worth_saying(rest: str) -> str:
    """Return the *rest* of a text on one clean line; "" if it is only punctuation."""
    line = " ".join(one_line(rest).split()).strip(" '<>()[],;:")
    return line if any(each.isalnum() for each in line) else ""


def _ids(text: str) -> str:
    """Return the lead ids in *text*, separated by commas; "" if it contains anything else."""
    text = text.strip(" '\",;")
    pieces = [text] if re.fullmatch(_ID, text) else [piece for piece in re.split(_BETWEEN_IDS, text) if piece]
    if re.fullmatch(_THOUSANDS, text) and len(text.replace(",", "")) < 10:
        raise UsageError("A lead id has no thousands separator", remedy="several ids are separated by a comma and a space")
    ids = [match[match.lastindex or 0] for piece in pieces if (match := re.fullmatch(_ID, piece))]
    return ",".join(ids) if len(ids) == len(pieces) else ""


def _refuse_digits(text: str, problem: str) -> None:
    """Raise ``UsageError`` if *text* must have been meant as a number: it is never looked up as a name."""
    digits = re.sub(r"[^0-9]", "", text)
    has_letters = any(each.isalpha() for each in text)
    if not problem and (not digits or (has_letters and not re.search(_PHONE_WORD, text))):
        return
    may_be_id = 0 < int(digits or 0) < 10**9 and re.fullmatch(r"[^0-9+]*[0-9]+[^0-9+]*", text) and not (problem and has_letters)
    raise UsageError(problem or TOO_FEW, remedy=f"lead id {digits} is written #{digits}" if may_be_id else "")


def _name(text: str, said: str) -> LookUp:
    name, rest = _bare_name(text)
    if not any(each.isalnum() for each in name):
        raise UsageError(_NOTHING, remedy=_KINDS)
    _refuse_digits(name, "")
    if " " in name.partition(",")[0] or name.count(",") > 1:
        name = re.sub(rf"(?i),\s*({_SUFFIX})(?=,|$)", r" \1", name)
    # A title is usually not stored; initials and ``Jr.`` may not be.
    forms = (name, re.sub(_SELDOM_STORED + (_LAST_INITIAL if "," in name else ""), r"\1\2", name))
    likely = [each for form in (*(re.sub(_TITLES, "", form) for form in forms), name) for each in _divided(form)]
    # Web forms may have left an entity in the stored name.
    marks = [*product(likely, ("'", "\u2019")), *product(likely, ("&#039;",))]
    spelled = [tuple(re.sub(f"[{_APOSTROPHES}]", mark, part) for part in each) for each, mark in marks]
    # A query without a name would find the whole account.
    names = [each for each in dict.fromkeys((likely[0], *spelled)) if "".join(each).strip()]
    parts = tuple(_name_part(first, last, is_last="," in name) for first, last in names)
    return LookUp(said, parts[:1], parts[1:], _worth_saying(rest))


def _bare_name(text: str) -> tuple[str, str]:
    """Return the name in *text*, and the rest of it: labels, notes, nicknames."""
    fields = re.findall(_NAME_FIELD, text)
    labeled = {label.lower(): name for label, name in reversed(fields)}
    name = labeled.get("full") or ", ".join(filter(None, map(labeled.get, ("last", "first")))) or labeled.get("")
    rest = [re.sub(_NAME_FIELD, " ", text), *(other for _, other in fields if other not in name)] if name else []
    name = re.sub(r"^['(\[]([^()]+)['\])]$", r"\1", (name or text).strip(_EDGES))
    beside = re.findall(_BESIDE_NAME, name)
    name, *notes = re.split(_BEHIND_NAME, re.sub(_BESIDE_NAME, "", name) or name)
    return " ".join(one_line(name).split()).strip(_EDGES), " ".join([*beside, *notes, *rest])


def _name_part(first: str, last: str, *, is_last: bool) -> Part:
    """Return the search for a name; without *first*, and unless *last* *is_last* or has several words, it may be either."""
    query = Query.of({"first_name": first, "last_name": last})
    return ("name", query) if first or is_last or " " in last else ("last_name", replace(query, also_in="first_name"))


def _divided(name: str) -> list[tuple[str, str]]:
    """Return the likely first and last names in *name*; a first name may have two words, and a last name several."""
    if "," in name:
        last, _, first = name.partition(",")
        return [(first.strip(), last)] if first.strip() or " " not in last else [("", last), *_divided(last)]
    words = re.split(rf"(?i) (?!(?:{_SUFFIX}(?: |$)){{1,3}}$)", name)
    words = words if len(words) > 1 else name.split(" ")
    among = range(2, len(words) - 1) if len(words) <= _MAX_DIVIDED else ()
    inner = (end for end in among if not re.match(_PARTICLE, f"{words[end - 1]} "))
    ends = (1, len(words) - 1, *inner) if len(words) > 1 else (0,)
    alone = [("", name)] if len(words) > 1 and re.match(_PARTICLE, name) else []
    return [*((" ".join(words[:end]), " ".join(words[end:])) for end in ends), *alone]


# Lists of values, such as a call list

MAX_VALUES = 20_000
"""Values of a list: ids take 50 requests; phones, at three requests each and three a second, five and a half hours."""

_LINE_END = re.compile(r"\r\n?|\n")


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
        _refuse_long(len(ids), "ids")
    if not ids:
        raise FilterError(name, "Standard input contains no id")
    return ",".join(ids)


def look_ups_in(text: str) -> tuple[ListedLookUp, ...]:
    """Return the look-ups in *text*, one per line, each once. Raises ``UsageError`` if no line is understood, or for too many."""
    listed: dict[object, ListedLookUp] = {}
    for number, line in _lines(text):
        parsed = None
        # A name is more likely a heading or a comment.
        with suppress(UsageError):
            parsed = None if (found := look_up(line)).is_name else found
        listed.setdefault(line if parsed is None else parsed.parts, ListedLookUp(number, line, parsed))
        _refuse_long(len(listed), "values")
    if all(each.look_up is None for each in listed.values()):
        raise UsageError("No line of standard input is a phone number, an email or a lead id", remedy="put one on each line")
    return tuple(listed.values())


def only_line(text: str) -> str:
    """Return the only line of *text* that is not blank; "" if there are several, or none."""
    lines = [line for _, line in _lines(text)]
    return lines[0] if len(lines) == 1 else ""


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of *text* that are not blank, with their numbers."""
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        if line := line.strip():
            yield number, line


def _refuse_long(count: int, what: str) -> None:
    if count > MAX_VALUES:
        raise UsageError(f"Standard input contains more than {MAX_VALUES:,} {what}", remedy="split the list, as split -l does")


# Messages for an empty result: what was searched for, and hints for the next attempt

_MAX_VALUE, _MAX_STATUSES = 60, 30
_MIN_PHONE_LIKE = 7  # digits from which a lead id may be meant as a phone without its area code

_SOUGHT = {"lead_id": "id", "email": "email", "name": "name", "last_name": "last or first name"}


def no_lead_for(look_up: LookUp, *, with_values: bool = True) -> tuple[str, ...]:
    """Return sentences about *look_up*, which found nothing; *with_values* repeats what was looked up."""
    fields, values, quote = [field for field, _ in look_up.parts], look_up.values_text(), '"' if look_up.is_name else ""
    what = _SOUGHT.get(fields[0], "phone or email" if "email" in fields else "phone")
    these = f"any of these {what.replace(' ', 's ', 1)}s" if "," in values and not look_up.is_name else f"this {what}"
    said = f"{what} {quote}{one_line(values, 2 * _MAX_VALUE)}{quote}" if with_values else these
    if fields[0] in PHONE_FIELDS:
        said += f" ({', '.join(dict.fromkeys(map(label_of, fields)))})"
    if fields[0] == "lead_id" and look_up.text == values and values.isdigit() and len(values) >= _MIN_PHONE_LIKE:
        return f"No lead with {said}", "a phone number needs all 10 digits"
    return (f"No lead with {said}",)


def no_leads_match(query: Query, observed: Sequence[tuple[str, str]] = (), *, with_values: bool = True) -> tuple[str, ...]:
    """Return sentences about *query*, which found nothing, *with_values* or not; *observed* has the account's statuses."""
    filters = (f'{_label(name)} "{one_line(value, _MAX_VALUE)}"' if with_values else _label(name) for name, value in query)
    text = ", ".join(filters) if with_values else f"({', '.join(filters)})"
    status = query.value("status")
    is_unknown = status and status not in KNOWN_STATUSES and status not in dict(observed)
    known = [*(observed or KNOWN_STATUSES.items())][:_MAX_STATUSES] if is_unknown else []
    statuses = ", ".join(f"{one_line(code)} ({one_line(label)})" if label else one_line(code) for code, label in known)
    return (
        f"No leads match {text}" if query else "No leads match",
        *(f"{_label(name)}: {remark}" for name, value in query if with_values and (remark := remark_on(name, value))),
        *([f"known statuses: {statuses}"] if statuses else []),
    )


def _label(name: str) -> str:
    known = FILTER_BY_NAME.get(name)
    return known.label.lower() if known is not None else one_line(name.removeprefix(CUSTOM_MARK), _MAX_VALUE)
