"""Which terminal multiplexer stands between the program and the person's terminal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Multiplexer(Enum):
    """The multiplexers that change what may be sent."""

    NONE = ""
    TMUX = "tmux"
    SCREEN = "screen"


def recognise(environ: Mapping[str, str]) -> Multiplexer:
    """By the variables they set on this host, else by ``TERM``, which crosses SSH when tmux or screen runs on the near side."""
    if environ.get("TMUX"):
        return Multiplexer.TMUX
    if environ.get("STY"):
        return Multiplexer.SCREEN
    term = environ.get("TERM", "")
    if term.startswith("tmux"):
        return Multiplexer.TMUX
    if term == "screen" or term.startswith(("screen-", "screen.")):
        return Multiplexer.SCREEN
    return Multiplexer.NONE
