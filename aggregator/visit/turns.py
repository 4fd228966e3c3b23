"""Long work on the event loop in short pieces."""

import asyncio
from time import monotonic

LONGEST = 0.02  # seconds until the others have a turn


class Turns:
    """`await turns.give()` after each small step lets the other visits go on, if it is time for that."""

    def __init__(self) -> None:
        self._until = monotonic() + LONGEST

    async def give(self) -> None:
        if monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = monotonic() + LONGEST
