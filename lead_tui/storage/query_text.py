"""Changing one entry in the text of a file of saved queries; the rest stays as it was, byte for byte.

People write these files too: comments, order and keys that nobody knows are theirs. So an entry's own lines are cut out,
changed by tomlkit and put back, and what comes out is read again and compared with what was meant before anybody uses it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lead_tui.storage.toml_lines import Statement, statements

QUERY: Final = "query"


class CannotEdit(Exception):
    """The text is written in a way that cannot be changed here without touching more than was meant."""


@dataclass(frozen=True, slots=True)
class Removed:
    """An entry that was taken out of a text."""

    entry: dict[str, Any]
    lines: str
    """The entry as it stood there, in lines that begin with ``[[query]]``."""
    index: int
    before: str
    after: str


def rendered(entry: Mapping[str, Any]) -> str:
    """*entry* in lines that begin with ``[[query]]``."""
    import tomlkit

    document = tomlkit.document()
    table = tomlkit.table()
    for key, value in entry.items():
        table.append(key, _inline(value) if isinstance(value, dict) else value)
    array = tomlkit.aot()
    array.append(table)
    document.append(QUERY, array)
    return document.as_string()


def appended(text: str, lines: str) -> str:
    """*text* with the entry *lines* at its end. Raises ``CannotEdit``."""
    entry = _entries(lines)[0]
    if _is_inline(text):
        return _meant(text, _within_array(text, lambda array: array.append(_inline(entry))), [*_entries(text), entry])
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return _meant(text, text + gap + lines, [*_entries(text), entry])


def changed(text: str, index: int, values: Mapping[str, Any]) -> str:
    """*text* with *values* in its entry *index*, the keys that are not among them left as they are. Raises ``CannotEdit``.

    ``filters`` among them is the whole of them: others go.
    """
    return edited(text, {index: values}, [])


def edited(text: str, changes: Mapping[int, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]) -> str:
    """*text* with the values of *changes* in its entries, by index, and *added* at its end. Raises ``CannotEdit``.

    Takes the time of reading the text once, however many entries there are.
    """
    meant = [{**entry, **changes.get(place, {})} for place, entry in enumerate(_entries(text))]
    if _is_inline(text):

        def change(array: Any) -> None:
            for place, values in changes.items():
                _set(array[place], values)
            for entry in added:
                array.append(_inline(entry))

        return _meant(text, _within_array(text, change), [*meant, *added])
    after = text
    every = statements(text)
    for index in sorted(changes, reverse=True):
        start, end = _span_in(every, index)
        values = changes[index]
        segment = _edited(text[start:end], lambda document: _set(document[QUERY][0], values))  # noqa: B023 - called at once
        after = after[:start] + segment + after[end:]
    for entry in added:
        gap = "" if not after or after.endswith("\n\n") else "\n" if after.endswith("\n") else "\n\n"
        after += gap + rendered(entry)
    return _meant(text, after, [*meant, *added])


def removed(text: str, index: int) -> Removed:
    """*text* without its entry *index*; comments above it stay. Raises ``CannotEdit``."""
    entries = _entries(text)
    rest = [entry for place, entry in enumerate(entries) if place != index]
    if _is_inline(text):
        after = _within_array(text, lambda array: array.__delitem__(index))
        lines = rendered(entries[index])
    else:
        start, end = _span(text, index)
        lines = text[start:end]
        while text.startswith(("\n", "\r\n"), end):
            end = text.index("\n", end) + 1
        after = text[:start] + text[end:]
    return Removed(entries[index], lines, index, text, _meant(text, after, rest))


def restored(text: str, gone: Removed) -> str:
    """*text* with *gone* where it was, as far as that can still be told. Raises ``CannotEdit``."""
    if text == gone.after:
        return gone.before
    entries = _entries(text)
    if gone.index >= len(entries) or _is_inline(text):
        return appended(text, gone.lines)
    meant = [*entries[: gone.index], gone.entry, *entries[gone.index :]]
    lines = gone.lines.rstrip() + "\n"
    if gone.index:
        _, end = _span(text, gone.index - 1)
        return _meant(text, text[:end] + "\n" + lines + text[end:], meant)
    start, _ = _span(text, 0)
    return _meant(text, text[:start] + lines + "\n" + text[start:], meant)


def _entries(text: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(text).get(QUERY, [])
    return entries


def _is_inline(text: str) -> bool:
    """Whether the entries stand in one list, ``query = [{…}, {…}]``."""
    return any(statement.path == (QUERY,) and not statement.is_header for statement in statements(text))


def _span(text: str, index: int) -> tuple[int, int]:
    """From where to where the lines of the entry *index* go: from its header to its last value."""
    return _span_in(statements(text), index)


def _span_in(every: Sequence[Statement], index: int) -> tuple[int, int]:
    own = [place for place, statement in enumerate(every) if statement.path[:2] == (QUERY, index)]
    if not own or not every[own[0]].is_header or own != list(range(own[0], own[-1] + 1)):
        raise CannotEdit
    return every[own[0]].start, every[own[-1]].end


def _edited(text: str, change: Any) -> str:
    import tomlkit

    try:
        document = tomlkit.parse(text)
        if document.as_string() != text:
            raise CannotEdit
        change(document)
        return document.as_string()
    except CannotEdit:
        raise
    except Exception:
        # Whatever the library stumbles over, the file stays as it is.
        raise CannotEdit from None


def _within_array(text: str, change: Any) -> str:
    return _edited(text, lambda document: change(document[QUERY]))


def _inline(value: Mapping[str, Any]) -> Any:
    import tomlkit

    if not value:
        return tomlkit.inline_table()
    # Put together here: the library leaves no space inside the braces, and a person reads better with one.
    pairs = [f"{tomlkit.key(key).as_string()} = {_written(each)}" for key, each in value.items()]
    return tomlkit.parse(f"value = {{ {', '.join(pairs)} }}")["value"]


def _written(value: Any) -> str:
    import tomlkit

    item = _inline(value) if isinstance(value, dict) else tomlkit.item(value)
    return str(item.as_string())


def _set(table: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if not isinstance(value, dict):
            table[key] = value
        elif key not in table:
            table[key] = _inline(value)
        else:
            _set_whole(table[key], value)


def _set_whole(table: Any, values: Mapping[str, Any]) -> None:
    for name in [name for name in table if name not in values]:
        del table[name]
    for name, value in values.items():
        if name not in table or table[name] != value:
            table[name] = value


def _meant(before: str, after: str, entries: list[Any]) -> str:
    """*after*, where it holds *entries* and else what *before* held."""
    old = tomllib.loads(before)
    try:
        new = tomllib.loads(after)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise CannotEdit from None
    old.pop(QUERY, None)
    if new.pop(QUERY, []) != entries or new != old:
        raise CannotEdit
    return after
