"""Find the line of a key or a table in a TOML text, which tomllib does not report, and write keys as TOML does."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any, Final, NamedTuple

from lead_tui.leads.text import one_line
from lead_tui.limits import MAX_SETTING_NAME_CHARACTERS

Path = tuple[str | int, ...]
"""Keys from the top; the tables of an array are numbered from 0: ``("query", 0, "name")``."""

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_DOT: Final = r"[ \t]*\.[ \t]*"
_KEY: Final = rf"{_PART}(?:{_DOT}{_PART})*"
_HEADER: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY})[ \t]*\]\]?")
_PAIR: Final = re.compile(rf"[ \t]*({_KEY})[ \t]*=")
_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[{]|[\]}]|\n",
    re.DOTALL,
)


class Statement(NamedTuple):
    """A header of a table, or a key with its value: whole lines, from offset *start* up to *end*; *line* is the first, from 1."""

    path: Path
    start: int
    end: int
    line: int


def statements(text: str) -> list[Statement]:
    """Return the statements of *text*, which is known to parse, in order."""
    found: list[Statement] = []
    tables: dict[Path, int] = {}
    table: Path = ()
    position = line = 0
    while position < len(text):
        line += 1
        start = position
        if header := _HEADER.match(text, position):
            table = _table(header, tables)
            path, position = table, header.end()
        elif pair := _PAIR.match(text, position):
            path, position = (*table, *_names(pair[1])), pair.end()
        else:
            position = text.find("\n", position) + 1 or len(text)
            continue
        position = _value_end(text, position)
        found.append(Statement(path, start, position, line))
        line += text.count("\n", start, position) - (1 if text[position - 1] == "\n" else 0)
    return found


def line_of(text: str, path: Path) -> int:
    """Return the line, from 1, of *path* in *text*, or of the longest part of it that is there; 0 if none is."""

    def common(statement: Statement) -> int:
        """Return how many keys from the top are the same."""
        return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(statement.path, path, strict=False))))

    # A header stands for its table; of keys below one that is asked for, the first is where it begins.
    best = max(statements(text), key=common, default=None)
    return best.line if best is not None and common(best) else 0


def dotted(path: tuple[str, ...]) -> str:
    """Return *path* as TOML writes a key, on one line."""
    return ".".join(
        name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{one_line(name, MAX_SETTING_NAME_CHARACTERS)}"' for name in path
    )


def _table(header: re.Match[str], tables: dict[Path, int]) -> Path:
    names = _names(header[2])
    path: Path = ()
    for depth, name in enumerate(names, 1):
        path = (*path, name)
        if depth == len(names) and header[1] == "[[":
            tables[path] = tables.get(path, -1) + 1
        if path in tables:
            path = (*path, tables[path])
    return path


def _names(key: str) -> tuple[str, ...]:
    if key.isidentifier():
        return (key,)
    import tomllib

    table: dict[str, Any] | int = tomllib.loads(f"{key} = 0")
    names: tuple[str, ...] = ()
    while isinstance(table, dict):
        ((name, table),) = table.items()
        names = (*names, name)
    return names


def _value_end(text: str, position: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, position):
        mark = token[0]
        if mark in ("[", "{"):
            depth += 1
        elif mark in ("]", "}"):
            depth -= 1
        elif mark == "\n" and depth <= 0:
            return token.end()
    return len(text)
