"""Validate settings against the classes that declare them; errors name file, line, key and what is expected."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from datetime import time
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar

import msgspec
from msgspec import Meta, Struct, ValidationError
from msgspec import inspect as types

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.fields import column_named
from lead_tui.leads.text import did_you_mean, one_line
from lead_tui.limits import MAX_SETTING_NAME_CHARACTERS
from lead_tui.safe_files import read_trusted

S = TypeVar("S", bound=Struct)
KeyPath = tuple[str, ...]

Name = Annotated[str, Meta(max_length=MAX_SETTING_NAME_CHARACTERS, pattern=r"\S")]
"""A name that the server may use, kept exactly as it is written."""

PRINTABLE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*\Z"  # one line, without controls

Line = Annotated[str, Meta(max_length=100, pattern=PRINTABLE, description="a line of text of at most 100 characters")]

WebAddress = Annotated[
    str, Meta(pattern=r"^(?i:https?)://[^\s/?#]+[!-~]*\Z", description="an address that starts with https:// or http://")
]


class InvalidValue(ValueError):
    """A value that a setting does not accept. Its text is the problem, to follow the key: "must be …"."""


def columns_named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that *names*, perhaps with a ``+``, stand for, each once."""
    return tuple(dict.fromkeys(map(column_named, names)))


class SettingsTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of ``config.toml``."""

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
        if not isinstance(value, str) or (found := re.fullmatch(r"(\d{1,2}):(\d{2})", value)) is None:
            raise ValueError
        return cls(int(found[1]), int(found[2]))


class Source(Struct, frozen=True):
    """The text of a settings file and its path, to report the line of a setting."""

    path: Path = Path("config.toml")
    text: str = ""

    def __repr__(self) -> str:
        return f"Source({self.path})"

    def wrong(self, where: KeyPath, problem: str, remedy: str = "") -> ConfigurationError:
        """Return the error for a *problem* ("must be …") with the setting at *where*."""
        line = line_of(self.text, where)
        place = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigurationError(f"{place}: {dotted(where)} {problem}", remedy=remedy)

    def parsed(self) -> dict[str, Any]:
        """Parse the text. Raises ``ConfigurationError``, usually with the line of the mistake."""
        if not self.text:
            return {}
        # Imported here: most have no configuration file.
        import tomllib

        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError) as error:
            what = str(error).replace("Invalid value", "Invalid value, perhaps text without quotes")
            raise ConfigurationError(f"{self.path}: this is not TOML: {what}") from None


def read_text(path: Path, owners: Collection[int] = ()) -> str | None:
    """Return the text of the settings file *path*; None if there is none. Raises as ``read_trusted``, and for a link to nothing."""
    text = read_trusted(path, owners)
    # Otherwise defaults would replace masks and zones in silence.
    if text is None and os.path.lexists(path):
        raise ConfigurationError(f"{path} points to nothing", remedy="correct the link, or remove it")
    return text


_KEY: Final = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEYS: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_STATEMENT: Final = rf"[ \t]*(?:\[\[?[ \t]*({_KEYS})[ \t]*\]|({_KEYS})[ \t]*=)"  # a header, or the key before an equals sign


def line_of(text: str, path: KeyPath) -> int:
    """Return the line, from 1, that begins with the header or the key of *path*, or of the longest part of it; 0 if none does."""
    # A dot in quotes counts, too: ids in ``[keys]`` may be written without.
    wanted, table = ".".join(path).split("."), list[str]()
    found_at, most = 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        if found := re.match(_STATEMENT, line):
            keys = ".".join(key.strip("\"'") for key in re.findall(_KEY, found[1] or found[2])).split(".")
            table, keys = (keys, keys) if found[1] else (table, [*table, *keys])
            common = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(keys, wanted, strict=False))))
            if common > most:
                found_at, most = number, common
    return found_at


def dotted(path: KeyPath) -> str:
    """Return *path* as TOML writes a key, on one line."""
    return ".".join(
        name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{one_line(name, MAX_SETTING_NAME_CHARACTERS)}"' for name in path
    )


def read_settings(kind: type[S], given: Mapping[str, object], source: Source) -> S:
    """Return the settings *given* in *source*. Raises ``ConfigurationError`` for the first that is unknown or invalid."""

    def decode(target: type[Any], value: object) -> Any:
        if target is not Path:
            return target.decode(value)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ValueError
        return source.path.parent / os.path.expanduser(value)

    def problem(where: KeyPath, value: object) -> ValidationError | None:
        for key in reversed(where):
            value = {key: value}
        try:
            msgspec.convert(value, kind, dec_hook=decode)
        except ValidationError as error:
            return error
        return None

    def raise_first(table: Mapping[str, object], described: types.Type, above: KeyPath = ()) -> None:
        for key, value in table.items():
            if error := problem(where := (*above, key), value):
                found = _below(described, key)
                if found is not None and isinstance(value, dict) and problem(where, {}) is None:
                    raise_first(value, found, where)
                if found is None:
                    raise source.wrong(where, "is not a known setting", _near(key, _fields(described), _fields(whole)))
                if isinstance(error.__cause__, InvalidValue):
                    raise source.wrong(where, str(error.__cause__))
                # A key may be invalid itself, such as a day.
                raise source.wrong(where, f"must be {expected(described if '`key` in' in str(error) else found, where)}")

    try:
        return msgspec.convert(dict(given), kind, dec_hook=decode)
    except ValidationError:
        # The library's error path lacks the keys of tables such as [profiles.NAME], so each setting is converted separately.
        whole = types.type_info(kind)
        raise_first(given, whole)
        raise


def _near(key: str, known: Mapping[str, types.Type], tables: Mapping[str, types.Type]) -> str:
    under = [name for name, each in tables.items() if key in _fields(each)]
    near = f"it belongs under [{under[0]}]" if len(under) == 1 else did_you_mean(key, known)
    return near or f"known here: {', '.join(known)}"


def _below(table: types.Type, key: str) -> types.Type | None:
    """Return the type of the setting *key* in a *table*; None for an unknown one."""
    match table:
        case types.Metadata(type=inner):
            return _below(inner, key)
        case types.DictType(value_type=value):
            return value
    return _fields(table).get(key)


def _fields(table: types.Type) -> dict[str, types.Type]:
    """Return the settings of a *table*, by name."""
    match table:
        case types.Metadata(type=inner):
            return _fields(inner)
        case types.UnionType(types=members):
            return {name: each for member in members for name, each in _fields(member).items()}
        case types.StructType(fields=fields):
            return {field.encode_name: field.type for field in fields}
    return {}


def expected(found: types.Type, where: KeyPath = ()) -> str:
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
