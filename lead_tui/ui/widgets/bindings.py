"""What panes need of the catalogue of keys: the action by each key, and the hints for the status line."""

from __future__ import annotations

from collections.abc import Sequence

from lead_tui.keys.catalogue import CATALOGUE, Key, Pane, of_pane


def actions_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> dict[str, str]:
    """The action by each key of *pane*."""
    return {name: key.action for key in of_pane(pane, keys) for name in key.keys}


def hints_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> tuple[str, ...]:
    """Return the hints while *pane* has the focus, as ``/ look up``. In the filters letters are text, not keys of other panes."""
    panes = (pane, Pane.APP if pane is Pane.FILTERS else Pane.MAIN)
    ranked = sorted((key for key in keys if key.hint and key.keys and key.pane in panes), key=lambda key: key.hint)
    return tuple(f"{key.first} {key.label}" for key in ranked)
