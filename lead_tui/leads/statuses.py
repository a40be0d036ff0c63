"""Statuses: the codes that most accounts have, by the labels that a table shows. An account may have others, and other labels."""

from __future__ import annotations

from collections.abc import Iterable

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
"""Label by code. The codes are met in accounts everywhere; their labels are an account's own, these are the usual ones."""

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
    """Return the code that *text* means, a code or a label in any case; *text* itself where that is not known.

    *observed* are the account's own codes and labels, which come before the usual ones.
    """
    wanted = _folded(text)
    for pairs in (list(observed), list(KNOWN_STATUSES.items())):
        codes = [code for code, label in pairs if wanted in (_folded(code), _folded(label))]
        if codes:
            return text if text in codes else codes[0]
    return _OTHER_LABELS.get(wanted, text)


def _folded(label: str) -> str:
    return " ".join(label.casefold().replace("-", " ").split())
