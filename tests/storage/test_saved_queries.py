"""Reading saved queries: one by one, so that an invalid one does not hide the others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from lead_tui.leads.errors import UsageError
from lead_tui.leads.query import Query
from lead_tui.storage.query_store import LoadedQueries
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery, checked, checked_name, loose_key
from tests.storage.example import NEW_IN_CALIFORNIA

PATH = Path("/c/queries.toml")


def named(queries: Iterable[SavedQuery], name: str) -> SavedQuery:
    return LoadedQueries(tuple(queries)).named(name)


EXAMPLE = f"""
schema = 1

[[query]]
{NEW_IN_CALIFORNIA}start = false
"""


def test_the_contracts_example_is_read_with_its_relative_date() -> None:
    file = QueriesFile(PATH, EXAMPLE)
    assert file.notices == []
    assert file.queries == (
        SavedQuery(
            "New in California",
            Query((("status", "NEW"), ("state", "CA"), ("created_at_start_date", "-7d"), ("+plan_sold", "Gold"))),
            ("name", "phone_number", "city"),
            ("-created_at", "last_name"),
            "1",
        ),
    )


@pytest.mark.parametrize("text", ["", "schema = 1\n", "# only a comment", "schema = 1\nquery = []\n"])
def test_a_file_without_queries_has_none(text: str) -> None:
    file = QueriesFile(PATH, text)
    assert (file.queries, file.notices, file.problem) == ((), [], None)


def test_a_name_alone_is_a_query_for_all_leads() -> None:
    assert QueriesFile(PATH, "[[query]]\nname = 'all'").queries == (SavedQuery("all"),)


def test_numbers_and_days_may_stand_without_quotes() -> None:
    file = QueriesFile(PATH, "[[query]]\nname = 'x'\nkey = 3\nfilters = { list_id = 2705, date_of_birth = 1980-02-29 }")
    assert file.queries == (SavedQuery("x", Query.of({"list_id": "2705", "date_of_birth": "1980-02-29"}), key="3"),)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("filters = {}", "query 2 is not shown: it has no name"),
        ("name = 3", "query 2 is not shown: it has no name"),
        ("name = ' '", "query 2 is not shown: A saved query needs a name"),
        (f"name = '{'x' * 101}'", "is not shown: A saved query's name has at most 100 characters, this has 101"),
        (
            "name = 'b'\nfilters = { phone_numbr = '1' }",
            "the query b is not shown: phone_numbr is not a documented filter: did you mean",
        ),
        ("name = 'b'\nfilters = { phone_number = '12' }", "the query b is not shown: phone_number: A phone number has 10 digits"),
        ("name = 'b'\nfilters = { status = true }", "the query b is not shown: status: its value must be text in quotes"),
        ("name = 'b'\nfilters = { status = ['NEW'] }", "the query b is not shown: status: its value must be text in quotes"),
        ("name = 'b'\nfilters = 'status=NEW'", "the query b is not shown: filters must be a table"),
        ("name = 'b'\ncolumns = 'name'", "the query b is not shown: columns must be a list of column names"),
        ("name = 'b'\nsort = [1]", "the query b is not shown: sort must be a list of column names"),
        ("name = 'b'\nstart = 'yes'", "the query b is not shown: start must be true or false"),
        ("name = 'first'", "the query first is not shown: there is one of that name above: give it another name"),
    ],
)
def test_an_entry_that_cannot_be_used_is_reported_and_hides_no_other(entry: str, said: str) -> None:
    text = f"[[query]]\nname = 'first'\n\n[[query]]\n{entry}\n\n[[query]]\nname = 'last'\n"
    file = QueriesFile(PATH, text)
    assert [saved.name for saved in file.queries] == ["first", "last"]
    assert len(file.notices) == 1
    assert file.notices[0].startswith("/c/queries.toml: ")
    assert said in file.notices[0]


def test_a_thing_that_is_not_a_table_is_reported() -> None:
    file = QueriesFile(PATH, "query = [ 3, { name = 'b' } ]")
    assert [saved.name for saved in file.queries] == ["b"]
    assert file.notices == ["/c/queries.toml: query 1 is not shown: it is not a table"]


@pytest.mark.parametrize("key", ["'x'", "'12'", "true", "[]", "-1"])
def test_a_key_is_a_digit(key: str) -> None:
    file = QueriesFile(PATH, f"[[query]]\nname = 'a'\nkey = {key}")
    assert file.queries == ()
    assert file.notices == ["/c/queries.toml: the query a is not shown: A saved query's key is one digit"]


@pytest.mark.parametrize("text", ["[[query", "schema = '1'", "schema = true", "schema = 0", "query = 3", "[query]\nname = 'a'"])
def test_a_file_that_cannot_be_understood_is_a_problem_with_a_line(text: str) -> None:
    file = QueriesFile(PATH, text)
    assert file.queries == ()
    assert "/c/queries.toml" in str(file.problem)


def test_a_query_of_a_newer_version_can_be_run_but_not_changed() -> None:
    file = QueriesFile(PATH, "schema = 2\n[[query]]\nname = 'a'\n[[query]]\nnewly = { formed = 1 }")
    assert file.newer
    assert file.queries == (SavedQuery("a", read_only=True),)
    assert "was written by a newer version (schema 2)" in file.notices[0]


@pytest.mark.parametrize("name", ["email", "phone_number", "lead_id", "created_at_start_date"])
def test_a_value_that_is_refused_is_never_repeated(name: str) -> None:
    (notice,) = QueriesFile(PATH, f"[[query]]\nname = 'a'\nfilters = {{ {name} = 'jane doe' }}").notices
    assert f"the query a is not shown: {name}: " in notice
    assert "jane" not in notice


def test_names_are_clean_lines() -> None:
    assert checked_name("  New \t in\nCalifornia ") == "New in California"
    assert checked_name("a\x1b[31mb\u202ec") == "a [31mb c"
    assert checked_name("x" * 100) == "x" * 100
    for name in ("", " \n", "\x00\u200b"):
        with pytest.raises(UsageError, match="needs a name"):
            checked_name(name)
    with pytest.raises(UsageError, match="at most 100 characters, this has 101"):
        checked_name("x" * 101)


def test_names_are_the_same_whatever_their_composition_and_are_found_whatever_their_case() -> None:
    assert loose_key("New") == loose_key(" nEW")
    assert checked_name("Caf\u00e9") == checked_name("Cafe\u0301")
    assert loose_key("Caf\u00e9") == loose_key("CAFE\u0301")
    assert loose_key("New") != loose_key("Now")


TWO_STARTS = """schema = 1

