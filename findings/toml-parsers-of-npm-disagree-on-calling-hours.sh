#!/bin/sh
# TOML has times without a date or zone, and calling hours in a settings file are such times: opens = 08:00:00. Two parsers of npm fail at them:
#   @iarna/toml 3.0.0   rejects the line behind one that ends with a time, so that `opens` and `closes` cannot follow each other, and a list of times;
#                       with a comment, an empty line or CR LF in between, the same file is read. It names TOML 1.0.0-rc.1 as its version
#   fast-toml 0.5.4     makes it a Date of January 1 of the year 0, 8:00 UTC, whose getHours() in New York is 3; a date without a time becomes
#                       midnight UTC, which is the evening before in all of America
# smol-toml 1.9.1, js-toml 2.0.1 and toml 5.0.1 read both as they are written.
#
# What to do: use one of these; or write calling hours as text.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @iarna/toml@3.0.0 fast-toml@0.5.4 smol-toml@1.9.1 js-toml@2.0.1 toml@5.0.1 >/dev/null
cat >hours.mjs <<'JS'
import assert from "assert";
import iarna from "@iarna/toml";
import fast from "fast-toml";
import { load } from "js-toml";
import { parse as smol } from "smol-toml";
import toml from "toml";

const HOURS = "opens = 08:00:00\ncloses = 21:00:00\n";
const read = (parse, text) => {
  try {
    return Object.values(parse(text)).flat().length;
  } catch {
    return "refused";
  }
};
const EXPECTED = {
  [HOURS]: "refused",
  "hours = [08:00:00, 21:00:00]\n": "refused",
  [HOURS.replaceAll("\n", " # local\n")]: 2,
  [HOURS.replaceAll("\n", "\n\n")]: 2,
  [HOURS.replaceAll("\n", "\r\n")]: 2,
};
for (const [text, expected] of Object.entries(EXPECTED)) {
  console.log(`@iarna/toml, ${JSON.stringify(text)}: ${read(iarna.parse, text)}`);
  assert.strictEqual(read(iarna.parse, text), expected);
  for (const parse of [fast.parse, load, smol, toml.parse]) assert.strictEqual(read(parse, text), 2);
}
const { opens, day } = fast.parse(`${HOURS}day = 2026-11-27`);
console.log(`fast-toml in ${process.env.TZ}: opens ${opens.toISOString()}, hour ${opens.getHours()}; ${day}`);
assert.deepStrictEqual([opens.getHours(), day.getDate()], [3, 26]);
for (const parse of [load, smol, toml.parse]) {
  const { opens, day } = parse(`${HOURS}day = 2026-11-27`);
  const shown = JSON.parse(JSON.stringify([opens, day]));
  console.log("the others:", ...shown);
  assert.deepStrictEqual([shown[0].slice(0, 8), shown[1]], ["08:00:00", "2026-11-27"]);
}
JS
TZ=America/New_York node hours.mjs
