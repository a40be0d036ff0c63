from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants
from textual.events import AppBlur, AppFocus, Key, MouseDown, Paste
from textual.message import Message

from lead_tui.limits import SPLIT_SEQUENCE_SECONDS
from lead_tui.terminal.escape import KeyParser

ESC = "\x1b"


def read(*writes: str) -> list[Message]:
    """Return the events of *writes*, when nothing follows for longer than a sequence takes."""
    parser = KeyParser()
    events = [event for data in writes for event in parser.feed(data)]
    return [*events, *parser.feed("")]


def keys(*writes: str) -> list[str]:
    events = read(*writes)
    assert all(isinstance(event, Key) for event in events), events
    return [event.key for event in events if isinstance(event, Key)]


@pytest.mark.parametrize("character", string.ascii_letters + string.digits)
def test_an_escape_followed_at_once_by_a_letter_or_a_digit_is_two_keys(character: str) -> None:
    if character in "OPX":
        assert keys(ESC + character) == ["escape", character]  # only once nothing follows: it begins function keys or a string
    else:
        parser = KeyParser()
        assert [event.key for event in parser.feed(ESC + character) if isinstance(event, Key)] == ["escape", character]
        assert parser.patience is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (":", ["escape", "colon"]),
        ("/", ["escape", "slash"]),
        ("?", ["escape", "question_mark"]),
        ("]", ["escape", "right_square_bracket"]),
        ("[", ["escape", "left_square_bracket"]),
        ("[j", ["escape", "left_square_bracket", "j"]),
        ("\r", ["escape", "enter"]),
        (" ", ["escape", "space"]),
        ("\x03", ["escape", "ctrl+c"]),
        ("é", ["escape", "é"]),
        ("", ["escape"]),
        (ESC, ["escape", "escape"]),
        (f"{ESC}j", ["escape", "escape", "j"]),
        (f"{ESC}{ESC}[B", ["escape", "escape", "down"]),
        (f"g{ESC}:10\r", ["escape", "g", "escape", "colon", "1", "0", "enter"]),
        (f"[{ESC}[B", ["escape", "left_square_bracket", "down"]),
        ("jjj" * 20, ["escape", *"jjj" * 20]),
    ],
)
def test_what_follows_an_escape_is_read_as_itself(typed: str, expected: list[str]) -> None:
    assert keys(ESC + typed) == expected


def test_an_escape_alone_waits_for_what_follows_and_is_the_key_when_nothing_does() -> None:
    parser = KeyParser()
    assert list(parser.feed(ESC)) == []
    assert parser.patience is not None
    assert [event.key for event in parser.feed("") if isinstance(event, Key)] == ["escape"]
    assert parser.patience is None
    assert [event.key for event in parser.feed("g") if isinstance(event, Key)] == ["g"]


@pytest.mark.parametrize(
    ("sequence", "key"),
    [
        ("[A", "up"), ("[B", "down"), ("OA", "up"), ("OP", "f1"), ("OQ", "f2"), ("[[A", "f1"), ("[15~", "f5"), ("[6~", "pagedown"),
        ("[1;5C", "ctrl+right"), ("[Z", "shift+tab"), ("[3~", "delete"), ("\x7f", "ctrl+w"), ("\t", "shift+tab"),
        ("[7^", "ctrl+home"), ("[8^", "ctrl+end"), ("Oa", "ctrl+up"), ("Ob", "ctrl+down"),
    ],
)  # fmt: skip
def test_keys_that_send_sequences_stay_one_key_however_they_are_cut(sequence: str, key: str) -> None:
    assert keys(ESC + sequence) == [key]
    assert keys(ESC, *sequence) == [key]
    assert keys(f"j{ESC}{sequence}{ESC}{sequence}k") == ["j", key, key, "k"]


@pytest.mark.parametrize(("sequence", "key"), [("[P", "delete"), ("[M", "ctrl+delete"), ("[J", "ctrl+end"), ("[3~", "delete")])
def test_keys_of_st_are_read_where_term_names_it(sequence: str, key: str) -> None:
    for term in ("st", "st-256color"):
        parser = KeyParser(term=term)
        events = [event for part in (f"{ESC}{sequence}j", ESC, *sequence) for event in parser.feed(part)]
        assert [event.key for event in events if isinstance(event, Key)] == [key, "j", key]


def test_the_sequences_of_sts_keys_mean_what_they_did_in_other_terminals() -> None:
    assert keys(f"{ESC}[M !!j") == ["j"]
    assert keys(f"{ESC}[M \ufffd!j") == ["j"]  # beyond column 94
    assert "delete" not in keys(f"{ESC}[P")


