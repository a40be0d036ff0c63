#!/bin/sh
# @dsnp/parquetjs 1.8.8 (npm) reads every true of a boolean column as false, without an error, if the Parquet file has data pages of version 2, where
# booleans are encoded by run length (RLE); its documentation lists RLE for BOOLEAN. pyarrow writes such files with data_page_version="2.0".
# No value is missing, and numbers and texts are right: a lead with do_not_call set becomes one that may be called.
# In any file it reads an unsigned 32-bit number from 2,147,483,648 on, as a phone of ten digits may be stored, as a negative one.
# hyparquet 1.33.0 (npm) reads both right.
#
# What to do: read with hyparquet, or store the flag as a number or text.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @dsnp/parquetjs@1.8.8 hyparquet@1.33.0 >/dev/null
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1
venv/bin/python - <<'PYTHON'
import pyarrow
import pyarrow.parquet

leads = pyarrow.table({
    "name": ["Ada", "Ben", "Cy"],
    "do_not_call": [True, None, False],
    "phone": pyarrow.array([2015550123, 3015550123, 4105550123], pyarrow.uint32()),
})
for version in "1.0", "2.0":
    pyarrow.parquet.write_table(leads, f"{version}.parquet", data_page_version=version, compression="NONE")
PYTHON
cat >read.mjs <<'JS'
import assert from "assert";
import parquetjs from "@dsnp/parquetjs";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";

const WRITTEN = [
  { name: "Ada", do_not_call: true, phone: 2015550123 },
  { name: "Ben", do_not_call: null, phone: 3015550123 },
  { name: "Cy", do_not_call: false, phone: 4105550123 },
];
for (const version of ["1.0", "2.0"]) {
  const path = `${version}.parquet`;
  const reader = await parquetjs.ParquetReader.openFile(path);
  const cursor = reader.getCursor();
  const observed = [];
  for (let lead; (lead = await cursor.next()); ) observed.push({ ...lead });
  await reader.close();
  console.log(`data pages of version ${version}:`, observed);
  assert.deepStrictEqual(
    observed.map(({ do_not_call }) => do_not_call),
    [version === "1.0", null, false],
  );
  assert.deepStrictEqual(
    observed.map(({ phone }) => phone),
    WRITTEN.map(({ phone }) => phone | 0),
  );
  assert.deepStrictEqual(await parquetReadObjects({ file: await asyncBufferFromFile(path) }), WRITTEN);
}
JS
node read.mjs
