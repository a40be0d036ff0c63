"""Run a program for its output: no shell, no input, no standard error, limited in time and bytes."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

_LOOK_AGAIN: Final = 0.05
"""Seconds between looks at whether the program has ended while a process that it started keeps its output open."""


class CommandMissing(Exception):
    """The program does not exist or cannot be run; the text is the system's reason."""


class CommandFailed(Exception):
    """The program failed; the text says why, to follow "it"."""


def output_of(words: Sequence[str], environment: Mapping[str, str], *, seconds: float, most_bytes: int) -> bytes:
    """Return what the program *words* prints, run with *environment* in a session of its own, so that it cannot use the terminal.

    It does not outlive the call; neither do its children if it had to be killed. Raises ``CommandMissing``, ``CommandFailed``.
    """
    deadline = time.monotonic() + seconds
    try:
        process = subprocess.Popen(  # noqa: S603 (the words are the user's own configuration, which others cannot write to)
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise CommandMissing(((error.strerror if isinstance(error, OSError) else None) or "it is not a command").lower()) from None
    with process:
        try:
            output = _read(process, deadline, most_bytes)
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"took longer than {seconds:g} s") from None
        finally:
            # Until it has been waited for, no other process can have its id.
            if process.poll() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    if process.returncode < 0:
        raise CommandFailed(f"was ended by signal {-process.returncode}")
    if process.returncode:
        raise CommandFailed(f"ended with status {process.returncode}")
    return output


def _read(process: subprocess.Popen[bytes], deadline: float, most_bytes: int) -> bytes:
    if process.stdout is None:
        raise CommandFailed("has no output")
    descriptor = process.stdout.fileno()
    output = b""
    while True:
        # Asked before looking for output: what an ended program has printed is there by now.
        ended = process.poll() is not None
        left = deadline - time.monotonic()
        if left <= 0 and not ended:
            raise subprocess.TimeoutExpired(process.args, 0)
        if select.select([descriptor], [], [], 0 if ended else min(left, _LOOK_AGAIN))[0]:
            piece = os.read(descriptor, 4096)
            output += piece
            if not piece:
                return output
            if len(output) > most_bytes:
                raise CommandFailed("printed more than a token")
        elif ended:
            return output
