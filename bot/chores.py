"""Chores of a running service: small works that come round, each in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.log import get_logger
from bot.metrics import Metrics
from bot.store.store import Store
from bot.store.unit import Unit

log = get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """One work: `run` gives how much it did; `every` seconds, and with `again` at once as long as it did something."""

    name: str
    every: float
    run: Callable[[Unit], Awaitable[int]]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """One work that takes its transactions itself: what reads long holds no writer meanwhile."""

    name: str
    every: float
    run: Callable[[Store], Awaitable[int]]
    again: bool = False


class Chores:
    """Does the chores in one process of all; one that fails is counted and comes round again. `leads` says whether this
    process is the one."""

    def __init__(
        self,
        store: Store,
        chores: Sequence[Chore | Errand],
        metrics: Metrics,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
        leads: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self.store = store
        self.chores = chores
        self.metrics = metrics
        self.nap = nap
        self.leads = leads
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(self._keep(chore), name=f"chore-{chore.name}") for chore in self.chores]

    async def stop(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, chore: Chore | Errand) -> None:
        did = 0
        while True:
            await self.nap(0 if did and chore.again else chore.every)
            did = await self.do(chore) if self.leads is None or await self.leads() else 0

    async def do(self, chore: Chore | Errand) -> int:
        """One round; gives how much was done."""
        try:
            if isinstance(chore, Errand):
                return await chore.run(self.store)
            async with self.store.write() as unit:
                return await chore.run(unit)
        except Exception as error:
            self.metrics.failures.labels(f"chore {chore.name}").inc()
            log.error("failed", kind=f"chore {chore.name}", error=type(error).__name__)
            return 0
