"""What somebody at the keyboard may do beyond looking at leads: each a yes or a no, and no unless it was said.

Whoever carries something out asks here first, whatever asked for it (a key, the palette, the command line): a key that is not
offered is one way in of several. A restricted session (``storage.policy``) has what the site's policy allows, any other has
``EVERYTHING``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from lead_tui.leads.errors import LeadTuiError


class Capabilities(NamedTuple):
    """All of them. What is not given is not allowed, so that one that is added later is allowed nobody by accident.

    A frozen dataclass would take a millisecond of every start.
    """

    may_reveal: bool = False
    """Masked fields may be uncovered. Where not, nothing reads them for the person either: ``concealed``."""
    may_copy: bool = False
    """Something may be sent to the terminal's clipboard: phone, field, lead, search."""
    may_export: bool = False
    """Leads may be written to a file: ``x``, and ``-o`` of ``lead-tui search``."""
    may_search_outside: bool = False
    """Leads may be printed outside the app: ``lead-tui search``, ``--all`` included."""
    may_exchange_queries: bool = False
    """Saved queries may be carried in and out: ``lead-tui queries import`` and ``export``."""
    may_choose_account: bool = False
    """``--profile`` and ``--base-url``."""
    may_choose_configuration: bool = False
    """``--config-dir``, and a ``config.toml`` of one's own."""
    may_give_token: bool = False
    """A token may be typed when it is missing or refused."""
    may_write_log: bool = False
    """``--log`` may name a file to append to."""
    may_diagnose: bool = False
    """``lead-tui doctor``: it tells of addresses, of files, of where the token comes from, and asks the server."""
    may_suspend: bool = False
    """The program may be stopped and lead back to a shell."""
    may_leave_traces: bool = False
    """The screen may be written to a file."""
    may_start_programs: bool = False
    """A browser, an editor or a pager may be started."""


GIVING_A_TOKEN: Final = "may_give_token"  # noqa: S105  # a field, no password
SETTING_UP: Final = "may_choose_configuration"
"""What the remedies of most errors need (``LeadTuiError.needs``): the latter for addresses, proxies, certificates, the clock."""

EVERYTHING: Final = Capabilities(*(True for _ in Capabilities._fields))
"""What somebody may do whom nothing restricts."""

RESTRICTED: Final = "restricted"
"""The word for a session that may not do everything, for the status line."""

_SUBJECTS: Final = {
    "may_reveal": "Uncovering masked fields",
    "may_copy": "Copying",
    "may_export": "Exporting leads",
    "may_search_outside": "lead-tui search",
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
    """The sentence for somebody who wants what *capability*, the name of a field of ``Capabilities``, would allow."""
    return f"{_SUBJECTS[capability]} is not allowed here: this session is {RESTRICTED}"


def word_remedy(error: LeadTuiError, capabilities: Capabilities) -> None:
    """Word the remedy of *error* for somebody who has *capabilities*: what they cannot do is for whoever runs the host."""
    if error.needs and not getattr(capabilities, error.needs):
        error.remedy = "contact the administrator of this host"


def standing(capabilities: Capabilities) -> str:
    """What the status line says all the time of somebody who has *capabilities*: "" where that is ``EVERYTHING``."""
    return "" if capabilities == EVERYTHING else RESTRICTED


def concealed(masked: Iterable[str], capabilities: Capabilities) -> frozenset[str]:
    """The fields of *masked* that must not be read for the person: narrowed or sorted by, suggested, searched for."""
    return frozenset() if capabilities.may_reveal else frozenset(masked)
