#!/bin/sh
# Programs that need a terminal are run from cron or CI through something that gives them one. With it the status of the program changes:
#   unbuffer of expect 5.45.4        passes on what a program exits with, but is 0 if a signal killed it, as where memory runs out
#   pexpect 4.9.0 run()              the same by withexitstatus=True: None, which `if status:` reads as success
#   asciinema 2.2.0 rec -c           always 0
#   ttyrec 1.0.8 -e                  always 0
# So a nightly export of leads that ran out of memory half way counts as done; with unbuffer, a program that exits with an error is
# reported, so that a test of the job does not find it.
#
# What to do: `script -qec COMMAND /dev/null` of util-linux (documented: -e, --return) returns both, a signal as 128 and its number.
#
# Needs expect, asciinema and ttyrec (Debian 12: apt-get install expect asciinema ttyrec bsdutils).
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C.UTF-8 ASCIINEMA_CONFIG_HOME="$work" WORK="$work"
for package in expect=5.45.4 asciinema=2.2.0 ttyrec=1.0.8; do
    version=$(dpkg-query -W -f '${Version}' "${package%=*}")
    case "$version" in "${package#*=}"-*) ;; *) echo "this is about $package, here is: $version"; exit 1 ;; esac
done
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pexpect==4.9.0
printf '#!/bin/sh\nexit 3\n' >"$work/fails"
printf '#!/bin/sh\nkill -KILL $$\n' >"$work/killed"
chmod +x "$work/fails" "$work/killed"
cat >"$work/run.py" <<'PYTHON'
import sys

import pexpect

_, status = pexpect.run(sys.argv[1], withexitstatus=True)
print(f"pexpect says {status}", file=sys.stderr)
sys.exit(1 if status else 0)
PYTHON
try() {
    expected=$1 name=$2
    shift 2
    observed=
    for program in fails killed; do
        status=0
        PROGRAM="$work/$program" sh -c "$*" </dev/null >/dev/null 2>"$work/errors" || status=$?
        observed="$observed$status "
    done
    echo "$name: exit 3 is reported as ${observed% * }, SIGKILL as $(echo "$observed" | cut -d ' ' -f 2)"
    [ "$observed" = "$expected " ] || { echo "expected: $expected"; cat "$work/errors"; exit 1; }
}
try "3 137" "script -e" 'script -qec "$PROGRAM" /dev/null'
try "3 0" unbuffer 'unbuffer "$PROGRAM"'
try "1 0" "pexpect, if status" '"$WORK/venv/bin/python" "$WORK/run.py" "$PROGRAM"'
try "0 0" asciinema 'asciinema rec -q --overwrite -c "$PROGRAM" "$WORK/cast"'
try "0 0" ttyrec 'ttyrec -e "$PROGRAM" "$WORK/record"'
