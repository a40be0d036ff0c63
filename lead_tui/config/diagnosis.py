"""Find the line of a setting in a TOML text, which tomllib does not report, and describe what its type accepts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, Final

from msgspec import Struct, ValidationError
from msgspec import inspect as types

from lead_tui.leads.text import did_you_mean, one_line
from lead_tui.limits import MAX_SETTING_NAME_CHARACTERS

Path = tuple[str | int, ...]
"""Keys from the top; the tables of an array are numbered from 0: ``("query", 0, "name")``."""


_TEXT: Final = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY: Final = rf"(?:[\w-]+|{_TEXT})"
_DOTTED: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_STATEMENT: Final = (
    rf"(?m)^[ \t]*(?:(\[\[?)[ \t]*({_DOTTED})[ \t]*\]\]?[ \t]*(?=[#\r\n]|\Z)|({_DOTTED})[ \t]*=)"
    # Texts, of several lines or one, and comments: nothing in them is a statement.
    r"|\"{3}(?:[^\\]|\\[\s\S])*?\"{3}|'{3}[\s\S]*?'{3}"
    rf"|{_TEXT}|#[^\n]*"
)


def statements(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path and the offset of each header and each key that begins a line of *text*, which is known to parse."""
    last: dict[Path, int] = {}
    """The number of the last table of each array."""
    table: Path = ()
    for found in re.finditer(_STATEMENT, text):
        bracket, header, key = found.groups()
        if key:
            yield (*table, *_names(key)), found.start()
        elif header:
            table = ()
            for place, name in enumerate(names := _names(header), 1):
                table = (*table, name)
                if bracket == "[[" and place == len(names):
                    last[table] = last.get(table, -1) + 1
                table = (*table, last[table]) if table in last else table
            yield table, found.start()


def _names(key: str) -> list[str]:
    """Return the names in a dotted *key*."""
    value: Any = tomllib.loads(f"{key} = 0")
    names: list[str] = []
    while value != 0:
        ((name, value),) = value.items()
        names.append(name)
    return names


def line_of(text: str, path: Path) -> int:
    """Return the line, from 1, of *path* in *text*, or of the longest part of it that exists; 0 if none does."""

    def common(statement: tuple[Path, int]) -> int:
        """Return how many leading keys are the same."""
        return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(statement[0], path, strict=False))))

    # A header is the place of its table; without one, a table begins at the first of its keys.
    best = max(statements(text), key=common, default=((), 0))
    return text.count("\n", 0, best[1]) + 1 if common(best) else 0


def dotted(path: tuple[str, ...]) -> str:
    """Return *path* as TOML writes a key, on one line."""
    return ".".join(
        name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{one_line(name, MAX_SETTING_NAME_CHARACTERS)}"' for name in path
    )


# Types


def problem_at(
    kind: type[Struct], where: tuple[str, ...], value: object, error: ValidationError, others: Sequence[str] = ()
) -> tuple[str, str]:
    """Return problem ("" for an unknown setting) and remedy for the setting at *where* in a *kind*, whose *value* is invalid.

    *others* may be set at the top, too.
    """
    table, found = _type_at(kind, where[:-1]), _type_at(kind, where)
    known = [*_fields(table)]
    if found is None:
        known += others if len(where) == 1 else ()
        elsewhere = [
            f"[{name}.NAME]" if isinstance(part, types.DictType) else f"[{name}]"
            for name, each in _fields(types.type_info(kind)).items()
            for part in _parts(each)
            if where[-1] in _fields(part.value_type if isinstance(part, types.DictType) else part)
        ]
        if len(elsewhere) == 1:
            return "", f"it belongs under {elsewhere[0]}"
        return "", did_you_mean(where[-1], known) or f"known here: {', '.join(known)}"
    keys = [each.key_type for each in _parts(table) if isinstance(each, types.DictType)]
    if keys and "`key` in" in str(error):
        return f"must be {expected(keys[0])}", ""
    # [profile.main] for [profiles.main]
    near = did_you_mean(where[-1], [name for name in known if name != where[-1]]) if isinstance(value, dict) else ""
    return f"must be {expected(found, where)}", near


def expected(found: types.Type, where: tuple[str, ...] = ()) -> str:
    """Return what a setting of the type *found* at *where* accepts, to follow "must be"."""
    match found:
        case types.Metadata(extra_json_schema={"description": str(text)}):
            return text
        case types.Metadata(type=inner) | types.UnionType(types=(inner, *_)):
            return expected(inner, where)
        case types.BoolType():
            return "true or false"
        case types.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case types.FloatType(ge=least, le=most):
            return f"a number from {least:g} to {most:g}"
        case types.LiteralType(values=values):
            return " or ".join(f'"{value}"' for value in values)
        case types.CustomType(cls=cls):
            return getattr(cls, "expected", "a file's path")
    return f"a table, such as [{dotted(where)}]"


def _type_at(kind: type[Struct], where: tuple[str, ...]) -> types.Type | None:
    """Return the type of the setting at *where* in a *kind*; None for an unknown one."""
    found: types.Type | None = types.type_info(kind)
    for key in where:
        found = next(filter(None, (_below(part, key) for part in _parts(found))), None)
    return found


def _below(part: types.Type, key: str) -> types.Type | None:
    if isinstance(part, types.DictType):
        return part.value_type
    return part if isinstance(part, types.CustomType) else _fields(part).get(key)


def _fields(found: types.Type | None) -> dict[str, types.Type]:
    """Return the settings of the table *found*, by name."""
    return {field.name: field.type for part in _parts(found) if isinstance(part, types.StructType) for field in part.fields}


def _parts(found: types.Type | None) -> list[types.Type]:
    """Return the types that a value of the type *found* may have, without their descriptions."""
    match found:
        case None:
            return []
        case types.Metadata(type=inner):
            return _parts(inner)
        case types.UnionType(types=members):
            return [part for each in members for part in _parts(each)]
    return [found]
