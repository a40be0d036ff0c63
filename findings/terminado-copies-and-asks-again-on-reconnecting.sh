#!/bin/sh
# terminado 0.18.1 (PyPI), which serves the terminals of JupyterLab to xterm.js, keeps a session over a lost connection: on reconnecting it
# sends the last 1,000 pieces of output again, as they were. Among them are sequences that do something other than draw:
#   * A copy (OSC 52) is made again, on a page that takes copies: an agent who has copied something else since pastes the number of a lead
#     of half an hour ago.
#   * A question (CSI 6 n, CSI c) is asked again, and its answer goes to the program as if it were typed.
# After more than 1,000 pieces the start of the output is gone, and with it the modes of a program that fills the screen: the terminal is
# not in the alternate screen, reports no mouse, and brackets no paste, while the screen looks right. So reloading the page does too much
# within the first minutes, and too little later.
#
# What to do: leave such a program before the page is reloaded, or give it a key that sets its modes again.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @xterm/headless@6.0.0 ws@8.23.0 >/dev/null
python3 -m venv venv
venv/bin/pip install -q terminado==0.18.1
cat >program.py <<'PYTHON'
import os, time, tty

tty.setraw(0)
os.write(1, b"\x1b]52;c;MzAxNTU1MDEyMw==\a\x1b[?1049h\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[6n\x1b[c\x1b[Hlead")
with open("typed", "a", buffering=1) as typed:
    while data := os.read(0, 1000):
        typed.write(f"{data!r}\n")
        if data == b"d":
            # Far more than 1,000: on a busy host several are one piece.
            for number in range(3000):
                os.write(1, b"\x1b[Hlead %d" % number)
                time.sleep(0.003)
PYTHON
cat >server.py <<'PYTHON'
import asyncio
import sys

from terminado import NamedTermManager, TermSocket
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application


async def main():
    manager = NamedTermManager(shell_command=[sys.executable, "program.py"], max_terminals=1)
    sockets = bind_sockets(0, "127.0.0.1")
    HTTPServer(Application([(r"/ws/(\w+)", TermSocket, {"term_manager": manager})])).add_sockets(sockets)
    with open("port", "w") as file:
        file.write(str(sockets[0].getsockname()[1]))
    await asyncio.Event().wait()


asyncio.run(main())
PYTHON
cat >client.js <<'JS'
const assert = require("assert");
const fs = require("fs");
const { Terminal } = require("@xterm/headless");
const WebSocket = require("ws");

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const origin = `http://127.0.0.1:${process.argv[2]}`;
const typed = () => (fs.existsSync("typed") ? fs.readFileSync("typed", "utf8").trim().split("\n") : []);

// What a new terminal copied and shows, and which of its answers the program got as keys.
async function connect(keys) {
  const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const had = typed().length;
  let copies = 0;
  terminal.parser.registerOscHandler(52, () => (copies++, true));
  const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/ws/one`, { origin });
  socket.on("message", (message) => {
    const [kind, text] = JSON.parse(message);
    if (kind === "stdout") terminal.write(text);
  });
  await new Promise((done) => socket.on("open", done));
  terminal.onData((text) => socket.send(JSON.stringify(["stdin", text])));
  socket.send(JSON.stringify(["set_size", 24, 80, 0, 0]));
  await pause(1500);
  const line = () => terminal.buffer.active.getLine(0).translateToString(true);
  if (keys) {
    socket.send(JSON.stringify(["stdin", keys]));
    for (let tries = 0; tries < 600 && line() !== "lead 2999"; tries++) await pause(100);
  }
  const { mouseTrackingMode, bracketedPasteMode } = terminal.modes;
  socket.close();
  await pause(500);
  const answers = typed().slice(had).filter((key) => key !== "b'd'").join("");
  return { copies, answers, screen: terminal.buffer.active.type, mouse: mouseTrackingMode, paste: bracketedPasteMode, line: line() };
}

(async () => {
  const sessions = { first: await connect(""), "again, early": await connect("d"), "again, later": await connect("") };
  console.table(sessions);
  const [first, early, later] = Object.values(sessions);
  for (const session of [first, early]) {
    assert.strictEqual(session.copies, 1);
    assert.match(session.answers, /\[\d+;\d+R.*\[\?1;2c/);
    assert.deepStrictEqual([session.screen, session.mouse, session.paste], ["alternate", "any", true]);
  }
  assert.deepStrictEqual(later, { copies: 0, answers: "", screen: "normal", mouse: "none", paste: false, line: "lead 2999" });
  process.exit();
})();
JS
venv/bin/python server.py &
server=$!
for _ in $(seq 100); do
    [ ! -s port ] || break
    sleep 0.1
done
node client.js "$(cat port)"
