"""Codes that the API takes for words: states and provinces, genders, call statuses."""

from __future__ import annotations

from collections.abc import Iterable

# States and provinces

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


def known_state(text: str) -> str:
    """Return the two letters of the state or province that *text* names, by code or name in any case; "" for any other text."""
    word = " ".join(text.replace(".", "").split())
    if word.upper() in STATE_NAMES:
        return word.upper()
    return _CODES.get(word.lower()) or _ALIASES.get(word.lower(), "")


# Genders

GENDER_NAMES = {"M": "male", "F": "female", "U": "unknown"}
"""Name by code."""


def gender_code(text: str) -> str:
    """Return the code that *text* means, a code or a name in any case; *text* itself if it is neither."""
    return next((code for code, name in GENDER_NAMES.items() if text.lower() in (code.lower(), name)), text)


# Statuses of calls

KNOWN_STATUSES: dict[str, str] = {
    "NEW": "New Lead",
    "A": "Answering Machine",
    "AA": "Answering Machine Auto",
    "AM": "Answering Machine Message",
    "B": "Busy",
    "CALLBK": "Call Back",
    "CB": "Callback",
    "DC": "Disconnected Number",
    "DNC": "Do Not Call",
    "HU": "Hung Up",
    "INCALL": "In Call",
    "N": "No Answer",
    "NA": "No Answer Auto",
    "NI": "Not Interested",
    "NOCONT": "No Contact",
    "QDNC": "Queue Do Not Call",
    "SALE": "Sale",
    "XFER": "Transfer",
}
"""Usual label by code. Most accounts have these codes; an account may have others, and labels of its own."""

_OTHER_LABELS = {
    "new": "NEW",
    "requested callback": "CB",
    "disconnected": "DC",
    "hang up": "HU",
    "answering machine auto detect": "AA",
    "sale made": "SALE",
    "call transferred": "XFER",
    "transferred": "XFER",
}


def status_code(text: str, observed: Iterable[tuple[str, str]] = ()) -> str:
    """Return the code that *text* means, a code or a label in any case; *text* itself if it is unknown.

    *observed* are the account's own codes and labels, which take precedence over the usual ones.
    """
    wanted = _folded(text)
    for pairs in (observed, KNOWN_STATUSES.items()):
        if codes := [code for code, label in pairs if wanted in (_folded(code), _folded(label))]:
            return text if text in codes else codes[0]
    return _OTHER_LABELS.get(wanted, text)


def _folded(label: str) -> str:
    return " ".join(label.casefold().replace("-", " ").split())
