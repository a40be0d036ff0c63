"""Permissions beyond viewing leads, denied by default; and the token, in a type that never shows it.

The code that acts checks them, whether it was called by a key, the palette or the command line: hiding a key closes only one way
in. A restricted session (``config.policy``) has what the site's policy allows, any other has ``EVERYTHING``.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, NamedTuple, get_type_hints
from urllib.parse import quote, quote_plus

from lead_tui.leads.errors import LeadTuiError
from lead_tui.leads.text import ELLIPSIS


class Capabilities(NamedTuple):
    """All permissions, with the words for what they permit: each is denied unless given, so that none is granted by accident."""

    may_reveal: Annotated[bool, "Revealing masked fields"] = False  # else nothing may use them: ``concealed``
    may_copy: Annotated[bool, "Copying"] = False  # a phone, field, lead or search, to the terminal's clipboard
    may_export: Annotated[bool, "Exporting leads"] = False  # to a file: ``x``, and ``-o`` of ``lead-tui search``
    may_search_outside: Annotated[bool, "lead-tui search"] = False  # leads are printed outside the app
    may_read_history: Annotated[bool, "Reading a lead's history"] = False  # ``h``, and ``lead-tui history``
    may_get_recordings: Annotated[bool, "Getting recordings"] = False  # their addresses
    may_check_do_not_call: Annotated[bool, "Checking the do-not-call list"] = False  # ``D`` in the detail
    may_learn_names: Annotated[bool, "Reading the account's names"] = False  # for suggestions and labels
    may_receive_calls: Annotated[bool, "Receiving incoming calls"] = False  # from ``lead-tui pop``
    may_exchange_queries: Annotated[bool, "Importing or exporting saved queries"] = False
    may_choose_account: Annotated[bool, "Choosing another account or address"] = False  # ``--profile`` and ``--base-url``
    may_choose_configuration: Annotated[bool, "Choosing another configuration"] = False  # ``--config-dir``, the user's file
    may_give_token: Annotated[bool, "Giving another token"] = False  # the user types one if it is missing or rejected
    may_write_log: Annotated[bool, "Writing a log"] = False
    may_diagnose: Annotated[bool, "lead-tui doctor"] = False  # shows addresses, files and the origin of the token
    may_suspend: Annotated[bool, "Suspending the program"] = False
    may_leave_traces: Annotated[bool, "Writing the screen to a file"] = False
    may_start_programs: Annotated[bool, "Starting another program"] = False  # a browser, an editor or a pager, or tmux to copy by


GIVING_A_TOKEN: Final = "may_give_token"  # noqa: S105 - the name of a field
SETTING_UP: Final = "may_choose_configuration"
"""The permissions that remedies require (``LeadTuiError.needs``): the latter for addresses, proxies, certificates, the clock."""

EVERYTHING: Final = Capabilities(*(True for _ in Capabilities._fields))  # the permissions of an unrestricted session
RESTRICTED: Final = "restricted"  # the word for such a session in the status line


def refusal(capability: str) -> str:
    """Return the message for a user who needs *capability*, the name of a field of ``Capabilities``."""
    (subject,) = get_type_hints(Capabilities, include_extras=True)[capability].__metadata__
    return f"{subject} is not allowed here: this session is {RESTRICTED}"


def word_remedy(error: LeadTuiError, capabilities: Capabilities) -> None:
    """Replace the remedy of *error* if it requires more than *capabilities*: then only the host's administrator can help."""
    if error.needs and not getattr(capabilities, error.needs):
        error.remedy = "contact the administrator of this host"


MASK = "••••••"

MIN_MASKED_CHARACTERS = 6
"""A shorter token is not masked: masking each "1" would garble the text and hide nothing. Real tokens have 32 characters."""


class Token:
    """A secret. ``repr`` and ``str`` return a mask; only ``reveal`` returns the text, for the code that sends it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Token({MASK})"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._text == self._text


def mask_token(text: str, token: Token | None) -> str:
    """Return *text* with *token* masked, plain or percent-encoded, in any case: host names are converted to lower case.

    Where ``one_line`` cut *text* within the token, its beginning is masked.
    """
    if token is None or len(token.reveal()) < MIN_MASKED_CHARACTERS:
        return text
    secret = token.reveal()
    forms = dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret)))
    masked = re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)
    if ELLIPSIS in masked:
        cut = (form[:length] for form in forms for length in range(len(form) - 1, MIN_MASKED_CHARACTERS - 1, -1))
        masked = re.sub(f"(?:{'|'.join(map(re.escape, cut))}){ELLIPSIS}", MASK + ELLIPSIS, masked, flags=re.IGNORECASE)
    return masked
