"""Simulates a phone's slow line to a server on loopback: limited bandwidth, and round trips for connecting.

Chromium's own emulation of a slow line delays requests, not packets: a new connection costs nothing there, which is why
Lighthouse, whose preset these figures are (150 ms, 1.6 Mbps down, 750 kbps up), asks it for 3.75 times the latency
(GoogleChrome/lighthouse, docs/throttling.md). A reader may rely on: every connection pays a round trip for TCP and one
for TLS 1.3 before its first request goes out; all connections share the line; nothing is lost or reordered. That a real
connection starts slowly is left out: the home page fits into the first window.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

ROUND_TRIP = 0.150  # seconds
DOWN, UP = 1.6e6 / 8, 0.75e6 / 8  # bytes a second
HANDSHAKES = 2  # round trips before the first request: one for TCP, one for TLS 1.3
PACKET = 1460  # bytes


class _Way:
    """One direction of the line, which all connections share."""

    def __init__(self, rate: float) -> None:
        self._rate, self._free_at = rate, 0.0

    def arrival(self, size: int, now: float) -> float:
        """When a packet sent now arrives."""
        self._free_at = max(self._free_at, now) + size / self._rate
        return self._free_at + ROUND_TRIP / 2


class SlowLine:
    """Forwards everything to the server at `port` of loopback."""

    def __init__(self, port: int) -> None:
        self._port, self._up, self._down = port, _Way(UP), _Way(DOWN)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(HANDSHAKES * ROUND_TRIP)
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await asyncio.gather(_carry(reader, back, self._up), _carry(there, writer, self._down))
        except asyncio.CancelledError:
            pass  # the proxy is closing; the streams of Python 3.11 would report an error
        finally:
            back.close()
            writer.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, way: _Way) -> None:
    """Carries everything from one end to the other; packets may overlap."""
    now, underway = asyncio.get_running_loop().time, asyncio.Queue[tuple[float, bytes]]()
    arriving = asyncio.create_task(_arrive(underway, target))
    try:
        while packet := await source.read(PACKET):
            underway.put_nowait((way.arrival(len(packet), now()), packet))
    except ConnectionError:
        pass  # a page that was closed
    underway.put_nowait((now(), b""))
    await arriving


async def _arrive(underway: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
    now = asyncio.get_running_loop().time
    while True:
        at, packet = await underway.get()
        await asyncio.sleep(max(0.0, at - now()))
        if not packet:
            return target.close()
        target.write(packet)


@contextmanager
def slow_line(port: int) -> Iterator[int]:
    """Opens a slow line to the server at `port` of loopback; yields the local port of the line."""
    opened: Future[tuple[int, Callable[[], object]]] = Future()

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(SlowLine(port).connected, "127.0.0.1", 0) as server:
            near: int = server.sockets[0].getsockname()[1]
            opened.set_result((near, lambda: loop.call_soon_threadsafe(over.set)))
            await over.wait()

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    near, close = opened.result()
    try:
        yield near
    finally:
        close()
        thread.join()
