#!/bin/sh
# A program that asks for it (CSI ? 2004 h) gets ESC [ 200 ~ before a paste and ESC [ 201 ~ after it, and so can tell an Enter within the paste from
# one that is pressed. screen 4.9.0 passes the request and the terminal's pastes on, but leaves the brackets out of what it pastes itself: what was
# copied in its copy mode (ctrl+a [) and is pasted with ctrl+a ]. Two phone numbers that an agent copies from the list above, and pastes into a field,
# arrive as the first number, Enter, the second number: the program looks up, or dials, the first one, and takes the second one for keys. In the
# same program a paste with the mouse is right, so that it seems to be safe. tmux 3.3a sets the brackets for its own ctrl+b ] too.
#
# What to do: paste with the terminal's own paste; in screen copy one line at a time.
#
# Needs screen 4.9.0 and tmux 3.3a (Debian 12: apt-get install screen tmux).
set -eu
screen --version | grep -q "4.09.00" || { echo "this is about screen 4.9.0, here is: $(screen --version)"; exit 1; }
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work" SCREENDIR="$work/sockets"
unset TMUX STY
trap 'screen -S paste -X quit >/dev/null 2>&1 || true; tmux -L paste kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -m 700 "$SCREENDIR"
cat >"$work/program.py" <<'PYTHON'
import os, sys, tty

tty.setraw(0)
os.write(1, b"\x1b[2J\x1b[H3015550123\r\n3015550124\r\n\x1b[?2004hready")
with open(sys.argv[1], "ab", buffering=0) as typed:
    while data := os.read(0, 1000):
        typed.write(data)
PYTHON
cat >"$work/try.py" <<'PYTHON'
import os, pathlib, pty, select, sys, time

work = pathlib.Path(sys.argv[1])
PASTE = b"3015550123\r3015550124"
BRACKETED = b"\x1b[200~" + PASTE + b"\x1b[201~"


def read_for(seconds, until=b"\0"):
    end, output = time.monotonic() + seconds, b""
    while time.monotonic() < end and until not in output:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:
                break
    return output


def typed_after(keys, expected):
    """What the program gets of keys that are pressed one after the other."""
    (work / "typed").write_bytes(b"")
    for key in keys:
        os.write(terminal, key)
        read_for(0.5)
    for _ in range(20):
        if read_for(1) == b"" and (work / "typed").read_bytes() == expected:
            break
    return (work / "typed").read_bytes()


os.environ.update(TERM="xterm", LANG="C.UTF-8")
program = ["python3", str(work / "program.py"), str(work / "typed")]
for name, command, copied, expected in (
    ("screen", ["screen", "-c", "/dev/null", "-S", "paste"], (b"\x01[", b"H", b" ", b"j", b"$", b" ", b"\x01]"), PASTE),
    (
        "tmux",
        ["tmux", "-L", "paste", "-f", "/dev/null", "new-session"],
        (b"\x02[", b"\x1bR", b"\x01", b"\x00", b"\x0e", b"\x05", b"\x1bw", b"\x02]"),
        BRACKETED,
    ),
):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command + program)
    output = read_for(20, b"ready")
    output += read_for(1)
    assert b"\x1b[?2004h" in output, output
    for origin, keys, arriving in ("own", copied, expected), ("the terminal's", (BRACKETED,), BRACKETED):
        observed = typed_after(keys, arriving)
        print(f"{name}, {origin} paste: {observed}")
        assert observed == arriving, (name, origin)
    os.close(terminal)
PYTHON
python3 "$work/try.py" "$work"
