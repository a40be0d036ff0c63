// Reads what a program wrote to its terminal, and prints what xterm.js shows after it: the text with the scrollback, and the modes.
const { Terminal } = require("@xterm/headless");
const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
terminal.write(require("fs").readFileSync(0), () => {
  const buffer = terminal.buffer.active;
  const lines = [...Array(buffer.length).keys()].map((line) => buffer.getLine(line).translateToString(true));
  const { bracketedPasteMode, mouseTrackingMode, sendFocusMode, wraparoundMode, applicationCursorKeysMode } = terminal.modes;
  console.log(JSON.stringify({
    text: lines.join("\n").trimEnd(), screen: buffer.type, hidden: terminal._core.coreService.isCursorHidden,
    modes: [bracketedPasteMode, mouseTrackingMode, sendFocusMode, wraparoundMode, applicationCursorKeysMode],
  }));
});
