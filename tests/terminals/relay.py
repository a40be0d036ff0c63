"""Runs inside a terminal: starts a program in a pseudo-terminal and records what the terminal and the program send to each other.

``relay.py FOLDER COMMAND …`` writes what the terminal sends to FOLDER/early until there is FOLDER/go, FOLDER/typed and FOLDER/drawn
while the program runs, then FOLDER/code, and what the terminal sends after that to FOLDER/late until there is FOLDER/stop.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import sys
import termios
import tty
from pathlib import Path

_POLL_SECONDS = 0.05


def main(folder: Path, command: list[str]) -> None:
    """Run *command*."""
    before = termios.tcgetattr(0)
    (folder / "term").write_text(json.dumps([os.environ.get("TERM", ""), os.get_terminal_size(1)]))
    tty.setraw(0)
    _record_until(folder / "go", folder / "early")
    pid, master = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    _follow_size(master)
    with (folder / "typed").open("wb", 0) as typed, (folder / "drawn").open("wb", 0) as drawn:
        while True:
            ready, _, _ = select.select([0, master], [], [])
            if 0 in ready:
                data = os.read(0, 65536)
                typed.write(data)
                os.write(master, data)
            if master in ready:
                try:
                    data = os.read(master, 65536)
                except OSError:
                    break
                drawn.write(data)
                _write_all(data)
    (folder / "code").write_text(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    _record_until(folder / "stop", folder / "late")
    termios.tcsetattr(0, termios.TCSANOW, before)


def _record_until(sign: Path, log: Path) -> None:
    with log.open("wb", 0) as typed:
        while not sign.exists():
            if select.select([0], [], [], _POLL_SECONDS)[0]:
                typed.write(os.read(0, 65536))


def _follow_size(master: int) -> None:
    def copy(*_: object) -> None:
        fcntl.ioctl(master, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))

    signal.signal(signal.SIGWINCH, copy)
    copy()


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
