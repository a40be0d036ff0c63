"""Fixtures and environment for every test."""

from __future__ import annotations

import gc
import signal
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, groupby
from pathlib import Path
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


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a path short enough for a socket, as that of ``tmp_path`` need not be."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def pytest_configure(config: pytest.Config) -> None:
    """Let workers share what they compile, most of the time that they take to collect tests: each begins with other files."""
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        sys.pycache_prefix, sys.dont_write_bytecode = str(config.cache.mkdir("bytecode")), False
    worker = getattr(config, "workerinput", None)
    if worker and config.args == config.getini("testpaths"):
        files = sorted(str(path) for path in Path(__file__).parent.rglob("test_*.py"))
        first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
        config.args = files[first:] + files[:first]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the modules whose tests wait for a terminal evenly among those that compute, so that no core idles at the end."""
    items.sort(key=lambda test: test.path)  # in each worker the same
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
