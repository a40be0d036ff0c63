"""A file while it is written: resumable after any interruption, never another user's, complete under its own name or absent."""

from __future__ import annotations

import io
import itertools
import json
import os
import resource
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, cast

import pytest
from msgspec.structs import replace

from lead_tui.export.assembled import AssembledWriter
from lead_tui.export.exporting import ExportQuestion, open_export
from lead_tui.export.partial import PartialExport, check_target, partial_of
from lead_tui.export.values import LeadValues
from lead_tui.export.writer import Layout
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.leads.page import Part
from tests.export.exports import HEADER, REQUEST, begin, names, part, resume, whole


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "leads.jsonl"


def page(number: int) -> Part:
    """Two leads, of which the third page's have an additional key."""
    late = {"plan": "Gold"} if number == 2 else {}
    return part(*({"lead_id": number * 10 + each, "city": "Rome, =1", **late} for each in (1, 2)), number=number)


def test_there_is_nothing_under_the_name_before_the_end_and_nothing_else_after_it(target: Path) -> None:
    export = begin(target)
    export.write_part(page(0))
    assert names(target) == ["leads.jsonl.partial", "leads.jsonl.partial.rows"]
    assert {each.stat().st_mode & 0o777 for each in target.parent.iterdir()} == {0o600}
    export.finish()
    assert names(target) == ["leads.jsonl"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.read_bytes().count(b"\n") == 2


EXTENSIONS = ("csv", "json", "jsonl", "xlsx", "sqlite", "parquet")


@pytest.mark.parametrize(
    ("extension", "columns"), [("txt", ("city", "plan")), *itertools.product(EXTENSIONS, ((), ("city", "plan")))]
)
def test_a_resumed_file_is_that_of_an_undisturbed_run(tmp_path: Path, extension: str, columns: tuple[str, ...]) -> None:
    target = tmp_path / f"leads.{extension}"
    whole(target, *map(page, range(4)), columns=columns)
    expected = target.read_bytes()
    target.unlink()
    begin(target, *columns).file.close()
    for number in range(4):
        # The remains of a process killed while it assembled the file.
        partial_of(target, ".new").touch(0o600)
        export = resume(target, *columns)
        assert export.file.checkpoint.place == ({"page": number - 1} if number else {})
        assert list(export.file.known) == [earlier * 10 + each for earlier in range(number) for each in (0, 1)]
        export.write_part(page(number))
        export.file.close()
    resume(target, *columns).finish()
    assert target.read_bytes() == expected
    assert names(target) == [target.name]


@pytest.mark.parametrize("extension", ["csv", "jsonl"])
def test_whatever_the_last_page_left_half_written_is_cut_off(tmp_path: Path, extension: str) -> None:
    target = tmp_path / f"leads.{extension}"
    whole(target, *map(page, range(4)))
    expected = target.read_bytes()
    target.unlink()
    export = begin(target)
    for number in range(3):
        export.write_part(page(number))
    export.file.close()
    entries, rows = partial_of(target), partial_of(target, ".rows")
    entries_whole, rows_whole = entries.read_bytes(), rows.read_bytes()
    cuts = [(len(entries_whole) - each, len(rows_whole)) for each in range(0, 155, 7)]
    cuts += [(len(entries_whole), len(rows_whole) - each) for each in (1, 30, 70)]
    cuts += [(len(entries_whole), len(rows_whole) + 9)]
    for entries_kept, rows_kept in cuts:
        for path, content in ((entries, entries_whole[:entries_kept]), (rows, (rows_whole + b"x" * 9)[:rows_kept])):
            path.write_bytes(content)
            path.chmod(0o600)
        export = resume(target)
        done = int(str(export.file.checkpoint.place["page"])) + 1
        assert done >= 1
        for number in range(done, 4):
            export.write_part(page(number))
        export.overwrite = True
        export.finish()
        assert target.read_bytes() == expected, (entries_kept, rows_kept)


@pytest.mark.parametrize("extension", ["txt", *EXTENSIONS])
def test_what_is_not_chosen_is_not_beside_the_file_either(tmp_path: Path, extension: str) -> None:
    export = begin(tmp_path / f"leads.{extension}", "city", "name", "local_time")
    export.write_part(part({"city": "Rome", "first_name": "Ola", "phone_number": "3015550123", "state": "NV"}))
    export.file.close()
    content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"Rome" in content
    assert b"3015550123" not in content
    assert b"NV" not in content


@pytest.mark.parametrize("extension", ["xlsx", "sqlite", "parquet"])
def test_one_that_is_stopped_while_it_is_assembled_can_be_resumed(
    tmp_path: Path, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / f"leads.{extension}"
    whole(target, page(0))
    undisturbed = target.read_bytes()
    target.unlink()
    export = begin(target)
    export.write_part(page(0))
    writer = cast("AssembledWriter", export.writer)
    leads = writer._leads

    def stopping(values: LeadValues) -> Iterator[Sequence[object]]:
        writer.stopped.set()
        return leads(values)

    monkeypatch.setattr(writer, "_leads", stopping)
    with pytest.raises(OutputError, match=f"{target.name} was not completed: the leads so far are kept"):
        export.finish()
    export.file.close()
    assert names(target) == [f"{target.name}.partial", f"{target.name}.partial.rows"]
    resume(target).finish()
    assert target.read_bytes() == undisturbed


def test_an_export_killed_before_its_first_row_is_resumed_from_the_beginning(target: Path) -> None:
    begin(target).file.close()
    partial_of(target, ".rows").unlink()
    export = resume(target)
    assert not export.file.checkpoint.state
    export.write_part(page(0))
    export.finish()
    assert names(target) == ["leads.jsonl"]
    assert target.read_bytes().count(b"\n") == 2


def test_the_header_written_at_the_start_is_restored(target: Path) -> None:
    begin(target).file.close()
    file = PartialExport.begin(target, replace(HEADER, now=HEADER.now + timedelta(days=1), today=date(2026, 3, 10)), resume=True)
    assert (file.header.request, file.header.now, file.header.today) == (HEADER.request, HEADER.now, HEADER.today)
    file.close()


def test_another_search_is_not_resumed(target: Path) -> None:
    begin(target).file.close()
    with pytest.raises(UsageError, match="another search"):
        PartialExport.begin(target, replace(HEADER, request={**REQUEST, "format": "csv"}), resume=True)
    assert names(target) == ["leads.jsonl.partial", "leads.jsonl.partial.rows"]


def test_a_beginning_throws_away_what_was_left(target: Path) -> None:
    export = begin(target)
    export.write_part(page(0))
    export.file.close()
    export = begin(target)
    assert partial_of(target).stat().st_size < 200
    export.write_part(page(1))
    export.finish()
    assert target.read_bytes().count(b"\n") == 2


def test_two_at_once_are_refused_and_the_first_one_is_unharmed(target: Path) -> None:
    export = begin(target)
    export.write_part(page(0))
    with pytest.raises(OutputError, match="another export"):
        begin(target)
    with pytest.raises(OutputError, match="another export"):
        PartialExport.begin(target, HEADER, resume=True)
    export.write_part(page(1))
    export.finish()
    assert target.read_bytes().count(b"\n") == 4


def test_an_export_that_ended_just_before_another_locks_its_journal_is_not_joined(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begin(target)

    def end_first(_: object, _how: int) -> None:
        first.finish()

    monkeypatch.setattr("fcntl.flock", end_first)
    with pytest.raises(OutputError, match="another export"):
        begin(target)
    assert names(target) == [target.name]


def test_another_programs_partial_file_is_not_removed_without_a_question(target: Path) -> None:
    begin(target).file.discard()
    partial_of(target).write_bytes(b"half of a download")
    partial_of(target).chmod(0o600)
    assert len(decide(target, False)) == 1
    assert partial_of(target).read_bytes() == b"half of a download"


@pytest.mark.parametrize("name", ["leads.jsonl.partial", "leads.jsonl.partial.rows"])
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
        PartialExport.begin(target, HEADER, resume=True)
    assert victim.read_text() == "precious"
    assert os.path.lexists(planted)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_other_users_files_are_left_alone(target: Path) -> None:
    begin(target).file.close()
    os.chown(partial_of(target), 65_534, -1)
    with pytest.raises(OutputError, match="was not left by an export"):
        PartialExport.begin(target, HEADER, resume=True)


def test_a_file_that_came_in_the_meantime_is_not_written_over(target: Path) -> None:
    export = begin(target)
    export.write_part(page(0))
    target.write_text("came first")
    with pytest.raises(OutputError, match="already"):
        export.finish()
    assert target.read_text() == "came first"
    export.file.close()
    export = resume(target)
    export.overwrite = True
    export.finish()
    assert names(target) == ["leads.jsonl"]
    assert target.read_bytes().count(b"\n") == 2


def test_a_file_system_without_links_does_it_anyway(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **more: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    begin(target).finish()
    assert names(target) == ["leads.jsonl"]
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
    export.overwrite = True
    export.finish()
    assert victim.read_text() == "precious"
    assert not target.is_symlink()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        *((path, f"{path} is not a regular file: choose another file") for path in ("/dev/null", "/", ".")),
        ("/dev/null/x", "Cannot write /dev/null/x (not a directory): choose another file"),
        ("no/such/folder/x", "Cannot write no/such/folder/x (no such folder): choose another file"),
    ],
)
def test_an_invalid_place_for_a_file_is_refused(path: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def begin_there() -> None:
        check_target(Path(path))
        PartialExport.begin(Path(path), HEADER)

    with pytest.raises(OutputError) as refused:
        begin_there()
    assert (str(refused.value), list(tmp_path.iterdir())) == (said, [])


@pytest.mark.parametrize(
    "content", [b"lead-tui export 1\n", b"lead-tui export 2\n5\n{}", b"lead-tui export 1\n4\n[[[[\n", b"x" * 500]
)
def test_a_file_that_is_not_ours_is_not_resumed(target: Path, content: bytes) -> None:
    begin(target).file.close()
    partial_of(target).write_bytes(content)
    with pytest.raises(OutputError, match="Cannot resume"):
        PartialExport.begin(target, HEADER, resume=True)


@pytest.mark.parametrize("extension", ["csv", "xlsx", "sqlite", "parquet"])
def test_a_disk_that_fills_up_keeps_the_pages_before(tmp_path: Path, extension: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / f"leads.{extension}"
    whole(target, *map(page, range(4)))
    expected = target.read_bytes()
    target.unlink()
    export = begin(target)
    export.write_part(page(0))

    class Full(io.FileIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device")

    with Full(partial_of(target, ".rows"), "r+") as full, monkeypatch.context() as patch:
        patch.setattr(export.file.rows, "file", full)
        with pytest.raises(OutputError, match=rf"Cannot write .*{target.name}.partial.rows \(the disk is full\)"):
            export.write_part(page(1))
    export.file.close()
    export = resume(target)
    for number in range(1, 4):
        export.write_part(page(number))
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60, most[1]))
    try:
        with pytest.raises(OutputError, match=rf"Cannot write .*{target.name}.partial.new"):
            export.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    export.file.close()
    assert names(target) == [f"{target.name}.partial", f"{target.name}.partial.rows"]
    resume(target).finish()
    assert target.read_bytes() == expected


def test_one_line_says_what_is_requested(target: Path) -> None:
    begin(target).file.close()
    assert json.loads(partial_of(target).read_bytes())["request"] == REQUEST


def decide(target: Path, *answers: bool, force: bool = False, resume: Literal["never", "ask", "always"] = "never") -> list[str]:
    """Open an export with *answers*; return the questions, and ``opened`` if it was opened."""
    questions: list[str] = []
    opening = open_export(target, HEADER, "jsonl", Layout(), resume, overwrite=force)
    for answer in (*answers, True):
        if not isinstance(opened := next(opening), ExportQuestion):
            opened.file.close()
            return [*questions, f"opened, overwrite: {opened.overwrite}, pages: {bool(opened.file.checkpoint.state)}"]
        questions.append(opened.text)
        if not answer:
            break
    opening.close()
    return questions


def test_an_export_in_progress_is_not_discarded(target: Path) -> None:
    export = begin(target)
    export.write_part(page(0))
    for force in (False, True):
        with pytest.raises(OutputError, match="is being written by another export: wait for it"):
            decide(target, True, force=force)
    export.file.close()


def test_one_that_was_killed_before_it_wrote_its_request_is_begun_again(target: Path) -> None:
    partial_of(target).touch(0o600)
    assert decide(target, resume="always") == ["opened, overwrite: False, pages: False"]
    assert names(target) == ["leads.jsonl.partial", "leads.jsonl.partial.rows"]


def test_one_of_another_version_is_not_resumed(target: Path) -> None:
    begin(target).file.close()
    partial_of(target).write_bytes(partial_of(target).read_bytes().replace(b'"version": "', b'"version": "0.'))
    with pytest.raises(UsageError, match="another version of lead-tui: use --force without --resume"):
        decide(target, resume="always")


def test_nothing_is_overwritten_or_discarded_without_a_question(target: Path) -> None:
    overwrite = f"{target} already exists: overwrite it?"
    discard = "leads.jsonl.partial is from another export that was interrupted: discard it and start again?"
    again = "Resume the export to leads.jsonl (2 leads done)?"
    assert decide(target) == ["opened, overwrite: False, pages: False"]
    export = resume(target)
    export.write_part(Part(page(0).rows, page(0).numbers, {"page": 0, "given": 2}))
    export.file.close()
    assert decide(target, False) == [discard]
    assert decide(target, False, resume="ask") == [again]
    assert decide(target, resume="always") == ["opened, overwrite: False, pages: True"]
    target.write_text("mine")
    assert decide(target, False) == [overwrite]
    assert decide(target, True, False) == [overwrite, discard]
    assert decide(target, True, True, resume="ask") == [overwrite, again, "opened, overwrite: True, pages: True"]
    assert target.read_text() == "mine"
    assert decide(target, force=True, resume="always") == ["opened, overwrite: True, pages: True"]
    assert decide(target, force=True) == ["opened, overwrite: True, pages: False"]
