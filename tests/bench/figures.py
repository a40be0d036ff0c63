"""A figure with its base and its limit, and figures as a table and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

_DIGITS: Final = {"ms": 1, "MB": 1, "s": 2, "B": 0, "": 0}


@dataclass(frozen=True)
class Figure:
    """What was measured, round by round. Without a *base* the *limit* is of the value itself, else of the ratio."""

    name: str
    unit: str
    """``ms``, ``s``, ``MB``, ``B``, or "" for a count."""
    ours: Sequence[float]
    base_name: str = ""
    base: Sequence[float] = ()
    """In the rounds of *ours*, one each, or empty."""
    limit: float | None = None

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios, which excludes what disturbs a whole round."""
        if not self.base:
            return None
        pairs = zip(self.ours, self.base, strict=len(self.ours) == len(self.base))
        return statistics.median(ours / base for ours, base in pairs)

    @property
    def is_met(self) -> bool | None:
        """Whether the figure is within its limit; None without a limit."""
        value = statistics.median(self.ours) if not self.base_name else self.ratio
        return None if self.limit is None or value is None else value <= self.limit

    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        ratio, met = self.ratio, self.is_met
        limit = "" if self.limit is None else f"{self.limit:g}x" if self.base_name else self._written([self.limit])
        return (
            self.name,
            self._written(self.ours),
            f"{self.base_name}: {self._written(self.base) if self.base else 'not there'}" if self.base_name else "",
            "" if ratio is None else f"{ratio:.2f}x",
            limit,
            "" if met is None else "yes" if met else "no",
        )

    def _written(self, values: Sequence[float]) -> str:
        return f"{statistics.median(values):,.{_DIGITS[self.unit]}f} {self.unit}".rstrip()

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Self:
        """Return a figure from the output of ``as_json``."""
        return cls(**{each.name: told[each.name] for each in fields(cls)})

    def as_json(self) -> dict[str, object]:
        """Return all members, including each round's value."""
        return asdict(self) | {"ratio": self.ratio, "met": self.is_met}


HEADING: Final = ("figure", "ours", "base", "ratio", "at most", "met")


def as_table(heading: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, its columns aligned."""
    rows = [list(heading), *(list(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows)