[[query]]
name = "Start"
filters = { state = "ON" }

[[query]]
name = "start"
filters = { state = "CA" }
"""


def test_of_names_that_differ_only_in_case_the_exact_one_is_used() -> None:
    file = QueriesFile(PATH, TWO_STARTS)
    assert file.notices == []
    for name, state in (("Start", "ON"), ("start", "CA")):
        assert dict(named(file.queries, name).query) == {"state": state}
        position = file.position(name)
        assert position is not None
        assert file.entries[position] == named(file.queries, name)
    with pytest.raises(UsageError, match="The names Start and start differ only in case: write the name exactly") as told:
        named(file.queries, "START")
    assert told.value.exit_code == 2
    assert file.position("START") is None
    assert named(file.queries[:1], "START").name == "Start"


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(UsageError, match="key is one digit"):
        checked(SavedQuery("a", key="12"))
    assert checked(SavedQuery(" a ", read_only=True)) == SavedQuery("a")


def test_a_query_is_found_by_name_or_the_nearest_is_reported() -> None:
    queries = [SavedQuery("New in California"), SavedQuery("Old")]
    assert named(queries, " new  in california") == queries[0]
    with pytest.raises(UsageError, match="There is no saved query New in Califrnia: did you mean New in California\\?") as caught:
        named(queries, "New in Califrnia")
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match="There is no saved query zz: lead-tui queries list shows them all"):
        named(queries, "zz")
