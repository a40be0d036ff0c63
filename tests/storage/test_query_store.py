"""Saved queries in their files: written as by hand, with the user's own text left alone."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.paths import Paths
from lead_tui.leads.errors import ConfigurationError, OutputError, UsageError
from lead_tui.leads.query import Query
from lead_tui.storage.query_store import Deleted, QueryStore, queries_text
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery

WEEK = SavedQuery(
    "New in California",
    Query.of({"status": "NEW", "state": "CA", "created_at_start_date": "-7d", "+plan_sold": "Gold"}),
    ("name", "phone_number", "city"),
    ("-created_at", "last_name"),
    "1",
)

BY_HAND = """\
# My queries.
schema = 1
mine = "kept"   # a key nobody knows

# About A, which matters.
[[query]]  # the first
# inside A
name = "A"
note = "mine too"   # unknown, and its comment
filters = { status = 'NEW', state = "California" }   # why
columns = [
    "name",  # first of all
    "city",
]

# Wrong on purpose.
[[query]]
name = "Broken"
filters = { phone_numbr = "1" }

# About B.
[[query]]
name = "B"
[query.filters]
status = "A"   # answering machine
[query.more]
unknown = [1, 2]

[other]   # the last table
x = 1
"""


def store_in(directory: Path, text: str | None = None) -> QueryStore:
    config = directory / "config"
    paths = Paths(config, config / "state", directory / "site")
    if text is not None:
        config.mkdir(mode=0o700, exist_ok=True)
        paths.queries_file.write_text(text, encoding="utf-8")
    return QueryStore(paths)


def content(store: QueryStore) -> str:
    return store.paths.queries_file.read_bytes().decode("utf-8")


def names(store: QueryStore) -> list[str]:
    return [saved.name for saved in store.load().queries]


def overwrite(store: QueryStore, saved: SavedQuery) -> str:
    """Write *saved* over the query of its name."""
    return store.change(
        saved.name, name=saved.name, query=saved.query, columns=saved.columns, sort=saved.sort, key=saved.key, start=saved.start
    )


def delete(store: QueryStore, name: str) -> Deleted:
    """Delete the query *name*, and return what restores it."""
    store.delete(name)
    assert store.deleted is not None
    return store.deleted


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the removed lines and the added lines."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


# A file written by the program


def test_without_a_file_there_are_no_queries_and_none_is_made(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    loaded = store.load()
    assert (loaded.queries, loaded.notices, loaded.problem) == ((), (), None)
    assert not store.paths.config_dir.exists()


def test_a_query_is_written_as_the_contract_has_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.save(WEEK) == ""
    assert content(store) == (
        "schema = 1\n"
        "\n"
        "[[query]]\n"
        'name = "New in California"\n'
        'filters = { status = "NEW", state = "CA", created_at_start_date = "-7d", "+plan_sold" = "Gold" }\n'
        'columns = ["name", "phone_number", "city"]\n'
        'sort = ["-created_at", "last_name"]\n'
        'key = "1"\n'
        "start = false\n"
    )


def test_a_saved_query_comes_back_as_it_was_with_its_dates_relative(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(WEEK)
    (saved,) = store.load().queries
    assert saved == WEEK
    assert saved.query.dated(date(2026, 3, 8)).value("created_at_start_date") == "2026-03-01"


def test_files_and_directories_are_private(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(WEEK)
    assert stat.S_IMODE(store.paths.config_dir.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in store.paths.config_dir.iterdir()} == {0o600}
    assert sorted(each.name for each in store.paths.config_dir.iterdir()) == ["queries.toml", "queries.toml.lock"]


def test_values_that_look_like_toml_come_back_as_they_were(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    odd = SavedQuery(
        "[[query]] \"a\" = 'b' # \\ é 漢",
        Query((("city", "a\"b'c\\d # [x] = {y}"), ("+a[b].c", "'''"), ("first_name", "é\u2028\u0085é"))),
        ("field \"3\" 'x'", "#"),
    )
    store.save(odd)
    store.save(WEEK)
    assert store.load().queries == (odd, WEEK)


def test_a_name_is_taken_whatever_its_case_until_overwriting_is_requested(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(WEEK)
    again = SavedQuery("new in CALIFORNIA", Query.of({"status": "A"}))
    before = content(store)
    with pytest.raises(UsageError, match="There is a saved query new in CALIFORNIA already") as caught:
        store.save(again)
    assert caught.value.exit_code == 2
    assert content(store) == before
    overwrite(store, again)
    assert store.load().queries == (again,)


def test_a_key_and_the_start_mark_are_taken_from_the_query_that_has_them(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(SavedQuery("a", key="1", start=True))
    store.save(SavedQuery("b", key="2"))
    store.save(SavedQuery("c"))
    store.change("c", key="1", start=True)
    assert [(each.name, each.key, each.start) for each in store.load().queries] == [
        ("a", "", False),
        ("b", "2", False),
        ("c", "1", True),
    ]


def test_renaming_keeps_everything_else(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(WEEK)
    store.save(SavedQuery("b"))
    store.change("NEW in California", name="Last week")
    store.change("Last week", name="LAST week")
    assert store.load().queries[0] == SavedQuery("LAST week", WEEK.query, WEEK.columns, WEEK.sort, WEEK.key)
    with pytest.raises(UsageError):
        store.change("b", name="last week")
    with pytest.raises(UsageError, match="There is no saved query zz"):
        store.change("zz", name="y")
    with pytest.raises(UsageError, match="needs a name"):
        store.change("b", name=" ")
    assert names(store) == ["LAST week", "b"]


def test_a_deleted_query_can_be_restored(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for name in "abc":
        store.save(SavedQuery(name))
    deleted = delete(store, "B")
    assert deleted.saved == SavedQuery("b")
    assert names(store) == ["a", "c"]
    store.restore(deleted)
    assert names(store) == ["a", "c", "b"]
    with pytest.raises(UsageError, match="rename that one first"):
        store.restore(deleted)
    with pytest.raises(UsageError, match="There is no saved query zz"):
        store.delete("zz")


def test_the_last_query_can_be_deleted_and_restored(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(WEEK)
    deleted = delete(store, WEEK.name)
    assert names(store) == []
    store.save(SavedQuery("b"))
    store.delete("b")
    store.restore(deleted)
    assert store.load().queries == (WEEK,)


# A file written by hand


def test_a_hand_written_file_is_read(tmp_path: Path) -> None:
    loaded = store_in(tmp_path, BY_HAND).load()
    assert [(each.name, dict(each.query)) for each in loaded.queries] == [
        ("A", {"status": "NEW", "state": "CA"}),
        ("B", {"status": "A"}),
    ]
    assert len(loaded.notices) == 1
    assert "queries.toml: the query Broken is not shown: phone_numbr is not a documented filter" in loaded.notices[0]


def test_saving_another_query_changes_no_byte_of_what_is_there(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    store.save(WEEK)
    assert content(store).startswith(f"{BY_HAND}\n[[query]]\nname = ")
    assert names(store) == ["A", "B", "New in California"]


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n"])
def test_however_a_file_ends_a_query_can_be_added(tmp_path: Path, end: str) -> None:
    store = store_in(tmp_path, f'[[query]]\nname = "A" # c{end}')
    store.save(WEEK)
    assert names(store) == ["A", "New in California"]
    assert "# c" in content(store)


def test_overwriting_changes_only_what_differs(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    overwrite(store, SavedQuery("A", Query.of({"status": "B", "state": "CA", "city": "Rome"}), ("name", "city")))
    went, came = changed_lines(BY_HAND, content(store))
    assert went == ["filters = { status = 'NEW', state = \"California\" }   # why"]
    assert len(came) == 1
    assert tomllib.loads(came[0]) == {"filters": {"status": "B", "state": "CA", "city": "Rome"}}
    assert came[0].endswith("# why")


def test_overwriting_an_entry_of_several_tables_keeps_unknown_keys(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    overwrite(store, SavedQuery("B", Query.of({"status": "A", "city": "Rome"}), key="7"))
    after = content(store)
    went, _ = changed_lines(BY_HAND, after)
    assert went == []
    entry = tomllib.loads(after)["query"][2]
    assert entry == {"name": "B", "key": "7", "filters": {"status": "A", "city": "Rome"}, "more": {"unknown": [1, 2]}}


def test_filters_that_go_are_taken_out_and_comments_stay(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    overwrite(store, SavedQuery("B"))
    assert tomllib.loads(content(store))["query"][2]["filters"] == {}
    assert "# About B." in content(store)
    assert store.load().queries[1] == SavedQuery("B")


def test_renaming_touches_one_line(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    store.change("a", name="Alpha")
    assert changed_lines(BY_HAND, content(store)) == (['name = "A"'], ['name = "Alpha"'])


def test_deleting_leaves_the_comments_around(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    store.delete("A")
    after = content(store)
    for kept in ("# My queries.", "# About A, which matters.", "# Wrong on purpose.", "# About B.", "[other]   # the last table"):
        assert kept in after
    assert "mine too" not in after


def test_what_was_deleted_comes_back_with_its_comments_though_the_file_changed(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    deleted = delete(store, "A")
    store.save(WEEK)
    store.restore(deleted)
    assert {"# inside A", 'note = "mine too"   # unknown, and its comment'} <= set(content(store).splitlines())
    assert names(store) == ["B", "New in California", "A"]


def test_an_entry_that_cannot_be_used_survives_every_write_untouched(tmp_path: Path) -> None:
    store = store_in(tmp_path, BY_HAND)
    broken = '# Wrong on purpose.\n[[query]]\nname = "Broken"\nfilters = { phone_numbr = "1" }\n'
    store.save(WEEK)
    store.save(SavedQuery("Broken"))
    store.change("A", name="C")
    overwrite(store, SavedQuery("Broken", key="1"))
    store.delete("B")
    assert broken in content(store)
    assert names(store) == ["C", "New in California", "Broken"]
    store.delete("Broken")
    assert broken in content(store)
    with pytest.raises(UsageError):
        store.delete("Broken")


def test_a_query_without_filters_gets_some(tmp_path: Path) -> None:
    store = store_in(tmp_path, "[[query]]\nname = 'A'\n")
    overwrite(store, SavedQuery("A", Query.of({"city": "Rome"})))
    assert store.load().queries == (SavedQuery("A", Query.of({"city": "Rome"})),)


def test_values_that_read_the_same_stay_as_they_were_written(tmp_path: Path) -> None:
    text = "[[query]]\nname = 'A'\nkey = 1\nfilters = { list_id = 2705, city = 'Rome', state = 'ca' }\n"
    store = store_in(tmp_path, text)
    (saved,) = store.load().queries
    overwrite(store, saved)
    assert content(store) == text
    overwrite(store, SavedQuery("A", Query.of({"list_id": "2705", "city": "Rome", "state": "NV"}), key="1"))
    assert content(store) == text.replace("'ca'", '"NV"').replace("2705", '"2705"')


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.paths.config_dir.mkdir(mode=0o700)
    text = '# one\r\nschema = 1\r\n\r\n[[query]]\r\nname = "A"\r\n\r\n# two\r\n[[query]]\r\nname = "B"\r\n'
    store.paths.queries_file.write_bytes(text.encode())
    overwrite(store, SavedQuery("A", Query.of({"city": "Rome"})))
    assert content(store).startswith('# one\r\nschema = 1\r\n\r\n[[query]]\r\nname = "A"\r\n')
    assert content(store).endswith('# two\r\n[[query]]\r\nname = "B"\r\n')
    store.delete("A")
    assert names(store) == ["B"]


APART = "[[query]]\nname = 'A'\n[other]\nx = 1\n[query.filters]\ncity = 'Rome'\n"


def test_what_is_written_in_an_odd_way_is_not_changed_and_others_are_added(tmp_path: Path) -> None:
    store = store_in(tmp_path, APART)
    assert names(store) == ["A"]
    changes: tuple[Callable[[], object], ...] = (
        lambda: store.delete("A"),
        lambda: overwrite(store, SavedQuery("A", Query.of({"city": "Oslo"}))),
    )
    for change in changes:
        with pytest.raises(ConfigurationError, match=r"Cannot change .* as it is written: change it by hand"):
            change()
        assert content(store) == APART
    store.save(SavedQuery("B"))
    assert content(store).startswith(APART)
    assert names(store) == ["A", "B"]


def test_recovered_queries_in_an_odd_form_are_reported_and_stay(tmp_path: Path) -> None:
    store = store_in(tmp_path, "[[query]\n")
    store.paths.recovered_file.write_text(APART)
    with pytest.raises(ConfigurationError, match=r"Cannot change .*recovered\.toml as it is written"):
        overwrite(store, SavedQuery("A", Query.of({"city": "Oslo"})))
    assert (content(store), store.paths.recovered_file.read_text()) == ("[[query]\n", APART)


# Links


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.paths.config_dir.mkdir(mode=0o700)
    elsewhere = tmp_path / "dotfiles"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "q.toml").write_text("# mine\n")
    store.paths.queries_file.symlink_to("../dotfiles/q.toml")
    store.save(WEEK)
    assert store.paths.queries_file.is_symlink()
    assert (elsewhere / "q.toml").read_text().startswith("# mine\n")
    assert names(store) == [WEEK.name]
    assert sorted(each.name for each in elsewhere.iterdir()) == ["q.toml", "q.toml.lock"]


def test_a_link_into_a_directory_that_others_can_write_to_is_not_written_through(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.paths.config_dir.mkdir(mode=0o700)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    store.paths.queries_file.symlink_to(shared / "queries.toml")
    assert "Saved to" in store.save(WEEK)
    assert not (shared / "queries.toml").exists()


# What cannot be read


UNREADABLE: list[bytes] = [b"[[query]\nname = 'A'\n", b"name = '\xff'", b"query = 3", b"schema = 'x'", b"a = 1\na = 2\n", b"\x00"]


@pytest.mark.parametrize("broken", UNREADABLE)
def test_a_file_that_does_not_parse_is_never_touched_and_another_takes_its_place(tmp_path: Path, broken: bytes) -> None:
    store = store_in(tmp_path, "")
    store.paths.queries_file.write_bytes(broken)
    loaded = store.load()
    assert loaded.queries == ()
    assert loaded.problem is not None
    assert "queries.toml" in loaded.notices[0]
    assert "it is left as it is, and queries.recovered.toml is used in its place" in loaded.notices[0]

    assert "Saved to" in store.save(WEEK)
    store.save(SavedQuery("b"))
    store.change("b", name="c")
    store.restore(delete(store, "c"))
    assert store.paths.queries_file.read_bytes() == broken
    loaded = store.load()
    assert [saved.name for saved in loaded.queries] == [WEEK.name, "c"]


def test_once_the_file_can_be_read_again_what_was_saved_meanwhile_is_shown_until_it_is_imported(tmp_path: Path) -> None:
    store = store_in(tmp_path, "[[query]\n")
    store.save(WEEK)
    store.save(SavedQuery("B", Query.of({"city": "Rome"})))
    meanwhile = store.paths.recovered_file.read_text()
    store.paths.queries_file.write_text('# repaired\n[[query]]\nname = "A"\n\n[[query]]\nname = "B"\nnote = "kept"\n')

    loaded = store.load()
    assert loaded.queries == (SavedQuery("A"), SavedQuery("B"), replace(WEEK, read_only=True))
    (notice,) = loaded.notices
    assert notice.endswith(
        "queries.recovered.toml is read too: lead-tui queries import FILE adds what was saved there; then remove the file"
    )
    with pytest.raises(UsageError, match="The saved query New in California is read-only"):
        store.delete(WEEK.name)
    store.save(SavedQuery("last"))
    assert names(store) == ["A", "B", "last", WEEK.name]
    assert content(store).startswith("# repaired\n")
    assert store.paths.recovered_file.read_text() == meanwhile


def test_what_was_deleted_from_the_other_file_comes_back_though_the_first_can_be_read_by_then(tmp_path: Path) -> None:
    store = store_in(tmp_path, "[[query]\n")
    store.save(WEEK)
    deleted = delete(store, WEEK.name)
    store.paths.queries_file.write_text("# repaired\n")
    store.restore(deleted)
    assert names(store) == [WEEK.name]
    assert content(store).startswith("# repaired\n")


def test_if_neither_file_can_be_read_nothing_is_written(tmp_path: Path) -> None:
    store = store_in(tmp_path, "[[query]\n")
    store.paths.recovered_file.write_text("also [broken")
    assert len(store.load().notices) == 2
    with pytest.raises(ConfigurationError, match="Nothing can be saved") as caught:
        store.save(WEEK)
    assert str(store.paths.queries_file) in str(caught.value)
    assert store.paths.queries_file.read_text() == "[[query]\n"
    assert store.paths.recovered_file.read_text() == "also [broken"


def test_a_broken_recovery_beside_a_whole_file_is_reported_and_left(tmp_path: Path) -> None:
    store = store_in(tmp_path, "# fine\n")
    store.paths.recovered_file.write_text("also [broken")
    assert len(store.load().notices) == 1
    assert store.save(WEEK) == ""
    assert store.paths.recovered_file.read_text() == "also [broken"


def test_a_query_of_a_newer_version_is_run_and_not_changed(tmp_path: Path) -> None:
    text = "schema = 2\n[[query]]\nname = 'A'\n"
    store = store_in(tmp_path, text)
    assert store.load().queries == (SavedQuery("A", read_only=True),)
    attempts: list[Any] = [
        lambda: store.save(WEEK),
        lambda: store.change("A", name="B"),
        lambda: store.delete("A"),
        lambda: overwrite(store, SavedQuery("A")),
    ]
    for attempt in attempts:
        with pytest.raises(ConfigurationError, match="written by a newer version and is not changed: update lead-tui"):
            attempt()
    assert content(store) == text
    assert not store.paths.recovered_file.exists()


def test_a_query_in_a_file_that_cannot_be_read_is_no_unknown_query(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="this is not TOML"):
        store_in(tmp_path, "[[query]\nname = 'A'").load().named("A")
    with pytest.raises(UsageError, match="There is no saved query A"):
        store_in(tmp_path, "").load().named("A")
    assert store_in(tmp_path, "[[query]]\nname = 'A'").load().named("a").name == "A"


def test_a_file_that_others_can_write_to_is_neither_read_nor_written(tmp_path: Path) -> None:
    store = store_in(tmp_path, "[[query]]\nname = 'A'\n")
    store.paths.queries_file.chmod(0o666)
    loaded = store.load()
    assert loaded.queries == ()
    assert "Others can write to" in loaded.notices[0]
    store.save(WEEK)
    assert content(store) == "[[query]]\nname = 'A'\n"
    store.paths.config_dir.chmod(0o777)
    with pytest.raises(ConfigurationError, match="Others can write to") as caught:
        store.save(SavedQuery("b"))
    assert str(caught.value).count("Others can write to") == 1


# What cannot be written


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path, BY_HAND)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full") as caught:
        store.save(WEEK)
    assert caught.value.exit_code == 6
    assert content(store) == BY_HAND
    assert sorted(each.name for each in store.paths.config_dir.iterdir()) == ["queries.toml", "queries.toml.lock"]


def test_what_would_be_too_large_to_be_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path, BY_HAND)
    monkeypatch.setattr(limits, "MAX_CONFIGURATION_BYTES", len(BY_HAND.encode()) + 10)
    with pytest.raises(OutputError, match="would be too large to be read again: delete saved queries first"):
        store.save(WEEK)
    assert content(store) == BY_HAND


# The site's


def site(directory: Path, **files: str) -> Path:
    queries = directory / "site" / "queries.d"
    queries.mkdir(parents=True)
    for name, text in files.items():
        (queries / f"{name}.toml").write_text(text)
    return queries


def test_the_sites_queries_follow_the_users_own_and_are_read_only(tmp_path: Path) -> None:
    queries = site(tmp_path, b="[[query]]\nname = 'two'\n", a="[[query]]\nname = 'one'\nkey = '1'\nstart = true\n")
    (queries / "notes.txt").write_text("no [toml")
    store = store_in(tmp_path, "[[query]]\nname = 'own'\nkey = '1'\n")
    assert store.load().queries == (
        SavedQuery("own", key="1"),
        SavedQuery("one", start=True, read_only=True),
        SavedQuery("two", read_only=True),
    )


def test_the_users_own_start_query_comes_before_the_sites(tmp_path: Path) -> None:
    site(tmp_path, a="[[query]]\nname = 'one'\nstart = true\n")
    loaded = store_in(tmp_path, "[[query]]\nname = 'own'\nstart = true\n[[query]]\nname = 'more'\nstart = true\n").load()
    assert [(each.name, each.start) for each in loaded.queries] == [("own", True), ("more", False), ("one", False)]


def test_a_bad_file_of_the_site_hides_no_other(tmp_path: Path) -> None:
    queries = site(tmp_path, a="[[query", b="[[query]]\nname = 'two'\n[[query]]\n", c="[[query]]\nname = 'three'\n")
    (queries / "c.toml").chmod(0o666)
    loaded = store_in(tmp_path).load()
    assert [each.name for each in loaded.queries] == ["two"]
    assert [notice.split("queries.d/")[1].split(",")[0].split(":")[0] for notice in loaded.notices] == [
        "a.toml",
        "b.toml",
        "c.toml",
    ]
    assert loaded.problem is None


def test_a_query_of_the_site_is_hidden_by_the_users_own_and_never_changed(tmp_path: Path) -> None:
    queries = site(tmp_path, a="[[query]]\nname = 'one'\n")
    store = store_in(tmp_path)
    with pytest.raises(UsageError, match="The saved query one is read-only"):
        store.delete("one")
    with pytest.raises(UsageError, match="The saved query one is read-only"):
        store.change("one", name="two")
    store.save(SavedQuery("One", Query.of({"city": "Rome"})))
    assert store.load().queries == (SavedQuery("One", Query.of({"city": "Rome"})),)
    assert (queries / "a.toml").read_text() == "[[query]]\nname = 'one'\n"
    store.delete("one")
    assert store.load().queries == (SavedQuery("one", read_only=True),)


# Elsewhere


def test_queries_can_be_written_as_a_file_of_their_own() -> None:
    text = queries_text([WEEK, SavedQuery("b")])
    assert QueriesFile(Path("export.toml"), text).queries == (WEEK, SavedQuery("b"))
    assert text.startswith("schema = 1\n\n[[query]]\n")
    assert QueriesFile(Path("export.toml"), queries_text([])).queries == ()


def test_of_names_that_differ_only_in_case_the_exact_one_is_changed(tmp_path: Path) -> None:
    paths = Paths.of(str(tmp_path))
    store = QueryStore(paths)
    paths.queries_file.write_text("[[query]]\nname = 'Start'\n\n[[query]]\nname = 'start'\n")
    with pytest.raises(UsageError, match="differ only in case"):
        store.delete("START")
    overwrite(store, SavedQuery("start", Query.of({"city": "Rome"})))
    store.change("Start", name="Other")
    assert [(saved.name, dict(saved.query)) for saved in store.load().queries] == [("Other", {}), ("start", {"city": "Rome"})]
    store.delete("START")
    assert [saved.name for saved in store.load().queries] == ["Other"]


def test_many_are_written_at_once_and_the_users_text_is_kept(tmp_path: Path) -> None:
    paths = Paths.of(str(tmp_path))
    store = QueryStore(paths)
    begin = "# mine\n[[query]] # first\nname = 'a'\nunknown = 1 # stays\n"
    paths.queries_file.write_text(begin)
    assert store.save_all({f"q {number}": SavedQuery(f"q {number}", Query.of({"city": "Rome"})) for number in range(60)}) == ""
    assert paths.queries_file.read_text().startswith(begin)
    assert len(store.load().queries) == 61
    over = {
        "a": SavedQuery("a", Query.of({"city": "Oslo"})),
        **{f"q {number}": SavedQuery(f"q {number}") for number in range(1, 60, 2)},
    }
    store.save_all(over)
    queries = store.load().queries
    assert [saved.name for saved in queries] == ["a", *(f"q {number}" for number in range(60))]
    assert [dict(saved.query) for saved in queries[:3]] == [{"city": "Oslo"}, {"city": "Rome"}, {}]
    assert "# mine" in paths.queries_file.read_text()
    assert "unknown = 1 # stays" in paths.queries_file.read_text()


@contextmanager
def not_enterable(folder: Path) -> Iterator[None]:
    """Deny this process access to *folder*."""
    folder.chmod(0o000)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_a_home_directory_that_may_not_be_entered_is_reported(tmp_path: Path) -> None:
    # All that saving imports is imported by then.
    mine = SavedQuery("Mine", Query())
    QueryStore(Paths(tmp_path / "elsewhere", tmp_path / "state", tmp_path / "site")).save(mine)
    home = tmp_path / "home"
    home.mkdir()
    store = QueryStore(Paths(home / ".config" / "lead-tui", home / "state", home / "site"))
    changes: tuple[Callable[[], object], ...] = (lambda: store.save(mine), lambda: store.delete("Mine"))
    with not_enterable(home):
        assert "permission denied" in " ".join(store.load().notices)
        for change in changes:
            with pytest.raises(OutputError, match="permission denied"):
                change()
