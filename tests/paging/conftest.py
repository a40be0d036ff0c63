"""Task factories with which loading must work the same."""

from __future__ import annotations

import asyncio

import pytest

_FACTORIES = {"plain": None, "eager": getattr(asyncio, "eager_task_factory", None)}


@pytest.fixture(params=[name for name, factory in _FACTORIES.items() if name == "plain" or factory is not None])
async def task_factory(request: pytest.FixtureRequest) -> None:
    """Tasks that start later, asyncio's default, or, where Python has them, at once, as in Textual from Python 3.12 on."""
    asyncio.get_running_loop().set_task_factory(_FACTORIES[request.param])
