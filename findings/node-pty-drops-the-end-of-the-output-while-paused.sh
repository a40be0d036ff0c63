#!/bin/sh
# @lydell/node-pty 1.1.0 (npm, Microsoft's node-pty with binaries) gives Node programs a pseudo-terminal, as for terminals in a browser. Its pause()
# and resume() are for a browser that cannot draw as fast. 200 ms after the program has exited the pseudo-terminal is closed, even while it is paused:
# what the program wrote last, and was not read yet, is dropped. onExit reports exit code 0. An agent on a slow line who prints a list of leads sees
# it without its end, and nothing says that there is more; on a fast line all of it is there. A pause that ends while the program is still
# running loses nothing. The same output read by Python's pty is whole after any time.
#
# What to do: let the program wait for a key, or for its output to be read, before it exits: sh -c 'COMMAND; read answer'.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @lydell/node-pty@1.1.0 >/dev/null
cat >list.js <<'JS'
const assert = require("assert");
const pty = require("@lydell/node-pty");

// The last line of what arrives of the list if the reader pauses after the first line for so many milliseconds.
const list = (command, paused, answer) =>
  new Promise((done) => {
    let output = "";
    const terminal = pty.spawn("sh", ["-c", command], { cols: 80, rows: 24 });
    terminal.onData((text) => {
      const first = output === "";
      output += text;
      if (first) {
        terminal.pause();
        setTimeout(() => terminal.resume(), paused);
      }
      if (answer && output.includes("lead 20\r\n")) terminal.write(answer);
    });
    terminal.onExit(({ exitCode, signal }) => {
      // Longer than the pause, so that nothing can follow.
      setTimeout(() => done([output.includes("lead 20\r\n") ? "whole" : output.trim(), exitCode, signal]), paused + 1000);
    });
  });

const PRINT = "echo lead 1; sleep 1; seq -f 'lead %g' 2 20";
(async () => {
  for (const [command, paused, answer, expected] of [
    [PRINT, 3000, "", "lead 1"],
    [`${PRINT}; sleep 6`, 3000, "", "whole"],
    [`${PRINT}; read answer`, 3000, "\r", "whole"],
  ]) {
    const observed = await list(command, paused, answer);
    console.log(`${command}, paused for ${paused / 1000} s: ${JSON.stringify(observed)}`);
    assert.deepStrictEqual(observed, [expected, 0, 0]);
  }
  process.exit();
})();
JS
node list.js
cat >list.py <<'PYTHON'
import os, pty, sys, time

child, terminal = pty.fork()
if child == 0:
    os.execvp("sh", ["sh", "-c", "echo lead 1; sleep 1; seq -f 'lead %g' 2 20"])
output = os.read(terminal, 1000)
time.sleep(3)
while True:
    try:
        output += os.read(terminal, 1000)
    except OSError:
        break
os.waitpid(child, 0)
print("Python, after 3 s:", output.split(b"\r\n")[-2])
assert output.endswith(b"\r\nlead 20\r\n"), output
PYTHON
python3 list.py
