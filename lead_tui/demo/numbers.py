"""Numbers that can be read backwards: from a person to a phone or an email, and from either to who may have it.

Phones are no subscriber's: 555-01xx for the first people, then an exchange that begins with 0, as in (301) 001-0000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FICTION_PEOPLE = 1_000
"""People whose phones are 555-01xx: that range has a hundred lines an area code, and would be shared by too many later on."""

_FICTION = "55501"
_FICTION_LINES = 100
_LINES = 1_000_000
_STEP = 617_323
"""Lines from one person to the next; without a divisor in common with ``_LINES``, so that each comes once a round."""

_SHIFT = 425_101
"""Makes (301) 001-0000, the number of examples, that of exactly one lead (1003914)."""

_INVERSE = pow(_STEP, -1, _LINES)
_FICTION_INVERSE = pow(_STEP, -1, _FICTION_LINES)


def local_number(person: int, further: int = 0) -> str:
    """The seven digits of *person*'s phone, *further* lines on."""
    if person < FICTION_PEOPLE:
        return f"{_FICTION}{(person * _STEP + further) % _FICTION_LINES:02}"
    return f"0{(person * _STEP + _SHIFT + further) % _LINES:06}"


def people_with(local: str, people: int, further: int = 0) -> Iterator[int]:
    """Everybody of *people* for whom ``local_number`` gives *local*, whatever the area code."""
    if local.startswith(_FICTION):
        first = (int(local[5:]) - further) * _FICTION_INVERSE % _FICTION_LINES
        yield from range(first, min(people, FICTION_PEOPLE), _FICTION_LINES)
    elif local.startswith("0"):
        first = (int(local) - further - _SHIFT) * _INVERSE % _LINES
        yield from (person for person in range(first, people, _LINES) if person >= FICTION_PEOPLE)


_EMAIL_NUMBER = re.compile(r"(\d{1,12})@")
_EMAIL_ROUND = 100


def email_number(person: int) -> int:
    """The number in *person*'s email: another for each, and not in the order of the rows."""
    rounds, place = divmod(person, _EMAIL_ROUND)
    return rounds * _EMAIL_ROUND + (place * 37 + 13) % _EMAIL_ROUND + 1


_EMAIL_INVERSE = pow(37, -1, _EMAIL_ROUND)


def person_of_email(email: str) -> int | None:
    """The only person who may have *email*; None where nobody does."""
    number = _EMAIL_NUMBER.search(email)
    if number is None or int(number[1]) == 0:
        return None
    rounds, place = divmod(int(number[1]) - 1, _EMAIL_ROUND)
    return rounds * _EMAIL_ROUND + (place - 13) * _EMAIL_INVERSE % _EMAIL_ROUND
