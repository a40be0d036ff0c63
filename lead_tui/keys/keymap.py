"""The keys in effect: the catalogue with what a person changed of it, checked as a whole. Pure.

Where keys meet is decided by where they count: those of a pane meet each other, those of what the pane lies in (the main screen
or a dialog), and those of the whole app. Two actions that share a key in the catalogue itself (``tab`` takes a suggestion in the
filters and else goes to the next pane) may share others too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from lead_tui.keys.catalogue import CATALOGUE, KEY_BY_ID, LISTS, RENAMED, Key, Pane, shown
from lead_tui.leads.permissions import Capabilities

_MAIN_PANES: Final = (Pane.TABLE, Pane.FILTERS, Pane.DETAIL)

_NAMED: Final = frozenset(
    (
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace"),
        *("enter", "escape", "tab", "space"),
        *(f"f{number}" for number in range(1, 25)),
    )
)
_ALIASES: Final = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "del": "delete",
    "ins": "insert",
    " ": "space",
}
_CHARACTER_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Textual's own names for some characters; the others have Unicode's."""

_TAKEN: Final = {
    "ctrl+a": "the program screen takes it",
    "ctrl+b": "tmux takes it",
    "ctrl+i": "terminals send it as tab",
    "ctrl+m": "terminals send it as enter",
    "ctrl+h": "many terminals send it as backspace",
    "ctrl+j": "terminals send it as a line feed",
    "ctrl+left_square_bracket": "terminals send it as escape",
    "f1": "many terminals open their help with it",
    "f10": "many terminals open their menu with it",
    "f11": "many terminals go to the full screen with it",
}
"""Keys that never arrive, or not as themselves, with why (field experience with terminals, tmux, screen, browsers)."""

_KEPT: Final = frozenset({"ctrl+a", "ctrl+b", "f1", "f10", "f11"})
"""Those of them that arrive where nothing else wants them: an action can have them beside another key."""

_ALWAYS: Final = frozenset({"app.leave", "main.escape", "filters.leave", "dialog.close"})
"""Actions that keep a key: without one there would be no way out."""

_FIXED: Final = frozenset({"queries.run_digit"})
"""Actions whose keys are what they are about."""


class InvalidKey(ValueError):
    """A change to the keys that cannot be made; the message stands after the id: "must …". *id* is the action's."""

    def __init__(self, action_id: str, problem: str, remedy: str = "") -> None:
        super().__init__(f"{action_id} {problem}{f': {remedy}' if remedy else ''}")
        self.id = action_id
        self.problem = problem
        self.remedy = remedy


def effective(overrides: Mapping[str, tuple[str, ...]], *, plain: bool = False) -> tuple[Key, ...]:
    """The catalogue with the keys of *overrides* by id in place of its own; no keys for an action take it off the keyboard.

    Keys may be written as people type them (``/``, ``?``, ``pgdn``). *plain* has their names shown in ASCII. Raises ``UnfitKey``
    for an unknown id, a key that does not exist or does not arrive, and two actions on one key.
    """
    by_id = {RENAMED.get(written, written): written for written in overrides}
    try:
        return _effective({action_id: overrides[written] for action_id, written in by_id.items()}, plain)
    except InvalidKey as error:
        raise InvalidKey(by_id.get(error.id, error.id), error.problem, error.remedy) from None


def _effective(overrides: Mapping[str, tuple[str, ...]], plain: bool) -> tuple[Key, ...]:
    changed: dict[str, tuple[str, ...]] = {}
    for action_id, given in overrides.items():
        key = KEY_BY_ID.get(action_id)
        if key is None:
            # Imported here, where a mistake was made.
            from lead_tui.leads.names import did_you_mean

            near = did_you_mean(action_id, KEY_BY_ID)
            raise InvalidKey(action_id, "is the id of no action", near or "the help and the README list them")
        if action_id in _FIXED:
            raise InvalidKey(action_id, "has the digits, and keeps them")
        if not given and action_id in _ALWAYS:
            raise InvalidKey(action_id, "must have a key", "there would be no way out")
        names = tuple(dict.fromkeys(_checked(key, each) for each in given))
        if names and names != key.keys and _KEPT.issuperset(names):
            why = _TAKEN[names[0]]
            raise InvalidKey(key.id, f"cannot have {shown(names[0])} as its only key", f"{why}; give it another one too")
        changed[action_id] = names
    keys = tuple(
        key._replace(keys=changed.get(key.id, key.keys), sentence=_sentence(key, changed, plain), plain=plain) for key in CATALOGUE
    )
    if changed:
        _refuse_clashes(keys, changed)
    return keys


