#!/bin/sh
# Textual 8.2.8 (Linux driver): a process that was stopped by SIGSTOP, as by a supervisor, a debugger or `kill -STOP`, sets the terminal up a
# second time when it continues: its handler of SIGCONT starts a second thread that reads the keys, and saves the settings of the terminal, which
# are its own by now, as those to restore. After quitting the terminal stays raw, and the agent's SSH session has no echo and no line editing.
# (Ctrl+Z is handled: SIGTSTP restores the terminal first.)
#
# Observed in a pseudo-terminal: threads textual-input 1 -> 2; ICANON after quitting: on without the stop, off with it.
#
# What to do: use a driver whose SIGCONT handler does nothing unless its SIGTSTP handler ran before.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q textual==8.2.8
cat >"$work/app.py" <<'PYTHON'
import sys
import threading

from textual.app import App


class Demo(App):
    def on_key(self, event):
        if event.key == "t":
            with open(sys.argv[1], "w") as file:
                file.write(str(sum(thread.name == "textual-input" for thread in threading.enumerate())))


Demo().run()
PYTHON
cat >"$work/try.py" <<'PYTHON'
import os, pty, select, signal, sys, termios, time

app, work = sys.argv[1:]


def threads_and_mode(is_stopped):
    """The number of threads that read keys, and whether the terminal edits lines again after the app was left."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LINES="5", COLUMNS="20")
        os.execv(sys.executable, [sys.executable, app, f"{work}/threads"])

    def read_until(done, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until and not done():
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    os.read(terminal, 65536)
                except OSError:
                    return

    read_until(lambda: False, 3)
    if is_stopped:
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
        read_until(lambda: False, 2)
    os.write(terminal, b"t")
    read_until(lambda: os.path.exists(f"{work}/threads"), 10)
    read_until(lambda: False, 1)
    with open(f"{work}/threads") as file:
        threads = int(file.read())
    os.unlink(f"{work}/threads")
    os.write(terminal, b"\x11")
    read_until(lambda: False, 3)
    mode = bool(termios.tcgetattr(terminal)[3] & termios.ICANON)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return threads, mode


for is_stopped, expected in {False: (1, True), True: (2, False)}.items():
    observed = threads_and_mode(is_stopped)
    print("stopped" if is_stopped else "never stopped", "-> threads that read keys, ICANON after quitting:", *observed)
    assert observed == expected, observed
PYTHON
"$work/venv/bin/python" "$work/try.py" "$work/app.py" "$work"
