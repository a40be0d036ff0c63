#!/bin/sh
# sshkeyboard 2.3.1 (PyPI) calls a function for each key, and is made for SSH, where a program sees no keys being released. A terminal sends
# the same bytes for a key that is held and for one that is pressed again, and the library reads the latter as the former: while the
# same character comes within 0.75 s of its first press (then 0.05 s of the last), it counts as one press. People press a key twice within a fifth
# of a second, so that a phone number loses its repeated digits: 3015550122 arrives as 3015012. No error is reported. The
# README says that presses "can get lost if the same key gets spammed fast"; this is the speed at which people type.
#
# What to do: delay_second_char=0, delay_other_chars=0 reports each of them where the presses arrive apart from each other; for text, read
# the terminal with a library that reads characters.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q sshkeyboard==2.3.1
cat >"$work/listen.py" <<'PYTHON'
import sys

from sshkeyboard import listen_keyboard

heard = []
options = {"delay_second_char": 0, "delay_other_chars": 0} if sys.argv[2] == "no delay" else {}
print("ready", flush=True)
listen_keyboard(on_press=heard.append, until="q", **options)
with open(sys.argv[1], "w") as file:
    file.write("".join(heard))
PYTHON
cat >"$work/type.py" <<'PYTHON'
import os, pty, select, sys, time

work, NUMBER = sys.argv[1], "3015550122"
terminal = -1


def read_for(seconds, until=b"\0"):
    end, output = time.monotonic() + seconds, b""
    while time.monotonic() < end and until not in output:
        if select.select([terminal], [], [], 0.02)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:
                return


for delay, expected in {"the usual delay": "3015012", "no delay": NUMBER}.items():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, f"{work}/listen.py", f"{work}/heard", delay])
    read_for(10, b"ready")
    read_for(0.5)
    for character in NUMBER + "q":
        os.write(terminal, character.encode())
        read_for(0.2)
    read_for(2)
    os.waitpid(pid, 0)
    with open(f"{work}/heard") as file:
        heard = file.read()
    print(f"typed {NUMBER} at five keys a second, {delay}: heard {heard}")
    assert heard == expected, heard
PYTHON
"$work/venv/bin/python" "$work/type.py" "$work"
