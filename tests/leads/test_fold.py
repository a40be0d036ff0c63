"""Folding and entities: how texts are compared, and how text from web forms is decoded."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.dates import moment_in
from lead_tui.leads.lead import Lead, as_text, decode_row, first_id, is_empty, is_null
from lead_tui.leads.text import fold, unescaped
from lead_tui.leads.values import column_text, digits_in, field_text, folded, number_in


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("José Núñez", "jose nunez"),
        ("jose\u0301", "jose"),
        ("O’Neil", "o'neil"),
        ("O\u02bcNeil", "o'neil"),
        ("O´Neil", "o'neil"),
        ("“call” – back", '"call" - back'),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Ömer Åkesson", "omer akesson"),
        ("Łódź Sørensen Æsir", "lodz sorensen aesir"),
        ("İstanbul ısı", "istanbul isi"),
        ("Nguyễn Thị", "nguyen thi"),
        ("ＡＢＣ ﬁne", "abc fine"),
        ("علی\u200cرضا", "علیرضا"),
        ("soft\u00adhyphen", "softhyphen"),
        ("か\u3099", "が"),
        ("हिन्दी", "हिन्दी"),
        ("Ἀθῆναι", "αθηναι"),
    ],
)
def test_case_accents_and_variants_do_not_matter(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_what_is_not_an_accent_stays() -> None:
    assert fold("か") != fold("が")
    assert fold("नेपाल") != fold("नपाल")


@given(st.text())
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_what_holds_a_text_holds_it_folded(before: str, after: str) -> None:
    assert fold("Núñez") in fold(f"{before} Núñez {after}")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("O&#039;Brien", "O'Brien"),
        ("O&#x27;Brien &apos;", "O'Brien '"),
        ("Tom &amp; Ann<br>", "Tom & Ann<br>"),
        ("Jos&eacute;", "José"),
        ("&amp;lt;", "&lt;"),
        ("AT&T, ?a=1&copy=2&amp", "AT&T, ?a=1&copy=2&amp"),
        ("&nosuch; &; &#; &#x;", "&nosuch; &; &#; &#x;"),
        ("NÃºÃ±ez", "NÃºÃ±ez"),
    ],
)
def test_only_a_complete_entity_is_decoded_and_once(sent: str, read: str) -> None:
    assert unescaped(sent) == read
    lead = Lead({"last_name": sent})
    assert (lead.line("last_name"), field_text(lead, "last_name")[0]) == (read, read)
    assert field_text(lead, "last_name", raw=True)[0] == sent


def test_an_entity_hides_no_control_character() -> None:
    lead = Lead({"notes": "a&#27;[31m&#8238;b&#0;&#xD800;&#x110000;"})
    assert field_text(lead, "notes")[0] == "a�[31m�b���"


def test_a_name_like_null_is_a_name() -> None:
    assert [is_null(value) for value in (None, "null", "Null", "NULL", " null", "")] == [True, True, False, False, False, False]
    assert [is_empty(value) for value in (None, "null", "", "  ", "Null", "NULL")] == [True, True, True, True, False, False]
    assert Lead({"first_name": "Null", "last_name": "NULL"}).name == "Null NULL"
    assert Lead({"first_name": " Kim ", "last_name": "van  der Berg"}).name == "Kim van der Berg"
    assert folded("Null") == "null"
    assert folded("null") == ""


NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True).filter(
    lambda text: text != "-0"
)


@given(NUMBERS, NUMBERS)
def test_a_number_keeps_the_text_that_was_sent(number: str, other: str) -> None:
    lead = decode_row(msgspec.Raw(f'{{"amount":{number},"list":["a",{other},{{"é":{number}}}],"flag":true}}'.encode()))
    assert as_text(lead.sent["amount"]) == lead.line("amount") == number
    assert as_text(lead.sent["list"]) == f'["a", {other}, {{"é": {number}}}]'
    json.loads(as_text(lead.sent["list"]))


@given(NUMBERS)
def test_a_number_keeps_its_text_in_a_row_that_the_decoder_refuses(number: str) -> None:
    lead = decode_row(msgspec.Raw(f'{{"bad":NaN,"amount":{number}}}'.encode()))
    assert (lead.line("amount"), lead.line("bad")) == (number, "")


def test_an_id_with_a_fraction_of_zero_is_the_id() -> None:
    assert decode_row(msgspec.Raw(b'{"lead_id":700.0}')).lead_id == "700"
    assert first_id(None, "0", " 00 ", "0.0", 7) == "7"
    assert digits_in(decode_row(msgspec.Raw(b'{"p":3015550123.0}')).sent["p"]) == "3015550123"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e3", 1000.0),
        ("1E+2", 100.0),
        ("$1,234.50", 1234.5),
        ("-$5", -5),
        ("\u22125", -5),
        ("10%", 10),
        ("007", 7),
        ("1,234", 1234),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, number: float) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["N/A", "", "-", "$", "1e999", "1,2,3", "--5", "(5)", "2 000,00", "1 2", "12-34", "0x1", "5e"])
def test_text_that_is_not_a_number_is_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("01/15/2026", "2026-01-15 00:00"),
        ("2026-01-05 9:14", "2026-01-05 09:14"),
        ("2026-01-05 09:14 PM", "2026-01-05 21:14"),
        ("2026-01-05 09:14 Pm", "2026-01-05 21:14"),
        ("1/5/2026 12:10 am", "2026-01-05 00:10"),
        ("2026-01-05T09:14:05.25-0800", "2026-01-05 17:14"),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, moment: str) -> None:
    assert f"{moment_in(text, UTC):%Y-%m-%d %H:%M}" == moment


@pytest.mark.parametrize("text", ["15/01/2026", "1/5/26", "Jan 5, 2026", "2/30/2026", "5/5/2026 13:00 PM", "0000-00-00"])
def test_an_invalid_or_ambiguous_day_is_none(text: str) -> None:
    assert moment_in(text) is None


def test_an_attribute_named_like_a_computed_column_has_a_separate_column() -> None:
    lead = Lead({"first_name": "Big", "last_name": "Number", "name": "custom name", "local_time": "14:00 promised", "+plus": "p"})
    now = datetime(2026, 11, 28, tzinfo=UTC)
    shown = [column_text(lead, column, now) for column in ("name", "+name", "+local_time", "++plus")]
    assert shown == ["Big Number", "custom name", "14:00 promised", "p"]
