#!/bin/sh
# msgspec 0.23.0: an exception that a signal handler raises while msgspec is imported, such as a KeyboardInterrupt in its import of `datetime`,
# is ignored. The import succeeds, and the first decoder of a Struct crashes the interpreter (SIGSEGV). A user who presses ctrl+c while a
# program starts sees "Segmentation fault".
#
# Observed: of 600 processes interrupted at random times in the first 20 ms of the import, 173 crashed when they made a decoder.
#
# What to do: let no signal raise until msgspec has been imported: end the process in the handler, or block the signal.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q msgspec==0.23.0
cat >"$work/try.py" <<'PYTHON'
import signal
import sys


class Interrupt:
    def find_spec(self, name, *_):
        if name == "datetime":
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)


sys.meta_path.insert(0, Interrupt())
import msgspec


class Lead(msgspec.Struct):
    lead_id: int | None = None


print("the interrupt was ignored", flush=True)
msgspec.json.Decoder(Lead)
PYTHON
code=0
said=$("$work/venv/bin/python" "$work/try.py" 2>&1) || code=$?
echo "said: $said; exit code $code"
case "$said" in *"the interrupt was ignored"*) test "$code" -eq 139 ;; *) exit 1 ;; esac
