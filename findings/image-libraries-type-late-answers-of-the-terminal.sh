#!/bin/sh
# Two libraries that draw pictures in terminals ask the terminal what it can do, and wait a tenth of a second for the answer: textual-image
# 0.12.0 (PyPI) when it is imported, term-image 0.7.2 (PyPI) when it chooses how to draw. Over SSH from another continent the answer takes
# longer. Then
#   * what is drawn is made of blocks, though the terminal can show pictures, and
#   * the answer is not dropped when it arrives: the next read gets it as typed text, ESC [ ?62;c. In a program that asks for a phone
#     number with input() it becomes the beginning of the number.
# On a fast line neither happens, so that a lead is found in the office and not from home. term-image documents the wait
# (set_query_timeout), not what happens to a late answer.
#
# What to do: import such a library only where pictures are drawn, give it a longer wait, and drop what has been typed until then (tcflush).
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q textual-image==0.12.0 term-image==0.7.2
cat >"$work/try.py" <<'PYTHON'
import os, pty, re, select, signal, sys, time

ASK = """
import time
time.sleep(2)
print("ready", flush=True)
print("number", [input()], flush=True)
"""
PROGRAMS = {
    "textual-image": "from textual_image.renderable import Image\nprint('draws with', Image.__module__, flush=True)" + ASK,
    "term-image": "from term_image.image import auto_image_class\nprint('draws with', auto_image_class().__name__, flush=True)" + ASK,
}
# What a terminal with kitty's pictures answers.
ANSWERS = {
    rb"\x1b\[c": lambda _: b"\x1b[?62;c",
    rb"\x1b\[>q": lambda _: b"\x1bP>|kitty(0.26.5)\x1b\\",
    rb"\x1b\[16t": lambda _: b"\x1b[6;20;10t",
    rb"\x1b_G[^\x1b]*i=(\d+)[^\x1b]*\x1b\\": lambda match: b"\x1b_Gi=" + match[1] + b";OK\x1b\\",
}


def run(program, delay):
    """How the program draws, and the number that it got, where the terminal's answers take the delay in seconds."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-kitty"
        os.execv(sys.executable, [sys.executable, "-c", program])
    output, asked, answers, is_typed, end = b"", 0, [], False, time.monotonic() + 30
    while not re.search(rb"number \[.*\]", output) and time.monotonic() < end:
        if select.select([terminal], [], [], 0.01)[0]:
            output += os.read(terminal, 65536)
            found = sorted((match.end(), answer(match)) for each, answer in ANSWERS.items() for match in re.finditer(each, output))
            answers += [(time.monotonic() + delay, answer) for place, answer in found if place > asked]
            asked = max([asked, *(place for place, _ in found)])
        while answers and answers[0][0] < time.monotonic():
            os.write(terminal, answers.pop(0)[1])
        if b"ready" in output and not is_typed:
            is_typed = True
            os.write(terminal, b"3015550123\r")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    text = output.decode()
    return re.search(r"draws with (\S+)", text)[1], eval(re.search(r"number (\[.*\])", text)[1])[0]


for name, program in PROGRAMS.items():
    fast, slow = run(program, 0), run(program, 0.4)
    print(f"{name}, answers at once: {fast}; after 0.4 s: {slow}")
    assert fast[1] == "3015550123", fast
    assert slow[1] != "3015550123" and "\x1b[?62;c" in slow[1] and slow[1].endswith("3015550123"), slow
    assert fast[0] != slow[0]
PYTHON
"$work/venv/bin/python" "$work/try.py"
