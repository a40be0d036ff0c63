"""A private file that is written at once: complete, or not there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from lead_tui.export.partial import check_target, exists, publish
from lead_tui.leads.errors import OutputError
from lead_tui.safe_files import cannot_write, create, remove_own, shown, write_all


class WholeFile:
    """A context in which ``write`` writes *target*, mode 0600. It is opened at once: an error costs no request.

    *force* overwrites an existing file; otherwise *ask*, if given, asks the user. Raises ``OutputError``.
    """

    def __init__(self, target: Path, *, force: bool = False, ask: Callable[[str], bool] | None = None) -> None:
        if check_target(target) and not force:
            if ask is None or not ask(f"{shown(target)} already exists: overwrite it?"):
                raise exists(target)
            force = True
        self._target = target
        self._force = force
        self._path = target.with_name(f"{target.name}.new")
        try:
            remove_own(self._path)
            self._file = create(self._path)
        except OSError as error:
            raise cannot_write(target, error) from None

    def write(self, data: bytes) -> None:
        """Write *data*, all there is, and give the file its name. Raises ``OutputError``."""
        write_all(self._target, self._file, data)
        publish(self._path, self._file, self._target, overwrite=self._force)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._file.close()
        with suppress(OSError, OutputError):
            remove_own(self._path)
