#!/bin/sh
# Textual 8.2.8: with NO_COLOR in the environment its themes of the terminal's own colors (ansi-dark, ansi-light), set after the start as its
# palette does, are drawn black on black, as 24-bit colors: the filter that removes colors is chosen for the first theme, and makes grays of
# colors that the terminal defines, so that default text and default background both become #000000. An agent whose SSH profile sets NO_COLOR
# chooses such a theme and sees an empty screen.
#
# What to do: replace ``Monochrome`` by ``textual.filter.NoColor`` in the app's filters.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q textual==8.2.8 pyte==0.8.2
cat >"$work/app.py" <<'PYTHON'
import sys

from textual.app import App
from textual.widgets import Static


class Demo(App):
    def compose(self):
        yield Static("lead")

    def on_mount(self):
        self.theme = sys.argv[1]


Demo().run()
PYTHON
cat >"$work/try.py" <<'PYTHON'
import os, pty, select, signal, sys, time

import pyte


def colors(theme, **environment):
    """Foreground and background of the first character of the app's text."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LINES="5", COLUMNS="20", **environment)
        os.execv(sys.executable, [sys.executable, sys.argv[1], theme])
    screen = pyte.Screen(20, 5)
    stream = pyte.ByteStream(screen)
    until = time.monotonic() + 4
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            stream.feed(os.read(terminal, 65536))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert screen.display[0].startswith("lead"), screen.display
    return screen.buffer[0][0].fg, screen.buffer[0][0].bg


for theme, environment, expected in (
    ("ansi-dark", {}, ("default", "default")),
    ("ansi-dark", {"NO_COLOR": "1"}, ("000000", "000000")),
    ("ansi-light", {"NO_COLOR": "1"}, ("000000", "000000")),
):
    observed = colors(theme, **environment)
    print(theme, environment, "-> text", observed[0], "on", observed[1])
    assert observed == expected, observed
PYTHON
"$work/venv/bin/python" "$work/try.py" "$work/app.py"
