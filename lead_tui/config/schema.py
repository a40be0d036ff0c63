"""Validate settings against the classes that declare them; errors name file, line, key and what is expected."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import time
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar, cast

import msgspec
from msgspec import Meta, Struct, ValidationError
from msgspec import inspect as types
from msgspec.structs import force_setattr

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.fields import column_named
from lead_tui.leads.text import did_you_mean, one_line
from lead_tui.limits import MAX_SETTING_NAME_CHARACTERS
from lead_tui.safe_files import read_trusted

S = TypeVar("S", bound=Struct)
KeyPath = tuple[str, ...]
Location = tuple[str | int, ...]
"""Keys from the top; the tables of an array are numbered from 0: ``("query", 0, "name")``."""

Name = Annotated[str, Meta(max_length=MAX_SETTING_NAME_CHARACTERS, pattern=r"\S")]
"""A name that the server may use, kept exactly as it is written."""

TableName = Annotated[Name, Meta(description=f"named by a line of at most {MAX_SETTING_NAME_CHARACTERS} characters")]

Line = Annotated[str, Meta(max_length=100, description="a line of text of at most 100 characters")]

WebAddress = Annotated[
    str, Meta(pattern=r"^\s*(?i:https?)://[^\s/?#]+\S*\s*$", description="an address that starts with https:// or http://")
]

RedisAddress = Annotated[
    str,
    Meta(
        pattern=r"^\s*(?:rediss://|redis://(?=(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/\s]|$)))[^\s/?#@]+(?:/[0-9]+)?\s*$",
        description="an address that starts with rediss://, or with redis:// for this host, without a password",
    ),
]

_AT_LINE: Final = r"\s*\(at line (\d+), column \d+\)$"


# Values


class InvalidValue(ValueError):
    """A value that a setting does not accept. Its text is the problem, to follow the key: "must be …"."""


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names*. Raises ``ValueError`` for one that is repeated."""
    if len(set(names)) < len(names):
        raise ValueError
    return names


def columns_named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that *names*, perhaps with a ``+``, stand for. Raises ``ValueError`` for repeated names."""
    return tuple(dict.fromkeys(map(column_named, each_once(names))))


class SettingsTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of ``config.toml``. Each text is one printable line, without the spaces around it."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if isinstance(value := getattr(self, name), str):
                text = value.strip()
                if one_line(text) != text:
                    raise ValueError
                force_setattr(self, name, text)

    def __repr__(self) -> str:
        # Without the values, some of which may be secrets.
        return f"{type(self).__name__}(…)"


class TimeOfDay(time):
    """A time of day, written ``"8:00"`` or in TOML's own way, ``08:00:00``."""

    expected: ClassVar = 'a time of day, such as "8:00" or "21:30"'

    @classmethod
    def decode(cls, value: object) -> Self:
        """Convert a value of a file. Raises ``ValueError``."""
        if isinstance(value, time):
            return cls(value.hour, value.minute, value.second)
        if not isinstance(value, str) or (found := re.fullmatch(r"(\d{1,2}):(\d{2})", value.strip())) is None:
            raise ValueError
        return cls(int(found[1]), int(found[2]))


def _path(value: object, directory: Path) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    try:
        return directory / Path(value.strip()).expanduser()
    except RuntimeError:
        raise InvalidValue("must be a file's path, and there is no such home directory") from None


# Texts


class Source(Struct, frozen=True):
    """The text of a settings file and its path, to report the line of a setting."""

    path: Path = Path("config.toml")
    text: str = ""

    def __repr__(self) -> str:
        return f"Source({self.path})"

    def wrong(self, where: KeyPath, problem: str, remedy: str = "") -> ConfigurationError:
        """Return the error for a *problem* ("must be …") with the setting at *where*; "" means that there is no such setting."""
        line = line_of(self.text, where)
        place = f"{self.path}, line {line}" if line else str(self.path)
        key = dotted(where)
        message = f"{key} {problem}" if problem else "unknown setting " + (key if key.startswith('"') else f'"{key}"')
        return ConfigurationError(f"{place}: {message}", remedy=remedy)

    def parsed(self) -> dict[str, Any]:
        """Parse the text. Raises ``ConfigurationError`` with the line of a mistake."""
        if not self.text:
            return {}
        # Imported here: most have no configuration file.
        import tomllib

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            message = str(error).replace("Invalid value", "Invalid value (text needs quotes)")
            at = re.search(_AT_LINE, message)
            line = int(at[1]) if at else self.text.rstrip("\n").count("\n") + 1
            what = re.sub(_AT_LINE, "", message).replace(" (at end of document)", " at its end")
            raise ConfigurationError(f"{self.path}, line {line}: this is not TOML: {what}") from None
        except (RecursionError, ValueError):
            # Python reads numbers of at most 4,300 digits.
            raise ConfigurationError(f"{self.path} is nested too deep, or a number in it is too long") from None


