#!/bin/sh
# ding-dong 0.1.7 (npm) is a server for Asterisk's AGI, which asks it what to do with a call, such as whose lead the caller is. Asterisk begins with
# lines of a name, a colon and a value; of a value with a colon ding-dong keeps what is before it, without an error:
#   agi_request: agi://127.0.0.1:4573/lookup?list=2705    agi: one script for all calls, whichever the dialplan names
#   agi_calleridname: Work: Jane Public                   Work
# and passes an entry without a name, for the empty line at the end. pyst2 0.5.1 (PyPI) keeps the whole values.
#
# What to do: pass scripts and names as arguments (agi_arg_1), without colons, or read values by GET VARIABLE, whose answers are whole.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund ding-dong@0.1.7 >/dev/null
python3 -m venv venv
venv/bin/pip install -q pyst2==0.5.1
cat >call.txt <<'LINES'
agi_network: yes
agi_request: agi://127.0.0.1:4573/lookup?list=2705
agi_channel: PJSIP/trunk-00000001
agi_callerid: 3015550123
agi_calleridname: Work: Jane Public
agi_priority: 1

LINES
cat >serve.js <<'JS'
const fs = require("fs");
const { PassThrough } = require("stream");
const Context = require("ding-dong/lib/context");

const call = new PassThrough();
new Context(call).on("variables", (variables) => {
  console.log(`ding-dong: request ${variables.agi_request}, name ${variables.agi_calleridname}, an entry without a name: ${"" in variables}`);
});
call.write(fs.readFileSync("call.txt"));
JS
cat >serve.py <<'PYTHON'
import io

from asterisk.agi import AGI

variables = AGI(stdin=open("call.txt"), stdout=io.StringIO(), stderr=io.StringIO()).env
print(f"pyst2: request {variables['agi_request']}, name {variables['agi_calleridname']}")
PYTHON
cat >expected.txt <<'LINES'
ding-dong: request agi, name Work, an entry without a name: true
pyst2: request agi://127.0.0.1:4573/lookup?list=2705, name Work: Jane Public
LINES
{
    timeout 20 node serve.js
    venv/bin/python serve.py
} | tee observed.txt
cmp observed.txt expected.txt
