"""The doctor's checks of the terminal: size, characters, colors, multiplexer, clipboard, lost connections."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from subprocess import SubprocessError
from typing import Final

from lead_tui import limits
from lead_tui.cli.doctor_report import Doubt, Outcome, Report
from lead_tui.leads.errors import UsageError
from lead_tui.leads.text import one_line
from lead_tui.storage.token import output_of
from lead_tui.terminal.capabilities import (
    TRUE_COLOR,
    Multiplexer,
    TerminalCapabilities,
    detect_capabilities,
    dropped_by,
    is_over_mosh,
    require_terminal,
)

AskTmux = Callable[[str], str]  # returns the value of a tmux option, or tmux's version for ``version``; "" if tmux does not say

_FOR_MOSH: Final = r"set -as terminal-overrides ',*:Ms=\E]52;c;%p2%s\007'"
"""Makes tmux name the clipboard (``c``), as mosh requires; going by the terminal's description, it names none."""
_SENDS_COPIES: Final = (3, 2)  # the version of tmux that has ``load-buffer -w``
_ON_SSH: Final = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


def examine_terminal(report: Report, environ: Mapping[str, str], encoding: str | None) -> None:
    """Report on this process's terminal; *encoding* is that of the stream to draw on."""
    can, size, ask_tmux = detect_capabilities(environ, encoding), _size(), partial(_ask_tmux, environ)
    is_over_ssh = any(environ.get(name) for name in _ON_SSH)
    report.check("terminal", place, environ, size, is_over_ssh=is_over_ssh)
    report.check("characters", characters, can, encoding or "")
    report.check("colors", colors, can)
    report.check("multiplexer", multiplexer, can, ask_tmux)
    report.check("clipboard", lambda: clipboard(environ, can, ask_tmux) if size else Doubt("none without a terminal"))
    if is_over_ssh:
        report.check("lost connection", lost_connection)


def lost_connection(folder: Path = Path("/etc/ssh")) -> Outcome:
    """Report whether sshd ends a session whose connection died silently (sshd_config(5)): by itself, TCP takes two hours.

    A setting in a ``Match`` block counts, since only sshd knows whether the block applies.
    """
    what = "sshd takes two hours to notice a connection that died silently; until then leads and the token stay in memory"
    try:
        files = folder / "sshd_config", *sorted(folder.glob("sshd_config.d/*.conf"))
        text = "\n".join(path.read_text("utf-8", "replace") for path in files)
    except OSError:
        what, text = "sshd's configuration cannot be read from here: it may notice a dead connection only after two hours", ""
    interval = re.search(r'^\s*ClientAliveInterval[\s=]+"?([1-9]\w*)', text, re.IGNORECASE | re.MULTILINE)
    if interval is None or re.search(r'^\s*ClientAliveCountMax[\s=]+"?0', text, re.IGNORECASE | re.MULTILINE):
        return Doubt(what, "ClientAliveInterval 15 and ClientAliveCountMax 4 in sshd_config, or [terminal] idle_exit")
    return f"sshd ends silent sessions (ClientAliveInterval {interval[1]})"


def place(environ: Mapping[str, str], size: tuple[int, int] | None, *, is_over_ssh: bool = False) -> Outcome:
    """Report whether the app can run here; *size* is in columns and lines, None if no stream is a terminal."""
    if size is None:
        return Doubt("none here", "the app needs one; lead-tui search does not")
    columns, lines = size
    term = one_line(environ.get("TERM", ""), 40) or "TERM is not set"
    what = f"{term}, {columns}x{lines} cells{', over SSH' if is_over_ssh else ''}"
    try:
        require_terminal(environ)
    except UsageError as error:
        if "TERM" in error.message:
            raise
        return Doubt(f"{what}, but {error.message}", error.remedy)
    if columns < limits.MIN_COLUMNS or lines < limits.MIN_LINES:
        least = f"{limits.MIN_COLUMNS}x{limits.MIN_LINES}"
        return Doubt(what, f"make the window larger, or the font smaller: the app needs {least}")
    return what


