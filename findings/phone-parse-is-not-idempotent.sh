#!/bin/sh
# phonenumberslite 9.0.42 (libphonenumber's Python port): parsing removes one national prefix per call, so that a number typed with two (an area
# code's 0 kept behind "00" or "(0)") gives one national number at first, and another when that result is parsed again. A program that stores the
# first result and later parses it to find duplicates, or a number on a do-not-call list, compares two numbers of one lead:
#   +49 0030 23125 012      +49 03023125012, then +49 3023125012
#   +44 (0)0 20 7946 0018   +44 02079460018, then +44 2079460018
#
# What to do: parse until the result does not change.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q phonenumberslite==9.0.42
"$work/venv/bin/python" - <<'PYTHON'
import phonenumbers

EXPECTED = {
    "+49 0030 23125 012": ["+49 03023125012", "+49 3023125012", "+49 3023125012"],
    "+44 (0)0 20 7946 0018": ["+44 02079460018", "+44 2079460018", "+44 2079460018"],
    "+44 (0)20 7946 0018": ["+44 2079460018", "+44 2079460018", "+44 2079460018"],
}
for typed, expected in EXPECTED.items():
    text, observed = typed, []
    for _ in expected:
        number = phonenumbers.parse(text, None)
        text = f"+{number.country_code} {phonenumbers.national_significant_number(number)}"
        observed.append(text)
    print(typed, "->", " -> ".join(observed))
    assert observed == expected, (typed, observed)
print("as observed with phonenumberslite", phonenumbers.__version__)
PYTHON
