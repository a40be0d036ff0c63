"""Phone numbers: reading them from text, the canonical form that filters keep, and the form on the screen.

The API matches national digits only, so the country code of a foreign number is compared on our side. Ten digits are a North
American number whatever they begin with: what was typed into a web form is searched for as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

NANP_DIGITS = 10  # digits of a number in the North American Numbering Plan, without its country code 1
EXACT_MARK = "="  # begins the canonical form of digits that are sent exactly as typed

MAX_EXACT_DIGITS = 30
TOO_FEW = f"This is too short for a phone number, which has {NANP_DIGITS} digits"

MAX_NUMBERS = 10
"""Phone numbers and email addresses in one look-up: each phone is three requests, and a pasted column would take minutes."""

_PUNCTUATION = r"[\s().\-/\u2010-\u2015\u00a0]+"
_JOINER = r"(?:_|[^\w@#+,;:=\t\r\n])"
"""What may separate the digits of one number: any space or punctuation that does not begin another value."""

_RUN = rf"(?:\+{_JOINER}*)?[0-9](?:{_JOINER}*[0-9])*"
_FLOAT_TAIL = r"(?<=[0-9]{7})\.0+$"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_DAY = r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([./-])[0-9]{1,2}\1(?:19|20)[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2})"
_NOISE = (
    rf"(?m)(?<![0-9/.:-])(?:{_DAY}(?:(?:T|,? ){_TIME})?|{_TIME})(?![0-9/:-])"
    r"|(?:^|(?<=;\s))[0-9]{1,2}[.)]\s+"  # the number of a line in a list
    r"|(?<!\*)\*(?:67|82)"  # shows or hides the caller's number
)
"""Digits beside numbers."""
_LETTERED = r"(?<![\w.-])((?:1[-. ]?)?\(?8([03-8])\2[).-] ?(?=[0-9-]{0,8}[A-WYZ]{2})(?:-?[0-9A-Z]){7})([A-Z]*)(?!\w)"
"""A toll-free number with letters of the keypad for digits, ``1-800-FLOWERS``; letters after the tenth digit do not count. Other
numbers with letters are policies, claims and such, or masked ones.
"""
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_ROUNDED = r"(?i)\b[0-9]\.[0-9]{1,8}E\+?(?:09|9|1[0-4])\b"  # by a spreadsheet: ``3.01555E+09``
_GAP = re.compile(r"\s{2,}|\s[|/·]\s|\s(?=\()|(?:(?<=[0-9]{10})[^0-9]|(?<=[0-9]{3}[-.][0-9]{4})\s)(?=(?:[^0-9]*[0-9]){10})")
"""What may be between two numbers in one run of digits; a single space or dash only if both are whole."""
_GROUPED = r"(?<![0-9])(?:\+?1[^0-9]{0,2})?[0-9]{3}[^0-9]{0,2}[0-9]{3}[^0-9]{0,2}[0-9]{4}(?![0-9])"
_SEVERAL = re.compile(rf"{_GROUPED}(?:[^0-9+]+{_GROUPED})+")
"""Numbers whose digits are grouped as people write them: then anything may be between two of them."""
SIP_NUMBER = r"(?i)\bsips?:([+0-9().\-]+)@\S*"
_EDGES = " \t\r\n'\"<>()[]{},;|_-"


class Phone(Struct, frozen=True):
    """A number to search for: *national* digits are sent; a *country_code* other than 1 is compared on our side."""

    national: str
    country_code: str = ""
    is_exact: bool = False  # whether the digits are sent exactly as typed

    @property
    def canonical(self) -> str:
        """The form that filters store: ``3015550123``, ``+49 15112345678`` or ``=442079460019``."""
        if self.is_exact:
            return EXACT_MARK + self.national
        return f"+{self.country_code} {self.national}" if self.country_code else self.national


class PhonesFound(Struct, frozen=True):
    """The phone numbers in a text."""

    phones: tuple[Phone, ...]
    ignored: str  # the rest of the text, "" if it contains no letter or digit
    problem: str  # without a number, a sentence on why the digits are not one; "" if there are no such digits


def visible(text: str) -> str:
    """Return *text* without invisible format characters, such as direction marks from address books, but with ZWJ and ZWNJ."""
    if text.isascii():
        return text
    return "".join(each for each in text if each in "\u200c\u200d" or unicodedata.category(each) != "Cf")


def digits_of(text: str) -> str:
    """Return *text* without the punctuation that people put into numbers, and spreadsheets' ``.0``; a leading ``+`` stays."""
    return re.sub(_PUNCTUATION, "", text.strip().removesuffix(".0"))


