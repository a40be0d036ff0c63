#!/bin/sh
# A program that reads lines from a terminal on Linux gets at most 4,095 characters of a line, whatever its own limit: the kernel drops the
# rest up to Enter, which it still takes. No error, no sound, and where the echo is off nothing on the screen:
#   * A token of 5,000 characters, as some JSON web tokens are, that is pasted into getpass() of Python or `read -rs` of bash is stored
#     without its end. The dialer's API rejects it, although the user has pasted the right one.
#   * A response that is pasted into `cat >page.json` over SSH has its first line cut: 4,095 characters and a line break.
# The same token in a file, or from a pipe, is whole, and so it is in what edits lines itself (bash's prompt, `read -e`). termios(3) has it
# under "Canonical and noncanonical mode".
#
# What to do: reject a line of exactly 4,095 characters, or read without ICANON.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$work/paste.py" <<'PYTHON'
import os, platform, pty, select, sys, time

work = sys.argv[1]
PROGRAMS = {
    "getpass of Python": [sys.executable, "-c", f"import getpass; open('{work}/got', 'w').write(getpass.getpass('ready'))"],
    "read -rs of bash": ["bash", "-c", f"read -rsp ready token; printf %s \"$token\" >{work}/got"],
    "cat >file": ["sh", "-c", f"echo ready; cat >{work}/got"],
    "read -re of bash": ["bash", "-c", f"read -rep ready token; printf %s \"$token\" >{work}/got"],
}


def received(program, text):
    """What a program that reads a line stores of the text, pasted in pieces as SSH sends it, and Enter."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", INPUTRC="/dev/null")
        os.execvp(program[0], program)

    def read_for(seconds, until=b"\0"):
        end, output = time.monotonic() + seconds, b""
        while time.monotonic() < end and until not in output:
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    output += os.read(terminal, 65536)
                except OSError:
                    return

    read_for(10, b"ready")
    read_for(0.5)
    for start in range(0, len(text), 500):
        os.write(terminal, text[start : start + 500].encode())
        read_for(0.05)
    os.write(terminal, b"\r\x04" if "cat" in program[-1] else b"\r")
    read_for(2)
    os.waitpid(pid, 0)
    os.close(terminal)
    with open(f"{work}/got") as file:
        return file.read().rstrip("\n")


print("Linux", platform.release())
for name, program in PROGRAMS.items():
    for length in 4095, 4096, 5000:
        text = ("0123456789" * 500)[:length]
        got = received(program, text)
        print(f"{name}: of {length} characters {len(got)}")
        assert got == (text if name == "read -re of bash" else text[:4095])
PYTHON
python3 "$work/paste.py" "$work"
