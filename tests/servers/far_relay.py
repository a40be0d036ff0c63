"""A relay on loopback to a server far away: every packet takes half a round trip, and opening a connection a whole one."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class FarRelay:
    """Passes connections on to *port*, from ``__enter__`` until ``__exit__``, with *round_trip* seconds between the ends."""

    def __init__(self, port: int, round_trip: float) -> None:
        self.connections = 0
        """How many were made through it."""
        self.port = 0
        self._target = port
        self._round_trip = round_trip
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="far relay")

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._relay, "127.0.0.1", 0), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        self._loop.set_exception_handler(lambda _loop, _context: None)
        tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        # The system has taken the connection at once: what is sent on it leaves when its SYN would have been acknowledged.
        made_at = self._loop.time() + self._round_trip
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pass_on(reader, server_writer, made_at), self._pass_on(server_reader, writer, 0.0))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, not_before: float) -> None:
        packets: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, packet = await packets.get()
                await asyncio.sleep(due - self._loop.time())
                if not packet or writer.is_closing():
                    writer.close()
                    return
                writer.write(packet)

        delivering = asyncio.ensure_future(deliver())
        packet = b"-"
        try:
            while packet:
                packet = b""
                with suppress(OSError):
                    packet = await reader.read(1 << 16)
                packets.put_nowait((max(not_before, self._loop.time()) + self._round_trip / 2, packet))
            await delivering
        finally:
            delivering.cancel()
            writer.close()
