"""All settings, from their declarations and docstrings: the source of the configuration reference."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from datetime import time
from functools import cache
from itertools import pairwise

from msgspec import NODEFAULT, Struct
from msgspec.inspect import DictType, StructType, Type, type_info

from lead_tui.config.schema import SettingsTable, expected
from lead_tui.config.settings import ConfigurationFile


class SettingDoc(Struct, frozen=True):
    """A setting, in words."""

    table: str
    """The table it stands in: "" for the top, ``pace``, ``profiles.NAME``."""
    key: str
    expected: str
    """Valid values, to follow "must be"."""
    default: str
    """As TOML; "" if there is none."""
    text: str
    """Its docstring, with code marked as in reStructuredText."""


@cache
def described() -> tuple[SettingDoc, ...]:
    """Return every setting, in the order of their declaration."""
    return tuple(_described(ConfigurationFile, ""))


def table_texts() -> dict[str, str]:
    """Return the docstring of every table by its name, such as ``pace`` and ``profiles.NAME``."""
    return dict(_tables(ConfigurationFile, ""))


def _described(kind: type[Struct], within: str) -> Iterator[SettingDoc]:
    texts = _docstrings(kind)
    for name, default, found in _settings(kind):
        if (below := _table_in(found)) is None:
            yield SettingDoc(within, name, expected(found), _default(default), texts.get(name, ""))
        else:
            yield from _described(below, _name_of(found, within, name))


def _tables(kind: type[Struct], within: str) -> Iterator[tuple[str, str]]:
    for name, _, found in _settings(kind):
        if (below := _table_in(found)) is not None:
            table = _name_of(found, within, name)
            yield table, inspect.cleandoc(below.__doc__ or "")
            yield from _tables(below, table)


def _settings(kind: type[Struct]) -> list[tuple[str, object, Type]]:
    """Return name, default and type of the settings of *kind*, inherited ones last."""
    table = type_info(kind)
    fields = table.fields if isinstance(table, StructType) else ()
    return [
        (field.name, None if field.default is NODEFAULT else field.default, field.type)
        for field in sorted(fields, key=lambda field: field.name not in kind.__annotations__)
    ]


def _table_in(found: Type) -> type[Struct] | None:
    """Return the class of the table, or of the named tables, that the type *found* describes; None for a single setting."""
    inner = found.value_type if isinstance(found, DictType) else found
    return inner.cls if isinstance(inner, StructType) else None


def _name_of(found: Type, within: str, name: str) -> str:
    return ".".join(filter(None, (within, name, "NAME" if isinstance(found, DictType) else "")))


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


def _docstrings(kind: type[Struct]) -> dict[str, str]:
    """Return the docstrings of the fields of *kind*, by field."""
    texts: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if issubclass(each, SettingsTable) and each is not SettingsTable:
            texts |= _own_docstrings(each)
    return texts


def _own_docstrings(kind: type[Struct]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body.body if isinstance(body, ast.ClassDef) else ())
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }
