"""Changing one entry in the text of queries.toml: the result is as intended, whatever else it contains, or nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.fields import column_named
from lead_tui.leads.query import Query
from lead_tui.storage import query_store
from lead_tui.storage.query_store import Draft, rendered
from lead_tui.storage.saved_queries import QueriesFile, QueryEntry, SavedQuery, entry_of

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


@settings(max_examples=25)
@given(notes, notes, saved, saved)
def test_whatever_is_saved_over_whatever_is_read_back(
    before: list[str], within: list[str], old: SavedQuery, new: SavedQuery
) -> None:
    unique = list(dict.fromkeys(within))
    head = "\n".join(["schema = 1", *(line for line in before if "=" not in line), "[[query]]", *unique, ""])
    tail = "\n# between\n[[query]]\nname = 'B'\n" + "\n".join(unique)
    text = head + rendered(old).removeprefix("[[query]]\n") + tail

    draft = draft_of(text)
    draft.edit([(first(draft), new)])
    after = draft.file.text
    read, other = draft.file.queries
    assert (entry_of(read), other) == (entry_of(new), SavedQuery("B"))
    assert after.endswith(tail)
    assert after.startswith(head)

    gone = draft.remove(first(draft))
    assert draft.file.queries == (SavedQuery("B"),)
    assert tail.strip("\n") in gone.after
    draft.restore(gone)
    assert draft.file.text == after

    draft.remove(first(draft))
    draft.append(rendered(new))
    assert draft.file.text.startswith(gone.after.rstrip("\n"))
    assert draft.file.queries == (SavedQuery("B"), new)


def draft_of(text: str) -> Draft:
    return Draft(QueriesFile(Path("q"), text))


def first(draft: Draft) -> QueryEntry:
    return next(iter(draft.file.entries.values()))


def rename(draft: Draft) -> None:
    """Name the first entry B."""
    draft.edit([(first(draft), SavedQuery("B"))])


def test_an_entry_that_was_written_in_several_places_cannot_be_changed() -> None:
    draft = draft_of("[[query]]\nname = 'A'\n[other]\nx = 1\n[query.filters]\ncity = 'Rome'\n")
    for change in (lambda: rename(draft), lambda: draft.remove(first(draft))):
        with pytest.raises(ConfigurationError, match="is not changed from here"):
            change()


def test_what_the_library_gets_wrong_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import tomlkit

    draft = draft_of('[[query]]\nname = "A"\nkey = "1"\n')
    real = tomlkit.parse
    monkeypatch.setattr(tomlkit, "parse", lambda given: real(given.replace("1", "2")))
    with pytest.raises(ConfigurationError, match="is not changed from here"):
        draft.edit([(first(draft), SavedQuery("B", key="1"))])

    def stumble(given: str) -> None:
        raise KeyError(given)

    monkeypatch.setattr(tomlkit, "parse", stumble)
    with pytest.raises(ConfigurationError, match="is not changed from here"):
        rename(draft)


@pytest.mark.parametrize("result", ["[[query", '[[query]]\nname = "C"\n', '[[query]]\nname = "B"\n[other]\n', ""])
def test_the_result_is_compared_with_the_intended_one(monkeypatch: pytest.MonkeyPatch, result: str) -> None:
    draft = draft_of('[[query]]\nname = "A"\n')
    monkeypatch.setattr(query_store, "_edited", lambda text, values: result)
    with pytest.raises(ConfigurationError, match="is not changed from here"):
        rename(draft)
    assert draft.file.text == '[[query]]\nname = "A"\n'


@pytest.mark.parametrize("text", ["query = []\n", "query = [3, { name = 'B' }]\n"])
def test_a_list_in_one_value_is_left_as_it_is(text: str) -> None:
    draft = draft_of(text)
    with pytest.raises(ConfigurationError, match="is not changed from here"):
        draft.append(rendered(SavedQuery("A")))
    assert draft.file.text == text
