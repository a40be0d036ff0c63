#!/bin/sh
# Leads differ in their custom attributes, and an attribute may come first in a later lead. Three leads written as CSV by npm packages, none of which
# reports anything:
#   convert-array-to-csv 2.0.0   columns of the first lead; values of later leads in their own order, under the wrong headings
#   export-to-csv 1.5.0          columns of the first lead, later attributes are lost; null is the text "null"
#   objects-to-csv 1.3.6         columns of the first lead; with all columns, false is empty, like an attribute that the lead has not
#   json-2-csv 5.6.0             all columns; the texts "undefined" and "null" for what a lead has not; a backslash in a heading with a dot
# @json2csv/plainjs 7.0.8 writes all of them as they are.
#
# What to do: use @json2csv/plainjs, or collect the names of all leads first and give them to the writer; look for "undefined" in the file.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund convert-array-to-csv@2.0.0 export-to-csv@1.5.0 objects-to-csv@1.3.6 json-2-csv@5.6.0 @json2csv/plainjs@7.0.8 >/dev/null
cat >write.mjs <<'JS'
import { Parser } from "@json2csv/plainjs";
import { convertArrayToCSV } from "convert-array-to-csv";
import { generateCsv, mkConfig } from "export-to-csv";
import { json2csv } from "json-2-csv";
import ToCsv from "objects-to-csv";

const leads = [
  { id: 1000234, first_name: "Ola", email: null },
  { id: 1000235, member_since: "2019", first_name: "Jane", email: "jane@example.com", is_smoker: false, "Policy No.": "0012" },
  { id: 1000236, first_name: "Bo", "Policy No.": "0013" },
];
const writers = {
  "convert-array-to-csv": () => convertArrayToCSV(leads),
  "export-to-csv": () => generateCsv(mkConfig({ useKeysAsHeaders: true, useBom: false }))(leads),
  "objects-to-csv": () => new ToCsv(leads).toString(),
  "objects-to-csv, all columns": () => new ToCsv(leads).toString(true, true),
  "json-2-csv": () => json2csv(leads),
  "@json2csv/plainjs": () => new Parser().parse(leads),
};
for (const [name, write] of Object.entries(writers)) console.log(`# ${name}\n${String(await write()).replaceAll("\r", "").trim()}`);
JS
cat >expected.txt <<'LINES'
# convert-array-to-csv
id,first_name,email
1000234,Ola,""
1000235,2019,Jane,jane@example.com,false,0012
1000236,Bo,0013
# export-to-csv
"id","first_name","email"
1000234,"Ola","null"
1000235,"Jane","jane@example.com"
1000236,"Bo",""
# objects-to-csv
id,first_name,email
1000234,Ola,
1000235,Jane,jane@example.com
1000236,Bo,
# objects-to-csv, all columns
Policy No.,email,first_name,id,is_smoker,member_since
,,Ola,1000234,,
0012,jane@example.com,Jane,1000235,,2019
0013,,Bo,1000236,,
# json-2-csv
id,first_name,email,member_since,is_smoker,Policy No\.
1000234,Ola,null,undefined,undefined,undefined
1000235,Jane,jane@example.com,2019,false,0012
1000236,Bo,undefined,undefined,undefined,0013
# @json2csv/plainjs
"id","first_name","email","member_since","is_smoker","Policy No."
1000234,"Ola",,,,
1000235,"Jane","jane@example.com","2019",false,"0012"
1000236,"Bo",,,,"0013"
LINES
node write.mjs | tee observed.txt
cmp observed.txt expected.txt
