"""How settings are declared: a setting is a line of a class, with its reader, its default and a docstring below.

Dataclasses would do, but each of them is compiled when its module is imported, 0.8 ms a class: half of what reading the
configuration costs at the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, dataclass_transform

from lead_tui.storage.values import Reader

T = TypeVar("T")


class Spec(Generic[T]):
    """What is known about a setting: its *reader*, or the class of the *table* or *tables* that stand in its place."""

    __slots__ = ("compared", "default", "hidden", "reader", "table", "tables")

    def __init__(
        self,
        default: T,
        *,
        reader: Reader[T] | None = None,
        table: type[T] | None = None,
        tables: type[Any] | None = None,
        hidden: bool = False,
        compared: bool = True,
    ) -> None:
        self.default = default
        self.reader = reader
        self.table = table
        self.tables = tables
        self.hidden = hidden
        self.compared = compared

    @property
    def is_read(self) -> bool:
        """Whether a file may set it."""
        return self.reader is not None or self.table is not None or self.tables is not None


def setting(reader: Reader[T], default: T, *, hidden: bool = False) -> T:
    """A setting. A *hidden* one stays out of ``repr``: it may hold a secret."""
    return cast("T", Spec(default, reader=reader, hidden=hidden))


def table(kind: type[T]) -> T:
    """A table of settings, whose class is *kind*."""
    return cast("T", Spec(kind(), table=kind))


def tables(kind: type[T]) -> Mapping[str, T]:
    """Tables of a kind by name, ``[profiles.NAME]``; the attribute ``name`` of *kind* takes the name."""
    return cast("Mapping[str, T]", Spec({}, tables=kind))


def aside(default: T) -> T:
    """An attribute that no file sets and that is neither shown nor compared."""
    return cast("T", Spec(default, hidden=True, compared=False))


@dataclass_transform(frozen_default=True)
class Declared:
    """A class of settings: like a frozen dataclass, every annotated attribute having a default."""

    SPECS: ClassVar[Mapping[str, Spec[Any]]] = {}
    """By attribute, in the order in which they are declared; those of a class that it extends come last."""

    def __init_subclass__(cls) -> None:
        specs: dict[str, Spec[Any]] = {}
        for name in cls.__annotations__:
            value = cls.__dict__[name]
            specs[name] = value if isinstance(value, Spec) else Spec(value)
        cls.SPECS = {**specs, **{name: spec for name, spec in cls.SPECS.items() if name not in specs}}

    def __init__(self, *given: object, **named: object) -> None:
        values = {name: dict(spec.default) if isinstance(spec.default, dict) else spec.default for name, spec in self.SPECS.items()}
        values.update(zip(self.SPECS, given, strict=False))
        values.update(named)
        if len(values) > len(self.SPECS) or len(given) > len(self.SPECS):
            raise TypeError(f"{type(self).__name__} has {', '.join(self.SPECS)}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is not changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is not changed")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name, spec in self.SPECS.items() if spec.compared)

    __hash__ = None  # type: ignore[assignment]  # tables of free keys are dictionaries

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name, spec in self.SPECS.items() if not spec.hidden)
        return f"{type(self).__name__}({shown})"

    def replaced(self, **named: object) -> Self:
        """The same with other values for the attributes *named*."""
        return type(self)(**{**self.__dict__, **named})