def read_text(path: Path, owners: Collection[int] = ()) -> str | None:
    """Return the text of the settings file *path*, None if there is none. Raises as ``read_trusted``, and for a link to nothing:
    defaults would replace masks and zones in silence.
    """
    text = read_trusted(path, owners)
    if text is None and os.path.lexists(path):
        raise ConfigurationError(f"{path} points to nothing", remedy="correct the link, or remove it")
    return text


_TEXT: Final = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY: Final = rf"(?:[\w-]+|{_TEXT})"
_DOTTED: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_STATEMENT: Final = (
    rf"(?m)^[ \t]*(?:(\[\[?)[ \t]*({_DOTTED})[ \t]*\]\]?[ \t]*(?=[#\r\n]|\Z)|({_DOTTED})[ \t]*=)"
    # Texts, of several lines or one, and comments: nothing in them is a statement.
    r"|\"{3}(?:[^\\]|\\[\s\S])*?\"{3}|'{3}[\s\S]*?'{3}"
    rf"|{_TEXT}|#[^\n]*"
)


def statements(text: str) -> Iterator[tuple[Location, int]]:
    """Yield the path and the offset of each header and each key that begins a line of *text*, which is known to parse."""
    last: dict[Location, int] = {}
    """The number of the last table of each array."""
    table: Location = ()
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
    import tomllib

    value: Any = tomllib.loads(f"{key} = 0")
    names: list[str] = []
    while value != 0:
        ((name, value),) = value.items()
        names.append(name)
    return names


def line_of(text: str, path: Location) -> int:
    """Return the line, from 1, of *path* in *text*, or of the longest part of it that exists; 0 if none does."""

    def common(statement: tuple[Location, int]) -> int:
        """Return how many leading keys are the same."""
        return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(statement[0], path, strict=False))))

    # A header is the place of its table; without one, a table begins at the first of its keys.
    best = max(statements(text), key=common, default=((), 0))
    return text.count("\n", 0, best[1]) + 1 if common(best) else 0


def dotted(path: KeyPath) -> str:
    """Return *path* as TOML writes a key, on one line."""
    return ".".join(
        name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{one_line(name, MAX_SETTING_NAME_CHARACTERS)}"' for name in path
    )


# Settings


def read_settings(kind: type[S], given: Mapping[str, object], source: Source, others: Sequence[str] = ()) -> S:
    """Convert the settings *given* in *source*, which may also have *others*, to a *kind*; those not given have their defaults.

    Raises ``ConfigurationError`` for the first setting that is unknown or invalid, in the order of the file.
    """

    def decode(target: type[Any], value: object) -> Any:
        return _path(value, source.path.parent) if target is Path else target.decode(value)

    def problem(where: KeyPath, value: object) -> ValidationError | None:
        """Return what is wrong with *value* alone at *where*."""
        for key in reversed(where):
            value = {key: value}
        try:
            msgspec.convert(value, kind, dec_hook=decode)
        except ValidationError as error:
            return error
        return None

    def first_problem(where: KeyPath, table: Mapping[str, object]) -> tuple[KeyPath, object, ValidationError] | None:
        each = (((*where, key), value, problem((*where, key), value)) for key, value in table.items())
        return next(((below, value, error) for below, value, error in each if error is not None), None)

    try:
        return msgspec.convert(dict(given), kind, dec_hook=decode)
    except ValidationError as error:
        # The library's error path lacks the keys of tables such as [profiles.NAME], so each setting is converted separately.
        where, value, invalid = KeyPath(), cast("object", dict(given)), error
        while isinstance(value, dict) and problem(where, {}) is None and (found := first_problem(where, value)):
            where, value, invalid = found
        if isinstance(invalid.__cause__, InvalidValue):
            raise source.wrong(where, str(invalid.__cause__)) from None
        raise source.wrong(where, *problem_at(kind, where, value, invalid, others)) from None


# What a setting accepts


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
