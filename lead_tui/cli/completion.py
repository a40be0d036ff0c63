"""``lead-tui completion``: what a shell needs to complete the commands, made from the same source as the help.

The names of saved queries and of profiles are asked for while somebody completes. People typed them, so a shell is never handed one
to read: bash's script quotes them itself, zsh and fish quote whatever is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lead_tui.cli import completion_bash, completion_fish, completion_zsh
from lead_tui.cli.completion_data import CompletionData, completed

_SCRIPTS: Final[Mapping[str, Callable[[CompletionData], str]]] = {
    "bash": completion_bash.script,
    "zsh": completion_zsh.script,
    "fish": completion_fish.script,
}


def script(shell: str) -> str:
    """The script for *shell*, one of ``options.SHELLS``."""
    return _SCRIPTS[shell](completed())
