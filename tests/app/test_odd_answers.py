"""A table of answers that are untrue or deviate from the documentation, with what the user sees.

None of them is a failed request; readable leads are shown, and the status line claims no more than is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.app.online import TOKEN, Account, online
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import Answer, account, page

LEADS: Final = 1_000
FIRST: Final = "(301) 000-0000"
SECOND: Final = "(301) 000-0001"
LAST: Final = "(301) 000-0999"

RIGHT: Final = account(LEADS, token=TOKEN)

MAX_REQUESTS: Final = 12
"""Maximum requests for going to the end, back to the top and to the end again."""


def changed(change: Callable[[dict[str, Any]], object]) -> Answer:
    """The right answers, with *change* made to each one's ``data``."""

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        status, body = RIGHT(parameters)
        whole = json.loads(body)
        change(whole["data"])
        return status, json.dumps(whole).encode()

    return answer


def total(value: object) -> Answer:
    """The right leads with a total of *value*."""
    return changed(lambda data: data.update(total=value))


def first_lead(written: bytes) -> Answer:
    """The right leads, but the first one is *written*."""

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        status, body = RIGHT(parameters)
        head, entries = body.split(b'"entries":[', 1)
        if parameters["offset"] != "0":
            return status, body
        end = entries.index(b"},{") + 1
        return status, head + b'"entries":[' + written + entries[end:]

    return answer


def longer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """Always three times as many leads as requested."""
    status, body = RIGHT({**parameters, "limit": str(min(2_000, 3 * int(parameters["limit"])))})
    return status, body


