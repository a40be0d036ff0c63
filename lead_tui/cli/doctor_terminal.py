"""Looking at the terminal: whether there is one, its size, characters and colours, what stands between, and the clipboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from lead_tui import limits
from lead_tui.cli.checks import Finding, doubtful, failed, fine
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line
from lead_tui.terminal.capabilities import TRUE_COLOUR, Capabilities, recognise_capabilities, require_terminal
from lead_tui.terminal.multiplexer import Multiplexer
from lead_tui.terminal.sshd import seconds_to_notice

AskTmux = Callable[[str], str]
"""Gives the value of a tmux option, "" where tmux does not tell."""

_ON_SSH: Final = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


class Terminal(NamedTuple):
    """What is known of the terminal before anybody judges it."""

    term: str
    """``TERM``."""
    size: tuple[int, int] | None
    """Columns and lines; None where nothing is a terminal."""
    refusal: UsageError | None
    """Why the app would not start."""
    can: Capabilities
    encoding: str
    over_ssh: bool
    ask_tmux: AskTmux
    sshd_seconds: int | None = None
    """Seconds after which sshd notices a silent connection, 0 if it never does; None where that cannot be read."""


def look(environ: Mapping[str, str], encoding: str | None, ask_tmux: AskTmux | None = None) -> Terminal:
    """The terminal of this process; *encoding* is that of the stream that is drawn on."""
    refusal: UsageError | None = None
    try:
        require_terminal(environ)
    except UsageError as error:
        refusal = error
    return Terminal(
        term=environ.get("TERM", ""),
        size=_size(),
        refusal=refusal,
        can=recognise_capabilities(environ, encoding),
        encoding=encoding or "",
        over_ssh=any(environ.get(name) for name in _ON_SSH),
        ask_tmux=ask_tmux or (lambda option: _told_by_tmux(option, environ)),
        sshd_seconds=seconds_to_notice(),
    )


def examine(terminal: Terminal) -> list[Finding]:
    """Everything there is to say about *terminal*."""
    findings = [place(terminal), characters(terminal), colours(terminal), multiplexer(terminal), clipboard(terminal)]
    return [*findings, lost_connection(terminal)] if terminal.over_ssh else findings


def lost_connection(terminal: Terminal) -> Finding:
    """How soon a session ends whose connection has died without a word."""
    name = "lost connection"
    if terminal.sshd_seconds:
        return fine(name, f"sshd ends a silent session after {terminal.sshd_seconds:,} s")
    if terminal.sshd_seconds is None:
        what = "sshd's configuration cannot be read from here: it may notice a dead connection only after two hours"
    else:
        what = "sshd notices a connection that died silently only after two hours; until then leads and the token stay in memory"
    return doubtful(name, what, "ClientAliveInterval 15 and ClientAliveCountMax 4 in sshd_config, or [terminal] idle_exit")


def place(terminal: Terminal) -> Finding:
    """Whether there is a terminal, and its size."""
    if terminal.size is None:
        return doubtful("terminal", "there is none here", "the app needs one; lead-tui search does not")
    columns, lines = terminal.size
    what = f"{one_line(terminal.term, 40) or 'TERM is not set'}, {columns}x{lines} cells{', over SSH' if terminal.over_ssh else ''}"
    if terminal.refusal is not None:
        if "TERM" in terminal.refusal.message:
            return failed("terminal", terminal.refusal)
        return doubtful("terminal", f"{what}, but {terminal.refusal.message}", terminal.refusal.remedy)
    if columns < limits.MIN_COLUMNS or lines < limits.MIN_LINES:
        least = f"{limits.MIN_COLUMNS}x{limits.MIN_LINES}"
        return doubtful("terminal", what, f"make the window larger, or the font smaller: the app needs {least}")
    return fine("terminal", what)


def characters(terminal: Terminal) -> Finding:
    """What can be written."""
    encoding = one_line(terminal.encoding, 20) or "no encoding"
    if terminal.can.unicode:
        return fine("characters", encoding)
    if encoding.lower().startswith("utf"):
        return doubtful("characters", f"{encoding}, on a terminal without rounded corners: borders and marks are ASCII")
    return doubtful(
        "characters",
        f"{encoding}: borders and marks are ASCII, other letters escapes",
        "set LANG to a UTF-8 locale, such as C.UTF-8",
    )


def colours(terminal: Terminal) -> Finding:
    """How many."""
    said = {0: "none: NO_COLOR is set", TRUE_COLOUR: "16 million"}
    return fine("colours", said.get(terminal.can.colours, str(terminal.can.colours)))


def multiplexer(terminal: Terminal) -> Finding:
    """What stands between here and the person's terminal."""
    match terminal.can.multiplexer:
        case Multiplexer.TMUX:
            told = terminal.ask_tmux("escape-time")
            if told.isdigit() and int(told) > limits.MAX_ESCAPE_TIME:
                return doubtful(
                    "multiplexer", f"tmux, which keeps esc for {int(told):,} ms", "set -sg escape-time 10 in ~/.tmux.conf"
                )
            return fine("multiplexer", "tmux")
        case Multiplexer.SCREEN:
            return fine("multiplexer", "screen")
        case Multiplexer.NONE:
            return fine("multiplexer", "none")


def clipboard(terminal: Terminal) -> Finding:
    """Whether what is sent there may arrive. Nobody ever acknowledges it."""
    if terminal.size is None:
        return doubtful("clipboard", "without a terminal there is none")
    if terminal.can.multiplexer is Multiplexer.TMUX:
        told, through = terminal.ask_tmux("set-clipboard"), terminal.ask_tmux("allow-passthrough")
        if told == "on" or through in ("on", "all"):
            return fine("clipboard", "OSC 52, which tmux passes on; some terminals want it allowed in their settings")
        what = f"OSC 52, which tmux drops (set-clipboard {told})" if told in ("off", "external") else "OSC 52, which tmux may drop"
        return doubtful("clipboard", what, "set -s set-clipboard on in ~/.tmux.conf")
    return fine("clipboard", "OSC 52, which no terminal acknowledges; some want it allowed in their settings")


def _size() -> tuple[int, int] | None:
    for descriptor in (0, 2, 1):
        try:
            columns, lines = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return columns, lines
    return None


def _told_by_tmux(option: str, environ: Mapping[str, str]) -> str:
    # Its server can be asked only where it runs: TERM alone may tell of a tmux at the near side of an SSH login.
    if not environ.get("TMUX"):
        return ""
    from lead_tui.storage.command import CommandFailed, CommandMissing, output_of

    scope = "-gwqv" if option == "allow-passthrough" else "-sqv"
    try:
        output = output_of(("tmux", "show-options", scope, option), environ, seconds=limits.MULTIPLEXER_PATIENCE, most_bytes=1_000)
    except (CommandMissing, CommandFailed):
        return ""
    return output.decode("utf-8", "replace").strip()
