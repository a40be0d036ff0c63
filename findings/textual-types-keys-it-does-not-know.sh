#!/bin/sh
# Textual 8.2.8 types the sequence of a key that it does not know, without the Escape, into the Input that has the focus. Keys that real
# terminals send: Insert of st (ESC [ 4 h) types "[4h", the keypad's 5 and = in application mode (xterm: ESC O E, ESC O X) "OE" and "OX",
# Insert of the SCO keyboard of xterm (ESC [ L) "[L", Ctrl+Shift+PageDown of rxvt-unicode (ESC [ 6 @) "[6@". An agent who enters a phone number on
# the keypad, where 5 is next to the other digits, searches for a text that was never typed.
#
# What to do: parse by ECMA-48 (ESC [ parameters, intermediates, final; ESC O final), and drop what is complete but unknown.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q textual==8.2.8
cat >"$work/app.py" <<'PYTHON'
import sys

from textual.app import App
from textual.widgets import Input


class Demo(App):
    def compose(self):
        yield Input()

    def on_input_changed(self, event):
        with open(sys.argv[1], "w") as file:
            file.write(event.value)


Demo().run()
PYTHON
cat >"$work/try.py" <<'PYTHON'
import os, pty, select, signal, sys, time

app, work = sys.argv[1:]
EXPECTED = {b"\x1b[4h": "[4h", b"\x1bOE": "OE", b"\x1bOX": "OX", b"\x1b[L": "[L", b"\x1b[6@": "[6@", b"\x1b[6^": "", b"\x1b[13;2u": ""}
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LINES="5", COLUMNS="60")
    os.execv(sys.executable, [sys.executable, app, f"{work}/value"])


def read_for(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            os.read(terminal, 65536)


read_for(3)
whole = ""
for sequence, expected in EXPECTED.items():
    for keys in b"x", sequence, b"y":
        os.write(terminal, keys)
        read_for(0.5)
    with open(f"{work}/value") as file:
        value = file.read()
    observed, whole = value.removeprefix(whole), value
    print(f"x {sequence!r} y types {observed!r}")
    assert observed == f"x{expected}y", (sequence, observed)
os.kill(pid, signal.SIGKILL)
PYTHON
"$work/venv/bin/python" "$work/try.py" "$work/app.py" "$work"
