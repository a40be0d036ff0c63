"""Validate a text of settings against the classes that declare them; errors name file, line, key and what is expected there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeVar

import msgspec
from msgspec import Meta, Struct, ValidationError

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.fields import column_named
from lead_tui.leads.text import one_line

if TYPE_CHECKING:
    from msgspec.inspect import StructType, Type

S = TypeVar("S", bound=Struct)
KeyPath = tuple[str, ...]

MAX_NAME_CHARACTERS: Final = 200
"""Characters of the name of a column, a field or a key: an account's own attributes may have long ones."""

Name = Annotated[str, Meta(max_length=MAX_NAME_CHARACTERS, pattern=r"\S")]
"""A name that the server may know, kept exactly as it is written."""

TableName = Annotated[Name, Meta(description=f"named by a line of at most {MAX_NAME_CHARACTERS} characters")]

_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)$")


# Values


class InvalidValue(ValueError):
    """A value that is not what a setting takes. Its text says what is expected, to follow "must be"."""


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names*. Raises ``ValueError`` for one that is repeated."""
    if len(set(names)) < len(names):
        raise ValueError
    return names


def columns_named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns meant by *names*, which may carry the mark of a custom attribute. Raises ``ValueError`` for repeats."""
    return tuple(dict.fromkeys(map(column_named, each_once(names))))


class TimeOfDay(time):
    """A time of day, written ``"8:00"`` or in TOML's own way, ``08:00:00``."""

    expected: ClassVar = 'a time of day, as "8:00" or "21:30"'

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
        raise InvalidValue("a file's path, and there is no such home directory") from None


# Texts


class Source(Struct, frozen=True):
    """A text of settings and the file it came from, to report the line of a setting."""

    path: Path = Path("config.toml")
    text: str = ""

    def __repr__(self) -> str:
        return f"Source({self.path})"

    def wrong(self, where: KeyPath, problem: str, remedy: str = "") -> ConfigurationError:
        """Return the error to raise for a *problem* with the setting at *where*; it follows the key ("must be …")."""
        # Imported here: it is needed for a mistake only.
        from lead_tui.storage.toml_lines import line_of

        line = line_of(self.text, where)
        place = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigurationError(one_line(f"{place}: {dotted(where)} {problem}"), remedy=one_line(remedy))

    def parsed(self) -> dict[str, Any]:
        """Parse the text. Raises ``ConfigurationError`` with the line of a mistake."""
        # Imported here: most have no configuration file.
        import tomllib

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            message = str(error)
            at = _AT_LINE.search(message)
            line = int(at[1]) if at else self.text.rstrip("\n").count("\n") + 1
            what = _AT_LINE.sub("", message).replace(" (at end of document)", " at its end")
            raise ConfigurationError(one_line(f"{self.path}, line {line}: this is not TOML"), remedy=one_line(what)) from None
        except RecursionError:
            raise ConfigurationError(one_line(f"{self.path} is nested too deep to be read")) from None


