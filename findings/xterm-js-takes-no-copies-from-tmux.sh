#!/bin/sh
# Terminals in a browser take copies (OSC 52) by @xterm/addon-clipboard 0.2.0 (npm). A program's copy, ESC ] 52 ; c ; TEXT, reaches the
# clipboard. The same program in tmux 3.3a with `set-clipboard on` copies nothing: tmux sends ESC ] 52 ; ; TEXT on, and the addon compares
# what is between the semicolons with "c" alone. No error is raised, and an agent pastes an older number. xterm takes an empty one for "s0",
# and "pc", which some programs send to set two selections, for both; the addon drops this too. A copy whose base64 has no padding, as some
# encoders write it, is worse: it empties the clipboard.
#
# What to do: a provider of one's own, whose writeText takes each selection; for tmux, in ~/.tmux.conf on the host:
#   set -as terminal-overrides ',*:Ms=\E]52;c;%p2%s\007'
#
# Needs tmux 3.3a (Debian 12: apt-get install tmux). Its output is recorded, and written into xterm.js 6.0.0 outside of a browser, with a
# clipboard that only notes what is written.
set -eu
tmux -V | grep -qx "tmux 3.3a" || { echo "this is about tmux 3.3a, here is: $(tmux -V)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
trap 'tmux -L "plain$$" kill-server 2>/dev/null || true; tmux -L "override$$" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @xterm/headless@6.0.0 @xterm/addon-clipboard@0.2.0 >/dev/null
printf '%s\n' 'set -s set-clipboard on' >plain
printf '%s\n' 'set -s set-clipboard on' "set -as terminal-overrides ',*:Ms=\\E]52;c;%p2%s\\007'" >override
printf 'sleep 1; printf "\\033]52;c;MzAxNTU1MDEyMw==\\a"; sleep 1\n' >copy
cat >record.py <<'PYTHON'
import os, pty, sys

name, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
    os.environ.pop("TMUX", None)
    os.execvp(command[0], command)
with open(f"{name}.output", "wb") as file:
    try:
        while data := os.read(terminal, 65536):
            file.write(data)
    except OSError:
        pass
os.waitpid(pid, 0)
PYTHON
python3 record.py alone sh copy
python3 record.py plain tmux -L "plain$$" -f plain new-session "sh copy"
python3 record.py override tmux -L "override$$" -f override new-session "sh copy"
printf '\033]52;pc;MzAxNTU1MDEyMw==\a' >two.output
printf '\033]52;c;MzAxNTU1MDEyMw\a' >unpadded.output
cat >take.js <<'JS'
const assert = require("assert");
const fs = require("fs");
const written = [];
Object.defineProperty(globalThis, "navigator", { value: { clipboard: { writeText: async (text) => void written.push(text) } } });
globalThis.self = globalThis;
globalThis.window = globalThis;
const { Terminal } = require("@xterm/headless");
const { ClipboardAddon } = require("@xterm/addon-clipboard");

const EXPECTED = { alone: ["3015550123"], plain: [], override: ["3015550123"], two: [], unpadded: [""] };
(async () => {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const terminal = new Terminal({ allowProposedApi: true });
    terminal.loadAddon(new ClipboardAddon());
    written.length = 0;
    const output = fs.readFileSync(`${name}.output`);
    await new Promise((done) => terminal.write(output, done));
    const copies = output.toString().match(/\x1b\]52;[^\x07]*/g).map((each) => each.slice(1));
    console.log(`${name}: sent ${copies}; written to the clipboard: ${JSON.stringify(written)}`);
    assert.deepStrictEqual(written, expected, name);
  }
})();
JS
node take.js
