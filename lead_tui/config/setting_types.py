"""Describe settings by the types of their fields: what a key takes, for error messages and for the configuration reference."""

from __future__ import annotations

from msgspec import NODEFAULT, Struct, ValidationError
from msgspec.inspect import (
    BoolType,
    CustomType,
    DictType,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    StructType,
    Type,
    UnionType,
    type_info,
)

from lead_tui.config.toml_lines import dotted
from lead_tui.leads.names import did_you_mean
from lead_tui.leads.text import one_line


def problem_at(kind: type[Struct], where: tuple[str, ...], value: object, error: ValidationError) -> tuple[str, str]:
    """Return problem ("" for an unknown setting) and remedy for the setting at *where* in a *kind*, whose *value* is invalid."""
    table, found = _type_at(kind, where[:-1]), _type_at(kind, where)
    if found is None:
        known = [field.name for each in _parts(table) if isinstance(each, StructType) for field in each.fields]
        return "", did_you_mean(where[-1], known) or f"known here: {', '.join(known)}"
    keys = [each.key_type for each in _parts(table) if isinstance(each, DictType)]
    if keys and "`key` in" in str(error):
        return f"must be {expected(keys[0])}", ""
    return f"must be {expected(found, where)}{_shown(found, value)}", ""


def expected(found: Type, where: tuple[str, ...] = ()) -> str:
    """Return what a setting of the type *found* at *where* takes, to follow "must be"."""
    match found:
        case Metadata(extra_json_schema={"description": str(text)}):
            return text
        case Metadata(type=inner) | UnionType(types=(inner, *_)):
            return expected(inner, where)
        case BoolType():
            return "true or false"
        case IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case FloatType(ge=least, le=most):
            return f"a number from {least:g} to {most:g}"
        case LiteralType(values=values):
            return " or ".join(f'"{value}"' for value in values)
        case CustomType(cls=cls):
            return getattr(cls, "expected", "a file's path")
    return f"a table, as [{dotted(where)}]"


def settings_of_table(kind: type[Struct]) -> list[tuple[str, object, Type]]:
    """Return name, default and type of the settings of *kind*, those that it inherits last."""
    fields = [field for each in _parts(type_info(kind)) if isinstance(each, StructType) for field in each.fields]
    return [
        (field.name, None if field.default is NODEFAULT else field.default, field.type)
        for field in sorted(fields, key=lambda field: field.name not in kind.__annotations__)
    ]


def table_in(found: Type) -> type[Struct] | None:
    """Return the class of the table, or of the tables by name, that the type *found* stands for; None for a single setting."""
    inner = found.value_type if isinstance(found, DictType) else found
    return inner.cls if isinstance(inner, StructType) else None


def _type_at(kind: type[Struct], where: tuple[str, ...]) -> Type | None:
    """Return the type of the setting at *where* in a *kind*; None for an unknown one."""
    found: Type | None = type_info(kind)
    for key in where:
        found = next(filter(None, (_below(part, key) for part in _parts(found))), None)
    return found


def _below(part: Type, key: str) -> Type | None:
    if isinstance(part, StructType):
        return next((field.type for field in part.fields if field.name == key), None)
    if isinstance(part, DictType):
        return part.value_type
    return part if isinstance(part, CustomType) else None


def _parts(found: Type | None) -> list[Type]:
    """Return the types that a value of the type *found* may have, without their descriptions."""
    match found:
        case None:
            return []
        case Metadata(type=inner):
            return _parts(inner)
        case UnionType(types=types):
            return [part for each in types for part in _parts(each)]
    return [found]


def _shown(found: Type, value: object) -> str:
    """Return the invalid *value* if it can hold no secret: free text may be one in the wrong place."""
    if not isinstance(found, (BoolType, IntType, FloatType, LiteralType)):
        return ""
    if isinstance(value, str):
        return f', not "{one_line(value, 20)}"'
    return f", not {str(value).lower()}" if isinstance(value, (int, float)) else ""
