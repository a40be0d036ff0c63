#!/bin/sh
# Terminals in a browser keep a session over a reload by @xterm/addon-serialize 0.14.0 (npm): it writes what a terminal of xterm.js 6.0.0
# shows, and its modes, as a text that is written into a new terminal. Of a program that fills the screen the text has the mode that reports
# the mouse (CSI ? 1003 h), but not the encoding that the program chose (CSI ? 1006 h). After the reload a click at column 100, line 4 no
# longer arrives as ESC [ < 0;100;4 M but in the encoding of X10, as ESC [ M and three bytes of which one is above 127. A program that only
# knows the former reads the bytes as keys: an agent's click types into a search. Lost too: that
# the cursor is hidden (CSI ? 25 l), and the part of the screen that scrolls (CSI 3;6 r). The modes of pastes (CSI ? 2004 h) and of focus
# (CSI ? 1004 h) come back.
#
# What to do: after the text, write the modes that the old terminal answers for (CSI ? 1006 $ p, CSI ? 25 $ p).
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @xterm/headless@6.0.0 @xterm/addon-serialize@0.14.0 >/dev/null
cat >restore.js <<'JS'
const assert = require("assert");
const { Terminal } = require("@xterm/headless");
const { SerializeAddon } = require("@xterm/addon-serialize");

const terminal = () => new Terminal({ cols: 120, rows: 10, allowProposedApi: true });
const write = (to, text) => new Promise((done) => to.write(text, done));

// What the terminal answers to a question.
async function answer(to, question) {
  let text = "";
  const listener = to.onData((part) => (text += part));
  await write(to, question);
  listener.dispose();
  return text;
}

const QUESTIONS = {
  "mouse reported (1003)": "\x1b[?1003$p",
  "encoding of the mouse (1006)": "\x1b[?1006$p",
  "cursor shown (25)": "\x1b[?25$p",
  "paste in brackets (2004)": "\x1b[?2004$p",
  "focus reported (1004)": "\x1b[?1004$p",
  "lines that scroll": "\x1bP$qr\x1b\\",
};
const LOST = ["encoding of the mouse (1006)", "cursor shown (25)", "lines that scroll"];

// The bytes of a click at column 100, line 4. There is no public call for one without a browser.
function click(on) {
  let bytes = "";
  on.onData((part) => (bytes += part));
  on.onBinary((part) => (bytes += part));
  const place = { col: 99, row: 3, x: 99, y: 3 };
  on._core.coreMouseService.triggerMouseEvent({ ...place, button: 0, action: 1, ctrl: false, alt: false, shift: false });
  return bytes;
}

(async () => {
  const before = terminal(), after = terminal(), addon = new SerializeAddon();
  before.loadAddon(addon);
  await write(before, "\x1b[?1049h\x1b[3;6r\x1b[?25l\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[?1004hleads");
  await write(after, addon.serialize());
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const answers = [await answer(before, question), await answer(after, question)];
    console.log(`${name}: before ${JSON.stringify(answers[0])}, after ${JSON.stringify(answers[1])}`);
    assert.strictEqual(answers[0] !== answers[1], LOST.includes(name), name);
  }
  const clicks = [click(before), click(after)];
  console.log(`a click: before ${JSON.stringify(clicks[0])}, after ${JSON.stringify(clicks[1])}`);
  assert.deepStrictEqual(clicks, ["\x1b[<0;100;4M", "\x1b[M \x84$"]);
})();
JS
node restore.js
