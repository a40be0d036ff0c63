#!/bin/sh
# strip-ansi 6.0.1 (npm, with ansi-regex 5.0.1; the last one for require(), and the one in most trees of packages) and ansi-purge 1.1.0
# (npm) remove escape sequences from what a terminal program wrote. ESC 7 and ESC 8 save and restore the cursor (`tput sc`, `tput rc`);
# programs write them right before text. Both packages read on after the 7 or 8, as if it began a number: up to four more characters of the
# text go with it.
#   ESC 8 3015550123    550123: the area code and a digit are gone
#   ESC 8 90210 Ann     0 Ann
#   ESC 8 lead          ead
# The rest looks like a whole line, so that a test or a log of an agent's session shows other leads than the screen. tmux 3.3a shows all of the
# text; strip-ansi 7.2.0 with ansi-regex 6.6.0, and clean-ansi 0.2.0 (npm), keep it.
#
# What to do: use one of these two. strip-ansi 6.0.1 is in many programs, since 7 is for import only.
#
# Needs tmux 3.3a, which is the terminal here, and tput (Debian 12: apt-get install tmux ncurses-bin).
set -eu
work=$(mktemp -d)
export TMPDIR="$work" TMUX_TMPDIR="$work"
screen="tmux -L screen$$"
trap '$screen kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund strip-ansi@6.0.1 ansi-regex@5.0.1 ansi-purge@1.1.0 clean-ansi@0.2.0 new@npm:strip-ansi@7.2.0 >/dev/null
for text in "3015550123" "90210 Ann" "lead"; do
    { TERM=xterm-256color tput sc; TERM=xterm-256color tput rc; printf '%s\n' "$text"; } >>written
done
cat >strip.mjs <<'JS'
import assert from "assert";
import fs from "fs";
import purge from "ansi-purge";
import { cleanAnsi } from "clean-ansi";
import strip7 from "new";
import strip6 from "strip-ansi";

const WHOLE = ["3015550123", "90210 Ann", "lead"], CUT = ["550123", "0 Ann", "ead"];
const lines = fs.readFileSync("written", "utf8").trimEnd().split("\n");
const CASES = [["strip-ansi 6.0.1", strip6, CUT], ["ansi-purge", purge, CUT], ["strip-ansi 7.2.0", strip7, WHOLE], ["clean-ansi", cleanAnsi, WHOLE]];
for (const [name, strip, expected] of CASES) {
  const observed = lines.map((line) => strip(line));
  console.log(`${name}: ${JSON.stringify(lines[0])} ... -> ${observed.join(", ")}`);
  assert.deepStrictEqual(observed, expected, name);
}
JS
node strip.mjs
$screen -f /dev/null new-session -d -x 40 -y 10 "cat $work/written; sleep 10"
sleep 1
drawn=$($screen capture-pane -p | sed '/^$/d')
echo "tmux shows:" $drawn
[ "$drawn" = "3015550123
90210 Ann
lead" ]
