"""States of the USA and provinces of Canada: the two letters that the ``state`` filter takes, by name."""

from __future__ import annotations

_USA = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|"
    "FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|"
    "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|"
    "NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|"
    "PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|"
    "WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam|VI Virgin Islands|AS American Samoa|"
    "MP Northern Mariana Islands"
)
_CANADA = (
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)

STATE_NAMES: dict[str, str] = {entry[:2]: entry[3:] for entry in f"{_USA}|{_CANADA}".split("|")}
"""Name by code."""

_CODES = {name.lower(): code for code, name in STATE_NAMES.items()}

_ALIASES = {"newfoundland": "NL", "labrador": "NL", "québec": "QC", "yukon territory": "YT", "washington dc": "DC"}


def state_code(text: str) -> str:
    """Return the two letters for *text*, a code or a name in any case; *text* itself where it names no state that is known."""
    return known_state(text) or text


def known_state(text: str) -> str:
    """The two letters of the state or province that *text* names, by code or name in any case; "" for any other text."""
    word = " ".join(text.replace(".", "").split())
    if word.upper() in STATE_NAMES:
        return word.upper()
    return _CODES.get(word.lower()) or _ALIASES.get(word.lower(), "")
