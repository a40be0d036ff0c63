"""``[keys]`` of ``config.toml``: the user's own keys for actions, converted and checked against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import msgspec
from msgspec import ValidationError

from lead_tui.config.schema import InvalidValue, Name, each_once


class KeyChanges(dict[str, tuple[str, ...]]):
    """Keys by the id of their action: ``"table.down" = ["j", "down"]``. One key may stand alone; none is no key.

    ``table.down = "j"`` is TOML for a table in a table, and means the same.
    """

    expected: ClassVar = "a table of keys"

    @classmethod
    def decode(cls, value: object) -> Self:
        """Convert a value of a file. Raises ``ValueError``."""
        if not isinstance(value, dict):
            raise ValueError
        return cls({action: cls._keys(action, given) for action, given in _by_action(value)})

    @staticmethod
    def _keys(action: str, given: object) -> tuple[str, ...]:
        # Imported here: few change keys.
        from lead_tui.keys.catalogue import CATALOGUE, RENAMED

        known = (*(key.id for key in CATALOGUE), *RENAMED)
        if action not in known:
            from lead_tui.leads.names import did_you_mean

            near = did_you_mean(action, known)
            raise InvalidValue(f"the id of an action{f': {near}' if near else ''}")
        keys = [given] if isinstance(given, str) and given else given or []
        try:
            return each_once(msgspec.convert(keys, tuple[Name, ...]))
        except (ValidationError, ValueError):
            raise InvalidValue('a list of keys, as "ctrl+r" or ["j", "down"], each once') from None


def _by_action(table: dict[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, given in table.items():
        if isinstance(given, dict):
            yield from _by_action(given, f"{above}{key}.")
        else:
            yield f"{above}{key}", given
