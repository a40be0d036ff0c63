"""Any text, in every place that shows untrusted text: no control sequence in it reaches the terminal.

The program visits all of its screens twice, once with the text and once with its harmless twin, in which whatever could be
obeyed or hidden is the replacement character already. The control sequences must be the same, and only text may remain.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pty.harness import SEQUENCE, Terminal
from tests.pty.hostile import ATTACKS, MARKUP, sequences
from tests.pty.program import WIDE, Home
from tests.servers.convoso_server import ConvosoServer

HIDDEN: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")

_OWN_LOOK: Final = re.compile(rb"\x1b\[(?:\d+;)+4\dm")
"""What the program draws with; which styles occur depends on the position of a list's mark."""

HOSTILE: Final = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(
            "\x1b\x9b\x07\x9c\x9d\0\r\n\t\x7f\u202e\u2066\u200b\u200d\ufeff\ufe0f\u0301\u20dd\ud800\U000e0001[]/@=;{}<>%$\\'\"`"
        ),
    ),
    min_size=1,
    max_size=30,
)

Rows = list[dict[str, object]]


def harmless(text: str) -> str:
    """Return *text* as it may be shown: without anything that a terminal obeys or hides."""
    found: list[str] = []
    marks = 0
    for character in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(character)
        selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
        if category.startswith("M"):
            marks += not selector
            if marks <= 3 and not selector:
                found.append(character)
            continue
        marks = 0
        found.append("\ufffd" if category in HIDDEN and character not in "\n\t" else character)
    return "".join(found)


def rows_of(texts: list[str]) -> Rows:
    """Leads with *texts* in every kind of field, and in their keys."""
    keys = (
        *("first_name", "last_name", "phone_number", "alt_phone_1", "email", "city", "state", "status_name", "directory_name"),
        *("carrier_name", "created_at", "last_called", "gmt_offset_now", "date_of_birth", "notes", "owner_name", "gender"),
    )
    return [
        {
            "lead_id": str(1_000_000 + number),
            "status": texts[number % len(texts)],
            "list_id": texts[(number + 1) % len(texts)],
            **{key: texts[(place + number) % len(texts)] for place, key in enumerate(keys)},
            **{f"k{place} {text}": text for place, text in enumerate(texts)},
            "nested": {text: [text] for text in texts},
        }
        for number in range(3)
    ]


def answer_of(rows: Rows, complaint: str) -> Callable[[Mapping[str, str]], tuple[int, bytes]]:
    """An account of *rows*; a request for a postal code, or for a name that no lead has, is answered with *complaint*."""

    def answer(parameters: Mapping[str, str]) -> tuple[int, bytes]:
        if "postal_code" in parameters:
            return 200, json.dumps({"success": False, "code": 9999, "text": complaint}).encode()
        if "province" in parameters:
            return 200, json.dumps({"success": False, "code": 6001, "text": complaint}).encode()
        here = rows[int(parameters["offset"]) :][: int(parameters["limit"])]
        return 200, json.dumps({"success": True, "data": {"total": str(len(rows)), "entries": here}}).encode()

    return answer


def go_round(terminal: Terminal, texts: list[str]) -> None:
    """Show every place in which text may appear."""
    # A terminal leaves the Escape out of what it pastes, lest the text end the paste.
    paste = "".join(texts).encode("utf-8", "replace").decode().translate(str.maketrans("\n\r", "  ", "\x1b"))
    steps: tuple[tuple[str, ...], ...] = (
        ("l", "l", "G"),
        ("enter", "G", "g", "v", "v"),
        # Same value: a search or a narrowed result, whose text is in the title and in the prompt.
        *((("down",) * count + ("enter",)) for count in (4, 9)),
        ("escape", "escape"),
        ("b", "b"),
        ("G", "enter", "G", "enter"),
        ("escape", "escape", "escape"),
        ("n",),
        (f"\x1b[200~{paste}\x1b[201~",),
        ("enter",),
        ("escape", "escape", "escape"),
        # Suggestions from observed values and keys.
        ("f", "ctrl+end"),
        ("k", "0"),
        ("right", "escape"),
        ("f", "ctrl+f", "s", "t", "a", "t", "u", "enter"),
        ("right", "right"),
        ("escape", "escape"),
        ("c",),
        ("G", "g", "escape"),
        ("s",),
        ("G", "g", "enter"),
        ("escape", "escape"),
        ("Y",),
        ("escape",),
        ("y",),
        # A name that was pasted, then what is saved under it.
        ("w",),
        (f"\x1b[200~{paste}\x1b[201~",),
        ("enter",),
        ("y",),
        ("o",),
        ("r", "escape", "d"),
        ("n", "escape", "escape"),
        # Pasted on the table it is looked up.
        (f"\x1b[200~{paste}\x1b[201~",),
        ("escape", "escape"),
        ("/", "up"),
        ("escape", "escape"),
        ("ctrl+p",),
        (f"\x1b[200~{paste}\x1b[201~",),
        ("escape", "escape"),
        ("f2",),
        ("escape",),
        ("?",),
        ("escape",),
    )
    for step in steps:
        terminal.press(*step)
        terminal.settle(0.08)


def written(home: Home, texts: list[str], change: Callable[[str], str]) -> bytes:
    """Return all that the program writes on the way."""
    changed = [change(text) for text in texts]
    home.queries_file.unlink(missing_ok=True)
    with ConvosoServer(answer_of(rows_of(changed), "".join(changed))) as server:
        with home.open(server, size=WIDE) as terminal:
            terminal.wait_for(" Row 1 of 3 ")
            terminal.settle()
            go_round(terminal, changed)
            terminal.press("ctrl+q")
            assert terminal.wait_for_exit() == 0, bytes(terminal.raw[-500:])
            # Only by then: at any other moment the last sequence may be there in part.
            raw = bytes(terminal.raw)
        for name in ("postal_code", "province"):
            with home.open(server, f"{name}=1", size=WIDE) as terminal:
                terminal.wait_for(re.compile("refuses the search|the server says"))
                terminal.settle()
                terminal.press("ctrl+q")
                assert terminal.wait_for_exit() == 0
                raw += bytes(terminal.raw)
    return raw


def check(home: Home, texts: list[str]) -> None:
    hostile, twin = written(home, texts, str), written(home, texts, harmless)
    copied = re.compile(rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07")
    hostile, twin = copied.sub(b"", hostile), copied.sub(b"", twin)
    strange = {each for each in sequences(hostile) - sequences(twin) if not _OWN_LOOK.fullmatch(each)}
    assert not strange
    left = SEQUENCE.sub(b"", hostile).decode()
    assert {character for character in left if unicodedata.category(character) in HIDDEN} <= {"\r", "\n"}


def test_no_attack_gets_through_anywhere(home: Home) -> None:
    check(home, [*ATTACKS, *MARKUP])


@pytest.mark.long
@settings(
    max_examples=30,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=st.lists(HOSTILE, min_size=6, max_size=6))
def test_none_of_many_texts_gets_through_anywhere(home: Home, texts: list[str]) -> None:
    check(home, texts)
