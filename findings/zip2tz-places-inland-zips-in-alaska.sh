#!/bin/sh
# zip2tz 0.1.7 (PyPI) gives single ZIPs the zone of another region: 83287 (Fish Haven, Idaho) and 83633 (King Hill, Idaho) are in
# America/Juneau, 80823 (Karval, Colorado) in America/Adak, 89023 (Mercury, Nevada) in America/Sitka, and 42274 (Rockfield, Kentucky) in
# America/North_Dakota/New_Salem. A lead in Karval is then called by the calling window of the Aleutians, three hours too late.
# For one ZIP, 00926 (San Juan, Puerto Rico), its table names a zone that it does not have, and timezone() raises IndexError, though it is
# documented to return None for what it does not know.
#
# What to do: accept a zone only if the lead's state lies in it.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q zip2tz==0.1.7
"$work/venv/bin/python" - <<'PYTHON'
from zip2tz import timezone

EXPECTED = {
    "80823": "America/Adak",
    "83287": "America/Juneau",
    "83547": "America/Juneau",
    "83633": "America/Juneau",
    "89023": "America/Sitka",
    "42274": "America/North_Dakota/New_Salem",
    "80202": "America/Denver",
}
for zip_code, expected in EXPECTED.items():
    observed = timezone(zip_code)
    print(zip_code, observed)
    assert observed == expected, (zip_code, observed)


def raises(number: int) -> bool:
    try:
        timezone(number)
    except IndexError:
        return True
    return False


failing = [number for number in range(100_000) if raises(number)]
print("IndexError for", *(f"{number:05}" for number in failing))
assert failing == [926]
PYTHON
