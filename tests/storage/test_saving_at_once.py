"""Saving from several processes at once, and from one that is killed meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lead_tui.config.paths import Paths
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery
from lead_tui.storage.state import ScreenState, load_state, save_state

ROUNDS = 8

SAVE_MANY = """
import sys
from lead_tui import limits
from lead_tui.leads.query import Query
from lead_tui.config.paths import Paths
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
import tomlkit
# On a busy machine any one of them may be the last to have the lock, again and again.
limits.LOCK_TIMEOUT = float('inf')
store = QueryStore(Paths.of(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for turn in range(int(sys.argv[3])):
    store.save(SavedQuery(f"{sys.argv[2]} {turn}", Query.of({"city": sys.argv[2]})))
"""

SAVE_FOR_EVER = """
import sys
from lead_tui.leads.query import Query
from lead_tui.config.paths import Paths
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
store = QueryStore(Paths.of(sys.argv[1]))
store.save(SavedQuery("turn 0"))
print("saving", flush=True)
turn = 0
while True:
    turn += 1
    store.change(f"turn {turn - 1}", name=f"turn {turn}")
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_processes_that_save_at_once_lose_nothing(tmp_path: Path) -> None:
    beginning = "# by hand\n[[query]]\nname = 'mine'\n"
    (tmp_path / "queries.toml").write_text(beginning)
    whos = ("one", "two")
    processes = [start(SAVE_MANY, str(tmp_path), who, str(ROUNDS)) for who in whos]
    assert [line_of(process) for process in processes] == ["ready"] * 2
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0]
    names = [saved.name for saved in QueryStore(Paths.of(tmp_path)).load().queries]
    expected = {f"{who} {turn}" for who in whos for turn in range(ROUNDS)} | {"mine"}
    assert len(names) == len(expected)
    assert set(names) == expected
    assert (tmp_path / "queries.toml").read_text().startswith(beginning)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["queries.toml", "queries.toml.lock"]


def test_a_process_killed_while_it_saves_leaves_a_whole_file_and_a_free_lock(tmp_path: Path) -> None:
    many = "".join(f"[[query]]\nname = 'kept {number}'\nfilters = {{ city = 'Rome' }}\n\n" for number in range(50))
    (tmp_path / "queries.toml").write_text(many)
    for attempt in range(2):
        process = start(SAVE_FOR_EVER, str(tmp_path))
        assert line_of(process) == "saving"
        # Somewhere in the middle of a save: each attempt first lets a different number of saves pass.
        seen = 0
        before = (tmp_path / "queries.toml").stat().st_ino
        while seen < attempt:
            inode = (tmp_path / "queries.toml").stat().st_ino
            seen, before = seen + (inode != before), inode
        process.send_signal(signal.SIGKILL)
        process.communicate()

        text = (tmp_path / "queries.toml").read_text()
        tomllib.loads(text)
        names = [saved.name for saved in QueriesFile(tmp_path / "queries.toml", text).queries]
        assert names[:50] == [f"kept {number}" for number in range(50)]
        assert len(names) == 51
        # The lock ended with the process, and the next save removes its remains.
        store = QueryStore(Paths.of(tmp_path))
        store.delete(names[50])
        assert sorted(each.name for each in tmp_path.iterdir()) == ["queries.toml", "queries.toml.lock"]


DIE_AT = """
import os, signal, sys
from lead_tui.config.paths import Paths
from lead_tui.storage.query_store import QueryStore
from lead_tui.storage.saved_queries import SavedQuery
real = getattr(os, sys.argv[2])
def die(*arguments):
    if sys.argv[3] == "after":
        real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, sys.argv[2], die)
QueryStore(Paths.of(sys.argv[1])).save(SavedQuery("new"))
"""


@pytest.mark.parametrize(
    ("call", "when", "names"),
    [
        ("fchmod", "after", ["old"]),
        ("fsync", "before", ["old"]),
        ("replace", "before", ["old"]),
        ("replace", "after", ["old", "new"]),
    ],
)
def test_wherever_a_save_is_killed_the_file_is_the_old_one_or_the_new_one(
    tmp_path: Path, call: str, when: str, names: list[str]
) -> None:
    store = QueryStore(Paths.of(tmp_path))
    store.save(SavedQuery("old"))
    process = start(DIE_AT, str(tmp_path), call, when)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert [saved.name for saved in store.load().queries] == names
    store.save(SavedQuery("next"))
    assert [saved.name for saved in store.load().queries] == [*names, "next"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["queries.toml", "queries.toml.lock"]


def test_two_stores_of_one_process_see_each_others_writes(tmp_path: Path) -> None:
    one, two = QueryStore(Paths.of(tmp_path)), QueryStore(Paths.of(tmp_path))
    one.save(SavedQuery("a"))
    two.save(SavedQuery("b"))
    one.change("b", name="c")
    assert [saved.name for saved in two.load().queries] == ["a", "c"]


def test_sessions_that_remember_different_things_keep_both(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    began = load_state(paths)
    save_state(paths, began, ScreenState(theme="light"))
    save_state(paths, began, ScreenState(hide_empty=True))
    assert load_state(paths) == ScreenState(theme="light", hide_empty=True)
