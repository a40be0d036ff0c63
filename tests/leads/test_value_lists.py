"""Lists of values: any separators between ids, and any form of the lines of a call list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.lookup import ids_in, look_up, look_ups_in, only_line

ids = st.integers(1, 10**12)
# "1,000" may be a number with a thousands separator: such ids are on separate lines.
plain_ids = ids.filter(lambda each: each >= 1_000)
separators = st.sampled_from(["\n", "\r\n", "\r", ",", ", ", "\t", ";", ",\n", "\n\n \n"])


@given(st.lists(st.tuples(plain_ids, separators), min_size=1))
def test_ids_stand_between_any_separators(pieces: list[tuple[int, str]]) -> None:
    text = "".join(f"{each}{separator}" for each, separator in pieces)
    assert ids_in("lead_id", text) == ",".join(dict.fromkeys(str(each) for each, _ in pieces))


@given(st.lists(ids, min_size=1), st.sampled_from(["{}", "#{}", "lead id {}", '"{}"', "{}.0", "00{}", " {} ", "\ufeff{}"]))
def test_ids_are_written_as_in_a_filter(numbers: list[int], form: str) -> None:
    text = "\n".join(form.format(each) for each in numbers)
    assert ids_in("list_id", text).split(",") == [str(each) for each in dict.fromkeys(numbers)]


@given(st.lists(ids, max_size=5), st.lists(ids, max_size=5), st.sampled_from(["x", "0", "1-2", "1,234,000", "lead_id", "5 x"]))
def test_the_line_of_a_mistake_is_named_and_not_repeated(before: list[int], after: list[int], mistake: str) -> None:
    with pytest.raises(FilterError) as refused:
        ids_in("lead_id", "\n".join(map(str, [*before, mistake, *after])))
    assert str(refused.value) == f"Line {len(before) + 1} is not an id"


@given(st.text().filter(str.strip))
def test_any_text_is_a_list_of_ids_or_refused(text: str) -> None:
    try:
        value = ids_in("lead_id", text)
    except UsageError:
        return
    assert all(each.isascii() and each.isdigit() for each in value.split(","))
    assert ids_in("lead_id", value.replace(",", "\n")) == value


@given(st.lists(st.one_of(st.text(max_size=30), st.from_regex(r"\A\(?[2-9][0-9]{2}\)? ?[0-9]{3}-[0-9]{4}\Z")), max_size=8))
def test_each_line_is_looked_up_as_it_would_be_alone_and_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        found = look_ups_in(text)
    except UsageError:
        return
    assert [each.line for each in found] == sorted({each.line for each in found})
    for each in found:
        assert each.text == each.text.strip() != ""
        if each.look_up is not None:
            assert each.look_up == look_up(each.text)
            assert not each.look_up.is_name
    asked = [each.look_up.parts for each in found if each.look_up is not None]
    assert len(asked) == len(set(asked)) > 0


def test_lines_have_the_numbers_that_an_editor_shows() -> None:
    found = look_ups_in("number\r\n\r\n(301) 555-0100\r\n301.555.0100\nana@example.com\r#7\nJane Public\n")
    assert [(each.line, each.text, each.look_up is None) for each in found] == [
        (1, "number", True),
        (3, "(301) 555-0100", False),
        (5, "ana@example.com", False),
        (6, "#7", False),
        (7, "Jane Public", True),
    ]


def test_only_a_line_that_stands_alone_may_be_a_name() -> None:
    assert only_line("\n Jane Public \n\n") == "Jane Public"
    assert only_line("Jane\nPublic") == only_line("\n") == ""
