#!/bin/sh
# fasteners 0.20 (PyPI): an InterProcessLock is a POSIX record lock (fcntl), which Linux and macOS drop as soon as the process closes any
# descriptor of the file, not only the one that it was locked by (fcntl(2), "Record locking"). Two things follow:
#   * A process that reads its own lock file, as to show the number of the process in it, or copies the folder that it is in, loses the
#     lock. The object still says acquired, release() raises nothing, and another process gets the lock meanwhile.
#   * Within one process a second InterProcessLock for the same file is acquired too.
# Two exports of leads that should wait for each other then write to one file, or two clients of a dialer's API exceed its rate together.
# filelock 4.2.11 and portalocker 4.4.2 keep their locks in both cases.
#
# What to do: keep nothing in a lock file that is read, or use one of these two.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q fasteners==0.20 filelock==4.2.11 portalocker==4.4.2
cat >"$work/locks.py" <<'PYTHON'
import subprocess
import sys

import fasteners
import filelock
import portalocker


def with_fasteners(path):
    lock = fasteners.InterProcessLock(path)
    return lock if lock.acquire(blocking=False) else None


def with_filelock(path):
    lock = filelock.FileLock(path)
    try:
        return lock if lock.acquire(timeout=0) else None
    except filelock.Timeout:
        return None


def with_portalocker(path):
    lock = portalocker.Lock(path, "a", timeout=0, fail_when_locked=True)
    try:
        return lock if lock.acquire() else None
    except portalocker.LockException:
        return None


def is_free(name, path):
    """Whether another process gets the lock."""
    answer = subprocess.run([sys.executable, __file__, name, path], capture_output=True, check=True, text=True).stdout
    return answer.strip() == "True"


LIBRARIES = {each.__name__: each for each in (with_fasteners, with_filelock, with_portalocker)}
if len(sys.argv) == 3:
    print(LIBRARIES[sys.argv[1]](sys.argv[2]) is not None)
    sys.exit()

for name, acquire in LIBRARIES.items():
    path = f"{sys.argv[1]}/{name}"
    first = acquire(path)
    held = is_free(name, path)
    with open(path) as file:
        file.read()
    after_reading = is_free(name, path)
    second = acquire(path)
    observed = held, after_reading, second is not None
    print(f"{name}: free for others while held {observed[0]}, after reading {observed[1]}; acquired twice in a process {observed[2]}")
    assert observed == ((False, True, True) if name == "with_fasteners" else (False, False, False)), observed
    assert name != "with_fasteners" or first.acquired
PYTHON
"$work/venv/bin/python" "$work/locks.py" "$work"
