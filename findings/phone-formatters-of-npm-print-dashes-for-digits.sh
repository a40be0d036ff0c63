#!/bin/sh
# phone-formatter 0.0.2 and node-phone-formatter 0.0.4 (npm; one is a fork of the other) fill the digits of a number into a pattern such as
# (NNN) NNN-NNNN. Of a number that normalize() does not recognize, as with an extension or a second number behind it, format() fills in the first
# ten characters instead, whatever they are: the last digits are lost, and the result looks like a number at a glance.
#   301-555-0123 x45       (301) -55-5-01
#   (301) 555-0123 ext 4   ((30) 1) -555-
#   +1 301 555 0123 x45    (+1 ) 301- 555
# No error is raised. A list of leads that is cleaned and saved this way cannot be repaired. The documentation says that normalize() takes "pretty
# much any format"; it returns the same text for what it does not recognize.
#
# What to do: format only what normalize() has made ten digits of.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund phone-formatter@0.0.2 node-phone-formatter@0.0.4 >/dev/null
cat >format.js <<'JS'
const assert = require("assert");
const EXPECTED = {
  "301-555-0123": "(301) 555-0123",
  "301-555-0123 x45": "(301) -55-5-01",
  "(301) 555-0123 ext 4": "((30) 1) -555-",
  "301-555-0123/0124": "(301) -55-5-01",
  "+1 301 555 0123 x45": "(+1 ) 301- 555",
};
for (const name of ["phone-formatter", "node-phone-formatter"]) {
  const formatter = require(name);
  for (const [typed, expected] of Object.entries(EXPECTED)) {
    const observed = formatter.format(typed, "(NNN) NNN-NNNN");
    console.log(`${name}: ${typed} is printed as ${observed}`);
    assert.strictEqual(observed, expected);
    assert.strictEqual(formatter.normalize(typed), expected === "(301) 555-0123" ? "3015550123" : typed);
  }
}
JS
node format.js
