#!/bin/sh
# GNU screen 4.9.0: once a program has asked for mouse reports (CSI ? 1000 h), screen keeps an Escape until the next key arrives, however
# long that takes: `maptimeout` (300 ms by default) no longer ends the wait. For an agent who works in screen over SSH, the Escape key does
# nothing, and the key pressed next arrives together with it, which many programs read as Alt and that key.
#
# Observed: without mouse reports Escape arrives by itself after 0.3 s; with them it arrives together with the key that follows.
#
# What to do: ask for no mouse reports in screen.
#
# Needs screen 4.9.0 (Debian 12: apt-get install screen).
set -eu
screen --version | grep -q "4.09.00" || { echo "this is about screen 4.9.0, here is: $(screen --version)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$work/reader.py" <<'PYTHON'
import os, sys, tty

tty.setraw(0)
os.write(1, sys.argv[2].encode().decode("unicode_escape").encode() + b"ready")
with open(sys.argv[1], "a", buffering=1) as log:
    while not (data := os.read(0, 64)).endswith(b"q"):
        log.write(f"{data!r}\n")
PYTHON
cat >"$work/try.py" <<'PYTHON'
import os, pty, select, sys, time

def read_for(seconds, until=b"\0"):
    end, output = time.monotonic() + seconds, b""
    while time.monotonic() < end and until not in output:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:
                break

work, expected = sys.argv[1], {"": ["b'\\x1b'", "b'j'"], "\\x1b[?1000h": ["b'\\x1bj'"]}
os.environ.update(TERM="xterm", SCREENDIR=work, LANG="C.UTF-8")
for number, mode in enumerate(expected):
    log = f"{work}/log{number}"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("screen", ["screen", "-c", "/dev/null", sys.executable, f"{work}/reader.py", log, mode])
    read_for(10, b"ready")
    for key in (b"\x1b", b"j", b"q"):
        os.write(terminal, key)
        read_for(2)
    with open(log) as lines:
        observed = lines.read().split("\n")[:-1]
    print(f"mode {mode or 'none'}: Escape, two seconds later j: read as", observed)
    assert observed == expected[mode], observed
PYTHON
chmod 700 "$work"
python3 "$work/try.py" "$work"
