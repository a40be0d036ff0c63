#!/bin/sh
# convert-excel-to-json 1.7.0 (npm) returns the cells of a workbook as numbers, texts and dates. A boolean, as exports have it for do_not_call or
# consent, is returned as the text "TRUE" or "FALSE", and in JavaScript each text but an empty one is true: leads.filter((lead) => !lead.do_not_call)
# drops those who may be called, with lead.consent those who have not consented are called, and lead.do_not_call === true finds none of those who must
# not be. Its documentation does not mention booleans. A lead whose cell is empty has no such property, so that a test of one without the flag
# passes. xlsx 0.18.5 (npm, SheetJS), which it reads with, and exceljs 4.4.0 return true and false for the same cells.
#
# What to do: compare with the text, lead.do_not_call === "TRUE", and reject any other value than the two.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund convert-excel-to-json@1.7.0 xlsx@0.18.5 exceljs@4.4.0 >/dev/null
cat >read.js <<'JS'
const assert = require("assert");
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");
const excelToJson = require("convert-excel-to-json");

const flags = (leads) => leads.map((lead) => lead.do_not_call);
(async () => {
  const made = new ExcelJS.Workbook();
  made.addWorksheet("leads").addRows([["id", "name", "do_not_call"], [1, "Ada Love", false], [2, "Ben Carter", true], [3, "Cy Dean"]]);
  await made.xlsx.writeFile("leads.xlsx");
  const leads = excelToJson({ sourceFile: "leads.xlsx", header: { rows: 1 }, columnToKey: { "*": "{{columnHeader}}" } }).leads;
  const callable = leads.filter((lead) => !lead.do_not_call).map((lead) => lead.name);
  console.log(leads, "to be called:", callable);
  assert.deepStrictEqual(flags(leads), ["FALSE", "TRUE", undefined]);
  assert.deepStrictEqual(callable, ["Cy Dean"]);
  assert.deepStrictEqual(leads.filter((lead) => lead.do_not_call === true), []);
  const sheet = XLSX.readFile("leads.xlsx").Sheets.leads;
  assert.deepStrictEqual(flags(XLSX.utils.sheet_to_json(sheet)), [false, true, undefined]);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile("leads.xlsx");
  assert.deepStrictEqual(book.worksheets[0].getColumn(3).values.slice(2), [false, true]);
})();
JS
node read.js
