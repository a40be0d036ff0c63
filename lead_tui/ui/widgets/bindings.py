"""What panes need of the catalogue of keys: the action by each key, and the hints for the status line."""

from __future__ import annotations

from collections.abc import Sequence

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, of_pane


def actions_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> dict[str, str]:
    """The action by each key of *pane*."""
    return {name: key.action for key in of_pane(pane, keys) for name in key.keys}


def hints_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> tuple[str, ...]:
    """The hints for the status line while *pane* has the focus: ``/ look up``."""
    ranked = sorted((key for key in keys if key.hint and key.keys and key.pane in (pane, Pane.MAIN)), key=lambda key: key.hint)
    return tuple(f"{key.first} {key.label}" for key in ranked)
