"""Blocking calls on daemon threads: results, errors, cancellation, and an event loop that is gone."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
import time

import pytest

from lead_tui.api.threads import IsCancelled, in_thread


async def test_the_result_of_a_call_is_awaited() -> None:
    def call(is_cancelled: IsCancelled) -> tuple[bool, str, bool]:
        thread = threading.current_thread()
        return thread.daemon, thread.name, is_cancelled()

    assert await in_thread(call, "asking") == (True, "asking", False)


async def test_a_call_may_return_nothing() -> None:
    assert await in_thread(lambda is_cancelled: None, "asking") is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt()])
async def test_the_error_of_a_call_is_raised_where_it_is_awaited(error: BaseException) -> None:
    def call(is_cancelled: IsCancelled) -> None:
        raise error

    future = asyncio.ensure_future(_caught(in_thread(call, "asking")))
    assert await future is error


async def _caught(awaited: object) -> BaseException:
    try:
        await awaited  # type: ignore[misc]
    except BaseException as error:  # those that are usually not caught
        return error
    raise AssertionError("nothing was raised")


async def test_the_loop_continues_while_a_call_blocks() -> None:
    go_on = threading.Event()

    def call(is_cancelled: IsCancelled) -> str:
        assert go_on.wait(30)
        return "done"

    task = asyncio.create_task(in_thread(call, "asking"))
    await asyncio.sleep(0)
    go_on.set()
    assert await task == "done"


async def test_cancelling_returns_at_once_and_tells_the_call() -> None:
    told = threading.Event()
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def call(is_cancelled: IsCancelled) -> str:
        loop.call_soon_threadsafe(started.set)
        while not is_cancelled():
            time.sleep(0.001)
        told.set()
        return "dropped"

    task = asyncio.create_task(in_thread(call, "asking"))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.wait(30)


def test_a_call_that_ends_after_its_loop_is_dropped_in_silence() -> None:
    go_on, threads = threading.Event(), []

    def call(is_cancelled: IsCancelled) -> str:
        threads.append(threading.current_thread())
        assert go_on.wait(30)
        return "dropped"

    async def cancelled() -> None:
        task = asyncio.create_task(in_thread(call, "asking"))
        while not threads:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    # A thread that raised would be a warning, and so an error.
    asyncio.run(cancelled())
    go_on.set()
    threads[0].join(30)
    assert not threads[0].is_alive()


async def test_a_loop_that_closes_at_the_last_moment_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()

    def closed(*_args: object, context: contextvars.Context | None = None) -> None:
        tried.set()
        raise RuntimeError("Event loop is closed")

    monkeypatch.setattr(asyncio.get_running_loop(), "call_soon_threadsafe", closed)
    threads: list[threading.Thread] = []
    task = asyncio.create_task(in_thread(lambda is_cancelled: threads.append(threading.current_thread()), "asking"))
    await asyncio.sleep(0)
    assert tried.wait(30)
    threads[0].join(30)
    assert not threads[0].is_alive()
    task.cancel()
    await asyncio.wait([task])


async def test_a_call_that_ends_just_as_its_caller_leaves_is_dropped() -> None:
    go_on = threading.Event()

    def call(is_cancelled: IsCancelled) -> str:
        assert go_on.wait(30)
        return "late"

    task = asyncio.create_task(in_thread(call, "asking"))
    await asyncio.sleep(0)
    thread = next(each for each in threading.enumerate() if each.name == "asking")
    go_on.set()
    thread.join(30)
    # The result is in the loop's queue; the caller is canceled before it is read.
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)


async def test_a_call_that_fails_after_its_start_was_interrupted_is_dropped_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        thread.join(30)
        raise SystemExit(143)

    def fail(is_cancelled: IsCancelled) -> None:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        assert isinstance(await _caught(in_thread(fail, "asking")), SystemExit)
    await asyncio.sleep(0)
    gc.collect()
    assert told == []
