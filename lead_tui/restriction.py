"""Restricted use: when a session is restricted, and what of a command line it may then ask for.

Everything that is not named here as allowed is refused, commands that come later included.
"""

from __future__ import annotations

import os
from collections.abc import Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

from msgspec.structs import replace

from lead_tui.arguments import Account, Doctor, Queries, RunApp, Search, Where
from lead_tui.config.paths import SITE_DIRECTORY
from lead_tui.leads.errors import SearchError, UsageError
from lead_tui.leads.permissions import RESTRICTED, Capabilities, refusal, word_remedy

if TYPE_CHECKING:
    from lead_tui.config.policy import Policy
    from lead_tui.leads.page import Page, PageSource
    from lead_tui.leads.query import Query

OPTION: Final = "--restricted"

ReadPolicy = Callable[[], "Policy | None"]


class Invocation(Protocol):
    """What a command line comes down to."""

    @property
    def account(self) -> Account: ...


A = TypeVar("A", bound=Invocation)

_EXCHANGED: Final = ("import", "export")
_REMEDY: Final = "start lead-tui without that"


def policy_for(given: Sequence[str], environ: MutableMapping[str, str], read: ReadPolicy | None = None) -> Policy | None:
    """The policy that a start with the arguments *given* is restricted by, None for a free one.

    A restricted start has *environ* scrubbed before anything is read from it. Raises ``ConfigurationError``.
    """
    options = given[: given.index("--")] if "--" in given else given
    policy = (read or _sites)()
    if OPTION in options:
        from lead_tui.config.policy import Policy

        # Without a file nothing is allowed, and there is no token: but a demo can be looked at.
        policy = policy._replace(restricted=True) if policy is not None else Policy()
    if policy is None or not policy.restricted:
        return None
    # Imported here: most starts are free.
    from lead_tui.storage.token import ENVIRONMENT
    from lead_tui.terminal.environment import scrub
    from lead_tui.terminal.secrecy import blank_in_environment, stay_in_front

    scrub(environ)
    blank_in_environment(ENVIRONMENT)
    if not policy.capabilities.may_suspend:
        stay_in_front()
    return policy


def _sites() -> Policy | None:
    try:
        os.lstat(SITE_DIRECTORY)
    except FileNotFoundError:
        # As on most hosts.
        return None
    except OSError:
        # What is wrong is for who reads it to tell.
        pass
    from lead_tui.config.policy import read_policy

    return read_policy()


def under(policy: Policy | None, asked: A) -> A:
    """*asked*, what ``arguments.parse`` gave, with *policy* in its account. Raises ``UsageError`` for what *policy* forbids."""
    if policy is None:
        return asked
    may = policy.capabilities
    if isinstance(asked, Search):
        _need(may, "may_search_outside")
        _need(may, "may_export", bool(asked.output or asked.missing))
    elif isinstance(asked, Queries):
        _need(may, "may_exchange_queries", asked.action in _EXCHANGED)
    elif isinstance(asked, Doctor):
        _need(may, "may_diagnose")
    elif not isinstance(asked, RunApp | Where):
        raise UsageError(f"This command is not allowed here: this session is {RESTRICTED}", remedy=_REMEDY)
    account = asked.account
    _need(may, "may_choose_account", bool(account.profile or account.base_url))
    _need(may, "may_choose_configuration", bool(account.config_dir))
    _need(may, "may_write_log", bool(account.log))
    return cast("A", replace(cast("Any", asked), account=replace(account, policy=policy)))


class RestrictedRemedies:
    """A ``PageSource`` whose errors say what somebody with *capabilities* can do about them."""

    def __init__(self, source: PageSource, capabilities: Capabilities) -> None:
        self._source = source
        self._capabilities = capabilities

    async def fetch(self, query: Query, offset: int, limit: int) -> Page:
        """The page as *source* has it. Raises ``SearchError``."""
        try:
            return await self._source.fetch(query, offset, limit)
        except SearchError as error:
            word_remedy(error, self._capabilities)
            raise


def _need(may: Capabilities, capability: str, wanted: bool = True) -> None:
    if wanted and not getattr(may, capability):
        raise UsageError(refusal(capability), remedy=_REMEDY)
