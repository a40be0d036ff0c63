"""Fixtures and environment for every test."""

from __future__ import annotations

import gc
import signal
from itertools import chain, groupby
from typing import Final

import pytest
from hypothesis import settings

for _number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    # Tests that run in the background may ignore signals, and so would every program that a test starts.
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)

# A busy machine may take longer for any example. Each run draws others: few are enough in one.
settings.register_profile("any speed", deadline=None, max_examples=40)
settings.load_profile("any speed")

MAX_GARBAGE: Final = 10_000
"""Objects that a test may leave before they are collected: about those of an app."""

MADE_BEFORE_GARBAGE: Final = 200_000
"""Objects made in one test before the collector runs by itself."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the modules whose tests wait for a terminal evenly among those that compute, so that no core idles at the end."""
    modules = [list(tests) for _, tests in groupby(items, key=lambda test: test.path)]
    waiting = [module for module in modules if module[0].path.parent.name == "pty"]
    computing = [module for module in modules if module not in waiting]
    places = [((place + 0.5) / len(kind), module) for kind in (waiting, computing) for place, module in enumerate(kind)]
    items[:] = chain.from_iterable(module for _, module in sorted(places, key=lambda each: each[0]))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported and collected, which took a third of the processor time of tests of the app."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BEFORE_GARBAGE)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """Collect what the test has left, and keep the collector from what is left in caches."""
    if gc.get_count()[0] > MAX_GARBAGE:
        gc.collect()
        gc.freeze()
