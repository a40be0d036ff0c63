#!/bin/sh
# us 4.0.0 (PyPI) finds a state by abbreviation, FIPS code or name, and a misspelled name by its sound. The abbreviations in use before ZIP
# codes (Ariz., Calif., Tenn.), which people still type into forms, sound like no state and give None, with one exception: "Minn." has the
# sound of "Maine". Leads from Minnesota, on Central time, become leads of Maine, on Eastern time, an hour ahead, without an error. "Man" and
# "Indian" are Maine and Indiana, too; a space after a right name ("Missouri ") gives None.
#
# What to do: strip the text, look these abbreviations up first, and compare the state with the ZIP or the area code.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q us==4.0.0
"$work/venv/bin/python" - <<'PYTHON'
import us

OLDER = (
    "Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ill. Ind. Kan. Ky. La. Md. Mass. Mich. Minn. Miss. Mo. Mont. Neb. Nev. N.H. N.J. "
    "N.M. N.Y. N.C. N.D. Okla. Ore. Pa. R.I. S.C. S.D. Tenn. Tex. Vt. Va. Wash. W.Va. Wis. Wyo. D.C."
).split()
found = {text: str(state) for text in OLDER if (state := us.states.lookup(text)) is not None}
print(f"of {len(OLDER)} older abbreviations, a state is found for", found)
assert found == {"Minn.": "Maine"}
print("time zones:", us.states.lookup("Minn.").time_zones, us.states.MN.time_zones)
assert us.states.lookup("Minn.").time_zones != us.states.MN.time_zones
EXPECTED = {"Minn": "Maine", "Man": "Maine", "Indian": "Indiana", "Missouri": "Missouri", "Missouri ": "None"}
for text, expected in EXPECTED.items():
    observed = str(us.states.lookup(text))
    print(f"{text!r}: {observed}")
    assert observed == expected, (text, observed)
PYTHON
