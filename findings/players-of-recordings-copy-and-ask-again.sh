#!/bin/sh
# Sessions of agents are recorded, for training or as evidence, and played in a terminal. Two players write everything again that the
# recorded program wrote, not only what draws:
#   asciinema 2.4.0 play (PyPI)           copies again (OSC 52): the phone number that the agent copied replaces the clipboard of the person
#                                         who watches, and their next paste dials a lead of last week
#   scriptreplay of util-linux 2.38.1     the same; moreover, it asks the terminal again what it can do (CSI ? 2026 $ p, as Textual 8.2.8
#                                         does at its start), and leaves the answer for the shell, as if it had been typed
# Neither documents it, and the screen looks right. asciinema reads the answers as its own keys, where they do nothing.
#
# What to do: remove OSC 52 and questions from a recording before it is played, or play it where the terminal takes no copies.
#
# Needs script and scriptreplay of util-linux 2.38 (Debian 12: apt-get install bsdutils util-linux).
set -eu
scriptreplay --version | grep -q "2\.38" || { echo "this is about util-linux 2.38, here is: $(scriptreplay --version)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
export LC_ALL=C.UTF-8 ASCIINEMA_CONFIG_HOME="$work" TERM=xterm-256color
python3 -m venv venv
venv/bin/pip install -q textual==8.2.8 asciinema==2.4.0
cat >app.py <<'PYTHON'
from textual.app import App
from textual.widgets import Static


class Demo(App):
    def compose(self):
        yield Static("Ada 3015550123")

    def on_mount(self):
        self.set_timer(1, lambda: self.copy_to_clipboard("3015550123"))
        self.set_timer(2, self.exit)


Demo().run()
PYTHON
cat >terminal.py <<'PYTHON'
import base64, os, pty, re, select, signal, time

QUESTION, ANSWER, COPY = rb"\x1b\[\?2026\$p", b"\x1b[?2026;2$y", rb"\x1b\]52;c;([^\x07]*)\x07"
# Prints what is left to read for the shell after the command.
REST = """; stty -icanon -echo min 0 time 5; printf '\\nleft: '; dd bs=100 count=1 2>/dev/null | od -An -c | tr -d '\\n '; echo ' end'"""


def run(command):
    """What a terminal, which answers a question and takes copies, gets as copies from the command, and what is left for the shell."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("sh", ["sh", "-c", command + REST])
    output, answered, deadline = b"", 0, time.monotonic() + 30
    while not (end := re.search(rb"left: (\S*) end", output)) and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            output += os.read(terminal, 65536)
            for _ in range(len(re.findall(QUESTION, output)) - answered):
                os.write(terminal, ANSWER)
                answered += 1
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    assert end, output
    return [base64.b64decode(text).decode() for text in re.findall(COPY, output)], answered, end[1].decode()


COPIES = ["3015550123"]
TYPED = "033[?2026;2$y"
for name, record, play, left in (
    ("asciinema", "venv/bin/asciinema rec -q -c 'venv/bin/python app.py' cast", "venv/bin/asciinema play cast", ""),
    ("script", "script -qc 'venv/bin/python app.py' --log-out log --log-timing timing", "scriptreplay --log-out log --log-timing timing", TYPED),
):
    recorded, played = run(record), run(play)
    print(f"{name}: (copies, questions answered, left for the shell) when recorded {recorded}, when played {played}")
    assert recorded == (COPIES, 1, ""), recorded
    assert played == (COPIES, 1, left), played
PYTHON
venv/bin/python terminal.py
