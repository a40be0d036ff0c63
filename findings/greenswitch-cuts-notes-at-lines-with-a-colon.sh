#!/bin/sh
# FreeSWITCH percent-encodes the values of an event, so that a note of several lines stays in one header. greenswitch 0.0.19 (PyPI) decodes the
# whole event before it splits it into lines: a line of the note with a colon becomes a header of its own, and takes the rest of the note along.
# genesis 2026.10.18 (PyPI) splits first:
#                variable_note                                              Best time
#   greenswitch  Asked for a quote                                          evenings, not on Friday
#   genesis      Asked for a quote / Best time: evenings / not on Friday    no such header
#
# What to do: have the dial plan encode notes once more, or replace their line breaks, before greenswitch reads them.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q greenswitch==0.0.19 genesis==2026.10.18
cat >read.py <<'PYTHON'
from genesis.protocol.parser import parse_headers
from greenswitch.esl import ESLEvent

event = (
    "Event-Name: CHANNEL_ANSWER\n"
    "Caller-Caller-ID-Number: 3015550123\n"
    "variable_note: Asked%20for%20a%20quote%0ABest%20time%3A%20evenings%0Anot%20on%20Friday\n"
)
for name, headers in {"greenswitch": ESLEvent(event).headers, "genesis": parse_headers(event)}.items():
    for header in ("Caller-Caller-ID-Number", "variable_note", "Best time"):
        print(f"{name}, {header}:", repr(headers.get(header)))
PYTHON
cat >expected.txt <<'LINES'
greenswitch, Caller-Caller-ID-Number: '3015550123'
greenswitch, variable_note: 'Asked for a quote'
greenswitch, Best time: 'evenings\nnot on Friday'
genesis, Caller-Caller-ID-Number: '3015550123'
genesis, variable_note: 'Asked for a quote\nBest time: evenings\nnot on Friday'
genesis, Best time: None
LINES
venv/bin/python read.py | tee observed.txt
cmp observed.txt expected.txt
