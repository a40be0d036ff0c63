"""The effective keys: the catalogue with the user's changes, checked as a whole. Pure.

Keys can clash where they work together: those of a pane with each other, with those of the main screen or dialog around the pane,
and with those of the whole app. Two actions that share a key in the catalogue itself (``tab`` accepts a suggestion in the filters
and otherwise goes to the next pane) may share others too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, WRITING, Key, Pane, character_name, is_text, panes_in, shown
from lead_tui.leads.permissions import Capabilities
from lead_tui.leads.text import did_you_mean

_NAMED: Final = "up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace|enter|escape|tab|space|f([1-9]|1[0-9]|2[0-4])"
_ALIASES: Final = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", " ": "space",
    "pgup": "pageup", "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown",
}  # fmt: skip

_SENT: Final = (
    r"[^+]+|shift\+tab|(ctrl\+)?(shift\+)?(up|down|left|right|home|end|pageup|pagedown|insert|delete)"
    r"|ctrl\+([a-gk-ln-z]|backslash|right_square_bracket|circumflex_accent|underscore)|ctrl\+(shift\+)?\d|ctrl\+f\d+"
)
"""Keys that terminals send as themselves without a special keyboard protocol: they send ctrl+h, i, j and m as other keys."""

_ALWAYS: Final = frozenset({"app.leave", "main.escape", "filters.leave", "dialog.close"})
"""Actions that must keep a key: without one there would be no way out."""

_OF_DIGITS: Final = frozenset({"queries.run_digit", "sorting.turn_digit"})  # actions that depend on which digit is pressed


class InvalidKey(ValueError):
    """A change of keys that cannot be made; *problem* follows the *id* of the action, as written: "must …"."""

    def __init__(self, action_id: str, problem: str) -> None:
        super().__init__(f"{action_id} {problem}")
        self.id = action_id
        self.problem = problem


def effective(overrides: Mapping[str, tuple[str, ...] | str], *, plain: bool = False) -> tuple[Key, ...]:
    """Return the catalogue with the keys of *overrides*, by id, instead of its own; an empty tuple removes an action's keys.

    Keys may be written as people type them (``/``, ``?``, ``pgdn``). *plain* has their names shown in ASCII. Raises ``InvalidKey``
    for an unknown id, for a key that does not exist or does not arrive, and for two actions on one key.
    """
    changed: dict[str, tuple[str, ...]] = {}
    for action_id, given in overrides.items():
        if (key := KEY_BY_ID.get(action_id)) is None:
            near = did_you_mean(action_id, KEY_BY_ID) or "docs/keys.md lists them"
            raise InvalidKey(action_id, f"must be the id of an action: {near}")
        if key.id in _OF_DIGITS:
            raise InvalidKey(action_id, "cannot be changed: it always has the digits")
        if not given and key.id in _ALWAYS:
            raise InvalidKey(action_id, "must have a key: there would be no way out")
        several = (given,) if isinstance(given, str) else given
        changed[action_id] = tuple(dict.fromkeys(_checked(action_id, key.pane, each) for each in several))
    keys = tuple(key._replace(keys=changed.get(key.id, key.keys), plain=plain) for key in CATALOGUE)
    for action_id in overrides:
        _refuse_clash(keys, action_id)
    return keys


def permitted(keys: Iterable[Key], capabilities: Capabilities) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """Split *keys* into those that *capabilities* allow, and the others."""
    keys = tuple(keys)
    refused = tuple(key for key in keys if key.needs and not getattr(capabilities, key.needs))
    return tuple(key for key in keys if key not in refused), refused


def key_name(written: str) -> str:
    """Return Textual's name of the key *written* by the user: ``slash`` for ``/``. Raises ``ValueError`` for an unknown key."""
    # The last character may be the key + itself.
    head, _, last = written[:-1].rpartition("+")
    last += written[-1:]
    given = set(head.lower().split("+")) if head else set()
    if not given <= {"ctrl", "shift", "alt"}:
        raise ValueError(written)
    name = _ALIASES.get(last.lower(), last)
    if len(name) == 1 and name.isprintable():
        name = character_name(name.lower() if "ctrl" in given else name)
    elif re.fullmatch(_NAMED, name.lower()):
        name = name.lower()
    elif name not in WRITING:
        raise ValueError(written)
    if given == {"shift"} and len(name) == 1 and name.isalpha():
        given.remove("shift")
        name = name.upper()
    return "+".join([*(each for each in ("alt", "ctrl", "shift") if each in given), name])


def _checked(action_id: str, pane: Pane, written: str) -> str:
    """Return Textual's name of the key *written*. Raises ``InvalidKey`` if the action, which is of *pane*, cannot have it."""
    try:
        name = key_name(written.strip() or written)
    except ValueError:
        what = f"has a key that does not exist, {written[:20]}: keys are written as j, ctrl+r, f5, pagedown"
        raise InvalidKey(action_id, what) from None
    if not re.fullmatch(_SENT, name):
        raise InvalidKey(action_id, f"cannot have {written}: terminals do not send it, or send it as another key")
    if pane in (Pane.APP, Pane.FILTERS) and is_text(name):
        raise InvalidKey(action_id, f"cannot have {written}: it counts in text inputs too, where that key is for the text")
    if pane in (Pane.MAIN, Pane.TABLE, Pane.QUERIES) and name.isdigit():
        raise InvalidKey(action_id, f"cannot have {written}: a digit looks up a phone, or runs the query that has it")
    return name


def _refuse_clash(keys: Iterable[Key], action_id: str) -> None:
    """Raise ``InvalidKey`` if the action *action_id* has the same key as another one that works in the same place."""
    key = next(each for each in keys if each.id == action_id)
    for other in keys:
        meets = other.id != key.id and (key.pane in panes_in(other.pane) or other.pane in panes_in(key.pane))
        common = [name for name in key.keys if meets and name in other.keys]
        if common and set(KEY_BY_ID[key.id].keys).isdisjoint(KEY_BY_ID[other.id].keys):
            remedy = f"give {other.id} ({other.label}) another key too, or one of them none: []"
            raise InvalidKey(action_id, f"has {shown(common[0])}, which is {other.id} as well: {remedy}")
