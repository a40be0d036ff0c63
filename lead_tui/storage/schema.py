"""Reading a text of settings into the class that declares them, with errors that name file, line and key."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from lead_tui.leads.errors import ConfigurationError
from lead_tui.leads.text import one_line
from lead_tui.storage.declared import Declared, Spec
from lead_tui.storage.values import MOST_WORD_CHARACTERS, Reader, Unfit

D = TypeVar("D", bound=Declared)

NAME: Final = "name"
"""The field of a class of named tables that takes the table's name."""

_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)$")


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


def read_settings(kind: type[D], given: Mapping[str, object], source: Source, at: tuple[str, ...] = ()) -> D:
    """A *kind* of what is *given* in *source* at the key *at*; what is not given has its default.

    Raises ``ConfigurationError`` for the first thing that is unknown or unfit, in the order of the file.
    """
    read: dict[str, object] = {}
    for key, value in given.items():
        where = (*at, key)
        spec = kind.SPECS.get(key)
        if spec is None or not spec.is_read:
            known = tuple(name for name, spec in kind.SPECS.items() if spec.is_read)
            # Imported here, where a mistake was made.
            from lead_tui.leads.nearest import did_you_mean

            remedy = did_you_mean(key, known) or f"known here: {', '.join(known)}"
            raise source.wrong(where, "is no setting", remedy)
        read[key] = _value(spec, value, source, where)
    return kind(**read)


def _value(spec: Spec[Any], value: object, source: Source, where: tuple[str, ...]) -> object:
    if spec.table is not None:
        return read_settings(spec.table, _table_at(value, source, where), source, where)
    if spec.tables is not None:
        read_all: dict[str, object] = {}
        for name, each in _table_at(value, source, where).items():
            below = (*where, name)
            _fit(_NAME, name, source, below)
            read_all[name] = read_settings(spec.tables, _table_at(each, source, below), source, below).replaced(**{NAME: name})
        return read_all
    read = None if spec.reader is None else _fit(spec.reader, value, source, where)
    return source.path.parent / read if isinstance(read, Path) else read


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


_NAME: Final = Reader(f"named by a line of at most {MOST_WORD_CHARACTERS} characters", _name)