def _sentence(key: Key, changed: Mapping[str, tuple[str, ...]], plain: bool) -> str:
    """The sentence of *key*, with the keys that it names as they are *changed*."""
    if key.id in ("main.narrow", "main.sort") and (escape := changed.get("main.escape")):
        return key.sentence.replace("esc shows", f"{shown(escape[0], plain=plain)} shows")
    if key.id == "filters.take" and "right" not in changed.get(key.id, key.keys):
        return key.sentence.partition(";")[0]
    return key.sentence


def permitted(keys: Iterable[Key], capabilities: Capabilities) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """Split *keys* into those that *capabilities* allow, and the others."""
    told: tuple[list[Key], list[Key]] = ([], [])
    for key in keys:
        told[bool(key.needs) and not getattr(capabilities, key.needs)].append(key)
    return tuple(told[0]), tuple(told[1])


def key_name(written: str) -> str:
    """Textual's name of the key *written* by a person: ``slash`` for ``/``. Raises ``ValueError`` where there is no such key."""
    head, _, last = written.rpartition("+")
    if not last:
        # The key + itself.
        if not written or (head and not head.endswith("+")):
            raise ValueError(written)
        head, last = head.removesuffix("+"), "+"
    given = set(head.lower().split("+")) if head else set()
    if not given <= {"ctrl", "shift", "alt"}:
        raise ValueError(written)
    name = _ALIASES.get(last.lower(), last)
    if len(name) == 1 and name.isprintable():
        name = _character_name(name.lower() if "ctrl" in given else name)
    elif name.lower() in _NAMED:
        name = name.lower()
    elif not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or name not in _PUNCTUATION:
        raise ValueError(written)
    if "shift" in given and len(name) == 1 and "ctrl" not in given:
        given.remove("shift")
        name = name.upper()
    return "+".join([*(each for each in ("alt", "ctrl", "shift") if each in given), name])


def _character_name(character: str) -> str:
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _CHARACTER_NAMES.get(name, name or character)


_PUNCTUATION: Final = frozenset(map(_character_name, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))


def is_text(key: str) -> bool:
    """Whether *key*, by Textual's name, writes a character."""
    return len(key) == 1 or key in _PUNCTUATION or key == "space"


def _checked(key: Key, written: str) -> str:
    try:
        name = key_name(written.strip() or written)
    except ValueError:
        raise InvalidKey(
            key.id, f"has a key that does not exist, {written[:20]}", "keys are written as j, ctrl+r, f5, pagedown"
        ) from None
    if "alt+" in name:
        raise InvalidKey(key.id, f"cannot have {written}", "terminals send alt as an escape before the key")
    if (why := _TAKEN.get(name)) and name not in _KEPT:
        raise InvalidKey(key.id, f"cannot have {written}", why)
    if key.pane in (Pane.APP, Pane.FILTERS) and (is_text(name) or name == "backspace"):
        raise InvalidKey(key.id, f"cannot have {written}", "it counts in text inputs too, where that key is for the text")
    if key.pane in (Pane.MAIN, Pane.TABLE) and len(name) == 1 and name.isdigit():
        raise InvalidKey(key.id, f"cannot have {written}", "a digit typed on the table looks up a phone")
    if key.pane is Pane.QUERIES and len(name) == 1 and name.isdigit():
        raise InvalidKey(key.id, f"cannot have {written}", "a digit runs the query that has it")
    return name


def _refuse_clashes(keys: Iterable[Key], changed: Mapping[str, tuple[str, ...]]) -> None:
    keys = tuple(keys)
    for action_id in changed:
        key = next(each for each in keys if each.id == action_id)
        for other in keys:
            if other.id == key.id or not _meet(key.pane, other.pane) or _shares(key.id, other.id):
                continue
            for name in key.keys:
                if name in other.keys:
                    remedy = f"give {other.id} ({other.label}) another key too, or one of them none: []"
                    raise InvalidKey(key.id, f"has {shown(name)}, which is {other.id} as well", remedy)


def _meet(one: Pane, other: Pane) -> bool:
    return one is other or _lies_in(one, other) or _lies_in(other, one)


def _lies_in(pane: Pane, around: Pane) -> bool:
    """Whether the keys of *around* count in *pane* too."""
    if around is Pane.APP:
        return True
    if around is Pane.MAIN:
        return pane in _MAIN_PANES
    if around is Pane.LIST:
        return pane in LISTS
    return around is Pane.DIALOG and pane not in (*_MAIN_PANES, Pane.MAIN, Pane.APP)


def _shares(one: str, other: str) -> bool:
    return not set(KEY_BY_ID[one].keys).isdisjoint(KEY_BY_ID[other].keys)
