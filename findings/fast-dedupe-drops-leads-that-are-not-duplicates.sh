#!/bin/sh
# fast-dedupe 0.1.1 (PyPI) removes near-duplicates from a list of strings, such as names with a city; its documentation names leads as a use.
# It removes the wrong ones: for n duplicates of an entry it drops the n entries that follow it. The duplicates stay, are reported as
# removed, and the dropped entries are in neither of the two results: those leads are never called. It is correct only if duplicates follow
# each other directly, as in its examples.
# From 1,001 entries on it works in several processes (n_jobs is None by default) and removes no near-duplicate at all: a test with a small
# list says nothing about a real one.
#
# What to do: find the pairs with rapidfuzz, which it calls, and check that the entries kept and removed add up to the input.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q fast-dedupe==0.1.1 rapidfuzz==2.15.2
cat >dedupe.py <<'PYTHON'
import hashlib

import fastdedupe

LEADS = ["Ada Lovelace, Reno", "Ben Carter, Elko", "Cy Young, Ely", "Ada Lovelace, Reno NV", "Dora Dean, Fallon"]


def main() -> None:
    kept, removed = fastdedupe.dedupe(LEADS, threshold=85)
    lost = set(LEADS) - set(kept) - {each for duplicates in removed.values() for each in duplicates}
    print("kept:", kept, "removed:", removed, "lost:", lost)
    assert kept == ["Ada Lovelace, Reno", "Cy Young, Ely", "Ada Lovelace, Reno NV", "Dora Dean, Fallon"], kept
    assert removed == {"Ada Lovelace, Reno": ["Ada Lovelace, Reno NV"]}, removed
    assert lost == {"Ben Carter, Elko"}, lost
    # Now the duplicate is the next entry, which is the case that works; the others are too different from each other.
    for total, jobs, expected in (1000, None, 999), (1001, None, 1001), (1001, 1, 1000):
        others = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(total - 2)]
        kept, _ = fastdedupe.dedupe([LEADS[0], LEADS[3], *others], threshold=85, n_jobs=jobs)
        print(f"one near-duplicate in {total:,} entries, n_jobs={jobs}: {len(kept):,} are kept")
        assert len(kept) == expected, len(kept)


if __name__ == "__main__":
    main()
PYTHON
venv/bin/python dedupe.py
