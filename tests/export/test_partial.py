"""A file while it is written: resumable after any interruption, never another user's, complete under its own name or absent."""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from lead_tui.export.exporting import ExportQuestion, FileExport, advance, open_export
from lead_tui.export.formats import FORMATS, Format
from lead_tui.export.partial import Header, Json, PartialExport, check_target, partial_of
from lead_tui.export.writer import Layout
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.leads.page import Part

NOW = datetime(2026, 3, 9, 18, 2, tzinfo=UTC)
REQUEST: Json = {"filters": [["status", "NEW"]], "format": "jsonl"}
HEADER = Header(REQUEST, NOW, NOW.date())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "leads.csv"


def names(target: Path) -> list[str]:
    return sorted(each.name for each in target.parent.iterdir())


def part(number: int) -> Part:
    """Two leads, of which the second page's has an additional key."""
    late = {"plan": "Gold"} if number == 2 else {}
    leads: list[dict[str, object]] = [{"lead_id": number * 10 + each, "city": "Rome, =1", **late} for each in (1, 2)]
    return Part(
        [msgspec.Raw(json.dumps(lead).encode()) for lead in leads], [number * 10 + 1, number * 10 + 2], {"offset": number * 2}
    )


def begin(target: Path, form: Format = "jsonl", columns: tuple[str, ...] = ()) -> FileExport:
    return FileExport(PartialExport.create(target, HEADER), form, Layout(columns))


def go_on(target: Path, form: Format = "jsonl", columns: tuple[str, ...] = ()) -> FileExport:
    file = PartialExport.resume(target, REQUEST)
    assert file is not None
    return FileExport(file, form, Layout(columns))


def whole(target: Path, form: Format, columns: tuple[str, ...]) -> bytes:
    export = begin(target, form, columns)
    for number in range(4):
        export.write_part(part(number))
    export.file.overwrite = True
    export.finish()
    return target.read_bytes()


