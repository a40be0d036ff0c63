"""Changing one entry in the text of queries.toml: the result is as intended, whatever else it contains, or nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.config.paths import Paths
from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.fields import column_named
from lead_tui.leads.query import Query
from lead_tui.storage import query_store
from lead_tui.storage.query_store import QueryStore, rendered, rewritten
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery, is_same_search

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
notes = st.lists(st.sampled_from(["# a comment", "", "  # [[query]]", "unknown = '''\nx'''", "x.y = 1  # 'odd\""]), max_size=3)


@settings(max_examples=25)
@given(notes, notes, saved, saved)
def test_whatever_is_saved_over_whatever_is_read_back(
    before: list[str], within: list[str], old: SavedQuery, new: SavedQuery
) -> None:
    unique = list(dict.fromkeys(within))
    head = "\n".join(["schema = 1", *(line for line in before if "=" not in line), "[[query]]", *unique, ""])
    tail = "\n# between\n[[query]]\nname = 'B'\n" + "\n".join(unique)
    text = head + rendered(old).removeprefix("[[query]]\n") + tail

    changed = rewritten(QueriesFile(Path("q"), text), {0: new})
    read, other = changed.queries
    assert (is_same_search(read, new), read.key, read.start, other) == (True, new.key, new.start, SavedQuery("B"))
    assert changed.text.endswith(tail)
    assert changed.text.startswith(head)


def test_an_entry_that_was_written_in_several_places_cannot_be_changed(tmp_path: Path) -> None:
    text = "[[query]]\nname = 'A'\n[other]\nx = 1\n[query.filters]\ncity = 'Rome'\n"
    store = QueryStore(Paths.of(tmp_path))
    store.paths.queries_file.write_text(text)
    for change in (lambda: store.change("A", query=Query()), lambda: store.delete("A")):
        with pytest.raises(ConfigurationError, match=r"Cannot change .* as it is written"):
            change()
    assert store.paths.queries_file.read_text() == text


@pytest.mark.parametrize("result", ["[[query", '[[query]]\nname = "C"\n', '[[query]]\nname = "B"\n[other]\n', ""])
def test_the_result_is_compared_with_the_intended_one(monkeypatch: pytest.MonkeyPatch, result: str) -> None:
    monkeypatch.setattr(query_store, "_with_values", lambda text, values: result)
    with pytest.raises(ValueError):
        rewritten(QueriesFile(Path("q"), '[[query]]\nname = "A"\n'), {0: SavedQuery("B")})


@pytest.mark.parametrize("text", ["query = []\n", "query = [3, { name = 'B' }]\n"])
def test_a_list_in_one_value_is_left_as_it_is(text: str) -> None:
    with pytest.raises(ValueError):
        rewritten(QueriesFile(Path("q"), text), {}, rendered(SavedQuery("A")))
