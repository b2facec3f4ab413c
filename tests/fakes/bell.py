"""Waking up those who wait for something to become true, without polling."""

import asyncio
from collections.abc import Callable

PATIENCE = 30.0  # seconds for what comes by itself, on a busy machine; only a failing test waits so long


class Bell:
    """`ring()` after every change; `await bell.until(condition)` sleeps in between."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Something changed: everybody who waits looks again."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, condition: Callable[[], bool], timeout: float = PATIENCE) -> bool:
        """True as soon as the condition holds, False when it does not within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    await self._event.wait()
        except TimeoutError:
            return condition()
        return True
