#!/bin/sh
# dtmf-detection-stream 1.18.0 (npm) reports the digits that a caller types, from 16-bit samples written to it. Ten digits with tones and gaps of
# 100 ms:
#   written                               sound around the tones   it reports                    PyDTMF 1.0.0 (PyPI)
#   chunks with memory of their own       noise of 2 %            3015550123                    3015550123
#   chunks with memory of their own       silence                 301555012, also at the end    3015550123
#   slices of one buffer, as files have   noise of 2 %            nothing: it reads the start of that buffer each time
#
# What to do: give it copies of chunks (Uint8Array.from(chunk)), and a little noise in place of digital silence; where digits decide whose lead is
# shown, read a recording again by another decoder.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund dtmf-detection-stream@1.18.0 >/dev/null
python3 -m venv venv
venv/bin/pip install -q pydtmf==1.0.0
cat >dial.py <<'PYTHON'
import math
import random
import struct
import wave

from PyDTMF import detect

RATE, LOUD = 8_000, 8_000
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)


def tone(digit):
    row, column = divmod("123456789*0#".index(digit), 3)
    low, high = 2 * math.pi * ROWS[row] / RATE, 2 * math.pi * COLUMNS[column] / RATE
    return [int(LOUD * (math.sin(low * at) + math.sin(high * at))) for at in range(RATE // 10)]


for name, noise in (("noise", LOUD // 50), ("silence", 0)):
    chance = random.Random(555)
    samples = [0] * (RATE // 10) + [sample for digit in "3015550123" for sample in tone(digit) + [0] * (RATE // 10)] + [0] * (RATE // 2)
    samples = [sample + chance.randint(-noise, noise) for sample in samples]
    with wave.open(f"{name}.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    print(f"PyDTMF, {name}: {detect(f'{name}.wav')[0]}")
PYTHON
cat >listen.js <<'JS'
const fs = require("fs");
const Detection = require("dtmf-detection-stream");

const listen = async (name, isCopied) => {
  const detection = new Detection({ format: { sampleRate: 8000, bitDepth: 16, channels: 1 } });
  let digits = "";
  detection.on("dtmf", (found) => (digits += found.digit));
  const samples = fs.readFileSync(`${name}.wav`).subarray(44);
  for (let at = 0; at < samples.length; at += 320) {
    const chunk = samples.subarray(at, at + 320);
    detection.write(isCopied ? Buffer.from(Uint8Array.from(chunk).buffer) : chunk);
  }
  await new Promise((resolve) => detection.end(resolve));
  console.log(`dtmf-detection-stream, ${name}, ${isCopied ? "copies" : "slices"}: ${digits || "nothing"}`);
};

(async () => {
  await listen("noise", true);
  await listen("silence", true);
  await listen("noise", false);
  process.exit();
})();
JS
cat >expected.txt <<'LINES'
PyDTMF, noise: 3015550123
PyDTMF, silence: 3015550123
dtmf-detection-stream, noise, copies: 3015550123
dtmf-detection-stream, silence, copies: 301555012
dtmf-detection-stream, noise, slices: nothing
LINES
{
    venv/bin/python dial.py
    node listen.js
} | tee observed.txt
cmp observed.txt expected.txt
