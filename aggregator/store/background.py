"""The one thread in which a store is used while an event loop runs.

SQLite may wait seconds for a lock or a disk, and everything else on the loop would wait with it. A reader may rely on:
work runs in the order in which it was handed in, so what is read sees what was written before it.
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
    """Belongs to one `Store`; its thread starts with the first work."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    async def run(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """What `work` returns, or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def later(self, work: Callable[[], None], what: str) -> None:
        """Hands in work that nobody waits for. If the database fails, `what` could not be done; the log says so."""
        self._thread.submit(_logged, work, what)

    async def done(self) -> None:
        """When all work that was handed in so far is done."""
        await self.run(lambda: None)

    def close(self) -> None:
        """Blocks until all work is done; nothing can be handed in afterwards."""
        self._thread.shutdown()


def _logged(work: Callable[[], None], what: str) -> None:
    try:
        work()
    except StoreError as error:
        log.lines.error("failed", reason=f"{what}: {error}")
