"""How settings are declared and read: a setting is a line of a dataclass, with its reader, its default and a docstring."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.text import one_line
from lead_tui.storage.values import MOST_WORD_CHARACTERS, Reader, Unfit, nearest

T = TypeVar("T")

READER: Final = "reader"
TABLE: Final = "table"
TABLES: Final = "tables"

NAME: Final = "name"
"""The field of a class of named tables that takes the table's name."""

_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)$")


def setting(reader: Reader[T], default: T, *, hidden: bool = False) -> T:
    """A setting's field. A *hidden* one stays out of ``repr``: it may hold a secret."""
    metadata = {READER: reader}
    if isinstance(default, dict):
        return cast("T", dataclasses.field(default_factory=default.copy, repr=not hidden, metadata=metadata))
    return dataclasses.field(default=default, repr=not hidden, metadata=metadata)


def table(kind: type[T]) -> T:
    """The field of a table of settings, whose class is *kind*."""
    return dataclasses.field(default_factory=kind, metadata={TABLE: kind})


def tables(kind: type[T]) -> Mapping[str, T]:
    """The field of tables of a kind by name, ``[profiles.NAME]``; the field ``name`` of *kind* takes the name."""
    return cast("Mapping[str, T]", dataclasses.field(default_factory=dict, metadata={TABLES: kind}))


@dataclass(frozen=True, slots=True)
class Source:
    """A text of settings and where it came from, to tell people where something stands in it."""

    path: Path = Path("config.toml")
    text: str = dataclasses.field(default="", repr=False)

    def wrong(self, where: tuple[str, ...], problem: str, remedy: str = "") -> ConfigurationError:
        """What to raise where the setting at *where* has a *problem*, said to stand after its key ("must be …")."""
        # Imported here: it is needed for a mistake only.
        from lead_tui.storage.toml_lines import line_of

        line = line_of(self.text, where)
        place = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigurationError(one_line(f"{place}: {dotted(where)} {problem}"), remedy=one_line(remedy))

    def parsed(self) -> dict[str, Any]:
        """The text as tomllib reads it. Raises ``ConfigurationError`` with the line of a mistake."""
        # Imported here: most have no configuration file.
        import tomllib

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            said = str(error)
            at = _AT_LINE.search(said)
            line = int(at[1]) if at else self.text.rstrip("\n").count("\n") + 1
            what = _AT_LINE.sub("", said).replace(" (at end of document)", " at its end")
            raise ConfigurationError(one_line(f"{self.path}, line {line}: this is not TOML"), remedy=one_line(what)) from None
        except RecursionError:
            raise ConfigurationError(one_line(f"{self.path} is nested too deep to be read")) from None


def dotted(where: tuple[str, ...]) -> str:
    """*where* as TOML writes a key."""
    return ".".join(key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{one_line(key, MOST_WORD_CHARACTERS)}"' for key in where)


def read_settings(kind: type[T], given: Mapping[str, object], source: Source, at: tuple[str, ...] = ()) -> T:
    """A *kind* of what is *given* in *source* at the key *at*; what is not given has its default.

    Raises ``ConfigurationError`` for the first thing that is unknown or unfit, in the order of the file.
    """
    declared = {field.name: field.metadata for field in dataclasses.fields(cast("Any", kind)) if field.metadata}
    read: dict[str, object] = {}
    for key, value in given.items():
        where = (*at, key)
        metadata = declared.get(key)
        if metadata is None:
            known = tuple(declared)
            remedy = nearest(key, known).removeprefix(": ") or f"known here: {', '.join(known)}"
            raise source.wrong(where, "is no setting", remedy)
        read[key] = _value(metadata, value, source, where)
    return kind(**read)


def _value(metadata: Mapping[str, Any], value: object, source: Source, where: tuple[str, ...]) -> object:
    if kind := metadata.get(TABLE):
        return read_settings(kind, _table_at(value, source, where), source, where)
    if kind := metadata.get(TABLES):
        return {
            name: dataclasses.replace(
                read_settings(kind, _table_at(each, source, (*where, name)), source, (*where, name)),
                **{NAME: _fit(line_name, name, source, (*where, name))},
            )
            for name, each in _table_at(value, source, where).items()
        }
    read = _fit(metadata[READER], value, source, where)
    if isinstance(read, Path):
        return source.path.parent / read
    return read


def _table_at(value: object, source: Source, where: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise source.wrong(where, f"must be a table, as [{dotted(where)}]")
    return value


def _fit(reader: Reader[Any], value: object, source: Source, where: tuple[str, ...]) -> object:
    try:
        return reader(value)
    except Unfit as unfit:
        got = f", not {_written(value)}" if reader.shows_value and isinstance(value, (bool, int, float, str)) else ""
        raise source.wrong((*where, *unfit.within), f"must be {unfit.expected}{got}") from None


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{one_line(value, 20)}"' if isinstance(value, str) else str(value)


def _name(value: object) -> str:
    text = str(value)
    if not text.strip() or len(text) > MOST_WORD_CHARACTERS or one_line(text) != text:
        raise ValueError
    return text


line_name: Final = Reader(f"named by a line of at most {MOST_WORD_CHARACTERS} characters", _name)
