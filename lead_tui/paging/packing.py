"""Compress rows by zstd: it takes a third of zlib's time both ways."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from lead_tui import limits


class Codec(NamedTuple):
    """How blocks of rows are compressed."""

    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes], bytes]


@cache
def codec() -> Codec:
    # Imported here: few sessions load so many leads.
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        # A Python that was built without it.
        return Codec(lambda body: zlib.compress(body, limits.PACK_LEVEL), zlib.decompress)
    return Codec(lambda body: zstd.compress(body, limits.PACK_LEVEL), zstd.decompress)
