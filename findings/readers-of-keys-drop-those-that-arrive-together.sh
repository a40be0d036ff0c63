#!/bin/sh
# Keys that are pressed one after another arrive together where the line between is slow: SSH sends them in one packet, or a program reads only
# after it has drawn. Programs tried at the keyboard of the same computer never show it. Of j, j and k, or Down and Down, in one write:
#   getkey 0.6.5 (PyPI)            the first key; the others are read and dropped
#   simple-term-menu 1.6.6 (PyPI)  no key: the menu stays at its first entry, which Enter then takes
#   pytermgui 7.8.1 getch (PyPI)   one key "jjk", or one "Down Down", which equals no key
#   sshkeyboard 2.3.1 (PyPI)       j and k; of Down and Down none
# readchar 4.2.2 and blessed 1.52.0 (PyPI) return each of the keys. A menu over SSH then takes an entry that was not chosen.
#
# What to do: use a library that returns each key; check by writing two keys into a pseudo-terminal at once.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q getkey==0.6.5 simple-term-menu==1.6.6 pytermgui==7.8.1 sshkeyboard==2.3.1 readchar==4.2.2 blessed==1.52.0
cat >"$work/keys.py" <<'PYTHON'
import os, pty, re, select, signal, sys, time

# Each program prints every key that it gets, in brackets.
PROGRAMS = {
    "getkey": "from getkey import getkey\nprint('ready', flush=True)\nwhile True: print([getkey()], flush=True)",
    "pytermgui": "from pytermgui import getch\nprint('ready', flush=True)\nwhile True: print([getch()], flush=True)",
    "sshkeyboard": "from sshkeyboard import listen_keyboard\nprint('ready', flush=True)\n"
    "listen_keyboard(on_press=lambda key: print([key], flush=True), until=None)",
    "readchar": "from readchar import readkey\nprint('ready', flush=True)\nwhile True: print([readkey()], flush=True)",
    "blessed": "import blessed\nterminal = blessed.Terminal()\nprint('ready', flush=True)\n"
    "with terminal.cbreak():\n    while True: print([str(terminal.inkey())], flush=True)",
}
MENU = "from simple_term_menu import TerminalMenu\nprint('ready', flush=True)\nprint([str(TerminalMenu(list('abcde')).show())], flush=True)"


def keys(program, writes):
    """The keys that the program gets of the writes, a second apart."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-c", program])
    output = b""

    def read_for(seconds, until=b"\0"):
        nonlocal output
        end = time.monotonic() + seconds
        while time.monotonic() < end and until not in output:
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    output += os.read(terminal, 65536)
                except OSError:
                    return

    read_for(20, b"ready")
    read_for(1)
    for text in writes:
        os.write(terminal, text)
        read_for(1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    return re.findall(r"\['(.*?)'\]", output.decode())


DOWN = "\\x1b[B"
EXPECTED = {
    "getkey": (["j"], [DOWN]),
    "pytermgui": (["jjk"], [DOWN + DOWN]),
    "sshkeyboard": (["j", "k"], []),
    "readchar": (["j", "j", "k"], [DOWN, DOWN]),
    "blessed": (["j", "j", "k"], [DOWN, DOWN]),
}
for name, expected in EXPECTED.items():
    observed = keys(PROGRAMS[name], [b"jjk"]), keys(PROGRAMS[name], [b"\x1b[B\x1b[B"])
    print(f"{name}: of jjk {observed[0]}, of Down Down {observed[1]}")
    assert observed == expected, (name, observed)
# The menu has set the keypad's mode, in which Down is ESC O B.
apart, together = keys(MENU, [b"\x1bOB", b"\x1bOB", b"\r"]), keys(MENU, [b"\x1bOB\x1bOB", b"\r"])
print(f"simple-term-menu: Down, Down, Enter takes entry {apart}; with both Down together {together}")
assert (apart, together) == (["2"], ["0"])
PYTHON
"$work/venv/bin/python" "$work/keys.py"