def test_two_thousand_page_downs_in_one_write_are_two_thousand_keys() -> None:
    assert keys(f"{ESC}[6~" * 2_000) == ["pagedown"] * 2_000


@pytest.mark.parametrize(
    "sequence",
    [
        f"{ESC}[?62;22c", f"{ESC}[>41;390;0c", f"{ESC}[99;99X", f"{ESC}[0n", f"{ESC}[3n",
        f"{ESC}[?1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16c",
    ],
)  # fmt: skip
def test_an_unknown_sequence_is_not_typed_into_the_program(sequence: str) -> None:
    assert keys(f"j{sequence}k") == ["j", "k"]


@pytest.mark.parametrize("sequence", ["O2P", "O5Q", "O5A", "O1;5P"])
def test_keys_with_modifiers_of_konsole_and_old_terminals_are_not_typed_into_the_program(sequence: str) -> None:
    assert keys(f"j{ESC}{sequence}k") == ["j", "k"]


@pytest.mark.parametrize("sequence", ["[1;1:3A", "[97;1:3u", "[97:65;6u", "[1114112u", f"[{9:9<20}u"])
def test_what_textual_cannot_read_of_kittys_protocol_is_dropped_and_the_keys_after_it_are_read(sequence: str) -> None:
    assert keys(f"j{ESC}{sequence}k{ESC}[A") == ["j", "k", "up"]


def test_a_report_of_the_windows_size_leaves_the_places_of_the_mouse_in_cells() -> None:
    (mouse,) = read(f"{ESC}[48;24;80;480;640t{ESC}[<0;41;13M")
    assert isinstance(mouse, MouseDown)
    assert (mouse.x, mouse.y) == (40, 12)


def test_the_beginning_of_a_sequence_cut_short_is_dropped() -> None:
    assert keys(f"{ESC}[1;5") == []
    assert keys(f"{ESC}[1;5\r") == ["enter"]
    assert keys(f"{ESC}[1;5{ESC}[B") == ["down"]


def test_an_unknown_key_of_the_keypad_is_the_keys_it_is_made_of() -> None:
    assert keys(f"{ESC}O!") == ["escape", "O", "exclamation_mark"]


def test_answers_to_the_status_question_are_counted_and_are_not_keys() -> None:
    answers: list[None] = []
    parser = KeyParser(on_status=lambda: answers.append(None))
    events = list(parser.feed(f"a{ESC}[0nb{ESC}[0n"))
    assert [event.key for event in events if isinstance(event, Key)] == ["a", "b"]
    assert len(answers) == 2


def test_a_paste_is_one_event_without_control_characters() -> None:
    events = read(f"{ESC}[200~(301) 001-0000{ESC}[31m\x00\x03 q\r\nnext{ESC}[201~j")
    paste, key = events
    assert isinstance(paste, Paste)
    assert paste.text == "(301) 001-0000[31m q\nnext"
    assert isinstance(key, Key)
    assert key.key == "j"


def test_a_paste_may_come_in_pieces_and_hold_escapes_followed_by_letters() -> None:
    (paste,) = read(f"{ESC}[200", "~ab", f"{ESC}q", "cd" * 40, f"{ESC}[20", "1~")
    assert isinstance(paste, Paste)
    assert paste.text == "abq" + "cd" * 40


def test_a_huge_paste_is_one_and_the_keys_after_it_are_keys() -> None:
    paste, key = read(f"{ESC}[200~" + "x" * (1 << 20) + "y" * 100 + f"{ESC}[201~", "j")
    assert isinstance(paste, Paste)
    assert len(paste.text) > 1 << 20
    assert isinstance(key, Key)


def test_the_mouse_and_the_focus_are_read_as_before() -> None:
    mouse, blur, focus = read(f"{ESC}[<0;3;4M{ESC}[O{ESC}[I")
    assert isinstance(mouse, MouseDown)
    assert (mouse.x, mouse.y) == (2, 3)
    assert isinstance(blur, AppBlur)
    assert isinstance(focus, AppFocus)


def test_the_end_of_the_input_gives_the_escape_that_was_waiting() -> None:
    parser = KeyParser()
    assert list(parser.feed(f"j{ESC}"))
    assert [event.key for event in parser.feed("") if isinstance(event, Key)] == ["escape"]
    assert parser.patience is None


def read_late(*writes: str) -> list[Message]:
    """Return the events of *writes* with enough time between them that short timeouts have expired."""
    parser = KeyParser()
    events: list[Message] = []
    for data in writes:
        events += parser.feed(data)
        if parser.patience == constants.ESCAPE_DELAY:
            events += parser.feed("")
    return [*events, *parser.feed("")]


