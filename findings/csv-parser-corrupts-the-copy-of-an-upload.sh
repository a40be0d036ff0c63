#!/bin/sh
# csv-parser 3.2.1 (npm) is a stream that turns CSV into objects. It removes the second of two quotes ("" in a quoted field, RFC 4180) within the
# buffer that it was given, and does not say so. Whatever else reads the same stream, such as the copy of an upload that is kept or passed on, gets
# the changed bytes, whether it reads before csv-parser or after it, unless it has finished with a piece by the time csv-parser gets it:
#   1,"Ada ""Ace"" Love"    is copied as    1,"Ada "Ace" Loveve"
# The objects are right, the copy has the right size, and nothing reports an error. The next import from the copy takes other names, or rejects the
# file. Rows without such quotes are not touched, so that a test with simple names does not find it.
# Moreover, if the first piece that arrives ends between the CR and the LF of the header, which the network decides, each id begins with a line break
# and a lead more than the file has follows at the end.
# fast-csv 5.0.8 (npm) does neither.
#
# What to do: give it a copy, as here (a Transform that passes Buffer.from(chunk)); read the header in one piece.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund csv-parser@3.2.1 fast-csv@5.0.8 >/dev/null
cat >upload.js <<'JS'
const assert = require("assert");
const fs = require("fs");
const { Transform, Writable } = require("stream");
const { finished } = require("stream/promises");
const csvParser = require("csv-parser");
const fastCsv = require("fast-csv");

const TEXT = 'id,name,notes\r\n1,"Ada ""Ace"" Love",new\r\n2,Ben Carter,"said ""not today"""\r\n3,Cy Dean,"call later, at noon"\r\n';
const CHANGED = TEXT.replace('"Ada ""Ace"" Love"', '"Ada "Ace" Loveve"').replace('""not today"""', '"not today""""');
const LEADS = [
  { id: "1", name: 'Ada "Ace" Love', notes: "new" },
  { id: "2", name: "Ben Carter", notes: 'said "not today"' },
  { id: "3", name: "Cy Dean", notes: "call later, at noon" },
];
const copyOf = () => new Transform({ transform: (chunk, _, done) => done(null, Buffer.from(chunk)) });
const parsers = {
  "csv-parser": (stream) => stream.pipe(csvParser()),
  "csv-parser, given a copy": (stream) => stream.pipe(copyOf()).pipe(csvParser()),
  "fast-csv": (stream) => stream.pipe(fastCsv.parse({ headers: true })),
};

// What is parsed, and what another reader of the same stream has at its end.
async function upload(parse, copyFirst) {
  const stream = fs.createReadStream("leads.csv");
  const pieces = [];
  const copy = new Writable({ write: (chunk, _, done) => done(null, pieces.push(chunk)) });
  if (copyFirst) stream.pipe(copy);
  const parsed = parse(stream);
  if (!copyFirst) stream.pipe(copy);
  const leads = [];
  parsed.on("data", (lead) => leads.push({ ...lead }));
  await Promise.all([finished(copy), finished(parsed)]);
  return [leads, Buffer.concat(pieces).toString()];
}

async function inPieces(parser, at) {
  const leads = [];
  parser.on("data", (lead) => leads.push({ ...lead }));
  parser.write(Buffer.from(TEXT.slice(0, at)));
  parser.end(Buffer.from(TEXT.slice(at)));
  await finished(parser);
  return leads;
}

(async () => {
  fs.writeFileSync("leads.csv", TEXT);
  for (const [name, parse] of Object.entries(parsers)) {
    for (const copyFirst of [false, true]) {
      const [leads, copy] = await upload(parse, copyFirst);
      console.log(`${name}, read ${copyFirst ? "first" : "last"}: ${copy === TEXT ? "same" : JSON.stringify(copy)}`);
      assert.deepStrictEqual(leads, LEADS);
      assert.strictEqual(copy, name === "csv-parser" ? CHANGED : TEXT);
      assert.strictEqual(copy.length, TEXT.length);
    }
  }
  const between = TEXT.indexOf("\n");
  const broken = await inPieces(csvParser(), between);
  console.log(`in two pieces: ${JSON.stringify(broken)}`);
  assert.deepStrictEqual(broken, [...LEADS.map((lead) => ({ ...lead, id: `\n${lead.id}` })), { id: "\n" }]);
  assert.deepStrictEqual(await inPieces(csvParser(), between + 1), LEADS);
  assert.deepStrictEqual(await inPieces(fastCsv.parse({ headers: true }), between), LEADS);
})();
JS
node upload.js
