#!/bin/sh
# vcf 2.1.2 (npm) reads and writes vCards, also of version 4.0, but does not handle the escapes in them (RFC 6350, section 3.4: \; \, \n):
#   Reading: toJSON(), by which others take an address apart, splits it at an escaped semicolon, so that the city of "12 Main St; Apt 4" is " Apt 4",
#   the state is the city, and the ZIP is the state. Names, companies and notes keep their backslashes: "Lovelace\, Jr." matches no lead.
#   Writing: nothing is escaped. The same address is shifted for every reader of the card, a line break in a note is removed without a space, and the
#   part of a company's name behind a semicolon becomes its department.
# vcard-parser 1.0.0 (npm) reads all of these right, and shows here what the written card says.
#
# What to do: escape the parts of each value before set(), and split and unescape the text that valueOf() returns.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund vcf@2.1.2 vcard-parser@1.0.0 >/dev/null
cat >cards.js <<'JS'
const assert = require("assert");
const VCard = require("vcf");
const parser = require("vcard-parser");
const text = [
  "BEGIN:VCARD",
  "VERSION:4.0",
  "FN:Ada Lovelace\\, Jr.",
  "ADR:;;12 Main St\\; Apt 4;Reno;NV;89501;USA",
  "NOTE:call later\\, then\\nhung up",
  "END:VCARD",
  "",
].join("\r\n");
const address = ["", "", "12 Main St; Apt 4", "Reno", "NV", "89501", "USA"];
const shown = (name, observed, expected) => {
  console.log(`${name}: ${JSON.stringify(observed)}`);
  assert.deepStrictEqual(observed, expected);
};
const card = new VCard().parse(text);
shown("vcf reads the address", card.get("adr").toJSON()[3], ["", "", "12 Main St\\", " Apt 4", "Reno", "NV", "89501", "USA"]);
shown("vcf reads the name", card.get("fn").valueOf(), "Ada Lovelace\\, Jr.");
shown("vcf reads the note", card.get("note").valueOf(), "call later\\, then\\nhung up");
const read = parser.parse(text);
shown("vcard-parser reads", [read.adr[0].value, read.fn[0].value, read.note[0].value], [
  address,
  "Ada Lovelace, Jr.",
  "call later, then\nhung up",
]);
const made = new VCard();
made.set("adr", address);
made.set("org", "Analytical; Sons");
made.set("note", "call later\nhung up");
const written = parser.parse(made.toString("4.0"));
shown("of vcf's own card vcard-parser reads", [written.adr[0].value, written.org[0].value, written.note[0].value], [
  ["", "", "12 Main St", " Apt 4", "Reno", "NV", "89501", "USA"],
  ["Analytical", " Sons"],
  "call laterhung up",
]);
JS
node cards.js
