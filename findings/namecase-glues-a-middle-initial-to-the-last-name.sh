#!/bin/sh
# namecase 1.1.2 and @compwright/namecase 2.0.7 (npm) fix the capitals of names that were typed in one case. They also remove a space: that
# after the word Y, which in Spanish names means "and", and the former also that after ST. A middle initial Y becomes the beginning of the last name:
#   JOHN Y SMITH           John ySmith
#   JOSE ORTEGA Y GASSET   Jose Ortega yGasset
#   ADA ST JOHN            Ada StJohn (namecase only)
# A second pass, as at the next import, makes Ysmith and Stjohn of it: by then no search for the last name finds the lead, and
# nothing shows that there was a space. split-human-name 2.0.13 (npm), which uses one of them, returns the last name "ySmith".
# @foundernest/namecase 1.0.5 keeps the spaces, but writes the initials E, I and Y small: "John e Smith".
#
# What to do: compare the letters and spaces before and after, and keep the original where they differ in more than case.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund namecase@1.1.2 @compwright/namecase@2.0.7 split-human-name@2.0.13 @foundernest/namecase@1.0.5 >/dev/null
cat >names.js <<'JS'
const namecase = require("namecase");
const compwright = require("@compwright/namecase");
const { nameCase } = require("@foundernest/namecase");
const split = require("split-human-name");
for (const name of ["JOHN A SMITH", "JOHN Y SMITH", "JOHN E SMITH", "JOSE ORTEGA Y GASSET", "ADA ST JOHN"]) {
  const once = namecase(name);
  const { firstName, lastName } = split(name);
  console.log([name, once, namecase(once), compwright(name), `${firstName}|${lastName}`, nameCase(name)].join("; "));
}
JS
node names.js >observed.txt
cat >expected.txt <<'NAMES'
JOHN A SMITH; John A Smith; John A Smith; John A Smith; John A|Smith; John A Smith
JOHN Y SMITH; John ySmith; John Ysmith; John ySmith; John|ySmith; John y Smith
JOHN E SMITH; John E Smith; John E Smith; John E Smith; John E|Smith; John e Smith
JOSE ORTEGA Y GASSET; Jose Ortega yGasset; Jose Ortega Ygasset; Jose Ortega yGasset; Jose Ortega|yGasset; Jose Ortega y Gasset
ADA ST JOHN; Ada StJohn; Ada Stjohn; Ada St John; Ada|St John; Ada St John
NAMES
echo "typed; namecase; namecase again; @compwright/namecase; split-human-name; @foundernest/namecase:"
cat observed.txt
cmp observed.txt expected.txt
