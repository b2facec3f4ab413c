"""Who takes over what a process that died had in hand: its claims are freed within seconds, not when they run out.

Every process that claims rows has its name in the table of leases and holds the lock that says it is there
(bot/leadership.py). A name without its lock is a process that died. PostgreSQL may lose sight of one that lives, when
its connection breaks for a moment: there a process counts as dead at the second look. What was in flight may go twice;
nothing else does, since no row is begun by two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa

from bot.leadership import Leadership
from bot.log import get_logger
from bot.store import outbox
from bot.store.store import Store
from bot.store.tables import leases

log = get_logger()

LOOK_EVERY = 5.0  # seconds
KEPT = timedelta(days=3650)  # a name has no end but its process's
NAME = "process:"


class Heirs:
    """One process's part in it."""

    def __init__(
        self,
        store: Store,
        leadership: Leadership,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.store = store
        self.leadership = leadership
        self.nap = nap
        self._suspects: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()

    async def start(self) -> None:
        """Put our name down, before anything is claimed under it; take over what is left of who died."""
        who = self.leadership.who
        async with self.store.write() as unit:
            row = {"name": f"{NAME}{who}", "holder": who, "until": unit.now + KEPT}
            await unit.insert_new(leases, [row], leases.c.name)
        await self.look()
        self._task = asyncio.create_task(self._keep_looking(), name="heirs")

    async def stop(self) -> None:
        """Take our name away: nothing is claimed any more."""
        if self._task is None:
            return
        async with self._looking:  # not in the middle of a look, where the database is asked
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            async with self.store.write() as unit:
                await unit.execute(sa.delete(leases).where(leases.c.name == f"{NAME}{self.leadership.who}"))
        except Exception as error:  # another will find that we are gone
            log.warning("failed", kind="heirs", error=type(error).__name__)

    async def _keep_looking(self) -> None:
        while True:
            await self.nap(LOOK_EVERY)
            try:
                await self.look()
            except Exception as error:  # the next look must come
                log.warning("failed", kind="heirs", error=type(error).__name__)

    async def look(self) -> set[str]:
        """Free the claims of who is certainly gone; gives their names."""
        async with self._looking:
            return await self._look()

    async def _look(self) -> set[str]:
        async with self.store.read() as unit:
            wanted = sa.select(leases.c.holder).where(leases.c.name.startswith(NAME))
            there = set((await unit.execute(wanted)).scalars())
        missing = await self.leadership.gone(there)
        dead = missing if self.store.sqlite else missing & self._suspects
        self._suspects = missing - dead
        for who in sorted(dead):
            await self._inherit(who)
        return dead

    async def _inherit(self, who: str) -> None:
        async with self.store.write() as unit:
            freed = await outbox.free_claims(unit, who)
            await unit.execute(sa.delete(leases).where(leases.c.name == f"{NAME}{who}"))
            unit.news = True
        log.info("took over from a process that died", rows=freed)
