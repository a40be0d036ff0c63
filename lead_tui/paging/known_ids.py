"""Which leads have come already, by the numbers of their ids: flat arrays, for a million leads in 16 MB at most.

A ``set`` of a million numbers is 85 MB. Here a slot is eight bytes and more than half of the slots are used, so that a lead takes
10 to 16. The table lies in shards, each of which grows by itself: no moment has the whole of it twice. A page whose ids ascend from
the highest one on, as they mostly do, is put behind the others without looking, which takes a twentieth of the time.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import lt

_EMPTY = 0
_SHARD_BITS = 6
_SHARDS = 1 << _SHARD_BITS
_FIRST_SLOTS = 8
_MOST_FILLED = 0.8
_AT_ONCE = 10_000
_GROWTH = 3, 2
"""By which a shard grows when it is four fifths full: a little more than half of it is used then."""
_SPREAD = 0x9E3779B1
"""Fibonacci hashing: spreads ids that follow each other, by the upper bits over shards and by the others over slots."""
_HASH_MASK = (1 << 32) - 1
_SLOT_BITS = 32 - _SHARD_BITS
_SLOT_MASK = (1 << _SLOT_BITS) - 1


class KnownIds:
    """Numbers other than 0 (``decode.row_ids``), each once."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._shards = [array("q", bytes(8 * _FIRST_SLOTS)) for _ in range(_SHARDS)]
        self._room = [int(_FIRST_SLOTS * _MOST_FILLED)] * _SHARDS
        self._count = 0
        self._ascending = array("q")
        self._highest = 0
        coming = iter(numbers)
        while some := list(islice(coming, _AT_ONCE)):
            self.new(some)

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes that the numbers take."""
        return 8 * (len(self._ascending) + sum(map(len, self._shards)))

    def new(self, numbers: Sequence[int]) -> Sequence[int]:
        """The places in *numbers* of those that were not known yet, which are from now on; of equal ones the first."""
        if not numbers:
            return ()
        if numbers[0] > self._highest and all(map(lt, numbers, islice(numbers, 1, None))):
            self._ascending.extend(numbers)
            self._highest = numbers[-1]
            self._count += len(numbers)
            return range(len(numbers))
        self._highest = max(self._highest, *numbers)
        return self._looked_up(numbers)

    def __contains__(self, number: int) -> bool:
        before = bisect_left(self._ascending, number)
        if before < len(self._ascending) and self._ascending[before] == number:
            return True
        mixed = (number ^ (number >> 32)) * _SPREAD & _HASH_MASK
        shard = self._shards[mixed >> _SLOT_BITS]
        slot = (mixed & _SLOT_MASK) * len(shard) >> _SLOT_BITS
        while (there := shard[slot]) != _EMPTY and there != number:
            slot = (slot + 1) % len(shard)
        return there == number

    def _looked_up(self, numbers: Sequence[int]) -> list[int]:
        found: list[int] = []
        shards, room, ascending = self._shards, self._room, self._ascending
        for place, number in enumerate(numbers):
            before = bisect_left(ascending, number)
            if before < len(ascending) and ascending[before] == number:
                continue
            mixed = (number ^ (number >> 32)) * _SPREAD & _HASH_MASK
            at = mixed >> _SLOT_BITS
            shard = shards[at]
            slots = len(shard)
            slot = (mixed & _SLOT_MASK) * slots >> _SLOT_BITS
            while (there := shard[slot]) != _EMPTY and there != number:
                slot += 1
                if slot == slots:
                    slot = 0
            if there == number:
                continue
            shard[slot] = number
            found.append(place)
            room[at] -= 1
            if not room[at]:
                self._grow(at)
        self._count += len(found)
        return found

    def _grow(self, at: int) -> None:
        before = self._shards[at]
        slots = len(before) * _GROWTH[0] // _GROWTH[1]
        after = array("q", bytes(8 * slots))
        held = 0
        for number in before:
            if number == _EMPTY:
                continue
            slot = ((number ^ (number >> 32)) * _SPREAD & _SLOT_MASK) * slots >> _SLOT_BITS
            while after[slot] != _EMPTY:
                slot += 1
                if slot == slots:
                    slot = 0
            after[slot] = number
            held += 1
        self._shards[at] = after
        self._room[at] = max(1, int(slots * _MOST_FILLED) - held)
