"""Validate settings against the classes that declare them; errors name file, line, key and what is expected."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar

import msgspec
from msgspec import Meta, Struct, ValidationError
from msgspec.structs import force_setattr

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.fields import column_named
from lead_tui.leads.text import one_line
from lead_tui.limits import MAX_SETTING_NAME_CHARACTERS
from lead_tui.safe_files import read_trusted

S = TypeVar("S", bound=Struct)
KeyPath = tuple[str, ...]


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

_QUOTE: Final = '"'
_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)$")


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
        # Imported here: only a mistake needs it.
        from lead_tui.config.diagnosis import dotted, line_of

        line = line_of(self.text, where)
        place = f"{self.path}, line {line}" if line else str(self.path)
        key = dotted(where)
        message = f"{key} {problem}" if problem else f"unknown setting {key if key.startswith(_QUOTE) else _QUOTE + key + _QUOTE}"
        return ConfigurationError(f"{place}: {message}", remedy=remedy)

    def parsed(self) -> dict[str, Any]:
        """Parse the text. Raises ``ConfigurationError`` with the line of a mistake."""
        # Imported here: most have no configuration file.
        import tomllib

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            message = str(error).replace("Invalid value", "Invalid value (text needs quotes)")
            at = _AT_LINE.search(message)
            line = int(at[1]) if at else self.text.rstrip("\n").count("\n") + 1
            what = _AT_LINE.sub("", message).replace(" (at end of document)", " at its end")
            raise ConfigurationError(f"{self.path}, line {line}: this is not TOML", remedy=what) from None
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


def read_settings(kind: type[S], given: Mapping[str, object], source: Source, others: Sequence[str] = ()) -> S:
    """Convert the settings *given* in *source*, which may also have *others*, to a *kind*; those not given have their defaults.

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
        # The library's error path lacks the keys of tables such as [profiles.NAME], so each setting is converted separately.
        for key, value in table.items():
            where = (*at, key)
            if (error := problem(_nested(where, value))) is not None:
                is_table = isinstance(value, dict) and problem(_nested(where, {})) is None
                return (first_problem(value, where) if is_table and isinstance(value, dict) else None) or (where, value, error)
        return None

    try:
        return msgspec.convert(dict(given), kind, dec_hook=decode)
    except ValidationError as error:
        # Imported here: only a mistake needs it.
        from lead_tui.config.diagnosis import problem_at

        where, value, invalid = first_problem(given, ()) or ((), given, error)
        if isinstance(invalid.__cause__, InvalidValue):
            raise source.wrong(where, str(invalid.__cause__)) from None
        raise source.wrong(where, *problem_at(kind, where, value, invalid, others)) from None


def _nested(where: KeyPath, value: object) -> object:
    for key in reversed(where):
        value = {key: value}
    return value
