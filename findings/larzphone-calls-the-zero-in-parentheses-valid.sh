#!/bin/sh
# larzphone 0.1.0 (PyPI) makes E.164 of "any input" (its README), and checks its length for the country. Of "+49 (0)30 23125 012", as Europeans write
# numbers, it keeps the 0, which is only dialed within the country; and it takes the digits of an extension for those of the number. Of a German
# number, is_valid accepts the result: the call fails, or reaches someone else. No error is raised:
#   +49 (0)30 23125 012            +4903023125012, valid, not +493023125012
#   030 23125 012 ext. 1 (DE)      +4930231250121, valid, not +493023125012
# The lead has two numbers as well: it is no duplicate of itself, and is not found on a list of numbers that must not be called. A British number
# with the 0, or an American one with an extension, is not valid, so that the lead is dropped.
# phonenumberslite 9.0.42 (PyPI) gives the right number for all of them.
#
# What to do: use phonenumberslite; with larzphone, remove "(0)" and cut the text at the extension before.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q larzphone==0.1.0 phonenumberslite==9.0.42
"$work/venv/bin/python" - <<'PYTHON'
import larzphone
import phonenumbers

for typed, region, expected, valid, real in (
    ("+49 30 23125 012", None, "+493023125012", True, "+493023125012"),
    ("+49 (0)30 23125 012", None, "+4903023125012", True, "+493023125012"),
    ("030 23125 012 ext. 1", "DE", "+4930231250121", True, "+493023125012"),
    ("+44 (0)20 7946 0018", None, "+4402079460018", False, "+442079460018"),
    ("(301) 555-0123 x45", "US", "+1301555012345", False, "+13015550123"),
):
    observed = larzphone.format_e164(typed, region), larzphone.is_valid(typed, region)
    right = phonenumbers.format_number(phonenumbers.parse(typed, region), phonenumbers.PhoneNumberFormat.E164)
    print(f"{typed}: {observed[0]}, {'valid' if observed[1] else 'invalid'}; by phonenumberslite {right}")
    assert (*observed, right) == (expected, valid, real), (typed, observed, right)
PYTHON