def dotted(where: KeyPath) -> str:
    """Return *where* as TOML writes a key."""
    return ".".join(key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{one_line(key, MAX_NAME_CHARACTERS)}"' for key in where)


def read_settings(kind: type[S], given: Mapping[str, object], source: Source) -> S:
    """Convert what is *given* in *source* to a *kind*; what is not given has its default.

    Raises ``ConfigurationError`` for the first setting that is unknown or invalid, in the order of the file.
    """

    def decode(target: type[Any], value: object) -> Any:
        return _path(value, source.path.parent) if target is Path else target.decode(value)

    def problem(part: object) -> ValidationError | None:
        try:
            msgspec.convert(part, kind, dec_hook=decode)
        except ValidationError as error:
            return error
        return None

    def first_problem(table: Mapping[str, object], at: KeyPath) -> tuple[KeyPath, object, ValidationError] | None:
        # The library's path leaves out the keys of tables such as [profiles.NAME], so each setting is converted alone.
        for key, value in table.items():
            where = (*at, key)
            if (error := problem(_nested(where, value))) is not None:
                is_table = isinstance(value, dict) and problem(_nested(where, {})) is None
                return (first_problem(value, where) if is_table and isinstance(value, dict) else None) or (where, value, error)
        return None

    try:
        return msgspec.convert(dict(given), kind, dec_hook=decode)
    except ValidationError as error:
        raise _explained(kind, source, *(first_problem(given, ()) or ((), given, error))) from None


def _nested(where: KeyPath, value: object) -> object:
    for key in reversed(where):
        value = {key: value}
    return value


# Errors


def _explained(kind: type[Struct], source: Source, where: KeyPath, value: object, error: ValidationError) -> ConfigurationError:
    parent, found = type_at(kind, where[:-1]), type_at(kind, where)
    if found is None:
        # Imported here, where a mistake was made.
        from lead_tui.leads.nearest import did_you_mean

        table = _struct_in(parent)
        known = tuple(field.encode_name for field in table.fields) if table else ()
        return source.wrong(where, "is not a setting", did_you_mean(where[-1], known) or f"known here: {', '.join(known)}")
    if isinstance(error.__cause__, InvalidValue):
        return source.wrong(where, f"must be {error.__cause__}")
    if "`key` in" in str(error):
        return source.wrong(where, f"must be {expected(_key_type(parent) or found)}")
    return source.wrong(where, f"must be {expected(found, where)}{_shown(found, value)}")


def type_at(kind: type[Struct], where: KeyPath) -> Type | None:
    """Return the type of the setting at *where* in a *kind*; None for an unknown one."""
    # Imported here, as below: it is needed for mistakes and documents only.
    from msgspec import inspect

    found: Type | None = inspect.type_info(kind)
    for key in where:
        found = _below(found, key)
    return found


def _below(found: Type | None, key: str) -> Type | None:
    from msgspec import inspect

    match found:
        case inspect.Metadata(type=inner):
            return _below(inner, key)
        case inspect.UnionType(types=types):
            return next(filter(None, (_below(each, key) for each in types)), None)
        case inspect.StructType(fields=fields):
            return next((field.type for field in fields if field.encode_name == key), None)
        case inspect.DictType(value_type=value):
            return value
        case inspect.CustomType():
            return found
    return None


def _key_type(found: Type | None) -> Type | None:
    from msgspec import inspect

    return _key_type(found.type) if isinstance(found, inspect.Metadata) else getattr(found, "key_type", None)


def _struct_in(found: Type | None) -> StructType | None:
    from msgspec import inspect

    match found:
        case inspect.Metadata(type=inner):
            return _struct_in(inner)
        case inspect.UnionType(types=types):
            return next(filter(None, map(_struct_in, types)), None)
        case inspect.StructType():
            return found
    return None


def settings_of_table(kind: type[Struct]) -> list[tuple[str, object, Type]]:
    """Return name, default and type of the settings of *kind*, those that it inherits last."""
    from msgspec import NODEFAULT, inspect

    found = inspect.type_info(kind)
    fields = found.fields if isinstance(found, inspect.StructType) else ()
    return [
        (field.name, None if field.default is NODEFAULT else field.default, field.type)
        for field in sorted(fields, key=lambda field: field.name not in kind.__annotations__)
    ]


def table_in(found: Type) -> type[Struct] | None:
    """Return the class of the table, or of the tables by name, that the type *found* stands for; None for a single setting."""
    from msgspec import inspect

    inner = found.value_type if isinstance(found, inspect.DictType) else found
    return inner.cls if isinstance(inner, inspect.StructType) else None


def expected(found: Type, where: KeyPath = ("NAME",)) -> str:
    """Say what a setting of the type *found* at *where* takes, to follow "must be"."""
    from msgspec import inspect

    match found:
        case inspect.Metadata(extra_json_schema={"description": str(text)}):
            return text
        case inspect.Metadata(type=inner) | inspect.UnionType(types=(inner, *_)):
            return expected(inner, where)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case inspect.FloatType(ge=least, le=most):
            return f"a number from {least:g} to {most:g}"
        case inspect.LiteralType(values=values):
            return " or ".join(f'"{value}"' for value in values)
        case inspect.CustomType(cls=cls):
            return getattr(cls, "expected", "a file's path")
    return f"a table, as [{dotted(where)}]"


def _shown(found: Type, value: object) -> str:
    """The invalid *value*, where it can hold no secret: free text may be one in the wrong place."""
    from msgspec import inspect

    if not isinstance(found, (inspect.BoolType, inspect.IntType, inspect.FloatType, inspect.LiteralType)):
        return ""
    if isinstance(value, str):
        return f', not "{one_line(value, 20)}"'
    if isinstance(value, (int, float)):
        return f", not {str(value).lower()}"
    return ""
