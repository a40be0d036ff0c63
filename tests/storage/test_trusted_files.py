"""Reading only files that others cannot have written; writing complete files, with modes that keep others out."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lead_tui import limits
from lead_tui import safe_files as files
from lead_tui.leads.errors import ConfigurationError, OutputError
from tests.storage.foreign import make_foreign


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert files.read_trusted(tmp_path / "config.toml") is None
    assert files.read_trusted(tmp_path / "nowhere" / "config.toml") is None


def test_text_is_read_as_it_is_but_for_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n# \xc3\xa9\r\n")
    assert files.read_trusted(path) == "a = 1\r\n# é\r\n"


@pytest.mark.parametrize("bits", [0o620, 0o602, 0o666, 0o664])
def test_a_file_that_others_can_write_to_is_refused(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(bits)
    with pytest.raises(ConfigurationError, match=r"Others can write to .*config\.toml: chmod go-w"):
        files.read_trusted(path)


@pytest.mark.parametrize("bits", [0o770, 0o707, 0o1777])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_directory_that_others_can_write_to_is_refused(tmp_path: Path, bits: int, is_there: bool) -> None:
    directory = tmp_path / "config"
    directory.mkdir()
    if is_there:
        (directory / "config.toml").write_text("")
    directory.chmod(bits)
    with pytest.raises(ConfigurationError, match="Others can write to"):
        files.read_trusted(directory / "config.toml")


def test_a_strangers_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    make_foreign(path, monkeypatch)
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        files.read_trusted(path)


def test_a_link_into_a_directory_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    shared.mkdir()
    own.mkdir()
    (shared / "config.toml").write_text("a = 1")
    (own / "config.toml").symlink_to(shared / "config.toml")
    assert files.read_trusted(own / "config.toml") == "a = 1"
    shared.chmod(0o777)
    with pytest.raises(ConfigurationError, match="Others can write to"):
        files.read_trusted(own / "config.toml")


def test_anything_but_a_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "directory").mkdir()
    for name in ("pipe", "directory"):
        with pytest.raises(ConfigurationError, match=r"cannot be read \(it is not a regular file\)"):
            files.read_trusted(tmp_path / name)


def test_a_file_in_place_of_the_directory_is_reported(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(ConfigurationError, match=r"cannot be read \(not a directory\)"):
        files.read_trusted(tmp_path / "config" / "config.toml")


def test_a_file_that_is_not_utf_8_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"a = 1\n# fine\nb = '\xe9'\n")
    with pytest.raises(ConfigurationError, match="line 3: this is not UTF-8"):
        files.read_trusted(path)


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CONFIGURATION_BYTES", 2048)
    path = tmp_path / "config.toml"
    path.write_text("#" * 2049)
    with pytest.raises(ConfigurationError, match="larger than 2 KB"):
        files.read_trusted(path)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_0600_in_a_directory_of_0700_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "a" / "b" / "queries.toml"
    before = os.umask(umask)
    try:
        with files.locked(path):
            files.write_private(path, "x")
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert mode(path.with_name("queries.toml.lock")) == 0o600
    assert mode(path.parent) == 0o700
    assert sorted(each.name for each in path.parent.iterdir()) == ["queries.toml", "queries.toml.lock"]


def test_a_file_that_is_replaced_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "queries.toml"
    path.write_text("old")
    path.chmod(0o644)
    files.write_private(path, "new")
    assert path.read_text() == "new"
    assert mode(path) == 0o600


def test_remains_of_a_killed_process_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".queries.toml.new").write_text("half of")
    files.write_private(tmp_path / "queries.toml", "whole")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("queries.toml", "whole")]


def test_the_place_of_the_temporary_file_cannot_be_used_to_write_elsewhere(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / ".queries.toml.new").symlink_to(victim)
    files.write_private(tmp_path / "queries.toml", "new")
    assert victim.read_text() == "precious"
    assert (tmp_path / "queries.toml").read_text() == "new"


@pytest.mark.parametrize("name", ["fsync", "replace", "fchmod"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = tmp_path / "queries.toml"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, name, full)
    with pytest.raises(OutputError, match=r"\(the disk is full\): nothing has been changed") as caught:
        files.write_private(path, "new")
    assert caught.value.exit_code == 6
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["queries.toml"]


def test_a_write_that_the_system_cuts_off_leaves_the_old_file(tmp_path: Path) -> None:
    # A limit on the size of files makes a real write fail in its middle, as a full disk does.
    script = (
        "import pathlib, resource, signal, sys\n"
        "from lead_tui.leads.errors import OutputError\n"
        "from lead_tui import safe_files as files\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try:\n"
        "    files.write_private(pathlib.Path(sys.argv[1]), 'new' * 10_000)\n"
        "except OutputError as error:\n"
        "    sys.exit(error.exit_code)\n"
    )
    path = tmp_path / "queries.toml"
    path.write_text("old")
    assert subprocess.run([sys.executable, "-B", "-c", script, str(path)], check=False).returncode == 6
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["queries.toml"]


def test_a_directory_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match=r"Cannot write .*queries\.toml \(not a directory\)"),
        files.locked(tmp_path / "file" / "below" / "queries.toml"),
    ):
        pytest.fail("nothing is locked")


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_can_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    path = tmp_path / "queries.toml"
    for text in ("one", "two"):
        with files.locked(path):
            files.write_private(path, text)
    assert path.read_text() == "two"


def test_a_lock_that_another_session_holds_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOCK_TIMEOUT", 0.05)
    path = tmp_path / "queries.toml"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys\nfrom lead_tui.safe_files import locked\n"
            "with locked(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()",
            str(path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OutputError, match="is being written by another session: try again"), files.locked(path):
            pytest.fail("it is held")
        holder.communicate("")
    with files.locked(path):
        assert path.with_name("queries.toml.lock").exists()


def test_a_directory_that_cannot_be_synced_is_not_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not here")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    files.write_private(tmp_path / "queries.toml", "new")
    assert (tmp_path / "queries.toml").read_text() == "new"
