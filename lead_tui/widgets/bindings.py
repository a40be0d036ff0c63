"""From the catalogue of keys to what Textual and the panes take: bindings, actions by key, hints."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from lead_tui.keys import CATALOGUE, Pane, of_pane, shown


def bindings_of(pane: Pane) -> list[BindingType]:
    """Textual's bindings for the keys of *pane*. Those of the whole app go before what a text input would do."""
    return [
        Binding(",".join(key.keys), key.action, key.sentence, show=False, priority=pane is Pane.APP, id=key.id)
        for key in of_pane(pane)
    ]


def actions_of(pane: Pane) -> dict[str, str]:
    """The action by each key of *pane*."""
    return {name: key.action for key in of_pane(pane) for name in key.keys}


def hints_of(pane: Pane) -> tuple[str, ...]:
    """The hints for the status line while *pane* has the focus: ``/ look up``."""
    ranked = sorted((key for key in CATALOGUE if key.hint and key.pane in (pane, Pane.MAIN)), key=lambda key: key.hint)
    return tuple(f"{shown(key.keys[0])} {key.label}" for key in ranked)
