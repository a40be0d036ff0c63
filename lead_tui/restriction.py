"""Decide whether a session is restricted, and which commands and options it then has.

Commands that are not listed here are refused, including those added later.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lead_tui.config.paths import SITE_DIRECTORY
from lead_tui.invocation import Command
from lead_tui.leads.errors import UsageError
from lead_tui.leads.permissions import RESTRICTED, refusal

if TYPE_CHECKING:
    from lead_tui.config.policy import Policy

_NEEDS: Final = {
    "": "",
    "search": "may_search_outside",
    "pop": "may_receive_calls",
    "queries": "",
    "doctor": "may_diagnose",
    "where": "",
}
"""The commands that a restricted session may run, with the capability that each always needs, "" for none."""
_REMEDY: Final = "contact the administrator of this host"


def policy_for(given: Sequence[str], environ: MutableMapping[str, str]) -> Policy | None:
    """Return the policy that restricts a start with *given*; then *environ* is scrubbed. Raises ``ConfigurationError``."""
    options = given[: given.index("--")] if "--" in given else given
    policy = _read_site_policy()
    if "--restricted" in options:
        from lead_tui.config.policy import Policy

        # Without a file nothing is allowed and there is no token, but a demo can be viewed.
        policy = policy._replace(restricted=True) if policy is not None else Policy()
    if policy is None or not policy.restricted:
        return None
    # Imported here: most starts are not restricted.
    from lead_tui.storage.token import ENVIRONMENT
    from lead_tui.terminal.process import blank_in_environment, scrub_environment, stay_in_front

    scrub_environment(environ)
    blank_in_environment(ENVIRONMENT)
    if not policy.capabilities.may_suspend:
        stay_in_front()
    return policy


def _read_site_policy() -> Policy | None:
    try:
        os.lstat(SITE_DIRECTORY)
    except FileNotFoundError:
        # As on most hosts.
        return None
    except OSError:
        # The reader reports what is wrong.
        pass
    from lead_tui.config.policy import read_policy

    return read_policy()


def apply_policy(policy: Policy | None, command: Command) -> Command:
    """Return *command* with *policy* in its account. Raises ``UsageError`` for what *policy* forbids."""
    if policy is None:
        return command
    account, needs = command.account, _NEEDS.get(command.verb)
    if needs is None:
        raise UsageError(f"This command is not allowed here: this session is {RESTRICTED}", remedy=_REMEDY)
    for capability, is_needed in (
        (needs, needs),
        ("may_export", command.options.output or command.options.missing),
        ("may_exchange_queries", command.verb == "queries" and command.words[0] in ("import", "export")),
        ("may_choose_account", account.profile or account.base_url),
        ("may_choose_configuration", account.config_dir),
        ("may_write_log", account.log),
    ):
        if is_needed and not getattr(policy.capabilities, capability):
            raise UsageError(refusal(capability), remedy=_REMEDY)
    return replace(command, account=replace(account, policy=policy))
