"""CSV: RFC 4180, every field met, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import msgspec
import pytest

from lead_tui.export.comma_separated import ROWS_AT_ONCE, AllFieldsCsvWriter, CsvWriter, cell, defused
from lead_tui.export.formats import open_writer
from lead_tui.export.sink import Sink
from lead_tui.leads.decode import Row
from lead_tui.leads.errors import OutputError

NOW = datetime(2026, 3, 9, 18, 2, tzinfo=UTC)


def rows(*leads: object) -> list[Row]:
    return [msgspec.Raw(lead if isinstance(lead, bytes) else json.dumps(lead).encode()) for lead in leads]


def written(leads: list[Row], *columns: str, raw: bool = False) -> bytes:
    stream = io.BytesIO()
    with open_writer("csv", Sink(stream), NOW, columns=columns, raw_csv=raw) as writer:
        writer.write(leads)
        writer.close()
    return stream.getvalue()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_lines_end_as_the_rfc_has_it_and_a_header_comes_first() -> None:
    assert written(rows({"city": "Ohio", "state": "OH"}), "city", "state") == b"city,state\r\nOhio,OH\r\n"


def test_quotes_commas_and_line_breaks_survive_a_reader() -> None:
    notes = 'said "call, later"\nthen hung up\ttwice'
    assert read(written(rows({"notes": notes}), "notes")) == [["notes"], [notes]]


def test_without_columns_every_field_met_is_there_documented_ones_first() -> None:
    leads = rows({"field_9": "a", "state": "CA"}, {"first_name": "Ola", "Member_ID": 7, "field_9": "b"})
    assert read(written(leads)) == [
        ["first_name", "state", "field_9", "Member_ID"],
        ["", "CA", "a", ""],
        ["Ola", "", "b", "7"],
    ]


def test_a_key_that_only_the_last_lead_has_is_in_the_header() -> None:
    leads = rows(*({"state": "CA"} for _ in range(ROWS_AT_ONCE)), {"state": "NV", "late": "x"})
    table = read(written(leads))
    assert table[0] == ["state", "late"]
    assert table[1] == ["CA", ""]
    assert table[-1] == ["NV", "x"]
    assert len(table) == ROWS_AT_ONCE + 2


def test_an_attribute_called_name_is_exported_as_it_is_and_a_column_called_name_is_computed() -> None:
    lead = rows({"first_name": "Jane", "last_name": "Public", "name": "an attribute"})
    assert read(written(lead))[1] == ["Jane", "Public", "an attribute"]
    assert read(written(lead, "name"))[1] == ["Jane Public"]


def test_the_local_time_is_the_leads_own_and_empty_where_it_is_not_known() -> None:
    leads = rows({"gmt_offset_now": "-7.00"}, {"gmt_offset_now": "0.00"}, {})
    assert read(written(leads, "local_time"))[1:] == [["11:02"], [""], [""]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("null", ""),
        ("Null", "Null"),
        ("", ""),
        (" two ", " two "),
        (7, "7"),
        (1.5, "1.5"),
        (True, "true"),
        ({"a": [1, "é"]}, '{"a": [1, "é"]}'),
        ("a\x00b\x1b[31mc\x7f\x9bd", "ab[31mcd"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("日本 🎉 é", "日本 🎉 é"),
    ],
)
def test_a_cell_holds_what_was_sent_without_controls(value: object, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|' /C calc'!A0",
        "=1+1",
        "+1",
        "+13015550123",
        "@SUM(A1)",
        "-2+3",
        "-cmd",
        "-",
        "-1e",
        "\t=1",
        "\tx",
        "\n=1",
        "  =1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "-١",
    ],
)
def test_a_formula_gets_an_apostrophe_unless_values_are_to_be_left_alone(formula: str) -> None:
    assert cell(formula) == f"'{formula}"
    assert cell(formula, raw=True) == formula


def test_a_control_character_does_not_hide_a_formula() -> None:
    assert cell("\x00=1") == "'=1"
    assert cell("\r=1") == "'\n=1"


@pytest.mark.parametrize(
    "number", ["-1", "-7.00", "-0.5", "-.5", "-1e5", "-1.5E-10", "12", "2026-03-09", "a=b", "'", "(301) 555-0123"]
)
def test_numbers_with_a_minus_and_harmless_text_stay_as_they_are(number: str) -> None:
    assert defused(number) == number


def test_a_header_made_of_a_strangers_key_is_defused_too() -> None:
    assert read(written(rows({"=cmd|x": "1"})))[0] == ["'=cmd|x"]
    assert read(written(rows({"=cmd|x": "1"}), raw=True))[0] == ["=cmd|x"]


def test_a_row_that_is_no_object_is_left_out_and_counted() -> None:
    for columns in ((), ("city",)):
        stream = io.BytesIO()
        with open_writer("csv", Sink(stream), NOW, columns=columns) as writer:
            writer.write(rows({"city": "Rome"}, b"[1]", b'"text"', b"{broken"))
            writer.close()
        assert stream.getvalue() == b"city\r\nRome\r\n"
        assert writer.unreadable == 3


def test_what_no_parser_takes_is_read_all_the_same() -> None:
    assert read(written(rows(b'{"a": NaN, "b": "x\ny", "c": "\\ud800!"}'))) == [["a", "b", "c"], ["", "x\ny", "?!"]]


def test_nothing_found_gives_a_header_where_columns_are_known_and_nothing_else() -> None:
    assert written([], "city", "state") == b"city,state\r\n"
    assert written([]) == b""


def test_a_terminal_gets_no_control_character() -> None:
    stream = io.BytesIO()
    writer = CsvWriter(Sink(stream, terminal=True), ["notes"], NOW)
    writer.write(rows({"notes": "a\tb\u202ec\nd"}))
    assert stream.getvalue().decode() == 'notes\n"a\\tb\\u202ec\nd"\n'


def test_columns_that_no_lead_has_are_known_afterwards() -> None:
    writer = CsvWriter(Sink(io.BytesIO()), ["city", "field_3", "plan", "name", "alt_phone_1"], NOW)
    writer.write(rows({"field_3": None}))
    assert writer.unmet == ["plan"]


def test_a_spool_that_cannot_be_written_is_an_error_of_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OSError(28, "No space left on device")

    with AllFieldsCsvWriter(Sink(io.BytesIO()), NOW) as writer:
        monkeypatch.setattr(writer._spool, "writelines", refuse)
        with pytest.raises(OutputError, match="No space left"):
            writer.write(rows({"a": 1}))
