"""What can be set, taken from the declarations of the settings and their docstrings: the source of the configuration reference."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from lead_tui.storage.declared import Declared
from lead_tui.storage.settings import Settings


@dataclass(frozen=True, slots=True)
class Described:
    """A setting, in words."""

    table: str
    """The table it stands in: "" for the top, ``pace``, ``profiles.NAME``."""
    key: str
    expected: str
    """What it takes, to stand after "must be"."""
    default: str
    """As TOML; "" where nothing stands for it."""
    text: str
    """Its docstring, in reStructuredText's way to mark code."""


def described() -> list[Described]:
    """Every setting, in the order in which they are declared."""
    return list(_described(Settings, ""))


def table_texts() -> dict[str, str]:
    """The docstring of every table by its name, as ``pace`` and ``profiles.NAME``."""
    return {within: inspect.cleandoc(kind.__doc__ or "") for within, kind in _all_tables(Settings)}


def _described(kind: type[Declared], within: str) -> Iterator[Described]:
    texts = _docstrings(kind)
    prefix = f"{within}." if within else ""
    below = dict(_tables(kind, prefix))
    for name, spec in kind.SPECS.items():
        if spec.reader is not None:
            yield Described(within, name, spec.reader.expected, _default(spec.default), texts.get(name, ""))
        for table in (f"{prefix}{name}", f"{prefix}{name}.NAME"):
            if table in below:
                yield from _described(below[table], table)


def _all_tables(kind: type[Declared], within: str = "") -> Iterator[tuple[str, type[Declared]]]:
    for name, table in _tables(kind, within):
        yield name, table
        yield from _all_tables(table, f"{name}.")


def _tables(kind: type[Declared], within: str = "") -> Iterator[tuple[str, type[Declared]]]:
    for name, spec in kind.SPECS.items():
        if spec.table is not None:
            yield f"{within}{name}", spec.table
        elif spec.tables is not None:
            yield f"{within}{name}.NAME", spec.tables


def _default(value: object) -> str:
    if value is None or value in ("", (), {}):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:_g}" if isinstance(value, float) else f"{value:_}"
    if isinstance(value, time):
        return f'"{value.hour}:{value.minute:02}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return f'"{value}"'


def _docstrings(kind: type[Declared]) -> dict[str, str]:
    """The strings that stand below the fields of *kind*, by field."""
    texts: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if issubclass(each, Declared) and each is not Declared:
            texts |= _own_docstrings(each)
    return texts


def _own_docstrings(kind: type[Declared]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    texts: dict[str, str] = {}
    name = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) and name:
            texts[name] = inspect.cleandoc(node.value.value)
            name = ""
        else:
            name = ""
    return texts
