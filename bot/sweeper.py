"""The daily sweep of a running service: by one process of all, in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from secrets import token_hex

from bot.log import get_logger
from bot.metrics import Metrics
from bot.store import leases, retention
from bot.store.retention import Rule
from bot.store.store import Store

log = get_logger()

LEASE = "retention"
ONCE_IN = timedelta(hours=23)
AFTER_START = 600.0  # seconds; a start has better things to do
LOOK_EVERY = 3600.0  # seconds


class Sweeper:
    """Sweeps once a day, whichever process comes first."""

    def __init__(
        self,
        store: Store,
        rules: Sequence[Rule],
        metrics: Metrics,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.store = store
        self.rules = rules
        self.metrics = metrics
        self.nap = nap
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for the day's turn."""
        self._task = asyncio.create_task(self._keep_sweeping(), name="sweeper")

    async def stop(self) -> None:
        """End, in the middle of a sweep too: the rest is found again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_sweeping(self) -> None:
        await self.nap(AFTER_START)
        while True:
            try:
                await self.turn()
            except Exception as error:
                self.metrics.failures.labels("sweep").inc()
                log.error("failed", kind="sweep", error=type(error).__name__)
            await self.nap(LOOK_EVERY)

    async def turn(self) -> dict[str, int] | None:
        """Sweep, unless somebody did within the day; gives how many of each were ended."""
        holder = token_hex(8)  # a lease of one's own could be renewed
        async with self.store.write() as unit:
            if not await leases.take(unit, LEASE, holder, ONCE_IN):
                return None
        try:
            counts = await retention.sweep(self.store, self.rules)
        except BaseException:
            async with self.store.write() as unit:
                await leases.give_back(unit, LEASE, holder)
            raise
        log.info("swept", **{name.replace(" ", "_"): count for name, count in counts.items() if count})
        return counts
