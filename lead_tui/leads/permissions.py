"""Permissions beyond viewing leads, denied by default; and the token, in a type that never shows it.

The code that acts checks them, whether it was called by a key, the palette or the command line: hiding a key closes only one way
in. A restricted session (``config.policy``) has what the site's policy allows, any other has ``EVERYTHING``.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

from lead_tui.leads.errors import LeadTuiError


class Capabilities(NamedTuple):
    """All permissions. Each is denied unless it is given, so that a new one is never granted by accident."""

    may_reveal: bool = False  # otherwise nothing else may use masked fields for the user either: ``concealed``
    may_copy: bool = False  # a phone, field, lead or search, to the terminal's clipboard
    may_export: bool = False  # to a file: ``x``, and ``-o`` of ``lead-tui search``
    may_search_outside: bool = False  # leads are printed outside the app
    may_read_history: bool = False  # calls and callbacks: ``h`` in the detail, and ``lead-tui history``
    may_get_recordings: bool = False  # their addresses
    may_check_do_not_call: bool = False  # ``D`` in the detail
    may_learn_names: bool = False  # of statuses, lists, users and campaigns, for suggestions and labels
    may_receive_calls: bool = False  # their numbers come from other programs: ``lead-tui pop``
    may_exchange_queries: bool = False
    may_choose_account: bool = False  # ``--profile`` and ``--base-url``
    may_choose_configuration: bool = False  # ``--config-dir``, and the user's own ``config.toml``
    may_give_token: bool = False  # the user types one if it is missing or rejected
    may_write_log: bool = False
    may_diagnose: bool = False  # the doctor shows addresses, files and the origin of the token, and sends requests
    may_suspend: bool = False
    may_leave_traces: bool = False
    may_start_programs: bool = False  # a browser, an editor or a pager, or tmux to copy by


GIVING_A_TOKEN: Final = "may_give_token"  # noqa: S105 - the name of a field
SETTING_UP: Final = "may_choose_configuration"
"""The permissions that remedies require (``LeadTuiError.needs``): the latter for addresses, proxies, certificates, the clock."""

EVERYTHING: Final = Capabilities(*(True for _ in Capabilities._fields))  # the permissions of an unrestricted session
RESTRICTED: Final = "restricted"  # the word for such a session in the status line

_SUBJECTS: Final = {
    "may_reveal": "Revealing masked fields",
    "may_copy": "Copying",
    "may_export": "Exporting leads",
    "may_search_outside": "lead-tui search",
    "may_read_history": "Reading a lead's history",
    "may_get_recordings": "Getting recordings",
    "may_check_do_not_call": "Checking the do-not-call list",
    "may_learn_names": "Reading the account's names",
    "may_receive_calls": "Receiving incoming calls",
    "may_exchange_queries": "Importing or exporting saved queries",
    "may_choose_account": "Choosing another account or address",
    "may_choose_configuration": "Choosing another configuration",
    "may_give_token": "Giving another token",
    "may_write_log": "Writing a log",
    "may_diagnose": "lead-tui doctor",
    "may_suspend": "Suspending the program",
    "may_leave_traces": "Writing the screen to a file",
    "may_start_programs": "Starting another program",
}


def refusal(capability: str) -> str:
    """Return the message for a user who needs *capability*, the name of a field of ``Capabilities``."""
    return f"{_SUBJECTS[capability]} is not allowed here: this session is {RESTRICTED}"


def word_remedy(error: LeadTuiError, capabilities: Capabilities) -> None:
    """Replace the remedy of *error* if it requires more than *capabilities*: then only the host's administrator can help."""
    if error.needs and not getattr(capabilities, error.needs):
        error.remedy = "contact the administrator of this host"


MASK = "••••••"

MIN_MASKED_CHARACTERS = 6
"""A shorter token is not masked: masking each "1" would garble the text and hide nothing. Real tokens have 32 characters."""


class Token:
    """A secret. ``repr``, ``str`` and formatting return a mask; only ``reveal`` returns the text, for the code that sends it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Token({MASK})"

    def __str__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._text == self._text

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a token is not pickled")


def mask_token(text: str, token: Token | None) -> str:
    """Return *text* with *token* masked, plain or percent-encoded, in any case: host names are converted to lower case."""
    if token is None or len(token.reveal()) < MIN_MASKED_CHARACTERS:
        return text
    secret = token.reveal()
    forms = dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret)))
    return re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)
