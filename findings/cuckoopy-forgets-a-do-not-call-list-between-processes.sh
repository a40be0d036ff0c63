#!/bin/sh
# cuckoopy 0.1.1 (PyPI) is a Cuckoo filter: it says whether an entry may be in a large list, such as of numbers not to be called, in little memory.
# Such a filter may say yes wrongly, but never no ("approximate set membership queries, with some small false positive probability", its
# documentation). It places entries by Python's hash(), which is another one in each process for texts. A filter that one process has built and
# pickled, as for the workers of a dialer, says no to 99 of 100 listed numbers in the next one, without an error; in the process that has built it,
# where a test is likely to look, it says yes to all.
# CuckooFilter of pyprobables 0.7.0 (PyPI) says yes to all in both.
#
# What to do: use another one; with cuckoopy, set PYTHONHASHSEED to the same number for all processes, and look up a listed number at the start.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
unset PYTHONHASHSEED
cd "$work"
python3 -m venv venv
venv/bin/pip install -q cuckoopy==0.1.1 pyprobables==0.7.0
cat >listed.py <<'PYTHON'
import pickle
import sys

import cuckoopy
import probables

LISTED = [f"{area_code}555{line:04d}" for area_code in range(201, 501) for line in range(100, 110)]
name, action = sys.argv[1:]
if action == "build":
    filters = {"cuckoopy": cuckoopy.CuckooFilter(10_000, 4, 1), "pyprobables": probables.CuckooFilter(10_000)}
    add = filters[name].insert if name == "cuckoopy" else filters[name].add
    for number in LISTED:
        add(number)
    with open(name, "wb") as file:
        pickle.dump(filters[name], file)
with open(name, "rb") as file:
    listed = pickle.load(file)
found = sum(number in listed for number in LISTED)
print(f"{name} {action}: {'all' if found == len(LISTED) else 'under 3%' if found < 0.03 * len(LISTED) else found} of {len(LISTED)}")
PYTHON
{
    for name in cuckoopy pyprobables; do
        venv/bin/python listed.py $name build
        venv/bin/python listed.py $name load
    done
    export PYTHONHASHSEED=1
    venv/bin/python listed.py cuckoopy build
    venv/bin/python listed.py cuckoopy load
} >observed.txt
cat >expected.txt <<'LINES'
cuckoopy build: all of 3000
cuckoopy load: under 3% of 3000
pyprobables build: all of 3000
pyprobables load: all of 3000
cuckoopy build: all of 3000
cuckoopy load: all of 3000
LINES
echo "numbers of the list that are found in it, in the process that builds it and in the next one; at last with PYTHONHASHSEED=1:"
cat observed.txt
cmp observed.txt expected.txt
