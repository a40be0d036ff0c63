#!/bin/sh
# miller 6.6.0 (Debian 12) accepts more forms of numbers in CSV than JSON does, and writes them to JSON as they came, without quotes. One amount
# ".5" or "5.", or one source code "0x1F" or "0b11", makes the whole file of leads invalid: Python's parser rejects it, and so should any other. If
# it is in the last row of a million, an import fails at its end. Phones with a plus sign and ZIPs that begin with 0 are quoted.
#
# What to do: mlr -S, which reads every field as text.
#
# Needs miller 6.6.0 (Debian 12: apt-get install miller).
set -eu
mlr --version | grep -qx "mlr 6.6.0" || { echo "this is about miller 6.6.0, here is: $(mlr --version)"; exit 1; }
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
for value in .5 5. 0x1F 0b11 1E5 02134 +15551234567; do
    printf 'lead_id,value\n1,%s\n' "$value" >leads.csv
    for option in "" -S; do
        mlr $option --icsv --ojson cat leads.csv >leads.json
        result=$(python3 -c 'import json; json.load(open("leads.json")); print("valid")' 2>/dev/null || echo invalid)
        echo "$value ${option:--}: $(grep -o '"value": .*' leads.json) $result"
    done
done >observed.txt
cat >expected.txt <<'LINES'
.5 -: "value": .5 invalid
.5 -S: "value": ".5" valid
5. -: "value": 5. invalid
5. -S: "value": "5." valid
0x1F -: "value": 0x1F invalid
0x1F -S: "value": "0x1F" valid
0b11 -: "value": 0b11 invalid
0b11 -S: "value": "0b11" valid
1E5 -: "value": 1E5 valid
1E5 -S: "value": "1E5" valid
02134 -: "value": "02134" valid
02134 -S: "value": "02134" valid
+15551234567 -: "value": "+15551234567" valid
+15551234567 -S: "value": "+15551234567" valid
LINES
cat observed.txt
cmp observed.txt expected.txt