def find_phones(text: str) -> PhonesFound:
    """Return the phone numbers in *text*, in any punctuation and among any words."""
    text = re.sub(SIP_NUMBER, r"\1", _with_ascii_digits(text))
    # Of the same length, for the places in the text; "x" belongs to no number.
    digits = re.sub(_NOISE, lambda noise: "x" * len(noise[0]), text)
    digits = re.sub(_LETTERED, lambda number: number[1].translate(_KEYPAD) + "x" * len(number[3]), digits)
    numbers: dict[Phone, None] = {}
    rest: list[str] = []
    problem = "A spreadsheet has rounded this number: copy it from a column of text" if re.search(_ROUNDED, text) else ""
    behind = 0
    for start, run in _runs(digits):
        found = _read(run)
        if isinstance(found, Phone):
            numbers[found] = None
            rest.append(text[behind:start])
            behind = start + len(run)
        else:
            problem = problem or found
    parts = (" ".join(each.split()).strip(_EDGES) for each in (*rest, text[behind:]))
    ignored = " … ".join(part for part in parts if any(each.isalnum() for each in part))
    return PhonesFound(tuple(numbers), ignored, "" if numbers else problem)


def parse_phone(text: str) -> Phone:
    """Return the only number in *text*, which may be canonical. Raises ``ValueError`` with a sentence for none or several."""
    bare = visible(text).strip()
    if bare.startswith(EXACT_MARK):
        return exact_phone(bare.removeprefix(EXACT_MARK))
    found = find_phones(text)
    if len(found.phones) == 1:
        return found.phones[0]
    if found.phones:
        raise ValueError("A filter takes one phone number")
    raise ValueError(found.problem or f"A phone number has {NANP_DIGITS} digits; other countries' numbers start with +")


def exact_phone(text: str) -> Phone:
    """Return the digits in *text*, to be sent unchanged. Raises ``ValueError`` for anything but digits and punctuation."""
    digits = re.sub(rf"{_JOINER}|\+", "", _with_ascii_digits(text).strip(_EDGES))
    if not re.fullmatch(rf"[0-9]{{1,{MAX_EXACT_DIGITS}}}", digits):
        raise ValueError("After = a phone number has only digits")
    return Phone(digits, is_exact=True)


def _with_ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    text = text.replace("\N{FULLWIDTH PLUS SIGN}", "+")
    return "".join(str(digit) if (digit := unicodedata.decimal(each, None)) is not None else each for each in visible(text))


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the runs of digits in *text*, each with its start. A run is split at gaps if only its pieces contain numbers."""
    for match in re.finditer(_RUN, text):
        begin, run = match.start(), re.sub(_FLOAT_TAIL, "", match[0])
        if _SEVERAL.fullmatch(run):
            yield from ((begin + number.start(), number[0]) for number in re.finditer(_GROUPED, run))
            continue
        gaps = [each.span() for each in _GAP.finditer(run)]
        ends = zip([0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(run)], strict=True)
        pieces = [(begin + start, re.sub(_FLOAT_TAIL, "", run[start:end])) for start, end in ends]
        is_several = not isinstance(_read(run), Phone) and any(isinstance(_read(piece), Phone) for _, piece in pieces)
        yield from pieces if is_several else [(begin, run)]


def _read(run: str) -> Phone | str:
    """Return the number in *run*, which is digits and punctuation; or why it is none, "" if it was not meant as one."""
    digits = re.sub(r"[^0-9]", "", run)
    if run.startswith("+"):
        return _abroad(digits)
    if phone := _at_home(digits):
        return phone
    if len(digits) < NANP_DIGITS:
        return TOO_FEW if len(digits) >= 4 and digits != run else ""
    prefix = re.match("011|00", digits)
    if prefix and isinstance(abroad := _abroad(digits[prefix.end() :], is_sure=False), Phone):
        return abroad
    return f"A phone number has {NANP_DIGITS} digits, this has {len(digits)}; other countries' numbers start with +"


def _at_home(digits: str) -> Phone | None:
    match = re.fullmatch(rf"1?([0-9]{{{NANP_DIGITS}}})", digits)
    return Phone(match[1]) if match else None


def _abroad(number: str, *, is_sure: bool = True) -> Phone | str:
    """Return the foreign number with the digits *number*, country code included; or why there is none. Not *is_sure*: the prefix
    before it may be no prefix.
    """
    if number.startswith("1"):
        return (_at_home(number) if len(number) > NANP_DIGITS else None) or f"After +1 a phone number has {NANP_DIGITS} digits"
    # Imported here: the numbering plans take time to load, and most searches do not need them.
    import phonenumbers

    national, code = "", ""
    try:
        # Each pass removes a national prefix, so that the canonical form parses to itself.
        while (parsed := phonenumbers.parse(f"+{number}")) and phonenumbers.national_significant_number(parsed) != national:
            national, code = phonenumbers.national_significant_number(parsed), str(parsed.country_code)
            number = code + national
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return "There is no such country code"
        return "This is not a phone number: too few or too many digits follow the country code"
    if not is_sure and not phonenumbers.is_possible_number(parsed):
        return ""
    return Phone(national, code)


def as_written(digits: str, country_code: str = "1") -> str:
    """Return *digits* as people write them, ``(818) 262-1448``; unchanged if their format is not known."""
    if country_code not in ("", "1") and digits.isascii() and digits.isdigit():
        return f"+{country_code} {digits}"
    phone = _at_home(digits)
    return f"({phone.national[:3]}) {phone.national[3:6]}-{phone.national[6:]}" if phone else digits
