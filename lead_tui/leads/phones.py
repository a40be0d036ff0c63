"""Phone numbers: what the API matches on (national digits), and how people write them."""

from __future__ import annotations

import re
from typing import NamedTuple

NANP_DIGITS = 10
"""Digits of a number in the North American numbering plan, without its country code 1."""

_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")


class Phone(NamedTuple):
    """A number to search for: the API takes *national* digits only; *country_code*, where it is not 1, is compared here."""

    national: str
    country_code: str = ""


def digits_of(text: str) -> str:
    """*text* without the punctuation people put into numbers; a leading ``+`` stays."""
    return _PUNCTUATION.sub("", text.strip())


def parse_phone(text: str) -> Phone:
    """The number in *text*, in any punctuation, with or without ``+1``.

    Numbers of the North American plan need no area code that exists: what somebody typed into a web form is looked for as it is.
    Raises ``ValueError``, with a sentence for the person, where there is none.
    """
    compact = digits_of(text)
    international = compact.startswith(("+", "00"))
    number = compact.removeprefix("+") if compact.startswith("+") else compact[2:] if international else compact
    if not (number.isascii() and number.isdigit()):
        raise ValueError("A phone number has digits only, and punctuation")
    if len(number) == NANP_DIGITS and not international:
        return Phone(number)
    if len(number) == NANP_DIGITS + 1 and number.startswith("1"):
        return Phone(number[1:])
    if international:
        return _parse_abroad(number)
    raise ValueError(f"A phone number has {NANP_DIGITS} digits, this has {len(number)}; other countries' start with +")


def _parse_abroad(number: str) -> Phone:
    # Imported here: the numbering plans take time to load, and most searches never need them.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(f"+{number}")
    except phonenumbers.NumberParseException:
        raise ValueError("There is no such country code") from None
    return Phone(phonenumbers.national_significant_number(parsed), str(parsed.country_code))


def as_written(digits: str, country_code: str = "1") -> str:
    """*digits* as people write them, ``(818) 262-1448``; unchanged where that is not known to be right."""
    if len(digits) == NANP_DIGITS + 1 and digits.startswith("1") and country_code in ("", "1"):
        digits = digits[1:]
    if len(digits) == NANP_DIGITS and digits.isascii() and digits.isdigit():
        if country_code in ("", "0", "1"):
            return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
        return f"+{country_code} {digits}"
    if country_code not in ("", "0", "1") and digits.isascii() and digits.isdigit():
        return f"+{country_code} {digits}"
    return digits