def characters(can: TerminalCapabilities, encoding: str) -> Outcome:
    encoding = one_line(encoding, 20) or "no encoding"
    if can.unicode:
        return encoding
    if encoding.lower().startswith("utf"):
        return Doubt(f"{encoding}, on a terminal without rounded corners: borders and marks are ASCII")
    return Doubt(f"{encoding}: borders and marks are ASCII, other letters escapes", "set LANG to a UTF-8 locale, such as C.UTF-8")


def colors(can: TerminalCapabilities) -> Outcome:
    return {0: "none: NO_COLOR is set", TRUE_COLOR: "16 million"}.get(can.colors, str(can.colors))


def multiplexer(can: TerminalCapabilities, ask_tmux: AskTmux) -> Outcome:
    if can.multiplexer is Multiplexer.TMUX:
        setting = ask_tmux("escape-time")
        if setting.isdigit() and int(setting) > limits.MAX_ESCAPE_TIME:
            return Doubt(f"tmux, which delays esc by {int(setting):,} ms", "set -sg escape-time 10 in ~/.tmux.conf")
    return can.multiplexer.name.lower()


def clipboard(environ: Mapping[str, str], can: TerminalCapabilities, ask_tmux: AskTmux) -> Outcome:
    """Report whether a copy can arrive; no terminal acknowledges one."""
    if can.multiplexer is Multiplexer.TMUX:
        if (
            (client := ask_tmux("client_pid")).isdigit()
            and is_over_mosh(int(client))
            and ask_tmux("allow-passthrough") not in ("on", "all")
            and "Ms=" not in ask_tmux("terminal-overrides")
        ):
            return Doubt("OSC 52 of tmux, which mosh drops", f"{_FOR_MOSH} in ~/.tmux.conf, then attach again")
        if _is_at_least(ask_tmux("version"), _SENDS_COPIES):
            return "by a command of tmux, which sends OSC 52; some terminals want it allowed in their settings"
        setting = ask_tmux("set-clipboard")
        if setting == "on" or ask_tmux("allow-passthrough") in ("on", "all"):
            return "OSC 52, which tmux passes on; some terminals want it allowed in their settings"
        shown = f" (set-clipboard {setting})" if setting else ""
        return Doubt(f"OSC 52, which tmux may drop{shown}", "set -s set-clipboard on in ~/.tmux.conf")
    if is_over_mosh():
        return f"OSC 52 through mosh, {limits.MAX_MOSH_CLIPBOARD_BYTES:,} bytes at most, the same text only once"
    if dropping := dropped_by(environ):
        what = f"OSC 52, which {dropping} drops unless it is set up otherwise"
        return Doubt(what, "allow it in the terminal's settings if there is such a setting, or use another terminal")
    return "OSC 52, which no terminal acknowledges; some want it allowed in their settings"


def _is_at_least(version: str, least: tuple[int, int]) -> bool:
    """Return whether tmux's *version*, as ``3.3a`` or ``next-3.6``, is *least* or later."""
    found = re.search(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= least


def _size() -> tuple[int, int] | None:
    for descriptor in (0, 2, 1):
        with suppress(OSError):
            return os.get_terminal_size(descriptor)
    return None


def _ask_tmux(environ: Mapping[str, str], option: str) -> str:
    # Only a tmux server on this host can be asked: TERM alone may come from a tmux on the user's side of an SSH login.
    if not environ.get("TMUX"):
        return ""
    scope = "-gwqv" if option == "allow-passthrough" else "-sqv"
    is_format = option in ("version", "client_pid")
    words = ("display-message", "-p", f"#{{{option}}}") if is_format else ("show-options", scope, option)
    try:
        output = output_of(("tmux", *words), environ, seconds=limits.MULTIPLEXER_PATIENCE)
    except (OSError, SubprocessError):
        return ""
    return output.decode("utf-8", "replace").strip()
