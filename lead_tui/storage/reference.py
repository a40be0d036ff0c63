"""What can be set, taken from the declarations of the settings and their docstrings: the source of the configuration reference."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from lead_tui.storage import schema
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
    texts: dict[str, str] = {}
    for field in dataclasses.fields(Settings):
        kind = field.metadata.get(schema.TABLE) or field.metadata.get(schema.TABLES)
        if kind is not None:
            texts[_table_name(field)] = inspect.cleandoc(kind.__doc__ or "")
    return texts


def _described(kind: type[Any], within: str) -> Iterator[Described]:
    texts = _docstrings(kind)
    for field in dataclasses.fields(kind):
        if reader := field.metadata.get(schema.READER):
            yield Described(within, field.name, reader.expected, _default(field), texts.get(field.name, ""))
        elif kind_below := field.metadata.get(schema.TABLE) or field.metadata.get(schema.TABLES):
            yield from _described(kind_below, _table_name(field))


def _table_name(field: dataclasses.Field[Any]) -> str:
    return f"{field.name}.NAME" if schema.TABLES in field.metadata else field.name


def _default(field: dataclasses.Field[Any]) -> str:
    value = field.default
    if value is dataclasses.MISSING or value is None or value in ("", ()):
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


def _docstrings(kind: type[Any]) -> dict[str, str]:
    """The strings that stand below the fields of *kind*, by field."""
    body = ast.parse(inspect.cleandoc(inspect.getsource(kind))).body[0]
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
