"""Splits long work on the event loop into short pieces."""

import asyncio
from time import monotonic

LONGEST = 0.02  # seconds until other tasks get a turn


class Turns:
    """Lets other tasks run: call `await turns.give()` after each small step; it yields once LONGEST has passed."""

    def __init__(self) -> None:
        self._until = monotonic() + LONGEST

    async def give(self) -> None:
        if monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = monotonic() + LONGEST
