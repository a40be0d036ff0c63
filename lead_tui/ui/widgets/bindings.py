"""From the catalogue of keys to what Textual and the panes take: bindings, actions by key, hints."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, Key, Pane, of_pane


def bindings_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> list[BindingType]:
    """Textual's bindings for the keys of *pane*. Those of the whole app go before what a text input would do."""
    return [
        Binding(",".join(key.keys), key.action, key.sentence, show=False, priority=pane is Pane.APP, id=key.id)
        for key in of_pane(pane, keys)
        if key.keys
    ]


def rebind(node: DOMNode, keys: Sequence[Key], *panes: Pane) -> None:
    """Give *node*, which was made with the catalogue's bindings of *panes*, those of *keys* in their place.

    Textual's own keymap cannot take a key away from an action.
    """
    if len(keys) == len(CATALOGUE) and all(key.keys == KEY_BY_ID[key.id].keys for key in keys if key.id in KEY_BY_ID):
        return
    bindings = node._bindings
    kept = {name: [binding for binding in bound if binding.id not in KEY_BY_ID] for name, bound in bindings.key_to_bindings.items()}
    bindings.key_to_bindings = {name: bound for name, bound in kept.items() if bound}
    for pane in panes:
        for key in of_pane(pane, keys):
            if key.keys:
                bindings.bind(",".join(key.keys), key.action, key.sentence, show=False, priority=pane is Pane.APP)


def actions_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> dict[str, str]:
    """The action by each key of *pane*."""
    return {name: key.action for key in of_pane(pane, keys) for name in key.keys}


def hints_of(pane: Pane, keys: Sequence[Key] = CATALOGUE) -> tuple[str, ...]:
    """The hints for the status line while *pane* has the focus: ``/ look up``."""
    ranked = sorted((key for key in keys if key.hint and key.keys and key.pane in (pane, Pane.MAIN)), key=lambda key: key.hint)
    return tuple(f"{key.first} {key.label}" for key in ranked)