def capped(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """At most 100 leads, however many are requested."""
    return RIGHT({**parameters, "limit": str(min(100, int(parameters["limit"])))})


def capped_without_total(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """The same, without a total."""
    return changed(lambda data: data.pop("total"))({**parameters, "limit": str(min(100, int(parameters["limit"])))})


def repeats(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """The first page, whichever page is requested."""
    return RIGHT({**parameters, "offset": "0"})


def repeats_without_total(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """The same, without a total that would end it."""
    return changed(lambda data: data.pop("total"))({**parameters, "offset": "0"})


def empty_with_total(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """No leads, but a large total."""
    return page([], total="1000")


def twice(parameters: Mapping[str, str]) -> tuple[int, bytes]:
    """Every name twice, in the envelope and in the leads; the last one counts, as in any JSON parser."""
    status, body = RIGHT(parameters)
    body = body.replace(
        b'{"success":true,', b'{"success":false,"code":5001,"data":{"total":"7","entries":[]},"code":200,"success":true,'
    )
    return status, body.replace(b'"total":', b'"total":"x","total":').replace(
        b'"first_name":', b'"first_name":"Nobody","first_name":'
    )


@dataclass(frozen=True)
class Row:
    """An odd answer."""

    answer: Answer
    top: tuple[str, ...]
    """What the user sees at first."""
    end: tuple[str, ...] = (LAST, "Row 1,000 of 1,000")
    """What the user sees after going to the last row."""
    never: tuple[str, ...] = ()


KNOWN: Final = (FIRST, "Row 1 of 1,000 ")
GUESSED: Final = (FIRST, "Row 1 of 200+")
UNREADABLE: Final = "! This lead cannot be read"
NESTED: Final = b'{"lead_id": "1", "phone_number": "3015550123", "deep": ' + b"[" * 500 + b"]" * 500 + b"}"

TABLE: Final[Mapping[str, Row]] = {
    # A wrong total
    "total too small": Row(total("20"), GUESSED, never=("of 20 ",)),
    "total too large": Row(
        total("5000"),
        (FIRST, "Row 1 of 5,000"),
        ("Row 5,000 of 5,000", "! The server sent fewer leads than it counts · r retry"),
    ),
    "total beyond all bounds": Row(total(10**30), GUESSED),
    "total of a thousand million and more": Row(total("1000000001"), GUESSED),
    "negative total": Row(total("-5"), GUESSED),
    "total in words": Row(total("many"), GUESSED),
    "total that is none": Row(total(None), GUESSED),
    "total of nothing": Row(total("0"), GUESSED),
    "total with a comma": Row(total("1,000"), GUESSED),
    "total of another kind": Row(total({"count": 1000}), GUESSED),
    "total that is yes": Row(total(True), GUESSED),
    "total with a fraction": Row(total(1000.5), GUESSED),
    "total with a point": Row(total(1000.0), KNOWN),
    "total without leads": Row(
        empty_with_total,
        ("Row 1 of 1,000", "! The server sent fewer leads than it counts · r retry"),
        ("Row 1,000 of 1,000", "! The server sent fewer leads than it counts · r retry"),
    ),
    # Entries
    "at most 100 at a time": Row(capped, KNOWN),
    "at most 100 at a time, of unknown length": Row(capped_without_total, GUESSED),
    "longer than asked": Row(longer, KNOWN),
    "the same page for ever": Row(repeats, (FIRST, "Row 1 of 1,000", "200 loaded"), ("Row 1,000 of 1,000", "200 repeat", LAST[:9])),
    "the same page for ever, of unknown length": Row(
        repeats_without_total, (FIRST, "Row 1 of 200+"), ("Row 400 of 400", "200 repeat")
    ),
    "a lead that is null": Row(first_lead(b"null"), (UNREADABLE, SECOND, "Row 1 of 1,000")),
    "a lead that is a number": Row(first_lead(b"17"), (UNREADABLE, SECOND, "Row 1 of 1,000")),
    "a lead that is a text": Row(first_lead(b'"Jane"'), (UNREADABLE, SECOND, "Row 1 of 1,000")),
    "a lead that is a list": Row(first_lead(b'["Jane"]'), (UNREADABLE, SECOND, "Row 1 of 1,000")),
    "a lead without anything": Row(first_lead(b"{}"), (SECOND, "Row 1 of 1,000")),
    "a lead of wrong types": Row(
        first_lead(
            b'{"lead_id": [1], "id": {"a": 1}, "phone_number": 3015550123, "first_name": ["Jane"], "status_name": true,'
            b' "created_at": 5, "gmt_offset_now": {}, "called_count": "many", "last_called": false}'
        ),
        ("(301) 555-0123", '["Jane"]', SECOND, "Row 1 of 1,000"),
    ),
    "NaN": Row(
        first_lead(b'{"lead_id": "1", "phone_number": "3015550123", "score": NaN, "called_count": Infinity, "x": -Infinity}'),
        ("(301) 555-0123", SECOND, "Row 1 of 1,000"),
    ),
    "numbers beyond all bounds": Row(
        first_lead(b'{"lead_id": ' + b"9" * 5_000 + b', "phone_number": 3015550123, "x": 1e999, "y": -' + b"1" * 400 + b"}"),
        (SECOND, "Row 1 of 1,000"),
    ),
    "names twice": Row(twice, KNOWN, never=("Nobody",)),
    "nested": Row(first_lead(NESTED), ("(301) 555-0123", SECOND, "Row 1 of 1,000")),
}


LIKE_OTHERS: Final = (
    *("total beyond all bounds", "total in words", "total that is none", "total with a comma", "total of another kind"),
    *("total that is yes", "total with a fraction", "a lead that is a number", "a lead that is a text"),
)
"""Answers that are decoded to the same as another of the table, as the decoder's own tests say."""


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=[pytest.mark.long] * (name in LIKE_OTHERS)) for name, row in TABLE.items()], ids=TABLE
)
async def test_what_can_be_read_is_shown_and_nothing_is_claimed_that_is_not_known(tmp_path: Path, row: Row) -> None:
    with ConvosoServer(row.answer) as server:
        asked = Account(server.base_url)
        async with online(tmp_path, asked) as bench:
            await bench.sees(*row.top)
            # Read everything of the odd lead as well.
            await bench.press("enter", "G", "v", "G", "escape")
            await bench.press("G")
            await bench.sees(*row.end)
            await bench.sees_no_more("loading")
            await bench.press("g", "G")
            await bench.sees_no_more("loading")
            await bench.press("g")
            await bench.sees(row.top[0])
            await bench.sees_no_more("loading")
            assert not any(text in bench.screen() for text in row.never)
            assert len(server.requests) <= MAX_REQUESTS
            assert bench.app.crash is None
