"""An event loop whose time jumps to the next timer, so that waits, retries, and deadlines cost no time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")
WAKE = 1.0  # seconds of real time, in case a thread ends without notice


class _Selector(selectors.DefaultSelector):
    """Reports ready files at once. If there are none, it advances the loop's time instead of waiting."""

    def __init__(self, is_working: Callable[[], bool], advance: Callable[[float], None]) -> None:
        super().__init__()
        self._is_working, self._advance = is_working, advance

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(0)
        if timeout is None or self._is_working():  # another thread wakes the loop when it is done
            return super().select(WAKE)
        if events := super().select(0):
            return events
        self._advance(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Starts at 0 seconds. Time stops while threads work for the loop."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        self._threads = 0
        super().__init__(_Selector(self._is_working, self._advance))

    def time(self) -> float:
        return self._elapsed

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], T], *args: *Arguments
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self._threads += 1
        future.add_done_callback(self._finished)
        return future

    def _finished(self, future: object) -> None:
        self._threads -= 1

    def _is_working(self) -> bool:
        return self._threads > 0

    def _advance(self, seconds: float) -> None:
        self._elapsed += seconds


class VirtualClock:
    """The clock of a visit in a `VirtualLoop`; the loop's zero is `start`."""

    def __init__(self, start: datetime) -> None:
        self.start = start

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def advance_to(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`. Does not use `asyncio.run`, which takes 0.2 seconds to set up its signal handler."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
