"""``lead-tui queries``: listing, showing, deleting, and moving queries between configurations."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from unittest.mock import patch

import pytest

from lead_tui.cli.queries import delete_query
from lead_tui.config.paths import Paths
from lead_tui.storage.query_store import QueryStore
from tests.cli.command import Command
from tests.storage.example import NEW_IN_CALIFORNIA

QUERIES = f"""schema = 1

# Mine.
[[query]]
{NEW_IN_CALIFORNIA}start = true

[[query]]
name = "Call back"
filters = {{ status = "CALLBK" }}
"""

OTHERS = """schema = 1
[[query]]
name = "Call back"
filters = { status = "OTHER" }
[[query]]
name = "Theirs"
filters = { state = "NV" }
key = "1"
start = true
"""


@pytest.fixture(name="saved")
def _saved(command: Command) -> Command:
    command.write("queries.toml", QUERIES)
    return command


def kept(command: Command) -> dict[str, dict[str, object]]:
    """Return the queries of the file by name."""
    text = (command.config_dir / "queries.toml").read_text()
    return {entry["name"]: entry for entry in tomllib.loads(text).get("query", [])}


def test_a_list_for_programs_is_parted_by_tabs(saved: Command) -> None:
    done = saved.run("queries", "list")
    assert (done.code, done.err) == (0, "")
    assert [line.split("\t") for line in done.lines] == [
        ["New in California", "1", "start", "status NEW · state CA · created −7d · plan sold Gold"],
        ["Call back", "", "", "status CALLBK"],
    ]


def test_having_no_saved_queries_is_not_an_error(command: Command) -> None:
    done = command.call("queries", "list")
    assert (done.code, done.text) == (0, "")
    assert "No saved queries yet" in done.err


def test_a_file_that_cannot_be_read_is_a_matter_of_configuration(command: Command) -> None:
    command.write("queries.toml", "[[query")
    done = command.call("queries", "list")
    assert done.code == 5
    assert done.err.count("queries.toml") == 1


def test_a_query_is_shown_as_the_file_holds_it(saved: Command) -> None:
    done = saved.call("queries", "show", "new in california")
    assert done.code == 0
    assert tomllib.loads(done.text)["query"] == [kept(saved)["New in California"]]


@pytest.mark.parametrize("action", ["show", "delete"])
def test_a_query_that_is_not_there_is_reported_with_the_nearest(saved: Command, action: str) -> None:
    done = saved.call("queries", action, "Call bak")
    assert done.code == 2
    assert "did you mean Call back" in done.err


def test_a_query_is_deleted_and_comments_stay(saved: Command) -> None:
    done = saved.call("queries", "delete", "call back")
    assert (done.code, done.text) == (0, "")
    assert "Deleted “Call back”" in done.err
    assert list(kept(saved)) == ["New in California"]
    assert "# Mine." in (saved.config_dir / "queries.toml").read_text()


def test_a_user_who_can_answer_is_asked_before_a_query_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths.of(tmp_path)
    paths.queries_file.write_text(QUERIES)
    store = QueryStore(paths)
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    delete_query(store, "Call back", no)
    assert asked == ["Delete the saved query “Call back”?"]
    assert capsys.readouterr().err == "lead-tui: Nothing was deleted\n"
    assert len(store.load().queries) == 2


def test_exported_queries_are_imported_unchanged(saved: Command) -> None:
    done = saved.call("queries", "export", str(saved.home / "copy.toml"))
    assert (done.code, done.text) == (0, "")
    copy = saved.home / "copy.toml"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not list(saved.home.glob("copy.toml.*"))
    before = kept(saved)
    (saved.config_dir / "queries.toml").unlink()
    assert saved.call("queries", "import", str(saved.home / "copy.toml")).code == 0
    after = kept(saved)
    assert list(after) == list(before)
    assert after["New in California"] == before["New in California"]
    again = saved.call("queries", "import", str(saved.home / "copy.toml"))
    assert again.code == 0
    assert "2 already there" in again.err


def test_an_export_goes_to_standard_output_too_and_an_import_comes_from_standard_input(saved: Command) -> None:
    done = saved.call("queries", "export")
    assert (done.code, done.err) == (0, "")
    (saved.config_dir / "queries.toml").unlink()
    assert saved.call("queries", "import", "-", stdin=done.out).code == 0
    assert list(kept(saved)) == ["New in California", "Call back"]


def test_text_pasted_into_a_terminal_is_imported_completely(saved: Command) -> None:
    with patch("lead_tui.cli.console.is_terminal", lambda stream: stream is sys.stdin):
        done = saved.call("queries", "import", "-", stdin=OTHERS.encode())
    assert "1 added, 1 not overwritten" in done.err
    assert "Theirs" in kept(saved)


def test_an_export_overwrites_only_when_told_to(saved: Command) -> None:
    (saved.home / "copy.toml").write_text("precious")
    done = saved.call("queries", "export", str(saved.home / "copy.toml"))
    assert done.code == 6
    assert "--force" in done.err
    assert (saved.home / "copy.toml").read_text() == "precious"
    assert saved.call("queries", "export", str(saved.home / "copy.toml"), "--force").code == 0
    assert "New in California" in (saved.home / "copy.toml").read_text()


def test_an_export_of_a_file_that_cannot_be_read_is_5_and_not_written(saved: Command) -> None:
    saved.write("queries.toml", "[[query")
    done = saved.call("queries", "export")
    assert (done.code, done.text) == (5, "")


def test_an_export_that_cannot_be_written_says_so(saved: Command) -> None:
    assert saved.call("queries", "export", str(saved.home / "no/such/directory/copy.toml")).code == 6
    assert saved.call("queries", "export", 300 * "x").code == 6


def test_a_query_of_a_name_that_is_taken_is_not_imported_in_silence(saved: Command) -> None:
    done = saved.call("queries", "import", "-", stdin=OTHERS.encode())
    assert done.code == 2
    assert "1 added, 1 not overwritten" in done.err
    assert "“Call back”" in done.err
    assert kept(saved)["Call back"]["filters"] == {"status": "CALLBK"}
    assert kept(saved)["Theirs"]["filters"] == {"state": "NV"}


def test_digits_and_the_start_mark_stay_with_their_queries(saved: Command) -> None:
    done = saved.call("queries", "import", "-", stdin=OTHERS.encode())
    assert "1 added" in done.err
    assert (kept(saved)["New in California"]["key"], kept(saved)["New in California"]["start"]) == ("1", True)
    theirs = kept(saved)["Theirs"]
    assert (theirs.get("key", ""), theirs.get("start", False)) == ("", False)


def test_with_force_it_is_written_over(saved: Command) -> None:
    done = saved.call("queries", "import", "-", "--force", stdin=OTHERS.encode())
    assert done.code == 0
    assert "1 added, 1 overwritten" in done.err
    assert [entry["filters"] for name, entry in kept(saved).items() if name.lower() == "call back"] == [{"status": "OTHER"}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"this is no toml", "this is not TOML"),
        (b"schema = 9\n", "newer version"),
        (b"\xff\xfe", "standard input is not text in UTF-8"),
        (b"[[query]]", "standard input contains no saved query"),
        (b'[[query]]\nname = "No filters"\nfilters = 3\n', "Skipped, not valid queries: 1 of 1"),
    ],
)
def test_a_file_without_queries_is_refused(saved: Command, text: bytes, says: str) -> None:
    done = saved.call("queries", "import", "-", stdin=text)
    assert done.code == 2
    assert says in done.err
    assert list(kept(saved)) == ["New in California", "Call back"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "queries takes list, show"),
        (("shwo",), "did you mean show"),
        (("show",), "takes exactly one NAME"),
        (("import",), "takes exactly one FILE"),
        (("show", "New", "in", "California"), "quote a name"),
        (("list", "x"), 'takes no "x"'),
        (("list", "--theme=dark"), "has no option --theme"),
        (("import", "none.toml"), "none.toml cannot be read"),
    ],
)
def test_wrong_usage_is_reported(saved: Command, words: tuple[str, ...], says: str) -> None:
    done = saved.call("queries", *words)
    assert done.code == 2
    assert says in done.err
