"""CSV exports: RFC 4180, every observed field, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.export.csv_text import FORMULA, CsvWriter, defuse, defused_text, encode_rows, format_cell
from lead_tui.export.formats import open_writer
from lead_tui.export.values import decoded
from lead_tui.export.writer import Layout, Sink
from lead_tui.leads.errors import OutputError
from lead_tui.leads.fields import FIELD_BY_KEY
from lead_tui.leads.lead import Number, Row
from lead_tui.limits import EXPORTED_AT_ONCE
from tests.export.exports import NOW, exported, rows


def written(leads: list[Row], *columns: str, raw: bool = False) -> bytes:
    return exported("csv", [leads], *columns, raw_csv=raw)[0]


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_lines_end_as_the_rfc_has_it_and_a_header_comes_first() -> None:
    assert written(rows({"city": "Ohio", "state": "OH"}), "city", "state") == b"city,state\r\nOhio,OH\r\n"


def test_quotes_commas_and_line_breaks_survive_a_reader() -> None:
    notes = 'said "call, later"\nthen hung up\ttwice'
    assert read(written(rows({"notes": notes}), "notes")) == [["notes"], [notes]]


@pytest.mark.parametrize("value", ["call later;=1+1;", "a\tb", "a;b"])
@pytest.mark.parametrize("raw", [False, True])
def test_what_some_spreadsheets_take_for_a_separator_is_quoted(value: str, raw: bool) -> None:
    assert encode_rows([("1", value), ("2", "")], raw=raw) == (f'1,"{value}"\r\n2,\r\n'.encode(), 0)


def test_without_columns_every_observed_field_is_listed_documented_ones_first() -> None:
    leads = rows({"field_9": "a", "state": "CA"}, {"first_name": "Ola", "Member_ID": 7, "field_9": "b"})
    assert read(written(leads)) == [
        ["first_name", "state", "field_9", "Member_ID"],
        ["", "CA", "a", ""],
        ["Ola", "", "b", "7"],
    ]


@pytest.mark.parametrize("pages", [1, 4])
def test_keys_that_only_later_leads_have_are_in_the_header_each_in_its_place(pages: int) -> None:
    usual: dict[str, object] = {"state": "CA", "notes": 'a "b",\nc', "plan": "ỹ"}
    leads = rows(
        *(usual for _ in range(2 * EXPORTED_AT_ONCE)), {"state": "NV", "late": "x"}, {}, {"first_name": "Ola", "city": None}
    )
    size = -(-len(leads) // pages)
    parts = [leads[start : start + size] for start in range(0, len(leads), size)]
    table = read(exported("csv", [*parts, rows({"email": "x@example.com"})])[0])
    assert table[0] == ["first_name", "email", "notes", "city", "state", "late", "plan"]
    assert table[1] == ["", "", 'a "b",\nc', "", "CA", "", "ỹ"]
    assert table[-4:] == [["", "", "", "", "NV", "x", ""], [""] * 7, ["Ola", *[""] * 6], ["", "x@example.com", *[""] * 5]]
    assert len(table) == 2 * EXPORTED_AT_ONCE + 5


def test_a_value_longer_than_csv_takes_for_a_mistake_comes_through() -> None:
    long = "x" * 200_000
    content, _ = exported("csv", [rows({"notes": long}), rows({"city": "Rome"})])
    assert content == f"notes,city\r\n{long},\r\n,Rome\r\n".encode()


@pytest.mark.parametrize("column", ['a"b', "a\\b", "tab\tin", "=1", ""])
def test_a_column_of_any_name_can_be_chosen(column: str) -> None:
    leads = rows({column: "x", "city": "Rome"}) * (EXPORTED_AT_ONCE + 1)
    assert read(written(leads, column, "city"))[1:] == [["x", "Rome"]] * len(leads)


def test_an_attribute_called_name_is_exported_as_it_is_and_a_column_called_name_is_computed() -> None:
    lead = rows({"first_name": "Jane", "last_name": "Public", "name": "an attribute"})
    assert read(written(lead))[1] == ["Jane", "Public", "an attribute"]
    assert read(written(lead, "name"))[1] == ["Jane Public"]


def test_the_local_time_is_the_leads_own_and_empty_where_it_is_not_known() -> None:
    leads = rows({"gmt_offset_now": "-7.00"}, {"gmt_offset_now": "-7.00", "state": "NY"}, {"gmt_offset_now": "GMT-7"}, {})
    assert read(written(leads, "local_time"))[1:] == [["11:02"], ["11:02?"], [""], [""]]
    assert read(written(leads, "local_time_at", "state"))[:2] == [["local_time_at", "state"], ["2026-03-09T11:02-07:00", ""]]
    assert [row[0] for row in read(written(leads, "local_time_at", "state"))[2:]] == ["", "", ""]


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
    assert format_cell(value) == expected


@pytest.mark.parametrize("formula", [
    "=cmd|' /C calc'!A0", "=1+1", "+cmd", "'=1+1", "''=1", "'-7", "@SUM(A1)", "-2+3", "-cmd", "-1e", "\t=1", "\tx", "\n=1",
    "  =1", "＝1", "＋1", "－1", "＠x", "-١",
])  # fmt: skip
def test_a_formula_gets_an_apostrophe_unless_raw_values_are_requested(formula: str) -> None:
    assert format_cell(formula) == f"'{formula}"
    assert format_cell(formula, raw=True) == formula


def test_a_control_character_does_not_hide_a_formula() -> None:
    assert format_cell("\x00=1") == "'=1"
    assert format_cell("\r=1") == "'\n=1"


@pytest.mark.parametrize("number", [
    "-1", "-7.00", "-0.5", "-.5", "-1e5", "-1.5E-10", "12", "2026-03-09", "a=b", "'", "(301) 555-0123", "+1",
    "+442079460018", "-", "--", "'tis",
])  # fmt: skip
def test_numbers_with_a_minus_and_harmless_text_stay_as_they_are(number: str) -> None:
    assert defuse(number) == number


def test_a_header_made_of_a_strangers_key_is_defused_too() -> None:
    assert read(written(rows({"=cmd|x": "1"})))[0] == ["'=cmd|x"]
    assert read(written(rows({"=cmd|x": "1"}), raw=True))[0] == ["=cmd|x"]


@settings(max_examples=40)
@given(st.text(st.sampled_from("'=+-@ \t\n1a"), max_size=6))
def test_the_original_can_be_distinguished_from_a_guarded_cell(text: str) -> None:
    guarded = defuse(text)
    assert (guarded[1:] if guarded.startswith("'") and FORMULA.match(guarded.lstrip("'")) else guarded) == text
    for values in ([text, "x"], ["x", text, "é"]):
        assert read(encode_rows([values])[0]) == [[defuse(value) for value in values]]


@pytest.mark.parametrize("columns", [(), ("notes", "city")])
def test_the_values_with_an_apostrophe_are_counted_and_a_resumed_export_counts_on(columns: tuple[str, ...]) -> None:
    pages = [rows({"notes": "=1", "city": "-7.5"}, {"notes": "'=1", "city": "'tis"}), rows({"notes": "a", "city": "+44 20"})]
    state: dict[str, object] = {}
    for page in pages:
        writer = open_writer("csv", Sink(io.BytesIO()), NOW, Layout(columns))
        if state:
            writer.restore(state)
        writer.write(page)
        state = json.loads(json.dumps(writer.state()))
    assert defused_text(writer.defused, "--raw-csv") == (
        "3 values begin with an apostrophe, so that spreadsheets do not run them; use --raw-csv to write them unchanged"
    )
    _, writer = exported("csv", pages[:1], *columns, raw_csv=True)
    assert (writer.defused, writer.notes) == (0, [])


def test_custom_columns_are_in_the_order_of_their_names_whatever_came_first() -> None:
    first = rows({"field_11": "a", "field_9": "b", "state": "CA", "Zone": "c"}, {"alpha": "d"})
    assert read(written(first))[0] == ["state", "alpha", "field_9", "field_11", "Zone"]
    assert written(first[::-1]).splitlines()[0] == written(first).splitlines()[0]


def test_names_that_differ_only_in_case_are_reported() -> None:
    leads = rows({"member_id": "1", "Member_ID": "2", "MEMBER_id": "3", "plan\nsold": "", "Plan Sold": ""})
    note = "Member_ID and MEMBER_id and member_id, plan sold and Plan Sold differ only in case"
    for columns in ((), ("Member_ID", "MEMBER_id", "member_id", "plan\nsold", "Plan Sold")):
        _, writer = exported("csv", [leads], *columns)
        assert sorted(writer.notes[0]) == sorted(note)
        assert len(writer.notes) == 1


@pytest.mark.parametrize("late", [{}, {"late": "x"}])
@pytest.mark.parametrize("columns", [(), ("city",)])
def test_a_byte_order_mark_begins_the_file_once(columns: tuple[str, ...], late: dict[str, object]) -> None:
    content, _ = exported("csv", [rows({"city": "Zürich"}), rows({"city": "Rome", **late})], *columns, bom=True)
    assert content.startswith(b"\xef\xbb\xbfcity")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert [line.split(",")[0] for line in content.decode("utf-8-sig").splitlines()] == ["city", "Zürich", "Rome"]


def test_the_header_is_one_line_whatever_a_field_is_called() -> None:
    for columns in ((), ("notes\r\nfrom call",)):
        assert written(rows({"notes\r\nfrom call": "x"}), *columns).splitlines()[0] == b"notes from call"


def test_what_no_parser_takes_is_read_anyway() -> None:
    assert read(written(rows(b'{"a": NaN, "b": "x\ny", "c": "\\ud800!"}'))) == [["a", "b", "c"], ["", "x\ny", "!"]]


def test_nothing_found_gives_a_header_of_the_documented_fields_where_no_columns_are_chosen() -> None:
    assert written([], "city", "state") == b"city,state\r\n"
    assert read(written([])) == [list(FIELD_BY_KEY)]


def test_a_terminal_gets_no_control_character() -> None:
    content, _ = exported("csv", [rows({"notes": "a\tb\u202ec\nd"})], "notes", terminal=True)
    assert content.decode() == 'notes\n"a\\tb\\u202ec\nd"\n'


def test_a_spool_that_cannot_be_written_is_an_error_of_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OSError(28, "No space left on device")

    writer = CsvWriter(Sink(io.BytesIO()), NOW, Layout())
    assert writer._spool is not None
    monkeypatch.setattr(writer._spool.file, "write", refuse)
    with pytest.raises(OutputError, match="the disk is full"):
        writer.write(rows({"a": 1}))


texts = st.one_of(
    st.text(),
    st.text("=+-@ ,;|\"'\n\r\t1e.null", max_size=6),
    st.sampled_from(["-7.00", "-1e5", "null", "=1", "|=1", "a|-b", "|", "-", "+1", " x", "(301) 555-0123", "a\n", "-1|"]),
)


@settings(max_examples=40)
@given(st.lists(texts, min_size=1, max_size=6), st.booleans())
def test_cells_together_are_what_each_is_by_itself(values: list[str], raw: bool) -> None:
    each = [format_cell(value, raw=raw) for value in values]
    assert read(encode_rows([values, values], raw=raw)[0]) == [each, each]


@settings(max_examples=40)
@given(st.lists(st.none() | st.integers() | st.booleans() | texts | st.lists(st.integers(), max_size=2), min_size=1, max_size=5))
def test_values_of_any_kind_are_written_as_each_is_by_itself(values: list[object]) -> None:
    assert read(encode_rows([values])[0]) == [[format_cell(value) for value in values]]


def test_one_lead_with_an_odd_key_does_not_slow_down_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    slowly: list[Row] = []
    leads = rows(*({"lead_id": str(number), **({'a"b': "x"} if number == 7 else {})} for number in range(10 * EXPORTED_AT_ONCE)))

    def counted(row: Row) -> dict[str, object] | None:
        slowly.append(row)
        return decoded(row)

    monkeypatch.setattr("lead_tui.export.values.decoded", counted)
    written = exported("csv", [leads])[0].decode().split("\r\n")
    assert (written[0], written[8], written[9], len(written)) == ('lead_id,"a""b"', "7,x", "8,", 10 * EXPORTED_AT_ONCE + 2)
    assert len(slowly) < 3 * EXPORTED_AT_ONCE


_ODD_VALUES: Final = [b"null", b'"null"', b'" "', b'"7"', b"0", b"12.50", b'"a,b"', b'"=1"', b"[1]"]
_ODD_ROWS = st.lists(
    st.dictionaries(st.sampled_from(["id", "lead_id", "status", "plan_sold", "other"]), st.sampled_from(_ODD_VALUES), max_size=5),
    max_size=6,
)


@given(_ODD_ROWS, st.permutations(["lead_id", "status", "plan_sold"]), st.integers(1, 3))
def test_chosen_columns_are_the_values_that_json_lines_have(leads: list[dict[str, bytes]], names: list[str], count: int) -> None:
    columns = names[:count]
    leads_sent = [Row(b"{%b}" % b",".join(b'"%b":%b' % (key.encode(), value) for key, value in lead.items())) for lead in leads]
    leads_sent.append(Row(b"[]"))
    sent = exported("jsonl", [leads_sent], *columns)[0].splitlines()
    lines = [json.loads(line, parse_float=Number) for line in sent]
    expected = [[format_cell(line.get(column, "")) for column in columns] for line in lines]
    assert read(written(leads_sent, *columns))[1:] == expected
