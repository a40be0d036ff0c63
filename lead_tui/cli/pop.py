"""``lead-tui pop``: give the number of an incoming call to the running session.

A dialer starts it for each call while the phone rings, so it imports no more than it needs, and it has a parser of its own unless a
site's policy may restrict it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lead_tui import limits
from lead_tui.cli.options import POP, STANDARD_STREAM, number_of, split
from lead_tui.config.paths import CONFIG_DIR_VARIABLE, SITE_DIRECTORY, Paths
from lead_tui.leads.errors import UsageError
from lead_tui.terminal.session_socket import send

if TYPE_CHECKING:
    from pathlib import Path


def may_be_restricted(arguments: Sequence[str]) -> bool:
    """Return whether a site's policy may restrict this start; then the command line is parsed like any other."""
    return "--restricted" in arguments or os.path.lexists(SITE_DIRECTORY)


def pop(arguments: Sequence[str]) -> None:
    """Run ``lead-tui pop`` with *arguments*. Raises ``UsageError`` and ``SessionError``."""
    options, words = split(POP, arguments)
    folder = Paths.of(options.get("config_dir") or os.environ.get(CONFIG_DIR_VARIABLE)).sessions_dir
    deliver(folder, number_of(words), options.get("session", ""))


def deliver(folder: Path, number: str, session: str) -> None:
    """Give *number*, or the first line of standard input for ``-``, to *session* in *folder*. Raises as ``session_socket.send``."""
    if number == STANDARD_STREAM:
        line = sys.stdin.buffer.readline(limits.MAX_CALL_BYTES) if sys.stdin is not None else b""
        number = line.decode("utf-8-sig", "replace").strip()
        if not number:
            raise UsageError("Standard input is empty", remedy="it must contain the number")
    send(folder, number, session)
