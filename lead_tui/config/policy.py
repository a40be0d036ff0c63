"""The site's policy: a root-owned file at a fixed path with the restrictions and settings of restricted sessions.

It fails closed: if the file exists and is invalid, or if anyone but root could have written or removed it, nothing starts. Sessions
are unrestricted only if it does not exist.

A restricted session takes all its settings from here, and none from a ``config.toml``: its user must not choose an address, a
token, a proxy or a mask, and one file is easier to trust than a mixture of two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from msgspec import field
from msgspec.structs import asdict

from lead_tui.config.paths import SITE_DIRECTORY
from lead_tui.config.schema import SettingsTable, Source, read_settings, read_text
from lead_tui.config.settings import Settings, settings_of
from lead_tui.leads.permissions import Capabilities

POLICY_FILE: Final = SITE_DIRECTORY / "policy.toml"


class Allow(SettingsTable, frozen=True):
    """``[allow]``: exceptions from the restrictions, and the capabilities that they give."""

    may_copy: bool = field(default=False, name="copy")
    may_reveal: bool = field(default=False, name="reveal")
    may_read_history: bool = field(default=True, name="history")
    may_get_recordings: bool = field(default=False, name="recordings")
    may_check_do_not_call: bool = field(default=True, name="do_not_call")
    may_learn_names: bool = field(default=True, name="names")
    may_receive_calls: bool = field(default=False, name="incoming")


class PolicyHead(SettingsTable, frozen=True):
    """The settings that only a policy has."""

    restricted: bool = True
    allow: Allow = Allow()


class Policy(NamedTuple):
    """The contents of ``policy.toml``."""

    source: Source = Source(POLICY_FILE)
    restricted: bool = True  # whether all sessions are restricted; otherwise only those started with ``--restricted``
    capabilities: Capabilities = Capabilities()  # of a restricted session

    def settings(self) -> Settings:
        """Return the settings of a restricted session; ``~`` is the home of the environment as it is now."""
        given = {key: value for key, value in self.source.parsed().items() if key not in PolicyHead.__struct_fields__}
        if isinstance(lookup := given.get("lookup", {}), dict):
            # A restricted session sends nothing that its user did not request, unless the policy says so.
            given["lookup"] = {"early": False, **lookup}
        return settings_of(self.source, given)


def read_policy(path: Path = POLICY_FILE, *, owner: int = 0) -> Policy | None:
    """Return the policy in *path*, which only *owner* can have written; None without one. Raises ``ConfigurationError``."""
    text = read_text(path, (owner,))
    if text is None:
        return None
    source = Source(path, text)
    given = {key: value for key, value in source.parsed().items() if key in PolicyHead.__struct_fields__}
    head = read_settings(PolicyHead, given, source)
    return Policy(source, head.restricted, Capabilities(**asdict(head.allow)))
