"""The single thread in which a store is used while an event loop runs.

SQLite may wait seconds for a lock or a disk, and would block everything else on the loop. Work runs in the order in
which it was submitted, so a read sees every write before it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

from aggregator import log
from aggregator.errors import StoreError

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class Background:
    """A work queue of one `Store`. Its thread starts with the first piece of work."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    async def run(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Runs `work` in the thread; returns what it returns, or raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def later(self, work: Callable[[], None], what: str) -> None:
        """Queues work that nobody waits for. If the database fails, the log says that `what` could not be done."""
        self._thread.submit(_logged, work, what)

    async def done(self) -> None:
        """Waits until all work queued so far is done."""
        await self.run(lambda: None)

    def close(self) -> None:
        """Blocks until all work is done. Nothing can be queued afterwards."""
        self._thread.shutdown()


def _logged(work: Callable[[], None], what: str) -> None:
    try:
        work()
    except StoreError as error:
        log.lines.error("failed", reason=f"{what}: {error}")
