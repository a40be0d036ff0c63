"""CRC-32 of joined data, from that of its parts."""

from __future__ import annotations

from typing import Final

_POLYNOMIAL: Final = 0xEDB88320
"""Of CRC-32, its highest power in the lowest bit, like every number here."""
_A_BYTE: Final = 1 << 31 - 8
"""The power by which one more byte shifts a checksum."""


def joined_checksum(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two parts joined, from theirs and the *length* of the second, in bytes: ``crc32_combine`` of zlib."""
    power = _A_BYTE
    while length:
        if length & 1:
            first = _product(first, power)
        power = _product(power, power)
        length >>= 1
    return first ^ second


def _product(left: int, right: int) -> int:
    """Return the product of two polynomials modulo that of CRC-32."""
    product = 0
    while left:
        if left & 1 << 31:
            product ^= right
        left = left << 1 & 0xFFFFFFFF
        right = right >> 1 ^ (_POLYNOMIAL if right & 1 else 0)
    return product
