"""Changing one entry of a text of queries: what is meant comes out, whatever else stands there, or nothing does."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.leads.fields import column_named
from lead_tui.leads.query import Query
from lead_tui.storage import query_file
from lead_tui.storage.query_file import CannotEdit, appended, edited, removed, rendered, restored
from lead_tui.storage.saved_queries import SavedQuery, entry_of, queries_in

words = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() != "")
values = st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]), min_size=1, max_size=12)
queries = st.dictionaries(
    st.one_of(st.sampled_from(["city", "status", "first_name"]), st.from_regex(r"\+x[a-z_.\[\]-]{1,5}", fullmatch=True)),
    values,
    max_size=4,
).map(Query.of)
names = st.lists(words, max_size=4, unique=True).map(tuple)
columns = names.map(lambda columns: tuple(dict.fromkeys(map(column_named, columns))))
saved = st.builds(SavedQuery, st.just("A"), queries, columns, names, st.sampled_from(["", "1"]), st.booleans())
notes = st.lists(
    st.sampled_from(["# a comment", "", "  # [[query]]", "unknown = '''\n[[query]]\n'''", "x.y = 1  # 'odd\""]), max_size=3
)


@settings(max_examples=60)
@given(notes, notes, saved, saved)
def test_whatever_is_saved_over_whatever_is_read_back(
    before: list[str], within: list[str], old: SavedQuery, new: SavedQuery
) -> None:
    unique = list(dict.fromkeys(within))
    head = "\n".join(["schema = 1", *(line for line in before if "=" not in line), "[[query]]", *unique, ""])
    tail = "\n# between\n[[query]]\nname = 'B'\n" + "\n".join(unique)
    text = head + rendered(entry_of(old)).removeprefix("[[query]]\n") + tail

    after = edited(text, {0: entry_of(new)}, [])
    read, other = queries_in(after, Path("q")).queries
    assert (entry_of(read), other) == (entry_of(new), SavedQuery("B"))
    assert after.endswith(tail)
    assert after.startswith(head)

    gone = removed(after, 0)
    assert queries_in(gone.after, Path("q")).queries == (SavedQuery("B"),)
    assert restored(gone.after, gone) == after
    assert tail.strip("\n") in gone.after

    more = appended(gone.after, rendered(entry_of(new)))
    assert more.startswith(gone.after.rstrip("\n"))
    assert queries_in(more, Path("q")).queries == (SavedQuery("B"), new)


def test_an_entry_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(CannotEdit):
        edited("schema = 1\n", {0: {"name": "A"}}, [])


def test_what_the_library_gets_wrong_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import tomlkit

    text = '[[query]]\nname = "A"\n'
    real = tomlkit.parse
    monkeypatch.setattr(tomlkit, "parse", lambda given: real(given.replace("A", "Z")))
    with pytest.raises(CannotEdit):
        edited(text, {0: {"name": "B"}}, [])

    def stumble(given: str) -> None:
        raise KeyError(given)

    monkeypatch.setattr(tomlkit, "parse", stumble)
    with pytest.raises(CannotEdit):
        edited(text, {0: {"name": "B"}}, [])


@pytest.mark.parametrize("result", ["[[query", '[[query]]\nname = "C"\n', '[[query]]\nname = "B"\n[other]\n', ""])
def test_what_comes_out_is_compared_with_what_was_meant(monkeypatch: pytest.MonkeyPatch, result: str) -> None:
    monkeypatch.setattr(query_file, "_edited", lambda text, change: result)
    with pytest.raises(CannotEdit):
        edited('[[query]]\nname = "A"\n', {0: {"name": "B"}}, [])


def test_nested_values_of_an_entry_survive_a_way_through_a_list() -> None:
    entry = {"name": "A", "filters": {"city": "x"}, "more": {"deep": {"er": [1, {"a": 2}]}, "empty": {}}}
    text = appended("query = []\n", rendered(entry))
    assert tomllib.loads(text) == {"query": [entry]}
    assert removed(text, 0).entry == entry