def test_there_is_nothing_under_the_name_before_the_end_and_nothing_else_after_it(target: Path) -> None:
    export = begin(target)
    export.write_part(part(0))
    assert names(target) == ["leads.csv.partial", "leads.csv.partial.rows"]
    assert {each.stat().st_mode & 0o777 for each in target.parent.iterdir()} == {0o600}
    export.finish()
    assert names(target) == ["leads.csv"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.read_bytes().count(b"\n") == 2


KINDS: list[tuple[Format, tuple[str, ...]]] = [("csv", ()), *((form, ("city", "plan")) for form in FORMATS)]


@pytest.mark.parametrize(("form", "columns"), KINDS)
@pytest.mark.parametrize("left_after", range(5))
def test_a_resumed_file_is_that_of_an_undisturbed_run(
    target: Path, form: Format, columns: tuple[str, ...], left_after: int
) -> None:
    expected = whole(target, form, columns)
    target.unlink()
    export = begin(target, form, columns)
    for number in range(left_after):
        export.write_part(part(number))
    export.file.close()
    export = go_on(target, form, columns)
    assert (export.file.checkpoint.place["offset"] if export.file.checkpoint else None) == (
        2 * left_after - 2 if left_after else None
    )
    assert list(export.file.known) == [number * 10 + each for number in range(left_after) for each in (1, 2)]
    for number in range(left_after, 4):
        export.write_part(part(number))
    export.finish()
    assert target.read_bytes() == expected
    assert names(target) == ["leads.csv"]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_whatever_the_last_page_left_half_written_is_cut_off(target: Path, form: Format) -> None:
    expected = whole(target, form, ())
    target.unlink()
    export = begin(target, form)
    for number in range(3):
        export.write_part(part(number))
    export.file.close()
    entries, rows = partial_of(target), target.with_name("leads.csv.partial.rows")
    entries_whole, rows_whole = entries.read_bytes(), rows.read_bytes()
    cuts = [(len(entries_whole) - each, len(rows_whole)) for each in range(0, 155, 7)]
    cuts += [(len(entries_whole), len(rows_whole) - each) for each in (1, 30, 70)]
    cuts += [(len(entries_whole), len(rows_whole) + 9)]
    for entries_kept, rows_kept in cuts:
        for path, content in ((entries, entries_whole[:entries_kept]), (rows, (rows_whole + b"x" * 9)[:rows_kept])):
            path.write_bytes(content)
            path.chmod(0o600)
        export = go_on(target, form)
        done = 0 if export.file.checkpoint is None else int(str(export.file.checkpoint.place["offset"])) // 2 + 1
        assert done >= 1
        for number in range(done, 4):
            export.write_part(part(number))
        export.file.overwrite = True
        export.finish()
        assert target.read_bytes() == expected, (entries_kept, rows_kept)


def test_bytes_that_a_power_cut_has_lost_are_noticed(target: Path) -> None:
    export = begin(target)
    for number in range(3):
        export.write_part(part(number))
    export.file.close()
    rows = target.with_name("leads.csv.partial.rows")
    content = bytearray(rows.read_bytes())
    content[len(content) // 2] = 0
    rows.write_bytes(content)
    export = go_on(target)
    assert export.file.checkpoint is not None
    assert export.file.checkpoint.place == {"offset": 0}
    export.file.close()


def test_nothing_left_is_nothing_to_resume(target: Path) -> None:
    assert PartialExport.resume(target, REQUEST) is None


def test_the_header_written_at_the_start_is_restored(target: Path) -> None:
    begin(target).file.close()
    file = PartialExport.resume(target, REQUEST)
    assert file is not None
    assert file.header == HEADER
    file.close()


def test_another_search_is_not_resumed(target: Path) -> None:
    begin(target).file.close()
    with pytest.raises(UsageError, match="another search"):
        PartialExport.resume(target, {**REQUEST, "format": "csv"})
    assert names(target) == ["leads.csv.partial", "leads.csv.partial.rows"]


def test_a_beginning_throws_away_what_was_left(target: Path) -> None:
    export = begin(target)
    export.write_part(part(0))
    export.file.close()
    export = begin(target)
    assert partial_of(target).stat().st_size < 200
    export.write_part(part(1))
    export.finish()
    assert target.read_bytes().count(b"\n") == 2


def test_two_at_once_are_refused_and_the_first_one_is_unharmed(target: Path) -> None:
    export = begin(target)
    export.write_part(part(0))
    with pytest.raises(OutputError, match="another export"):
        begin(target)
    with pytest.raises(OutputError, match="another export"):
        PartialExport.resume(target, REQUEST)
    export.write_part(part(1))
    export.finish()
    assert target.read_bytes().count(b"\n") == 4


@pytest.mark.parametrize("name", ["leads.csv.partial", "leads.csv.partial.rows"])
@pytest.mark.parametrize("kind", ["link", "hard link", "directory", "pipe", "readable"])
def test_what_others_may_have_laid_there_is_not_touched(target: Path, name: str, kind: str) -> None:
    begin(target).file.close()
    planted, victim = target.with_name(name), target.with_name("victim")
    victim.write_text("precious")
    victim.chmod(0o600)
    planted.unlink()
    match kind:
        case "link":
            planted.symlink_to(victim)
        case "hard link":
            os.link(victim, planted)
        case "directory":
            planted.mkdir()
        case "pipe":
            os.mkfifo(planted)
        case _:
            planted.write_text("precious")
            planted.chmod(0o644)
    with pytest.raises(OutputError):
        begin(target)
    with pytest.raises(OutputError):
        PartialExport.resume(target, REQUEST)
    assert victim.read_text() == "precious"
    assert os.path.lexists(planted)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_other_users_files_are_left_alone(target: Path) -> None:
    begin(target).file.close()
    os.chown(partial_of(target), 65_534, -1)
    with pytest.raises(OutputError, match="was not left by an export"):
        PartialExport.resume(target, REQUEST)
    target.write_text("theirs")
    os.chown(target, 65_534, -1)
    with pytest.raises(OutputError, match="another user"):
        check_target(target)


def test_a_file_that_came_in_the_meantime_is_not_written_over(target: Path) -> None:
    export = begin(target)
    export.write_part(part(0))
    target.write_text("came first")
    with pytest.raises(OutputError, match="already"):
        export.finish()
    assert target.read_text() == "came first"
    export.file.close()
    export = go_on(target)
    export.file.overwrite = True
    export.finish()
    assert names(target) == ["leads.csv"]
    assert target.read_bytes().count(b"\n") == 2


def test_a_file_system_without_links_does_it_anyway(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **more: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    begin(target).finish()
    assert names(target) == ["leads.csv"]
    export = begin(target)
    with pytest.raises(OutputError, match="already"):
        export.finish()
    export.file.discard()


def test_a_link_under_the_name_is_replaced_and_not_followed(target: Path) -> None:
    victim = target.with_name("victim")
    victim.write_text("precious")
    target.symlink_to(victim)
    assert check_target(target)
    export = begin(target)
    export.file.overwrite = True
    export.finish()
    assert victim.read_text() == "precious"
    assert not target.is_symlink()


@pytest.mark.parametrize("path", ["/dev/null", "/", ".", "/dev/null/x", "no/such/folder/x"])
def test_an_invalid_place_for_a_file_is_refused(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def begin_there() -> None:
        check_target(Path(path))
        PartialExport.create(Path(path), HEADER)

    with pytest.raises(OutputError):
        begin_there()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"lead-tui export 1\n", b"lead-tui export 2\n5\n{}", b"lead-tui export 1\n4\n[[[[\n", b"x" * 500]
)
def test_a_file_that_is_not_ours_is_not_resumed(target: Path, content: bytes) -> None:
    begin(target).file.close()
    partial_of(target).write_bytes(content)
    with pytest.raises(OutputError, match="Cannot resume"):
        PartialExport.resume(target, REQUEST)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_disk_that_fills_up_keeps_the_pages_before(target: Path, form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = whole(target, form, ())
    target.unlink()
    export = begin(target, form)
    export.write_part(part(0))

    class Full(io.FileIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device")

    with Full(target.with_name("leads.csv.partial.rows"), "r+") as full, monkeypatch.context() as patch:
        patch.setattr(export.file.rows, "file", full)
        with pytest.raises(OutputError, match=r"Cannot write .*leads.csv.partial.rows \(the disk is full\)"):
            export.write_part(part(1))
    export.file.close()
    export = go_on(target, form)
    for number in range(1, 4):
        export.write_part(part(number))
    export.finish()
    assert target.read_bytes() == expected


def test_one_line_says_what_is_requested(target: Path) -> None:
    begin(target).file.close()
    assert json.loads(partial_of(target).read_bytes())["request"] == REQUEST


def decide(target: Path, *answers: bool, force: bool = False, resume: Literal["never", "ask", "always"] = "never") -> list[str]:
    """Open an export with *answers*; return the questions, and ``opened`` if it was opened."""
    questions: list[str] = []
    opening = open_export(target, Header(REQUEST, NOW, NOW.date(), force), resume)
    for answer in (*answers, True):
        if not isinstance(opened := advance(opening), ExportQuestion):
            opened.close()
            return [*questions, f"opened, overwrite: {opened.overwrite}, pages: {opened.checkpoint is not None}"]
        questions.append(opened.text)
        if not answer:
            break
    opening.close()
    return questions


def test_nothing_is_overwritten_or_discarded_without_a_question(target: Path) -> None:
    overwrite = f"{target} already exists: overwrite it?"
    discard = "leads.csv.partial is from another export that was interrupted: discard it and start again?"
    resume = "Resume the export to leads.csv (2 leads done)?"
    assert decide(target) == ["opened, overwrite: False, pages: False"]
    export = go_on(target)
    export.write_part(part(0), given=2)
    export.file.close()
    assert decide(target, False) == [discard]
    assert decide(target, False, resume="ask") == [resume]
    assert decide(target, resume="always") == ["opened, overwrite: False, pages: True"]
    target.write_text("mine")
    assert decide(target, False) == [overwrite]
    assert decide(target, True, False) == [overwrite, discard]
    assert decide(target, True, True, resume="ask") == [resume, overwrite, "opened, overwrite: True, pages: True"]
    assert target.read_text() == "mine"
    assert decide(target, force=True, resume="always") == ["opened, overwrite: True, pages: True"]
    assert decide(target, force=True) == ["opened, overwrite: True, pages: False"]


@pytest.mark.parametrize("form", ["jsonl", "sqlite"])
def test_what_an_export_killed_after_it_got_its_name_left_is_removed(
    target: Path, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = begin(target, form)
    export.write_part(part(0))
    with monkeypatch.context() as killed:
        killed.setattr("lead_tui.export.partial._remove_beside", lambda _: None)
        export.finish()
    complete = target.read_bytes()
    assert names(target)[:2] == ["leads.csv", "leads.csv.partial"]
    assert decide(target, False, resume="ask") == [f"{target} already exists: overwrite it?"]
    assert names(target) == ["leads.csv"]
    assert target.read_bytes() == complete


def test_one_killed_before_it_got_its_name_is_resumed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.write_text("mine")
    export = begin(target)
    export.write_part(part(0))
    with monkeypatch.context() as killed, suppress(KeyboardInterrupt):
        killed.setattr("lead_tui.export.partial.publish", interrupt)
        export.finish()
    export.file.close()
    assert decide(target, True, resume="always")[-1] == "opened, overwrite: True, pages: True"


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