@pytest.mark.parametrize("cut", range(1, len("\x1b[<35;1;5M")))
def test_a_mouse_report_is_not_a_key_wherever_it_is_cut(cut: int) -> None:
    report = f"{ESC}[<35;1;5M"
    events = read_late(report[:cut], report[cut:])
    # An Escape that comes alone is the key.
    assert [event.key for event in events if isinstance(event, Key)] == (["escape"] if cut == 1 else [])


@pytest.mark.parametrize("cut", range(1, len("\x1b[200~")))
def test_a_paste_is_one_wherever_its_start_is_cut(cut: int) -> None:
    sent = f"{ESC}[200~3015550123{ESC}[201~"
    *escape, paste = read_late(sent[:cut], sent[cut:])
    assert len(escape) == (cut == 1)
    assert isinstance(paste, Paste)
    assert paste.text == "3015550123"


@pytest.mark.parametrize(
    "reply",
    [
        f"{ESC}]11;rgb:0000/0000/0000\a", f"{ESC}]11;rgb:0000/0000/0000{ESC}\\", f"{ESC}]52;c;MzAxNTU1MDEyMw==\a",
        f"{ESC}]lfoo{ESC}\\", f"{ESC}]Lfoo{ESC}\\", f"{ESC}_Gi=31;OK{ESC}\\", f"{ESC}^quit{ESC}\\", f"{ESC}Xquit{ESC}\\",
        f"{ESC}P>|XTerm(390){ESC}\\", f"{ESC}P1+r544e=787465726d{ESC}\\", f"{ESC}P1$r0m{ESC}\\", f"{ESC}P!|00000000{ESC}\\",
    ],
)  # fmt: skip
def test_a_reply_to_another_programs_query_is_not_a_key_wherever_it_is_cut(reply: str) -> None:
    assert keys(f"j{reply}k") == ["j", "k"]
    for cut in range(2, len(reply)):
        events = read_late("j", reply[:cut], reply[cut:], "k")
        early = ["escape", {"]": "right_square_bracket", "_": "underscore", "^": "circumflex_accent"}.get(reply[1], reply[1])]
        assert [event.key for event in events if isinstance(event, Key)] == ["j", *(early if cut == 2 else []), "k"]


def test_what_no_reply_begins_with_is_an_escape_and_keys() -> None:
    assert keys(f"{ESC}]jj") == ["escape", "right_square_bracket", "j", "j"]
    assert keys(f"{ESC}]15550100\r") == ["escape", "right_square_bracket", *"15550100", "enter"]
    assert keys(f"{ESC}]{ESC}[B") == ["escape", "right_square_bracket", "down"]
    assert keys(f"{ESC}Plan") == ["escape", *"Plan"]


@pytest.mark.parametrize(("end", "expected"), [("\r", ["enter"]), (f"{ESC}[B", ["down"]), ("\x03", ["ctrl+c"]), ("\x18", [])])
def test_a_string_that_has_no_end_does_not_hold_the_keys_forever(end: str, expected: list[str]) -> None:
    assert keys(f"{ESC}_Gi=31{end}j") == [*expected, "j"]
    assert [event.key for event in read_late(f"{ESC}_Gi=31", end, "j") if isinstance(event, Key)] == [*expected, "j"]


def test_a_paste_that_has_no_end_does_not_hold_the_keys_forever() -> None:
    parser = KeyParser()
    assert list(parser.feed(f"{ESC}[200~3015550123")) == []
    assert parser.patience == SPLIT_SEQUENCE_SECONDS
    (paste,) = parser.feed("")
    assert isinstance(paste, Paste)
    assert paste.text == "3015550123"
    assert parser.patience is None
    assert keys("j") == ["j"]


def test_a_line_feed_is_enter_and_a_line_end_of_two_characters_is_one_key() -> None:
    assert keys("a\nb") == ["a", "enter", "b"]
    assert keys("a\r\nb\r") == ["a", "enter", "b", "enter"]
    assert keys(f"{ESC}\n") == ["escape", "enter"]
    assert keys(f"{ESC}OM") == ["enter"]


@given(st.lists(st.text(st.sampled_from(f"{ESC}[]OP_^X<>?0123456789;~Mmjq/\a\\\r\n\x18é"), max_size=12), max_size=8))
def test_whatever_comes_the_parser_ends_and_the_next_key_is_read(writes: list[str]) -> None:
    parser = KeyParser()
    for data in filter(None, writes):
        for _ in parser.feed(data):
            pass
    while parser.patience is not None:
        for _ in parser.feed(""):
            pass
    assert [event.key for event in parser.feed("j") if isinstance(event, Key)] == ["j"]


def test_an_escape_before_a_sequence_in_two_pieces_is_one_key() -> None:
    events = read(f"{ESC}{ESC}", "[<35;1;5M")
    assert [event.key for event in events if isinstance(event, Key)] == ["escape"]
