#!/bin/sh
# py-phone-number-fmt 2.0.3 (PyPI) makes E.164 of what people type, for a country that the caller names. It first reads all digits of the text
# as a number with a country code, and only then as one of that country; a number of a merely possible length passes. So a
# number of the United States with something behind it becomes one of another country, or of none, without an error:
#   (301) 555-0123 x45            +301555012345    Greece
#   301-555-0123/0124             +30155501230124  Greece
#   call after 5, 301-555-0123    +5315550123      Cuba
#   (301) 555-0123 ext 5          +10155501235     no area code begins with 0
#   555-0123                      +15550123        an area code is missing
# Its documentation says that text is split at commas and slashes, and "if this method doesn't find a phone number valid, then it must
# really not be a valid number". phonenumbers 9.0.43, which it calls, finds +13015550123 in the first one and the fourth if it is given the country,
# and does not call the last one valid.
#
# What to do: parse with phonenumbers and the country, and keep only what is_valid_number accepts.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q py-phone-number-fmt==2.0.3 phonenumbers==9.0.43
"$work/venv/bin/python" - <<'PYTHON'
import phonenumbers
from phonenumberfmt import format_phone_number

EXPECTED = {
    "(301) 555-0123": ("+13015550123", "US"),
    "(301) 555-0123 x45": ("+301555012345", "GR"),
    "301-555-0123/0124": ("+30155501230124", "GR"),
    "call after 5, 301-555-0123": ("+5315550123", "CU"),
    "(301) 555-0123 ext 5": ("+10155501235", "US"),
    "555-0123": ("+15550123", "US"),
}
for typed, expected in EXPECTED.items():
    result = format_phone_number(typed, "US")
    number = phonenumbers.parse(result)
    observed = result, phonenumbers.region_code_for_country_code(number.country_code)
    print(f"{typed}: {result}, country code of {observed[1]}")
    assert observed == expected, (typed, observed)
for typed in "(301) 555-0123 x45", "(301) 555-0123 ext 5":
    number = phonenumbers.parse(typed, "US")
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == "+13015550123"
assert not phonenumbers.is_valid_number(phonenumbers.parse("555-0123", "US"))
PYTHON
