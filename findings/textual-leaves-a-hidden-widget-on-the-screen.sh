#!/bin/sh
# Textual 8.2.8: after a scroll, a widget that is hidden stays on the screen if the region of a widget out of view is read before the next
# layout. ``Compositor.full_map`` is then built again from what is displayed, without noting what must be repainted, and the layout that
# follows finds no difference. Reading a region is not rare: a focused Input reads its own to place the terminal's cursor. A table of leads that
# hides a message above its rows keeps showing it, and covers a lead.
#
# Observed with pyte 0.8.2 as the terminal: the first line is still "above" after above.display = False; without reading, "line 8".
#
# What to do: use a Compositor whose reflow compares with the map of the last layout.
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
from textual.containers import VerticalScroll
from textual.widgets import Static


class Demo(App):
    CSS = "Screen { layers: one two } #below { layer: one; height: 5 } #above { layer: two; height: 1; width: 100% }"

    def compose(self):
        with VerticalScroll(id="below"):
            for number in range(20):
                yield Static(f"line {number}", id=f"line{number}")
        yield Static("above", id="above")

    def on_key(self, event):
        if event.key == "s":
            self.query_one("#below").scroll_to(y=8, animate=False)
        elif event.key == "h":
            self.query_one("#above").display = False
            if sys.argv[1] == "read":
                self.query_one("#line0").region


Demo().run()
PYTHON
cat >"$work/terminal.py" <<'PYTHON'
import os, pty, select, signal, sys, time

import pyte


def first_line(argument):
    """The first line that the app in app.py shows after the keys s and h."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LINES="5", COLUMNS="20")
        os.execv(sys.executable, [sys.executable, sys.argv[1], argument])
    screen = pyte.Screen(20, 5)
    stream = pyte.ByteStream(screen)

    def read_until(done, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until and not done():
            if select.select([terminal], [], [], 0.1)[0]:
                stream.feed(os.read(terminal, 65536))

    read_until(lambda: "above" in screen.display[0], 30)
    for key in b"s", b"h":
        os.write(terminal, key)
        read_until(lambda: False, 2)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return screen.display[0].rstrip(" █▁▂▃▄▅▆▇▔")


observed = {argument: first_line(argument) for argument in ("read", "no")}
print("first line after hiding, a region read:", observed["read"], "| not read:", observed["no"])
assert observed == {"read": "above", "no": "line 8"}, observed
PYTHON
"$work/venv/bin/python" "$work/terminal.py" "$work/app.py"
