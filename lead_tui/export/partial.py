"""A file of leads while it is being written: what has come so far, and what is needed to go on after any end, a power cut included.

Beside ``FILE`` lie, all of mode 0600 and of nobody else:

* ``FILE.partial``: what is asked for, and for each page where to go on behind it and the numbers of its leads;
* ``FILE.partial.rows``: the rows so far, which become ``FILE``;
* ``FILE.partial.new``, at the very end and seldom: the rows written anew (``all_fields``, ``workbook``), which become ``FILE``
  instead;
* ``FILE.partial.room``, while that is done: a directory of mode 0700, for what it takes to do it.

A page's rows are written first, its entry (``entries``) afterwards. Whoever goes on cuts off what is behind the last whole entry.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from io import FileIO
from pathlib import Path
from typing import Self

from lead_tui.export.checkpoints import Checkpoint, Entries, Json
from lead_tui.export.rows_file import RewrittenFile, Rows
from lead_tui.leads.errors import OutputError, UsageError
from lead_tui.safe_files import (
    DIRECTORY_MODE,
    cannot_write,
    create,
    give_name,
    lock,
    open_own,
    remove_directory,
    remove_own,
    settle_directory,
    shown,
)


def partial_of(target: Path) -> Path:
    """The name of what is left of an export into *target*."""
    return target.with_name(f"{target.name}.partial")


def refuse_unfit(target: Path) -> bool:
    """Whether there is a file *target*, which may be written over if somebody wants that.

    Raises ``OutputError`` for what may never be: no regular file, or somebody else's.
    """
    try:
        own = os.lstat(target)
        regular = stat.S_ISREG(os.stat(target).st_mode)
    except FileNotFoundError:
        return os.path.lexists(target)
    except (OSError, ValueError) as error:
        raise cannot_write(target, error) from None
    if not regular:
        raise OutputError(f"{shown(target)} is no regular file", remedy="without -o the leads go to standard output")
    if own.st_uid != os.geteuid():
        raise OutputError(f"{shown(target)} belongs to another user", remedy="choose another file")
    return True


class PartialExport:
    """An export into *target* under way. Made by ``begin`` or ``go_on``; ends with ``finish``, ``discard`` or ``close``."""

    def __init__(self, target: Path, entries: Entries, rows: Rows, begun: Json, left: Checkpoint | None) -> None:
        self.target = target
        self.rows = rows
        self.begun = begun
        """What was given when it began."""
        self.left = left
        """What an earlier run left; None where this is the first, or that one did not come as far as a page."""
        self._entries = entries
        self._anew: Rows | None = None

    @classmethod
    def begin(cls, target: Path, request: Json, begun: Json) -> Self:
        """Begin to write *target*: what is asked for is *request*. What an earlier export left is thrown away.

        *begun* comes back in another run. Both are JSON. Raises ``OutputError``.
        """
        path, rows_path = partial_of(target), _rows_of(target)
        try:
            with ExitStack() as undone:
                if (old := open_own(path)) is not None:
                    with old:
                        lock(path, old)
                        for each in (rows_path, _new_of(target), path):
                            remove_own(each)
                        remove_directory(_room_of(target))
                remove_own(rows_path)
                file = undone.enter_context(create(path))
                undone.callback(path.unlink)
                lock(path, file)
                rows = undone.enter_context(create(rows_path))
                undone.callback(rows_path.unlink)
                entries = Entries(path, file)
                entries.begin({"request": request, "begun": begun})
                undone.pop_all()
        except OSError as error:
            raise cannot_write(path, error) from None
        return cls(target, entries, Rows(rows_path, rows), begun, None)

    @classmethod
    def go_on(cls, target: Path, request: Json) -> Self | None:
        """What an earlier run left of *target*, cut to its last whole page; None where it left nothing.

        Raises ``UsageError`` where that run was asked for something else than *request*, ``OutputError`` where what is there cannot
        be used.
        """
        path = partial_of(target)
        try:
            with ExitStack() as opened:
                file = open_own(path)
                if file is None:
                    return None
                opened.enter_context(file)
                lock(path, file)
                if not os.path.lexists(path) or os.stat(path).st_ino != os.fstat(file.fileno()).st_ino:
                    # Whoever held the lock has finished in the meantime.
                    return None
                entries = Entries(path, file)
                head = entries.head()
                if "request" not in head:
                    raise unusable(target)
                if head["request"] != json.loads(json.dumps(request)):
                    raise UsageError(
                        f"{shown(path)} was left by another search",
                        remedy="without --resume, --force starts again; or choose another file",
                    )
                begun = head.get("begun")
                rows_file = open_own(_rows_of(target))
                if not isinstance(begun, dict) or rows_file is None:
                    raise unusable(target)
                rows = Rows(_rows_of(target), opened.enter_context(rows_file))
                left = entries.cut(rows)
                opened.pop_all()
        except OSError as error:
            raise cannot_write(path, error) from None
        return cls(target, entries, rows, begun, left)

    def numbers(self) -> Iterator[int]:
        """The numbers of all leads that came before this run. Raises ``OutputError``."""
        return self._entries.numbers()

    def keep(self, numbers: Sequence[int], after: Mapping[str, object], state: Mapping[str, object]) -> None:
        """Put down that what has been written by now is whole. Raises ``OutputError``."""
        self._entries.add(numbers, after, state, self.rows)

    @property
    def anew(self) -> RewrittenFile:
        """A stream that becomes the target in place of the rows, if anything is written to it."""
        return RewrittenFile(self._begin_anew)

    def _begin_anew(self) -> Rows:
        if self._anew is None:
            self._anew = Rows(_new_of(self.target), self._create_new())
        return self._anew

    def begin_whole(self) -> FileIO:
        """A new file, which can be written in any order and becomes the target in place of the rows. Raises ``OutputError``."""
        file = self._create_new(appending=False)
        self._anew = Rows(_new_of(self.target), file)
        return file

    def _create_new(self, *, appending: bool = True) -> FileIO:
        path = _new_of(self.target)
        try:
            remove_own(path)
            return create(path, appending=appending)
        except OSError as error:
            raise cannot_write(path, error) from None

    def drop_whole(self) -> None:
        """Take the file of ``begin_whole`` away: the rows are there to make it of again."""
        if self._anew is not None:
            self._anew.close()
            with suppress(OSError):
                self._anew.path.unlink()
            self._anew = None

    def make_room(self) -> Path:
        """An empty directory that nobody else may look into; it goes with the rest. Raises ``OutputError``."""
        path = _room_of(self.target)
        try:
            remove_directory(path)
            path.mkdir(DIRECTORY_MODE)
        except OSError as error:
            raise cannot_write(path, error) from None
        return path

    def clear_room(self) -> None:
        """Take that directory away, with all that is in it."""
        with suppress(OSError, OutputError):
            remove_directory(_room_of(self.target))

    def cannot_finish(self, error: Exception) -> OutputError:
        """What is raised where what was begun by ``begin_whole`` fails with *error*."""
        return cannot_write(_new_of(self.target), error)

    def finish(self, *, force: bool) -> None:
        """Give the file its name, over one of that name only with *force*, and take the rest away. Raises ``OutputError``."""
        whole = self._anew or self.rows
        whole.settle()
        if refuse_unfit(self.target) and not force:
            raise exists(self.target)
        try:
            if force:
                os.replace(whole.path, self.target)
            else:
                give_name(whole.path, self.target)
            settle_directory(self.target.parent)
        except FileExistsError:
            raise exists(self.target) from None
        except OSError as error:
            raise cannot_write(self.target, error) from None
        self.discard()

    def discard(self) -> None:
        """Take everything away that is beside the target."""
        _remove(self.target)
        self.close()

    def close(self) -> None:
        """Leave everything as it is, for another run."""
        for each in (self._anew, self.rows):
            if each is not None:
                each.close()
        self._entries.close()


def unusable(target: Path) -> OutputError:
    """What is raised where what is left of *target* makes no sense."""
    return OutputError(f"{shown(partial_of(target))} cannot be resumed", remedy="without --resume, --force starts again")


def exists(target: Path) -> OutputError:
    """What is raised where *target* is there already."""
    return OutputError(f"{shown(target)} is there already", remedy="--force writes over it")


def _rows_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial.rows")


def _new_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial.new")


def _room_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial.room")


def _remove(target: Path) -> None:
    with suppress(OSError, OutputError):
        remove_directory(_room_of(target))
    for path in (_rows_of(target), _new_of(target), partial_of(target)):
        with suppress(OSError):
            path.unlink(missing_ok=True)
