"""A virtual display (Xvfb), and a user's actions on it: keys, the mouse, the clipboard, screenshots."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

SIZE: Final = (900, 620)
PATIENCE: Final = 20.0
"""Timeout in seconds."""

_POLL: Final = 0.05
_SELECTIONS: Final = ("clipboard", "primary")


class Display:
    """A context manager: leaving it ends the display and what runs on it."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as numbers:
            self.name = f":{numbers.readline().strip()}"
        # Some terminals wait for a window manager before they take keys.
        self._manager = subprocess.Popen(["openbox"], env=self.environ(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait()

    def environ(self) -> dict[str, str]:
        """The environment of programs on the display."""
        return {**os.environ, "DISPLAY": self.name, "LIBGL_ALWAYS_SOFTWARE": "1", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

    def press(self, *keys: str) -> None:
        """Press *keys*, by their names in X."""
        self._run("xdotool", "key", "--clearmodifiers", "--delay", "30", *keys)

    def point(self, x: int, y: int) -> None:
        """Move the mouse to a point of the screen, in pixels."""
        self._run("xdotool", "mousemove", str(x), str(y))

    def click(self, button: int) -> None:
        """Press and release a mouse button: 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down."""
        self._run("xdotool", "click", str(button))

    def focus(self) -> None:
        """Move the windows to the upper left of the screen, and focus the one there by a click."""
        for window in self._run("xdotool", "search", "--sync", "--onlyvisible", "--name", ".*").split():
            self._run("xdotool", "windowmove", window, "0", "0", check=False)
        self.point(SIZE[0] // 3, SIZE[1] // 3)
        self.click(1)

    def fill_selections(self, text: str) -> None:
        """Put *text* on both clipboards."""
        for each in _SELECTIONS:
            subprocess.run(
                ["xclip", "-i", "-selection", each], input=text.encode(), env=self.environ(), check=True, stderr=subprocess.DEVNULL
            )

    def selections(self) -> dict[str, str]:
        """Return what is on the clipboards."""
        return {each: self._run("xclip", "-o", "-selection", each, check=False) for each in _SELECTIONS}

    def picture(self, path: Path) -> Path:
        """Save the screen as PNG."""
        self._run("import", "-window", "root", str(path))
        return path

    def _run(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(command, env=self.environ(), check=check, capture_output=True, timeout=PATIENCE)
        return done.stdout.decode(errors="replace")


def wait_for(what: Callable[[], bool], name: str, patience: float = PATIENCE) -> None:
    """Return once *what* is true; raise ``TimeoutError`` if it does not become true."""
    until = time.monotonic() + patience
    while not what():
        if time.monotonic() > until:
            raise TimeoutError(name)
        time.sleep(_POLL)


def differing_pixels(one: Path, other: Path) -> int:
    """Return how many pixels of two pictures differ."""
    done = subprocess.run(["compare", "-metric", "AE", str(one), str(other), "null:"], capture_output=True)
    return round(float(done.stderr.split()[0]))


def drawn_pixels(picture: Path) -> int:
    """Return how many pixels of a picture differ from its most frequent color."""
    counts = subprocess.run(["convert", str(picture), "-format", "%c", "histogram:info:"], capture_output=True, check=True).stdout
    numbers = sorted(int(line.partition(b":")[0]) for line in counts.splitlines() if b":" in line)
    return sum(numbers[:-1])
