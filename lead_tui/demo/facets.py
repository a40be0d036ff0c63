"""A facet: some keys of a lead, told by a short table that repeats along the leads.

The lead (or person) of index *i* has the row ``i mod period``. So nothing is stored for a lead, and the leads that match a value
are a pattern of bytes, repeated. The periods of different facets share no divisor, which makes their values look independent.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

Row = Mapping[str, object]
"""Values by key; None takes the key away from the lead."""


class Facet(NamedTuple):
    """*rows*, whose number is the period, and what to know of them."""

    rows: Sequence[Row]
    keys: frozenset[str]
    """Every key that some row has."""
    taken: Sequence[Sequence[str]]
    """The keys that each row takes away."""


def facet(rows: Sequence[Row]) -> Facet:
    """The facet of *rows*."""
    return Facet(
        rows,
        keys=frozenset().union(*rows),
        taken=[[key for key in row if row[key] is None] if None in row.values() else () for row in rows],
    )


def dice(name: str) -> random.Random:
    """Chance that falls the same way each time, for whatever is called *name*."""
    return random.Random(f"lead-tui {name}")  # noqa: S311 - invented leads are no secret


def dealt(name: str, period: int, weighted: Sequence[tuple[T, float]]) -> list[T]:
    """*period* values, each as often as its weight says and at least once, shuffled."""
    chance = dice(name)
    whole = sum(weight for _, weight in weighted)
    shares = [weight * period / whole for _, weight in weighted]
    counts = [max(1, int(share)) for share in shares]
    # What rounding left over goes to those who lost most by it; in an order that is no alphabet's where several lost the same.
    losers = chance.sample(range(len(shares)), len(shares))
    losers.sort(key=lambda each: counts[each] - shares[each])
    for each in losers[: period - sum(counts)]:
        counts[each] += 1
    while sum(counts) > period:
        counts[max(range(len(counts)), key=counts.__getitem__)] -= 1
    values = [value for (value, _), count in zip(weighted, counts, strict=True) for _ in range(count)]
    chance.shuffle(values)
    return values
