#!/bin/sh
# Logs of calls have lengths such as 7:05, 0:07:05 or 1:02:03. parse-duration 2.1.9 (npm) and durations 0.3.3 (PyPI) read lengths with units
# ("7m 5s"), and take these without an error: parse-duration as milliseconds, then microseconds, then nanoseconds; durations as nothing at all.
# tempora 5.13.0 (PyPI) takes two parts for hours and minutes, three for hours, minutes and seconds. pytimeparse 1.1.10 (PyPI) reads all of them:
#                   7m 5s   7:05         0:07:05      1:02:03
#   parse-duration  425 s   0.007005 s   0.000007 s   0.001002 s
#   durations       425 s   0 s          0 s          0 s
#   tempora         425 s   25500 s      425 s        3723 s
#   pytimeparse     425 s   425 s        425 s        3723 s
#
# What to do: count seconds by the number of parts yourself, or use pytimeparse; never give these readers a length with colons.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund parse-duration@2.1.9 >/dev/null
python3 -m venv venv
venv/bin/pip install -q durations==0.3.3 tempora==5.13.0 pytimeparse==1.1.10
cat >read.mjs <<'JS'
import parse from "parse-duration";

const lengths = ["7m 5s", "7:05", "0:07:05", "1:02:03"];
console.log("parse-duration:", lengths.map((length) => `${length} = ${(parse(length) / 1000).toFixed(6)}`).join(" | "));
JS
cat >read.py <<'PYTHON'
from durations import Duration
from pytimeparse import parse
from tempora import parse_timedelta

readers = {
    "durations": lambda length: Duration(length).to_seconds(),
    "tempora": lambda length: parse_timedelta(length).total_seconds(),
    "pytimeparse": parse,
}
for name, read in readers.items():
    print(f"{name}:", " | ".join(f"{length} = {read(length):.6f}" for length in ("7m 5s", "7:05", "0:07:05", "1:02:03")))
PYTHON
cat >expected.txt <<'LINES'
parse-duration: 7m 5s = 425.000000 | 7:05 = 0.007005 | 0:07:05 = 0.000007 | 1:02:03 = 0.001002
durations: 7m 5s = 425.000000 | 7:05 = 0.000000 | 0:07:05 = 0.000000 | 1:02:03 = 0.000000
tempora: 7m 5s = 425.000000 | 7:05 = 25500.000000 | 0:07:05 = 425.000000 | 1:02:03 = 3723.000000
pytimeparse: 7m 5s = 425.000000 | 7:05 = 425.000000 | 0:07:05 = 425.000000 | 1:02:03 = 3723.000000
LINES
{
    node read.mjs
    venv/bin/python read.py
} | tee observed.txt
cmp observed.txt expected.txt
