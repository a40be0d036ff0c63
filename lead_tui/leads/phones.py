"""Phone numbers: reading them from text, the canonical form that filters keep, and the form on the screen.

The API matches national digits only, so the country code of a foreign number is compared on our side. Ten digits are a North
American number whatever they begin with: what was typed into a web form is searched for as it is.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

NANP_DIGITS = 10  # digits of a number in the North American Numbering Plan, without its country code 1
EXACT_MARK = "="  # begins the canonical form of digits that are sent exactly as typed

MAX_EXACT_DIGITS = 30
TOO_FEW = f"This is too short for a phone number, which has {NANP_DIGITS} digits"

MAX_NUMBERS = 10
"""Phone numbers and email addresses in one look-up: each phone is three requests, and a pasted column would take minutes."""

_MIN_MEANT = 4  # digits from which a number must have been meant as a phone or an id; fewer may be an extension, or in a name

_PUNCTUATION = r"(?:_|[^\w@#+,;:=\t\r\n])"
"""A space or a mark within a number: ``-``, ``.``, ``(``, ``/``, ``|``, ``·``; not what separates values."""
_RUN = rf"(?:\+{_PUNCTUATION}*)?[0-9](?:(?:(?!\s\s){_PUNCTUATION})*[0-9])*"
"""Digits with punctuation between them. Two spaces separate values, as the cells of a pasted row."""
_NUMBER = rf"(?<![0-9])(?:\+?1{_PUNCTUATION}{{0,2}})?[0-9]{{3}}[^0-9]{{0,2}}[0-9]{{3}}[^0-9]{{0,2}}[0-9]{{4}}(?![0-9])"
_NUMBERS = rf"{_NUMBER}(?:[^0-9+]+{_NUMBER})+"
"""Several numbers in one run of digits, each written in the usual groups: ``301-555-0123 / 301-555-0124``."""
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T\S*)?|[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}"
_DAY_OR_TIME = rf"(?<!\S)(?:{_DAY}|[0-9]{{1,2}}:[0-9]{{2}}\S*)(?!\S)"
SIP_NUMBER = r"(?i)\bsips?:([+0-9().\-]+)@\S*"


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
    rest: str  # the text without them
    problem: str = ""  # without a number, a sentence on why the digits are not one; "" if there are no such digits


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
    text = visible(text).strip()
    if text.startswith(EXACT_MARK):
        digits = digits_of(text.removeprefix(EXACT_MARK)).removeprefix("+")
        if not re.fullmatch(rf"[0-9]{{1,{MAX_EXACT_DIGITS}}}", digits):
            return PhonesFound((), text, "After = type digits only")
        return PhonesFound((Phone(digits, is_exact=True),), "")
    text = re.sub(SIP_NUMBER, r"\1", text)
    # The digits of a day or a time are not a number's.
    searched = re.sub(_DAY_OR_TIME, lambda each: " " * len(each[0]), text)
    phones: dict[Phone, None] = {}
    rest: list[str] = []
    problem, end = "", 0
    for match in re.finditer(_RUN, searched):
        run = match[0]
        if sum(map(str.isdigit, run)) < _MIN_MEANT:
            continue
        try:
            phones |= dict.fromkeys(map(_read, re.findall(_NUMBER, run) if re.fullmatch(_NUMBERS, run) else [run]))
        except ValueError as error:
            problem = problem or str(error)
            continue
        rest.append(text[end : match.start()])
        end = match.end()
    return PhonesFound(tuple(phones), " ".join([*rest, text[end:]]), "" if phones else problem)


def parse_phone(text: str) -> Phone:
    """Return the only number in *text*, which may be canonical. Raises ``ValueError`` with a sentence for none or several."""
    found = find_phones(text)
    if len(found.phones) == 1:
        return found.phones[0]
    if found.phones:
        raise ValueError("A filter takes one phone number")
    raise ValueError(found.problem or f"A phone number has {NANP_DIGITS} digits; other countries' numbers start with +")


def _read(run: str) -> Phone:
    """Return the number in *run*, which is digits and punctuation. Raises ``ValueError`` with the reason if it is not one."""
    digits = re.sub(r"[^0-9]", "", re.sub(r"(?<=[0-9]{7})\.0$", "", run))
    if run.startswith("+"):
        return _abroad(digits)
    if match := re.fullmatch(r"1?([0-9]{10})", digits):
        return Phone(match[1])
    if len(digits) < NANP_DIGITS:
        raise ValueError(TOO_FEW)
    if prefix := re.match("011|00", digits):
        return _abroad(digits[prefix.end() :])
    raise ValueError(f"A phone number has {NANP_DIGITS} digits, this has {len(digits)}; other countries' numbers start with +")


def _abroad(number: str) -> Phone:
    """Return the number with the digits *number*, country code included. Raises ``ValueError`` if there is no such number."""
    if number.startswith("1"):
        if len(number) != NANP_DIGITS + 1:
            raise ValueError(f"After +1, a phone number has {NANP_DIGITS} digits")
        return Phone(number[1:])
    # Imported here: the numbering plans take time to load, and most searches do not need them.
    import phonenumbers

    national, before = number, ""
    try:
        # Each pass removes a national prefix, so that the canonical form parses to itself.
        while national != before:
            parsed = phonenumbers.parse(f"+{number}")
            before, national = national, phonenumbers.national_significant_number(parsed)
            number = f"{parsed.country_code}{national}"
        is_possible = phonenumbers.is_possible_number(parsed)
    except phonenumbers.NumberParseException:
        is_possible = False
    if not is_possible:
        raise ValueError("This is not a phone number: check the country code and the number of digits after it")
    return Phone(national, str(parsed.country_code))


def as_written(digits: str, country_code: str = "1") -> str:
    """Return *digits* as people write them, ``(818) 262-1448``; unchanged if their format is not known."""
    if country_code not in ("", "1") and digits.isascii() and digits.isdigit():
        return f"+{country_code} {digits}"
    match = re.fullmatch(r"1?([0-9]{3})([0-9]{3})([0-9]{4})", digits)
    return f"({match[1]}) {match[2]}-{match[3]}" if match else digits
